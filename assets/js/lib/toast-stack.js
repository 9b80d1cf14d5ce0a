// @ts-check
/** Short notes at the edge of the page, for what has no other place. They disappear after a time, later if hovered. */
import { clone } from "./dom.js"

const SHOWN_MS = 7000
const SHOWN_MAX = 3

class ToastStack extends HTMLElement {
  /** @param {string} words */
  show(words) {
    const { root, words: line, close } = clone("toast")
    line.textContent = words
    const leave = () => root.remove()
    close.addEventListener("click", leave)
    let timer = setTimeout(leave, SHOWN_MS)
    root.addEventListener("pointerenter", () => clearTimeout(timer))
    root.addEventListener("pointerleave", () => (timer = setTimeout(leave, SHOWN_MS / 2)))
    this.append(root)
    while (this.children.length > SHOWN_MAX) this.firstElementChild?.remove()
  }
}

customElements.define("toast-stack", ToastStack)

/** @param {string} words */
export function toast(words) {
  /** @type {ToastStack | null} */ (document.querySelector("toast-stack"))?.show(words)
}
