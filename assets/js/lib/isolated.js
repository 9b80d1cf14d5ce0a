// @ts-check
/**
 * Names within a sentence, isolated (U+2068, U+2069), so that one in another direction does not reorder the words
 * around it, nor decide the direction of the whole (Unicode Standard Annex #9).
 */

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
