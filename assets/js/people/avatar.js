// @ts-check
/**
 * The picture of a person or group. A person's is round: their print (print.js), and their picture over it once it is
 * loaded (pictures.js). A group's is a square tile (tile.js). The notes to self are a chat and no person, so they have
 * an icon. It shows no presence; rows add the dot.
 */
import { loaded } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { initials } from "../lib/text.js"
import { printOf } from "./print.js"

/** The size that decides how much of a print is drawn, for elements without `data-px`. */
const USUAL_PX = 48

/**
 * @param {HTMLElement} element @param {number} id of the person; of the chat for a group @param {string} name
 * @param {{ username?: string, notes?: boolean, group?: boolean, picture?: string | null }} [more] the username is what
 *   a print is drawn from; whether these are the notes to self, or it is a group; the id of a picture
 */
export function showAvatar(element, id, name, { username = "", notes = false, group = false, picture } = {}) {
  showPrint(element, notes ? "notes" : group ? `#${id}` : username && `@${username}`)
  showLetters(element, notes ? "" : initials(name))
  showPicture(element, String(id), (!notes && picture) || "")
}

/** @param {HTMLElement} element @param {string} print "notes", "#" and the id of a group, or "@" and a username */
function showPrint(element, print) {
  if ((element.dataset.print ?? "") === print) return
  element.dataset.print = print
  element.querySelector("svg")?.remove()
  const px = Number(element.dataset.px ?? USUAL_PX)
  element.classList.toggle("avatar--tile", print.startsWith("#"))
  if (print === "notes") element.prepend(sprite("note"))
  else if (print.startsWith("@")) element.prepend(printOf(print.slice(1), px))
  else if (print) showTile(element, print, px)
}

/** @param {HTMLElement} element @param {string} print @param {number} px */
async function showTile(element, print, px) {
  const module = await loaded(import("./tile.js"), "")
  // Another one may have been asked for meanwhile.
  if (module && element.dataset.print === print && !element.querySelector("svg")) {
    element.prepend(module.tileOf(print.slice(1), px))
  }
}

/**
 * They are always there; the setting "Letters in pictures" shows them by a style (early.js).
 * @param {HTMLElement} element @param {string} words
 */
function showLetters(element, words) {
  const letters = element.querySelector(".avatar__letters") ?? make("span", { class: "avatar__letters" })
  if (!letters.parentNode) element.append(letters)
  if (letters.textContent !== words) letters.textContent = words
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
