// @ts-check
/** Asks before something is lost: a dialog with two ways out, of which the harmless one has the focus. */
import { closeDialog, openDialog } from "./dialog.js"
import { clone, setText } from "./dom.js"

/**
 * @param {HTMLElement} opener gets the focus back
 * @param {{ title: string, words: string, yes: string }} question
 * @returns {Promise<boolean>} whether the person agrees; Esc and a press beside the dialog mean no
 */
export function confirmed(opener, { title, words, yes }) {
  const dialog = clone("confirm")
  const { root, cancel, confirm } = dialog
  setText(dialog.title, title)
  setText(dialog.words, words)
  setText(confirm, yes)
  cancel.addEventListener("click", () => closeDialog(root))
  confirm.addEventListener("click", () => closeDialog(root, "yes"))
  openDialog(root, opener)
  cancel.focus()
  return new Promise((resolve) => root.addEventListener("close", () => resolve(root.returnValue === "yes")))
}
