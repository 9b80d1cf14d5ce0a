// @ts-check
/**
 * How well a name answers what somebody types: every word of the query must be found, as a whole name, as the beginning
 * of a word, inside a word, or as letters in order. Case and accents do not count. Pure.
 */
import { folded } from "../lib/text.js"

/** How a query was found, from best to worst; the sum over its words would favour short queries. */
export const BEGINNING = 0
export const WORD = 1
export const INSIDE = 2
export const LETTERS = 3

/** Fewer letters in order are in nearly every name. */
const LETTERS_MIN = 3
/** A name that needs more pieces than this was hardly meant. */
const PIECES_MAX = 3

/** @typedef {[number, number]} Range  from and to, in the text as it is shown */
/** @typedef {{ rank: number, ranges: Range[] }} Found */

/**
 * A text without case and accents, and where each of its units stands in the text as it is shown.
 * @param {string} text
 */
function foldedWithPlaces(text) {
  let plain = ""
  /** @type {number[]} */
  const places = []
  let at = 0
  for (const character of text) {
    const part = folded(character)
    for (let i = 0; i < part.length; i += 1) places.push(at)
    plain += part
    at += character.length
  }
  return { plain, places: [...places, at] }
}

/** The words of a query, without what does not count. @param {string} query */
export function wordsOf(query) {
  return folded(query).split(/\s+/u).filter(Boolean)
}

/** @param {string} text @param {string[]} words of the query @returns {Found | null} null if one is missing */
export function find(text, words) {
  const { plain, places } = foldedWithPlaces(text)
  let rank = BEGINNING
  /** @type {Range[]} */
  const ranges = []
  for (const word of words) {
    const found = findWord(plain, word)
    if (!found) return null
    rank = Math.max(rank, found.rank)
    // An accent after a letter is no unit of its own, so it belongs to the range of its letter.
    for (const [from, to] of found.ranges) ranges.push([places[from], places[to]])
  }
  return { rank, ranges: joined(ranges) }
}

/** @param {string} plain @param {string} word @returns {Found | null} */
function findWord(plain, word) {
  const whole = (/** @type {number} */ rank, /** @type {number} */ at) =>
    ({ rank, ranges: /** @type {Range[]} */ ([[at, at + word.length]]) })
  if (plain.startsWith(word)) return whole(BEGINNING, 0)
  const inside = plain.indexOf(word)
  if (inside < 0) return word.length < LETTERS_MIN ? null : findLetters(plain, word)
  for (let at = inside; at >= 0; at = plain.indexOf(word, at + 1)) if (beginsWord(plain, at)) return whole(WORD, at)
  return whole(INSIDE, inside)
}

/**
 * The letters of a word in order, each piece at the beginning of a word, or right after the piece before it:
 * "mjo" finds "Meera Joshi".
 * @param {string} plain @param {string} word @returns {Found | null}
 */
export function findLetters(plain, word) {
  /** @type {Range[]} */
  const ranges = []
  let done = 0
  for (let at = 0; at < plain.length && done < word.length; at += 1) {
    if (!beginsWord(plain, at) || plain[at] !== word[done]) continue
    const from = at
    while (done < word.length && plain[at] === word[done]) [at, done] = [at + 1, done + 1]
    ranges.push([from, at])
    at -= 1
  }
  return done === word.length && ranges.length <= PIECES_MAX ? { rank: LETTERS, ranges } : null
}

/** @param {string} plain @param {number} at */
function beginsWord(plain, at) {
  return at === 0 || !/[\p{Letter}\p{Number}]/u.test(plain[at - 1])
}

/** In order, without overlaps. @param {Range[]} ranges @returns {Range[]} */
function joined(ranges) {
  /** @type {Range[]} */
  const whole = []
  for (const [from, to] of ranges.sort((a, b) => a[0] - b[0])) {
    const last = whole.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else whole.push([from, to])
  }
  return whole
}
