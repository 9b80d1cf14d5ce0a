// @ts-check
/**
 * What an answer quotes. The quoted message may be anywhere in its chat, loaded or not. One that was loaded only for
 * its quote is among the rows of the log, outside of the shown range.
 */
import { asChanged } from "./changes.js"
import { namesIn } from "./mentions.js"
import { labelOf } from "./names.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */
/**
 * @typedef {{ id: number, name: string, username: string, own: boolean, content: string,
 *   names: import("../lib/mentions.js").Names | null,
 *   status: "here" | "deleted" | "unknown" | "absent" }} Quote  unknown = not loaded yet, absent = cannot be loaded
 */

/** As it is shown. @param {State} state @param {number} chat @param {number} id @returns {Message | null} */
export function messageById(state, chat, id) {
  const rows = state.logs[chat]?.rows ?? []
  let [low, high] = [0, rows.length]
  // Rows are in order of seq, and ids rise with seq.
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[middle].id < id) low = middle + 1
    else high = middle
  }
  return rows[low]?.id === id ? asChanged(state, rows[low]) : null
}

/** @param {State} state @param {number} chat @param {number | undefined} id @returns {Quote | null} */
export function quoteOf(state, chat, id) {
  if (!id) return null
  const message = messageById(state, chat, id)
  if (!message) {
    const status = state.absent[id] ? "absent" : "unknown"
    return { id, name: "", username: "", own: false, content: "", names: null, status }
  }
  const { sender_id, content, deleted_at } = message
  const name = labelOf(state, sender_id)
  const { username = "" } = state.users[sender_id] ?? {}
  const own = sender_id === state.me
  const names = namesIn(state, message)
  return { id, name, username, own, content, names, status: deleted_at ? "deleted" : "here" }
}
