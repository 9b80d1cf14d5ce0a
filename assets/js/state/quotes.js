// @ts-check
/**
 * What an answer quotes. The quoted message may be anywhere in its chat, loaded or not. One that was loaded only for
 * its quote is among the rows of the log, outside of the shown range.
 */
import { asChanged } from "./changes.js"
import { isExpired, isHidden } from "./flags.js"
import { namesIn } from "./mentions.js"
import { labelOf } from "./names.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */
/**
 * @typedef {{ id: number, name: string, username: string, own: boolean, content: string,
 *   names: import("../lib/mentions.js").Names | null,
 *   status: "here" | "deleted" | "hidden" | "unknown" | "absent" }} Quote
 *   hidden = deleted for me, unknown = not loaded yet, absent = it has expired or cannot be loaded
 */

/**
 * As it is shown; null if it is not.
 * @param {State} state @param {number} chat @param {number} id @returns {Message | null}
 */
export function messageById(state, chat, id) {
  const row = rowById(state, chat, id)
  return row && !isHidden(state, row) ? asChanged(state, row) : null
}

/** Whether a message is known to be deleted or expired. @param {State} state @param {number} chat @param {number} id */
export function isGone(state, chat, id) {
  const row = rowById(state, chat, id)
  return Boolean(row && (isExpired(state, row) || asChanged(state, row).deleted_at))
}

/** @param {State} state @param {number} chat @param {number} id @returns {Message | undefined} */
function rowById(state, chat, id) {
  const rows = state.logs[chat]?.rows ?? []
  let [low, high] = [0, rows.length]
  // Rows are in order of seq, and ids rise with seq.
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[middle].id < id) low = middle + 1
    else high = middle
  }
  return rows[low]?.id === id ? rows[low] : undefined
}

/** @param {State} state @param {number} chat @param {number | undefined} id @returns {Quote | null} */
export function quoteOf(state, chat, id) {
  if (!id) return null
  const row = rowById(state, chat, id)
  const expired = row && isExpired(state, row)
  const hidden = isHidden(state, { chat_id: chat, id })
  if (!row || expired) {
    const status = expired ? "absent" : hidden ? "hidden" : state.absent[id] ? "absent" : "unknown"
    return { id, name: "", username: "", own: false, content: "", names: null, status }
  }
  const message = asChanged(state, row)
  const { sender_id, content, deleted_at } = message
  const name = labelOf(state, sender_id)
  const { username = "" } = state.users[sender_id] ?? {}
  const own = sender_id === state.me
  const who = { id, name, username, own }
  if (hidden) return { ...who, content: "", names: null, status: "hidden" }
  return { ...who, content, names: namesIn(state, message), status: deleted_at ? "deleted" : "here" }
}
