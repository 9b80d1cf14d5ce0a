// @ts-check
/**
 * `reduce(state, event)`: every change of the page's state, pure and repeatable.
 * Frames of the server (`message`, `receipt`, `chat`, `user` …) are events as they are, in any order and any number of
 * times. Events of the page itself have a slash in their type (`queue/put`), which no frame has.
 * It asks for no time, sends nothing and draws nothing.
 */
import { expired, withNow } from "./expiry.js"
import { shownSummary, staleFlags, starredLoaded, withFlags, withoutStaleFlags } from "./flag-rows.js"
import { aroundLoaded, detachedGrown, withDetachedJoined, withoutDetached } from "./detached-range.js"
import {
  EMPTY_LOG, loadedFrom, myMark, unreadOf, withChats, withMarks, withMembers, withMemberships, withMessages,
  withReceipts, withSeen, withUsers, withoutSeen,
} from "./model.js"
import { withList, withMissed } from "./members.js"
import { pendingHere } from "./messages.js"
import { withPins, withoutPins } from "./pins.js"
import { clockTicked, withPreferences } from "./preferences.js"
import { OPEN, lookedAround, privacyTold, withPrivacy } from "./privacy.js"
import { joined, withItems, withPatchedItem, withoutItems } from "./queue.js"
import { staleReactions, withOwnReactions, withPageReactions, withReactions, withoutStale } from "./reactions.js"
import { atLatest, leaving, opened, unreadFound, withSought, withoutSeeking } from "./reading.js"
import { scheduledListed, withScheduled } from "./scheduled.js"
import { restored } from "./snapshot.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {{ type: string, [key: string]: any }} Change */

/** A typing notice ends if it is not repeated; the other side repeats it every three seconds. */
const TYPING_MS = 5500
/** The server's limits, until its welcome says otherwise. */
const LIMITS = {
  content_bytes_max: 16_384,
  frame_bytes_max: 65_536,
  edit_ms_max: 15 * 60_000,
  delete_ms_max: 48 * 60 * 60_000,
}

/** @type {State} */
export const initialState = {
  me: 0,
  revision: null,
  epoch: null,
  heard: 0,
  base: 0,
  live: false,
  resetting: null,
  loaded: false,
  connection: { status: "connecting", retry_at: 0 },
  ...LIMITS,
  users: {},
  chats: {},
  logs: {},
  reactions: {},
  flags: {},
  pins: {},
  scheduled: {},
  lasts: {},
  marks: {},
  members: {},
  listed: {},
  missed: {},
  memberships: {},
  summaries: {},
  shownMentions: {},
  online: {},
  seen: {},
  left: {},
  typing: {},
  paging: {},
  queue: [],
  pending: [],
  unsaved: [],
  changes: [],
  reacting: [],
  flagging: [],
  pinning: [],
  scheduling: [],
  open: null,
  preferences: {},
  privacy: OPEN,
  sighted: true,
  archive: false,
  clock: 0,
  lead: 0,
  expiry: 0,
  absent: {},
  held: 0,
  saves: true,
  steady: false,
  refused: "",
  today: 0,
  zone: "",
}

