// @ts-check
/** The round picture of a person: initials on a colour of their own. It shows no presence by itself; rows add the dot. */
import { setText } from "../lib/dom.js"
import { initials } from "../lib/text.js"
import { texts } from "../lib/texts.js"

/** Hues this far apart (the golden angle) keep neighbouring ids apart, however many there are. */
const HUE_STEP = 137.508

/** @param {HTMLElement} element @param {number} id @param {string} name @param {boolean} [notes] one's own notes, which are no person */
export function showAvatar(element, id, name, notes = false) {
  setText(element, initials(notes ? texts.notesInitial : name))
  element.style.setProperty("--avatar-hue", String(Math.round((id * HUE_STEP) % 360)))
}
