// @ts-check
/**
 * Loads messages that are quoted but not loaded, one request at a time, each message once.
 * After a failure it loads a message only when it is asked again, as happens after a reconnect.
 */

export class Quotes {
  /** @type {Map<number, number>} message id → chat id, in the order asked for */
  #waiting = new Map()
  /** @type {Set<number>} */
  #asked = new Set()
  #busy = false
  #load
  #dispatch

  /**
   * @param {(chat: number, page: Record<string, number>) => Promise<{ messages: any[], flags: any[] }>} load
   * @param {(event: { type: string, [key: string]: any }) => void} dispatch
   */
  constructor(load, dispatch) {
    this.#load = load
    this.#dispatch = dispatch
  }

  /** @param {number} chat @param {number[]} ids */
  want(chat, ids) {
    for (const id of ids) {
      if (this.#asked.has(id)) continue
      this.#asked.add(id)
      this.#waiting.set(id, chat)
    }
    this.#next()
  }

  /** Messages without an answer may be asked for again. */
  forget() {
    this.#asked.clear()
    this.#waiting.clear()
  }

  async #next() {
    if (this.#busy) return
    this.#busy = true
    for (const [id, chat] of this.#waiting) {
      this.#waiting.delete(id)
      try {
        const { messages, flags } = await this.#load(chat, { around: id, limit: 1 })
        const message = messages.find((candidate) => candidate.id === id)
        this.#dispatch(message ? { ...message, flags, type: "quote/loaded" } : { type: "quote/absent", id })
      } catch {
        this.#asked.delete(id)
      }
    }
    this.#busy = false
  }
}
