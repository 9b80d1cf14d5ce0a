// @ts-check
/**
 * Makes room for the on-screen keyboard in browsers that lay it over the page instead of making the page smaller:
 * Safari does not support `interactive-widget`. It puts the covered height into `--covered`; layout.css subtracts it.
 */

/** Less than this is a bar of the browser, which `dvh` includes. */
const KEYBOARD_PX_MIN = 100

/** @param {AbortSignal} signal */
export function makeRoomForKeyboard(signal) {
  const view = window.visualViewport
  if (!view) return
  const root = document.documentElement
  const fit = () => {
    // A page zoomed with two fingers has a smaller view, but nothing covers it.
    const covered = view.scale > 1 ? 0 : Math.round(innerHeight - view.height)
    const isKeyboard = covered >= KEYBOARD_PX_MIN
    if (isKeyboard) root.style.setProperty("--covered", `${covered}px`)
    else root.style.removeProperty("--covered")
    // The browser has scrolled the page to show the field, which is above the keyboard now.
    if (isKeyboard && view.offsetTop > 0) scrollTo(0, 0)
  }
  view.addEventListener("resize", fit, { signal })
  signal.addEventListener("abort", () => root.style.removeProperty("--covered"))
}
