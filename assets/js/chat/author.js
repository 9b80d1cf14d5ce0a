// @ts-check
/**
 * Who wrote a message, in a group: the name above the first bubble of a run, in the ink of their print, and one picture
 * beside the last. Both open the panel of the person. The picture is for the pointer only: the name says the same.
 */
import { emit, setText } from "../lib/dom.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { showAvatar } from "../people/avatar.js"
import { inkOf } from "../people/print.js"

/** @typedef {{ name: HTMLElement | null, picture: HTMLElement | null }} AuthorParts */

/**
 * @param {HTMLElement} root @param {HTMLElement} bubble @param {AuthorParts | null} before
 * @param {import("../state/timeline.js").MessageItem} item @returns {AuthorParts | null}
 */
export function showAuthor(root, bubble, before, { author, first, last }) {
  root.classList.toggle("message--group", Boolean(author))
  if (!author && !before) return null
  const parts = before ?? { name: null, picture: null }
  parts.name = part(parts.name, Boolean(author) && first, () => nameButton(root, bubble))
  parts.picture = part(parts.picture, Boolean(author) && last, () => pictureButton(root))
  if (!author) return parts
  root.dataset.author = String(author.id)
  if (parts.name?.firstElementChild) setText(parts.name.firstElementChild, author.name || texts.someone)
  parts.name?.style.setProperty("--ink", inkOf(author.username))
  const avatar = /** @type {HTMLElement | null} */ (parts.picture?.firstElementChild ?? null)
  if (avatar) showAvatar(avatar, author.id, author.name, author)
  return parts
}

/** @param {HTMLElement | null} element @param {boolean} wanted @param {() => HTMLElement} make */
function part(element, wanted, make) {
  if (wanted) return element ?? make()
  element?.remove()
  return null
}

/** @param {HTMLElement} root @param {HTMLElement} bubble */
function nameButton(root, bubble) {
  const attributes = { class: "message__author", type: "button", tabindex: "-1", "data-test": "author" }
  const button = make("button", attributes, [make("bdi")])
  button.addEventListener("click", () => show(root, button))
  bubble.prepend(button)
  return button
}

/** @param {HTMLElement} root */
function pictureButton(root) {
  const avatar = make("span", { class: "avatar message__avatar", "data-px": "32" })
  const attributes = {
    class: "message__face", type: "button", tabindex: "-1", "aria-hidden": "true", "data-test": "author-picture",
  }
  const button = make("button", attributes, [avatar])
  button.addEventListener("click", () => show(root, button))
  root.append(button)
  return button
}

/** @param {HTMLElement} root @param {HTMLElement} opener */
function show(root, opener) {
  emit(root, "show-person", { id: Number(root.dataset.author), opener })
}
