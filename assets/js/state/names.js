// @ts-check
/**
 * Names that look alike. Two people may have the same display name, and a name may be another person's username.
 * Wherever such a name shows, the username shows beside it, which is unique. Which names are allowed is the server's
 * decision.
 */
import { beginning } from "../lib/text.js"
import { shownName } from "./model.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").User} User */

/** By user and name; a row that changes is another object. @type {WeakMap<User, string[]>} */
const keys = new WeakMap()
/** @type {WeakMap<Record<number, User>, Set<number>>} */
const found = new WeakMap()

/** Whether somebody else has a name that looks like this person's. @param {State} state @param {number} user */
export function clashes(state, user) {
  let alike = found.get(state.users)
  if (!alike) found.set(state.users, (alike = alikeAmong(Object.values(state.users))))
  return alike.has(user)
}

/** A longer name would leave no room for the username after it. */
const BESIDE_MAX = 24

/**
 * The name of a person, with the username where the name alone could be somebody else's. The username is isolated from
 * text of another direction.
 * @param {State} state @param {number} id
 */
export function labelOf(state, id) {
  const name = shownName(state.users[id])
  if (!clashes(state, id)) return name
  const short = beginning(name, BESIDE_MAX)
  return `${short}${short === name ? "" : "…"} \u2068@${state.users[id].username}\u2069`
}

/**
 * Some people, as words name them: "Ana", "Ana and Bo", "Ana and 2 others". `second` is "" unless there are two.
 * @typedef {{ first: string, second: string, count: number }} Some
 */

/** @param {State} state @param {number[]} ids @returns {Some} */
export function someOf(state, ids) {
  const label = (/** @type {number | undefined} */ id) => (id === undefined ? "" : labelOf(state, id))
  return { first: label(ids[0]), second: label(ids.length === 2 ? ids[1] : undefined), count: ids.length }
}

/** @param {User[]} users @returns {Set<number>} */
function alikeAmong(users) {
  /** @type {Map<string, Set<number>>} */
  const holders = new Map()
  for (const user of users) {
    for (const key of keysOf(user)) {
      const ids = holders.get(key)
      if (ids) ids.add(user.id)
      else holders.set(key, new Set([user.id]))
    }
  }
  return new Set(users.filter((user) => (holders.get(keysOf(user)[0])?.size ?? 0) > 1).map(({ id }) => id))
}

/** What a reader compares: the shown name first, then the username. @param {User} user */
function keysOf(user) {
  let known = keys.get(user)
  if (!known) keys.set(user, (known = [looks(shownName(user)), looks(user.username)]))
  return known
}

/** Capitals of Cyrillic and Greek before the Latin ones that they look like; then l, 1 and 0, as they look in small. */
const TWINS = "АAВBЕEЅSІIЈJКKМMНHОOРPСCТTУYХXҺHԀDԚQԜWΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXLI1I0O"
const twinOf = new Map([...TWINS.matchAll(/(.)(.)/gu)].map(([, letter, twin]) => [letter, twin]))

/**
 * A name without what the eye does not tell apart: case, forms of width, invisible characters, kinds of spaces, letters
 * of another alphabet.
 * @param {string} name
 */
function looks(name) {
  const visible = name.normalize("NFKC").replace(/[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu, "")
  const capitals = visible.toLowerCase().toUpperCase().normalize("NFKC")
  return capitals.replace(/\S/gu, (letter) => twinOf.get(letter) ?? letter).replace(/\s+/gu, " ").trim()
}
