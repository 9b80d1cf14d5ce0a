// @ts-check
/**
 * Functions of a text: its links, its size, initials, a folded form to compare.
 * They return data only and make no nodes.
 */

/** Characters that reverse the reading direction end a link: with them its text could show another address. */
const LINK = /(?<![\p{L}\p{N}])(?:https?:\/\/|mailto:)[^\s<>"“”«»\x60\u202A-\u202E\u2066-\u2069]+/giu
/** Punctuation at the end of a link belongs to the sentence around it. */
const TRAILING = new Set(".,:;!?'’*_~…。，、！？")
const BRACKETS = new Map([[")", "("], ["]", "["], ["}", "{"]])
const SCHEMES = new Set(["http:", "https:", "mailto:"])

/**
 * Splits a text into plain stretches and links; joined again they are exactly the text.
 * @param {string} text
 * @returns {{ text: string, href?: string }[]}
 */
export function linkify(text) {
  const pieces = []
  let from = 0
  for (const found of text.matchAll(LINK)) {
    const label = trimLink(found[0])
    const href = safeAddress(label)
    if (!href) continue
    if (found.index > from) pieces.push({ text: text.slice(from, found.index) })
    pieces.push({ text: label, href })
    from = found.index + label.length
  }
  if (from < text.length) pieces.push({ text: text.slice(from) })
  return pieces
}

/** A closing bracket belongs to the link only if it was opened inside. @param {string} link */
function trimLink(link) {
  /** @type {Map<string, number>} */
  const signs = new Map()
  for (const sign of link) signs.set(sign, (signs.get(sign) ?? 0) + 1)
  let end = link.length
  for (; end > 0; end -= 1) {
    const last = link[end - 1]
    const opening = BRACKETS.get(last)
    const unmatched = opening !== undefined && (signs.get(last) ?? 0) > (signs.get(opening) ?? 0)
    if (!unmatched && !TRAILING.has(last)) break
    signs.set(last, (signs.get(last) ?? 0) - 1)
  }
  return link.slice(0, end)
}

/** @param {string} link @returns {string | null} */
function safeAddress(link) {
  try {
    const url = new URL(link)
    const complete = url.protocol === "mailto:" ? url.pathname.includes("@") : url.hostname !== ""
    return SCHEMES.has(url.protocol) && complete ? url.href : null
  } catch {
    return null
  }
}

/**
 * The letters on an avatar: the first letters of the first two words. Scripts without capitals get one letter.
 * @param {string} name
 */
export function initials(name) {
  const words = name.split(/[\s._-]+/u).filter(Boolean)
  const letters = words.slice(0, 2).map((word) => [...word][0])
  const cased = letters.every((letter) => letter.toLowerCase() !== letter.toUpperCase())
  return (cased ? letters : letters.slice(0, 1)).map(capital).join("")
}

/** @param {string} letter */
function capital(letter) {
  const upper = letter.toLocaleUpperCase()
  return [...upper].length === 1 ? upper : letter
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

/** A text without case and accents, to compare in the filter. @param {string} text */
export function folded(text) {
  return text.normalize("NFKD").replace(/\p{Mark}+/gu, "").toLocaleLowerCase()
}

/** A text as it is sent: without empty lines at the start and white space at the end. @param {string} text */
export function trimmed(text) {
  return text.replace(/^(?:[^\S\n]*\n)+/u, "").trimEnd()
}
