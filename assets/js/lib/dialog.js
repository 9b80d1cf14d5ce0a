// @ts-check
/**
 * Modal dialogs, one at a time: Esc and a press beside the box close it, and the focus returns to what opened it.
 * The caller makes the box and what is in it.
 */
import { make, sprite } from "./make.js"
import { texts } from "./texts.js"

/** Whether a dialog is open. A part that was loading meanwhile must not open a second one. */
export function dialogIsOpen() {
  return document.querySelector("dialog[open]") !== null
}

/**
 * @param {HTMLDialogElement} box
 * @param {HTMLElement} opener gets the focus back
 * @param {AbortController} [life] ends with the box
 */
export function openDialog(box, opener, life) {
  // Without this, Esc would also close the chat behind.
  box.addEventListener("keydown", (event) => event.stopPropagation())
  box.addEventListener("pointerdown", (event) => event.target === box && box.close())
  box.addEventListener("close", () => {
    life?.abort()
    box.remove()
    if (opener.isConnected) opener.focus({ preventScroll: true })
  })
  const shell = opener.closest(".shell") ?? document.querySelector(".shell") ?? document.body
  shell.append(box)
  box.showModal()
}

/** The cross that closes a dialog. @param {string} test names it for tests @returns {HTMLButtonElement} */
export function closeButton(test) {
  const button = make("button", {
    class: "icon-button dialog__close", type: "button", "aria-label": texts.close, "data-test": test,
  }, [sprite("close")])
  button.addEventListener("click", () => button.closest("dialog").close())
  return button
}
