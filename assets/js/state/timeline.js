// @ts-check
/** The rows of the open chat: its messages, sent and waiting, with its days and the line above the unread ones. */
import { startOfDay } from "../lib/time.js"
import { sameValues } from "../lib/values.js"
import { asChanged, changeOf } from "./changes.js"
import { detachedIn, shownRange } from "./detached-range.js"
import { eventLine } from "./events.js"
import { isHidden, starOf } from "./flags.js"
import { namesIn, namesInWaiting } from "./mentions.js"
import { pendingHere } from "./messages.js"
import { EMPTY_LOG, isToRead } from "./model.js"
import { labelOf } from "./names.js"
import { faceOf } from "./peers.js"
import { quoteOf } from "./quotes.js"
import { reactionsOf } from "./reactions.js"
import { firstSeq, nextSeq, seqsOf } from "./stays.js"
import { closedBy } from "./targets.js"
import { reachOf, tickAt } from "./ticks.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */
/** @typedef {import("./queue.js").Item} Item */
/** @typedef {import("./model.js").Mark} Mark */
/**
 * @typedef {{ kind: "message", key: string, message: Message | null, pending: Item | null, content: string,
 *   at: number, sender: number, own: boolean, tick: string, quote: import("./quotes.js").Quote | null,
 *   first: boolean, last: boolean, lost: boolean, closed: boolean, author: Author | null,
 *   names: import("../lib/mentions.js").Names | null,
 *   reactions: import("./reactions.js").ShownReactions | null, star: "" | "starred" | "waiting" }} MessageItem
 *   first and last in its run of bubbles; lost = it waits, and would be lost if the page were closed; closed = nothing
 *   can be written here now; author = who wrote it, if it is another member of a group; names = of its mentions
 */
/** @typedef {{ id: number, name: string, username: string, picture: string | null }} Author */
/** @typedef {{ kind: "event", key: string, message: Message, line: import("./events.js").EventLine, at: number
 *   }} EventItem */
/**
 * @typedef {{ kind: "day", key: string, at: number } | { kind: "unread", key: string, count: number }
 *   | { kind: "absence", key: string }} Separator  absence = between two stays
 */
/** @typedef {MessageItem | EventItem} Row */
/** @typedef {Separator | Row} TimelineItem */

/** Messages of one person closer than this stand together. */
const GROUP_MS = 5 * 60_000

/** The parts of the state that `timeline` reads. @param {State} state */
export const timelineInputs = (state) => {
  const { chat_id: chat = 0, user_id, unread_after, unread_count, detached } = state.open ?? {}
  return [
    chat, user_id, unread_after, unread_count, detached, firstSeq(state, chat), state.logs[chat], state.lasts[chat],
    state.reactions[chat], state.reacting, state.flags[chat], state.flagging,
    state.memberships[chat], state.marks[chat], state.chats[chat], state.pending, state.changes, state.me, state.users,
    state.absent, state.saves, state.zone,
  ]
}

/**
 * The open chat from its first loaded message to the last waiting one. An item that says the same as in `before` is
 * the same object: a chat may have 100,000 messages, and most changes concern one.
 * @param {State} state @param {TimelineItem[]} [before] @returns {TimelineItem[]}
 */
export function timeline(state, before = []) {
  return state.open ? withSeparators(state, openItems(state, before)) : []
}

/** @param {State} state @param {TimelineItem[]} before @returns {Row[]} */
function openItems(state, before) {
  const { chat_id = 0 } = state.open ?? {}
  const { rows } = state.logs[chat_id] ?? EMPTY_LOG
  const reach = reachOf(state, chat_id)
  const authors = new Authors(state, chat_id)
  let at = 0
  const within = rowsWithin(rows, shownRange(state, chat_id))
  const items = withoutHidden(state, chat_id, within).map((message) => {
    // Both lists are in order of seq, so one walk finds every row's item in `before`.
    while (at < before.length && seqOf(before[at]) < message.seq) at += 1
    if (message.event) return eventItem(state, message, before[at])
    const shown = asChanged(state, message)
    return sentItem(state, shown, reach, authors.of(message, before[at]), before[at])
  })
  if (detachedIn(state, chat_id)) return items
  return [...items, ...pendingHere(state).map((pending) => waitingItem(state, pending))]
}

/** Separators and waiting messages have no seq: 0. @param {TimelineItem} item */
function seqOf(item) {
  return "message" in item ? (item.message?.seq ?? 0) : 0
}

/** Who wrote the messages of a group: one object for each person, so that items are compared at no cost. */
class Authors {
  #state
  #group
  /** @type {Map<number, Author>} */
  #known = new Map()

  /** @param {State} state @param {number} chat */
  constructor(state, chat) {
    this.#state = state
    this.#group = state.chats[chat]?.kind === "group"
  }

