// @ts-check
/**
 * Whom somebody can mention in a group, as they type: members by display name and username, and everyone for admins.
 * Pure.
 */
import { folded } from "../lib/text.js"
import { texts } from "../lib/texts.js"
import { BEGINNING, INSIDE, WORD, find, wordsOf } from "./matching.js"
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
 * The best choices first. Everyone comes last, so that nobody mentions them by accident, unless it is just what was
 * typed.
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
 * each begin a word of the name.
 * @param {User} user @param {string[]} words
 */
function rankOf(user, words) {
  if (words.length === 0) return BEGINNING
  // Most people are no answer, and this finds that out much faster than ranking.
  if (!words.every((word) => lookOf(user).includes(word))) return null
  const name = find(shownName(user), words)
  const username = find(user.username, words)
  const rank = Math.min(name?.rank ?? Infinity, username?.rank ?? Infinity)
  return rank <= (words.length > 1 ? WORD : INSIDE) ? rank : null
}

/** @param {User} user */
function lookOf(user) {
  let look = looks.get(user)
  if (look === undefined) looks.set(user, (look = folded(`${shownName(user)}\n${user.username}`)))
  return look
}

/** @param {{ rank: number, user: User }[]} ranked @param {number} count */
function firstOf(ranked, count) {
  const byName = (/** @type {User} */ a, /** @type {User} */ b) => collator.compare(shownName(a), shownName(b))
  return ranked.sort((a, b) => a.rank - b.rank || byName(a.user, b.user)).slice(0, count)
}
