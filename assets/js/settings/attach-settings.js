// @ts-check
/**
 * Opens and closes the settings over the side column. The history says whether they are open, so that the back button
 * of a phone closes them. The panel itself (settings-panel.js) loads when it is wanted.
 */
import { loaded } from "../lib/load.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"

/** @param {HTMLElement} shell @param {AbortSignal} signal */
export function attachSettings(shell, signal) {
  const side = /** @type {HTMLElement} */ (shell.querySelector(".side"))
  /** @type {HTMLElement | null} */
  let panel = null
  const wanted = () => Boolean(history.state?.settings) && !signal.aborted

  const follow = async () => {
    if (!wanted()) {
      if (panel) close()
      return
    }
    const module = await loaded(import("./settings-panel.js"), "")
    if (!wanted() || panel) return
    if (module) open(module.settingsPanel())
    else {
      toast(texts.unreachable)
      history.back()
    }
  }

  /** @param {HTMLElement} made */
  const open = (made) => {
    panel = made
    for (const covered of side.children) /** @type {HTMLElement} */ (covered).inert = true
    side.append(made)
    focus(made, "[data-part=back]")
  }

  const close = () => {
    const held = panel?.contains(document.activeElement)
    panel?.remove()
    panel = null
    for (const covered of side.children) /** @type {HTMLElement} */ (covered).inert = false
    if (held) focus(side, "own-menu button")
  }

  shell.addEventListener("open-settings", () => {
    if (!history.state?.settings) history.pushState({ settings: true }, "")
    follow()
  }, { signal })
  shell.addEventListener("close-settings", () => history.back(), { signal })
  window.addEventListener("popstate", follow, { signal })
  follow()
}

/** @param {HTMLElement} within @param {string} selector */
function focus(within, selector) {
  const found = /** @type {HTMLElement} */ (within.querySelector(selector))
  found.focus({ preventScroll: true })
}