/** @type {[string, (state: State, event: any) => State][]} */
const handlers = [
  ["welcome", welcomed],
  ["pong", withNow],
  ["sync", (state, { rows }) => applyRows(state, rows)],
  ["synced", synced],
  ["reset", resetAnnounced],
  ["user", (state, event) => heard(withUsers(state, [event]), event)],
  // The answer to a request may overtake frames of earlier changes, so its revision does not count as heard.
  ["profile/answered", (state, { user }) => withUsers(state, [user])],
  ["chat", (state, event) => heard(withoutSilenced(withChats(state, [event]), event.id), event)],
  ["chat/answered", (state, { chat }) => withChats(state, [chat])],
  ["members/listed", membersListed],
  ["receipt", (state, event) => heard(withReceipts(state, [event]), event)],
  ["member", (state, event) => heard(withoutSilenced(withMembers(state, [event]), event.chat_id), event)],
  ["membership", (state, event) => heard(membershipsCame(state, [event]), event)],
  ["message", messageCame],
  ["reactions", (state, event) => heard(withReactions(state, [event]), event)],
  ["reaction", (state, event) => heard(withOwnReactions(state, [event]), event)],
  ["flags", (state, event) => heard(withFlags(state, [event]), event)],
  ["pin", (state, event) => heard(withPins(state, [event]), event)],
  ["scheduled", (state, event) => heard(withScheduled(state, [event]), event)],
  ["preferences", (state, event) => heard(withPreferences(state, [event]), event)],
  ["privacy", (state, event) => heard(withPrivacy(state, [event]), event)],
  ["people/seen", lookedAround],
  ["ack", acknowledged],
  ["typing", typed],
  ["typists", typistsTold],
  ["presence", presenceChanged],
  ["subscribed", (state, { people }) => people.reduce(presenceChanged, state)],
  ["lists/loaded", listsLoaded],
  ["page/loaded", withPage(pageLoaded)],
  ["page/around", withPage((state, page) => withoutSeeking(aroundLoaded(state, page)))],
  ["page/unread", withPage((state, page) => aroundLoaded(unreadFound(state, page), page))],
  ["starred/loaded", starredLoaded],
  ["chat/latest", atLatest],
  // The badge goes at once; the server is told with the next receipt.
  ["chat/seen", (state, { chat_id, seq }) => withMarks(state, [{ chat_id, user_id: state.me, read_seq: seq }])],
  ["quote/loaded", (state, { flags = [], ...message }) => withMessages(withFlags(state, flags), [message])],
  ["quote/absent", (state, { id }) => ({ ...state, absent: { ...state.absent, [id]: true } })],
  ["page/status", pageStatus],
  ["cache/restored", (state, event) => expired(restored(state, event), event)],
  ["queue/put", itemsPut],
  ["queue/joined", joined],
  ["queue/failed", (state, { key, code, reason }) => withPatchedItem(state, key, { status: "failed", code, reason })],
  ["queue/held", (state, { until }) => ({ ...state, held: until })],
  ["storage/changed", (state, { saves }) => (state.saves === saves ? state : { ...state, saves })],
  ["link/steady", (state, { steady }) => (state.steady === steady ? state : { ...state, steady })],
  ["link/refused", (state, { code }) => (state.refused === code ? state : { ...state, refused: code })],
  ["queue/released", (state, { key }) => withPatchedItem(state, key, { held_until: 0 })],
  ["queue/retried", (state, { key }) => withPatchedItem(state, key, PENDING)],
  // The row of an answer may overtake frames of earlier changes, so its revision does not count as heard.
  ["queue/settled", settled],
  ["archive/shown", (state, { shown }) => (state.archive === shown ? state : { ...state, archive: shown })],
  ["clock/ticked", clockTicked],
  ["messages/expired", expired],
  ["chat/opened", (state, event) => opened(state, event, event.chat_id ? unreadOf(state, event.chat_id) : 0)],
  ["chat/closed", (state) => ({ ...state, left: leaving(state).left, open: null })],
  ["link/changed", linkChanged],
  ["link/agreed", agreed],
  ["link/woken", woken],
  ["day/began", (state, { start, zone }) => (
    state.today === start && state.zone === zone ? state : { ...state, today: start, zone }
  )],
  ["typing/expired", typingExpired],
  ["mentions/shown", mentionsShown],
  ["session/ended", ({ today, zone, clock, lead }) => ({ ...initialState, today, zone, clock, lead })],
]

const PENDING = { status: /** @type {const} */ ("pending"), code: undefined, reason: undefined }

/** A map and not an object, so that a frame of type "constructor" finds no handler. */
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
 * Notes the revision of a change that was applied. It is not the state's revision yet, because an earlier frame may be
 * lost.
 * @param {State} state @param {{ changed?: number }} event @returns {State}
 */
function heard(state, { changed = 0 }) {
  return changed > state.heard ? { ...state, heard: changed } : state
}

/**
 * All frames that the server has written have come: nothing up to the highest revision heard is missing.
 * @param {State} state
 */
function agreed(state) {
  return state.live && state.revision !== state.heard ? { ...state, revision: state.heard } : state
}

/** @param {State} state @param {any} event */
function welcomed(state, event) {
  const { user, limits, privacy } = event
  const next = { ...withNow(state, event), ...limitsOf({ ...state, ...limits }), me: user.id }
  return withUsers(privacyTold(next, privacy), [user])
}

/** @param {typeof LIMITS} limits and more */
function limitsOf({ content_bytes_max, frame_bytes_max, edit_ms_max, delete_ms_max }) {
  return { content_bytes_max, frame_bytes_max, edit_ms_max, delete_ms_max }
}

/**
 * A batch of rows, applied kind by kind. The order of the rows does not matter.
 * @param {State} state @param {Change[]} rows
 */
