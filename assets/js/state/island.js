// @ts-check
/**
 * Which stretch of the open chat is shown. Nearly always that is everything loaded, to the end; after a jump far back
 * it is an island: a stretch loaded around one message, with messages between it and the rest that nobody has loaded.
 * It grows at both ends, and is forgotten as soon as it touches the rest, or when the reader goes back to the end.
 */
import { EMPTY_LOG, loadedFrom, withMessages } from "./model.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */
/** @typedef {{ from: number, to: number }} Island  seqs, both inside */

/** @param {State} state @param {number} chat @returns {{ from: number | null, to: number }} from = null while nothing is loaded */
export function shownRange(state, chat) {
  const island = islandIn(state, chat)
  return island ?? { from: loadedFrom(state, chat), to: Infinity }
}

/** @param {State} state @param {number} chat @returns {Island | undefined} */
export function islandIn(state, chat) {
  return state.open?.chat_id === chat ? state.open?.island : undefined
}

/** The last message of an island, after which newer ones are to be loaded. @param {State} state @param {number} chat @returns {Message | null} */
export function islandEnd(state, chat) {
  const island = islandIn(state, chat)
  return (island && state.logs[chat]?.rows.find((row) => row.seq === island.to)) ?? null
}

/** @param {State} state @returns {State} */
export function withoutIsland(state) {
  if (!state.open?.island) return state
  const { island: _gone, ...open } = state.open
  return { ...state, open }
}

/**
 * A page that was loaded around a message. If the chat is no longer open, its rows are kept and nothing is shown.
 * @param {State} state @param {{ chat_id: number, messages: Message[], more_before: boolean, more_after: boolean }} page @returns {State}
 */
export function aroundLoaded(state, { chat_id, messages, more_before, more_after }) {
  const next = { ...state, paging: { ...state.paging, [chat_id]: "" } }
  const [first, last] = [messages[0], messages.at(-1)]
  if (!first || !last) return next
  const island = { from: more_before ? first.seq : 1, to: last.seq }
  return placed(next, chat_id, island, messages, !more_after)
}

/**
 * A page that continues the island upwards or downwards; null if it does neither.
 * @param {State} state @param {{ chat_id: number, messages: Message[], more: boolean, direction: string }} page @returns {State | null}
 */
export function islandGrown(state, { chat_id, messages, more, direction }) {
  const island = islandIn(state, chat_id)
  const [first, last] = [messages[0], messages.at(-1)]
  if (!island || !first || !last) return null
  const next = { ...state, paging: { ...state.paging, [chat_id]: "" } }
  if (direction === "before" && last.seq + 1 === island.from) {
    return placed(next, chat_id, { from: more ? first.seq : 1, to: island.to }, messages, false)
  }
  if (direction !== "newer" || first.seq - 1 !== island.to) return null
  return placed(next, chat_id, { from: island.from, to: last.seq }, messages, !more)
}

/** @param {State} state @param {number} chat @param {Island} island @param {Message[]} messages @param {boolean} atEnd @returns {State} */
function placed(state, chat, island, messages, atEnd) {
  const main = loadedFrom(state, chat)
  const log = state.logs[chat] ?? EMPTY_LOG
  if (!atEnd && (main === null || island.to < main - 1)) {
    const open = state.open?.chat_id === chat ? { ...state.open, island } : state.open
    return withMessages({ ...state, open }, messages)
  }
  const from = Math.min(island.from, main ?? island.from)
  const joined = withoutIslandOf({ ...state, logs: { ...state.logs, [chat]: { ...log, from } } }, chat)
  return withMessages(joined, messages)
}

/** @param {State} state @param {number} chat @returns {State} */
function withoutIslandOf(state, chat) {
  return state.open?.chat_id === chat ? withoutIsland(state) : state
}
