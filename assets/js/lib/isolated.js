// @ts-check
/**
 * Names within a sentence, isolated (U+2068, U+2069), so that one in another direction does not reorder the words
 * around it, nor decide the direction of the whole (Unicode Standard Annex #9).
 */

import { setText } from "./dom.js"

/** The characters that set a direction: one in a name could end the isolation. */
const DIRECTIONS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** @param {string} name */
export function isolated(name) {
  return `\u2068${name.replace(DIRECTIONS, "")}\u2069`
}

/**
 * The names of mentions, for a text without elements.
 * @param {import("./mentions.js").Names | null} names @returns {import("./mentions.js").Names | null}
 */
export function isolatedNames(names) {
  return names && Object.fromEntries(Object.entries(names).map(([token, name]) => [token, isolated(name)]))
}

/**
 * Words as nodes, with a `<bdi>` for each isolated part, so that names can look different.
 * @param {string} words @returns {Node[]}
 */
export function isolatedNodes(words) {
  return words.split(/(\u2068[^\u2069]*\u2069)/u).filter(Boolean).map((part) => {
    if (!part.startsWith("\u2068")) return new Text(part)
    const name = document.createElement("bdi")
    name.textContent = part.slice(1, -1)
    return name
  })
}

/**
 * Shows words whose names are isolated by characters. `dir="auto"` would take the direction of such a name; it passes
 * over a `<bdi>`.
 * @param {HTMLElement} element @param {string} words
 */
export function showIsolated(element, words) {
  if (words.includes("\u2068")) element.replaceChildren(...isolatedNodes(words))
  else setText(element, words)
}
