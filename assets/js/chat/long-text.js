// @ts-check
/**
 * Long messages: of a text with more than 24 lines only the beginning shows, with a button for the rest. How many lines
 * a text has depends on the width of the bubble, so the rows are measured once they are in the document.
 * A text that was unfolded stays so, also when its row is made again, until the page is closed.
 */
import { clone, emit } from "../lib/dom.js"

const LINES_MAX = 24
/** A shorter text has no more lines than that on the narrowest phone, in the largest size. */
const LENGTH_MIN = 280
const FRESH = ".message__text[data-long='']"

/** The messages that were unfolded, by cid or id. @type {Set<string>} */
const unfolded = new Set()
/** The width and the font size of the last measurement. */
let measured = ""

/** @param {string} content @returns {boolean} whether the text must be measured */
export function mayBeLong(content) {
  return content.length > LENGTH_MIN || content.split("\n", LINES_MAX + 1).length > LINES_MAX
}

/** Folds the long ones among the texts that have not been measured. @param {HTMLElement} rows */
export function foldLong(rows) {
  /** @type {HTMLElement[]} */
  const fresh = [.../** @type {NodeListOf<HTMLElement>} */ (rows.querySelectorAll(FRESH))]
  // On a phone, the rows of a chat may be behind the list.
  if (fresh.length === 0 || rows.clientWidth === 0) return
  // All are measured before the first is changed, because each measurement after a change costs a layout.
  const long = fresh.map((text) => isLong(text))
  for (const [i, text] of fresh.entries()) {
    const key = keyOf(text)
    text.dataset.long = !long[i] ? "fits" : unfolded.has(key) ? "unfolded" : "folded"
    if (text.dataset.long === "folded") offerRest(text, key)
  }
}

/**
 * Measures every text again if the width or the size of the text has changed.
 * @param {HTMLElement} rows @param {(change: () => void) => void} keepStill makes a change that does not move the view
 */
export function foldAgain(rows, keepStill) {
  const now = `${rows.clientWidth} ${getComputedStyle(rows).fontSize}`
  if (rows.clientWidth === 0) return
  if (now !== measured) {
    measured = now
    keepStill(() => {
      for (const button of rows.querySelectorAll(".message__rest")) button.remove()
      /** @type {NodeListOf<HTMLElement>} */
      const texts = rows.querySelectorAll(".message__text[data-long]")
      for (const text of texts) text.dataset.long = ""
      foldLong(rows)
    })
  } else if (rows.querySelector(FRESH)) keepStill(() => foldLong(rows))
}

/** @param {HTMLElement} text */
function isLong(text) {
  const line = parseFloat(getComputedStyle(text).lineHeight)
  // From its first line to its last: the height of the whole leaves out lines at the start that show nothing.
  const lines = text.getClientRects()
  return lines.length > 0 && lines[lines.length - 1].bottom - lines[0].top > (LINES_MAX + .5) * line
}

/** @param {HTMLElement} text */
function keyOf(text) {
  const { cid, id } = /** @type {HTMLElement} */ (text.closest(".message")).dataset
  return cid ?? id ?? ""
}

/** @param {HTMLElement} text @param {string} key */
function offerRest(text, key) {
  const { root } = clone("message-rest")
  const unfold = () => {
    if (text.dataset.long !== "folded") return
    const held = document.activeElement === root
    unfolded.add(key)
    text.dataset.long = "unfolded"
    root.remove()
    const bubble = /** @type {HTMLElement | null} */ (text.closest(".message__bubble"))
    if (held) bubble?.focus({ preventScroll: true })
    // The list must not follow its end, or the reader would lose the place where they read on.
    if (bubble) emit(bubble, "text-unfolded")
  }
  root.addEventListener("click", unfold)
  // The focus may move to a link in the hidden part.
  text.addEventListener("focusin", unfold, { once: true })
  text.after(root)
}
