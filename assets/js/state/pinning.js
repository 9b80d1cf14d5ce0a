// @ts-check
/** What the menus and the bar ask about pins: what is pinned, who may pin, when the next pin ends. */
import { mayChange } from "./members.js"
import { pinsOf } from "./pins.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */

/** @param {State} state @param {Message | null} message */
export function isPinned(state, message) {
  return message !== null && pinsOf(state, message.chat_id).includes(message.id)
}

/** Whether I may pin a message, or take its pin away. @param {State} state @param {Message | null} message */
export function mayPin(state, message) {
  if (!message || message.event || message.deleted_at) return false
  return state.chats[message.chat_id]?.kind !== "group" || mayChange(state, message.chat_id)
}

/** When the next pin of the open chat ends; Infinity if none does. @param {State} state */
export function nextEnd({ pins, clock, open }) {
  const ends = Object.values(pins[open?.chat_id ?? 0] ?? {}).map(({ until }) => until ?? 0)
  return Math.min(Infinity, ...ends.filter((until) => until > clock))
}
