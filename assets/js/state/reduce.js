// @ts-check
/**
 * `reduce(state, event)`: every change of the page's state, pure and repeatable.
 * Server frames are events as they stand (`message`, `receipt`, `chat`, `user` … in any order, any number of times);
 * events of the page itself carry a slash (`message/composed`), which no frame does.
 * It never asks for a time, never sends and never draws.
 */
import { aroundLoaded, islandGrown, withoutIsland } from "./island.js"
import { EMPTY_LOG, myMark, unreadOf, withChats, withMarks, withMessages, withSeen, withUsers, withoutSeen } from "./model.js"
import { clockTicked, wishAnswered, wished, withPreferences } from "./preferences.js"
import { OPEN, lookedAround, privacyTold, withPrivacy } from "./privacy.js"
import { restored } from "./snapshot.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {{ type: string, [key: string]: any }} Change */

/** A typing notice that is not repeated is forgotten; the other side repeats it every three seconds. */
const TYPING_MS = 5500
/** What the server allows unless its welcome says otherwise. */
const CONTENT_BYTES_MAX = 16_384

/** @type {State} */
export const initialState = {
  me: 0,
  number: null,
  epoch: null,
  heard: 0,
  live: false,
  resetting: null,
  loaded: false,
  connection: { status: "connecting", retry_at: 0 },
  content_bytes_max: CONTENT_BYTES_MAX,
  users: {},
  chats: {},
  logs: {},
  lasts: {},
  marks: {},
  summaries: {},
  online: {},
  seen: {},
  typing: {},
  paging: {},
  pending: [],
  open: null,
  preferences: {},
  privacy: OPEN,
  sighted: true,
  wishes: [],
  archive: false,
  clock: 0,
  absent: {},
  today: 0,
}

/** @type {[string, (state: State, event: any) => State][]} */
const handlers = [
  ["welcome", welcomed],
  ["sync", (state, { rows }) => applyRows(state, rows)],
  ["synced", synced],
  ["reset", resetAnnounced],
  ["user", (state, event) => heard(withUsers(state, [event]), event)],
  // The answer to a request may overtake what happened before it, so it does not count as heard.
  ["profile/answered", (state, { user }) => withUsers(state, [user])],
  ["chat", (state, event) => heard(withChats(state, [event]), event)],
  ["receipt", (state, event) => heard(withMarks(state, [event]), event)],
  ["message", (state, event) => heard(quiet(withMessages(state, [event]), event.chat_id, event.sender_id), event)],
  ["preferences", (state, event) => heard(withPreferences(state, [event]), event)],
  ["privacy", (state, event) => heard(withPrivacy(state, [event]), event)],
  ["people/seen", lookedAround],
  ["ack", acknowledged],
  ["error", refused],
  ["typing", typed],
  ["presence", presenceChanged],
  ["lists/loaded", listsLoaded],
  ["page/loaded", pageLoaded],
  ["page/around", aroundLoaded],
  ["chat/latest", withoutIsland],
  ["quote/loaded", (state, event) => withMessages(state, [event])],
  ["quote/absent", (state, { id }) => ({ ...state, absent: { ...state.absent, [id]: true } })],
  ["page/status", (state, { chat_id, status }) => ({ ...state, paging: { ...state.paging, [chat_id]: status } })],
  ["cache/restored", restored],
  ["outbox/joined", outboxJoined],
  ["message/composed", composed],
  ["message/retried", (state, { cid }) => patchPending(state, cid, { status: "pending", code: undefined, reason: undefined })],
  ["message/discarded", (state, { cid }) => ({ ...state, pending: state.pending.filter((item) => item.cid !== cid) })],
  ["preferences/wished", wished],
  ["preferences/answered", wishAnswered],
  ["archive/shown", (state, { shown }) => (state.archive === shown ? state : { ...state, archive: shown })],
  ["clock/ticked", clockTicked],
  ["chat/opened", (state, { chat_id, user_id }) => opened(state, chat_id, user_id)],
  ["chat/closed", (state) => ({ ...state, open: null })],
  ["link/changed", linkChanged],
  ["link/agreed", agreed],
  ["day/began", (state, { start }) => (state.today === start ? state : { ...state, today: start })],
  ["typing/expired", typingExpired],
  ["session/ended", (state) => ({ ...initialState, today: state.today, clock: state.clock })],
]

/** A map and not an object: a frame of the type "constructor" must find nothing. */
const HANDLERS = new Map(handlers)

/**
 * @param {State} state
 * @param {Change} event
 * @returns {State} the same object if nothing changed
 */
export function reduce(state, event) {
  const handler = HANDLERS.get(event.type)
  return handler ? handler(state, event) : state
}

