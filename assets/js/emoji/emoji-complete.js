// @ts-check
/**
 * The list above the composer while somebody types ":smi". The focus stays in the text: arrows choose, Enter and Tab
 * insert, Escape closes, and ":" after a full name inserts it too. A textarea may not be a combobox, so it stays a text
 * box that has a list (aria-autocomplete, aria-controls, aria-activedescendant). A live region announces the list.
 */
import { isComposing } from "../lib/keys.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { inTone, isNamed, naming, preferredTone, search, use } from "./emoji.js"

const SHOWN_MAX = 7

/** @typedef {import("./emoji.js").Emoji} Emoji */

export class EmojiCompletion {
  #text
  #pick
  #list = make("ul", {
    class: "emoji-list", role: "listbox", id: "emoji-list", "aria-label": texts.emoji, "data-test": "emoji-list",
    hidden: true,
  })
  #spoken = make("p", { class: "visually-hidden", role: "status" })
  /** @type {Emoji[]} */
  #found = []
  #at = 0
  #name = ""

  /** @param {HTMLElement} host @param {HTMLTextAreaElement} text @param {(emoji: string) => void} pick */
  constructor(host, text, pick) {
    this.#text = text
    this.#pick = pick
    host.append(this.#list, this.#spoken)
    // The text keeps the focus.
    this.#list.addEventListener("pointerdown", (/** @type {Event} */ event) => event.preventDefault())
    this.#list.addEventListener("click", (/** @type {Event} */ event) => {
      const option = /** @type {Element} */ (event.target).closest("[role=option]")
      if (option) this.#take([...this.#list.children].indexOf(option))
    })
  }

  get open() {
    return !this.#list.hidden
  }

  /** @param {string} name what is typed after the colon */
  show(name) {
    this.#name = name
    this.#find()
    naming()?.then(() => this.#name === name && this.#find())
  }

  #find() {
    this.#found = search(this.#name, SHOWN_MAX)
    if (this.#found.length === 0) {
      this.#hide()
      return
    }
    const tone = preferredTone()
    const news = this.#list.hidden
    this.#list.replaceChildren(...this.#found.map((item, i) => option(item, i, tone)))
    this.#list.hidden = false
    const attributes = { "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": "emoji-list" }
    for (const [key, value] of Object.entries(attributes)) this.#text.setAttribute(key, value)
    this.#choose(0)
    if (news) this.#spoken.textContent = texts.emojiFound(this.#found.length)
  }

  close() {
    this.#name = ""
    this.#hide()
  }

  #hide() {
    if (this.#list.hidden) return
    this.#list.hidden = true
    this.#spoken.textContent = ""
    for (const name of ["aria-autocomplete", "aria-haspopup", "aria-controls", "aria-activedescendant"]) {
      this.#text.removeAttribute(name)
    }
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the list */
  key(event) {
    // Shift makes a colon on many keyboards.
    const isModified = event.shiftKey || event.ctrlKey || event.metaKey || event.altKey
    if (isComposing(event) || (isModified && event.key !== ":")) return false
    const count = this.#found.length
    if (event.key === "ArrowDown") this.#choose((this.#at + 1) % count)
    else if (event.key === "ArrowUp") this.#choose((this.#at + count - 1) % count)
    else if (event.key === "Enter" || event.key === "Tab") this.#take(this.#at)
    else if (event.key === ":" && isNamed(this.#found[this.#at], this.#name)) this.#take(this.#at)
    else if (event.key === "Escape") this.close()
    else return false
    return true
  }

  /** @param {number} at */
  #choose(at) {
    this.#at = at
    for (const [i, item] of [...this.#list.children].entries()) item.setAttribute("aria-selected", String(i === at))
    this.#text.setAttribute("aria-activedescendant", `emoji-option-${at}`)
  }

  /** @param {number} at */
  #take(at) {
    const item = this.#found[at]
    this.close()
    use(item)
    this.#pick(inTone(item, preferredTone()))
  }
}

/** @param {Emoji} item @param {number} i @param {string} tone */
function option(item, i, tone) {
  return make("li", { class: "emoji-list__item", role: "option", id: `emoji-option-${i}` }, [
    make("span", { class: "emoji-list__emoji", "aria-hidden": "true" }, [inTone(item, tone)]),
    make("span", { class: "emoji-list__name" }, [item.name]),
  ])
}