  /** @param {Message} message @param {TimelineItem | undefined} before @returns {Author | null} null if it is mine */
  of({ sender_id: id }, before) {
    if (!this.#group || id === this.#state.me) return null
    const known = this.#known.get(id)
    if (known) return known
    const { username, picture } = faceOf(this.#state, id)
    const now = { id, name: labelOf(this.#state, id), username, picture }
    const old = before?.kind === "message" && before.sender === id ? before.author : null
    const author = old && sameValues(old, now) ? old : now
    this.#known.set(id, author)
    return author
  }
}

/**
 * @param {State} state @param {Message} message @param {TimelineItem | undefined} before
 * @returns {EventItem} `before` itself if it says the same
 */
function eventItem(state, message, before) {
  const line = /** @type {import("./events.js").EventLine} */ (eventLine(state, message))
  if (before?.kind === "event" && before.message === message && sameValues(before.line, line)) return before
  return { kind: "event", key: `#${message.id}`, message, line, at: message.created_at }
}

/**
 * The rows inside of a range; `rows` itself if all of them are.
 * @param {Message[]} rows by seq @param {{ from: number | null, to: number }} range @returns {Message[]}
 */
function rowsWithin(rows, { from, to }) {
  if (from === null || rows.length === 0) return []
  if (rows[0].seq >= from && rows[rows.length - 1].seq <= to) return rows
  return rows.filter((row) => row.seq >= from && row.seq <= to)
}

/**
 * @param {State} state @param {number} chat @param {Message[]} rows
 * @returns {Message[]} those that are not deleted for me and have not expired; `rows` itself if none can be
 */
function withoutHidden(state, chat, rows) {
  if (!state.flags[chat] && state.flagging.length === 0 && !rows.some(({ expired }) => expired)) return rows
  return rows.filter((row) => !isHidden(state, row))
}

/**
 * @param {State} state @param {Message} message @param {Mark} reach @param {Author | null} author
 * @param {TimelineItem | undefined} before @returns {MessageItem} `before` itself if it shows this message as it is now
 */
function sentItem(state, message, reach, author, before) {
  const own = message.sender_id === state.me
  // A change that waits is an outline, as a message that waits is.
  const tick = !own ? "" : changeOf(state, message) ? "pending" : tickAt(reach, message.seq)
  const quote = quoteOf(state, message.chat_id, message.reply_to)
  const names = namesIn(state, message)
  const reactions = reactionsOf(state, message)
  const star = starOf(state, message)
  if (before?.kind === "message" && before.message === message && before.own === own && before.tick === tick
    && before.names === names && before.author === author && before.reactions === reactions
    && before.star === star && (quote ? sameValues(before.quote, quote) : !before.quote)) return before
  // The sender is part of the key: anybody can copy the cid of a message they have received.
  const key = message.cid ? `${message.sender_id}:${message.cid}` : `#${message.id}`
  const { content, created_at: at, sender_id: sender } = message
  return {
    kind: "message", key, message, pending: null, content, at, sender, own, tick, quote, first: false, last: false,
    lost: false, closed: false, author, names, reactions, star,
  }
}

/** @param {State} state @param {Item} pending @returns {MessageItem} */
function waitingItem(state, pending) {
  const { at, status: tick, body: { content, chat_id = 0, reply_to } } = pending
  const [key, quote] = [`${state.me}:${pending.key}`, quoteOf(state, chat_id, reply_to)]
  return {
    kind: "message", key, message: null, pending, content, at, sender: state.me, own: true, tick, quote,
    first: false, last: false, lost: !state.saves, closed: closedBy(state, chat_id) !== "", author: null,
    names: namesInWaiting(state, pending.body), reactions: null, star: "",
  }
}

/** @param {State} state @param {Row[]} items @returns {TimelineItem[]} */
function withSeparators(state, items) {
  const { chat_id = 0, unread_after = 0, unread_count = 0 } = state.open ?? {}
  /** @type {TimelineItem[]} */
  const result = []
  let day = 0
  // What is shown may begin after the first unread message.
  const from = shownRange(state, chat_id).from ?? 0
  const seqs = seqsOf(state, chat_id)
  let lineDrawn = unread_count === 0 || from > nextSeq(seqs, unread_after)
  let joined = false
  let seq = 0
  for (const [i, item] of items.entries()) {
    const isApart = item.message && isAbsence(seqs, seq, item.message.seq)
    if (isApart) result.push({ kind: "absence", key: `absence:${item.message?.seq}` })
    seq = item.message?.seq ?? seq
    const start = startOfDay(item.at)
    // Each day gets one row, because two would have the same key if a clock ran back between two messages.
    if (start > day) result.push({ kind: "day", key: `day:${start}`, at: start })
    day = Math.max(day, start)
    if (!lineDrawn && item.message && item.message.seq > unread_after && isToRead(state, item.message)) {
      result.push({ kind: "unread", key: "unread", count: unread_count })
      joined = false
      lineDrawn = true
    }
    const joins = together(item, items[i + 1], seqs)
    result.push(item.kind === "message" ? placed(item, !joined, !joins) : item)
    joined = joins
  }
  return result
}

/**
 * Whether there are messages between two seqs that I may not see, because I was not in the group then.
 * @param {import("./stays.js").Seqs[]} seqs @param {number} before 0 if nothing is before @param {number} after
 */
function isAbsence(seqs, before, after) {
  return before > 0 && seqs.some(({ from }, i) =>
    i > 0 && before < from && from <= after && seqs[i - 1].to + 1 < from)
}

/**
 * Whether two neighbours stand in one run of bubbles.
 * @param {Row} a @param {Row | undefined} b @param {import("./stays.js").Seqs[]} seqs
 */
function together(a, b, seqs) {
  if (a.kind !== "message" || b?.kind !== "message") return false
  if (a.message && b.message && isAbsence(seqs, a.message.seq, b.message.seq)) return false
  if (a.own !== b.own || (!a.own && a.sender !== b.sender)) return false
  return Math.abs(b.at - a.at) < GROUP_MS && startOfDay(a.at) === startOfDay(b.at)
}

/** @param {MessageItem} item @param {boolean} first @param {boolean} last @returns {MessageItem} */
function placed(item, first, last) {
  return item.first === first && item.last === last ? item : { ...item, first, last }
}

/**
 * The ids of quoted and of pinned messages that are not loaded.
 * @param {(TimelineItem | import("./pins.js").PinItem)[]} items @returns {number[]}
 */
export function missingQuotes(items) {
  return items.flatMap((item) => ("quote" in item && item.quote?.status === "unknown" ? [item.quote.id] : []))
}
