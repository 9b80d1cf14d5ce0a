// @ts-check
/**
 * Which messages of the open chat are missing here, and when they are asked for: its first page, older and newer ones,
 * a gap that stays, the surroundings of a message somebody wants to see, what others are replies to.
 * The asking itself is in net/pager.js and net/quotes.js.
 */
import { texts } from "./lib/texts.js"
import { listMessages } from "./net/api.js"
import { Pager } from "./net/pager.js"
import { Quotes } from "./net/quotes.js"
import { detachedEnd } from "./state/detached-range.js"
import { unreadOf } from "./state/model.js"
import { holeIn, needsPage, oldestShown } from "./state/paging.js"
import { firstSeq } from "./state/stays.js"
import { store } from "./state/store.js"
import { toast } from "./lib/toast-stack.js"

/** Rows of one catch-up may come out of order; a gap that lasts longer than this is real. Twice as long after each try, because the server may not be able to fill it. */
const GAP_PATIENCE_MS = 400

export class Pages {
  #signal
  #pager
  #quotes
  /** The gap there is, how often it was asked for on this connection, and when it is the next time. @type {number | null} */
  #gap = null
  #gapTries = 0
  #gapTimer = 0

  /** @param {string} token @param {(event: { type: string, [key: string]: any }) => void} apply @param {AbortSignal} signal the end of the sign-in */
  constructor(token, apply, signal) {
    this.#signal = signal
    /** @param {number} chat @param {Record<string, number>} page */
    const load = (chat, page) => listMessages(token, chat, page)
    this.#pager = new Pager(load, (event) => signal.aborted || apply(event))
    this.#quotes = new Quotes(load, (event) => signal.aborted || store.dispatch(event))
    signal.addEventListener("abort", () => clearTimeout(this.#gapTimer))
  }

  /** After any change: the first page, or a gap to fill. */
  check() {
    const { state } = store
    const chat = state.open?.chat_id
    if (!chat) return
    if (needsPage(state, chat) && !state.paging[chat]) this.load()
    // Asking for a page has changed the state.
    const gap = store.state.live ? holeIn(store.state, chat) : null
    if (gap !== this.#gap) this.lost()
    this.#gap = gap
    if (gap !== null && !this.#gapTimer) this.#gapTimer = setTimeout(() => this.#fillGap(), GAP_PATIENCE_MS * 2 ** this.#gapTries)
  }

  /** What is quoted and not here is asked for, now and whenever something is drawn. */
  watchQuotes() {
    store.watch(store.select.missingQuotes, () => this.#wantQuotes(), { signal: this.#signal })
  }

  /** What could not be had a while ago may be had now. */
  reconnected() {
    this.#quotes.forget()
    this.#wantQuotes()
  }

  /** The connection is gone: the next one may bring what this one could not; or the gap is another. */
  lost() {
    clearTimeout(this.#gapTimer)
    this.#gapTimer = this.#gapTries = 0
  }

  /** @param {boolean} [newer] downwards from where somebody jumped to */
  load(newer = false) {
    const { state } = store
    const chat = state.open?.chat_id
    if (!chat || !state.chats[chat]) return
    const end = newer ? detachedEnd(state, chat) : null
    if (end) {
      this.#pager.newer(chat, end.id)
      return
    }
    const oldest = oldestShown(state, chat)
    if (needsPage(state, chat)) this.#pager.newest(chat, unreadOf(state, chat))
    else if (oldest && oldest.seq > firstSeq(state, chat)) this.#pager.older(chat, oldest.id)
  }

  /** The list scrolls to it once it is there. @param {number} id */
  async loadAround(id) {
    const chat = store.state.open?.chat_id
    try {
      if (chat) await this.#pager.around(chat, id)
    } catch {
      if (!this.#signal.aborted) toast(texts.jumpFailed)
    }
  }

  #wantQuotes() {
    this.#quotes.want(store.state.open?.chat_id ?? 0, store.select.missingQuotes(store.state))
  }

  #fillGap() {
    this.#gapTimer = 0
    const chat = store.state.open?.chat_id
    const hole = chat ? holeIn(store.state, chat) : null
    if (!chat || hole === null || !store.state.live) return
    this.#gapTries += 1
    this.#pager.gap(chat, hole)
  }
}
