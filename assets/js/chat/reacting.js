// @ts-check
/**
 * The ways to react to a message, and to see who did. The bar with a few emoji (reaction-bar.js) and the list of people
 * (reactions-sheet.js) load when they are first wanted.
 */
import { loaded } from "../lib/load.js"
import { roleIn } from "../state/members.js"
import { messageById } from "../state/quotes.js"
import { store } from "../state/store.js"

/** @typedef {import("../state/model.js").Message} Message */

/** The module of the bar. Called early, it is there when the bar is wanted. */
export const barModule = () => import("./reaction-bar.js")

/** Whether I can react to a message. @param {Message | null} message null while it waits to be sent */
export function mayReact(message) {
  if (!message || message.event || message.deleted_at) return false
  return roleIn(store.state, message.chat_id) !== "former"
}

/** A press on a chip shows who reacted. @param {HTMLElement} rows @param {AbortSignal} signal */
export function listenChips(rows, signal) {
  rows.addEventListener("click", async ({ target }) => {
    const chip = target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest(".reaction")) : null
    const row = /** @type {HTMLElement | null} */ (chip?.closest(".message"))
    const message = messageById(store.state, store.state.open?.chat_id ?? 0, Number(row?.dataset.id ?? 0))
    if (!chip || !message) return
    const module = await loaded(import("./reactions-sheet.js"))
    module?.openReactions(message, chip)
  }, { signal })
}
