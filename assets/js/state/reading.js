// @ts-check
/**
 * Where reading continues in a chat: whether its first unread message is loaded, and how far the messages that were on
 * the screen make it read. The mark of what I have read is one seq, so it stops before the first message that was not
 * shown. Pure.
 */
import { withoutDetached } from "./detached-range.js"
import { isToRead, loadedFrom, readOf, rowsAfter, withMarks } from "./model.js"
import { nextSeq, seqsOf } from "./stays.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */

/**
 * Whether the messages after a seq are loaded from the first one on, in the part that reaches the end.
 * @param {State} state @param {number} chat @param {number} after
 */
export function isLoadedAfter(state, chat, after) {
  const from = loadedFrom(state, chat)
  return from !== null && !state.logs[chat]?.stale && from <= nextSeq(seqsOf(state, chat), after)
}

/**
 * Opens a chat or a person. The line above the unread messages is drawn where reading ended, and stays there. Without
 * unread messages, a chat opens where it was left. A chat that is open already gets a new line, and is not moved.
 * @param {State} state @param {{ chat_id?: number, user_id?: number, toUnread?: boolean }} event
 *   toUnread = go to the first unread message even if the chat is already open
 * @param {number} unread_count @returns {State}
 */
export function opened(state, { chat_id, user_id, toUnread = false }, unread_count) {
  const { left } = leaving(state)
  if (!chat_id) return { ...state, left, open: { user_id, unread_after: 0, unread_count: 0, seeks: false } }
  const unread_after = readOf(state, chat_id)
  const before = state.open?.chat_id === chat_id && !toUnread ? state.open : null
  const detached = before ? before.detached : unread_count === 0 ? whole(state, chat_id, left[chat_id]) : undefined
  const isEmpty = loadedFrom(state, chat_id) === null || state.logs[chat_id]?.stale
  const mayMove = !before || before.seeks || isEmpty
  const seeks = unread_count > 0 && !detached && mayMove && !isLoadedAfter(state, chat_id, unread_after)
  const open = { chat_id, user_id, unread_after, unread_count, seeks, ...(detached && { detached }) }
  return { ...state, left, open }
}

/**
 * Its messages may be deleted by now.
 * @param {State} state @param {number} chat @param {import("./detached-range.js").Range | undefined} range
 */
function whole(state, chat, range) {
  return state.logs[chat]?.rows.some(({ seq }) => seq === range?.to) ? range : undefined
}

/** Which part of the open chat was shown, for when it is opened again. @param {State} state */
export function leaving({ open, left }) {
  const { chat_id = 0, detached } = open ?? {}
  if (!chat_id || left[chat_id] === detached) return { left }
  const { [chat_id]: _gone, ...others } = left
  return { left: detached ? { ...others, [chat_id]: detached } : others }
}

/** The search for the first unread message ends once it is loaded. @param {State} state @returns {State} */
export function withSought(state) {
  const { chat_id = 0, seeks, unread_after = 0 } = state.open ?? {}
  return seeks && isLoadedAfter(state, chat_id, unread_after) ? withoutSeeking(state) : state
}

/** @param {State} state @returns {State} */
export function withoutSeeking(state) {
  return state.open?.seeks ? { ...state, open: { ...state.open, seeks: false } } : state
}

/** The reader goes to the end, whatever is unread. @param {State} state */
export const atLatest = (state) => withoutSeeking(withoutDetached(state))

/**
 * What the page around the first unread message tells: up to that message, or up to the end of a page without one, all
 * messages are mine, deleted or event lines. They count as read, so that the line and the mark stand right before it.
 * @param {State} state
 * @param {{ chat_id: number, after: number, messages: Message[], more_after: boolean }} page @returns {State}
 */
export function unreadFound(state, { chat_id, after, messages, more_after }) {
  const first = messages.find((message) => message.seq > after && isToRead(state, message))
  const read_seq = first ? first.seq - 1 : (messages.at(-1)?.seq ?? 0)
  const next = withMarks(state, [{ chat_id, user_id: state.me, read_seq }])
  if (!state.open || state.open.chat_id !== chat_id) return next
  const seeks = !first && more_after
  const unread_count = first || seeks ? state.open.unread_count : 0
  return { ...next, open: { ...state.open, unread_after: Math.max(after, read_seq), unread_count, seeks } }
}

/**
 * How far a chat is read if these messages of it were shown. Own and deleted messages and event lines need not be
 * shown. Event lines alone read nothing: a change in a group of 1,000 people must not cost 1,000 receipts.
 * @param {State} state @param {number} chat @param {Set<number>} shown seqs @returns {number} a seq; 0 if no further
 */
export function readThrough(state, chat, shown) {
  const seqs = seqsOf(state, chat)
  let at = readOf(state, chat)
  let through = 0
  for (const row of rowsAfter(state, chat, at)) {
    const { seq } = row
    if (seq !== nextSeq(seqs, at)) break
    if (shown.has(seq) && !row.event) through = seq
    else if (isToRead(state, row)) break
    at = seq
  }
  return through
}
