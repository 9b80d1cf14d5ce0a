// @ts-check
/** What stands in the place of messages that are not there: the skeleton, and the line above the oldest loaded one. */

/** An answer that arrives sooner needs no placeholder. */
const SKELETON_AFTER_MS = 300

export class WaitingSigns {
  #parts
  #timer = 0

  /** @param {import("../lib/dom.js").Parts} parts of the message list @param {AbortSignal} signal */
  constructor(parts, signal) {
    this.#parts = parts
    signal.addEventListener("abort", () => clearTimeout(this.#timer))
  }

  /** @param {boolean} waiting for the first messages of a chat @param {string} status of the request */
  showSkeleton(waiting, status) {
    const { skeleton } = this.#parts
    if (!waiting || status === "failed") {
      clearTimeout(this.#timer)
      this.#timer = 0
      skeleton.hidden = true
    } else if (!this.#timer) {
      this.#timer = setTimeout(() => (skeleton.hidden = false), SKELETON_AFTER_MS)
    }
  }

  /**
   * @param {boolean} more whether there are older messages @param {string} status of the request for them
   * @param {(change: () => void) => void} keepStill makes a change that does not move the view
   */
  showOlder(more, status, keepStill) {
    const { older, loading, again } = this.#parts
    const hidden = !more && status !== "failed"
    // It is above the rows, so a change of its height would move them.
    if (older.hidden !== hidden) keepStill(() => (older.hidden = hidden))
    again.hidden = status !== "failed"
    loading.hidden = status === "failed"
    loading.classList.toggle("messages__loading--shown", status === "loading")
  }
}
