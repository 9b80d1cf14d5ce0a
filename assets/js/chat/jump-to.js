// @ts-check
/** Shows a message in its chat, however far back it is, as soon as the chat is there. Loaded when it is wanted. */
import { emit, nextFrame } from "../lib/dom.js"
import { store } from "../state/store.js"

/**
 * The address of the chat is open, or is about to be.
 * @param {Element | null} shell @param {number} chat_id @param {number} id
 * @param {number | undefined} before the chat that is open until then
 */
export function jumpTo(shell, chat_id, id, before) {
  const life = new AbortController()
  /** @param {import("../state/model.js").State} state */
  const isThere = (state) => state.open?.chat_id === chat_id && store.select.paging(state).ready
  /** @param {import("../state/model.js").State} state */
  const isElsewhere = ({ open }) => open?.chat_id !== chat_id && open?.chat_id !== before
  store.watch((state) => (isThere(state) ? "there" : isElsewhere(state) ? "elsewhere" : ""), (where) => {
    if (!where) return
    life.abort()
    const list = /** @type {HTMLElement | null} */ (shell?.querySelector("message-list"))
    // The list draws the chat first.
    if (where === "there" && list) nextFrame(() => emit(list, "go-to-message", { id }))
  }, { signal: life.signal })
}