/**
 * Notes a change we have applied. It does not become our number yet: what came before it may be lost.
 * @param {State} state @param {{ changed?: number }} event @returns {State}
 */
function heard(state, { changed = 0 }) {
  return changed > state.heard ? { ...state, heard: changed } : state
}

/** Caught up, and all that the server has written has come: up to what we have heard of nothing is missing. @param {State} state */
function agreed(state) {
  return state.live && state.number !== state.heard ? { ...state, number: state.heard } : state
}

/** @param {State} state @param {Change} event */
function welcomed(state, { user, limits, privacy }) {
  const content_bytes_max = limits?.content_bytes_max ?? state.content_bytes_max
  return withUsers(privacyTold({ ...state, me: user.id, content_bytes_max }, privacy), [user])
}

/** A batch is applied kind by kind: the order among rows does not matter. @param {State} state @param {Change[]} rows */
function applyRows(state, rows) {
  const of = (/** @type {string} */ type) => /** @type {any[]} */ (rows.filter((row) => row.type === type))
  let next = withChats(withUsers(withPrivacy(state, of("privacy")), of("user")), of("chat"))
  next = withMarks(withMessages(next, of("message")), of("receipt"))
  next = withPreferences(next, of("preferences"))
  return heard(next, { changed: Math.max(0, ...rows.map((row) => row.changed ?? 0)) })
}

/** @param {State} state @param {Change} event */
function synced(state, { number, epoch = null, online }) {
  return withOnline({ ...heard(state, { changed: number }), epoch, live: true, resetting: null }, online)
}

/**
 * Too far behind, or new: the lists are on their way, cached pages are no longer complete.
 * The log on the screen stays as it is until its new page comes.
 * A server that was restored from a backup says so: what we know may never have happened.
 * @param {State} state @param {Change} event
 */
function resetAnnounced(state, { number, epoch = null, restored = false, online }) {
  if (restored) {
    const { me, connection, content_bytes_max, pending, open, today, users, privacy } = state
    state = { ...initialState, me, connection, content_bytes_max, pending, open, today, privacy, users: users[me] ? { [me]: users[me] } : {} }
  }
  const shown = state.open?.chat_id
  const logs = shown && state.logs[shown] ? { [shown]: { ...state.logs[shown], stale: true } } : {}
  const next = { ...state, number: null, epoch, heard: Math.max(number, state.heard), live: false, resetting: number, logs, paging: {} }
  return withOnline(withoutIsland(next), online)
}

/** @param {State} state @param {number[] | undefined} online @returns {State} */
function withOnline(state, online) {
  return online ? { ...state, online: Object.fromEntries(online.map((id) => [id, true])) } : state
}

/** @param {State} state @param {Change} event */
function listsLoaded(state, { users, chats, answers }) {
  let next = withChats(withUsers(state, users), chats)
  next = withPreferences(next, chats.flatMap((/** @type {any} */ chat) => chat.preferences ?? []))
  const summaries = { ...next.summaries }
  for (const chat of chats) {
    const mine = chat.members.find((/** @type {any} */ member) => member.user_id === state.me)
    const read_seq = Math.max(mine?.read_seq ?? 0, chat.preferences?.cleared_seq ?? 0)
    summaries[chat.id] = { last_message: chat.last_message, unread: chat.unread, last_seq: chat.last_seq, read_seq }
  }
  next = { ...next, summaries, loaded: true }
  // An answer to an older reset brings rows, but it does not say that we have caught up.
  if (answers === state.resetting) {
    next = { ...next, live: true, resetting: null, number: answers }
  }
  return state.loaded || !state.open ? next : opened(next, state.open.chat_id, state.open.user_id)
}

/** @param {State} state @param {Change} event */
function pageLoaded(state, { chat_id, messages, more, direction }) {
  const grown = islandGrown(state, { chat_id, messages, more, direction })
  if (grown) return grown
  const old = state.logs[chat_id] ?? EMPTY_LOG
  const replaces = old.stale && direction === "newest"
  const start = more ? (messages[0]?.seq ?? 1) : 1
  // A page asked for with "after" fills a gap; where the loaded part begins it leaves alone.
  const from = direction === "after" || direction === "newer" ? old.from : Math.min(start, (replaces ? null : old.from) ?? start)
  const rows = replaces ? old.rows.filter((row) => row.seq >= start) : old.rows
  const log = { rows, from, stale: old.stale && !replaces }
  return withMessages({ ...state, logs: { ...state.logs, [chat_id]: log }, paging: { ...state.paging, [chat_id]: "" } }, messages)
}

