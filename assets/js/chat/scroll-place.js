// @ts-check
/**
 * Where the reader is in the open chat: at its end, which the view then follows, or at a row, which keeps its place
 * while rows above it change. It knows the rows only by their places. The composer floats over the lower end of the
 * list; what is beneath it is not in view.
 */
import { store } from "../state/store.js"
import { firstRowBelow } from "./on-screen.js"

/** A reader closer to the end than this is at the end. */
export const END_PX = 48

export class ScrollPlace {
  /** Whether the reader is at the end. */
  pinned = true
  #scroll
  #rows
  #foot
  /** Where the list has scrolled to by itself, or the reader has last. */
  #still = 0

  /**
   * @param {HTMLElement} scroll @param {import("./timeline-rows.js").TimelineRows} rows
   * @param {HTMLElement} foot what floats over the lower end
   */
  constructor(scroll, rows, foot) {
    this.#scroll = scroll
    this.#rows = rows
    this.#foot = foot
  }

  /** The part of the window in which the messages are seen. */
  get view() {
    const { x, y, width, height } = this.#scroll.getBoundingClientRect()
    return new DOMRect(x, y, width, Math.max(0, height - this.#foot.offsetHeight))
  }

  get above() {
    return this.#scroll.scrollTop
  }

  get below() {
    const { scrollHeight, clientHeight, scrollTop } = this.#scroll
    return scrollHeight - clientHeight - scrollTop
  }

  measure() {
    this.pinned = this.#hasLast() && this.below < END_PX
  }

  /**
   * Asked after every scrolling. A reader leaves the end only upwards: the event may come when the list or the window
   * has a new size already, and the list is about to follow.
   */
  scrolled() {
    if (!this.pinned || !this.#hasLast() || this.#scroll.scrollTop < this.#still) this.measure()
  }

  /** Whether the last drawn row is the newest of the chat. */
  #hasLast() {
    return this.#rows.window.tail && !store.select.paging(store.state).newer
  }

  /** The first message that reaches into the view. @returns {HTMLElement | null} */
  topMessage() {
    const { children } = this.#rows.list
    for (let at = firstRowBelow(children, this.view.top); at < children.length; at += 1) {
      const row = /** @type {HTMLElement} */ (children[at])
      if (row.dataset.test === "message") return row
    }
    return null
  }

  /** How far a row is below the upper edge of the view. @param {HTMLElement} row */
  distance(row) {
    return row.getBoundingClientRect().top - this.view.top
  }

  /** Keeps the row at the top of the view in its place, whatever `change` does above it. @param {() => void} change */
  keepStill(change) {
    const row = this.pinned ? null : this.topMessage()
    const before = row ? this.distance(row) : 0
    change()
    if (this.pinned && this.#rows.window.tail) this.toEnd()
    else if (row?.isConnected) this.by(this.distance(row) - before)
  }

  /**
   * Keeps the rows in their place in the window, while the view loses room above or gains it.
   * @param {() => void} change
   */
  keepInWindow(change) {
    const { top } = this.#scroll.getBoundingClientRect()
    change()
    if (this.pinned) this.toEnd()
    else this.by(this.#scroll.getBoundingClientRect().top - top)
  }

  /** @param {number} px */
  by(px) {
    this.#scroll.scrollTop += px
    this.#still = this.#scroll.scrollTop
  }

  toEnd() {
    this.pinned = true
    this.by(this.#scroll.scrollHeight)
  }

  /** Scrolls a row to the middle, unless all of it is in view. @param {HTMLElement} row */
  show(row) {
    const { view } = this
    const place = row.getBoundingClientRect()
    this.pinned = false
    if (place.top >= view.top && place.bottom <= view.bottom) return
    this.by(place.top - view.top - Math.max(16, (view.height - place.height) / 2))
  }

  /** Asked after every scrolling. @returns {boolean} whether the reader scrolled, and not the list by itself */
  movedByReader() {
    const moved = Math.abs(this.#scroll.scrollTop - this.#still) > 1
    this.#still = this.#scroll.scrollTop
    return moved
  }

  /** The keys that scroll go to the messages again. */
  focus() {
    this.#scroll.focus({ preventScroll: true })
  }
}
