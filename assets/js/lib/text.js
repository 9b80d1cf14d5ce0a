// @ts-check
/**
 * Functions of a text: its size, initials, a folded form to compare, its beginning. links.js finds its links.
 * They return data only and make no nodes.
 */

/**
 * What a reader sees as one character may be several code points: a flag, a family, a letter with its marks.
 * Browsers without `Intl.Segmenter` get code points.
 */
const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null
/** Longer than any emoji. What goes on for longer is a letter under a tower of marks. */
const CHARACTER_MAX = 64
/** No language puts more marks on one letter. */
const TOWER = /(\p{M}{4})\p{M}+/gu

/** The first character that a reader sees. @param {string} text */
function firstCharacter(text) {
  const start = text.slice(0, CHARACTER_MAX).toWellFormed()
  const [first = ""] = segmenter ? [...segmenter.segment(start)].map(({ segment }) => segment) : start
  return first.replace(TOWER, "$1")
}

/**
 * The beginning of a text, which ends between two characters as a reader sees them.
 * @param {string} text @param {number} units its length at most
 */
export function beginning(text, units) {
  if (text.length <= units) return text
  const end = segmenter?.segment(text.slice(0, units + CHARACTER_MAX)).containing(units)?.index ?? units
  // A tower of marks is cut, but never a surrogate pair.
  const cut = units - end < CHARACTER_MAX ? end : units
  return text.slice(0, isHighSurrogate(text, cut - 1) ? cut - 1 : cut)
}

/** @param {string} text @param {number} at */
function isHighSurrogate(text, at) {
  return /[\uD800-\uDBFF]/.test(text.charAt(at))
}

/**
 * The letters on an avatar: the first characters of the first two words. Scripts without capitals get one.
 * @param {string} name
 */
export function initials(name) {
  const words = name.split(/[\s._-]+/u).filter(Boolean)
  const letters = words.slice(0, 2).map(firstCharacter)
  const cased = letters.every((letter) => letter.toLowerCase() !== letter.toUpperCase())
  return (cased ? letters : letters.slice(0, 1)).map(capital).join("")
}

/** A letter whose capital is two letters stays as it is. @param {string} letter */
function capital(letter) {
  const upper = letter.toLocaleUpperCase()
  return firstCharacter(upper) === upper ? upper : letter
}

/** The server's rule for empty texts (is_blank in src/types/characters.rs): nothing of these can be seen. */
const BLANK =
  /^[\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800\uFFF9-\uFFFC\u{13430}-\u{1343F}\u{16FE4}\u{1D159}]*$/u

/** @param {string} text @returns {boolean} whether nothing of it can be seen, so that it cannot be sent */
export function isBlank(text) {
  return BLANK.test(text)
}

const encoder = new TextEncoder()

/** @param {string} text @returns {number} its size as UTF-8, which is what the server limits */
export function byteLength(text) {
  return encoder.encode(text).length
}

/**
 * How many characters at the end must go, so that the rest has at most this many bytes.
 * @param {string} text @param {number} bytesMax
 */
export function charactersOver(text, bytesMax) {
  // No UTF-16 unit has more than three bytes.
  if (text.length * 3 <= bytesMax || byteLength(text) <= bytesMax) return 0
  const { read } = encoder.encodeInto(text, new Uint8Array(bytesMax))
  const rest = text.slice(read)
  return segmenter ? [...segmenter.segment(rest)].length : [...rest].length
}

/** A text without case and accents, to compare in the filter. @param {string} text */
export function folded(text) {
  return text.normalize("NFKD").replace(/\p{Mark}+/gu, "").toLocaleLowerCase()
}

/** A text as it is sent: without empty lines at the start and white space at the end. @param {string} text */
export function trimmed(text) {
  return text.replace(/^(?:[^\S\n]*\n)+/u, "").trimEnd()
}
