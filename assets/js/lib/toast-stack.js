// @ts-check
/** Short notes at the edge of the page, for what has no other place. They disappear after a time, later if hovered. */
import { clone } from "./dom.js"

const SHOWN_MS = 7000
const ACTION_MS = 5000
const SHOWN_MAX = 3

/**
 * @typedef {{ action?: string, run?: () => void, ended?: () => void }} More  what a button says and does; ended = the
 *   toast is gone, for any reason
 */

class ToastStack extends HTMLElement {
  /** @param {string} words @param {More} more */
  show(words, { action, run, ended }) {
    const { root, words: line, act, close } = clone("toast")
    line.textContent = words
    const leave = () => {
      if (!root.isConnected) return
      root.remove()
      clearTimeout(timer)
      ended?.()
    }
    root.leave = leave
    close.addEventListener("click", leave)
    act.hidden = !action
    act.textContent = action ?? ""
    act.addEventListener("click", () => {
      run?.()
      leave()
    })
    const shownFor = action ? ACTION_MS : SHOWN_MS
    let timer = setTimeout(leave, shownFor)
    root.addEventListener("pointerenter", () => clearTimeout(timer))
    root.addEventListener("pointerleave", () => (timer = setTimeout(leave, shownFor / 2)))
    this.append(root)
    while (this.children.length > SHOWN_MAX) /** @type {any} */ (this.firstElementChild).leave()
  }
}

customElements.define("toast-stack", ToastStack)

/** @param {string} words @param {More} [more] */
export function toast(words, more = {}) {
  /** @type {ToastStack | null} */ (document.querySelector("toast-stack"))?.show(words, more)
}
