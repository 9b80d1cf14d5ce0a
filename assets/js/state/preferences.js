// @ts-check
/**
 * My preferences for each chat: pinned, archived, muted, marked as unread, deleted for me. The server's row is the
 * truth. An unsaved change is shown over it until the server has answered, and leaves no trace if the server refuses
 * it. Nothing here sends, and nothing asks for the time: `clock` says up to when the ends of muting were noticed.
 */
import { draftOf } from "./draft.js"
import { missedSince } from "./members.js"
import { newer, withLasts } from "./model.js"
import { hasPinEnded } from "./pins.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Preferences} Preferences */

/** The time that stands for "always". */
export const ALWAYS = 253_402_300_799_000

/** @type {Preferences} */
const UNSET = {
  chat_id: 0, pinned_at: null, archived: false, muted_until: null, marked_unread: false, draft: "", cleared_seq: 0,
  cleared_id: 0, changed: 0,
}

/**
 * The later of two rows wins; messages that a row has deleted for me leave the log.
 * @param {State} state
 * @param {any[]} rows as they stand on the wire
 * @returns {State}
 */
export function withPreferences(state, rows) {
  const before = state.preferences
  let { preferences, logs } = state
  /** @type {[number, number][]} */
  const cleared = []
  for (const { type: _type, ...row } of rows) {
    const latest = newer(preferences[row.chat_id], row)
    if (latest === preferences[row.chat_id]) continue
    if (preferences === before) preferences = { ...preferences }
    preferences[row.chat_id] = latest
    // Zero means not cleared; anything else is a seq that exists in the chat.
    if (row.cleared_seq > 0) cleared.push([row.chat_id, row.cleared_seq])
    // Among the deleted messages may be a line about members that this device was not sent.
    state = missedSince(state, row.chat_id, row.cleared_id)
  }
  if (preferences === before) return state
  for (const [chat, seq] of cleared) {
    const left = logs[chat]?.rows.filter((row) => row.seq > seq)
    if (!left || left.length === logs[chat].rows.length) continue
    if (logs === state.logs) logs = { ...logs }
    const { from, stale } = logs[chat]
    // As if those messages had never come, so that any order of events leads to the same state.
    if (left.length === 0 && from === null && !stale) delete logs[chat]
    else logs[chat] = { rows: left, from, stale }
  }
  return withLasts({ ...state, preferences, logs }, cleared)
}

/** Only the end of a muting or of a pin is a change. @param {State} state @param {any} event @returns {State} */
export function clockTicked(state, { at }) {
  const hasEnded = (/** @type {Preferences} */ { muted_until }) =>
    Boolean(muted_until && muted_until > state.clock && muted_until <= at)
  const ended = Object.values(state.preferences).some(hasEnded)
  return ended || state.clock === 0 || hasPinEnded(state, at) ? { ...state, clock: at } : state
}

/**
 * My preferences for a chat, unsaved changes included.
 * @param {State} state @param {number} chat @returns {Preferences & { cleared?: boolean }}
 */
export function preferencesOf(state, chat) {
  const row = state.preferences[chat] ?? UNSET
  if (state.unsaved.length === 0) return row
  return state.unsaved.filter(({ body }) => body.chat_id === chat).reduce(changedBy, row)
}

/** @param {Preferences} row @param {import("./queue.js").Item} item @returns {Preferences & { cleared?: boolean }} */
function changedBy(row, { body: { change: { pinned, ...change } }, at }) {
  const pinned_at = pinned === undefined ? row.pinned_at : pinned ? (row.pinned_at ?? at) : null
  return { ...row, ...change, pinned_at }
}

/**
 * The draft of a chat that the server has not confirmed yet; null if there is none.
 * @param {State} state @param {number} chat @returns {import("./draft.js").Draft | null}
 */
export function unsavedDraft(state, chat) {
  const isAbout = (/** @type {any} */ { chat_id, change }) => chat_id === chat && ("draft" in change || change.cleared)
  const last = state.unsaved.findLast(({ body }) => isAbout(body))
  return last ? draftOf(last.body.change) : null
}

/**
 * Whether a chat gives no notifications and does not count outside the list.
 * @param {State} state @param {number} chat
 */
export function isQuiet(state, chat) {
  return isMuted(state, chat) || preferencesOf(state, chat).archived
}

/** @param {State} state @param {number} chat */
export function isMuted(state, chat) {
  return (preferencesOf(state, chat).muted_until ?? 0) > state.clock
}
