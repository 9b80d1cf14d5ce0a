// @ts-check
/**
 * How I keep each chat: pinned, archived, muted, marked as unread, deleted for me. The server's row is the truth;
 * a wish lies over it from the moment something is chosen until the server has answered, and leaves no trace if it refuses.
 * Nothing here sends, and nothing asks for the time: `clock` says until when muting has been looked at.
 */
import { newer, withLasts } from "./model.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Preferences} Preferences */
/** @typedef {import("./model.js").Wish} Wish */

/** What the server takes for "until I say otherwise". */
export const ALWAYS = 253_402_300_799_000

/** @type {Preferences} */
const UNSET = { chat_id: 0, pinned_at: null, archived: false, muted_until: null, marked_unread: false, draft: "", cleared_seq: 0, cleared_id: 0, changed: 0 }

/**
 * The later of two rows wins; messages that a row has deleted for me leave the log.
 * @param {State} state
 * @param {any[]} rows as they stand on the wire
 * @returns {State}
 */
export function withPreferences(state, rows) {
  let { preferences, logs } = state
  /** @type {[number, number][]} */
  const cleared = []
  for (const { type: _type, ...row } of rows) {
    const latest = newer(preferences[row.chat_id], row)
    if (latest === preferences[row.chat_id]) continue
    if (preferences === state.preferences) preferences = { ...preferences }
    preferences[row.chat_id] = latest
    // Zero says nothing of the chat; anything else is a seq that exists in it.
    if (row.cleared_seq > 0) cleared.push([row.chat_id, row.cleared_seq])
  }
  if (preferences === state.preferences) return state
  for (const [chat, seq] of cleared) {
    const left = logs[chat]?.rows.filter((row) => row.seq > seq)
    if (!left || left.length === logs[chat].rows.length) continue
    if (logs === state.logs) logs = { ...logs }
    const { from, stale } = logs[chat]
    // As if those messages had never come: an order of events must not leave an empty log that another would not.
    if (left.length === 0 && from === null && !stale) delete logs[chat]
    else logs[chat] = { rows: left, from, stale }
  }
  return withLasts({ ...state, preferences, logs }, cleared)
}

/** Lays a wish over the server's row. @param {State} state @param {any} event @returns {State} */
export function wished(state, { id, chat_id, change, at }) {
  const wishes = [...state.wishes, { id, chat_id, change, at }]
  if (!change.cleared) return { ...state, wishes }
  // What was refused is of no use in a chat that is gone; what still waits is sent and brings the chat back.
  const pending = state.pending.filter((item) => item.status !== "failed" || item.chat_id !== chat_id)
  return { ...state, wishes, pending }
}

/**
 * The server has answered wishes, with the row as it now is or with a refusal. The row does not count as heard:
 * what changed before it may still be on its way over the socket.
 * @param {State} state @param {any} event @returns {State}
 */
export function wishAnswered(state, { ids, row }) {
  const next = row ? withPreferences(state, [row]) : state
  const wishes = next.wishes.filter((wish) => !ids.includes(wish.id))
  return wishes.length === next.wishes.length ? next : { ...next, wishes }
}

/** Time goes by; only an end of silence is a change. @param {State} state @param {any} event @returns {State} */
export function clockTicked(state, { at }) {
  const ended = Object.values(state.preferences).some(({ muted_until }) => muted_until && muted_until > state.clock && muted_until <= at)
  return ended || state.clock === 0 ? { ...state, clock: at } : state
}

/** How I keep a chat, wishes included. @param {State} state @param {number} chat @returns {Preferences & { cleared?: boolean }} */
export function preferencesOf(state, chat) {
  const row = state.preferences[chat] ?? UNSET
  if (state.wishes.length === 0) return row
  return state.wishes.filter((wish) => wish.chat_id === chat).reduce(applied, row)
}

/** @param {Preferences} row @param {Wish} wish @returns {Preferences & { cleared?: boolean }} */
function applied(row, { change: { pinned, ...change }, at }) {
  const pinned_at = pinned === undefined ? row.pinned_at : pinned ? (row.pinned_at ?? at) : null
  return { ...row, ...change, pinned_at }
}

/** Whether a chat is to make no noise and does not count outside the list. @param {State} state @param {number} chat */
export function isQuiet(state, chat) {
  return isMuted(state, chat) || preferencesOf(state, chat).archived
}

/** @param {State} state @param {number} chat */
export function isMuted(state, chat) {
  return (preferencesOf(state, chat).muted_until ?? 0) > state.clock
}
