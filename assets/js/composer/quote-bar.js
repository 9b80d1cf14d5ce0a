// @ts-check
/**
 * The bar above the composer with the message that is being answered or edited, as the draft of the open chat says. It
 * is the same on all devices until the message is sent or the bar is closed.
 */
import { emit, setText, showIcon } from "../lib/dom.js"
import { texts } from "../lib/texts.js"
import { sameValues } from "../lib/values.js"
import { showQuote } from "../chat/quote.js"
import { quoteOf } from "../state/quotes.js"
import { store } from "../state/store.js"
import { chatOfKey } from "../state/targets.js"
import { drafts } from "./drafts.js"

/** @typedef {import("../state/quotes.js").Quote} Quote */

export class QuoteBar {
  #host
  #parts
  #key = ""
  /** @type {Quote | null} */
  #quote = null

  /**
   * @param {HTMLElement} host the composer @param {import("../lib/dom.js").Parts} parts of it
   * @param {AbortSignal} signal
   */
  constructor(host, parts, signal) {
    this.#host = host
    this.#parts = parts
    store.watch((state) => this.#find(state), () => this.#draw(), { signal })
    // A message that is not loaded is asked for again after each reconnect.
    store.watch((state) => state.live, () => this.#want(), { signal })
  }

  get open() {
    return this.#quote !== null
  }

  /** @param {string} key of the chat that is open now */
  show(key) {
    this.#key = key
    this.#find(store.state)
    this.#draw()
    this.#want()
  }

  /** The same object as long as it looks the same. @param {import("../state/model.js").State} state */
  #find(state) {
    const { reply_to, edit_of } = drafts.get(this.#key)
    const now = quoteOf(state, chatOfKey(state, this.#key), edit_of || reply_to)
    if (!now || !sameValues(this.#quote, now)) this.#quote = now
    return this.#quote
  }

  #want() {
    const chat = chatOfKey(store.state, this.#key)
    if (this.#quote?.status === "unknown" && chat) emit(this.#host, "need-quote", { chat_id: chat, id: this.#quote.id })
  }

  #draw() {
    const { quoteBar, quoteLabel, quoteName, quoteClose, send, sendUse } = this.#parts
    const quote = this.#quote
    const edits = drafts.get(this.#key).edit_of > 0
    showIcon(sendUse, edits ? "save" : "send")
    send.setAttribute("aria-label", edits ? texts.save : texts.send)
    quoteBar.hidden = !quote
    if (!quote) return
    showQuote(this.#parts, quote)
    if (edits) {
      setText(quoteName, texts.editing)
      quoteName.hidden = false
    }
    const replies = quote.status === "unknown" ? "" : texts.replyingTo(quote.own ? texts.yourself : quote.name)
    setText(quoteLabel, edits ? texts.editing : replies)
    quoteClose.setAttribute("aria-label", edits ? texts.cancelEdit : texts.cancelReply)
    quoteClose.title = quoteClose.getAttribute("aria-label") ?? ""
  }
}
