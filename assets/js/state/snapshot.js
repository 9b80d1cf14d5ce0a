// @ts-check
/**
 * The parts of the state that are stored for the next visit, in pieces that change independently, and how they are
 * restored. Presence, typing and what is open are not stored. Pure; net/local-store.js stores the pieces.
 */
import { loadedFrom, myMark, unreadOf } from "./model.js"
import { chatItems } from "./chat-items.js"
import { waitingHides, wordless } from "./flags.js"
import { unreadMentions } from "./mentions.js"
import { lastMessage } from "./messages.js"
import { messageById } from "./quotes.js"
import { lastReaction } from "./reactions.js"
import { isUnsent } from "./scheduled.js"

/** Raise this when a shape in model.js changes: pieces of another shape are not restored. */
export const SHAPE = 11
/** Of so many chats, so many messages are stored: about what people read again, a few megabytes at most. */
const CHATS_MAX = 50
const ROWS_MAX = 200

/** @typedef {import("./model.js").State} State */
/**
 * @typedef {{ parts: unknown[], make: () => object }} Piece  parts = what it is made of: the same parts, the same piece
 */

/** Whether the state can be stored: it is complete, and no reset is under way. @param {State} state */
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
  const { scheduled } = state
  const unsent = () => Object.fromEntries(Object.entries(scheduled).filter(([, row]) => isUnsent(row)))
  pieces.set("scheduled", { parts: [scheduled], make: unsent })
  pieces.set("clock", { parts: [state.lead, state.expiry], make: () => ({ lead: state.lead, expiry: state.expiry }) })
  const recent = new Set(chatItems(state).slice(0, CHATS_MAX).map((item) => item.id))
  for (const id of Object.keys(state.chats).map(Number)) {
    const withRows = recent.has(id) || id === state.open?.chat_id
    const parts = [
      state.chats[id], state.members[id], state.memberships[id], state.marks[id], state.lasts[id], state.summaries[id],
      state.preferences[id], state.logs[id], state.reactions[id], state.flags[id], state.pins[id],
      waitingHides(state, id).join(), state.shownMentions[id], withRows,
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
    shownMentions: state.shownMentions[id] ?? null,
    preferences: state.preferences[id] ?? null,
    log,
    reactions: partWith(log, state.reactions[id]),
    pins: state.pins[id] ?? null,
    flags: { ...hiddenIn(state.flags[id]), ...partWith(log, state.flags[id]) },
  }
}

/**
 * The reactions to the messages that are stored, or their flags. Of an expired message, nothing is.
 * @template T
 * @param {import("./model.js").Log | null} log @param {Record<number, T> | undefined} all
 */
function partWith(log, all = {}) {
  return Object.fromEntries((log?.rows ?? []).flatMap(({ id, expired }) => all[id] && !expired ? [[id, all[id]]] : []))
}

/**
 * What is deleted for me is stored also of messages that are not: an edit must not bring their words back.
 * @param {Record<number, import("./flags.js").Flags> | undefined} flags
 */
function hiddenIn(flags = {}) {
  return Object.fromEntries(Object.entries(flags).filter(([, { hidden_at }]) => hidden_at))
}

/**
 * The reaction of the preview may be to a message that is not stored.
 * @param {State} state @param {number} id
 */
function lastReactionOf(state, id) {
  const last = lastReaction({ ...state, reacting: [] }, id)
  if (!last) return undefined
  return { ...last, message: messageById(state, id, last.message_id) ?? last.message }
}

/**
 * Rows that are not stored can no longer be counted, so their number is stored, and which of them mention me.
 * @param {State} state @param {number} id @param {import("./model.js").Log | null} log
 * @returns {import("./model.js").Summary}
 */
function summaryOf(state, id, log) {
  const last_message = lastMessage(state, id)
  const last_reaction = lastReactionOf(state, id)
  const old = state.summaries[id]
  const count = (/** @type {import("./model.js").Message[]} */ rows) =>
    rows.filter((row) => row.seq > (old?.read_seq ?? 0)).length
  const isCounted = old && count(state.logs[id]?.rows ?? []) === count(log?.rows ?? [])
  if (isCounted) return { ...old, last_message, last_reaction }
  const { read_seq } = myMark(state, id)
  const unread_mentions = unreadMentions(state, id)
  const last_seq = state.lasts[id] ?? 0
  return { last_message, last_reaction, unread: unreadOf(state, id), unread_mentions, last_seq, read_seq }
}

