// @ts-check
/** The bar above the composer with the message being answered; one for each chat, until it is sent or cancelled. */
import { setText } from "../lib/dom.js"
import { texts } from "../lib/texts.js"
import { showQuote } from "../chat/quote.js"
import { quoteOf } from "../state/quotes.js"
import { store } from "../state/store.js"

/** @typedef {import("../state/model.js").Message} Message */

export class QuoteBar {
  /** @type {Map<string, Message>} */
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

  /** @param {string} key of the chat that is open now */
  switchTo(key) {
    this.#key = key
    this.#show()
  }

  /** @param {Message} message */
  choose(message) {
    this.#chosen.set(this.#key, message)
    this.#show()
  }

  close() {
    this.#chosen.delete(this.#key)
    this.#show()
  }

  /** Ends the answer and returns it for the message that is sent. @returns {{ reply_to?: number }} */
  take() {
    const message = this.#chosen.get(this.#key)
    this.close()
    return message ? { reply_to: message.id } : {}
  }

  #show() {
    const { quoteBar, quoteLabel } = this.#parts
    const message = this.#chosen.get(this.#key)
    const quote = message ? quoteOf(store.state, message.chat_id, message.id) : null
    quoteBar.hidden = !quote
    if (!quote) return
    showQuote(this.#parts, quote)
    setText(quoteLabel, texts.replyingTo(quote.own ? texts.yourself : quote.name))
  }
}
