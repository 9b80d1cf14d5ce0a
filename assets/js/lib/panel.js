// @ts-check
/**
 * The panel: details about a person or a group, beside the chat on a wide window and in place of everything on a phone.
 * Escape, Back and its button close it (layers.js), and the focus returns to what opened it. There is one at a time;
 * only a panel that is opened from within another lies over that one, which stays as it is.
 * The caller fills it: a strip of cloth at its head, then sections.
 */
import { setText } from "./dom.js"
import { openLayer } from "./layers.js"
import { loadStyle } from "./load.js"
import { make, sprite } from "./make.js"
import { texts } from "./texts.js"

/**
 * @typedef {object} Panel
 * @property {HTMLElement} root
 * @property {HTMLElement} cloth the strip at the head, for a pattern; decoration only
 * @property {HTMLElement} body for sections (`panel__section`)
 * @property {(title: string) => void} rename
 * @property {() => void} close
 */

/** Closes the panel that is open, and what lies over it. */
let closeOpen = () => {}

/**
 * @param {{ opener: HTMLElement, title: string, test: string, life?: AbortController }} options `title` names it for
 *   screen readers, `life` ends with it
 * @returns {Promise<Panel | null>} null if the page went on meanwhile
 */
export async function openPanel({ opener, title, test, life }) {
  await loadStyle("panel")
  const shell = /** @type {HTMLElement | null} */ (opener.closest(".shell"))
  if (!shell?.isConnected) return null
  const under = /** @type {HTMLElement | null} */ (opener.closest(".panel"))
  if (!under) closeOpen()
  // The button of a menu says whether the menu is open.
  const isMenu = opener.matches("[aria-haspopup]")
  const leave = make("button", {
    class: "icon-button panel__close", type: "button", "aria-label": texts.close, "data-test": `${test}-close`,
  }, [sprite("close")])
  const cloth = make("div", { class: "panel__cloth", "aria-hidden": "true" })
  const body = make("div", { class: "panel__body" })
  // Names the panel once its head is out of sight. Screen readers have the label.
  const bar = make("p", { class: "panel__bar", "aria-hidden": "true", "data-test": `${test}-bar` }, [make("bdi")])
  const root = make("aside", { class: "panel", "data-test": test }, [cloth, bar, leave, body])
  /** @param {string} name */
  const rename = (name) => {
    root.setAttribute("aria-label", name)
    setText(/** @type {Element} */ (bar.firstElementChild), name)
  }
  rename(title)
  body.addEventListener("scroll", () => {
    root.classList.toggle("panel--scrolled", body.contains(cloth) && body.scrollTop > cloth.offsetHeight / 2)
  }, { passive: true })
  const hide = () => {
    const held = root.contains(document.activeElement)
    root.remove()
    if (under) under.inert = false
    else delete shell.dataset.panel
    if (!isMenu) opener.removeAttribute("aria-expanded")
    if (held && under && !opener.isConnected) closeButtonOf(under)?.focus({ preventScroll: true })
    life?.abort()
  }
  const close = openLayer({ box: root, hide, opener })
  if (under) under.inert = true
  else closeOpen = close
  leave.addEventListener("click", close)
  shell.dataset.panel = ""
  shell.append(root)
  if (!isMenu) opener.setAttribute("aria-expanded", "true")
  leave.focus({ preventScroll: true })
  return { root, cloth, body, rename, close }
}

/** @param {HTMLElement} panel @returns {HTMLElement | null} */
function closeButtonOf(panel) {
  return panel.querySelector(".panel__close")
}
