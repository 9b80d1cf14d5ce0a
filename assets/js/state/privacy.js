// @ts-check
/**
 * What I show of myself. It works both ways: while I hide that I am online, I do not see it of others. Pure.
 */
import { sameValues } from "../lib/values.js"
import { withUsers } from "./model.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {{ shows_read: boolean, shows_last_seen: boolean, changed: number }} Privacy */

/** @type {Privacy} */
export const OPEN = { shows_read: true, shows_last_seen: true, changed: 0 }

/** @param {State} state @param {Privacy[]} rows @returns {State} */
export function withPrivacy(state, rows) {
  return rows.reduce((next, row) => (row.changed > next.privacy.changed ? privacyTold(next, row) : next), state)
}

/**
 * The settings in the server's welcome count, whatever was known: it may have been restored from a backup.
 * @param {State} state @param {Privacy} [row] @returns {State}
 */
export function privacyTold(state, row) {
  const old = state.privacy
  if (!row) return state
  const { shows_read, shows_last_seen, changed } = row
  if (sameValues(old, { shows_read, shows_last_seen, changed })) return state
  const next = { ...state, privacy: { shows_read, shows_last_seen, changed } }
  if (shows_last_seen) return next
  const { me, seen, online } = state
  return { ...next, sighted: false, seen: seen[me] ? { [me]: seen[me] } : {}, online: online[me] ? { [me]: true } : {} }
}

/** Whether to load who is online and when others were last seen, because I see it again. @param {State} state */
export function mustLookAround(state) {
  return state.live && state.privacy.shows_last_seen && !state.sighted
}

/**
 * Who is online, and when others were last seen.
 * @param {State} state @param {any} event `users` and `online` as they stand on the wire @returns {State}
 */
export function lookedAround(state, { users, online }) {
  if (!state.privacy.shows_last_seen) return state
  const here = Object.fromEntries(online.map((/** @type {{ id: number }} */ { id }) => [id, true]))
  return withUsers({ ...state, sighted: true, online: here }, users)
}
