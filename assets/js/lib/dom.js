// @ts-check
/**
 * How the page changes its document: clone a template, find its parts, fill in texts, patch a list of keyed rows.
 * Nothing here turns a string into markup, and nothing must.
 */
import { texts } from "./texts.js"

/** @typedef {Record<string, any>} Parts */

/** Puts the texts into every template, so that clones have them. */
export function fillTemplates() {
  for (const template of document.querySelectorAll("template")) fillTexts(template.content)
}

/** Puts the texts into elements in place. @param {ParentNode} root */
export function fillTexts(root) {
  const words = /** @type {Record<string, any>} */ (texts)
  for (const element of root.querySelectorAll("[data-text], [data-label], [data-hint]")) {
    const { text, label, hint } = /** @type {HTMLElement} */ (element).dataset
    if (text) element.textContent = words[text]
    if (label) element.setAttribute("aria-label", words[label])
    if (hint) element.setAttribute("placeholder", words[hint])
  }
}

/**
 * A copy of `<template id>` with its parts by name.
 * @param {string} id
 * @returns {Parts & { root: any }}
 */
export function clone(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id))
  const root = /** @type {HTMLElement} */ (document.importNode(template.content, true).firstElementChild)
  return { root, ...parts(root) }
}

/** @param {Element} root @returns {Parts} */
export function parts(root) {
  /** @type {Parts} */
  const found = {}
  for (const element of root.querySelectorAll("[data-part]")) {
    found[/** @type {HTMLElement} */ (element).dataset.part ?? ""] = element
  }
  return found
}

/** @param {SVGUseElement} use @param {string} name a symbol of the sprite in index.html */
export function showIcon(use, name) {
  const href = `#icon-${name}`
  if (use.getAttribute("href") !== href) use.setAttribute("href", href)
}

/**
 * Changes the text only if it is another one: screen readers and layout react to every change.
 * @param {Element} element @param {string} words
 */
export function setText(element, words) {
  if (element.textContent !== words) element.textContent = words
}

/**
 * Sets the words of a line. If they do not fit into it, CSS shows the short form in their place ([data-short]).
 * @param {HTMLElement} element @param {string} words @param {string} short "" = the words are cut
 */
export function setLine(element, words, short) {
  if (short) {
    element.dataset.short = short
    const inner = element.firstElementChild
    if (inner?.localName !== "span") element.replaceChildren(document.createElement("span"))
  } else delete element.dataset.short
  setText((short && element.firstElementChild) || element, words)
}

/**
 * Tells actions.js (or an element further up) what the person asks for.
 * @param {EventTarget} from @param {string} name @param {any} [detail]
 */
export function emit(from, name, detail) {
  from.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }))
}

/**
 * Acts before the next paint; in a hidden tab, which is not painted, after a short time.
 * The timer also covers a tab that becomes hidden between the call and the paint.
 * @param {() => void} action
 */
export function nextFrame(action) {
  let done = false
  const once = () => {
    if (!done) action()
    done = true
  }
  if (document.visibilityState === "visible") requestAnimationFrame(once)
  setTimeout(once, document.visibilityState === "visible" ? 120 : 20)
}

/**
 * Makes the children of `parent` match `items`: finds rows by key, patches them, and moves only those out of place.
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {{ rows: Map<string, Row<T>>, key: (item: T) => string, create: (item: T) => Row<T> }} how
 */
export function patchRows(parent, items, { rows, key, create }) {
  const wanted = new Set(items.map(key))
  for (const [name, row] of rows) {
    if (wanted.has(name)) continue
    row.root.remove()
    rows.delete(name)
  }
  let place = parent.firstElementChild
  for (const item of items) {
    const name = key(item)
    let row = rows.get(name)
    if (!row) rows.set(name, (row = create(item)))
    row.update(item)
    if (row.root === place) place = place.nextElementSibling
    else moveBefore(parent, row.root, place)
  }
}

/** @template T @typedef {{ root: HTMLElement, update: (item: T) => void }} Row */

/**
 * Moves a row; the focus stays where it was inside of it.
 * @param {Element} parent @param {HTMLElement} row @param {Element | null} place
 */
function moveBefore(parent, row, place) {
  const focused = row.contains(document.activeElement) ? document.activeElement : null
  parent.insertBefore(row, place)
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true })
}
