// @ts-check
/**
 * The menu, one for all, and other boxes that open as it does: beside what opened them on a wide window, a sheet at the
 * lower edge of a phone. The rest of the page is inert meanwhile. Escape, Back and a press beside close them
 * (layers.js); Tab and choosing an item close a menu.
 * Keyboard: Up, Down, Home and End move between the items, Enter and Space choose.
 */
import { dialogIsOpen, openDialog } from "./dialog.js"
import { make } from "./make.js"
import { dragToClose, isNarrow } from "./sheet.js"

/** What stays free between a menu and the edge of the window. */
const EDGE_PX = 8
/** Between a menu and what it stands beside. */
const GAP_PX = 4
/** Between a sheet and the message lifted above it. */
const LIFT_GAP_PX = 12
/** Between a lifted message and the tools above it. */
const TOOLS_GAP_PX = 8

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Place in the window */
/**
 * @typedef {object} BoxOptions
 * @property {HTMLElement} opener gets the focus back
 * @property {() => Place} [place] beside which the box opens; without it, its opener
 * @property {"start" | "center" | "end"} [align] which part of the box is at that part of the place
 * @property {"above" | "below"} [side] on which it opens if there is room
 * @property {string} [label] names the box
 * @property {HTMLElement} [tools] a row of buttons: over the rest of the box, or over what is lifted
 * @property {HTMLElement} [lifted] what a sheet is about: it stays bright while the rest is dimmed
 * @property {() => void} [closed]
 * @property {string} [test]
 */
/**
 * @typedef {BoxOptions & { title?: string, byPointer?: boolean }} Options
 *   title = stands over the items of a sheet; byPointer = no item has the focus at first: a ring would look like a
 *   choice
 */
/**
 * @typedef {{ root: HTMLDialogElement, close: () => void, follow: () => void }} Box
 *   follow = called after it has changed its size
 */
/** @typedef {{ close: () => void, follow: () => void, title: (words: string) => void }} Menu */

/** @param {HTMLElement} box @returns {HTMLElement[]} the items that can be chosen now */
export function itemsOf(box) {
  const items = /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[role=menuitem]"))
  return [...items].filter((item) => !item.hidden)
}

/**
 * Arrows, Home and End move between the buttons of a row, one of which is in the tab order.
 * @param {HTMLElement} row @param {KeyboardEvent} event @returns {boolean} whether the key moved the focus
 */
export function moveAlong(row, event) {
  const buttons = /** @type {HTMLElement[]} */ ([...row.children])
  const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement))
  const on = getComputedStyle(row).direction === "rtl" ? -1 : 1
  const to = new Map([["ArrowRight", at + on], ["ArrowLeft", at - on], ["Home", 0], ["End", -1]]).get(event.key)
  if (at < 0 || to === undefined) return false
  const next = buttons.at(to % buttons.length)
  for (const button of buttons) button.tabIndex = button === next ? 0 : -1
  next?.focus()
  return true
}

/**
 * Down and Up move to the next item and go round at the ends; Home and End move to the ends. The tools count as one.
 * @param {HTMLElement} list @param {HTMLElement | undefined} tools @param {KeyboardEvent} event
 * @returns {boolean} whether the key was one of these
 */
function moveInMenu(list, tools, event) {
  /** @type {HTMLElement | null | undefined} */
  const tool = tools?.querySelector('[tabindex="0"]')
  const items = [...(tool ? [tool] : []), ...itemsOf(list)]
  const at = items.findIndex((item) => item === document.activeElement)
  const first = tool ? 1 : 0
  const to = new Map([
    ["ArrowDown", at < 0 ? first : at + 1], ["ArrowUp", Math.max(at, 0) - 1], ["Home", 0], ["End", -1],
  ]).get(event.key)
  if (to === undefined) return false
  items.at(to === items.length ? 0 : to)?.focus()
  return true
}

/**
 * Opens a box with this content.
 * @param {Node[]} content @param {BoxOptions} options @param {AbortController} [life] ends with the box
 * @returns {Box | null} null while a dialog is open
 */
export function openBox(content, options, life = new AbortController()) {
  const { opener, place, align = "end", side = "below", label, tools, lifted, closed, test } = options
  if (!opener.isConnected || dialogIsOpen()) return null
  const { signal } = life
  const raised = lifted && isNarrow() ? copyOf(lifted) : null
  const grip = make("span", { class: "menu__grip", "aria-hidden": "true" })
  const sheet = make("div", { class: "menu__sheet" }, [grip, ...(tools && !raised ? [tools] : []), ...content])
  const over = raised ? [raised, ...(tools ? [tools] : [])] : []
  const root = make("dialog", { class: "menu-layer", "aria-label": label, "data-test": test }, [...over, sheet])
  const follow = () => {
    placeBeside(sheet, place?.() ?? opener.getBoundingClientRect(), align, side)
    if (raised && lifted) lift(raised, lifted, sheet, tools)
  }
  const close = openDialog(root, opener, life)
  root.addEventListener("pointerdown", (/** @type {Event} */ { target }) => target === root && close(), { signal })
  const wheeled = (/** @type {Event} */ { target }) => target === root && close()
  root.addEventListener("wheel", wheeled, { signal, passive: true })
  dragToClose(sheet, close)
  window.addEventListener("resize", follow, { signal })
  const isButton = opener.hasAttribute("aria-haspopup")
  if (isButton) opener.setAttribute("aria-expanded", "true")
  lifted?.parentElement?.toggleAttribute("data-lifted", Boolean(raised))
  signal.addEventListener("abort", () => {
    lifted?.parentElement?.removeAttribute("data-lifted")
    if (isButton) opener.setAttribute("aria-expanded", "false")
    closed?.()
  })
  follow()
  return { root, close, follow }
}