/**
 * The end of a log. A log from before a reset is not stored, because it may have gaps. The words of a message leave the
 * disk as soon as the person asks to delete it; any row of the server is later than what is left.
 * @param {State} state @param {number} id @returns {import("./model.js").Log | null}
 */
function shortLog(state, id) {
  const log = state.logs[id]
  if (!log || log.stale) return null
  const hides = waitingHides(state, id)
  const left = (/** @type {import("./model.js").Message} */ row) =>
    hides.includes(row.id) ? { ...wordless(row), changed: 0 } : row
  const rows = log.rows.slice(-ROWS_MAX).map(left)
  const start = loadedFrom(state, id)
  const from = start === null ? null : log.rows.length > ROWS_MAX ? Math.max(start, rows[0].seq) : start
  return { rows, from, stale: false }
}

/**
 * The state of the last visit, unless the server has already sent its own. Pieces that do not fit together are not
 * restored.
 * @param {State} state
 * @param {any} event `me`, `revision`, `epoch` and the `pieces`
 * @returns {State}
 */
export function restored(state, { me, revision, epoch, pieces }) {
  if (state.loaded || state.revision !== null || !Number.isSafeInteger(revision) || revision < 0) return state
  try {
    const heard = Math.max(state.heard, revision)
    return { ...state, ...rebuilt(me, pieces), me, revision, epoch, heard, base: revision, loaded: true }
  } catch {
    return state
  }
}

/** @param {number} me @param {Map<string, any>} pieces */
function rebuilt(me, pieces) {
  const { users, seen, privacy, sighted } = pieces.get("users")
  const { lead, expiry } = pieces.get("clock")
  demand(Number.isSafeInteger(lead) && Number.isSafeInteger(expiry))
  demand(typeof privacy.shows_last_seen === "boolean" && Number.isSafeInteger(privacy.changed))
  demand(Boolean(users[me]) && Object.values(users).every((user) => typeof user.username === "string"))
  /**
   * @type {Pick<State, "chats" | "members" | "memberships" | "marks" | "lasts" | "summaries" | "shownMentions"
   *   | "preferences" | "logs" | "reactions" | "flags" | "pins">}
   */
  const parts = {
    chats: {}, members: {}, memberships: {}, marks: {}, lasts: {}, summaries: {}, shownMentions: {}, preferences: {},
    logs: {}, reactions: {}, flags: {}, pins: {},
  }
  for (const [key, piece] of pieces) {
    if (!key.startsWith("chat:")) continue
    const { chat, members, membership, marks, last, summary, shownMentions, preferences, log } = piece
    const { id } = chat
    demand(key === `chat:${id}` && Array.isArray(chat.user_ids ?? membership?.stays) && Number.isSafeInteger(last))
    if (members) parts.members[id] = members
    if (membership) parts.memberships[id] = membership
    parts.chats[id] = chat
    parts.marks[id] = marks
    parts.lasts[id] = last
    parts.summaries[id] = summary
    if (shownMentions) parts.shownMentions[id] = shownMentions
    if (preferences) parts.preferences[id] = preferences
    parts.reactions[id] = piece.reactions
    if (piece.pins) parts.pins[id] = piece.pins
    if (Object.keys(piece.flags).length > 0) parts.flags[id] = piece.flags
    if (!log) continue
    let before = 0
    for (const { chat_id, seq } of log.rows) {
      demand(chat_id === id && seq > before && seq <= last)
      before = seq
    }
    parts.logs[id] = log
  }
  const scheduled = pieces.get("scheduled")
  demand(Object.entries(scheduled).every(([id, row]) => row.id === Number(id) && Number.isSafeInteger(row.changed)))
  return { users, seen, privacy, sighted, lead, expiry, scheduled, ...parts }
}

/** @param {boolean} sound */
function demand(sound) {
  if (!sound) throw new TypeError("the stored pieces do not fit together")
}
