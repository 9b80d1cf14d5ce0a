// @ts-check
/**
 * The shapes of the state, and how two versions of a row become one.
 * A join gives the same result in any order and any number of times: the larger `changed` wins, and marks only rise.
 * Plain objects keyed by id keep their keys in rising order, so equal states also print equally.
 */
import { UNREAD_MAX } from "../lib/locale.js"
import { isHidden, storable } from "./flags.js"
import { withoutArrived, withoutItems } from "./queue.js"
import { countSeqs, firstSeq, lastSeq, seqsOf } from "./stays.js"

/**
 * @typedef {{ id: number, username: string, display_name: string | null, about: string, picture: string | null,
 *   changed: number }} User
 * @typedef {{ id: number, kind: "direct" | "group", title: string | null, description: string, picture: string | null,
 *   user_ids: number[] | null, who_may_write: "all" | "admins", who_may_change: "all" | "admins",
 *   history_for_newcomers: "none" | "all", expire_after: number | null, created_at: number, changed: number }} Chat
 *   the same for everyone; user_ids = the people of a direct chat; expire_after = the timer of new messages, in
 *   milliseconds
 * @typedef {"member" | "admin" | "former"} Role
 * @typedef {{ chat_id: number, user_id: number, role: Role, changed: number }} Member
 * @typedef {{ chat_id: number, role: Role, stays: { from_seq: number, to_seq: number | null }[],
 *   changed: number, joined: number }} Membership  mine in a group; joined = the revision of my last coming
 * @typedef {{ id: number, chat_id: number, seq: number, sender_id: number, content: string, cid?: string,
 *   created_at: number, reply_to?: number, edited_at?: number, deleted_at?: number,
 *   event?: import("./events.js").Event, mentions?: number[], mentions_all?: boolean, forwarded?: number,
 *   expires_at?: number, expired?: boolean, changed: number }} Message
 *   with an event it is an event line, without a text; mentions = the members whom it mentions; forwarded = how often
 *   its text was forwarded to come here; expires_at = in the time of the server; expired = only its place is left
 * @typedef {{ delivered_seq: number, read_seq: number }} Mark
 * @typedef {{ rows: Message[], from: number | null, stale: boolean }} Log
 *   rows by seq; from = the first seq from which all messages to the end are loaded, null before a page is loaded;
 *   stale = from before a reset
 * @typedef {{ last_message: Message | null, unread: number, unread_mentions?: number[], last_seq: number,
 *   read_seq: number, last_reaction?: import("./reactions.js").LastReaction }} Summary
 *   a chat as the list was loaded; unread_mentions = the seqs of those that mention me
 * @typedef {{ chat_id?: number, user_id?: number, unread_after: number, unread_count: number, seeks: boolean,
 *   detached?: import("./detached-range.js").Range }} Open  seeks = the first unread message is to be loaded
 * @typedef {{ chat_id: number, pinned_at: number | null, archived: boolean, muted_until: number | null,
 *   marked_unread: boolean, draft: string, draft_reply_to?: number | null, draft_edit_of?: number | null,
 *   draft_aside?: string, cleared_seq: number, cleared_id: number, changed: number }} Preferences
 * @typedef {{ status: "connecting" | "online" | "offline", retry_at: number }} Connection
 * @typedef {{ me: number, revision: number | null, epoch: number | null, heard: number, base: number, live: boolean,
 *   resetting: number | null, loaded: boolean, connection: Connection, content_bytes_max: number,
 *   frame_bytes_max: number, edit_ms_max: number, delete_ms_max: number, users: Record<number, User>,
 *   chats: Record<number, Chat>, logs: Record<number, Log>,
 *   reactions: Record<number, Record<number, import("./reactions.js").Reacted>>,
 *   flags: Record<number, Record<number, import("./flags.js").Flags>>,
 *   pins: Record<number, Record<number, import("./pins.js").Pin>>,
 *   scheduled: Record<number, import("./scheduled.js").Scheduled>, scheduling: import("./queue.js").Item[],
 *   lasts: Record<number, number>, marks: Record<number, Record<number, Mark>>,
 *   members: Record<number, Record<number, Member>>, listed: Record<number, number>, missed: Record<number, number>,
 *   memberships: Record<number, Membership>,
 *   summaries: Record<number, Summary>, shownMentions: Record<number, number[]>, online: Record<number, boolean>,
 *   seen: Record<number, number>,
 *   left: Record<number, import("./detached-range.js").Range>, typing: Record<number, Record<number, number>>,
 *   paging: Record<number, string>, open: Open | null, queue: import("./queue.js").Item[],
 *   pending: import("./queue.js").Item[], unsaved: import("./queue.js").Item[],
 *   changes: import("./queue.js").Item[], reacting: import("./queue.js").Item[],
 *   flagging: import("./queue.js").Item[], pinning: import("./queue.js").Item[],
 *   preferences: Record<number, Preferences>,
 *   privacy: import("./privacy.js").Privacy, sighted: boolean,
 *   absent: Record<number, true>, archive: boolean, clock: number, lead: number, expiry: number, held: number,
 *   saves: boolean, steady: boolean, refused: string, today: number, zone: string }} State
 *   revision = nothing up to it is missing; heard = the highest revision received; base = the revision at which the
 *   lists were loaded, or the copy was made: of older messages, only some are known here; reactions, flags and
 *   pins by chat and message; lasts = the last seq by chat;
 *   marks by chat and user; listed = the revision at which all members of a group were loaded; missed = the
 *   revision since which such a list lacks somebody; shownMentions = the seqs of messages beyond the read mark that
 *   mention me and were on the screen; left = which part of a chat was shown when it was left, if
 *   not its end; sighted = online and last seen are known of everyone who shows them; archive = the list shows the
 *   archived chats; clock = the ends of muting and of pins up to this time were noticed; lead = by how much the
 *   server's clock is ahead of this device's; expiry = messages that expire up to this time of the server are gone;
 *   held = nothing is sent before, because it was too often; saves = this browser stores what was written;
 *   steady = connected, or not for longer than a moment; refused = the code with which the server refuses sockets, if
 *   it says one
 */

