// @ts-check
/**
 * Room for the keyboard of a touch screen where the browser lays it over the page instead of making the page smaller:
 * Safari knows no `interactive-widget`. The height that is covered goes into `--covered`, which layout.css takes off.
 */

/** Less than this is a bar of the browser coming or going, which `dvh` knows of. */
const KEYBOARD_PX_MIN = 100

/** @param {AbortSignal} signal */
export function makeRoomForKeyboard(signal) {
  const view = window.visualViewport
  if (!view) return
  const root = document.documentElement
  const fit = () => {
    // Whoever zooms in with two fingers sees less of the page, but nothing covers it.
    const covered = view.scale > 1 ? 0 : Math.round(innerHeight - view.height)
    const isKeyboard = covered >= KEYBOARD_PX_MIN
    if (isKeyboard) root.style.setProperty("--covered", `${covered}px`)
    else root.style.removeProperty("--covered")
    // The browser has pushed the page up to show the field, which now has its place above the keyboard.
    if (isKeyboard && view.offsetTop > 0) scrollTo(0, 0)
  }
  view.addEventListener("resize", fit, { signal })
  signal.addEventListener("abort", () => root.style.removeProperty("--covered"))
}
