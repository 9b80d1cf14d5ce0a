// @ts-check
/**
 * A list of which only the beginning is drawn, and more as its end comes into view: a row takes 0.1 ms or more, and
 * there may be 10,000.
 */
import { patchRows } from "../lib/dom.js"
import { make } from "../lib/make.js"

/** This many fill every screen. */
const ROWS_A_STEP = 40
/** The next rows are drawn before the reader sees that they are missing. */
const AHEAD = "600px"

/**
 * @template {{ key: string }} T
 * @param {HTMLElement} list @param {(item: T) => import("../lib/dom.js").Row<T>} create
 * @param {{ signal: AbortSignal, root: HTMLElement, atEnd?: () => void }} where the root is what scrolls; atEnd is
 *   called when the end of all items comes into view
 */
export function growingList(list, create, { signal, root, atEnd }) {
  /** @type {Map<string, import("../lib/dom.js").Row<T>>} */
  const rows = new Map()
  const end = make("div", { class: "grow-end", "aria-hidden": "true" })
  list.after(end)
  /** @type {T[]} */
  let items = []
  let limit = ROWS_A_STEP

  const draw = () => {
    patchRows(list, items.slice(0, limit), { rows, key: (item) => item.key, create })
    end.hidden = limit >= items.length && !atEnd
  }
  const grow = () => {
    if (limit >= items.length) {
      atEnd?.()
      return
    }
    limit += ROWS_A_STEP
    draw()
    lookAgain()
  }
  /** An end that stays in view does not report again. */
  const lookAgain = () => {
    sight.unobserve(end)
    sight.observe(end)
  }
  const sight = new IntersectionObserver((seen) => seen.at(-1)?.isIntersecting && grow(), { root, rootMargin: AHEAD })
  sight.observe(end)
  signal.addEventListener("abort", () => sight.disconnect())
  return {
    /** @param {T[]} now @param {boolean} [isOther] then it begins at its start again */
    show: (now, isOther = false) => {
      items = now
      if (isOther) limit = ROWS_A_STEP
      draw()
      if (atEnd) lookAgain()
    },
    /** Draws this item, too. @param {number} at @returns {HTMLElement | undefined} */
    rowAt: (at) => {
      if (at >= limit && at < items.length) {
        limit = at + ROWS_A_STEP
        draw()
      }
      return items[at] && rows.get(items[at].key)?.root
    },
  }
}
