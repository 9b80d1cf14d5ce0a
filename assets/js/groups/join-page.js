// @ts-check
/**
 * The page of an invite link, in the place of the chat: the group that it leads to, and the button that joins. It opens
 * the chat as soon as the reader is a member. Without a connection it waits and tries again.
 * join-card.js shows the group to people who have not signed in; routing.js opens and removes this page.
 */
import { showWallpaper } from "../chat/wallpaper.js"
import { emit } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { wordsFor } from "../settings/profile-api.js"
import { ApiError } from "../net/api.js"
import { roleIn } from "../state/members.js"
import { store } from "../state/store.js"
import { findInvitation, invitedPicture, invitedWords, isDead, isFull, joinGroup } from "./invitation.js"

await loadStyle("join")

class JoinPage extends HTMLElement {
  token = ""
  #life = new AbortController()
  #card = make("div", { class: "join__card" })
  #note = make("p", { class: "join__note", role: "status", "data-test": "join-note" })
  #join = make("button", { class: "button button--wide join__button", type: "button", "data-test": "join" })
  /** Whether the group is being asked for, and whether to ask again if that fails: the connection has come back. */
  #asking = false
  #again = false
  #isDone = false
  #isJoining = false

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    showWallpaper(this, "")
    const back = make("button", {
      class: "icon-button", type: "button", "aria-label": texts.backToList, "data-test": "join-back",
    }, [sprite("back", "icon icon--mirrored")])
    back.addEventListener("click", () => emit(this, "go-back"), { signal })
    this.#join.addEventListener("click", () => this.#press(), { signal })
    this.replaceChildren(
      make("header", { class: "bar join__bar" }, [back, make("h2", { class: "join__heading" }, [texts.inviteLink])]),
      make("div", { class: "join__scroll" }, [this.#card]),
    )
    this.#card.replaceChildren(this.#note)
    this.#card.setAttribute("aria-busy", "true")
    window.addEventListener("online", () => this.#ask(), { signal })
    store.watch(({ connection }) => connection.status === "online", () => this.#ask(), { signal })
  }

  disconnectedCallback() {
    this.#life.abort()
  }

  /** Asks for the group, unless the answer is there. */
  async #ask() {
    this.#again = this.#asking
    if (this.#isDone || this.#asking) return
    const { signal } = this.#life
    this.#asking = true
    try {
      const group = await findInvitation(this.token)
      this.#isDone = true
      if (!signal.aborted) this.#show(group)
    } catch (error) {
      if (!signal.aborted) this.#failed(error)
    }
    this.#asking = false
    if (this.#again && !signal.aborted) this.#ask()
  }

  /** @param {import("./invitation.js").Invitation} group */
  #show(group) {
    const { signal } = this.#life
    const { chat_id } = group
    this.#draw([invitedPicture(this.token, group, "large"), ...invitedWords(group, "h3"), this.#join, this.#note])
    if (isFull(group)) this.#close(texts.joinFull)
    else this.#wait(false)
    // The chat comes by the socket, before or after the answer to joining. What is stored here may be out of date.
    store.watch((state) => state.live && ["member", "admin"].includes(roleIn(state, chat_id)), (isIn) => {
      if (isIn) emit(this, "open-instead", { chat_id })
    }, { signal })
    // On touch screens the focus would only draw a ring, here and later around the chat. Somebody who is typing
    // elsewhere goes on.
    if (!matchMedia("(pointer: fine)").matches) return
    const focused = /** @type {HTMLInputElement | null} */ (document.activeElement)
    if (!focused?.value && !focused?.closest("[role=dialog], dialog")) this.#join.focus({ preventScroll: true })
  }

  async #press() {
    if (this.#isJoining) return
    const { signal } = this.#life
    this.#wait(true)
    try {
      await joinGroup(this.token)
    } catch (error) {
      if (!signal.aborted) this.#refused(error)
    }
  }

  /** @param {boolean} joining */
  #wait(joining) {
    this.#isJoining = joining
    this.#join.textContent = joining ? texts.joining : texts.joinGroup
    this.#join.setAttribute("aria-disabled", String(joining))
    if (joining) this.#say("")
  }

  /** @param {unknown} error of the attempt to join */
  #refused(error) {
    this.#wait(false)
    if (isDead(error)) this.#showDead()
    else if (codeOf(error) === "too_many_members") this.#close(texts.joinFull)
    else if (codeOf(error) === "removed_from_group") this.#close(texts.joinRemoved)
    else this.#say(wordsFor(error))
  }

  /** @param {unknown} error of the attempt to load the group */
  #failed(error) {
    if (isDead(error)) this.#showDead()
    else this.#say(error instanceof ApiError && error.status === 0 ? texts.joinOffline : wordsFor(error))
  }

  #showDead() {
    this.#isDone = true
    const title = make("h3", { class: "join__title", id: "join-title", "data-test": "join-dead" }, [texts.joinDead])
    const leave = make("button", { class: "button join__button", type: "button" }, [texts.backToChats])
    leave.addEventListener("click", () => emit(this, "go-back"), { signal: this.#life.signal })
    this.#draw([title, this.#note, leave])
    this.#say(texts.joinDeadWords)
  }

  /** Removes the button and shows why the reader cannot join. @param {string} why */
  #close(why) {
    this.#join.remove()
    this.#say(why)
  }

  /** @param {Node[]} parts */
  #draw(parts) {
    this.#card.replaceChildren(...parts)
    this.#card.removeAttribute("aria-busy")
  }

  /** @param {string} words */
  #say(words) {
    this.#note.textContent = words
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof ApiError ? error.code : ""
}

customElements.define("join-page", JoinPage)

/** @param {string} token @param {HTMLElement} shell */
export function showJoinPage(token, shell) {
  const page = make("join-page", { class: "join", role: "region", "aria-label": texts.inviteLink })
  page.token = token
  shell.append(page)
  shell.dataset.screen = "join"
}
