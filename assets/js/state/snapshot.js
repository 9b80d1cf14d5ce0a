// @ts-check
/**
 * What of the state is worth keeping for the next visit, cut into pieces that change apart from each other, and how it
 * comes back. Presence, typing and what is open are not kept. Pure; where the pieces lie is not its business.
 */
import { countedTo, loadedFrom, myMark, unreadOf } from "./model.js"
import { chatItems } from "./chat-items.js"
import { lastMessage } from "./messages.js"

/** To be raised whenever a shape in model.js changes so that older pieces no longer fit: they are then forgotten. */
export const SHAPE = 5
/** Chats whose messages are kept, and how many of each: about what one reads again, a few megabytes at most. */
const CHATS_MAX = 50
const ROWS_MAX = 200

/** @typedef {import("./model.js").State} State */
/** @typedef {{ parts: unknown[], make: () => object }} Piece  parts = what it is made of: the same parts, the same piece */

/** Whether the state is one to come back to: complete, and no reset is half-way. @param {State} state */
export function isKeepable(state) {
  return state.me > 0 && state.revision !== null && state.loaded && state.resetting === null
}

/** @param {State} state @returns {Map<string, Piece>} */
export function piecesOf(state) {
  const pieces = new Map()
  pieces.set("users", {
    parts: [state.users, state.privacy, state.sighted],
    make: () => ({ users: state.users, seen: state.seen, privacy: state.privacy, sighted: state.sighted }),
  })
  const recent = new Set(chatItems(state).slice(0, CHATS_MAX).map((item) => item.id))
  for (const id of Object.keys(state.chats).map(Number)) {
    const withRows = recent.has(id) || id === state.open?.chat_id
    const parts = [
      state.chats[id], state.members[id], state.memberships[id], state.marks[id], state.lasts[id], state.summaries[id],
      state.preferences[id], state.logs[id], withRows,
    ]
    pieces.set(`chat:${id}`, { parts, make: () => chatPiece(state, id, withRows) })
  }
  return pieces
}

/** @param {State} state @param {number} id @param {boolean} withRows */
function chatPiece(state, id, withRows) {
  const log = withRows ? shortLog(state, id) : null
  return {
    chat: state.chats[id],
    members: state.members[id] ?? null,
    membership: state.memberships[id] ?? null,
    marks: state.marks[id] ?? {},
    last: state.lasts[id] ?? 0,
    summary: summaryOf(state, id, log),
    preferences: state.preferences[id] ?? null,
    log,
  }
}

/** Rows that are not kept can no longer be counted: then their number is. @param {State} state @param {number} id @param {import("./model.js").Log | null} log @returns {import("./model.js").Summary} */
function summaryOf(state, id, log) {
  const last_message = lastMessage(state, id)
  const counted = countedTo(state, id)
  const count = (/** @type {import("./model.js").Message[]} */ rows) => rows.filter((row) => row.seq > counted).length
  const old = state.summaries[id]
  if (old && count(state.logs[id]?.rows ?? []) === count(log?.rows ?? [])) return { ...old, last_message }
  return { last_message, unread: unreadOf(state, id), last_seq: state.lasts[id] ?? 0, read_seq: myMark(state, id).read_seq }
}

/** The end of a log. One from before a reset may have holes that nobody would notice. @param {State} state @param {number} id @returns {import("./model.js").Log | null} */
function shortLog(state, id) {
  const log = state.logs[id]
  if (!log || log.stale) return null
  const rows = log.rows.slice(-ROWS_MAX)
  const start = loadedFrom(state, id)
  const from = start === null ? null : log.rows.length > ROWS_MAX ? Math.max(start, rows[0].seq) : start
  return { rows, from, stale: false }
}

/**
 * The state as it was left, for as long as the server has said nothing else. Pieces that do not fit together
 * change nothing: it is then as if nothing had been kept.
 * @param {State} state
 * @param {any} event `me`, `revision`, `epoch` and the `pieces`
 * @returns {State}
 */
export function restored(state, { me, revision, epoch, pieces }) {
  if (state.loaded || state.revision !== null || !Number.isSafeInteger(revision) || revision < 0) return state
  try {
    return { ...state, ...rebuilt(me, pieces), me, revision, epoch, heard: Math.max(state.heard, revision), loaded: true }
  } catch {
    return state
  }
}

/** @param {number} me @param {Map<string, any>} pieces */
function rebuilt(me, pieces) {
  const { users, seen, privacy, sighted } = pieces.get("users")
  demand(typeof privacy.shows_last_seen === "boolean" && Number.isSafeInteger(privacy.changed))
  demand(Boolean(users[me]) && Object.values(users).every((user) => typeof user.username === "string"))
  /** @type {Pick<State, "chats" | "members" | "memberships" | "marks" | "lasts" | "summaries" | "preferences" | "logs">} */
  const parts = { chats: {}, members: {}, memberships: {}, marks: {}, lasts: {}, summaries: {}, preferences: {}, logs: {} }
  for (const [key, piece] of pieces) {
    if (!key.startsWith("chat:")) continue
    const { chat, members, membership, marks, last, summary, preferences, log } = piece
    const { id } = chat
    demand(key === `chat:${id}` && Array.isArray(chat.user_ids ?? membership?.stays) && Number.isSafeInteger(last))
    if (members) parts.members[id] = members
    if (membership) parts.memberships[id] = membership
    parts.chats[id] = chat
    parts.marks[id] = marks
    parts.lasts[id] = last
    parts.summaries[id] = summary
    if (preferences) parts.preferences[id] = preferences
    if (!log) continue
    demand(log.rows.every((/** @type {any} */ row, /** @type {number} */ i) => row.chat_id === id && row.seq > (log.rows[i - 1]?.seq ?? 0) && row.seq <= last))
    parts.logs[id] = log
  }
  return { users, seen, privacy, sighted, ...parts }
}

/** @param {boolean} sound */
function demand(sound) {
  if (!sound) throw new TypeError("what was kept does not fit together")
}
