// @ts-check
/**
 * The rows of the open chat: draws the shown part of the timeline into the list, and finds the row of an item and the
 * item of a row. It neither scrolls nor decides which part is shown.
 */
import { patchRows } from "../lib/dom.js"
import { foldLong } from "./long-text.js"
import { timelineRow } from "./message-row.js"
import { RowWindow } from "./row-window.js"

/** More rows than this at once are history, not news: screen readers do not read them. */
const SPOKEN_ROWS_MAX = 5
/** Screen readers have taken note of the rows by then. */
const QUIET_MS = 500

/** @typedef {import("../state/timeline.js").TimelineItem} TimelineItem */

export class TimelineRows {
  window = new RowWindow()
  list
  #log
  #scroll
  /** @type {Map<string, any>} */
  #rows = new Map()

  /** @param {import("../lib/dom.js").Parts} parts of the message list @param {AbortSignal} signal */
  constructor({ rows, log, scroll }, signal) {
    /** @type {HTMLElement} */
    this.list = rows
    this.#log = log
    this.#scroll = scroll
    // Its animation would run again whenever the row moves in the document.
    rows.addEventListener("animationend", (/** @type {any} */ { target }) => {
      delete target.closest(".message")?.dataset.entered
    }, { signal })
  }

  /** @param {string} key of an item @returns {HTMLElement | undefined} */
  elementOf(key) {
    return this.#rows.get(key)?.root
  }

  /** @param {HTMLElement | null} row @returns {TimelineItem | undefined} */
  itemOf(row) {
    return row ? this.window.shown.find(({ key }) => this.elementOf(key) === row) : undefined
  }

  clear() {
    this.window = new RowWindow()
    this.#rows.clear()
    this.list.replaceChildren()
  }

  /** @param {boolean} [follows] whether the reader is at the end, where messages of others enter */
  draw(follows = false) {
    const { shown } = this.window
    const fresh = shown.filter((item) => !this.#rows.has(item.key))
    if (fresh.length > SPOKEN_ROWS_MAX) {
      this.#log.setAttribute("aria-live", "off")
      setTimeout(() => this.#log.setAttribute("aria-live", "polite"), QUIET_MS)
    }
    const focused = this.list.contains(document.activeElement)
    patchRows(this.list, shown, { rows: this.#rows, key: (item) => item.key, create: timelineRow })
    foldLong(this.list)
    if (focused && !this.list.contains(document.activeElement)) this.#scroll.focus({ preventScroll: true })
    const enters = (/** @type {TimelineItem} */ item) => item.kind === "message" && !item.own
    if (follows && fresh.length <= SPOKEN_ROWS_MAX) {
      for (const { key } of fresh.filter(enters)) this.#rows.get(key).root.dataset.entered = ""
    }
  }
}
