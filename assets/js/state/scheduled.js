// @ts-check
/**
 * My scheduled messages: written now, and sent by the server at a later time. The server's row of each is the truth; it
 * stays here when the message is sent or cancelled, without words, so that an older row does not bring it back.
 */
import { newer } from "./model.js"
import { withoutItems } from "./queue.js"

/** @typedef {import("./model.js").State} State */
/**
 * @typedef {{ id: number, chat_id: number, cid: string, content: string, reply_to?: number, due_at: number,
 *   created_at: number, state: "waiting" | "sent" | "cancelled" | "refused", reason?: string, changed: number
 *   }} Scheduled  reason = the code of the error with which the server refused it
 */

/** One that arrives waits no longer in the outgoing queue. @param {State} state @param {any[]} rows @returns {State} */
export function withScheduled(state, rows) {
  let { scheduled } = state
  for (const { type: _type, ...row } of rows) {
    const latest = newer(scheduled[row.id], row)
    if (latest !== scheduled[row.id]) scheduled = { ...scheduled, [row.id]: latest }
  }
  if (scheduled === state.scheduled) return state
  return withoutItems({ ...state, scheduled }, rows.map(({ cid }) => cid))
}

/**
 * The server has listed all that wait or were refused. Others that are known from before this revision are gone.
 * @param {State} state @param {any[]} rows @param {number} revision @returns {State}
 */
export function scheduledListed(state, rows, revision) {
  const listed = new Set(rows.map(({ id }) => id))
  const left = Object.values(state.scheduled).filter(({ id, changed }) => listed.has(id) || changed > revision)
  return withScheduled({ ...state, scheduled: Object.fromEntries(left.map((row) => [row.id, row])) }, rows)
}

/** Whether the server keeps its words. @param {Scheduled} row */
export const isUnsent = (row) => row.state === "waiting" || row.state === "refused"

/** Whether anything is scheduled, or waits to be. @param {State} state */
export const hasScheduled = ({ scheduled, scheduling }) =>
  scheduling.length > 0 || Object.values(scheduled).some(isUnsent)
