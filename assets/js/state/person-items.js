// @ts-check
/** The people below the chats in the list: everyone without a listed chat. */
import { folded } from "../lib/text.js"
import { shownName } from "./model.js"
import { faceOf, lastSeen } from "./peers.js"
import { targetKey } from "./targets.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./chat-items.js").ChatItem} ChatItem */
/**
 * @typedef {{ key: string, id: number, name: string, username: string, picture: string | null,
 *   alike: boolean, notes: boolean, group: boolean, online: boolean,
 *   last_seen: number | null, selected: boolean }} PersonItem
 */

const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true })

/** The parts of the state that `personItems` reads, besides the chats listed. @param {State} state */
export const personItemsInputs = (state) => [
  state.me, state.users, state.chats, state.online, state.seen, state.open, state.steady,
]

/** The people with a listed chat, as one value that changes only when one joins or leaves. @param {ChatItem[]} chats */
export function listedPeers(chats) {
  return chats.map((item) => item.peer).sort((a, b) => a - b).join()
}

/**
 * The people without a listed chat, by name; my own row, for the notes to self, comes last.
 * @param {State} state @param {ChatItem[]} chats @returns {PersonItem[]}
 */
export function personItems(state, chats) {
  const listed = new Set(chats.map((item) => item.peer))
  return Object.values(state.users)
    .filter((user) => !listed.has(user.id))
    .map((user) => personItem(state, user))
    .sort((a, b) => Number(a.notes) - Number(b.notes) || collator.compare(a.name, b.name))
}

/** @param {State} state @param {import("./model.js").User} user @returns {PersonItem} */
function personItem(state, user) {
  const key = `p${user.id}`
  const notes = user.id === state.me
  const isOnline = !notes && Boolean(state.online[user.id])
  return {
    key,
    id: user.id,
    name: shownName(user),
    ...faceOf(state, user.id),
    notes,
    group: false,
    // Without a connection, it is unknown whether somebody still is online.
    online: isOnline && state.steady,
    last_seen: isOnline ? null : lastSeen(state, user.id),
    selected: targetKey(state) === key,
  }
}

/**
 * Whether the filter of the list finds somebody: by either name, and by "@" only at the start of the username.
 * @param {{ name: string, username: string }} item @param {string} query
 */
export function matches({ name, username }, query) {
  return folded(`${name}\n@${username}`).includes(folded(query.trim()))
}
