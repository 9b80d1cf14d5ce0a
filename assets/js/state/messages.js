// @ts-check
/** The ends of a chat: its last message, and my messages that wait to be sent after it. */
import { asChanged } from "./changes.js"
import { isHidden } from "./flags.js"
import { EMPTY_LOG } from "./model.js"
import { peerOf } from "./peers.js"
import { firstSeq, nextSeq, seqsOf } from "./stays.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */
/** @typedef {import("./queue.js").Item} Item */

/** As it is shown. @param {State} state @param {number} chat @returns {Message | null} */
export function lastMessage(state, chat) {
  const row = lastRow(state, chat)
  const listed = state.summaries[chat]?.last_message
  const loaded = listed && !isHidden(state, listed) ? listed : null
  const last = row && (!loaded || row.seq >= loaded.seq) ? row : loaded
  return last && last.seq >= firstSeq(state, chat) ? asChanged(state, last) : null
}

/**
 * The last row that is not deleted for me and has not expired, if no row between it and the end is missing.
 * @param {State} state @param {number} chat @returns {Message | undefined}
 */
function lastRow(state, chat) {
  const { rows } = state.logs[chat] ?? EMPTY_LOG
  let at = rows.length - 1
  if (at < 0 || !isHidden(state, rows[at])) return rows[at]
  const seqs = seqsOf(state, chat)
  while (at >= 0 && isHidden(state, rows[at])) {
    if (at > 0 && nextSeq(seqs, rows[at - 1].seq) < rows[at].seq) return undefined
    at -= 1
  }
  return rows[at]
}

/**
 * The messages that wait to be sent to a chat, or to a person without one, in order.
 * @param {State} state @param {number} [chat] @param {number} [peer] @returns {Item[]}
 */
export function pendingIn(state, chat, peer) {
  return state.pending.filter(({ body }) => (body.chat_id ? body.chat_id === chat : body.recipient_id === peer))
}

/** The messages that wait to be sent to what is open. @param {State} state @returns {Item[]} */
export function pendingHere(state) {
  if (!state.open) return []
  const { chat_id, user_id } = state.open
  const chat = state.chats[chat_id ?? 0]
  return pendingIn(state, chat_id || undefined, chat ? peerOf(state, chat) : user_id)
}
