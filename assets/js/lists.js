// @ts-check
/**
 * The lists of users and chats, loaded whole when the server says that catching up row by row is no use (`reset`), and
 * whether the server has told the whole state since this page was opened.
 */
import { texts } from "./lib/texts.js"
import { listChats, listOnline, listUsers } from "./net/api.js"
import { mustLookAround } from "./state/privacy.js"
import { store } from "./state/store.js"
import { toast } from "./lib/toast-stack.js"

const RETRY_MS = 2000

export class Lists {
  /** Until then what stands here is what was kept, and may be old. */
  told = false
  #token
  #signal
  #loaded

  /** @param {string} token @param {(event: { type: string, [key: string]: any }) => void} loaded @param {AbortSignal} signal the end of the sign-in */
  constructor(token, loaded, signal) {
    this.#token = token
    this.#loaded = loaded
    this.#signal = signal
  }

  /** Who is and was here is asked for anew when it may be seen again. */
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

  /** @param {number} revision the reset this answers @param {boolean} [again] whether the failure has been told already */
  async load(revision, again = false) {
    const signal = this.#signal
    try {
      const [{ users }, { chats }] = await Promise.all([listUsers(this.#token), listChats(this.#token)])
      if (signal.aborted) return
      this.#loaded({ type: "lists/loaded", users, chats, answers: revision })
    } catch {
      if (signal.aborted) return
      if (!again) toast(texts.listsFailed)
      setTimeout(() => {
        if (!signal.aborted && store.state.resetting === revision) this.load(revision, true)
      }, RETRY_MS)
    }
  }
}
