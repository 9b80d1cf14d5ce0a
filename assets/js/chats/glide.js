// @ts-check
/**
 * Rows of the list glide to their new places. Only rows in view are measured and moved, so a list of 500 costs as much
 * as one of 20. A row that comes from outside of the view glides in from its edge, and a new one appears.
 */

const GLIDE_MS = 180
/** As --ease-out of css/tokens.css. */
const EASING = "cubic-bezier(.2, .9, .3, 1)"

/** @type {Set<Animation>} */
const running = new Set()

/**
 * @param {HTMLElement} scroll @param {HTMLElement} list its children are the rows, all of one height
 * @param {() => void} change moves, adds and removes rows
 */
export function glide(scroll, list, change) {
  if (document.visibilityState !== "visible" || matchMedia("(prefers-reduced-motion: reduce)").matches) {
    change()
    return
  }
  const rows = [...list.children]
  const before = inView(scroll, rows)
  // Of a row that is still gliding, this is where it is now.
  const places = new Map(before.map((row) => [row, row.getBoundingClientRect().top]))
  for (const animation of running) animation.cancel()
  running.clear()
  change()
  const { top, bottom } = scroll.getBoundingClientRect()
  for (const row of inView(scroll, [...list.children])) {
    const now = row.getBoundingClientRect()
    const was = places.get(row) ?? edge(rows.indexOf(row), before, rows, top - now.height, bottom)
    if (was === null) run(row, [{ opacity: 0 }, { opacity: 1 }])
    else if (Math.abs(was - now.top) >= 1) {
      // What rises passes over the rows that make room for it.
      const over = was > now.top ? { zIndex: 1, background: "var(--color-surface)" } : {}
      run(row, [{ transform: `translateY(${was - now.top}px)`, ...over }, { transform: "none", ...over }])
    }
  }
}

/** @param {HTMLElement} scroll @param {Element[]} rows @returns {Element[]} */
function inView(scroll, rows) {
  const height = rows[0]?.getBoundingClientRect().height
  if (!height) return []
  const above = scroll.getBoundingClientRect().top - rows[0].getBoundingClientRect().top
  const first = Math.max(0, Math.floor(above / height))
  return rows.slice(first, first + Math.ceil(scroll.clientHeight / height) + 1)
}

/**
 * Where a row outside of the view came from; null for a new one.
 * @param {number} at its place before, or -1 @param {Element[]} before the rows that were in view
 * @param {Element[]} rows all of them @param {number} above @param {number} below
 */
function edge(at, before, rows, above, below) {
  if (at < 0) return null
  return at < rows.indexOf(before[0]) ? above : below
}

/** @param {Element} row @param {Keyframe[]} frames */
function run(row, frames) {
  const animation = row.animate(frames, { duration: GLIDE_MS, easing: EASING })
  running.add(animation)
  animation.onfinish = () => running.delete(animation)
}
