// @ts-check
/**
 * The round picture of a person: initials on a colour of their own, and their picture over them once it is loaded
 * (pictures.js). It shows no presence; rows add the dot.
 */
import { loaded } from "../lib/load.js"
import { initials } from "../lib/text.js"
import { texts } from "../lib/texts.js"

/** Steps of the golden angle give neighbouring ids different hues, for any number of ids. */
const HUE_STEP = 137.508

/**
 * @param {HTMLElement} element @param {number} id @param {string} name
 * @param {{ notes?: boolean, picture?: string | null }} [more] whether these are the notes to self; the id of a picture
 */
export function showAvatar(element, id, name, { notes = false, picture } = {}) {
  const letters = element.firstChild ?? element.appendChild(document.createTextNode(""))
  const words = initials(notes ? texts.notesInitial : name)
  if (letters.nodeValue !== words) letters.nodeValue = words
  element.style.setProperty("--avatar-hue", String(Math.round((id * HUE_STEP) % 360)))
  showPicture(element, String(id), (!notes && picture) || "")
}

/**
 * The old picture stays until the new one is loaded, unless it shows another person.
 * @param {HTMLElement} element @param {string} person @param {string} picture
 */
function showPicture(element, person, picture) {
  const { dataset } = element
  if (!picture || dataset.person !== person) element.querySelector("img")?.remove()
  dataset.person = person
  if ((dataset.picture ?? "") === picture) return
  dataset.picture = picture
  if (picture) loaded(import("./pictures.js"), "").then((module) => module?.want(element))
}

/** A username with its "@", isolated from text of another direction. @param {string} username */
export function handle(username) {
  return `\u2068@${username}\u2069`
}
