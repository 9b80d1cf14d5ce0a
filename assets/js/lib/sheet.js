// @ts-check
/** Sheets at the lower edge of a phone: a finger that moves down takes them along and closes them. */

/** Below this width menus are sheets; layout.css says the same. */
const NARROW = matchMedia("(width < 720px)")
/** A finger never stays quite still. */
const SLACK_PX = 8
/** The share of its height after which the sheet closes when it is let go. */
const FAR = .3
/** A flick closes it sooner, in pixels a millisecond. */
const FAST = .6
const BACK_MS = 120

export function isNarrow() {
  return NARROW.matches
}

/** @param {HTMLElement} sheet @param {() => void} close */
export function dragToClose(sheet, close) {
  let from = { x: 0, y: 0, at: 0 }
  let moved = 0
  let drags = false
  sheet.addEventListener("touchstart", ({ touches, timeStamp }) => {
    from = { x: touches[0].clientX, y: touches[0].clientY, at: timeStamp }
    moved = 0
    drags = false
  }, { passive: true })
  sheet.addEventListener("touchmove", (event) => {
    const [{ clientX, clientY }] = event.touches
    const [across, down] = [clientX - from.x, clientY - from.y]
    if (!drags) drags = isNarrow() && down > SLACK_PX && down > Math.abs(across) && isAtTop(event.target, sheet)
    if (!drags) return
    if (event.cancelable) event.preventDefault()
    moved = Math.max(0, down - SLACK_PX)
    sheet.style.translate = `0 ${moved}px`
  }, { passive: false })
  const end = async (/** @type {TouchEvent} */ { type, timeStamp }) => {
    if (!drags) return
    drags = false
    const fast = moved / Math.max(1, timeStamp - from.at) > FAST
    const closes = type === "touchend" && (fast || moved > sheet.offsetHeight * FAR)
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
    const to = closes ? sheet.offsetHeight : 0
    const motion = sheet.animate({ translate: `0 ${to}px` }, { duration: calm ? 0 : BACK_MS, easing: "ease-out" })
    if (closes) sheet.style.translate = `0 ${to}px`
    await motion.finished
    if (closes) close()
    else sheet.style.translate = ""
  }
  for (const name of /** @type {const} */ (["touchend", "touchcancel"])) sheet.addEventListener(name, end)
}

/** Whether nothing between the finger and the sheet is scrolled: otherwise the finger scrolls it back first. */
function isAtTop(/** @type {EventTarget | null} */ target, /** @type {HTMLElement} */ sheet) {
  for (let element = /** @type {Element | null} */ (target); element; element = element.parentElement) {
    if (element.scrollTop > 0) return false
    if (element === sheet) return true
  }
  return true
}
