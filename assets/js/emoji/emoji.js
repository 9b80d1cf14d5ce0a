// @ts-check
/**
 * The emoji by category, by search, and those used last, in the preferred skin tone. Their names are in the language of
 * the page, and load when they are first wanted; English names find them too.
 * Preferences are stored in this browser only. It makes no nodes.
 */
import { loaded } from "../lib/load.js"
import { texts } from "../lib/texts.js"
import { COUNTRIES, GROUPS } from "./emoji-data.js"
import { names, rank, wanted } from "./emoji-match.js"

/**
 * @typedef {import("./emoji-match.js").Names & { name: string }} Called
 * @typedef {object} Emoji
 * @property {string} emoji
 * @property {string} name
 * @property {Called} english
 * @property {Called | null} own  in the page's language, unless that is English
 * @property {boolean} toned  whether it takes a skin tone
 * @typedef {{ FLAG: string, WORDS: Record<string, string> }} Words of a language
 */

const RECENT_MAX = 24
/** The names of the categories, by their entries in texts.js. @type {Map<string, () => string>} */
const GROUP_WORDS = new Map([
  ["recent", () => texts.groupRecent],
  ["smileys", () => texts.groupSmileys],
  ["people", () => texts.groupPeople],
  ["nature", () => texts.groupNature],
  ["food", () => texts.groupFood],
  ["travel", () => texts.groupTravel],
  ["activities", () => texts.groupActivities],
  ["objects", () => texts.groupObjects],
  ["symbols", () => texts.groupSymbols],
  ["flags", () => texts.groupFlags],
])

/** The name of a category; "" for search results. @param {string} name */
export const groupWords = (name) => GROUP_WORDS.get(name)?.() ?? ""

/** The names of the skin tones, from none to dark. */
export const toneWords = () => [texts.tone0, texts.tone1, texts.tone2, texts.tone3, texts.tone4, texts.tone5]

const RECENT_KEY = "chaap.emoji.recent"
const TONE_KEY = "chaap.emoji.tone"
/** The five tones, as modifiers; "" is none. */
export const TONES = ["", "\u{1F3FB}", "\u{1F3FC}", "\u{1F3FD}", "\u{1F3FE}", "\u{1F3FF}"]
/** A handshake inside a longer sequence takes no tone. */
const TONE_PLACE = /(?!(?<=\u200D)\u{1F91D})(\p{Emoji_Modifier_Base})\uFE0F?/gu
/** The first row before anything was used. */
const STARTERS = ["👍", "❤️", "😂", "😮", "😢", "🙏", "🎉", "😊", "😍", "🔥", "👏", "🤔", "👋", "✅", "💯", "🙈"]

/** English names rank after those of the page's language. */
const ENGLISH_BEHIND = 4
const root = document.documentElement

/** The emoji of the charts. The words of a language are in the same order. */
const charts = Object.entries(GROUPS).map(([group, lines]) => ({ group, items: entries(lines).map(emojiOf) }))
const inEnglish = regionsIn("en")
const countries = COUNTRIES.trim().split(/\s/u).map((code) => ({ code, item: flagOf(code) }))
/** @type {Map<string, Emoji[]>} category → its emoji */
export const categories = new Map(charts.map(({ group, items }) => [group, [...items]]))
categories.get("flags")?.push(...countries.map(({ item }) => item))

const all = [...categories.values()].flat()
const byEmoji = new Map(all.map((item) => [item.emoji, item]))

/** @type {Promise<void> | null} */
let coming = null

/** @param {string} lines */
function entries(lines) {
  return lines.split(/;\n?|\n/u)
}

/** A name, and perhaps a slash and more words. @param {string} written @returns {Called} */
function called(written) {
  const [name, more] = written.split("/")
  return { name, ...names([name, ...(more?.split(" ") ?? [])]) }
}

/** @param {string} written one entry of the charts @returns {Emoji} */
function emojiOf(written) {
  const [, emoji = "", plus = "", words = ""] = /^(\S+?)(\+?) (.+)$/u.exec(written) ?? []
  const english = called(words)
  return { emoji, name: english.name, english, own: null, toned: plus !== "" }
}

/** @param {string} code of a country @returns {Emoji} */
function flagOf(code) {
  const emoji = String.fromCodePoint(...[...code].map((letter) => 0x1f1e6 - 65 + letter.charCodeAt(0)))
  const english = country(inEnglish, code, "flag")
  return { emoji, name: english.name, english, own: null, toned: false }
}

/** @param {string} language */
function regionsIn(language) {
  return new Intl.DisplayNames([language, "en"], { type: "region" })
}

