// @ts-check
/**
 * Files that are dropped or pasted, before the page can send any. A browser opens a dropped file in place of the page,
 * and a field swallows a pasted picture in silence, so both are answered here.
 */
import { texts } from "./texts.js"
import { toast } from "./toast-stack.js"

/** @param {DataTransfer | null} data */
function hasFiles(data) {
  return Boolean(data?.types.includes("Files"))
}

function say() {
  // On the sign-in card there is nothing to send.
  if (document.querySelector(".shell")) toast(texts.filesSoon)
}

for (const name of /** @type {const} */ (["dragover", "drop"])) {
  document.addEventListener(name, (event) => {
    if (event.defaultPrevented || !hasFiles(event.dataTransfer)) return
    event.preventDefault()
    if (name === "drop") say()
  })
}

document.addEventListener("paste", ({ defaultPrevented, clipboardData }) => {
  // Text that comes with a picture of itself, as from a spreadsheet, is pasted as text.
  if (!defaultPrevented && hasFiles(clipboardData) && !clipboardData?.getData("text/plain")) say()
})
