// @ts-check
/**
 * Brings waiting messages to the server in the order in which they were written: each when the one before it has its
 * answer, again after every reconnect, always under the same cid, so that a repeat is harmless. What waits is in the
 * state, also what waits in other tabs; only what this very connection was given last is remembered here.
 */

/** A message that another tab has handed over is answered long before, unless that tab is gone. */
const OTHER_TAB_MS = 5000
/** A send without an answer for so long, on a line that lives, never arrived or its answer did not. */
const ANSWER_MS_MAX = 10_000

/** @typedef {{ cid: string, chat_id?: number, recipient_id?: number, content: string, reply_to?: number, status: string }} Waiting */

export class Outbox {
  /** What has been handed over and has no answer yet. */
  #handed = ""
  /** Before that nothing is handed over: an answer may still come, or the server is busy. */
  #notBefore = 0
  /** @type {Map<string, number>} cid of a message that another tab sends → until when that is believed */
  #left = new Map()
  #timer = 0
  #send
  #waiting

  /** @param {{ send: (frame: object) => boolean, waiting: () => Waiting[] }} options */
  constructor({ send, waiting }) {
    this.#send = send
    this.#waiting = waiting
  }

  /** Sends the first that waits, if it is its time. What another tab sends goes from here, too, rather than being overtaken. */
  flush() {
    clearTimeout(this.#timer)
    const waiting = this.#waiting().filter(({ status }) => status === "pending")
    if (waiting.length === 0) return
    const [{ cid, chat_id, recipient_id, content, reply_to }] = waiting
    // It has arrived without an answer to this tab.
    if (this.#handed && this.#handed !== cid) this.#wait("", 0)
    const due = Math.max(this.#notBefore, Math.min(...waiting.map((item) => this.#left.get(item.cid) ?? 0)))
    if (due > Date.now()) {
      this.#timer = setTimeout(() => this.flush(), due - Date.now())
      return
    }
    const frame = { type: "send", cid, content, ...(chat_id ? { chat_id } : { recipient_id }), ...(reply_to && { reply_to }) }
    if (!this.#send(frame)) return
    this.#wait(cid, ANSWER_MS_MAX)
    this.flush()
  }

  /** The connection is gone; whatever had no answer goes out again. */
  lost() {
    this.#wait("", 0)
    this.#left.clear()
    clearTimeout(this.#timer)
  }

  /** An answer came, and what it says is in the state. @param {string} cid */
  answered(cid) {
    if (cid === this.#handed) this.#wait("", 0)
    this.flush()
  }

  /** Another tab sends these; what still waits after a while is sent from here. @param {string[]} cids */
  leaveToOthers(cids) {
    const now = Date.now()
    for (const [cid, until] of this.#left) if (until < now) this.#left.delete(cid)
    for (const cid of cids) this.#left.set(cid, now + OTHER_TAB_MS)
    this.flush()
  }

  /** The server is busy. @param {number} ms */
  postpone(ms) {
    this.#wait("", ms)
    this.flush()
  }

  /** @param {string} cid what was handed over @param {number} ms */
  #wait(cid, ms) {
    this.#handed = cid
    this.#notBefore = Date.now() + ms
  }
}
