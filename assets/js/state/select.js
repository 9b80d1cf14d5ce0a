// @ts-check
/**
 * What the views read from the state. Pure; a result is the same object as long as what it is made of is the same,
 * so that a watcher can compare by identity. It knows no words except those of people.
 */
import { detachedIn, shownRange } from "./detached-range.js"
import { EMPTY_LOG, NO_MARK, firstSeq, loadedFrom, shownName, unreadOf } from "./model.js"
import { isMuted, preferencesOf } from "./preferences.js"
import { pendingMessages, unsaved } from "./queue.js"
import { quoteOf } from "./quotes.js"
import { remembered } from "../lib/remembered.js"
import { folded } from "../lib/text.js"
import { startOfDay } from "../lib/time.js"
import { sameValues } from "../lib/values.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Chat} Chat */
/** @typedef {import("./model.js").Message} Message */
/** @typedef {import("./queue.js").Item} Item */

/** Messages of one person closer than this stand together. */
const GROUP_MS = 5 * 60_000

const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true })

/** The person a direct chat is with; oneself in the notes. @param {State} state @param {Chat} chat */
export function peerOf(state, chat) {
  if (chat.kind !== "direct") return 0
  return chat.member_ids.find((id) => id !== state.me) ?? state.me
}

/** The direct chat with a person, if there is one. @param {State} state @param {number} user */
export function chatWith(state, user) {
  return Object.values(state.chats).find((chat) => chat.kind === "direct" && peerOf(state, chat) === user)
}

/** @param {State} state @param {number} user */
export function nameOf(state, user) {
  return shownName(state.users[user])
}

/** What beside the shown name tells who somebody is. @param {State} state @param {number} user */
function faceOf(state, user) {
  const { username = "", picture = null } = state.users[user] ?? {}
  return { username, picture }
}

/** @param {State} state @param {number} user @returns {number | null} when somebody was last here */
export function lastSeen(state, user) {
  return state.seen[user] ?? null
}

/** @param {State} state @param {Message} message */
export function tickOf(state, message) {
  return tickAt(reached(state, message.chat_id), message.seq)
}

/** Up to which seq everybody else has got and read a chat. In the notes there is nobody else. @param {State} state @param {number} id @returns {import("./model.js").Mark} */
function reached(state, id) {
  const chat = state.chats[id]
  if (!chat) return NO_MARK
  const marks = chat.member_ids.filter((user) => user !== state.me).map((user) => state.marks[id]?.[user] ?? NO_MARK)
  return { delivered_seq: Math.min(...marks.map((mark) => mark.delivered_seq)), read_seq: Math.min(...marks.map((mark) => mark.read_seq)) }
}

/** @param {import("./model.js").Mark} reach @param {number} seq @returns {"sent" | "delivered" | "read"} */
function tickAt({ delivered_seq, read_seq }, seq) {
  return read_seq >= seq ? "read" : delivered_seq >= seq ? "delivered" : "sent"
}

/** @param {State} state @param {number} chat @returns {Message | null} */
export function lastMessage(state, chat) {
  const row = state.logs[chat]?.rows.at(-1)
  const loaded = state.summaries[chat]?.last_message
  const last = row && (!loaded || row.seq >= loaded.seq) ? row : loaded
  return last && last.seq >= firstSeq(state, chat) ? last : null
}

/** @param {State} state @param {number} [chat] @param {number} [peer] @returns {Item[]} what waits to be sent there, in order */
function pendingIn(state, chat, peer) {
  return pendingMessages(state).filter(({ body }) => (body.chat_id ? body.chat_id === chat : body.recipient_id === peer))
}

/**
 * @typedef {{ key: string, id: number, peer: number, name: string, username: string, picture: string | null, notes: boolean, content: string, deleted: boolean, empty: boolean,
 *   tick: string, at: number, unread: number, online: boolean, typing: boolean, selected: boolean, pinned: number,
 *   archived: boolean, muted: boolean, marked: boolean, hidden: boolean }} ChatItem
 */

/** The chats: pinned ones first, the latest pin on top; then the one that spoke last. Those deleted and silent since are left out. */
export const chatItems = remembered(
  (state) => [state.me, state.users, state.chats, state.logs, state.lasts, state.marks, state.summaries, state.online, state.typing, pendingMessages(state), state.open,
    state.preferences, unsaved(state), state.clock],
  (state) => Object.values(state.chats).map((chat) => sameItem(chatItem(state, chat))).filter((item) => !item.hidden)
    .sort((a, b) => b.pinned - a.pinned || b.at - a.at || b.id - a.id),
)

