// @ts-check
/** Who is typing. */
import { sameValues } from "../lib/values.js"
import { someOf } from "./names.js"
import { peerOf } from "./peers.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./names.js").Some} Some */

/** Those who are typing in a chat, in the order of their ids. @param {State} state @param {number} chat */
function typistsIn(state, chat) {
  return Object.keys(state.typing[chat] ?? {}).map(Number).filter((user) => user !== state.me)
}

/**
 * The names of those who are typing in a group; null in a direct chat, and if no one is.
 * @param {State} state @param {import("./model.js").Chat} chat
 * @param {Some | null} [before] the answer if it still says the same @returns {Some | null}
 */
export function typingNames(state, chat, before = null) {
  const ids = chat.kind === "group" ? typistsIn(state, chat.id) : []
  if (ids.length === 0) return null
  const names = someOf(state, ids)
  return before && sameValues(before, names) ? before : names
}

/**
 * The username of one who types in the open chat; "" if no one does, or if presence is unknown.
 * @param {State} state
 */
export function typist(state) {
  const chat = state.chats[state.open?.chat_id ?? 0]
  if (!chat || !state.steady || peerOf(state, chat) === state.me) return ""
  return state.users[typistsIn(state, chat.id)[0]]?.username ?? ""
}
