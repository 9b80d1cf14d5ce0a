// @ts-check
/**
 * Matches typed text with names, in any language of the page. It ignores what people leave out or spell in two ways:
 * capitals and accents; ß as ss, ä as a or ae; Arabic vowel signs, hamzas, ta marbuta and the article; Hindi nukta,
 * chandrabindu and the two ways to write a nasal. Pure.
 */

/**
 * @typedef {{ wholes: string[], words: string[], tails: string[] }} Names  of one thing: each as one word; word by
 *   word; from each word to the end, as one word
 */

/** Signs that people leave out: accents, Arabic vowel signs and tatweel, nukta, visarga, joiners. */
const MARKS = /[\u0300-\u036F\u0610-\u061A\u0640\u064B-\u065F\u0670\u06D6-\u06ED\u0903\u093C\u200C\u200D]/gu
/** Letters that people write for one another. */
const ALIKE = new Map([
  ["ß", "ss"], ["æ", "ae"], ["œ", "oe"], ["ø", "o"], ["ı", "i"],
  ["ٱ", "ا"], ["ى", "ي"], ["ی", "ي"], ["ک", "ك"], ["ة", "ه"], ["ء", ""],
  ["ँ", "ं"],
])
const LETTERS = new RegExp(`[${[...ALIKE.keys()].join("")}]`, "gu")
const ASCII = /^[\x20-\x7E]*$/u
const UMLAUTS = /[äöü]/gu
/** The Arabic article before a word. */
const ARTICLE = /(?<![\p{L}\p{N}])ال(?=\p{L}{2})/gu
/** A Hindi nasal before a consonant of its kind, or before one that is not typed yet. */
const NASAL = /[ङञणनम]\u094D(?=[क-म]|$)/gu
const APART = /[^\p{L}\p{N}\p{M}]+/u

/** @param {string} text */
function bare(text) {
  return text.normalize("NFKD").replace(MARKS, "").replace(LETTERS, (letter) => ALIKE.get(letter) ?? "")
}

/** The ways to spell a text, the usual one first. @param {string} text @returns {string[]} */
export function spellings(text) {
  // The fast path of nearly all English words.
  if (ASCII.test(text)) return [text.toLowerCase()]
  const lower = text.normalize("NFC").toLowerCase()
  const plain = bare(lower)
  const withoutUmlauts = bare(lower.replace(UMLAUTS, (vowel) => `${bare(vowel)}e`))
  const others = [withoutUmlauts, plain.replace(ARTICLE, "").replace(NASAL, "ं")]
  return [plain, ...others.filter((other) => other !== plain)]
}

/** "+1" and "-1" are words; elsewhere these signs separate words, as spaces do. @param {string} spelling */
function parts(spelling) {
  return /^[+-]/u.test(spelling) ? [spelling] : spelling.split(APART).filter(Boolean)
}

/** @param {string[]} texts @returns {Names} */
export function names(texts) {
  const all = texts.flatMap(spellings).map(parts)
  const tails = all.flatMap((words) => words.map((_, i) => words.slice(i).join("")))
  return { wholes: [...new Set(all.map((words) => words.join("")))], words: [...new Set(all.flat())], tails }
}

/** A query in each of its spellings. @param {string} query @returns {string[][]} */
export function wanted(query) {
  return spellings(query.trim()).map(parts).filter((words) => words.length > 0)
}

/**
 * How well a query fits: 0 it is a name of the thing, 1 every word is one of its words, 2 it begins a name, 3 every
 * word begins one of its words, Infinity it does not fit. The middle of a word does not count: "cat" is in "vacation".
 * "thumbsup" and "thumbs_up" are "thumbs up".
 * @param {Names} named @param {string[][]} looked from `wanted`
 */
export function rank(named, looked) {
  return Math.min(Infinity, ...looked.map((words) => rankOf(named, words)))
}

/** @param {Names} named @param {string[]} looked */
function rankOf({ wholes, words, tails }, looked) {
  const joined = looked.join("")
  if (wholes.includes(joined)) return 0
  if (looked.every((want) => words.includes(want))) return 1
  if (wholes.some((whole) => whole.startsWith(joined))) return 2
  const begins = looked.every((want) => words.some((word) => word.startsWith(want)))
  return begins || tails.some((tail) => tail.startsWith(joined)) ? 3 : Infinity
}
