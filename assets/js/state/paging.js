// @ts-check
/** Which messages of a chat are loaded, and which are missing. */
import { detachedIn, shownRange } from "./detached-range.js"
import { lastMessage } from "./messages.js"
import { EMPTY_LOG, loadedFrom, unreadOf } from "./model.js"
import { firstSeq, lastSeq, nextSeq, seqsOf } from "./stays.js"

/** @typedef {import("./model.js").State} State */

/** The parts of the state that `paging` reads. @param {State} state */
export const pagingInputs = (state) => {
  const chat = state.open?.chat_id ?? 0
  return [state.open, state.logs[chat], state.lasts[chat], firstSeq(state, chat), state.paging, state.loaded]
}

/** How far the open chat is loaded, and whether more can be loaded before and after. @param {State} state */
export function paging(state) {
  const chat = state.open?.chat_id ?? 0
  const from = chat ? shownRange(state, chat).from : 1
  const newer = Boolean(detachedIn(state, chat))
  const older = from !== null && from > firstSeq(state, chat)
  const ready = state.loaded && from !== null && !state.open?.seeks
  return { chat, ready, older, newer, status: state.paging[chat] ?? "" }
}

/** Whether the newest page of a chat must be loaded. @param {State} state @param {number} chat */
export function needsPage(state, chat) {
  return Boolean(state.chats[chat]) && (loadedFrom(state, chat) === null || Boolean(state.logs[chat]?.stale))
}

/** So many messages that have expired are looked through for one that has not. */
const EXPIRED_MAX = 500
/**
 * By summaries: the chats whose last message is gone, or in which messages that are not loaded may expire.
 * @type {WeakMap<object, { chats: object, fading: number[] }>}
 */
const known = new WeakMap()

/** The chats of which the list may lack something. @param {State} state @returns {number[]} */
export function uncertainChats(state) {
  const { flags, summaries, chats } = state
  let last = known.get(summaries)
  if (last?.chats !== chats) {
    const ids = Object.keys(summaries).map(Number)
    const isGone = (/** @type {number} */ id) => !summaries[id].last_message && summaries[id].last_seq > 0
    last = { chats, fading: ids.filter((id) => isGone(id) || mayExpire(state, id)) }
    known.set(summaries, last)
  }
  return [...new Set([...last.fading, ...Object.keys(flags).map(Number)])]
}

/**
 * Whether messages that are not loaded may expire: as far as the list tells, the chat has or had a timer.
 * @param {State} state @param {number} chat
 */
function mayExpire({ chats, summaries }, chat) {
  const { expires_at, event } = summaries[chat]?.last_message ?? {}
  return Boolean(chats[chat]?.expire_after || expires_at || event?.kind === "timer")
}

/**
 * Whether the list cannot tell of a chat without its newest page: its last message, or some that were counted as
 * unread, have expired or are now deleted for me, and those around them are not loaded. The
 * server publishes no row when a message expires, so the page does not know how many of these have expired.
 * @param {State} state @param {number} chat
 */
export function lacksShown(state, chat) {
  if (loadedFrom(state, chat) !== null || lastSeq(state, chat) === 0) return false
  if (lastMessage(state, chat) === null) return true
  if (mayExpire(state, chat) && unreadOf(state, chat) > 0) return true
  const known = new Set(state.logs[chat]?.rows.map(({ id }) => id))
  const hidden = Object.entries(state.flags[chat] ?? {}).filter(([, { hidden_at }]) => hidden_at)
  return hidden.some(([id]) => !known.has(Number(id))) && unreadOf(state, chat) > 0
}

/**
 * Whether all loaded messages of a chat are gone, and an older one may be left for the list to tell of.
 * @param {State} state @param {number} chat
 */
export function lacksOlder(state, chat) {
  const { rows } = state.logs[chat] ?? EMPTY_LOG
  if (rows.length === 0 || rows.length > EXPIRED_MAX || lastMessage(state, chat) !== null) return false
  return (loadedFrom(state, chat) ?? 0) > firstSeq(state, chat)
}

/** The oldest message shown of a chat; older ones are loaded before it. @param {State} state @param {number} chat */
export function oldestShown(state, chat) {
  const from = shownRange(state, chat).from ?? 1
  return state.logs[chat]?.rows.find((row) => row.seq >= from) ?? null
}

/**
 * The first gap in the loaded end of a chat: the id of the message before it.
 * @param {State} state @param {number} chat @returns {number | null}
 */
export function holeIn(state, chat) {
  const { rows } = state.logs[chat] ?? EMPTY_LOG
  const from = loadedFrom(state, chat)
  if (from === null) return null
  const seqs = seqsOf(state, chat)
  // Before my first message there is nothing, or the last one I deleted by clearing the chat.
  let id = state.preferences[chat]?.cleared_id ?? 0
  let due = from === firstSeq(state, chat) ? from : null
  for (const row of rows) {
    if (row.seq < from) continue
    if (due !== null && row.seq > due) return id
    id = row.id
    due = nextSeq(seqs, row.seq)
  }
  return due !== null && due <= lastSeq(state, chat) ? id : null
}
