// @ts-check
/**
 * Tells the server how far this device has received and shown each chat: gathered, so that a burst of messages
 * costs one frame, and repeated after a reconnect, or by the next page, until the server says so itself.
 * Whether something was really on the screen is decided by the message list.
 */

/** Short enough that ticks feel immediate, long enough to gather a burst. */
const GATHER_MS = 150

/** What the server has not confirmed, for as long as the person is signed in in this page. @type {Map<number, { delivered: number, read: number }>} */
const reached = new Map()

export class Receipts {
  /** @type {Set<number>} */
  #due = new Set()
  #timer = 0
  #send

  /** @param {(frame: object) => boolean} send */
  constructor(send) {
    this.#send = send
  }

  /** @param {number} chat @param {{ delivered?: number, read?: number }} seqs what is reached now; it never goes back */
  note(chat, { delivered = 0, read = 0 }) {
    const before = reached.get(chat) ?? { delivered: 0, read: 0 }
    const now = { delivered: Math.max(before.delivered, delivered, read), read: Math.max(before.read, read) }
    if (now.delivered === before.delivered && now.read === before.read) return
    reached.set(chat, now)
    this.#due.add(chat)
    if (!this.#timer) this.#timer = setTimeout(() => this.#flush(), GATHER_MS)
  }

  /** The server knows. @param {number} chat @param {{ delivered_seq: number, read_seq: number }} mark */
  told(chat, { delivered_seq, read_seq }) {
    const { delivered = 0, read = 0 } = reached.get(chat) ?? {}
    if (delivered > delivered_seq || read > read_seq) return
    reached.delete(chat)
    this.#due.delete(chat)
  }

  /** Signed out; or what was reached may never have happened. */
  forget() {
    reached.clear()
    this.#due.clear()
  }

  /** A new connection: says again what may have been lost with the old one. */
  repeat() {
    for (const chat of reached.keys()) this.#due.add(chat)
    this.#flush()
  }

  /** The server is busy. @param {number} ms */
  postpone(ms) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.repeat(), ms)
  }

  /** What the next page has to say again. */
  unsent() {
    return [...reached].map(([chat, seqs]) => ({ chat, ...seqs }))
  }

  #flush() {
    clearTimeout(this.#timer)
    this.#timer = 0
    for (const chat of this.#due) {
      const { delivered, read } = reached.get(chat) ?? { delivered: 0, read: 0 }
      const frame = { type: "receipt", chat_id: chat, delivered, ...(read > 0 ? { read } : {}) }
      if (!this.#send(frame)) return
      this.#due.delete(chat)
    }
  }
}
