// @ts-check
/**
 * Edits and deletions of messages. Those of mine that the server has not confirmed yet are shown over the rows, and
 * leave no trace if the server refuses them. The rules say what a menu offers; the server decides.
 */
import { isHidden } from "./flags.js"
import { mentionsIn } from "./mentions.js"
import { roleIn } from "./members.js"
import { isShared } from "./peers.js"
import { destination } from "./targets.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */
/** @typedef {import("./queue.js").Item} Item */

/**
 * The last row that a change was shown over, so that the same change of the same row is the same object.
 * @type {WeakMap<Item, { row: Message, shown: Message }>}
 */
const known = new WeakMap()

/** The change of a message that waits, if there is one. @param {State} state @param {Message | null} message */
export function changeOf({ changes }, message) {
  if (changes.length === 0 || !message) return undefined
  return changes.findLast(({ body }) => body.chat_id === message.chat_id && body.message_id === message.id)
}

/** A message with my change of it that waits. @param {State} state @param {Message} message @returns {Message} */
export function asChanged(state, message) {
  const change = changeOf(state, message)
  if (!change || message.deleted_at) return message
  const before = known.get(change)
  if (before?.row === message) return before.shown
  const shown = change.kind === "deletion" ? deleted(message, change) : edited(state, message, change)
  known.set(change, { row: message, shown })
  return shown
}

/** As the server leaves it. @param {Message} message @param {Item} change @returns {Message} */
function deleted(message, change) {
  const { reply_to: _to, mentions: _who, mentions_all: _all, edited_at: _at, forwarded: _times, ...rest } = message
  return { ...rest, content: "", deleted_at: change.at }
}

/** @param {State} state @param {Message} message @param {Item} change @returns {Message} */
function edited(state, message, { at, body: { content } }) {
  return { ...message, content, edited_at: at, ...mentionsIn(state, message.chat_id, content) }
}

/**
 * Whether I may edit a message now.
 * @param {State} state @param {Message | null} message @param {number} now
 */
export function mayEdit(state, message, now) {
  if (!message || message.event || message.deleted_at || message.sender_id !== state.me) return false
  return destination(state) !== null && isYoung(state, message, now, state.edit_ms_max)
}

/**
 * Whether I may delete a message for everyone now.
 * @param {State} state @param {Message | null} message @param {number} now
 */
export function mayDelete(state, message, now) {
  if (!message || message.event || message.deleted_at) return false
  const role = roleIn(state, message.chat_id)
  if (role === "admin") return true
  const isMine = message.sender_id === state.me
  return isMine && role !== "former" && isYoung(state, message, now, state.delete_ms_max)
}

/**
 * The last message of the open chat that I may edit, for ↑ in an empty composer.
 * @param {State} state @param {number} now @returns {Message | null}
 */
export function lastEditable(state, now) {
  const rows = state.logs[state.open?.chat_id ?? 0]?.rows ?? []
  const isLeft = (/** @type {Message} */ row) => !isHidden(state, row) && !asChanged(state, row).deleted_at
  const mine = rows.findLast((row) => row.sender_id === state.me && !row.event && isLeft(row))
  return mine && mayEdit(state, mine, now) ? asChanged(state, mine) : null
}

/**
 * Notes to self can be changed at any time, because nobody else has read them.
 * @param {State} state @param {Message} message @param {number} now @param {number} ms_max
 */
function isYoung(state, { chat_id, created_at }, now, ms_max) {
  return !isShared(state, chat_id) || (ms_max > 0 && now - created_at <= ms_max)
}