/** The items as they were made last. @type {Map<number, ChatItem>} */
const chatsBefore = new Map()

/** An item that says what it said before is the same object: most chats have nothing to do with most changes. @param {ChatItem} item */
function sameItem(item) {
  const before = chatsBefore.get(item.id)
  if (before && sameValues(before, item)) return before
  chatsBefore.set(item.id, item)
  return item
}

/** @param {State} state @param {Chat} chat @returns {ChatItem} */
function chatItem(state, chat) {
  const peer = peerOf(state, chat)
  const message = lastMessage(state, chat.id)
  const waiting = pendingIn(state, chat.id, peer).at(-1)
  const own = message !== null && message.sender_id === state.me
  const { pinned_at, archived, marked_unread, cleared_seq, cleared } = preferencesOf(state, chat.id)
  return {
    key: `c${chat.id}`,
    id: chat.id,
    peer,
    name: chat.title ?? nameOf(state, peer),
    ...faceOf(state, peer),
    notes: peer === state.me,
    content: waiting?.body.content ?? message?.content ?? "",
    deleted: !waiting && Boolean(message?.deleted_at),
    empty: !waiting && !message,
    tick: waiting ? waiting.status : own ? tickOf(state, message) : "",
    at: waiting?.at ?? message?.created_at ?? chat.created_at,
    unread: unreadOf(state, chat.id),
    online: peer !== state.me && Boolean(state.online[peer]),
    typing: Object.keys(state.typing[chat.id] ?? {}).some((id) => Number(id) !== state.me),
    selected: state.open?.chat_id === chat.id,
    pinned: pinned_at ?? 0,
    archived,
    muted: isMuted(state, chat.id),
    marked: marked_unread,
    // A group that is emptied stays: there is no other way back to it.
    hidden: !waiting && (Boolean(cleared) || (!message && cleared_seq > 0 && chat.kind === "direct")),
  }
}

/** The people whose chats are listed, as one value that is the same as long as they are. */
const listedPeers = remembered(
  (state) => [chatItems(state)],
  (state) => chatItems(state).map((item) => item.peer).sort((a, b) => a - b).join(),
)

/** @typedef {{ key: string, id: number, name: string, username: string, picture: string | null, notes: boolean, online: boolean, last_seen: number | null, selected: boolean }} PersonItem */

/** Everybody with whom no chat is listed, by name; oneself, for the notes, at the end. */
export const personItems = remembered(
  (state) => [state.me, state.users, state.chats, listedPeers(state), state.online, state.seen, state.open],
  (state) => {
    const taken = new Set(chatItems(state).map((item) => item.peer))
    return Object.values(state.users)
      .filter((user) => !taken.has(user.id))
      .map((user) => personItem(state, user))
      .sort((a, b) => Number(a.notes) - Number(b.notes) || collator.compare(a.name, b.name))
  },
)

/** @param {State} state @param {import("./model.js").User} user @returns {PersonItem} */
function personItem(state, user) {
  const notes = user.id === state.me
  const selected = targetKey(state) === `p${user.id}`
  return { key: `p${user.id}`, id: user.id, name: shownName(user), ...faceOf(state, user.id), notes, online: !notes && Boolean(state.online[user.id]), last_seen: lastSeen(state, user.id), selected }
}

/** Either name will do; who types the sign of a username means that one. @param {{ name: string, username: string }} item @param {string} query */
export function matches({ name, username }, query) {
  return folded(`${name}\n@${username}`).includes(folded(query.trim()))
}

/**
 * @typedef {{ kind: "day", key: string, at: number }
 *   | { kind: "unread", key: string, count: number }
 *   | { kind: "message", key: string, message: Message | null, pending: Item | null, content: string, at: number,
 *       own: boolean, tick: string, first: boolean, last: boolean, quote: import("./quotes.js").Quote | null }} TimelineItem
 */

/** The open chat from its first loaded message to the last waiting one, with its days and the line above the unread. */
export const timeline = remembered(
  (state) => {
    const { chat_id: chat = 0, user_id } = state.open ?? {}
    return [chat, user_id, state.open?.unread_after, state.open?.unread_count, firstSeq(state, chat), state.logs[chat], state.lasts[chat], state.marks[chat], state.chats[chat], pendingMessages(state), state.me,
      state.open?.detached, state.users, state.absent]
  },
  (state) => (state.open ? withSeparators(state, openItems(state)) : []),
)

