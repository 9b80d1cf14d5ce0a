// @ts-check
/**
 * The list of members above the composer while somebody types "@an". The focus stays in the text: arrows choose, Enter
 * and Tab insert, Escape closes. As with the names of emoji (emoji/emoji-complete.js), the text stays a text box that
 * has a list, and a live region announces it.
 */
import { setText } from "../lib/dom.js"
import { isComposing } from "../lib/keys.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { wantMembers } from "../groups/groups-api.js"
import { handle, showAvatar } from "../people/avatar.js"
import { areListed } from "../state/members.js"
import { mentionable } from "../state/mentionable.js"
import { store } from "../state/store.js"

/** @typedef {import("../state/mentionable.js").Choice} Choice */

export class MentionList {
  #text
  #pick
  #options = make("ul", { role: "listbox", id: "mention-list", "aria-label": texts.membersHeading })
  #note = make("p", { class: "mention-list__note" })
  #box = make("div", { class: "mention-list", "data-test": "mention-list", hidden: true }, [this.#options, this.#note])
  #spoken = make("p", { class: "visually-hidden", role: "status" })
  /** @type {Choice[]} */
  #found = []
  #at = 0
  #chat = 0
  /** What is typed after the "@"; null while the list is closed. @type {string | null} */
  #query = null
  #failed = false

  /** @param {HTMLElement} host @param {HTMLTextAreaElement} text @param {(id: number) => void} pick */
  constructor(host, text, pick) {
    this.#text = text
    this.#pick = pick
    host.append(this.#box, this.#spoken)
    // The text keeps the focus.
    this.#box.addEventListener("pointerdown", (/** @type {Event} */ event) => event.preventDefault())
    this.#options.addEventListener("click", (/** @type {Event} */ event) => {
      const option = /** @type {Element} */ (event.target).closest("[role=option]")
      if (option) this.#take([...this.#options.children].indexOf(option))
    })
  }

  get open() {
    return this.#found.length > 0 && !this.#box.hidden
  }

  /** @param {number} chat @param {string} query what is typed after the "@" */
  show(chat, query) {
    this.#chat = chat
    this.#query = query
    this.#draw()
    if (!areListed(store.state, chat)) this.#load(chat)
  }

  /** @param {number} chat */
  async #load(chat) {
    this.#failed = false
    await wantMembers(chat).catch(() => (this.#failed = true))
    if (this.#query !== null && this.#chat === chat) this.#draw()
  }

  #draw() {
    const isKnown = areListed(store.state, this.#chat)
    this.#found = mentionable(store.state, this.#chat, this.#query ?? "")
    const note = isKnown ? "" : this.#failed ? texts.membersFailed : texts.membersLoading
    if (this.#found.length === 0 && !note) {
      this.#hide()
      return
    }
    const news = this.#box.hidden || this.#note.textContent !== note
    this.#options.replaceChildren(...this.#found.map((choice, i) => option(choice, i, this.#chat)))
    setText(this.#note, note)
    this.#note.hidden = note === ""
    this.#box.hidden = false
    const attributes = { "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": "mention-list" }
    for (const [key, value] of Object.entries(attributes)) this.#text.setAttribute(key, value)
    this.#choose(0)
    if (news) this.#spoken.textContent = note || texts.mentionsFound(this.#found.length)
  }

  close() {
    this.#query = null
    this.#hide()
  }

  #hide() {
    if (this.#box.hidden) return
    this.#box.hidden = true
    this.#spoken.textContent = ""
    for (const name of ["aria-autocomplete", "aria-haspopup", "aria-controls", "aria-activedescendant"]) {
      this.#text.removeAttribute(name)
    }
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the list */
  key(event) {
    if (isComposing(event) || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return false
    const count = this.#found.length
    if (event.key === "ArrowDown") this.#choose((this.#at + 1) % count)
    else if (event.key === "ArrowUp") this.#choose((this.#at + count - 1) % count)
    else if (event.key === "Enter" || event.key === "Tab") this.#take(this.#at)
    else if (event.key === "Escape") this.close()
    else return false
    return true
  }

  /** @param {number} at */
  #choose(at) {
    this.#at = at
    for (const [i, item] of [...this.#options.children].entries()) {
      item.setAttribute("aria-selected", String(i === at))
      if (i === at) item.scrollIntoView({ block: "nearest" })
    }
    if (this.#found.length > 0) this.#text.setAttribute("aria-activedescendant", `mention-option-${at}`)
  }

  /** @param {number} at */
  #take(at) {
    const { id } = this.#found[at]
    this.close()
    this.#pick(id)
  }
}

/** @param {Choice} choice @param {number} i @param {number} chat */
function option(choice, i, chat) {
  const avatar = make("span", { class: "avatar mention-list__avatar", "data-px": "32", "aria-hidden": "true" })
  if (choice.id) showAvatar(avatar, choice.id, choice.name, choice)
  else showAvatar(avatar, chat, choice.name, { group: true, picture: store.state.chats[chat]?.picture })
  const hint = choice.id ? handle(choice.username) : texts.mentionsPeople(choice.reach)
  const name = make("bdi", { class: "mention-list__name" }, [choice.name])
  const attributes = {
    class: "mention-list__item", role: "option", id: `mention-option-${i}`, "data-test": "mention-option",
  }
  return make("li", attributes, [avatar, name, make("bdi", { class: "mention-list__hint" }, [hint])])
}
