// @ts-check
/**
 * Whom somebody can mention in a group, as they type: members by display name and username, and everyone for admins.
 * Pure.
 */
import { folded } from "../lib/text.js"
import { texts } from "../lib/texts.js"
import { BEGINNING, INSIDE, LETTERS, WORD, find, findLetters, wordsOf } from "./matching.js"
import { memberIds } from "./members.js"
import { shownName } from "./model.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").User} User */
/**
 * @typedef {{ id: number, name: string, username: string, picture: string | null, reach: number }} Choice
 *   id = 0 for everyone; reach = how many people it mentions
 */

/** As many as are seen at a glance. */
const SHOWN_MAX = 7

const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true })

/** The names of a person as they are compared; a row that changes is another object. @type {WeakMap<User, string>} */
const looks = new WeakMap()

/**
 * The best matches first. "All" is last, so that it is not chosen by accident. It is first if the query is exactly
 * its name.
 * @param {State} state @param {number} chat @param {string} query @returns {Choice[]}
 */
export function mentionable(state, chat, query) {
  const others = memberIds(state, chat).filter((id) => id !== state.me && state.users[id])
  const words = wordsOf(query)
  const ranked = []
  for (const id of others) {
    const rank = rankOf(state.users[id], words)
    if (rank !== null) ranked.push({ rank, user: state.users[id] })
  }
  const best = firstOf(ranked, SHOWN_MAX)
  const people = best.map(({ user }) => (
    { id: user.id, name: shownName(user), username: user.username, picture: user.picture, reach: 1 }
  ))
  if (state.memberships[chat]?.role !== "admin" || others.length === 0) return people
  const names = [texts.mentionAll, "all"].map(folded)
  const typed = folded(query.trim())
  if (!names.some((name) => name.startsWith(typed))) return people
  const all = { id: 0, name: texts.mentionAll, username: "", picture: null, reach: others.length }
  return names.includes(typed) ? [all, ...people.slice(0, SHOWN_MAX - 1)] : [...people.slice(0, SHOWN_MAX - 1), all]
}

/**
 * How well a person answers; null if they do not. The words of a message may follow an "@", so several words must
 * each begin a word of the name. One word may also be letters in order: "mj" finds "Mary Jones".
 * @param {User} user @param {string[]} words
 */
function rankOf(user, words) {
  if (words.length === 0) return BEGINNING
  // Most people are no answer, and this finds that out much faster than ranking.
  if (!words.every((word) => lookOf(user).includes(word))) return words.length === 1 ? lettersOf(user, words[0]) : null
  const name = find(shownName(user), words)?.rank ?? Infinity
  const rank = name === BEGINNING ? name : Math.min(name, find(user.username, words)?.rank ?? Infinity)
  return rank <= (words.length > 1 ? WORD : INSIDE) ? rank : null
}

/** The letters begin with the name: that is quickly seen, and others were hardly meant. */
function lettersOf(/** @type {User} */ user, /** @type {string} */ word) {
  const look = lookOf(user)
  return look[0] === word[0] && findLetters(look.slice(0, look.indexOf("\n")), word) ? LETTERS : null
}

/** @param {User} user */
function lookOf(user) {
  let look = looks.get(user)
  if (look === undefined) looks.set(user, (look = folded(`${shownName(user)}\n${user.username}`)))
  return look
}

/**
 * The best, in order. Sorting all 5,000 members of a group would take longer than a key press may.
 * @param {{ rank: number, user: User }[]} ranked @param {number} count
 */
function firstOf(ranked, count) {
  /** @param {{ rank: number, user: User }} a @param {{ rank: number, user: User }} b */
  const compare = (a, b) => a.rank - b.rank || collator.compare(shownName(a.user), shownName(b.user))
  /** @type {{ rank: number, user: User }[]} */
  const best = []
  for (const item of ranked) {
    const last = best[count - 1]
    if (last && compare(last, item) <= 0) continue
    const at = best.findIndex((other) => compare(item, other) < 0)
    best.splice(at < 0 ? best.length : at, 0, item)
    best.length = Math.min(best.length, count)
  }
  return best
}
