// @ts-check
/**
 * Modal dialogs. Escape, Back and a press beside the box close them (layers.js), and the focus returns at once to what
 * opened them. A dialog with the class `bottom-sheet` is a sheet at the lower edge of a phone.
 * The caller makes the box and what is in it.
 */
import { openLayer } from "./layers.js"
import { make, sprite } from "./make.js"
import { dragToClose } from "./sheet.js"
import { texts } from "./texts.js"

/** @type {WeakMap<HTMLDialogElement, () => void>} */
const closers = new WeakMap()

/** Whether a dialog is open. A part that was loading meanwhile must not open a second one. */
export function dialogIsOpen() {
  return document.querySelector("dialog[open]") !== null
}

/**
 * @param {HTMLDialogElement} box
 * @param {HTMLElement} opener gets the focus back
 * @param {AbortController} [life] ends with the box
 * @returns {() => void} closes it
 */
export function openDialog(box, opener, life) {
  const hide = () => {
    box.close(box.returnValue)
    life?.abort()
  }
  const close = openLayer({ box, opener, hide })
  closers.set(box, close)
  // Without this, letters would also be shortcuts of the page behind.
  box.addEventListener("keydown", (event) => event.key !== "Escape" && event.stopPropagation())
  box.addEventListener("pointerdown", (event) => event.target === box && isBeside(box, event) && close())
  box.addEventListener("close", () => {
    close()
    box.remove()
  })
  if (box.matches(".bottom-sheet")) dragToClose(box, close)
  const shell = opener.closest(".shell") ?? document.querySelector(".shell") ?? document.body
  shell.append(box)
  box.showModal()
  return close
}

/**
 * Closes a dialog. Unlike its own method, this takes it off the page's layers at once.
 * @param {HTMLDialogElement} box @param {string} [value] the answer
 */
export function closeDialog(box, value = "") {
  box.returnValue = value
  closers.get(box)?.()
}

/** The padding of the box belongs to it, too. @param {HTMLElement} box @param {PointerEvent} event */
function isBeside(box, { clientX, clientY }) {
  const { left, right, top, bottom } = box.getBoundingClientRect()
  return clientX < left || clientX > right || clientY < top || clientY > bottom
}

/** The cross that closes a dialog. @param {string} test names it for tests @returns {HTMLButtonElement} */
export function closeButton(test) {
  const button = make("button", {
    class: "icon-button dialog__close", type: "button", "aria-label": texts.close, "data-test": test,
  }, [sprite("close")])
  button.addEventListener("click", () => closeDialog(button.closest("dialog")))
  return button
}
