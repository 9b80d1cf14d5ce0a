// @ts-check
/**
 * Event lines: what happened in a chat, with the names of the people. `chat/event-words.js` puts it into words. A kind
 * that only a newer server knows is "unknown".
 */
import { labelOf, someOf } from "./names.js"

/** @typedef {import("./model.js").State} State */
/**
 * @typedef {{ kind: string, title?: string, user_ids?: number[], user_id?: number, role?: "admin" | "member",
 *   who_may_write?: "all" | "admins", who_may_change?: "all" | "admins", history_for_newcomers?: "none" | "all",
 *   expire_after?: number | null }} Event  as the server sends it
 */
/**
 * Of plain values, so that two of them can be compared.
 * @typedef {{ kind: string, by: string, mine: boolean, me: boolean, first: string, second: string, count: number,
 *   title: string, role: string, write: string, change: string, history: string, timer: number }} EventLine
 *   by = who did it, which was me if mine; me = it was done to me; first, second and count = the others it was done to;
 *   timer = 0 if it was turned off
 */

const KINDS = new Set([
  "created", "added", "removed", "left", "joined", "title_changed", "description_changed", "picture_changed",
  "role_changed", "became_admin", "settings_changed", "pinned", "timer",
])

/** @param {State} state @param {import("./model.js").Message} message @returns {EventLine | null} */
export function eventLine(state, { event, sender_id }) {
  if (!event) return null
  const { kind, title = "", user_ids = [], user_id, role = "" } = event
  const ids = kind === "became_admin" ? [sender_id] : user_id === undefined ? user_ids : [user_id]
  const { who_may_write: write = "", who_may_change: change = "", history_for_newcomers: history = "" } = event
  return {
    kind: KINDS.has(kind) ? kind : "unknown",
    by: labelOf(state, sender_id),
    mine: sender_id === state.me,
    me: ids.includes(state.me),
    ...someOf(state, ids.filter((id) => id !== state.me)),
    title, role, write, change, history,
    timer: event.expire_after ?? 0,
  }
}