/** @param {State} state @returns {any[]} */
function openItems(state) {
  const { chat_id = 0, user_id } = state.open ?? {}
  const chat = state.chats[chat_id]
  const { rows } = state.logs[chat_id] ?? EMPTY_LOG
  const shown = rowsWithin(rows, shownRange(state, chat_id))
  const waiting = detachedIn(state, chat_id) ? [] : pendingIn(state, chat_id || undefined, chat ? peerOf(state, chat) : user_id)
  const reach = reached(state, chat_id)
  let at = 0
  const items = shown.map((message) => {
    while (at < before.rows.length && before.rows[at].seq < message.seq) at += 1
    return sentItem(state, message, reach, before.rows[at] === message ? before.items[at] : undefined)
  })
  for (const pending of waiting) items.push(waitingItem(state, pending))
  before = { rows: shown, items }
  return items
}

/** The messages of the open chat as they were shown last, and their items, both in order: the one walks beside the other. @type {{ rows: Message[], items: any[] }} */
let before = { rows: [], items: [] }

/** @param {Message[]} rows by seq @param {{ from: number | null, to: number }} range @returns {Message[]} `rows` itself if all of them are inside */
function rowsWithin(rows, { from, to }) {
  if (from === null || rows.length === 0) return []
  if (rows[0].seq >= from && rows[rows.length - 1].seq <= to) return rows
  return rows.filter((row) => row.seq >= from && row.seq <= to)
}

/** The same object as before, unless something has changed: a chat may have a hundred thousand. @param {State} state @param {Message} message @param {import("./model.js").Mark} reach @param {any} before @returns {any} */
function sentItem(state, message, reach, before) {
  const own = message.sender_id === state.me
  const tick = own ? tickAt(reach, message.seq) : ""
  const quote = quoteOf(state, message.chat_id, message.reply_to)
  if (before?.own === own && before.tick === tick && (quote ? before.quote && sameValues(before.quote, quote) : !before.quote)) return before
  // The sender is part of the key: anybody can copy the cid of a message they have received.
  const key = message.cid ? `${message.sender_id}:${message.cid}` : `#${message.id}`
  return { kind: "message", key, message, pending: null, content: message.content, at: message.created_at, sender: message.sender_id, own, tick, quote }
}

/** @param {State} state @param {Item} pending */
function waitingItem(state, pending) {
  const { key, body: { chat_id = 0, content, reply_to }, at, status } = pending
  const quote = quoteOf(state, chat_id, reply_to)
  return { kind: "message", key: `${state.me}:${key}`, message: null, pending, content, at, sender: 0, own: true, tick: status, quote }
}

/** Whether two neighbours stand in one group of bubbles. @param {any} a @param {any} b @returns {boolean} */
function together(a, b) {
  return a && b && a.own === b.own && (a.own || a.sender === b.sender) && Math.abs(b.at - a.at) < GROUP_MS && startOfDay(a.at) === startOfDay(b.at)
}

/** An item with its place in its group. @param {any} item @param {boolean} first @param {boolean} last */
function placed(item, first, last) {
  return item.first === first && item.last === last ? item : { ...item, first, last }
}

/** @param {State} state @param {any[]} items each is replaced by the one with its place @returns {TimelineItem[]} */
function withSeparators(state, items) {
  const { unread_after = 0, unread_count = 0 } = state.open ?? {}
  const result = []
  let day = 0
  // A detached range may begin beyond where reading ended.
  let lineDrawn = unread_count === 0 || Boolean(state.open?.detached)
  let joined = false
  for (const [i, item] of items.entries()) {
    const start = startOfDay(item.at)
    // A clock that ran back between two messages must not give two rows one key.
    if (start > day) result.push({ kind: "day", key: `day:${start}`, at: start })
    day = Math.max(day, start)
    if (!lineDrawn && item.message && item.message.seq > unread_after && !item.own) {
      result.push({ kind: "unread", key: "unread", count: unread_count })
      joined = false
      lineDrawn = true
    }
    const joins = together(item, items[i + 1])
    items[i] = placed(item, !joined, !joins)
    result.push(items[i])
    joined = joins
  }
  return /** @type {TimelineItem[]} */ (result)
}

/** The messages that are quoted in the open chat and not in hand. */
export const missingQuotes = remembered(
  (state) => [timeline(state)],
  (state) => {
    const missing = []
    for (const item of timeline(state)) if (item.kind === "message" && item.quote?.status === "unknown") missing.push(item.quote.id)
    return missing
  },
)

