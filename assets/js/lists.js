// @ts-check
/**
 * Loads the lists of users and chats when the server says `reset`, and knows whether the state on the page has been
 * confirmed by the server since the page was opened.
 */
import { texts } from "./lib/texts.js"
import { listChats, listOnline, listScheduled, listUsers } from "./net/api.js"
import { mustLookAround } from "./state/privacy.js"
import { store } from "./state/store.js"
import { toast } from "./lib/toast-stack.js"

const RETRY_MS = 2000

export class Lists {
  /** Whether the server has sent its state. Before that, the page shows the stored one, which may be old. */
  told = false
  #token
  #signal
  #loaded

  /**
   * @param {string} token @param {(event: { type: string, [key: string]: any }) => void} loaded
   * @param {AbortSignal} signal the end of the sign-in
   */
  constructor(token, loaded, signal) {
    this.#token = token
    this.#loaded = loaded
    this.#signal = signal
  }

  /** Loads who is online and when others were last seen, when I see it again. */
  watchSight() {
    store.watch(mustLookAround, (must) => must && this.#lookAround(), { signal: this.#signal })
  }

  async #lookAround() {
    try {
      const [{ users }, online] = await Promise.all([listUsers(this.#token), listOnline(this.#token)])
      if (!this.#signal.aborted) store.dispatch({ type: "people/seen", users, online })
    } catch {
      setTimeout(() => !this.#signal.aborted && mustLookAround(store.state) && this.#lookAround(), RETRY_MS)
    }
  }

  /**
   * @param {number} revision the reset this answers @param {boolean} [again] whether the failure has been told already
   */
  async load(revision, again = false) {
    const signal = this.#signal
    try {
      const [{ users }, { chats }, { scheduled }] = await Promise.all(
        [listUsers(this.#token), listChats(this.#token), listScheduled(this.#token)])
      if (signal.aborted) return
      this.#loaded({ type: "lists/loaded", users, chats, scheduled, answers: revision })
    } catch {
      if (signal.aborted) return
      if (!again) toast(texts.listsFailed)
      setTimeout(() => {
        if (!signal.aborted && store.state.resetting === revision) this.load(revision, true)
      }, RETRY_MS)
    }
  }
}
