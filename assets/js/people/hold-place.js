// @ts-check
/**
 * Keeps the first message of the view in its place while the width of the chat changes, because the panel beside it
 * takes room or gives it back. A reader at the end stays at the end; the message list sees to that.
 */

/** A reader closer to the end of the chat than this is at its end. */
const END_PX = 48
/** The panel gives its room back after it has ended. */
const AFTER_MS = 500

/** @param {AbortSignal} signal the end of the panel */
export function holdPlace(signal) {
  const scroll = document.querySelector(".messages__scroll")
  if (!scroll) return
  const life = new AbortController()
  let { clientWidth: width } = scroll
  let place = firstIn(scroll)
  const sizes = new ResizeObserver(() => {
    if (scroll.clientWidth === width) return
    width = scroll.clientWidth
    // The observer runs before the next paint, so the messages do not visibly move.
    if (place?.row.isConnected) scroll.scrollTop += place.row.getBoundingClientRect().top - place.top
  })
  sizes.observe(scroll)
  scroll.addEventListener("scroll", () => (place = firstIn(scroll)), { signal: life.signal, passive: true })
  life.signal.addEventListener("abort", () => sizes.disconnect())
  signal.addEventListener("abort", () => setTimeout(() => life.abort(), AFTER_MS))
}

/** The first message whose beginning is in view; null at the end of the chat. @param {Element} scroll */
function firstIn(scroll) {
  if (scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop < END_PX) return null
  const edge = scroll.getBoundingClientRect().top
  for (const row of scroll.querySelectorAll("[data-test=message]")) {
    const { top } = row.getBoundingClientRect()
    if (top >= edge) return { row, top }
  }
  return null
}
