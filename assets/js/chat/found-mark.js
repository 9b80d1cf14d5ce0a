// @ts-check
/** Marks the message that a jump led to for a moment, and gives it the focus. */

/** The animation in css/text.css ends by then. */
const FOUND_MS = 1700

export class FoundMark {
  #timer = 0
  /** @type {HTMLElement | null} */
  #row = null

  /** @param {AbortSignal} signal */
  constructor(signal) {
    signal.addEventListener("abort", () => clearTimeout(this.#timer))
  }

  /** @param {HTMLElement} row */
  set(row) {
    this.#remove()
    this.#row = row
    row.classList.add("message--found")
    const bubble = /** @type {HTMLElement | null} */ (row.querySelector(".message__bubble"))
    bubble?.focus({ preventScroll: true })
    this.#timer = setTimeout(() => this.#remove(), FOUND_MS)
  }

  #remove() {
    clearTimeout(this.#timer)
    this.#row?.classList.remove("message--found")
    this.#row = null
  }
}
