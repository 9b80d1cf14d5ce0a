// @ts-check
/**
 * The outgoing queue: everything of this person that the server has not confirmed yet. Messages wait in the order in
 * which they were written. Everything else is a set operation: a later one replaces what it makes obsolete.
 * Pure; sending is the task of net/outgoing-queue.js.
 */
import { sameItems } from "../lib/values.js"

/** @typedef {import("./model.js").State} State */
/**
 * @typedef {object} Item
 * @property {string} key  a UUIDv7, so keys sort by time; the `cid` of a message, and the `ref` of everything else
 * @property {"message" | "receipt" | "preferences" | "edit" | "deletion" | "reaction" | "star"
 *   | "hide" | "pin" | "schedule" | "reschedule" | "unschedule" | "send-scheduled"} kind
 * @property {any} body  what the server is to be told, as it takes it
 * @property {number} at  when the person asked for it
 * @property {"pending" | "failed"} status  only messages, scheduled or not, stay after a failure, for the person to
 *   decide
 * @property {string} [code]  why it failed
 * @property {string} [reason]
 * @property {boolean} [silent]  the person did not ask for it, so a refusal is not shown
 * @property {number} [held_until]  the person can still take it back, so it is not sent before this time
 */

/** @param {State} state @param {Item[]} items @returns {State} */
export function withItems(state, items) {
  return items.reduce(withItem, state)
}

/**
 * What waits since an earlier visit, or in another tab.
 * @param {State} state @param {{ items: Item[] }} event @returns {State}
 */
export function joined(state, { items }) {
  return withItems(state, items.filter((item) => !hasArrived(state, item)))
}

/**
 * The server has confirmed these, or the person gave them up.
 * @param {State} state @param {string[]} keys @returns {State}
 */
export function withoutItems(state, keys) {
  const queue = state.queue.filter(({ key }) => !keys.includes(key))
  return queue.length === state.queue.length ? state : withQueue(state, queue)
}

/**
 * Messages of mine that have arrived wait no longer.
 * @param {State} state @param {import("./model.js").Message[]} rows
 */
export function withoutArrived(state, rows) {
  if (state.queue.length === 0) return state
  return withoutItems(state, rows.flatMap(({ cid, sender_id }) => (cid && sender_id === state.me ? [cid] : [])))
}

/** @param {State} state @param {string} key @param {Partial<Item>} patch @returns {State} */
export function withPatchedItem(state, key, patch) {
  if (!state.queue.some((item) => item.key === key)) return state
  return withQueue(state, state.queue.map((item) => (item.key === key ? { ...item, ...patch } : item)))
}

/** @param {State} state @param {Item} item @returns {State} */
function withItem(state, item) {
  const twin = state.queue.find(({ key }) => key === item.key)
  if (twin && twin.status === item.status && twin.code === item.code) return state
  const others = state.queue.filter((other) => other !== twin)
  if (others.some((other) => replaces(other, item))) return state
  const left = others.filter((other) => !replaces(item, other))
  return withQueue(state, [...left, item].sort((a, b) => (a.key < b.key ? -1 : 1)))
}

/**
 * The queue, and the parts of it that are shown: `pending` messages, which wait or were refused, `unsaved` changes of
 * preferences, `changes` of messages, reactions (`reacting`), flags (`flagging`), pins (`pinning`) and scheduled
 * messages (`scheduling`). A part is the same list as long as its items are the same, so a receipt causes no drawing.
 * @param {State} state @param {Item[]} queue @returns {State}
 */
function withQueue(state, queue) {
  const part = (/** @type {Item[]} */ before, /** @type {Item["kind"][]} */ ...kinds) => {
    const now = queue.filter((item) => kinds.includes(item.kind))
    return sameItems(before, now) ? before : now
  }
  return {
    ...state,
    queue,
    pending: part(state.pending, "message"),
    unsaved: part(state.unsaved, "preferences"),
    changes: part(state.changes, "edit", "deletion"),
    reacting: part(state.reacting, "reaction"),
    flagging: part(state.flagging, "star", "hide"),
    pinning: part(state.pinning, "pin"),
    scheduling: part(state.scheduling, "schedule", "reschedule", "unschedule", "send-scheduled"),
  }
}

