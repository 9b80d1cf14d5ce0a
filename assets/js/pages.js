// @ts-check
/**
 * Decides which messages of the open chat to load and when: its first page, those around the first unread one, older
 * and newer ones, a gap that stays, those around a message that the person jumps to, and quoted ones. Of a group it
 * also loads the members.
 * net/pager.js and net/quotes.js load them.
 */
import { texts } from "./lib/texts.js"
import { listMembers, listMessages } from "./net/api.js"
import { Pager, UNREAD_NEAR_MAX } from "./net/pager.js"
import { Quotes } from "./net/quotes.js"
import { detachedEnd } from "./state/detached-range.js"
import { areListed } from "./state/members.js"
import { unreadOf } from "./state/model.js"
import { holeIn, lacksOlder, lacksShown, needsPage, oldestShown, uncertainChats } from "./state/paging.js"
import { firstSeq } from "./state/stays.js"
import { store } from "./state/store.js"
import { toast } from "./lib/toast-stack.js"

/**
 * Rows of a catch-up may come out of order, so a gap must last this long. The time doubles with each attempt, because
 * the server may not be able to fill the gap.
 */
const GAP_PATIENCE_MS = 400

export class Pages {
  #signal
  #token
  #pager
  #quotes
  /** The chat whose members are being loaded. */
  #listing = 0
  /**
   * The current gap (the id of the message before it), the attempts to fill it on this connection, and the next one.
   * @type {number | null}
   */
  #gap = null
  #gapTries = 0
  #gapTimer = 0

  /**
   * @param {string} token @param {(event: { type: string, [key: string]: any }) => void} apply
   * @param {AbortSignal} signal the end of the sign-in
   */
  constructor(token, apply, signal) {
    this.#signal = signal
    this.#token = token
    /** @param {number} chat @param {Record<string, number>} page */
    const load = (chat, page) => listMessages(token, chat, page)
    this.#pager = new Pager(load, (event) => signal.aborted || apply(event))
    this.#quotes = new Quotes(load, (event) => signal.aborted || store.dispatch(event))
    signal.addEventListener("abort", () => clearTimeout(this.#gapTimer))
  }

  /** After any change: loads the first page, or fills a gap. */
  check() {
    const { state } = store
    const chat = state.open?.chat_id
    this.#loadShown()
    if (!chat) return
    if ((needsPage(state, chat) || state.open?.seeks) && !state.paging[chat]) this.load()
    this.#listMembers(chat)
    // The request has changed the state.
    const gap = store.state.live ? holeIn(store.state, chat) : null
    if (gap !== this.#gap) this.lost()
    this.#gap = gap
    if (gap === null) return
    this.#gapTimer ||= setTimeout(() => this.#fillGap(), GAP_PATIENCE_MS * 2 ** this.#gapTries)
  }

  /** What the list tells of a chat follows the messages that expire, and those that were deleted for me elsewhere. */
  #loadShown() {
    const { state } = store
    if (!state.live) return
    for (const chat of uncertainChats(state)) {
      if (state.paging[chat]) continue
      if (lacksShown(state, chat)) this.#pager.newest(chat, unreadOf(state, chat))
      else if (lacksOlder(state, chat)) this.#pager.older(chat, oldestShown(state, chat)?.id ?? 0)
    }
  }

  /**
   * The members of a group are loaded once in each stay; later changes come by themselves. If that fails, the next
   * change or connection tries again.
   * @param {number} chat
   */
  async #listMembers(chat) {
    const { chats, memberships, live } = store.state
    const { role = "former" } = memberships[chat] ?? {}
    if (!live || this.#listing === chat || chats[chat]?.kind !== "group") return
    if (role === "former" || areListed(store.state, chat)) return
    this.#listing = chat
    const answer = await listMembers(this.#token, chat).catch(() => null)
    this.#listing = 0
    if (answer && !this.#signal.aborted) store.dispatch({ type: "members/listed", chat_id: chat, ...answer })
  }

  /** Loads quoted messages that are missing, now and whenever that changes. */
  watchQuotes() {
    store.watch(store.select.missingQuotes, () => this.#wantQuotes(), { signal: this.#signal })
  }

  /** Quoted messages that failed to load may load now. */
  reconnected() {
    this.#quotes.forget()
    this.#wantQuotes()
  }

  /** Starts the attempts again: the connection is gone, or the gap is another one. */
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
    const { seeks, unread_after, unread_count } = state.open ?? { seeks: false, unread_after: 0, unread_count: 0 }
    const isNear = !seeks || unread_count <= UNREAD_NEAR_MAX || state.logs[chat]?.stale
    const oldest = oldestShown(state, chat)
    if (needsPage(state, chat) && isNear) this.#pager.newest(chat, seeks ? unread_count : 0)
    else if (seeks) this.#pager.unread(chat, unread_after)
    else if (oldest && oldest.seq > firstSeq(state, chat)) this.#pager.older(chat, oldest.id)
  }

  /** The list scrolls to it once it is there. @param {{ id: number } | { seq: number }} target */
  async loadAround(target) {
    const chat = store.state.open?.chat_id
    try {
      const isThere = !chat || await this.#pager.around(chat, target)
      if (!isThere && !this.#signal.aborted) toast(texts.quoteAbsent)
    } catch {
      if (!this.#signal.aborted) toast(texts.jumpFailed)
    }
  }

  /** Loads a message that a draft quotes. @param {{ chat_id: number, id: number }} quote */
  wantQuote({ chat_id, id }) {
    this.#quotes.want(chat_id, [id])
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
