// @ts-check
/**
 * Gathers how far this device has received and shown each chat, so that a burst of messages costs one receipt.
 * Whether something was really on the screen is decided by the message list; sending is the outgoing queue's task.
 */

/** Short enough that ticks feel immediate, long enough to gather a burst. */
const GATHER_MS = 150

export class Receipts {
  /** What is not in the queue yet. @type {Map<number, { delivered: number, read: number }>} */
  #reached = new Map()
  #timer = 0
  #put

  /** @param {(bodies: { chat_id: number, delivered: number, read?: number }[]) => void} put into the outgoing queue */
  constructor(put) {
    this.#put = put
  }

  /**
   * @param {number} chat @param {{ delivered?: number, read?: number }} seqs what is reached now; it never goes back
   */
  note(chat, { delivered = 0, read = 0 }) {
    const before = this.#reached.get(chat) ?? { delivered: 0, read: 0 }
    const latest = Math.max(before.delivered, delivered, read)
    this.#reached.set(chat, { delivered: latest, read: Math.max(before.read, read) })
    this.#timer ||= setTimeout(() => this.flush(), GATHER_MS)
  }

  /** The server knows already. @param {{ chat_id: number, delivered_seq: number, read_seq: number }} mark */
  told({ chat_id, delivered_seq, read_seq }) {
    const { delivered = 0, read = 0 } = this.#reached.get(chat_id) ?? {}
    if (delivered <= delivered_seq && read <= read_seq) this.#reached.delete(chat_id)
  }

  /** What was reached may never have happened on this server. */
  forget() {
    this.#reached.clear()
  }

  flush() {
    clearTimeout(this.#timer)
    this.#timer = 0
    const body = (/** @type {[number, { delivered: number, read: number }]} */ [chat_id, { delivered, read }]) =>
      ({ chat_id, delivered, ...(read > 0 && { read }) })
    const bodies = [...this.#reached].map(body)
    this.#reached.clear()
    if (bodies.length > 0) this.#put(bodies)
  }
}