/** Whether one item makes the other one obsolete. @param {Item} item @param {Item} other */
function replaces(item, other) {
  if (isMessageChange(item) && isMessageChange(other)) return item.key > other.key && isOfSameMessage(item, other)
  if (item.kind === other.kind && (item.kind === "reaction" || item.kind === "pin")) {
    return item.key > other.key && isOfSameMessage(item, other)
  }
  // A deleted message cannot be pinned.
  if (item.kind === "deletion" && other.kind === "pin") return isOfSameMessage(item, other)
  if (item.body.id && item.body.id === other.body.id) {
    // Both are about one scheduled message.
    if (item.kind === "unschedule") return item.key > other.key
    const { change = {} } = item.body
    return item.kind === other.kind && item.key > other.key && covers(change, other.body.change ?? {})
  }
  if (isFlag(item) && isFlag(other) && isOfSameMessage(item, other)) {
    // A message that is deleted for me has no star, whichever tab asked first.
    return item.kind === other.kind ? item.key > other.key : item.kind === "hide"
  }
  if (item.kind !== other.kind || item.body.chat_id !== other.body.chat_id) return false
  // What is taken back must leave no trace.
  if (item.held_until) return false
  if (item.kind === "receipt") return isFurther(item, other)
  return item.kind === "preferences" && item.key > other.key && covers(item.body.change, other.body.change)
}

/** @param {Item} item */
function isMessageChange({ kind }) {
  return kind === "edit" || kind === "deletion"
}

/** @param {Item} item */
function isFlag({ kind }) {
  return kind === "star" || kind === "hide"
}

/** @param {Item} item @param {Item} other */
function isOfSameMessage({ body }, { body: other }) {
  return body.chat_id === other.chat_id && body.message_id === other.message_id
}

/** Of two receipts that reach equally far, the earlier one stays. @param {Item} item @param {Item} other */
function isFurther({ key, body }, { key: otherKey, body: other }) {
  const further = [body.delivered - other.delivered, (body.read ?? 0) - (other.read ?? 0)]
  return further.every((by) => by >= 0) && (key < otherKey || further.some((by) => by > 0))
}

/**
 * Deleting a chat resets its preferences, except the time until which it is muted.
 * @param {any} change @param {any} earlier
 */
function covers(change, earlier) {
  return Object.keys(earlier).every((field) => field in change || (change.cleared && field !== "muted_until"))
}

/**
 * What is left of an item after the server has ended the session. Where it is not certain that the next session is on
 * the same state of the server, an id may mean another chat: then a message waits for its author to decide, and what is
 * about the messages of a chat is dropped.
 * @param {Item} item @param {string} why the code @returns {Item | null}
 */
export function afterSignOut(item, why) {
  if (SAME_STATE.has(why)) return item
  if (item.kind !== "message" && item.kind !== "schedule") return null
  return { ...item, status: "failed", code: item.code ?? "signed_out", reason: item.reason ?? "" }
}

/**
 * Reasons of a sign-out after which all ids mean the same as before. A tab that was signed out with another one
 * (`elsewhere`) leaves the decision to that one.
 */
const SAME_STATE = new Set(["session_expired", "session_ended", "password_changed", "too_many_sessions", "elsewhere"])

/** @param {State} state @param {Item} item */
function hasArrived(state, { kind, key }) {
  if (kind === "schedule") return Object.values(state.scheduled).some(({ cid }) => cid === key)
  if (kind !== "message") return false
  return Object.values(state.logs).some(({ rows }) => rows.some((row) => row.cid === key && row.sender_id === state.me))
}
