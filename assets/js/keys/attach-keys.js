// @ts-check
/** Opens the list of keys (keys-dialog.js) when "?" is pressed outside of fields. */
import { isComposing, isField } from "../lib/keys.js"
import { loaded } from "../lib/load.js"

/** On Arabic keyboards, the question mark is another sign. */
const QUESTION_MARKS = ["?", "\u061F"]

/** @param {HTMLElement} shell @param {AbortSignal} signal */
export function attachKeys(shell, signal) {
  // Before the composer, which takes what is typed while no field has the focus.
  document.addEventListener("keydown", (event) => {
    const focused = document.activeElement
    if (!QUESTION_MARKS.includes(event.key) || event.ctrlKey || event.metaKey || isComposing(event)) return
    if (isField(focused) || focused?.closest("dialog, [role=menu], [role=dialog]:not(.settings)")) return
    event.preventDefault()
    openKeys(focused instanceof HTMLElement && focused !== document.body ? focused : shell)
  }, { signal, capture: true })
}

/** @param {HTMLElement} opener gets the focus back */
export async function openKeys(opener) {
  const module = await loaded(import("./keys-dialog.js"))
  module?.openKeysDialog(opener)
}
