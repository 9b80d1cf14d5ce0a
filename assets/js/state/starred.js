// @ts-check
/** My starred messages, as far as they are known here. Pure. */
import { isStarred } from "./flags.js"
import { namesIn } from "./mentions.js"
import { labelOf } from "./names.js"
import { nameOf, peerOf } from "./peers.js"
import { isGone, messageById } from "./quotes.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */
/**
 * @typedef {{ key: string, id: number, chat_id: number, sender: number, own: boolean, by: string, to: string,
 *   content: string, names: import("../lib/mentions.js").Names | null, at: number }} StarredItem
 *   to = the chat, where its name is not that of the sender; "" for the notes to self
 */

/** The parts of the state that `starredItems` reads. @param {State} state */
export const starredInputs = (state) => [
  state.flags, state.flagging, state.logs, state.changes, state.chats, state.users, state.me, state.preferences,
]

/** The newest message first. @param {State} state @param {number} chat 0 for all chats @returns {StarredItem[]} */
export function starredItems(state, chat) {
  return flagged(state, chat).flatMap(({ chat_id, id }) => {
    const message = messageById(state, chat_id, id)
    return message && isStarred(state, message) ? [starredItem(state, message)] : []
  }).sort((a, b) => b.id - a.id)
}

/**
 * Starred messages that are not loaded: another device has starred them.
 * @param {State} state @param {number} chat 0 for all chats
 */
export function unknownStars(state, chat) {
  return flagged(state, chat).filter((it) => isStarred(state, it) && !messageById(state, it.chat_id, it.id))
}

/**
 * The messages that have flags, or to which one waits to be added.
 * @param {State} state @param {number} chat 0 for all chats @returns {{ chat_id: number, id: number }[]}
 */
function flagged(state, chat) {
  const saved = Object.entries(state.flags).flatMap(([chat_id, flags]) =>
    Object.keys(flags).map((id) => ({ chat_id: Number(chat_id), id: Number(id) })))
  const waiting = state.flagging.map(({ body }) => ({ chat_id: body.chat_id, id: body.message_id }))
    .filter(({ chat_id, id }) => !state.flags[chat_id]?.[id])
  return [...saved, ...waiting].filter(({ chat_id, id }) =>
    (!chat || chat === chat_id) && id > (state.preferences[chat_id]?.cleared_id ?? 0) && !isGone(state, chat_id, id))
}

/** @param {State} state @param {Message} message @returns {StarredItem} */
function starredItem(state, message) {
  const { id, chat_id, sender_id: sender, content, created_at: at } = message
  const chat = state.chats[chat_id]
  const own = sender === state.me
  const peer = chat ? peerOf(state, chat) : 0
  const to = chat?.title ?? (peer === sender ? "" : nameOf(state, peer))
  const [by, names] = [labelOf(state, sender), namesIn(state, message)]
  return { key: String(id), id, chat_id, sender, own, by, to, content, names, at }
}
