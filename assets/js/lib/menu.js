// @ts-check
/**
 * The menu, one for all: beside what opened it on a wide window, a sheet at the lower edge of a phone. The rest of the
 * page is inert meanwhile. Escape, Back, Tab and a press beside close it (layers.js); so does choosing an item.
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

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Place in the window */
/**
 * @typedef {object} Options
 * @property {HTMLElement} opener gets the focus back
 * @property {() => Place} [place] beside which the menu opens; without it, its opener
 * @property {"start" | "center" | "end"} [align] which part of the menu is at that part of the place
 * @property {string} [title] stands over the items of a sheet
 * @property {HTMLElement} [lifted] what a sheet is about: it stays bright while the rest is dimmed
 * @property {boolean} [byPointer] then no item has the focus at first: a ring would look like a choice
 * @property {() => void} [closed]
 * @property {string} [test]
 */
/** @typedef {{ close: () => void, follow: () => void, title: (words: string) => void }} Menu */

/** @param {HTMLElement} box @returns {HTMLElement[]} the items that can be chosen now */
export function itemsOf(box) {
  const items = /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[role=menuitem]"))
  return [...items].filter((item) => !item.hidden)
}

/**
 * Down and Up move to the next item and go round at the ends; Home and End move to the ends.
 * @param {HTMLElement} box @param {KeyboardEvent} event @returns {boolean} whether the key was one of these
 */
function moveInMenu(box, event) {
  const items = itemsOf(box)
  const at = items.findIndex((item) => item === document.activeElement)
  const to = new Map([["ArrowDown", at + 1], ["ArrowUp", Math.max(at, 0) - 1], ["Home", 0], ["End", -1]]).get(event.key)
  if (to === undefined) return false
  items.at(to === items.length ? 0 : to)?.focus()
  return true
}

/**
 * Shows a list of items (`role=menu`). A list that is already in the page returns to its place when the menu closes.
 * @param {HTMLElement} list @param {Options} options @returns {Menu | null} null while a dialog is open
 */
export function openMenu(list, { opener, place, align = "end", title = "", lifted, byPointer, closed, test }) {
  if (!opener.isConnected || dialogIsOpen()) return null
  const home = list.parentElement
  const words = make("h2", { class: "menu__title", id: "menu-title", hidden: !title }, [make("bdi", {}, [title])])
  const grip = make("span", { class: "menu__grip", "aria-hidden": "true" })
  const sheet = make("div", { class: "menu__sheet" }, [grip, words, list])
  const box = make("dialog", {
    class: "menu-layer", "aria-label": list.getAttribute("aria-label") ?? title, "data-test": test,
  }, [sheet])
  const raised = lifted && isNarrow() ? copyOf(lifted) : null
  if (raised) box.prepend(raised)
  const life = new AbortController()
  const { signal } = life
  const follow = () => {
    placeBeside(sheet, place?.() ?? opener.getBoundingClientRect(), align)
    if (raised && lifted) lift(raised, lifted, sheet)
  }
  const close = openDialog(box, opener, life)
  list.hidden = false
  list.tabIndex = -1
  listen(box, list, close, signal)
  dragToClose(sheet, close)
  window.addEventListener("resize", follow, { signal })
  const isButton = opener.hasAttribute("aria-haspopup")
  if (isButton) opener.setAttribute("aria-expanded", "true")
  lifted?.parentElement?.toggleAttribute("data-lifted", Boolean(raised))
  signal.addEventListener("abort", () => {
    lifted?.parentElement?.removeAttribute("data-lifted")
    if (isButton) opener.setAttribute("aria-expanded", "false")
    list.hidden = true
    home?.append(list)
    closed?.()
  })
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
 * @param {HTMLElement} box @param {HTMLElement} list @param {() => void} close @param {AbortSignal} signal
 */
function listen(box, list, close, signal) {
  // Before the item acts: what it opens takes the place of the menu, and the focus of its opener.
  list.addEventListener("click", ({ target }) => {
    const item = target instanceof Element ? target.closest("[role=menuitem]") : null
    if (item && item.getAttribute("aria-haspopup") !== "menu") close()
  }, { signal, capture: true })
  list.addEventListener("keydown", (event) => {
    if (event.key === "Tab") close()
    else if (event.defaultPrevented || !moveInMenu(list, event)) return
    event.preventDefault()
  }, { signal })
  box.addEventListener("pointerdown", ({ target }) => target === box && close(), { signal })
  box.addEventListener("wheel", ({ target }) => target === box && close(), { signal, passive: true })
  box.addEventListener("contextmenu", (event) => event.preventDefault(), { signal })
}

/**
 * Puts a box inside the window: below `place`, or above it if there is no room below.
 * @param {HTMLElement} box placed by the properties it gets here
 * @param {Place} place @param {"start" | "center" | "end"} align
 */
function placeBeside(box, { left, right, top: upper, bottom: lower }, align) {
  // At a point, the menu touches it.
  const gap = lower > upper ? GAP_PX : 0
  const [top, bottom] = [upper - gap, lower + gap]
  const { offsetWidth: width, offsetHeight: height } = box
  const rtl = getComputedStyle(box).direction === "rtl"
  const x = align === "center" ? (left + right - width) / 2 : (align === "end") === rtl ? left : right - width
  const isRoom = bottom + height <= innerHeight - EDGE_PX
  box.style.setProperty("--menu-block", `${within(isRoom ? bottom : top - height, innerHeight - height)}px`)
  box.style.setProperty("--menu-inline", `${within(rtl ? innerWidth - width - x : x, innerWidth - width)}px`)
  box.classList.toggle("menu__sheet--above", !isRoom)
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
  for (const button of copy.querySelectorAll("[aria-haspopup]")) button.remove()
  return make("div", { class: "menu__lifted", "aria-hidden": "true", inert: true }, [frame])
}

/** Places the copy where the element is, or higher, if the sheet would cover it. */
function lift(/** @type {HTMLElement} */ copy, /** @type {HTMLElement} */ element, /** @type {HTMLElement} */ sheet) {
  const { left, top, width, height } = element.getBoundingClientRect()
  const floor = innerHeight - sheet.offsetHeight - LIFT_GAP_PX
  const shown = Math.min(height, floor - LIFT_GAP_PX)
  Object.assign(copy.style, { left: `${left}px`, inlineSize: `${width}px`, maxBlockSize: `${shown}px` })
  copy.style.top = `${Math.max(LIFT_GAP_PX, Math.min(top, floor - shown))}px`
}

/** @param {HTMLElement[]} inside @param {() => void} close @param {AbortSignal} signal */
export function onPressOutside(inside, close, signal) {
  document.addEventListener("pointerdown", ({ target }) => {
    if (!inside.some((element) => element.contains(/** @type {Node} */ (target)))) close()
  }, { signal })
}
