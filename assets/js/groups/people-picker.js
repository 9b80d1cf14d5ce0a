// @ts-check
/** Choosing people, for a new group and for one that exists. The field and the list are in picker.js. */
import { folded } from "../lib/text.js"
import { texts } from "../lib/texts.js"
import { handle } from "../people/avatar.js"
import { shownName } from "../state/model.js"
import { labelOf } from "../state/names.js"
import { faceOf } from "../state/peers.js"
import { store } from "../state/store.js"
import { picker } from "./picker.js"

/** @typedef {import("./picker.js").Entry<number>} Person */

/** What a query is compared with, by row of the state. @type {WeakMap<object, string>} */
const folds = new WeakMap()

/**
 * @param {{ chosen: Set<number>, among?: (id: number) => boolean, group?: number, changed: () => void,
 *   signal: AbortSignal }} options
 *   chosen is changed in place; among = who is shown at all; members of the group come last and cannot be chosen
 * @returns {import("./picker.js").Picker}
 */
export function peoplePicker({ chosen, among = () => true, group = 0, changed, signal }) {
  const isMember = (/** @type {number} */ id) => (store.state.members[group]?.[id]?.role ?? "former") !== "former"
  /** @type {Person[]} */
  let everyone = []
  const find = (/** @type {string} */ query) => {
    const all = query ? foundAmong(everyone, folded(query)) : everyone
    return group ? [...all.filter(({ id }) => !isMember(id)), ...all.filter(({ id }) => isMember(id))] : all
  }
  const look = (/** @type {Person} */ { id, username }) => {
    const inside = isMember(id)
    const second = inside ? texts.alreadyMember : handle(username)
    return { second, label: labelOf(store.state, id), picture: faceOf(store.state, id), inside }
  }
  const words = {
    field: texts.searchPeople, chips: texts.chosenPeople, list: texts.people, none: texts.nobodyElse,
  }
  const { root, focus, refresh } = picker({ chosen, words, find, entryOf: person, look, changed, signal })
  // The order holds while one chooses: only who is there changes.
  store.watch((state) => state.users, () => {
    everyone = people().filter(({ id }) => among(id))
    refresh()
  }, { signal })
  if (group) store.watch((state) => state.members[group], refresh, { signal })
  return { root, focus }
}

/** Those of one's latest chats first, then everyone by name; not oneself. @returns {Person[]} */
function people() {
  const { state } = store
  const talked = store.select.chatItems(state).filter(({ group, notes }) => !group && !notes)
  const others = store.select.personItems(state).filter(({ notes }) => !notes)
  return [...talked.map(({ peer }) => peer), ...others.map(({ id }) => id)].map(person)
}

/** @param {number} id @returns {Person} */
function person(id) {
  const user = store.state.users[id]
  return { key: String(id), id, name: shownName(user), username: user?.username ?? "", face: id }
}

/**
 * Names that begin with the query come before those that only contain it.
 * @param {Person[]} all @param {string} query
 */
function foundAmong(all, query) {
  const [first, second] = [/** @type {Person[]} */ ([]), /** @type {Person[]} */ ([])]
  for (const person of all) {
    const user = store.state.users[person.id]
    let text = folds.get(user)
    if (text === undefined) folds.set(user, (text = `\n${folded(`${person.name}\n@${person.username}`)}`))
    const place = text.indexOf(query)
    if (place < 0) continue
    if (/[\s@._-]/u.test(text[place - 1])) first.push(person)
    else second.push(person)
  }
  return [...first, ...second]
}