function applyRows(state, rows) {
  const of = (/** @type {string} */ type) => /** @type {any[]} */ (rows.filter((row) => row.type === type))
  let next = withChats(withUsers(withPrivacy(state, of("privacy")), of("user")), of("chat"))
  next = withFlags(membershipsCame(withMembers(next, of("member")), of("membership")), of("flags"))
  const messages = of("message").filter((row) => !isUnseen(next, row))
  next = withReceipts(withMessages(withMissed(next, of("message")), messages), of("receipt"))
  next = withScheduled(withPreferences(next, of("preferences")), of("scheduled"))
  next = withPins(withOwnReactions(withReactions(next, of("reactions")), of("reaction")), of("pin"))
  return heard(next, { changed: Math.max(0, ...rows.map((row) => row.changed ?? 0)) })
}

/**
 * A person who comes back to a group was told nothing of the reactions meanwhile: the page is loaded again. What is
 * pinned comes after this.
 * @param {State} state @param {any[]} rows @returns {State}
 */
function membershipsCame(state, rows) {
  const next = withMemberships(state, rows)
  // Of leaving and coming in one moment, only the last row may come.
  const isBack = (/** @type {number} */ chat) =>
    next.memberships[chat].joined > (state.memberships[chat]?.joined ?? Infinity)
  const back = rows.map(({ chat_id }) => chat_id).filter(isBack)
  return back.reduce((all, chat) => all.logs[chat] ? {
    ...all,
    logs: { ...all.logs, [chat]: { ...all.logs[chat], stale: true } },
    reactions: { ...all.reactions, ...staleReactions(all, chat) },
  } : all, back.length > 0 ? withoutPins(next, back, Infinity) : next)
}

/** @param {State} state @param {any} event */
function messageCame(state, event) {
  if (isUnseen(state, event)) return heard(state, event)
  return heard(withMessages(withMissed(withoutTypist(state, event), [event]), [event]), event)
}

/**
 * Whether this is an edit of a message from before this device knew anything of the chat, and it is not loaded: it may
 * be deleted for me, which its page will tell.
 * @param {State} state @param {any} message
 */
function isUnseen({ base, lasts, logs, summaries }, { id, chat_id, seq, changed, deleted_at }) {
  if (changed === id || deleted_at || id > base || seq > (lasts[chat_id] ?? 0)) return false
  return summaries[chat_id]?.last_message?.id !== id && !logs[chat_id]?.rows.some((row) => row.id === id)
}

/** @param {State} state @param {Change} event */
function synced(state, { revision, epoch = null, online }) {
  return withOnline({ ...heard(state, { changed: revision }), epoch, live: true, resetting: null }, online)
}

/**
 * This device is new, or too far behind to catch up row by row: the lists are loaded, and loaded pages are incomplete.
 * The log on the screen stays until its new page comes.
 * A server restored from a backup says so: it may not have what this device has seen.
 * @param {State} state @param {Change} event
 */
function resetAnnounced(state, { revision, epoch = null, restored = false, online }) {
  if (restored) {
    const { me, connection, open, today, zone, users, privacy, lead } = state
    const known = { me, connection, ...limitsOf(state), open, today, zone, privacy, lead }
    // The restored server may not have the messages that the others are about.
    const queue = state.queue.filter(({ kind }) => ["message", "preferences", "schedule"].includes(kind))
    state = withItems({ ...initialState, ...known, users: users[me] ? { [me]: users[me] } : {} }, queue)
  }
  const shown = state.open?.chat_id
  const logs = shown && state.logs[shown] ? { [shown]: { ...state.logs[shown], stale: true } } : {}
  const known = { revision: null, epoch, heard: Math.max(revision, state.heard), live: false, resetting: revision }
  const part = { logs, reactions: shown ? staleReactions(state, shown) : {}, flags: staleFlags(state, shown) }
  const next = withoutDetached({ ...state, ...known, ...part, left: {}, listed: {}, missed: {}, paging: {} })
  return withOnline(next, online)
}

/** @param {State} state @param {Change} event */
function membersListed(state, { chat_id, members, revision }) {
  return withList(state, chat_id, members, revision)
}

/** @param {State} state @param {number[] | undefined} online @returns {State} */
function withOnline(state, online) {
  return online ? { ...state, online: Object.fromEntries(online.map((id) => [id, true])) } : state
}

