// @ts-check
/**
 * The scrolling part of the picker: a section for each category, a button for each emoji, one of them in the tab order.
 * Sections off the screen cost no layout (content-visibility). All but the first are made after the picker is painted.
 */
import { isComposing } from "../lib/keys.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { groupWords, inTone } from "./emoji.js"

/** @typedef {import("./emoji.js").Emoji} Emoji */
/**
 * @typedef {object} Actions
 * @property {(item: Emoji, byPointer: boolean) => void} take  an emoji was chosen
 * @property {(key: string) => void} leave  a key leads out of the grid, to the search
 * @property {(category: string) => void} passed  the reader looks at another category
 */
/** @typedef {{ name: string, root: HTMLElement, grid: HTMLElement, items: Emoji[] }} Section */

const CELL = "emoji-picker__cell"

export class EmojiGrid {
  root = make("div", { class: "emoji-picker__scroll" })
  #actions
  /** @type {Section[]} */
  #sections = []
  /** @type {Map<Element, Emoji>} */
  #items = new Map()
  /** @type {HTMLElement | null} */
  #stop = null
  #tone = ""
  #filling = 0

  /** @param {Actions} actions @param {AbortSignal} signal */
  constructor(actions, signal) {
    this.#actions = actions
    this.root.addEventListener("click", (/** @type {any} */ { target, detail }) => {
      // A click by a key has a count of 0.
      this.#take(target, detail > 0)
    }, { signal })
    this.root.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#keyed(event), { signal })
    this.root.addEventListener("focusin", (/** @type {any} */ { target }) => this.#stopAt(target), { signal })
    this.root.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true })
    signal.addEventListener("abort", () => clearTimeout(this.#filling))
  }

  /** @param {[string, Emoji[]][]} sections name and emoji; no name means results @param {string} tone */
  show(sections, tone) {
    clearTimeout(this.#filling)
    this.#tone = tone
    this.#items.clear()
    this.#stop = null
    const shown = sections.filter(([, items]) => items.length > 0)
    this.#sections = shown.map(([name, items]) => section(name, items))
    this.root.replaceChildren(...this.#sections.map((part) => part.root))
    if (shown.length === 0) {
      this.root.append(make("p", { class: "emoji-picker__none", role: "status" }, [texts.emojiNone]))
    }
    this.root.scrollTop = 0
    for (const part of this.#sections.slice(0, 2)) this.#fill(part)
    this.#stopAt(this.#cells()[0])
    this.#fillRest(2)
  }

  enter() {
    this.#stop?.focus()
  }

  takeFirst() {
    this.#take(this.#cells()[0], false)
  }

  /** @param {string} name of a category */
  goTo(name) {
    for (const part of this.#sections) this.#fill(part)
    const part = this.#sections.find((candidate) => candidate.name === name)
    if (!part) return
    const topOf = (/** @type {HTMLElement} */ element) => element.getBoundingClientRect().top
    const align = () => (this.root.scrollTop += topOf(part.root) - topOf(this.root))
    align()
    // Sections that were never on the screen have estimated heights; the real ones are known after a paint.
    requestAnimationFrame(() => requestAnimationFrame(align))
    this.#stopAt(/** @type {HTMLElement} */ (part.grid.firstElementChild))
    this.#actions.passed(name)
  }

  /** @returns {HTMLElement[]} */
  #cells() {
    return [...this.root.querySelectorAll(`.${CELL}`)]
  }

  /** One section at a time, so that no frame is long. @param {number} next */
  #fillRest(next) {
    if (next >= this.#sections.length) return
    this.#filling = setTimeout(() => {
      this.#fill(this.#sections[next])
      this.#fillRest(next + 1)
    })
  }

  /** @param {Section} part */
  #fill({ grid, items }) {
    if (grid.childElementCount > 0) return
    const cells = items.map((item) => {
      const { name } = item
      const attributes = { class: CELL, type: "button", tabindex: -1, "aria-label": name, title: name }
      const cell = make("button", attributes, [inTone(item, this.#tone)])
      this.#items.set(cell, item)
      return cell
    })
    grid.append(...cells)
  }

  /** @param {Element | undefined} target @param {boolean} byPointer */
  #take(target, byPointer) {
    const item = target && this.#items.get(target)
    if (item) this.#actions.take(item, byPointer)
  }

  /** @param {HTMLElement | undefined} cell */
  #stopAt(cell) {
    if (!cell || !this.#items.has(cell)) return
    if (this.#stop) this.#stop.tabIndex = -1
    this.#stop = cell
    cell.tabIndex = 0
  }

  #scrolled() {
    const edge = this.root.getBoundingClientRect().top + 24
    const part = this.#sections.findLast((candidate) => candidate.root.getBoundingClientRect().top <= edge)
    if (part) this.#actions.passed(part.name)
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    const cell = /** @type {HTMLElement} */ (event.target)
    if (!this.#items.has(cell) || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return
    const typed = [...event.key].length === 1 && event.key !== " "
    if (typed || event.key === "Backspace") {
      this.#actions.leave(event.key)
      return
    }
    const to = this.#neighbour(cell, event.key)
    if (to === undefined) return
    event.preventDefault()
    if (to) to.focus()
    else this.#actions.leave(event.key)
  }

  /**
   * @param {HTMLElement} cell @param {string} key
   * @returns {HTMLElement | null | undefined} null above the first row, undefined for other keys
   */
  #neighbour(cell, key) {
    const cells = this.#cells()
    const at = cells.indexOf(cell)
    const on = getComputedStyle(this.root).direction === "rtl" ? -1 : 1
    const last = cells.length - 1
    const along = new Map([["ArrowRight", at + on], ["ArrowLeft", at - on], ["Home", 0], ["End", last]]).get(key)
    if (along !== undefined) return cells[Math.max(0, Math.min(along, last))]
    if (key === "ArrowDown") return this.#below(cell)
    return key === "ArrowUp" ? this.#above(cell) : undefined
  }

  /** The same column of the next row or section; in a short row, its last emoji. @param {HTMLElement} cell */
  #below(cell) {
    const { part, row, column, columns, count } = this.#place(cell)
    const rows = Math.ceil(count / columns)
    if (row + 1 < rows) return part.grid.children[Math.min((row + 1) * columns + column, count - 1)]
    const next = this.#sections[this.#sections.indexOf(part) + 1]
    if (!next) return cell
    this.#fill(next)
    return next.grid.children[Math.min(column, next.items.length - 1)]
  }

  /** @param {HTMLElement} cell */
  #above(cell) {
    const { part, row, column, columns } = this.#place(cell)
    if (row > 0) return part.grid.children[(row - 1) * columns + column]
    const before = this.#sections[this.#sections.indexOf(part) - 1]
    if (!before) return null
    const last = Math.floor((before.items.length - 1) / columns) * columns
    return before.grid.children[Math.min(last + column, before.items.length - 1)]
  }

  /** @param {HTMLElement} cell */
  #place(cell) {
    const part = /** @type {any} */ (this.#sections.find(({ grid }) => grid === cell.parentElement))
    const columns = getComputedStyle(part.grid).gridTemplateColumns.split(" ").length
    const at = [...part.grid.children].indexOf(cell)
    return { part, columns, row: Math.floor(at / columns), column: at % columns, count: part.items.length }
  }
}

/** @param {string} name @param {Emoji[]} items @returns {Section} */
function section(name, items) {
  const words = groupWords(name)
  const id = `emoji-heading-${name}`
  const grid = make("div", { class: "emoji-picker__grid" })
  const root = make("section", { class: "emoji-picker__section", "aria-labelledby": words ? id : undefined },
    words ? [make("h3", { class: "emoji-picker__heading", id }, [words]), grid] : [grid])
  // An estimate with nine in a row, so that the scroll bar moves little while sections come into view.
  root.style.containIntrinsicBlockSize = `auto ${32 + Math.ceil(items.length / 9) * 40}px`
  return { name, root, grid, items }
}
