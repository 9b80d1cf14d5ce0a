// @ts-check
/** The border of the invite card, printed to measure: leaves and dots between flowers, a whole number on each side. */
import { PETALS, disc, ring } from "../people/print-petals.js"

const SVG = "http://www.w3.org/2000/svg"
/** From the edge of the card to the middle of the border, and the length of a leaf with its dot. */
const INSET = 16
const STEP = 18

/** @param {HTMLElement} card @param {AbortSignal} signal */
export function borderOf(card, signal) {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("class", "invite__border")
  svg.setAttribute("aria-hidden", "true")
  // The copy on paper has another size, and cannot be measured before it is printed.
  svg.setAttribute("preserveAspectRatio", "none")
  const [leaves, dots] = ["invite__leaves", "invite__dots"].map((name) => {
    const path = document.createElementNS(SVG, "path")
    path.setAttribute("class", name)
    return path
  })
  svg.append(leaves, dots)
  card.prepend(svg)
  const watch = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = card
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
    const [leaf, dot] = pathsFor(width, height)
    leaves.setAttribute("d", leaf)
    dots.setAttribute("d", dot)
  })
  watch.observe(card)
  signal.addEventListener("abort", () => watch.disconnect())
}

/** @param {number} width @param {number} height @returns {[string, string]} */
function pathsFor(width, height) {
  let [leaf, dot] = ["", ""]
  /** @param {number} x @param {number} y @param {number} turn @param {number} length */
  const side = (x, y, turn, length) => {
    const count = Math.max(1, Math.round((length - STEP) / STEP))
    const step = length / (count + 1)
    for (let i = 1; i <= count; i += 1) {
      const [cx, cy] = [x + Math.cos(turn) * step * i, y + Math.sin(turn) * step * i]
      leaf += ring(PETALS.leaf, { from: -4.5, to: 4.5, width: 2, count: 1, turn, x: cx, y: cy })
      dot += disc(cx + Math.cos(turn) * step / 2, cy + Math.sin(turn) * step / 2, 1.1)
    }
  }
  const [right, below] = [width - INSET, height - INSET]
  side(INSET, INSET, 0, right - INSET)
  side(INSET, below, 0, right - INSET)
  side(INSET, INSET, Math.PI / 2, below - INSET)
  side(right, INSET, Math.PI / 2, below - INSET)
  for (const x of [INSET, right]) {
    for (const y of [INSET, below]) {
      dot += ring(PETALS.round, { from: 1, to: 6.5, width: 2.4, count: 4, turn: Math.PI / 4, x, y })
    }
  }
  return [leaf, dot]
}