/** @param {State} state @param {Change} event */
function listsLoaded(state, { users, chats, scheduled = [], answers }) {
  const of = (/** @type {string} */ part) => chats.flatMap((/** @type {any} */ chat) => chat[part] ?? [])
  let next = withReceipts(withChats(withUsers(state, users), chats), of("receipts"))
  next = withPreferences(withMemberships(next, of("membership")), of("preferences"))
  const summaries = { ...next.summaries }
  for (const chat of chats) {
    const mine = chat.receipts.find((/** @type {any} */ receipt) => receipt.user_id === state.me)
    const read_seq = Math.max(mine?.read_seq ?? 0, chat.preferences?.cleared_seq ?? 0)
    const { last_message, unread, unread_mentions, last_seq } = chat
    const mentions = unread_mentions?.length ? { unread_mentions } : {}
    const reaction = chat.last_reaction
    const reacted = reaction && { last_reaction: { ...reaction, message_id: reaction.message.id } }
    // The answer may be from before a message was deleted for me.
    summaries[chat.id] = shownSummary(next, { last_message, unread, ...mentions, last_seq, read_seq, ...reacted })
  }
  // A pin that is not in the list has ended, unless its row is later.
  const listed = withoutPins(next, Object.keys(next.pins).map(Number), answers)
  next = { ...scheduledListed(withPins(listed, of("pins")), scheduled, answers), summaries, loaded: true }
  // Lists that answer an older reset bring rows, but do not end the newer one.
  if (answers === state.resetting) {
    next = { ...next, live: true, resetting: null, revision: answers, base: answers }
  }
  const { chat_id = 0 } = state.open ?? {}
  const unread_count = chat_id ? unreadOf(next, chat_id) : 0
  // In a chat that was open before, messages that came meanwhile get the line.
  if (!state.open || (state.loaded && unread_count === 0)) return next
  return opened(next, state.open, unread_count)
}

/**
 * A page brings reactions and flags with its messages. The flags come first: they say which messages are not shown.
 * @param {(state: State, page: any) => State} loaded @returns {(state: State, page: any) => State}
 */
function withPage(loaded) {
  return (state, page) => withPageReactions(loaded(withFlags(state, page.flags ?? []), page), page)
}

/** @param {State} state @param {Change} event */
function pageLoaded(state, { chat_id, messages, more, direction }) {
  const grown = detachedGrown(state, { chat_id, messages, more, direction })
  if (grown) return grown
  const old = state.logs[chat_id] ?? EMPTY_LOG
  const replaces = old.stale && direction === "newest"
  const start = more ? (messages[0]?.seq ?? 1) : 1
  // A page after a message fills a gap; it does not change where the loaded part begins.
  const isAfter = direction === "after" || direction === "newer"
  const from = isAfter ? old.from : Math.min(start, (replaces ? null : old.from) ?? start)
  const rows = replaces ? old.rows.filter((row) => row.seq >= start) : old.rows
  const log = { rows, from, stale: old.stale && !replaces }
  if (replaces) state = withoutStaleFlags(withoutStale(state, chat_id), chat_id)
  const paging = { ...state.paging, [chat_id]: "" }
  const next = withMessages({ ...state, logs: { ...state.logs, [chat_id]: log }, paging }, messages)
  return withSought(withDetachedJoined(next, chat_id))
}

/**
 * A chat whose first unread message cannot be loaded shows its end.
 * @param {State} state @param {Change} event @returns {State}
 */
function pageStatus(state, { chat_id, status }) {
  const next = { ...state, paging: { ...state.paging, [chat_id]: status } }
  const isEnough = state.open?.chat_id === chat_id && loadedFrom(state, chat_id) !== null
  return status === "failed" && isEnough ? withoutSeeking(next) : next
}

/** What the person asks for shows at once. @param {State} state @param {Change} event */
function itemsPut(state, { items }) {
  let next = withItems(state, items)
  for (const { key, kind, body } of items) {
    // A person who answers has read what is above. The unread line would stand between question and answer.
    // A forwarded message may go to another chat.
    if (kind === "message" && pendingHere(next).some((waiting) => waiting.key === key)) {
      next = atLatest({ ...next, open: next.open && { ...next.open, unread_count: 0 } })
    }
    if (body.change?.cleared) next = withoutFailed(next, body.chat_id)
  }
  return next
}

/**
 * A refused message is of no use in a deleted chat. One that waits is sent, and brings the chat back.
 * @param {State} state @param {number} chat
 */
function withoutFailed(state, chat) {
  const failed = state.queue.filter(({ status, body }) => status === "failed" && body.chat_id === chat)
  return withoutItems(state, failed.map(({ key }) => key))
}

/**
 * The server has answered. A row with a `seq` is a message, one with an `emoji` my reaction, one with a `hidden_at` the
 * flags of a message, one with an `until` a pin, one with a `due_at` a scheduled message, any other one preferences.
 * @param {State} state @param {Change} event
 */
function settled(state, { keys, row }) {
  return withoutItems(row ? withAnswer(state, row) : withRefused(state, keys), keys)
}

/**
 * A message that the server does not delete for me is shown again. Its words may be gone (snapshot.js), so its page is
 * loaded again.
 * @param {State} state @param {string[]} keys @returns {State}
 */
