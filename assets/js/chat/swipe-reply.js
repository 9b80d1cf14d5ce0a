// @ts-check
/**
 * A swipe towards the end of the line answers a message: its bubble follows the finger, and past a threshold the reply
 * icon shows. Up and down stays scrolling, because css/messages.css leaves only that to the browser (`touch-action`).
 * The message list loads it with the first touch.
 */
import { loadStyle } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"

/** After this distance, the direction of the finger is clear. */
const START_PX = 10
/** Beyond this distance, lifting the finger starts a reply. */
const REPLY_PX = 56
/** The bubble moves no further than this. */
const REACH_PX = 88
/** Phones use the edges of the screen for going back. */
const EDGE_PX = 24
const BUZZ_MS = 10

await loadStyle("messages-life")

/**
 * @param {HTMLElement} rows @param {(row: HTMLElement) => boolean} may whether a row can be answered
 * @param {(row: HTMLElement) => void} reply @param {AbortSignal} signal
 */
export function onSwipe(rows, may, reply, signal) {
  const icon = make("span", { class: "swipe-reply", "aria-hidden": "true" }, [sprite("reply")])
  /** @type {HTMLElement | null} */
  let row = null
  let pointer = 0
  let from = { x: 0, y: 0 }
  let moves = false
  let far = false
  const options = { signal, passive: true }

  const end = () => {
    if (row && moves) {
      row.classList.remove("message--swiped")
      row.style.removeProperty("--swipe")
      icon.remove()
    }
    row = null
    moves = far = false
  }

  rows.addEventListener("pointerdown", (event) => {
    const target = /** @type {Element} */ (event.target)
    const { clientX: x, clientY: y, pointerType, isPrimary, pointerId } = event
    end()
    const found = /** @type {HTMLElement | null} */ (target.closest(".message"))
    const isAtEdge = x < EDGE_PX || x > innerWidth - EDGE_PX
    if (pointerType !== "touch" || !isPrimary || isAtEdge || !found || !may(found)) return
    row = found
    pointer = pointerId
    from = { x, y }
  }, options)

  rows.addEventListener("pointermove", (event) => {
    if (!row || event.pointerId !== pointer) return
    const sign = getComputedStyle(rows).direction === "rtl" ? -1 : 1
    const [along, across] = [(event.clientX - from.x) * sign, Math.abs(event.clientY - from.y)]
    if (!moves) {
      if (across > START_PX || along < -START_PX) row = null
      if (!row || along < START_PX) return
      moves = true
      row.classList.add("message--swiped")
      row.append(icon)
    }
    // The resistance grows with the distance, as with a rubber band.
    const pulled = Math.max(0, along - START_PX)
    row.style.setProperty("--swipe", `${sign * REACH_PX * (1 - Math.exp(-pulled / REACH_PX))}px`)
    const isFar = pulled >= REPLY_PX
    if (isFar !== far && isFar) navigator.vibrate?.(BUZZ_MS)
    far = isFar
    icon.classList.toggle("swipe-reply--ready", far)
  }, options)

  rows.addEventListener("pointerup", (event) => {
    const answered = event.pointerId === pointer && far ? row : null
    end()
    if (answered) reply(answered)
  }, options)
  rows.addEventListener("pointercancel", end, options)
}