/** Where loading stands in the open chat. */
export const paging = remembered(
  (state) => [state.open, state.logs[state.open?.chat_id ?? 0], state.lasts[state.open?.chat_id ?? 0], firstSeq(state, state.open?.chat_id ?? 0), state.paging, state.loaded],
  (state) => {
    const chat = state.open?.chat_id ?? 0
    const from = chat ? shownRange(state, chat).from : 1
    const newer = Boolean(detachedIn(state, chat))
    return { chat, ready: state.loaded && from !== null, older: from !== null && from > firstSeq(state, chat), newer, status: state.paging[chat] ?? "" }
  },
)

/** Whether the newest page of a chat must be asked for. @param {State} state @param {number} chat */
export function needsPage(state, chat) {
  return Boolean(state.chats[chat]) && (loadedFrom(state, chat) === null || Boolean(state.logs[chat]?.stale))
}

/** The oldest message of a chat that is shown, where older ones continue. @param {State} state @param {number} chat */
export function oldestShown(state, chat) {
  const from = shownRange(state, chat).from ?? 1
  return state.logs[chat]?.rows.find((row) => row.seq >= from) ?? null
}

/** The first gap in the open part of a chat: the id of the message before it. @param {State} state @param {number} chat @returns {number | null} */
export function holeIn(state, chat) {
  const { rows } = state.logs[chat] ?? EMPTY_LOG
  const from = loadedFrom(state, chat)
  if (from === null) return null
  // Before the first message that exists for me stands nothing, or the last one I have deleted.
  let before = from === firstSeq(state, chat) ? { seq: from - 1, id: state.preferences[chat]?.cleared_id ?? 0 } : null
  for (const row of rows) {
    if (row.seq < from) continue
    if (before && row.seq !== before.seq + 1) return before.id
    before = row
  }
  return before && before.seq < (state.lasts[chat] ?? 0) ? before.id : null
}

/** @typedef {{ key: string, chat: number, id: number, name: string, username: string, picture: string | null, notes: boolean, group: boolean, typing: boolean, online: boolean, last_seen: number | null, connected: boolean } | null} HeaderItem */

/** @type {(state: State) => HeaderItem} */
export const header = remembered(
  (state) => [state.open, state.me, state.users, state.chats, state.online, state.seen, state.typing, state.connection.status],
  (state) => {
    if (!state.open) return null
    const chat = state.chats[state.open.chat_id ?? 0]
    const id = chat ? peerOf(state, chat) : (state.open.user_id ?? 0)
    const typing = Boolean(chat) && Object.keys(state.typing[chat.id] ?? {}).some((user) => Number(user) !== state.me)
    const name = chat?.title ?? nameOf(state, id)
    return { key: targetKey(state), chat: chat?.id ?? 0, id, name, ...faceOf(state, id), notes: id === state.me, group: chat?.kind === "group", typing, online: Boolean(state.online[id]), last_seen: lastSeen(state, id), connected: state.connection.status === "online" }
  },
)

/** The name of a chat in the drafts and wherever a person and the chat with them are one. @param {State} state @param {number} chat */
export function keyOf(state, chat) {
  const row = state.chats[chat]
  return row?.kind === "direct" ? `p${peerOf(state, row)}` : `c${chat}`
}

/** @param {State} state @param {string} key @returns {number} the chat of that name; 0 if there is none yet */
export function chatOfKey(state, key) {
  const id = Number(key.slice(1))
  return (key.startsWith("p") ? chatWith(state, id)?.id : state.chats[id]?.id) ?? 0
}

/** Names what is open; a person keeps the name when the chat with them begins. @param {State} state */
export function targetKey(state) {
  const { chat_id, user_id } = state.open ?? {}
  if (chat_id) return keyOf(state, chat_id)
  return user_id ? `p${user_id}` : ""
}

/** Where a message written now would go; null if nowhere. @param {State} state @returns {{ chat_id?: number, recipient_id?: number } | null} */
export function destination(state) {
  const { chat_id, user_id } = state.open ?? {}
  if (chat_id) return state.chats[chat_id] ? { chat_id } : null
  return user_id && state.users[user_id] ? { recipient_id: user_id } : null
}

/** What counts outside the list: neither muted nor archived chats do. @param {State} state */
export function unreadTotal(state) {
  return chatItems(state).reduce((sum, item) => sum + (item.muted || item.archived ? 0 : item.unread || Number(item.marked)), 0)
}
