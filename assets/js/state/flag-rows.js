// @ts-check
/**
 * The rows of flags (flags.js): how they join the state in any order, and how the words of a message that is deleted
 * for me or has expired leave it. Pure.
 */
import { isExpired, storable } from "./flags.js"
import { newer, withMessages } from "./model.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */
/** @typedef {import("./model.js").Summary} Summary */
/** @typedef {import("./flags.js").Flags} Flags */

/** @param {State} state @param {any[]} rows as they stand on the wire @returns {State} */
export function withFlags(state, rows) {
  const before = state.flags
  let { flags } = state
  /** @type {Set<number>} */
  const chats = new Set()
  for (const { chat_id, message_id, starred_at = null, hidden_at = null, changed } of rows) {
    const old = flags[chat_id]?.[message_id]
    const now = newer(old, { starred_at, hidden_at, changed })
    if (now === old) continue
    if (flags === before) flags = { ...flags }
    if (flags[chat_id] === before[chat_id]) flags[chat_id] = { ...before[chat_id] }
    flags[chat_id][message_id] = now
    if (now.hidden_at) chats.add(chat_id)
  }
  return flags === before ? state : [...chats].reduce(withoutWords, { ...state, flags })
}

/**
 * Without the words of messages that are deleted for me or have expired.
 * @param {State} state @param {number} chat @returns {State}
 */
export function withoutWords(state, chat) {
  const [log, summary] = [state.logs[chat], state.summaries[chat]]
  const rows = log?.rows.map((row) => storable(state, row))
  const isChanged = rows?.some((row, i) => row !== log.rows[i])
  return {
    ...state,
    logs: rows && isChanged ? { ...state.logs, [chat]: { ...log, rows } } : state.logs,
    summaries: summary ? { ...state.summaries, [chat]: shownSummary(state, summary) } : state.summaries,
  }
}

/**
 * Without what is deleted for me or has expired.
 * @param {State} state @param {Summary} summary @returns {Summary} itself if nothing in it is
 */
export function shownSummary(state, summary) {
  const { last_message, last_reaction, ...others } = summary
  const isGone = (/** @type {Message | null | undefined} */ message) =>
    Boolean(message && (isExpired(state, message) || state.flags[message.chat_id]?.[message.id]?.hidden_at))
  if (!isGone(last_message) && !isGone(last_reaction?.message)) return summary
  const reaction = last_reaction && !isGone(last_reaction.message) ? { last_reaction } : {}
  return { last_message: isGone(last_message) ? null : last_message, ...others, ...reaction }
}

/**
 * A page of the list of starred messages. The list says no revisions, so any row of the flags is later than it.
 * @param {State} state @param {{ messages: any[] }} page @returns {State}
 */
export function starredLoaded(state, { messages }) {
  const unknown = messages.filter(({ chat_id, id }) => !state.flags[chat_id]?.[id])
  const rows = unknown.map(({ chat_id, id: message_id, created_at: starred_at }) =>
    ({ chat_id, message_id, starred_at, changed: 0 }))
  return withMessages(withFlags(state, rows), messages)
}

/**
 * The flags to keep when the page may have missed later ones. A message that is deleted for me stays deleted. The stars
 * of the open chat get revision 0, so that its next page replaces them. The other stars go.
 * @param {State} state @param {number | undefined} open the chat @returns {State["flags"]}
 */
export function staleFlags({ flags }, open) {
  /** @param {Record<number, Flags>} rows @param {boolean} isOpen */
  const left = (rows, isOpen) => Object.fromEntries(Object.entries(rows).flatMap(([id, row]) =>
    row.hidden_at ? [[id, row]] : isOpen ? [[id, { ...row, changed: 0 }]] : []))
  return Object.fromEntries(Object.entries(flags).map(([chat, rows]) => [chat, left(rows, Number(chat) === open)]))
}

/** Without those that are stale. @param {State} state @param {number} chat @returns {State} */
export function withoutStaleFlags(state, chat) {
  const left = Object.entries(state.flags[chat] ?? {}).filter(([, { changed }]) => changed > 0)
  return { ...state, flags: { ...state.flags, [chat]: Object.fromEntries(left) } }
}