/** @param {Intl.DisplayNames} regions @param {string} code @param {string} [flag] the word for one @returns {Called} */
function country(regions, code, flag = "") {
  const name = regions.of(code) ?? code
  return { name, ...names([name, code, flag]) }
}

/**
 * Gives everything its name in a language; without its words, only the countries.
 * @param {string} language @param {Words | null} words
 */
function rename(language, words) {
  for (const { group, items } of charts) {
    const written = words ? entries(words.WORDS[group]) : []
    for (const [i, item] of items.entries()) call(item, written[i] ? called(written[i]) : null)
  }
  const regions = regionsIn(language)
  for (const { code, item } of countries) call(item, language === "en" ? null : country(regions, code, words?.FLAG))
}

/** @param {Emoji} item @param {Called | null} own */
function call(item, own) {
  item.own = own
  item.name = (own ?? item.english).name
}

/** Paths in full, because the build script joins modules by them. @type {Record<string, () => Promise<any>>} */
const WORDS = {
  ar: () => import("./emoji-words-ar.js"),
  de: () => import("./emoji-words-de.js"),
  es: () => import("./emoji-words-es.js"),
  hi: () => import("./emoji-words-hi.js"),
}

/** @param {string} language @returns {Promise<Words | null>} null if there are none or they cannot be loaded */
async function wordsOf(language) {
  return Object.hasOwn(WORDS, language) ? loaded(WORDS[language](), "") : null
}

/** Without the words, for example without a network, names stay English. */
async function speak() {
  const language = root.lang || "en"
  const words = language === "en" ? null : await wordsOf(language)
  // Another language may have been chosen while these words were loading.
  if (language === (root.lang || "en")) rename(language, words)
}

function follow() {
  const mine = speak().then(() => {
    if (coming === mine) coming = null
  })
  coming = mine
  return mine
}

/** Resolves when the names are in the page's language; null if they are already. */
export const naming = () => coming

/**
 * The best first.
 * @param {string} query @param {number} limit @returns {Emoji[]}
 */
export function search(query, limit) {
  const looked = wanted(query)
  const recent = new Map(recents().map((item, i) => [item.emoji, i]))
  return all
    .map((item, i) => ({ item, i, rank: rankIn(item, looked), used: recent.get(item.emoji) ?? RECENT_MAX }))
    .filter((found) => found.rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.used - b.used || a.i - b.i)
    .slice(0, limit)
    .map((found) => found.item)
}

/** @param {Emoji} item @param {string[][]} looked */
function rankIn({ own, english }, looked) {
  const first = own ? rank(own, looked) : Infinity
  return first < Infinity ? first : ENGLISH_BEHIND + rank(english, looked)
}

/** Whether this word alone names the emoji, as in ":tada:". @param {Emoji} item @param {string} word */
export function isNamed(item, word) {
  return rankIn(item, wanted(word)) % ENGLISH_BEHIND === 0
}

/** @returns {Emoji[]} those used last, then a few to start with */
export function recents() {
  const kept = remembered(RECENT_KEY)
  const used = Array.isArray(kept) ? kept.filter((emoji) => byEmoji.has(emoji)).slice(0, RECENT_MAX) : []
  const shown = [...new Set([...used, ...STARTERS])].slice(0, Math.max(used.length, STARTERS.length))
  return shown.flatMap((emoji) => byEmoji.get(emoji) ?? [])
}

/** @param {Emoji} item */
export function use({ emoji }) {
  const kept = remembered(RECENT_KEY)
  const others = Array.isArray(kept) ? kept.filter((other) => other !== emoji) : []
  remember(RECENT_KEY, [emoji, ...others].slice(0, RECENT_MAX))
}

/** @returns {string} the preferred tone, one of TONES */
export function preferredTone() {
  const tone = remembered(TONE_KEY)
  return TONES.includes(tone) ? tone : ""
}

/** @param {string} tone */
export function preferTone(tone) {
  remember(TONE_KEY, tone)
}

/** @param {Emoji} item @param {string} tone */
export function inTone({ emoji, toned }, tone) {
  return toned && tone ? emoji.replace(TONE_PLACE, `$1${tone}`) : emoji
}

/** Null also in browsers that forbid storage. @param {string} key @returns {any} */
function remembered(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null")
  } catch {
    return null
  }
}

/** @param {string} key @param {any} value */
function remember(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // Storage is full or forbidden: the choice is not kept.
  }
}

new MutationObserver(follow).observe(root, { attributeFilter: ["lang"] })
await follow()