function withRefused(state, keys) {
  const refused = state.flagging.filter(({ kind, key }) => kind === "hide" && keys.includes(key))
  const isAbout = (/** @type {string} */ chat) => refused.some(({ body }) => body.chat_id === Number(chat))
  if (refused.length === 0) return state
  const logs = Object.entries(state.logs).map(([chat, log]) => [chat, isAbout(chat) ? { ...log, stale: true } : log])
  return { ...state, logs: Object.fromEntries(logs) }
}

/** @param {State} state @param {any} row @returns {State} */
function withAnswer(state, row) {
  if ("emoji" in row) return withOwnReactions(state, [row])
  if ("hidden_at" in row) return withFlags(state, [row])
  if ("until" in row) return withPins(state, [row])
  if ("due_at" in row) return withScheduled(state, [row])
  return "seq" in row ? withMessages(state, [row]) : withPreferences(state, [row])
}

/** My message is on disk: it becomes a row as the server has it. @param {State} state @param {Change} event */
function acknowledged(state, event) {
  const { cid, message_id, chat_id, seq, created_at, changed, mentions, mentions_all, forwarded, expires_at } = event
  const item = state.queue.find(({ key }) => key === cid)
  if (!item) return heard(state, { changed })
  // The ack of a repeated send may come after an edit elsewhere; this row is the message as it was sent.
  const sent = { id: message_id, chat_id, seq, sender_id: state.me, cid, created_at, changed: message_id }
  const row = { ...item.body, ...sent, mentions, mentions_all, forwarded, expires_at }
  return heard(withMessages(state, [row]), { changed })
}

/** @param {State} state @param {Change} event `at` is when the frame came */
function typed(state, { chat_id, user_id, on, at }) {
  if (!on) return quiet(state, chat_id, user_id)
  return { ...state, typing: { ...state.typing, [chat_id]: { ...state.typing[chat_id], [user_id]: at + TYPING_MS } } }
}

/** Everybody who types in a group now. @param {State} state @param {Change} event `at` is when the frame came */
function typistsTold(state, { chat_id, user_ids, at }) {
  const typing = Object.fromEntries(user_ids.map((/** @type {number} */ user) => [user, at + TYPING_MS]))
  return { ...state, typing: { ...state.typing, [chat_id]: typing } }
}

/**
 * A new message of a person ends their typing. One that was edited, or is sent again, does not.
 * @param {State} state @param {any} message
 */
function withoutTypist(state, { id, chat_id, seq, sender_id, changed }) {
  if (!state.typing[chat_id]?.[sender_id] || changed !== id) return state
  const isKnown = state.logs[chat_id]?.rows.some((row) => row.seq === seq)
  return isKnown ? state : quiet(state, chat_id, sender_id)
}

/** @param {State} state @param {Change} event */
function mentionsShown(state, { chat_id, seqs }) {
  const { read_seq } = myMark(state, chat_id)
  const beyond = (state.shownMentions[chat_id] ?? []).filter((seq) => seq > read_seq)
  return { ...state, shownMentions: { ...state.shownMentions, [chat_id]: [...beyond, ...seqs] } }
}

/** Ends the typing of people who have left or may not write any more. @param {State} state @param {number} chat */
function withoutSilenced(state, chat) {
  const onlyAdmins = state.chats[chat]?.who_may_write === "admins"
  const isSilent = (/** @type {number} */ user) => {
    const role = state.members[chat]?.[user]?.role
    return role === "former" || (onlyAdmins && role === "member")
  }
  const silent = Object.keys(state.typing[chat] ?? {}).map(Number).filter(isSilent)
  return silent.reduce((next, user) => quiet(next, chat, user), state)
}

/** @param {State} state @param {number} chat @param {number} user @returns {State} */
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
  // A person who goes offline without a time hides it from now on.
  return online || last_seen ? withSeen(next, [[user_id, last_seen]]) : withoutSeen(next, [user_id])
}

/**
 * The device has a network again. The socket may have lived on, but pages that failed to load can be loaded again.
 * @param {State} state @returns {State}
 */
function woken(state) {
  const paging = Object.fromEntries(Object.entries(state.paging).filter(([, status]) => status !== "failed"))
  return Object.keys(paging).length === Object.keys(state.paging).length ? state : { ...state, paging }
}

/** @param {State} state @param {Change} event */
function linkChanged(state, { status, retry_at = 0 }) {
  const connection = { status, retry_at }
  // Pages that failed to load without a connection can be loaded again.
  return status === "online" ? { ...state, connection, paging: {} } : { ...state, connection, live: false, typing: {} }
}