/** @type {Log} */
export const EMPTY_LOG = { rows: [], from: null, stale: false }
/** In a group, the marks that all current members have reached stand under this id, which no user has. */
export const EVERYONE = 0
/** @type {Mark} */
export const NO_MARK = { delivered_seq: 0, read_seq: 0 }

/**
 * The later of two versions of a row. Versions with the same `changed` are the same row. If they differ because of a
 * fault, their text decides, so that all devices choose the same one.
 * @template {{ changed: number }} T
 * @param {T | undefined} old
 * @param {T} row
 * @returns {T}
 */
export function newer(old, row) {
  if (!old) return row
  if (row.changed !== old.changed) return row.changed > old.changed ? row : old
  return canonical(row) > canonical(old) ? row : old
}

/** @param {object} row */
function canonical(row) {
  return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * The time of last seen is kept apart from its row, because it changes without the row.
 * @param {State} state
 * @param {any[]} users as they stand on the wire
 * @returns {State}
 */
export function withUsers(state, users) {
  const joined = joinById(state.users, users.map(bareUser))
  const next = joined === state.users ? state : { ...state, users: joined }
  const latest = users.filter((user) => user.changed === joined[user.id].changed)
  // A new row without the time comes from a person who now hides it.
  const hidden = latest.filter((user) => !user.last_seen && user.changed > (state.users[user.id]?.changed ?? 0))
  return withSeen(withoutSeen(next, hidden.map((user) => user.id)), latest.map((user) => [user.id, user.last_seen]))
}

/** @param {any} user @returns {User} */
function bareUser({ id, username, display_name = null, about = "", picture = null, changed }) {
  return { id, username, display_name, about, picture, changed }
}

/** The display name of a person, or else their username. @param {User | undefined} user */
export function shownName(user) {
  return user?.display_name || user?.username || ""
}

/** @param {State} state @param {number[]} users @returns {State} */
export function withoutSeen(state, users) {
  if (!users.some((user) => user in state.seen)) return state
  const seen = { ...state.seen }
  for (const user of users) delete seen[user]
  return { ...state, seen }
}

/**
 * Times of last seen. Those of others do not count while I hide mine, also if they were on their way.
 * @param {State} state @param {[number, number | null | undefined][]} pairs user id and time
 * @returns {State}
 */
export function withSeen(state, pairs) {
  const may = (/** @type {number} */ user) => state.privacy.shows_last_seen || user === state.me
  const later = pairs.filter(([user, at]) => at && at > (state.seen[user] ?? 0) && may(user))
  if (later.length === 0) return state
  const seen = { ...state.seen }
  for (const [user, at] of later) seen[user] = Math.max(at ?? 0, seen[user] ?? 0)
  return { ...state, seen }
}

/**
 * The last seq is kept apart from its chat, because it rises without it.
 * @param {State} state
 * @param {any[]} chats as they stand on the wire, or with more in the list
 * @returns {State}
 */
export function withChats(state, chats) {
  const joined = joinById(state.chats, chats.map(bareChat))
  const next = joined === state.chats ? state : { ...state, chats: joined }
  return withLasts(next, chats.map((chat) => [chat.id, chat.last_seq]))
}

/** @param {any} chat @returns {Chat} */
function bareChat(chat) {
  const { id, kind, title, description, picture = null, user_ids, history_for_newcomers, created_at, changed } = chat
  const { who_may_write, who_may_change = "admins", expire_after = null } = chat
  return {
    id, kind, title, description, picture, user_ids, who_may_write, who_may_change, history_for_newcomers, expire_after,
    created_at, changed,
  }
}

/** The members of groups, by chat and user. @param {State} state @param {any[]} rows @returns {State} */
export function withMembers(state, rows) {
  let { members } = state
  for (const { type: _type, ...row } of rows) {
    const latest = newer(members[row.chat_id]?.[row.user_id], row)
    if (latest === members[row.chat_id]?.[row.user_id]) continue
    members = { ...members, [row.chat_id]: { ...members[row.chat_id], [row.user_id]: latest } }
  }
  return members === state.members ? state : { ...state, members }
}

/** My own place in groups. @param {State} state @param {any[]} rows @returns {State} */
export function withMemberships(state, rows) {
  let { memberships } = state
  for (const { type: _type, ...row } of rows) {
    const latest = newer(memberships[row.chat_id], row)
    if (latest !== memberships[row.chat_id]) memberships = { ...memberships, [row.chat_id]: latest }
  }
  return memberships === state.memberships ? state : { ...state, memberships }
}

/** @template {{ id: number, changed: number }} T @param {Record<number, T>} known @param {T[]} rows */
function joinById(known, rows) {
  let joined = known
  for (const row of rows) {
    const latest = newer(joined[row.id], row)
    if (latest === joined[row.id]) continue
    if (joined === known) joined = { ...known }
    joined[row.id] = latest
  }
  return joined
}

/** @param {State} state @param {[number, number][]} pairs chat id and a seq that exists in it @returns {State} */
export function withLasts(state, pairs) {
  const risen = pairs.filter(([chat, seq]) => seq > (state.lasts[chat] ?? -1))
  if (risen.length === 0) return state
  const lasts = { ...state.lasts }
  for (const [chat, seq] of risen) lasts[chat] = Math.max(seq, lasts[chat] ?? 0)
  return { ...state, lasts }
}

/** @param {State} state @param {({ chat_id: number, user_id?: number } & Partial<Mark>)[]} receipts @returns {State} */
export function withMarks(state, receipts) {
  let marks = state.marks
  for (const { chat_id, user_id = EVERYONE, delivered_seq = 0, read_seq = 0 } of receipts) {
    const old = marks[chat_id]?.[user_id]
    const delivered = Math.max(old?.delivered_seq ?? 0, delivered_seq, read_seq)
    const mark = { delivered_seq: delivered, read_seq: Math.max(old?.read_seq ?? 0, read_seq) }
    if (old && old.delivered_seq === mark.delivered_seq && old.read_seq === mark.read_seq) continue
    if (marks === state.marks) marks = { ...marks }
    marks[chat_id] = { ...marks[chat_id], [user_id]: mark }
  }
  return marks === state.marks ? state : { ...state, marks }
}

/**
 * Receipts as the server has them. My own that it already knows leave the queue.
 * @param {State} state @param {any[]} receipts @returns {State}
 */
export function withReceipts(state, receipts) {
  const mine = new Map(receipts.filter(({ user_id }) => user_id === state.me).map((row) => [row.chat_id, row]))
  const isKnown = (/** @type {import("./queue.js").Item} */ { kind, body }) => {
    const { delivered_seq, read_seq } = (kind === "receipt" && mine.get(body.chat_id)) || {}
    return body.delivered <= delivered_seq && (body.read ?? 0) <= read_seq
  }
  return withMarks(withoutItems(state, state.queue.filter(isKnown).map(({ key }) => key)), receipts)
}

/**
 * Messages join the log of their chat, known or not yet. One of mine no longer waits to be sent.
 * @param {State} state
 * @param {any[]} messages as they stand on the wire
 * @returns {State}
 */
export function withMessages(state, messages) {
  if (messages.length === 0) return state
  const rows = messages.map((message) => storable(state, bareMessage(message)))
  let logs = state.logs
  // Not by my stays: a message may come before the row that says that I am in the group again.
  const isLeft = (/** @type {Message} */ row) => row.seq > (state.preferences[row.chat_id]?.cleared_seq ?? 0)
  for (const [chat, group] of grouped(rows.filter(isLeft))) {
    const log = logs[chat] ?? EMPTY_LOG
    const joined = joinRows(log.rows, group)
    if (joined === log.rows) continue
    if (logs === state.logs) logs = { ...logs }
    logs[chat] = { ...log, rows: joined }
  }
  const next = logs === state.logs ? state : { ...state, logs }
  return withLasts(withoutArrived(next, rows), rows.map((row) => [row.chat_id, row.seq]))
}

/**
 * Without the `recipient_id` under which a first message was sent, and the `forward_of` of a forwarded one: a row is
 * the same wherever it came from.
 * @param {any} frame @returns {Message} the frame without its `type` and without empty fields
 */
function bareMessage({ type: _type, recipient_id: _recipient, forward_of: _source, ...message }) {
  for (const key of Object.keys(message)) if (message[key] == null) delete message[key]
  return message
}

/** @param {Message[]} rows @returns {Map<number, Message[]>} */
function grouped(rows) {
  const groups = new Map()
  for (const row of rows) {
    const group = groups.get(row.chat_id)
    if (group) group.push(row)
    else groups.set(row.chat_id, [row])
  }
  return groups
}

/**
 * One pass over both lists, because a chat may have 100,000 rows and every message comes through here.
 * @param {Message[]} known in order @param {Message[]} rows in any order
 * @returns {Message[]} `known` itself if nothing is new
 */
function joinRows(known, rows) {
  const coming = [...rows].sort((a, b) => a.seq - b.seq)
  /** @type {Message[]} */
  const joined = []
  let changed = false
  let at = known.length > 0 && coming[0].seq > known[known.length - 1].seq ? known.length : 0
  const skipped = at
  for (const row of coming) {
    while (at < known.length && known[at].seq < row.seq) joined.push(known[at++])
    // The same seq may come twice in one batch.
    /** @type {Message | undefined} */
    const twin = joined.at(-1)?.seq === row.seq ? joined.pop() : known[at]?.seq === row.seq ? known[at++] : undefined
    const latest = twin && (twin.expired || row.expired) ? (twin.expired ? twin : row) : newer(twin, row)
    changed ||= latest !== twin
    joined.push(latest)
  }
  if (!changed) return known
  return skipped > 0 ? known.concat(joined) : joined.concat(known.slice(at))
}

/** How far I have received and read a chat. @param {State} state @param {number} chat @returns {Mark} */
export function myMark(state, chat) {
  return state.marks[chat]?.[state.me] ?? NO_MARK
}

/**
 * The first seq from which all messages of a chat are loaded to the end, or null. A chat of which every message has
 * come by itself, such as a new one, needs no page.
 * @param {State} state
 * @param {number} chat
 */
export function loadedFrom(state, chat) {
  const { rows, from } = state.logs[chat] ?? EMPTY_LOG
  const first = firstSeq(state, chat)
  if (from !== null) return Math.max(from, first)
  return chat in state.lasts && rows.length === countSeqs(seqsOf(state, chat), 0, state.lasts[chat]) ? first : null
}

/**
 * How many messages of others I have not read. Loaded rows are counted. A message that is not loaded may be of anyone,
 * so the count of the list tells how many of those are of others, unless it stopped at its bound.
 * @param {State} state
 * @param {number} chat
 */
export function unreadOf(state, chat) {
  const read = readOf(state, chat)
  const last = lastSeq(state, chat)
  if (read >= last) return 0
  const { unread = Infinity, last_seq = read, read_seq = read } = state.summaries[chat] ?? {}
  const counted = Math.min(Math.max(last_seq, read), last)
  const loaded = unreadRows(state, chat, Math.min(read, read_seq))
  const rows = (/** @type {number} */ after, /** @type {number} */ to) =>
    loaded.filter(({ seq }) => seq > after && seq <= to)
  const most = (/** @type {number} */ after, /** @type {number} */ to) =>
    rows(after, to).length + missingRows(state, chat, after, to)
  const rest = unread > UNREAD_MAX ? Infinity : unread - rows(read_seq, read).length
  const older = Math.max(rows(read, counted).length, Math.min(rest, most(read, counted)))
  return older + most(counted, last)
}

/**
 * How far I have read a chat: what I cannot see, or deleted for myself, counts as read.
 * @param {State} state @param {number} chat
 */
export function readOf(state, chat) {
  return Math.max(myMark(state, chat).read_seq, firstSeq(state, chat) - 1)
}

/** The loaded messages of others after a seq. @param {State} state @param {number} chat @param {number} after */
function unreadRows(state, chat, after) {
  return rowsAfter(state, chat, after).filter((row) => isToRead(state, row))
}

/**
 * Whether a message can be unread: it is of another person, has not been deleted, not even for me, has not expired, and
 * is no event line.
 * @param {State} state @param {Message} message
 */
export function isToRead(state, message) {
  const { sender_id, deleted_at, event } = message
  return sender_id !== state.me && !deleted_at && !event && !isHidden(state, message)
}

/** @param {State} state @param {number} chat @param {number} after a seq @returns {Message[]} */
export function rowsAfter(state, chat, after) {
  const { rows } = state.logs[chat] ?? EMPTY_LOG
  // From the end, because a chat may have 100,000 rows, of which the last ones are unread.
  let at = rows.length
  while (at > 0 && rows[at - 1].seq > after) at -= 1
  return rows.slice(at)
}

/**
 * How many messages are not loaded.
 * @param {State} state @param {number} chat @param {number} after @param {number} to
 */
function missingRows(state, chat, after, to) {
  const loaded = rowsAfter(state, chat, after).filter(({ seq }) => seq <= to).length
  return Math.max(0, countSeqs(seqsOf(state, chat), after, to) - loaded)
}

/**
 * What a hello says: the revision up to which nothing is missing here, and the run of the server that gave it.
 * @param {State} state @returns {{ since?: number, epoch?: number }}
 */
export function reached({ revision, epoch }) {
  return revision === null ? {} : { since: revision, ...(epoch !== null && { epoch }) }
}
