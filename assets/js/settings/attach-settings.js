// @ts-check
/**
 * Opens and closes the settings over the side column. They are a layer (lib/layers.js), which a reload opens again.
 * The panel itself (settings-panel.js) loads when it is wanted.
 */
import { openLayer, wasOpen } from "../lib/layers.js"
import { loaded } from "../lib/load.js"

const NAME = "settings"

/** @param {HTMLElement} shell @param {AbortSignal} signal */
export function attachSettings(shell, signal) {
  const side = /** @type {HTMLElement} */ (shell.querySelector(".side"))
  const opener = /** @type {HTMLElement} */ (side.querySelector("own-menu [data-part=button]"))
  /** @type {(() => void) | null} */
  let close = null

  const open = async () => {
    if (close) return
    /** @type {HTMLElement | null} */
    let panel = null
    const covered = [...side.children].map((child) => /** @type {HTMLElement} */ (child))
    const cover = (/** @type {boolean} */ on) => covered.forEach((child) => (child.inert = on))
    const hide = () => {
      cover(false)
      panel?.remove()
      close = null
    }
    const mine = openLayer({ box: side, hide, opener, name: NAME })
    close = mine
    const module = await loaded(import("./settings-panel.js"))
    if (close !== mine || signal.aborted) return
    if (!module) {
      mine()
      return
    }
    panel = module.settingsPanel()
    cover(true)
    side.append(panel)
    focus(panel, "[data-part=back]")
  }

  shell.addEventListener("open-settings", open, { signal })
  shell.addEventListener("close-settings", () => close?.(), { signal })
  if (wasOpen(NAME)) open()
}

/** @param {HTMLElement} within @param {string} selector */
function focus(within, selector) {
  const found = /** @type {HTMLElement} */ (within.querySelector(selector))
  found.focus({ preventScroll: true })
}
