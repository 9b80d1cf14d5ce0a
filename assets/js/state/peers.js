// @ts-check
/** The people in chats: who a direct chat is with, what they are called, when they were last here. */
import { shownName } from "./model.js"
import { clashes } from "./names.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Chat} Chat */

/**
 * The person a direct chat is with; in the notes to self that is me. A group has no such person: 0.
 * @param {State} state @param {Chat} chat
 */
export function peerOf(state, chat) {
  return chat.user_ids ? (chat.user_ids.find((id) => id !== state.me) ?? state.me) : 0
}

/** Whether anyone but me is in a chat. @param {State} state @param {number} chat */
export function isShared(state, chat) {
  return chat in state.chats && peerOf(state, state.chats[chat]) !== state.me
}

/** The direct chat with a person, if there is one. @param {State} state @param {number} user */
export function chatWith(state, user) {
  return Object.values(state.chats).find((chat) => chat.kind === "direct" && peerOf(state, chat) === user)
}

/** @param {State} state @param {number} user */
export function nameOf(state, user) {
  return shownName(state.users[user])
}

/**
 * What identifies a person besides the shown name; alike = another one has such a name.
 * @param {State} state @param {number} user
 */
export function faceOf(state, user) {
  const { username = "", picture = null } = state.users[user] ?? {}
  return { username, picture, alike: clashes(state, user) }
}

/** @param {State} state @param {number} user @returns {number | null} when this person was last online */
export function lastSeen(state, user) {
  return state.seen[user] ?? null
}

/** Whether somebody other than me is typing in a chat. @param {State} state @param {number} chat */
export function isTyping(state, chat) {
  return Object.keys(state.typing[chat] ?? {}).some((id) => Number(id) !== state.me)
}
