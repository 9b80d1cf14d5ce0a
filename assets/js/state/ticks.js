// @ts-check
/** How far my messages have come: sent, delivered to everyone else in the chat, or read by everyone else. */
import { EVERYONE, NO_MARK } from "./model.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Mark} Mark */

/** @param {State} state @param {import("./model.js").Message} message */
export function tickOf(state, message) {
  return tickAt(reachOf(state, message.chat_id), message.seq)
}

/**
 * Up to which seq everyone else has received and read a chat. In a group the server says it for all members at once;
 * the notes to self have no other people.
 * @param {State} state @param {number} id @returns {Mark}
 */
export function reachOf(state, id) {
  const chat = state.chats[id]
  if (!chat) return NO_MARK
  const others = chat.user_ids?.filter((user) => user !== state.me) ?? [EVERYONE]
  const marks = others.map((user) => state.marks[id]?.[user] ?? NO_MARK)
  return {
    delivered_seq: Math.min(...marks.map((mark) => mark.delivered_seq)),
    read_seq: Math.min(...marks.map((mark) => mark.read_seq)),
  }
}

/** @param {Mark} reach @param {number} seq @returns {"sent" | "delivered" | "read"} */
export function tickAt({ delivered_seq, read_seq }, seq) {
  return read_seq >= seq ? "read" : delivered_seq >= seq ? "delivered" : "sent"
}
