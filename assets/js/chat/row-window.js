// @ts-check
/**
 * Which stretch of a long chat is in the document: `items[lo]` up to, not including, `items[hi]`.
 * It counts only; drawing and scrolling are the message list's.
 */

/** More rows than this make layout slow on a phone. */
const ROWS_MAX = 300
/** How many rows the window grows by, about three screens. */
const STEP = 60

/** @typedef {import("../state/timeline.js").TimelineItem} TimelineItem */

export class RowWindow {
  /** @type {TimelineItem[]} */
  items = []
  lo = 0
  hi = 0

  get shown() {
    return this.items.slice(this.lo, this.hi)
  }

  /** Whether the end of the chat is inside. */
  get tail() {
    return this.hi === this.items.length
  }

  /** A new chat: its end, or the place around one row. @param {TimelineItem[]} items @param {number} around -1 for the end */
  open(items, around) {
    this.items = items
    this.lo = Math.max(0, (around < 0 ? items.length - STEP : around) - STEP)
    this.hi = Math.min(items.length, this.lo + ROWS_MAX)
  }

  /** The chat has changed: the same rows stay, new ones at the end join if the end was inside. @param {TimelineItem[]} items */
  follow(items) {
    const { shown, tail } = this
    const keys = new Set(shown.map((item) => item.key))
    // Days are no landmarks: their row moves up when older messages of the same day come.
    const isKnown = (/** @type {TimelineItem} */ item) => item.kind === "message" && keys.has(item.key)
    const first = items.findIndex(isKnown)
    if (first < 0) {
      this.open(items, -1)
      return
    }
    // With all that has come between them, they reach no further: the rest of a long chat is not looked at.
    const reach = first + shown.length + Math.max(0, items.length - this.items.length)
    this.items = items
    this.lo = first
    while (this.lo > 0 && items[this.lo - 1].kind !== "message") this.lo -= 1
    this.hi = tail ? items.length : first + items.slice(first, reach).findLastIndex(isKnown) + 1
  }

  /** Gives up what is too far from the reader. @param {boolean} atEnd whether the reader is at the end */
  trim(atEnd) {
    if (this.hi - this.lo <= ROWS_MAX) return
    if (atEnd) this.lo = this.hi - ROWS_MAX
    else this.hi = this.lo + ROWS_MAX
  }

  /** @returns {boolean} whether there was more above */
  up() {
    if (this.lo === 0) return false
    this.lo = Math.max(0, this.lo - STEP)
    this.hi = Math.min(this.hi, this.lo + ROWS_MAX)
    return true
  }

  /** @returns {boolean} whether there was more below */
  down() {
    if (this.tail) return false
    this.hi = Math.min(this.items.length, this.hi + STEP)
    this.lo = Math.max(this.lo, this.hi - ROWS_MAX)
    return true
  }

  toEnd() {
    if (!this.tail) this.open(this.items, -1)
  }
}
