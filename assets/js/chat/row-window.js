// @ts-check
/**
 * Which part of a long chat is in the document: `items[lo]` up to, not including, `items[hi]`.
 * It only computes; the message list draws and scrolls.
 */

/** More rows than this make layout slow on a phone. */
const ROWS_MAX = 300
/** The window grows by this many rows, about three screens. */
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

  /** Whether the window reaches the end of the chat. */
  get tail() {
    return this.hi === this.items.length
  }

  /**
   * Shows the end of a chat, or the rows around one of them.
   * @param {TimelineItem[]} items @param {number} around the index of a row; -1 for the end
   */
  open(items, around) {
    this.items = items
    this.lo = Math.max(0, (around < 0 ? items.length - STEP : around) - STEP)
    this.hi = Math.min(items.length, this.lo + ROWS_MAX)
  }

  /**
   * Takes a changed list: the same rows stay shown, and new rows at the end join if the end was shown.
   * @param {TimelineItem[]} items
   */
  follow(items) {
    const { shown, tail } = this
    const keys = new Set(shown.map((item) => item.key))
    // Rows of days are no landmarks: they move up when older messages of the same day load.
    const isKnown = (/** @type {TimelineItem} */ item) => "message" in item && keys.has(item.key)
    const first = items.findIndex(isKnown)
    if (first < 0) {
      this.open(items, -1)
      return
    }
    // The old rows reach no further than this, with all new rows between them. The rest of a long chat is not searched.
    const reach = first + shown.length + Math.max(0, items.length - this.items.length)
    this.items = items
    this.lo = first
    while (this.lo > 0 && !("message" in items[this.lo - 1])) this.lo -= 1
    this.hi = tail ? items.length : first + items.slice(first, reach).findLastIndex(isKnown) + 1
  }

  /** Drops rows that are far from the reader. @param {boolean} atEnd whether the reader is at the end */
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

  /** For printing: everything that is loaded. @returns {() => void} shows again what was shown */
  all() {
    const { lo, hi } = this
    this.lo = 0
    this.hi = this.items.length
    return () => {
      this.lo = lo
      this.hi = Math.min(hi, this.items.length)
    }
  }

  toEnd() {
    if (!this.tail) this.open(this.items, -1)
  }
}
