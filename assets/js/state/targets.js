// @ts-check
/**
 * Names for where one writes: a chat, or a person without a chat yet. Drafts and views use these keys, because a key
 * stays the same when the first message to a person creates the chat.
 */
import { chatWith, peerOf } from "./peers.js"

/** @typedef {import("./model.js").State} State */

/** @param {State} state @param {number} chat */
export function keyOf(state, chat) {
  const row = state.chats[chat]
  return row?.kind === "direct" ? `p${peerOf(state, row)}` : `c${chat}`
}

/** @param {State} state @param {string} key @returns {number} the chat with this key; 0 if there is none yet */
export function chatOfKey(state, key) {
  const id = Number(key.slice(1))
  return (key.startsWith("p") ? chatWith(state, id)?.id : state.chats[id]?.id) ?? 0
}

/** The key of what is open; "" if nothing is. @param {State} state */
export function targetKey(state) {
  const { chat_id, user_id } = state.open ?? {}
  if (chat_id) return keyOf(state, chat_id)
  return user_id ? `p${user_id}` : ""
}

/**
 * Where a message written now would go; null if nowhere.
 * @param {State} state @returns {{ chat_id?: number, recipient_id?: number } | null}
 */
export function destination(state) {
  const { chat_id, user_id } = state.open ?? {}
  if (chat_id) return mayWrite(state, chat_id) ? { chat_id } : null
  return user_id && state.users[user_id] ? { recipient_id: user_id } : null
}

/** The server's rules decide who may write; this only shows it. @param {State} state @param {number} id */
function mayWrite(state, id) {
  return id in state.chats && closedBy(state, id) === ""
}

/**
 * Why I may not write in a chat: I have left the group, only admins may, or the row that says it has not come yet.
 * @param {State} state @param {number} id @returns {"" | "former" | "admins" | "unknown"} "" if I may
 */
export function closedBy({ chats, memberships }, id) {
  const chat = chats[id]
  if (chat?.kind !== "group") return ""
  const role = memberships[id]?.role
  if (role === "admin" || (role === "member" && chat.who_may_write === "all")) return ""
  return role === "member" ? "admins" : (role ?? "unknown")
}

/** Why nothing can be written in the open chat. @param {State} state */
export const closedHere = (state) => closedBy(state, state.open?.chat_id ?? 0)
