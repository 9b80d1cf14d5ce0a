// @ts-check
/** My scheduled messages as the line above the composer and the list show them, with what waits in the queue. Pure. */
import { namesInDraft } from "./mentions.js"
import { isUnsent } from "./scheduled.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./scheduled.js").Scheduled} Scheduled */
/** @typedef {import("./queue.js").Item} Item */
/**
 * @typedef {object} ScheduledItem
 * @property {string} key  the `cid` of the message
 * @property {number} id  0 while the server does not have it
 * @property {number} chat_id
 * @property {string} content
 * @property {number} reply_to  0 if it quotes nothing
 * @property {import("../lib/mentions.js").Names | null} names  of those whom it mentions
 * @property {number} due_at
 * @property {"waiting" | "unsaved" | "sending" | "refused"} status  unsaved = the server does not have it, or not the
 *   last change; sending = to be sent at once, when there is a connection
 * @property {string} code  why it was refused
 */

/** The parts of the state that `scheduledItems` reads. @param {State} state */
export const scheduledInputs = (state) => [
  state.scheduled, state.scheduling, state.open?.chat_id, state.users, state.members,
]

/**
 * Those of a chat, the next one first; those that were refused before all others.
 * @param {State} state @param {number} chat
 */
export function scheduledItems(state, chat) {
  const rows = Object.values(state.scheduled).filter((row) => row.chat_id === chat && isUnsent(row))
  const known = new Set(Object.values(state.scheduled).map(({ cid }) => cid))
  const made = state.scheduling.filter(({ kind, key, body }) =>
    kind === "schedule" && body.chat_id === chat && !known.has(key))
  const items = [...rows.flatMap((row) => ofRow(state, row)), ...made.map((item) => ofItem(state, item))]
  const rank = (/** @type {ScheduledItem} */ { status }) => (status === "refused" ? 0 : 1)
  return items.sort((a, b) => rank(a) - rank(b) || a.due_at - b.due_at || (a.key < b.key ? -1 : 1))
}

/** @param {State} state @param {Scheduled} row @returns {ScheduledItem[]} none if it is to be cancelled */
function ofRow(state, row) {
  const changes = state.scheduling.filter(({ body }) => body.id === row.id)
  if (changes.some(({ kind }) => kind === "unschedule")) return []
  const { content, due_at } = changes.reduce((all, { body }) => ({ ...all, ...body.change }), row)
  const isSending = changes.some(({ kind }) => kind === "send-scheduled")
  const saved = row.state === "refused" ? "refused" : "waiting"
  const status = isSending ? "sending" : changes.length > 0 ? "unsaved" : saved
  const code = status === "refused" ? row.reason ?? "" : ""
  return [{ ...shared(state, row, content), key: row.cid, id: row.id, due_at, status, code }]
}

/** @param {State} state @param {Item} item @returns {ScheduledItem} */
function ofItem(state, { key, body, status, code = "" }) {
  const isRefused = status === "failed"
  return {
    ...shared(state, body, body.content), key, id: 0, due_at: body.due_at, code,
    status: isRefused ? "refused" : "unsaved",
  }
}

/** @param {State} state @param {{ chat_id: number, reply_to?: number }} row @param {string} content */
function shared(state, { chat_id, reply_to = 0 }, content) {
  return { chat_id, reply_to, content, names: namesInDraft(state, chat_id, content) }
}
