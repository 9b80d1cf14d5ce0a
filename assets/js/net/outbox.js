// @ts-check
/**
 * Brings waiting messages to the server in the order in which they were written, again after every reconnect,
 * always under the same cid, so that a repeat is harmless. What waits is in the state; only what has been
 * handed to this very connection is remembered here.
 */

/** A message that another tab has handed over is answered long before, unless that tab is gone. */
const OTHER_TAB_MS = 5000
/** A send without an answer for so long, on a line that lives, never arrived or its answer did not. */
const ANSWER_MS_MAX = 10_000
const LOOK_AGAIN_MS_MIN = 250

/** @typedef {{ cid: string, chat_id?: number, recipient_id?: number, content: string, reply_to?: number, status: string }} Waiting */

export class Outbox {
  /** @type {Map<string, number>} cid → when to hand it over again if no answer has come */
  #handed = new Map()
  #pausedUntil = 0
  #timer = 0
  #answerTimer = 0
  #send
  #waiting

  /** @param {{ send: (frame: object) => boolean, waiting: () => Waiting[] }} options */
  constructor({ send, waiting }) {
    this.#send = send
    this.#waiting = waiting
  }

  /** Sends everything that waits and has not been handed over. */
  flush() {
    const now = Date.now()
    if (now < this.#pausedUntil) return
    for (const { cid, chat_id, recipient_id, content, reply_to, status } of this.#waiting()) {
      if (status !== "pending" || (this.#handed.get(cid) ?? 0) > now) continue
      const frame = { type: "send", cid, content, ...(chat_id ? { chat_id } : { recipient_id }), ...(reply_to && { reply_to }) }
      if (!this.#send(frame)) return
      this.#expectAnswer([cid], ANSWER_MS_MAX)
    }
  }

  /** @param {string[]} cids @param {number} ms */
  #expectAnswer(cids, ms) {
    for (const cid of cids) this.#handed.set(cid, Date.now() + ms)
    clearTimeout(this.#answerTimer)
    if (this.#handed.size === 0) return
    const next = Math.min(...this.#handed.values()) - Date.now()
    this.#answerTimer = setTimeout(() => {
      // Some have arrived without an answer to this tab.
      const waiting = new Set(this.#waiting().flatMap(({ cid, status }) => (status === "pending" ? [cid] : [])))
      for (const cid of this.#handed.keys()) if (!waiting.has(cid)) this.#handed.delete(cid)
      this.flush()
      this.#expectAnswer([], 0)
    }, Math.max(next, LOOK_AGAIN_MS_MIN))
  }

  /** The connection is gone; whatever had no answer goes out again. */
  lost() {
    this.#handed.clear()
    this.#pausedUntil = 0
    clearTimeout(this.#timer)
    clearTimeout(this.#answerTimer)
  }

  /** An answer came; a refused message may be tried again later. @param {string} cid */
  answered(cid) {
    this.#handed.delete(cid)
  }

  /** Another tab sends these; what still waits after a while is sent from here. @param {string[]} cids */
  leaveToOthers(cids) {
    this.#expectAnswer(cids, OTHER_TAB_MS)
  }

  /** The server is busy: this one and everything after it waits. @param {string} cid @param {number} ms */
  postpone(cid, ms) {
    this.#handed.delete(cid)
    this.#pausedUntil = Date.now() + ms
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.flush(), ms + 10)
  }
}
