// @ts-check
/** What the header of the open chat shows. */
import { labelOf } from "./names.js"
import { faceOf, isTyping, lastSeen, nameOf, peerOf } from "./peers.js"
import { targetKey } from "./targets.js"
import { typingNames } from "./typists.js"

/** @typedef {import("./model.js").State} State */
/**
 * @typedef {{ key: string, chat: number, id: number, name: string, username: string, picture: string | null,
 *   alike: boolean, notes: boolean, group: boolean, typing: boolean, online: boolean, last_seen: number | null,
 *   connected: boolean, typists: import("./names.js").Some | null, members: string[], timer: number }} HeaderItem
 *   typists and members only in a group; members = the names of the first others; timer = of new messages, 0 for none
 */

/** The parts of the state that `header` reads. @param {State} state */
export const headerInputs = (state) => [
  state.open, state.me, state.users, state.chats, state.online, state.seen, state.typing, state.steady,
  state.members, state.memberships,
]

/** @param {State} state @returns {HeaderItem | null} null if nothing is open */
export function header(state) {
  if (!state.open) return null
  const chat = state.chats[state.open.chat_id ?? 0]
  const group = chat?.kind === "group"
  const id = chat ? peerOf(state, chat) : (state.open.user_id ?? 0)
  return {
    key: targetKey(state),
    chat: chat?.id ?? 0,
    id,
    name: chat?.title ?? nameOf(state, id),
    ...faceOf(state, id),
    ...(group && { picture: chat.picture }),
    notes: id === state.me,
    group,
    typing: Boolean(chat) && isTyping(state, chat.id),
    online: Boolean(state.online[id]),
    last_seen: lastSeen(state, id),
    connected: state.steady,
    typists: chat ? typingNames(state, chat) : null,
    members: group ? memberNames(state, chat.id) : [],
    timer: chat?.expire_after ?? 0,
  }
}

/** As many names as the widest window has room for. */
const NAMES_MAX = 40

/**
 * The names of the other members, in the order of their accounts. A former member is not told who is in the group now.
 * @param {State} state @param {number} chat
 */
function memberNames(state, chat) {
  if (state.memberships[chat]?.role === "former") return []
  const others = Object.values(state.members[chat] ?? {}).filter(
    ({ user_id, role }) => role !== "former" && user_id !== state.me && user_id in state.users)
  return others.slice(0, NAMES_MAX).map(({ user_id }) => labelOf(state, user_id))
}