/**
 * Shows a list of items (`role=menu`). A list that is already in the page returns to its place when the menu closes.
 * @param {HTMLElement} list @param {Options} options @returns {Menu | null} null while a dialog is open
 */
export function openMenu(list, { title = "", byPointer, closed, ...options }) {
  const home = list.parentElement
  const words = make("h2", { class: "menu__title", id: "menu-title", hidden: !title }, [make("bdi", {}, [title])])
  const label = list.getAttribute("aria-label") ?? title
  const life = new AbortController()
  const back = () => {
    list.hidden = true
    home?.append(list)
    closed?.()
  }
  const box = openBox([words, list], { label, ...options, closed: back }, life)
  if (!box) return null
  const { root, close, follow } = box
  list.hidden = false
  list.tabIndex = -1
  listen(root, list, options.tools, close, life.signal)
  follow()
  const first = byPointer ? list : itemsOf(list)[0]
  first?.focus({ preventScroll: true })
  const entitle = (/** @type {string} */ said) => {
    words.replaceChildren(make("bdi", {}, [said]))
    words.hidden = !said
  }
  return { close, follow, title: entitle }
}

/**
 * @param {HTMLElement} root @param {HTMLElement} list @param {HTMLElement | undefined} tools
 * @param {() => void} close @param {AbortSignal} signal
 */
function listen(root, list, tools, close, signal) {
  // Before the item acts: what it opens takes the place of the menu, and the focus of its opener.
  list.addEventListener("click", ({ target }) => {
    const item = target instanceof Element ? target.closest("[role=menuitem]") : null
    if (item && item.getAttribute("aria-haspopup") !== "menu") close()
  }, { signal, capture: true })
  root.addEventListener("keydown", (event) => {
    if (event.key === "Tab") close()
    else if (event.defaultPrevented || !moveInMenu(list, tools, event)) return
    event.preventDefault()
  }, { signal })
  root.addEventListener("contextmenu", (event) => event.preventDefault(), { signal })
}

/**
 * Puts a box inside the window: above or below `place`, or on the other side if there is no room.
 * @param {HTMLElement} box placed by the properties it gets here
 * @param {Place} place @param {"start" | "center" | "end"} align @param {"above" | "below"} side
 */
function placeBeside(box, { left, right, top: upper, bottom: lower }, align, side) {
  // At a point, the menu touches it.
  const gap = lower > upper ? GAP_PX : 0
  const [top, bottom] = [upper - gap, lower + gap]
  const { offsetWidth: width, offsetHeight: height } = box
  const rtl = getComputedStyle(box).direction === "rtl"
  const x = align === "center" ? (left + right - width) / 2 : (align === "end") === rtl ? left : right - width
  const isAbove = side === "above" ? top - height >= EDGE_PX : bottom + height > innerHeight - EDGE_PX
  box.style.setProperty("--menu-block", `${within(isAbove ? top - height : bottom, innerHeight - height)}px`)
  box.style.setProperty("--menu-inline", `${within(rtl ? innerWidth - width - x : x, innerWidth - width)}px`)
  box.classList.toggle("menu__sheet--above", isAbove)
}

/** @param {number} at @param {number} room */
function within(at, room) {
  return Math.round(Math.max(EDGE_PX, Math.min(at, room - EDGE_PX)))
}

/** A picture of an element, in a copy of its parent, on which its style depends. @param {HTMLElement} element */
function copyOf(element) {
  const copy = /** @type {HTMLElement} */ (element.cloneNode(true))
  const frame = /** @type {HTMLElement} */ (element.parentElement?.cloneNode(false) ?? make("div"))
  frame.replaceChildren(copy)
  for (const part of [frame, ...frame.querySelectorAll("*")]) {
    for (const name of ["id", "data-test", "data-part", "data-printed", "tabindex"]) part.removeAttribute(name)
  }
  for (const tool of copy.querySelectorAll("[aria-haspopup], .hover-bar")) tool.remove()
  return make("div", { class: "menu__lifted", "aria-hidden": "true", inert: true }, [frame])
}

/**
 * Places the copy where the element is, or higher, if the sheet would cover it; above it the tools, if there are any.
 * @param {HTMLElement} copy @param {HTMLElement} element @param {HTMLElement} sheet @param {HTMLElement} [tools]
 */
function lift(copy, element, sheet, tools) {
  const { left, right, top: upper, width, height } = element.getBoundingClientRect()
  const room = tools ? tools.offsetHeight + TOOLS_GAP_PX : 0
  const ceiling = LIFT_GAP_PX + room
  const floor = innerHeight - sheet.offsetHeight - LIFT_GAP_PX
  const shown = Math.max(0, Math.min(height, floor - ceiling))
  const top = Math.max(ceiling, Math.min(upper, floor - shown))
  Object.assign(copy.style, { left: `${left}px`, inlineSize: `${width}px`, maxBlockSize: `${shown}px` })
  copy.style.top = `${top}px`
  if (!tools) return
  const isAtRight = left + right > innerWidth
  const x = within(isAtRight ? right - tools.offsetWidth : left, innerWidth - tools.offsetWidth)
  Object.assign(tools.style, { left: `${x}px`, top: `${top - room}px` })
}

/** @param {HTMLElement[]} inside @param {() => void} close @param {AbortSignal} signal */
export function onPressOutside(inside, close, signal) {
  document.addEventListener("pointerdown", ({ target }) => {
    if (!inside.some((element) => element.contains(/** @type {Node} */ (target)))) close()
  }, { signal })
}
