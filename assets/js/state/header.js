// @ts-check
/** What the header of the open chat shows. */
import { faceOf, isTyping, lastSeen, nameOf, peerOf } from "./peers.js"
import { targetKey } from "./targets.js"

/** @typedef {import("./model.js").State} State */
/**
 * @typedef {{ key: string, chat: number, id: number, name: string, username: string, picture: string | null,
 *   alike: boolean, notes: boolean, group: boolean, typing: boolean, online: boolean, last_seen: number | null,
 *   connected: boolean }} HeaderItem
 */

/** The parts of the state that `header` reads. @param {State} state */
export const headerInputs = (state) => [
  state.open, state.me, state.users, state.chats, state.online, state.seen, state.typing, state.steady,
]

/** @param {State} state @returns {HeaderItem | null} null if nothing is open */
export function header(state) {
  if (!state.open) return null
  const chat = state.chats[state.open.chat_id ?? 0]
  const id = chat ? peerOf(state, chat) : (state.open.user_id ?? 0)
  return {
    key: targetKey(state),
    chat: chat?.id ?? 0,
    id,
    name: chat?.title ?? nameOf(state, id),
    ...faceOf(state, id),
    notes: id === state.me,
    group: chat?.kind === "group",
    typing: Boolean(chat) && isTyping(state, chat.id),
    online: Boolean(state.online[id]),
    last_seen: lastSeen(state, id),
    connected: state.steady,
  }
}
