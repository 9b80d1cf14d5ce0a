// @ts-check
/**
 * The emoji as things one can look through: by category, by words, those used last, and in the skin tone somebody prefers.
 * What is remembered is remembered by this browser alone. It makes no nodes.
 */
import { folded } from "../lib/text.js"
import { texts } from "../lib/texts.js"
import { COUNTRIES, GROUPS } from "./emoji-data.js"

/** @typedef {{ emoji: string, name: string, words: string[], more: string[], toned: boolean }} Emoji  words = all, more = ours only */

const RECENT_MAX = 24
/** The words of the categories and of the skin tones, by their entries in texts.js. @type {Map<string, () => string>} */
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

/** What a category is called; nothing for one that shows what was found. @param {string} name */
export const groupWords = (name) => GROUP_WORDS.get(name)?.() ?? ""

/** What the skin tones are called, from none to dark. */
export const toneWords = () => [texts.tone0, texts.tone1, texts.tone2, texts.tone3, texts.tone4, texts.tone5]

const RECENT_KEY = "chaap.emoji.recent"
const TONE_KEY = "chaap.emoji.tone"
/** The five tones, as modifiers; "" is none. */
export const TONES = ["", "\u{1F3FB}", "\u{1F3FC}", "\u{1F3FD}", "\u{1F3FE}", "\u{1F3FF}"]
/** Hands that meet inside a longer sequence take no tone of their own. */
const TONE_PLACE = /(?!(?<=\u200D)\u{1F91D})(\p{Emoji_Modifier_Base})\uFE0F?/gu
/** What is in the first row before anything has been used. */
const STARTERS = ["👍", "❤️", "😂", "😮", "😢", "🙏", "🎉", "😊", "😍", "🔥", "👏", "🤔", "👋", "✅", "💯", "🙈"]

/** @type {Map<string, Emoji[]>} category → its emoji */
export const categories = new Map(Object.entries(GROUPS).map(([name, lines]) => [name, lines.split(/[;\n]/u).map(entry)]))
categories.get("flags")?.push(...countries())

const all = [...categories.values()].flat()
const byEmoji = new Map(all.map((item) => [item.emoji, item]))

/** @param {string} written one entry of the table @returns {Emoji} */
function entry(written) {
  const [, emoji = "", plus = "", name = "", extra = ""] = /^(\S+?)(\+?) ([^/]+)\/?(.*)$/u.exec(written) ?? []
  const more = extra ? extra.split(" ") : []
  return { emoji, name, more, words: [...folded(name).split(/[^\p{L}\p{N}]+/u), ...more], toned: plus !== "" }
}

/** @returns {Emoji[]} */
function countries() {
  const named = (/** @type {string} */ language) => new Intl.DisplayNames([language, "en"], { type: "region" })
  const [names, english] = [named(document.documentElement.lang || "en"), named("en")]
  return COUNTRIES.split(" ").map((code) => {
    const emoji = String.fromCodePoint(...[...code].map((letter) => 0x1f1e6 - 65 + letter.charCodeAt(0)))
    // All other names are English, so a country answers to that too.
    const more = [code, "flag", ...(english.of(code) ?? "").split(/[^\p{L}]+/u).filter(Boolean)].map(folded)
    return entry(`${emoji} ${(names.of(code) ?? code).replaceAll("/", " ")}/${more.join(" ")}`)
  })
}

/**
 * The best first. Every word must begin a word of the emoji; "thumbsup" and "thumbs_up" are "thumbs up".
 * @param {string} query @param {number} limit @returns {Emoji[]}
 */
export function search(query, limit) {
  const wanted = folded(query).split(/[\s_:]+/u).filter(Boolean)
  if (wanted.length === 0) return []
  const recent = new Map(recents().map((item, i) => [item.emoji, i]))
  return all
    .map((item, i) => ({ item, i, rank: rank(item, wanted), used: recent.get(item.emoji) ?? RECENT_MAX }))
    .filter((found) => found.rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.used - b.used || a.i - b.i)
    .slice(0, limit)
    .map((found) => found.item)
}

/** @param {Emoji} item @param {string[]} wanted */
function rank({ name, words, more }, wanted) {
  const phrase = wanted.join(" ")
  const joined = wanted.join("")
  if (name === phrase || more.includes(joined)) return 0
  if (name.startsWith(phrase) || more.some((word) => word.startsWith(joined))) return 1
  if (wanted.every((want) => words.some((word) => word.startsWith(want)))) return 2
  return joined.length > 3 && words.join("").includes(joined) ? 3 : Infinity
}

/** Whether this word alone names the emoji, as in ":tada:". @param {Emoji} item @param {string} word */
export function isNamed(item, word) {
  return rank(item, [folded(word)]) === 0
}

/** @returns {Emoji[]} those used last, and behind them a few to begin with */
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

/** Storage can be forbidden; then nothing is remembered. @param {string} key @returns {any} */
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
    // Full or forbidden: the choice lasts no longer than this.
  }
}
