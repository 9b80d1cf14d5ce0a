// @ts-check
/**
 * The group of an invite link above the form of the sign-in card. Who signs in or creates an account comes to
 * join-page.js, because the address stays. The form itself says what is needed for an account.
 */
import { loadStyle } from "../lib/load.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { earlierToken } from "../lib/token.js"
import { ApiError } from "../net/api.js"
import { findInvitation, invitedPicture, invitedWords, isDead, isFull } from "./invitation.js"

await loadStyle("join")

/** How long after a failure the server is asked again. */
const RETRY_MS = 5000

class JoinCard extends HTMLElement {
  token = ""
  #life = new AbortController()
  #asking = false
  #isDone = false
  #retry = 0

  connectedCallback() {
    this.#life = new AbortController()
    window.addEventListener("online", () => this.#ask(), { signal: this.#life.signal })
    this.#ask()
  }

  disconnectedCallback() {
    this.#life.abort()
    clearTimeout(this.#retry)
  }

  async #ask() {
    if (this.#isDone || this.#asking) return
    const { signal } = this.#life
    this.#asking = true
    try {
      const group = await findInvitation(this.token)
      if (!signal.aborted) this.#show(group)
    } catch (error) {
      if (!signal.aborted) this.#failed(error)
    }
    this.#asking = false
  }

  /** @param {import("./invitation.js").Invitation} group */
  #show(group) {
    this.#isDone = true
    const words = isFull(group) ? texts.joinFull : texts.joinHow
    this.replaceChildren(
      make("div", { class: "join-card__group" }, [
        invitedPicture(this.token, group, "small"),
        make("div", { class: "join-card__words" }, invitedWords(group, "h2")),
      ]),
      make("p", { class: "join-card__how", "data-test": "join-how" }, [words]),
    )
    const card = /** @type {any} */ (this.closest("sign-in"))
    // A browser that was signed in before has an account.
    if (!earlierToken()) card?.suggestAccount()
  }

  /** @param {unknown} error */
  #failed(error) {
    this.#isDone = isDead(error)
    clearTimeout(this.#retry)
    if (!this.#isDone) this.#retry = setTimeout(() => this.#ask(), RETRY_MS)
    const words = this.#isDone ? [make("strong", {}, [texts.joinDead]), make("br"), texts.joinDeadWords]
      : [error instanceof ApiError && error.status === 0 ? texts.joinOffline : texts.busyServer]
    this.replaceChildren(make("p", { class: "notice", role: "status", "data-test": "join-note" }, words))
  }
}

customElements.define("join-card", JoinCard)

/** @param {HTMLElement} card of the sign-in @param {string | undefined} token none without a link */
export function showInvitation(card, token) {
  card.querySelector("join-card")?.remove()
  if (token === undefined || !card.isConnected) return
  const group = make("join-card", { class: "join-card", "aria-live": "polite" })
  group.token = token
  card.querySelector(".tabs")?.before(group)
}
