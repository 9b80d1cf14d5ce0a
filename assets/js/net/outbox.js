// @ts-check
/**
 * Brings waiting messages to the server in the order in which they were written, again after every reconnect,
 * always under the same cid, so that a repeat is harmless. What waits is in the state; only what has been
 * handed to this very connection is remembered here.
 */

/** A message that another tab has handed over is answered long before, unless that tab is gone. */
const OTHER_TAB_MS = 5000

/** @typedef {{ cid: string, chat_id?: number, recipient_id?: number, content: string, reply_to?: number, status: string }} Waiting */

export class Outbox {
  /** @type {Set<string>} */
  #handed = new Set()
  #pausedUntil = 0
  #timer = 0
  #send
  #waiting

  /** @param {{ send: (frame: object) => boolean, waiting: () => Waiting[] }} options */
  constructor({ send, waiting }) {
    this.#send = send
    this.#waiting = waiting
  }

  /** Sends everything that waits and has not been handed over. */
  flush() {
    if (Date.now() < this.#pausedUntil) return
    for (const { cid, chat_id, recipient_id, content, reply_to, status } of this.#waiting()) {
      if (status !== "pending" || this.#handed.has(cid)) continue
      const frame = { type: "send", cid, content, ...(chat_id ? { chat_id } : { recipient_id }), ...(reply_to && { reply_to }) }
      if (!this.#send(frame)) return
      this.#handed.add(cid)
    }
  }

  /** The connection is gone; whatever had no answer goes out again. */
  lost() {
    this.#handed.clear()
    this.#pausedUntil = 0
    clearTimeout(this.#timer)
  }

  /** An answer came; a refused message may be tried again later. @param {string} cid */
  answered(cid) {
    this.#handed.delete(cid)
  }

  /** Another tab sends these; what still waits after a while is sent from here. @param {string[]} cids */
  leaveToOthers(cids) {
    for (const cid of cids) this.#handed.add(cid)
    setTimeout(() => {
      for (const cid of cids) this.#handed.delete(cid)
      this.flush()
    }, OTHER_TAB_MS)
  }

  /** The server is busy: this one and everything after it waits. @param {string} cid @param {number} ms */
  postpone(cid, ms) {
    this.#handed.delete(cid)
    this.#pausedUntil = Date.now() + ms
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.flush(), ms + 10)
  }
}
