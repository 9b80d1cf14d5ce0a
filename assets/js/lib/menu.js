// @ts-check
/**
 * What menus have in common: keys that move between the items, a place inside the window, a press beside that closes;
 * and as a whole the menu that opens under its button.
 */

/** What stays free between a menu and the edge of the window. */
const EDGE_PX = 8

/** @param {HTMLElement} box @returns {HTMLElement[]} the items that can be chosen now */
export function itemsOf(box) {
  const items = /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[role=menuitem]"))
  return [...items].filter((item) => !item.hidden)
}

/**
 * Down and Up move to the next item and go round at the ends; Home and End move to the ends.
 * @param {HTMLElement} box @param {KeyboardEvent} event @returns {boolean} whether the key was one of these
 */
export function moveInMenu(box, event) {
  const items = itemsOf(box)
  const at = items.findIndex((item) => item === document.activeElement)
  const to = new Map([["ArrowDown", at + 1], ["ArrowUp", Math.max(at, 0) - 1], ["Home", 0], ["End", -1]]).get(event.key)
  if (to === undefined) return false
  items.at(to === items.length ? 0 : to)?.focus()
  return true
}

/**
 * Puts a box inside the window: below `place`, or above it if there is no room below.
 * @param {HTMLElement} box placed by the properties it gets here
 * @param {{ left: number, right: number, top: number, bottom: number }} place
 * @param {"start" | "center" | "end"} align which part of the box is at that part of `place`, in reading direction
 */
export function placeBeside(box, { left, right, top, bottom }, align) {
  const { offsetWidth: width, offsetHeight: height } = box
  const rtl = getComputedStyle(box).direction === "rtl"
  const x = align === "center" ? (left + right - width) / 2 : (align === "end") === rtl ? left : right - width
  const isRoom = bottom + height <= innerHeight - EDGE_PX
  box.style.setProperty("--menu-block", `${within(isRoom ? bottom : top - height, innerHeight - height)}px`)
  box.style.setProperty("--menu-inline", `${within(rtl ? innerWidth - width - x : x, innerWidth - width)}px`)
}

/** @param {number} at @param {number} room */
function within(at, room) {
  return Math.round(Math.max(EDGE_PX, Math.min(at, room - EDGE_PX)))
}

/** @param {HTMLElement[]} inside @param {() => void} close @param {AbortSignal} signal */
export function onPressOutside(inside, close, signal) {
  document.addEventListener("pointerdown", ({ target }) => {
    if (!inside.some((element) => element.contains(/** @type {Node} */ (target)))) close()
  }, { signal })
}

/**
 * A menu under its button. Down or Up on the button opens it, as a press does; Esc closes it and returns to the button.
 * It closes by itself when the focus goes elsewhere.
 */
export class PopupMenu {
  #button
  #box
  #opening

  /**
   * @param {HTMLElement} host holds the button and the box
   * @param {{ button: HTMLElement, box: HTMLElement, opening?: () => void }} parts `opening` runs before the menu shows
   * @param {AbortSignal} signal
   */
  constructor(host, { button, box, opening = () => {} }, signal) {
    this.#button = button
    this.#box = box
    this.#opening = opening
    host.addEventListener("keydown", (event) => this.#key(event), { signal })
    host.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !host.contains(/** @type {Node} */ (relatedTarget))) this.close()
    }, { signal })
    onPressOutside([host], () => this.close(), signal)
  }

  toggle() {
    if (this.#box.hidden) this.open()
    else this.close()
  }

  open() {
    this.#opening()
    this.#show(true)
    itemsOf(this.#box)[0]?.focus()
  }

  close() {
    this.#show(false)
  }

  /** @param {boolean} open */
  #show(open) {
    if (this.#box.hidden === !open) return
    this.#box.hidden = !open
    this.#button.setAttribute("aria-expanded", String(open))
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const opens = this.#box.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")
    if (opens && this.#button.hasAttribute("aria-haspopup")) this.open()
    else if (this.#box.hidden) return
    else if (event.key === "Escape") {
      this.close()
      this.#button.focus()
    } else if (!moveInMenu(this.#box, event)) return
    event.preventDefault()
    event.stopPropagation()
  }
}
