// @ts-check
/** A modal part over the page: Esc and a press beside it close it, and the focus returns to where it was asked for. */

/**
 * @param {HTMLDialogElement} box
 * @param {HTMLElement} opener
 * @param {AbortController} [life] ends with it
 */
export function openDialog(box, opener, life) {
  const shell = opener.closest(".shell") ?? document.body
  // The page would take Esc for the wish to leave the chat.
  box.addEventListener("keydown", (event) => event.stopPropagation())
  box.addEventListener("pointerdown", (event) => event.target === box && box.close())
  box.addEventListener("close", () => {
    life?.abort()
    box.remove()
    if (opener.isConnected) opener.focus({ preventScroll: true })
  })
  shell.append(box)
  box.showModal()
}
