// @ts-check
/** The day of the messages at the top of the view, shown while they scroll. */
import { setText } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { dayLabel } from "../lib/time.js"
import { store } from "../state/store.js"

/** How long it stays after the last movement. */
const STAYS_MS = 1200
/** The newest message keeps this much space below it. */
const CLEAR_PX = 8

await loadStyle("messages-life")

export class FloatingDate {
  #box
  #label
  #timer = 0

  /** @param {HTMLElement} box @param {HTMLElement} label @param {AbortSignal} signal */
  constructor(box, label, signal) {
    this.#box = box
    this.#label = label
    box.hidden = false
    signal.addEventListener("abort", () => clearTimeout(this.#timer))
  }

  /**
   * The reader has scrolled.
   * @param {number} at the time of the message at the top @param {Element[]} others rows that it must not cover
   */
  show(at, others) {
    setText(this.#label, dayLabel(at, store.state.today))
    const { top, bottom } = this.#label.getBoundingClientRect()
    const isFree = others.every((row) => {
      const box = row.getBoundingClientRect()
      return box.bottom < top - CLEAR_PX || box.top > bottom + CLEAR_PX
    })
    this.#box.classList.toggle("floating-date--shown", isFree)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.hide(), STAYS_MS)
  }

  hide() {
    this.#box.classList.remove("floating-date--shown")
  }
}
