// @ts-check
/**
 * Messages that expire. The server removes their words in time and publishes no row for it. So each device removes
 * them by itself, also without a connection. What is left keeps the place in the log and is never shown (flags.js).
 * Times are those of the server: a device knows by how much its own clock differs (`lead`). Pure.
 */
import { withoutWords } from "./flag-rows.js"
import { withoutItems } from "./queue.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */
/** @typedef {import("./model.js").Summary} Summary */

/** The way from the server takes about as long. */
const LEAD_MS_MIN = 200
/** A clock that is further ahead was set wrong; less is the usual difference of two clocks. */
const AHEAD_MS_MAX = 60_000

/** By the rows of a chat, and by all summaries: when the next of them expires. @type {WeakMap<object, number>} */
const ends = new WeakMap()

/** When the next message expires, in the time of the server; Infinity if none does. @param {State} state */
export function nextExpiry({ logs, summaries }) {
  const listed = endOf(summaries, () => Object.values(summaries).flatMap(messagesIn))
  return Object.values(logs).reduce((end, { rows }) => Math.min(end, endOf(rows, () => rows)), listed)
}

/** @param {object} key @param {() => Message[]} messages */
function endOf(key, messages) {
  let end = ends.get(key)
  if (end === undefined) {
    end = Infinity
    for (const { expires_at, expired } of messages()) if (expires_at && expires_at < end && !expired) end = expires_at
    ends.set(key, end)
  }
  return end
}

/** @param {Summary} summary @returns {Message[]} */
function messagesIn({ last_message, last_reaction }) {
  return [last_message, last_reaction?.message].flatMap((message) => message ?? [])
}

/**
 * Removes what has expired.
 * @param {State} state @param {{ at: number }} event the time of this device @returns {State}
 */
export function expired(state, { at }) {
  return withExpired(state, at + state.lead)
}

/**
 * @param {State} state @param {number} to a time of the server
 * @returns {State} `state` itself if nothing expires
 */
export function withExpired(state, to) {
  if (!(nextExpiry(state) <= to)) return state
  /** @type {(messages: Message[]) => Message[]} */
  const due = (messages) => messages.filter((it) => !it.expired && (it.expires_at ?? Infinity) <= to)
  const chats = new Set()
  const ids = new Set()
  for (const [chat, { rows }] of Object.entries(state.logs)) {
    if (endOf(rows, () => rows) > to) continue
    chats.add(Number(chat))
    for (const { id } of due(rows)) ids.add(id)
  }
  for (const [chat, summary] of Object.entries(state.summaries)) {
    if (due(messagesIn(summary)).length > 0) chats.add(Number(chat))
  }
  const next = [...chats].reduce(withoutWords, { ...state, expiry: Math.max(state.expiry, to) })
  // What waits to be done with them can no longer be done.
  const lost = state.queue.filter(({ kind, body }) => kind !== "message" && ids.has(body.message_id))
  return withoutItems(next, lost.map(({ key }) => key))
}

/**
 * The server tells its time. If the clock of this device was far ahead, messages went too early: their chats are loaded
 * again.
 * @param {State} state @param {{ now?: number, at?: number }} frame
 *   now = the time of the server when it wrote the frame, at = the time of this device when it came
 * @returns {State}
 */
export function withNow(state, { now, at }) {
  if (!now || !at) return state
  const lead = now - at
  const next = Math.abs(lead - state.lead) < LEAD_MS_MIN ? state : { ...state, lead }
  return now < state.expiry - AHEAD_MS_MAX ? withoutEarly(next, now) : withExpired(next, now)
}

/** @param {State} state @param {number} now @returns {State} */
function withoutEarly(state, now) {
  const [logs, summaries] = [{ ...state.logs }, { ...state.summaries }]
  for (const [key, log] of Object.entries(logs)) {
    const chat = Number(key)
    const rows = log.rows.filter(({ expired, expires_at = 0 }) => !expired || expires_at <= now)
    if (rows.length === log.rows.length) continue
    if (state.open?.chat_id === chat) logs[chat] = { ...log, rows, stale: true }
    else delete logs[chat]
    if (summaries[chat]) summaries[chat] = { ...summaries[chat], last_message: null }
  }
  return { ...state, expiry: now, logs, summaries }
}
