// @ts-check
/** Who is in a group, and what I may do there. The server's rules decide; this only shows it. Pure. */
import { shownName, withMembers } from "./model.js"
import { labelOf } from "./names.js"

/** @typedef {import("./model.js").State} State */
/**
 * @typedef {{ key: string, id: number, name: string, label: string, username: string, about: string,
 *   picture: string | null, admin: boolean, me: boolean }} MemberItem  label = the name, with the username if need be
 */

const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true })

/** Of more people who come at once, the members are sent no rows, only the line. */
const ROWS_MAX = 10

/** Whether the whole list of members is known. @param {State} state @param {number} chat */
export function areListed(state, chat) {
  return (state.listed[chat] ?? -1) >= Math.max(state.memberships[chat]?.joined ?? 0, state.missed[chat] ?? 0)
}

/**
 * Notes that a list of members from before these lines lacks somebody.
 * @param {State} state @param {any[]} messages @returns {State}
 */
export function withMissed(state, messages) {
  const many = messages.filter(({ event }) => event?.kind === "added" && event.user_ids.length > ROWS_MAX)
  return many.reduce((next, { chat_id, id }) => missedSince(next, chat_id, id), state)
}

/** @param {State} state @param {number} chat @param {number} revision @returns {State} */
export function missedSince(state, chat, revision) {
  if (revision <= (state.missed[chat] ?? 0)) return state
  return { ...state, missed: { ...state.missed, [chat]: revision } }
}

/**
 * The whole list of members as it was at a revision, with the changes since.
 * @param {State} state @param {number} chat @param {any[]} members @param {number} revision @returns {State}
 */
export function withList(state, chat, members, revision) {
  const later = Object.values(state.members[chat] ?? {}).filter(({ changed }) => changed > revision)
  const next = withMembers({ ...state, members: { ...state.members, [chat]: {} } }, [...later, ...members])
  return { ...next, listed: { ...state.listed, [chat]: revision } }
}

/** The ids of the current members, as far as they are known. @param {State} state @param {number} chat */
export function memberIds(state, chat) {
  return Object.values(state.members[chat] ?? {}).filter(({ role }) => role !== "former").map(({ user_id }) => user_id)
}

/**
 * The members: first me, then admins, then by name.
 * @param {State} state @param {number} chat @returns {MemberItem[]}
 */
export function memberItems(state, chat) {
  return memberIds(state, chat).filter((id) => state.users[id]).map((id) => memberItem(state, chat, id))
    .sort((a, b) =>
      Number(b.me) - Number(a.me) || Number(b.admin) - Number(a.admin) || collator.compare(a.name, b.name))
}

/** @param {State} state @param {number} chat @param {number} id @returns {MemberItem} */
function memberItem(state, chat, id) {
  const user = state.users[id]
  return {
    key: String(id),
    id,
    name: shownName(user),
    label: labelOf(state, id),
    username: user.username,
    about: user.about,
    picture: user.picture,
    admin: state.members[chat][id].role === "admin",
    me: id === state.me,
  }
}

/** My role in a group. @param {State} state @param {number} chat @returns {import("./model.js").Role | ""} */
export function roleIn(state, chat) {
  return state.memberships[chat]?.role ?? ""
}

/** Whether I may change title, description and picture. @param {State} state @param {number} chat */
export function mayChange(state, chat) {
  const role = roleIn(state, chat)
  return role === "admin" || (role === "member" && state.chats[chat]?.who_may_change === "all")
}

/** Whether I am the only admin of a group with other members. @param {State} state @param {number} chat */
export function isLastAdmin(state, chat) {
  if (roleIn(state, chat) !== "admin") return false
  const others = memberIds(state, chat).filter((id) => id !== state.me)
  return others.length > 0 && others.every((id) => state.members[chat][id].role !== "admin")
}
