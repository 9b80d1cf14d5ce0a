// @ts-check
/** Asks how long a message is to be pinned. Loaded when it is first wanted. */
import { closeDialog, dialogIsOpen, openDialog } from "../lib/dialog.js"
import { emit } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { isShared } from "../state/peers.js"
import { PINS_MAX, pinsOf } from "../state/pins.js"
import { store } from "../state/store.js"

/** As the server takes them; the second is chosen at first. */
const HOURS = [24, 7 * 24, 30 * 24]

await Promise.all(["pins", "settings"].map(loadStyle))

/** @param {import("../state/model.js").Message} message @param {HTMLElement} opener gets the focus back */
export function openPinDialog({ chat_id, id: message_id }, opener) {
  if (dialogIsOpen()) return
  const { state } = store
  const title = make("h2", { class: "dialog__title", id: "pin-title" }, [texts.pinTitle])
  const words = make("p", { class: "dialog__words", id: "pin-words" },
    [isShared(state, chat_id) ? texts.pinWords : texts.pinNoteWords])
  const ways = make("div", { class: "pin-dialog__ways", role: "radiogroup", "aria-labelledby": title.id },
    HOURS.map((hours, i) => way(hours, i === 1)))
  const isFull = pinsOf(state, chat_id).filter((id) => id !== message_id).length >= PINS_MAX
  const oldest = make("p", { class: "pin-dialog__oldest", "data-test": "pin-oldest" }, [texts.pinOldest])
  const cancel = button("button--quiet", texts.cancel, "pin-cancel")
  const yes = button("", texts.pin, "pin-yes")
  const box = make("dialog", {
    class: "dialog pin-dialog", "aria-labelledby": title.id, "aria-describedby": words.id, "data-test": "pin-dialog",
  }, [title, words, ways, ...(isFull ? [oldest] : []), make("div", { class: "dialog__ways" }, [cancel, yes])])
  const chosen = () => /** @type {HTMLInputElement} */ (box.querySelector("input:checked"))
  cancel.addEventListener("click", () => closeDialog(box))
  yes.addEventListener("click", () => {
    const hours = Number(chosen().value)
    closeDialog(box)
    const shell = document.querySelector(".shell")
    if (shell) emit(shell, "pin-message", { chat_id, message_id, hours })
  })
  openDialog(box, opener)
  chosen().focus()
}

/** @param {number} hours @param {boolean} checked */
function way(hours, checked) {
  const words = hours < 48 ? texts.hours(hours) : texts.days(hours / 24)
  const dot = make("input", {
    class: "choice__dot", type: "radio", name: "pin-hours", value: hours, checked, "data-test": `pin-${hours}`,
  })
  return make("label", { class: "pin-dialog__way" }, [dot, make("span", {}, [words])])
}

/** @param {string} look @param {string} words @param {string} test */
function button(look, words, test) {
  return make("button", { class: `button ${look}`, type: "button", "data-test": test }, [words])
}
