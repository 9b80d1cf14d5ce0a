// @ts-check
/**
 * Pins: the messages that a chat shows on top for everyone in it, each until a time. The server's row of each message
 * is the truth. A change of mine that waits in the outgoing queue is shown over the rows. Nothing here asks for the
 * time: `clock` says up to when the ends of pins were noticed.
 */
import { sameItems, sameValues } from "../lib/values.js"
import { isHidden } from "./flags.js"
import { roleIn } from "./members.js"
import { newer } from "./model.js"
import { isGone, quoteOf } from "./quotes.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./queue.js").Item} Item */
/** @typedef {{ user_id: number, at: number, until: number | null, changed: number }} Pin  until: null = taken away */
/** @typedef {{ id: number, quote: import("./quotes.js").Quote }} PinItem  a pinned message and its first words */

/** As many as the server leaves in one chat. */
export const PINS_MAX = 3

/** @param {State} state @param {any[]} rows as they stand on the wire @returns {State} */
export function withPins(state, rows) {
  let { pins } = state
  for (const { chat_id, message_id, user_id, at, until, changed } of rows) {
    const old = pins[chat_id]?.[message_id]
    const now = newer(old, { user_id, at, until, changed })
    if (now !== old) pins = { ...pins, [chat_id]: { ...pins[chat_id], [message_id]: now } }
  }
  return pins === state.pins ? state : { ...state, pins }
}

/**
 * Removes the pins of some chats, up to a revision. The server has sent a new list of the pins of these chats.
 * @param {State} state @param {number[]} chats @param {number} revision @returns {State}
 */
export function withoutPins(state, chats, revision) {
  const pins = { ...state.pins }
  for (const chat of chats.filter((id) => id in pins)) {
    const left = Object.entries(pins[chat]).filter(([, { changed }]) => changed > revision)
    if (left.length > 0) pins[chat] = Object.fromEntries(left)
    else delete pins[chat]
  }
  return { ...state, pins }
}

/**
 * The pinned messages of a chat that I see, the latest pin first. A fourth takes the place of the oldest.
 * @param {State} state @param {number} chat @returns {number[]} ids
 */
export function pinsOf(state, chat) {
  const waiting = state.pinning.filter(({ body }) => body.chat_id === chat)
  if ((!state.pins[chat] && waiting.length === 0) || roleIn(state, chat) === "former") return []
  const saved = Object.entries(state.pins[chat] ?? {}).filter(([, { until }]) => (until ?? 0) > state.clock)
  let ids = saved.sort(([, a], [, b]) => b.at - a.at || b.changed - a.changed).map(([id]) => Number(id))
  for (const { body: { message_id, hours } } of waiting) {
    ids = [...(hours ? [message_id] : []), ...ids.filter((id) => id !== message_id)]
  }
  const { cleared_id = 0 } = state.preferences[chat] ?? {}
  const isLeft = (/** @type {number} */ id) => !isGone(state, chat, id)
  const isShown = (/** @type {number} */ id) => id > cleared_id && !isHidden(state, { chat_id: chat, id })
  // Those that only I do not see count, too.
  return ids.filter(isLeft).slice(0, PINS_MAX).filter(isShown)
}

/** The parts of the state that `pinItems` reads. @param {State} state */
export const pinItemsInputs = (state) => {
  const chat = state.open?.chat_id ?? 0
  return [
    chat, state.pins[chat], state.pinning, state.clock, state.memberships[chat], state.flags[chat], state.flagging,
    state.preferences[chat], state.logs[chat], state.changes, state.users, state.absent,
  ]
}

/**
 * The pinned messages of the open chat, those that cannot be loaded left out.
 * @param {State} state @param {PinItem[]} [before] @returns {PinItem[]} `before` itself if it says the same
 */
export function pinItems(state, before = []) {
  const chat = state.open?.chat_id ?? 0
  const items = pinsOf(state, chat).flatMap((id) => {
    const quote = quoteOf(state, chat, id)
    if (!quote || quote.status === "absent") return []
    const old = before.find((item) => item.id === id)
    return [old && sameValues(old.quote, quote) ? old : { id, quote }]
  })
  return sameItems(before, items) ? before : items
}

/** Whether a pin has ended since the clock was looked at. @param {State} state @param {number} at now */
export function hasPinEnded({ pins, clock }, at) {
  return Object.values(pins).some((rows) =>
    Object.values(rows).some(({ until }) => until !== null && until > clock && until <= at))
}
