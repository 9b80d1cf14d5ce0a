// @ts-check
/**
 * What the quick switcher offers: without a query the latest chats and all commands, else what the query finds.
 * In a group, better matches come first, then later messages. A group with a better match comes before the others.
 */
import { find, wordsOf } from "./matching.js"

/** More of one kind would hide the next kind. */
const CHATS_MAX = 8
const PEOPLE_MAX = 6

const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true })

/** @typedef {import("./matching.js").Range} Range */
/** @typedef {"chats" | "people" | "commands"} Group */
/**
 * @typedef {{ group: Group, key: string, name: string, username: string, at: number, open?: boolean,
 *   archived?: boolean }} Entry  at = the time of the last message; open = it is on the screen already
 */
/** @typedef {{ entry: Entry, rank: number, name: Range[], username: Range[] }} Answer  where each was found */

/**
 * @param {Entry[]} entries in any order @param {string} query
 * @returns {Answer[][]} one list for each group that has any
 */
export function answersOf(entries, query) {
  const answer = findIn(query)
  const found = !answer ? usual(entries) : entries.flatMap((entry) => {
    const where = answer(entry)
    return where ? { entry, ...where } : []
  })
  /** @type {[Group, number][]} */
  const groups = [["chats", CHATS_MAX], ["people", PEOPLE_MAX], ["commands", Infinity]]
  return groups.map(([group, most]) => found.filter(({ entry }) => entry.group === group).sort(better).slice(0, most))
    .filter((list) => list.length > 0)
    .sort((a, b) => a[0].rank - b[0].rank)
}

/** @param {Entry[]} entries @returns {Answer[]} */
function usual(entries) {
  return entries.filter(({ group, open, archived }) => group !== "people" && !open && !archived)
    .map((entry) => ({ entry, rank: 0, name: [], username: [] }))
}

/**
 * How well names answer a query: by the shown name or the username, whichever answers better. With "@" before it, it is
 * looked for in usernames only.
 * @param {string} query
 * @returns {((entry: { name: string, username: string }) => Omit<Answer, "entry"> | null) | null} null if it has no
 *   words
 */
export function findIn(query) {
  const words = wordsOf(query.trim().replace(/^@/u, ""))
  const byHandle = query.trim().startsWith("@")
  return words.length === 0 ? null : (entry) => {
    const name = byHandle ? null : find(entry.name, words)
    const username = entry.username ? find(entry.username, words) : null
    if (!name && !username) return null
    const rank = Math.min(name?.rank ?? Infinity, username?.rank ?? Infinity)
    return { rank, name: name?.ranges ?? [], username: username?.ranges ?? [] }
  }
}

/** @param {Answer} a @param {Answer} b */
function better(a, b) {
  if (a.entry.group === "commands") return a.rank - b.rank
  return a.rank - b.rank || b.entry.at - a.entry.at || collator.compare(a.entry.name, b.entry.name)
}
