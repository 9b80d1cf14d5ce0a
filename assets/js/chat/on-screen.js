// @ts-check
/** Which rows of a list are on the screen, and which messages of a chat were shown while the page had the focus. */
import { readOf } from "../state/model.js"
import { readThrough } from "../state/reading.js"
import { store } from "../state/store.js"

/**
 * The index of the first row that reaches below a height of the window, by binary search.
 * @param {HTMLCollection} rows @param {number} edge
 */
export function firstRowBelow(rows, edge) {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[middle].getBoundingClientRect().bottom > edge) high = middle
    else low = middle + 1
  }
  return low
}

/** Whether somebody looks at the page: a window that is only visible may lie beside the one that is used. */
export function isWatched() {
  return document.visibilityState === "visible" && document.hasFocus()
}

/** The messages of one visit to a chat that were on the screen. */
export class ShownMessages {
  /** @type {Set<number>} */
  #seqs = new Set()

  /**
   * Notes the messages whose last line is on the screen.
   * @param {HTMLCollection} rows @param {DOMRect} view @param {number} slack how far below the view a line still counts
   */
  note(rows, view, slack) {
    for (let at = firstRowBelow(rows, view.top); at < rows.length; at += 1) {
      if (rows[at].getBoundingClientRect().bottom > view.bottom + slack) return
      const { seq } = /** @type {HTMLElement} */ (rows[at]).dataset
      if (seq) this.#seqs.add(Number(seq))
    }
  }

  /** Whether a message was on the screen. @param {number} seq */
  has(seq) {
    return this.#seqs.has(seq)
  }

  /** The seq up to which they make the chat read; 0 if it is read that far already. @param {number} chat */
  readThrough(chat) {
    const seq = readThrough(store.state, chat, this.#seqs)
    return seq > readOf(store.state, chat) ? seq : 0
  }
}
