// @ts-check
/**
 * The bar above the composer with the message that is being answered or edited; one for each chat, until it is sent or
 * cancelled. While a message is edited, its new text is kept here, and the draft of the chat stays as it is.
 */
import { setText, showIcon } from "../lib/dom.js"
import { texts } from "../lib/texts.js"
import { showQuote } from "../chat/quote.js"
import { isHidden } from "../state/flags.js"
import { messageById, quoteOf } from "../state/quotes.js"
import { store } from "../state/store.js"

/** @typedef {import("../state/model.js").Message} Message */
/** @typedef {{ message: Message, text: string | null }} Chosen  text = of an edit, with tokens; null for an answer */

export class QuoteBar {
  /** By key of the chat. @type {Map<string, Chosen>} */
  #chosen = new Map()
  #key = ""
  #parts

  /**
   * @param {import("../lib/dom.js").Parts} parts of the composer
   * @param {() => void} closed @param {AbortSignal} signal
   */
  constructor(parts, closed, signal) {
    this.#parts = parts
    parts.quoteClose.addEventListener("click", () => {
      this.close()
      closed()
    }, { signal })
  }

  get open() {
    return this.#chosen.has(this.#key)
  }

  /** The message that is being edited. @returns {Message | null} */
  get edited() {
    const chosen = this.#chosen.get(this.#key)
    return chosen && chosen.text !== null ? chosen.message : null
  }

  /** The new text of the message that is being edited; null if none is. @returns {string | null} */
  get text() {
    return this.#chosen.get(this.#key)?.text ?? null
  }

  set text(text) {
    const chosen = this.#chosen.get(this.#key)
    if (chosen) this.#chosen.set(this.#key, { ...chosen, text })
  }

  /** The id of the message, if it was deleted for me meanwhile or, while it is edited, for everyone; otherwise 0. */
  get gone() {
    const { message, text = null } = this.#chosen.get(this.#key) ?? {}
    if (!message) return 0
    const { state } = store
    const isDeleted = text !== null && messageById(state, message.chat_id, message.id)?.deleted_at
    return isDeleted || isHidden(state, message) ? message.id : 0
  }

  /** @param {string} key of the chat that is open now */
  switchTo(key) {
    this.#key = key
    this.#show()
  }

  /** To answer it. @param {Message} message */
  choose(message) {
    this.#chosen.set(this.#key, { message, text: null })
    this.#show()
  }

  /** @param {Message} message */
  edit(message) {
    this.#chosen.set(this.#key, { message, text: message.content })
    this.#show()
  }

  close() {
    this.#chosen.delete(this.#key)
    this.#show()
  }

  /** Ends the answer and returns it for the message that is sent. @returns {{ reply_to?: number }} */
  take() {
    const chosen = this.#chosen.get(this.#key)
    this.close()
    return chosen ? { reply_to: chosen.message.id } : {}
  }

  #show() {
    const { quoteBar, quoteLabel, quoteClose, send, sendUse } = this.#parts
    const { message, text = null } = this.#chosen.get(this.#key) ?? {}
    const quote = message ? quoteOf(store.state, message.chat_id, message.id) : null
    const edits = quote !== null && text !== null
    showIcon(sendUse, edits ? "save" : "send")
    send.setAttribute("aria-label", edits ? texts.save : texts.send)
    quoteBar.hidden = !quote
    if (!quote) return
    showQuote(this.#parts, quote)
    if (edits) setText(this.#parts.quoteName, texts.editing)
    setText(quoteLabel, edits ? texts.editing : texts.replyingTo(quote.own ? texts.yourself : quote.name))
    quoteClose.setAttribute("aria-label", edits ? texts.cancelEdit : texts.cancelReply)
    quoteClose.title = quoteClose.getAttribute("aria-label") ?? ""
  }
}
