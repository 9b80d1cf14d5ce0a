// @ts-check
/** Reports which messages of the open chat were read (`seen`), and knows whether the reader passed over unread ones. */
import { emit } from "../lib/dom.js"
import { unreadMentions } from "../state/mentions.js"
import { unreadOf } from "../state/model.js"
import { store } from "../state/store.js"
import { ShownMessages, isWatched } from "./on-screen.js"
import { END_PX } from "./scroll-place.js"

export class SeenReport {
  /** Whether the reader is at the end and has passed over unread messages. */
  skips = false
  #list
  #shown = new ShownMessages()

  /** @param {HTMLElement} list the message list, which emits the event */
  constructor(list) {
    this.#list = list
  }

  /** Forgets what was seen, because another chat opens. */
  reset() {
    this.skips = false
    this.#shown = new ShownMessages()
  }

  /**
   * A message is read when its last line and those of all before it were on the screen of a visible, focused window.
   * @param {number} chat whose rows are drawn @param {HTMLCollection} rows
   * @param {import("./scroll-place.js").ScrollPlace} place
   */
  report(chat, rows, place) {
    if (!isWatched()) return
    this.#shown.note(rows, place.view, END_PX / 2)
    const mentions = unreadMentions(store.state, chat).filter((seq) => this.#shown.has(seq))
    if (mentions.length > 0) emit(this.#list, "mentions-shown", { chat_id: chat, seqs: mentions })
    const seq = this.#shown.readThrough(chat)
    if (seq) emit(this.#list, "seen", { chat_id: chat, seq })
    this.skips = place.pinned && unreadOf(store.state, chat) > 0
  }
}
