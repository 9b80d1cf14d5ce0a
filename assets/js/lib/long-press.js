// @ts-check
/**
 * Long presses. Safari on touch screens has no `contextmenu` event. Other browsers report a long press by it, earlier
 * or later than the timer here. The first of the two counts, and no click follows.
 */

/** As on most phones. */
const PRESS_MS = 500
/** A finger never stays quite still. */
const SLACK_PX = 10

/** @typedef {{ x: number, y: number }} Point in the window */

/**
 * @param {HTMLElement} area
 * @param {(target: Element, point: Point) => boolean} held acts on a long press; returns false if it did nothing
 * @param {() => void} strayed the finger moved away after a long press that did something
 * @param {AbortSignal} signal
 */
export function onLongPress(area, held, strayed, signal) {
  let timer = 0
  let isHeld = false
  let target = /** @type {Element} */ (area)
  let from = { x: 0, y: 0 }
  const end = () => clearTimeout(timer)
  const hold = () => {
    end()
    isHeld ||= held(target, from)
  }
  const passive = { signal, passive: true }
  area.addEventListener("pointerdown", (event) => {
    end()
    isHeld = false
    target = /** @type {Element} */ (event.target)
    from = { x: event.clientX, y: event.clientY }
    if (event.pointerType === "touch") timer = setTimeout(hold, PRESS_MS)
  }, passive)
  area.addEventListener("touchmove", ({ touches: [{ clientX, clientY }] }) => {
    if (Math.hypot(clientX - from.x, clientY - from.y) <= SLACK_PX) return
    end()
    if (isHeld) strayed()
  }, passive)
  area.addEventListener("contextmenu", (event) => {
    if (/** @type {PointerEvent} */ (event).pointerType !== "touch") return
    hold()
    if (!isHeld) return
    event.preventDefault()
    event.stopImmediatePropagation()
  }, { signal })
  area.addEventListener("touchend", (event) => {
    if (isHeld && event.cancelable) event.preventDefault()
  }, { signal })
  for (const name of ["pointerup", "pointercancel"]) area.addEventListener(name, end, passive)
  signal.addEventListener("abort", end)
}
