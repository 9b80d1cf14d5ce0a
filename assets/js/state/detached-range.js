// @ts-check
/**
 * Which messages of the open chat are shown. Nearly always these are all that are loaded, to the end. After a jump far
 * back, also to the first unread message, it is a detached range: messages loaded around one message, with a gap
 * between them and the rest.
 * The range grows at both ends. It ends when it touches the rest, or when the reader goes back to the end.
 */
import { EMPTY_LOG, loadedFrom, withMessages } from "./model.js"
import { nextSeq, seqsOf } from "./stays.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */
/** @typedef {{ from: number, to: number }} Range  the first and the last seq in it */

/**
 * @param {State} state @param {number} chat
 * @returns {{ from: number | null, to: number }} from = null while nothing is loaded
 */
export function shownRange(state, chat) {
  const detached = detachedIn(state, chat)
  return detached ?? { from: loadedFrom(state, chat), to: Infinity }
}

/** @param {State} state @param {number} chat @returns {Range | undefined} */
export function detachedIn(state, chat) {
  return state.open?.chat_id === chat ? state.open?.detached : undefined
}

/**
 * The last message of a detached range, after which newer ones are to be loaded.
 * @param {State} state @param {number} chat @returns {Message | null}
 */
export function detachedEnd(state, chat) {
  const detached = detachedIn(state, chat)
  return (detached && state.logs[chat]?.rows.find((row) => row.seq === detached.to)) ?? null
}

/** @param {State} state @returns {State} */
export function withoutDetached(state) {
  if (!state.open?.detached) return state
  const { detached: _gone, ...open } = state.open
  return { ...state, open }
}

/**
 * A page that was loaded around a message. If the chat is no longer open, its rows are kept and nothing is shown.
 * @param {State} state
 * @param {{ chat_id: number, messages: Message[], more_before: boolean, more_after: boolean }} page @returns {State}
 */
export function aroundLoaded(state, { chat_id, messages, more_before, more_after }) {
  const next = { ...state, paging: { ...state.paging, [chat_id]: "" } }
  const [first, last] = [messages[0], messages.at(-1)]
  if (!first || !last) return next
  const detached = { from: more_before ? first.seq : 1, to: last.seq }
  return placed(next, chat_id, detached, messages, !more_after)
}

/**
 * A page that continues the detached range upwards or downwards; null if it does neither.
 * @param {State} state
 * @param {{ chat_id: number, messages: Message[], more: boolean, direction: string }} page @returns {State | null}
 */
export function detachedGrown(state, { chat_id, messages, more, direction }) {
  const detached = detachedIn(state, chat_id)
  const [first, last] = [messages[0], messages.at(-1)]
  if (!detached || !first || !last) return null
  const next = { ...state, paging: { ...state.paging, [chat_id]: "" } }
  const seqs = seqsOf(state, chat_id)
  if (direction === "before" && nextSeq(seqs, last.seq) === detached.from) {
    return placed(next, chat_id, { from: more ? first.seq : 1, to: detached.to }, messages, false)
  }
  if (direction !== "newer" || nextSeq(seqs, detached.to) !== first.seq) return null
  return placed(next, chat_id, { from: detached.from, to: last.seq }, messages, !more)
}

/**
 * @param {State} state @param {number} chat @param {Range} detached @param {Message[]} messages @param {boolean} atEnd
 * @returns {State}
 */
function placed(state, chat, detached, messages, atEnd) {
  const log = state.logs[chat] ?? EMPTY_LOG
  const main = log.stale ? null : loadedFrom(state, chat)
  if (!atEnd && (main === null || nextSeq(seqsOf(state, chat), detached.to) < main)) {
    const open = state.open?.chat_id === chat ? { ...state.open, detached } : state.open
    return withMessages({ ...state, open }, messages)
  }
  const from = Math.min(detached.from, main ?? detached.from)
  const joined = withoutDetachedIn({ ...state, logs: { ...state.logs, [chat]: { ...log, from } } }, chat)
  return withMessages(joined, messages)
}

/**
 * The rest has grown, and may have reached the detached range.
 * @param {State} state @param {number} chat @returns {State}
 */
export function withDetachedJoined(state, chat) {
  const detached = detachedIn(state, chat)
  return detached ? placed(state, chat, detached, [], false) : state
}

/** @param {State} state @param {number} chat @returns {State} */
function withoutDetachedIn(state, chat) {
  return state.open?.chat_id === chat ? withoutDetached(state) : state
}