/** @param {State} state @param {Change} event */
function composed(state, { cid, chat_id, recipient_id, content, reply_to, at }) {
  if (state.pending.some((item) => item.cid === cid)) return state
  /** @type {import("./model.js").Pending} */
  const item = { cid, chat_id, recipient_id, content, created_at: at, status: "pending", ...(reply_to && { reply_to }) }
  // Who answers has seen what is above: the line would only stand between question and answer.
  const open = state.open && { ...state.open, unread_count: 0 }
  return withoutIsland({ ...state, open, pending: [...state.pending, item] })
}

/** What waits from an earlier page, or in another tab; what has arrived meanwhile waits no more. @param {State} state @param {Change} event */
function outboxJoined(state, { items }) {
  const known = new Map(state.pending.map((item) => [item.cid, item]))
  const joining = items.filter((/** @type {import("./model.js").Pending} */ item) => !sameItem(known.get(item.cid), item) && !hasArrived(state, item.cid))
  if (joining.length === 0) return state
  for (const item of joining) known.set(item.cid, item)
  // A cid begins with its time, so this is the order in which they were written.
  return { ...state, pending: [...known.values()].sort((a, b) => (a.cid < b.cid ? -1 : 1)) }
}

/** @param {import("./model.js").Pending | undefined} a @param {import("./model.js").Pending} b */
function sameItem(a, b) {
  return a !== undefined && a.status === b.status && a.code === b.code
}

/** @param {State} state @param {string} cid */
function hasArrived(state, cid) {
  return Object.values(state.logs).some(({ rows }) => rows.some((row) => row.cid === cid && row.sender_id === state.me))
}

/** Our message is on disk: it becomes a row as the server has it. @param {State} state @param {Change} event */
function acknowledged(state, { cid, message_id, chat_id, seq, created_at, changed }) {
  const item = state.pending.find((candidate) => candidate.cid === cid)
  if (!item) return heard(state, { changed })
  // A repeated send may be acknowledged after an edit elsewhere; what we hold is the state at creation.
  const answer = item.reply_to ? { reply_to: item.reply_to } : {}
  const message = { id: message_id, chat_id, seq, sender_id: state.me, content: item.content, cid, ...answer, created_at, changed: message_id }
  return heard(withMessages(state, [message]), { changed })
}

/** @param {State} state @param {Change} event */
function refused(state, { cid, code, message }) {
  return cid ? patchPending(state, cid, { status: "failed", code, reason: message }) : state
}

/** @param {State} state @param {string} cid @param {Partial<import("./model.js").Pending>} patch @returns {State} */
function patchPending(state, cid, patch) {
  if (!state.pending.some((item) => item.cid === cid)) return state
  return { ...state, pending: state.pending.map((item) => (item.cid === cid ? { ...item, ...patch } : item)) }
}

/** @param {State} state @param {Change} event `at` is when the frame came */
function typed(state, { chat_id, user_id, on, at }) {
  if (!on) return quiet(state, chat_id, user_id)
  return { ...state, typing: { ...state.typing, [chat_id]: { ...state.typing[chat_id], [user_id]: at + TYPING_MS } } }
}

/** Nobody is typing what has just arrived. @param {State} state @param {number} chat @param {number} user @returns {State} */
function quiet(state, chat, user) {
  if (!state.typing[chat]?.[user]) return state
  const { [user]: _gone, ...others } = state.typing[chat]
  return { ...state, typing: { ...state.typing, [chat]: others } }
}

/** @param {State} state @param {Change} event */
function typingExpired(state, { at }) {
  let next = state
  for (const [chat, users] of Object.entries(state.typing)) {
    for (const [user, until] of Object.entries(users)) if (until <= at) next = quiet(next, Number(chat), Number(user))
  }
  return next
}

/** @param {State} state @param {Change} event */
function presenceChanged(state, { user_id, online, last_seen }) {
  const next = { ...state, online: { ...state.online, [user_id]: online } }
  // Somebody who goes without a time begins to hide.
  return online || last_seen ? withSeen(next, [[user_id, last_seen]]) : withoutSeen(next, [user_id])
}

/** The line above the unread ones is drawn where reading ended when the chat was opened, and stays there. @param {State} state @param {number} [chat_id] @param {number} [user_id] @returns {State} */
function opened(state, chat_id, user_id) {
  const unread_count = chat_id ? unreadOf(state, chat_id) : 0
  const unread_after = chat_id ? myMark(state, chat_id).read_seq : 0
  const island = chat_id && state.open?.chat_id === chat_id ? state.open.island : undefined
  return { ...state, open: { chat_id, user_id, unread_after, unread_count, ...(island && { island }) } }
}

/** @param {State} state @param {Change} event */
function linkChanged(state, { status, retry_at = 0 }) {
  const connection = { status, retry_at }
  // Pages that failed without a connection may be asked for again.
  return status === "online" ? { ...state, connection, paging: {} } : { ...state, connection, live: false, typing: {} }
}
