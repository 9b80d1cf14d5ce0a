// @ts-check
/** Asks before something is lost: a dialog with two ways out, of which the harmless one has the focus. */
import { clone, setText } from "./dom.js"

/**
 * @param {HTMLElement} shell where the dialog stands
 * @param {{ title: string, words: string, yes: string }} question
 * @returns {Promise<boolean>} whether the person wants it; Esc and a press beside the dialog mean no
 */
export function confirmed(shell, { title, words, yes }) {
  const dialog = clone("confirm")
  const { root, cancel, confirm } = dialog
  setText(dialog.title, title)
  setText(dialog.words, words)
  setText(confirm, yes)
  let agrees = false
  confirm.addEventListener("click", () => {
    agrees = true
    root.close()
  })
  cancel.addEventListener("click", () => root.close())
  root.addEventListener("pointerdown", (/** @type {Event} */ event) => event.target === root && root.close())
  // The page would take Esc for the wish to leave the chat.
  root.addEventListener("keydown", (/** @type {Event} */ event) => event.stopPropagation())
  shell.append(root)
  root.showModal()
  cancel.focus()
  return new Promise((resolve) => {
    root.addEventListener("close", () => {
      root.remove()
      resolve(agrees)
    })
  })
}
