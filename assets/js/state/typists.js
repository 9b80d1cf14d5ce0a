// @ts-check
/** Who is typing in the open chat. */
import { peerOf } from "./peers.js"

/** @typedef {import("./model.js").State} State */

/** The username of one of them; "" if no one is typing, or if presence is unknown. @param {State} state */
export function typist(state) {
  const chat = state.chats[state.open?.chat_id ?? 0]
  if (!chat || !state.steady || peerOf(state, chat) === state.me) return ""
  const [id] = Object.keys(state.typing[chat.id] ?? {}).map(Number).filter((user) => user !== state.me)
  return state.users[id]?.username ?? ""
}
