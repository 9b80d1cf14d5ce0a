// @ts-check
/** Loads the swipe that answers a message with the first touch: without a finger, nothing is loaded. */
import { emit } from "../lib/dom.js"
import { loaded } from "../lib/load.js"
import { messageById } from "../state/quotes.js"
import { store } from "../state/store.js"

/** @param {HTMLElement} rows @param {AbortSignal} signal */
export function listenSwipes(rows, signal) {
  const quoted = (/** @type {HTMLElement} */ row) =>
    messageById(store.state, store.select.paging(store.state).chat, Number(row.dataset.id ?? 0))
  const may = (/** @type {HTMLElement} */ row) => Boolean(quoted(row) && !quoted(row)?.deleted_at)
  const first = new AbortController()
  const load = async () => {
    first.abort()
    const module = await loaded(import("./swipe-reply.js"), "")
    if (!signal.aborted) module?.onSwipe(rows, may, (row) => emit(rows, "reply-to", { message: quoted(row) }), signal)
  }
  if (matchMedia("(any-pointer: coarse)").matches) load()
  else rows.addEventListener("touchstart", load, { signal: first.signal, passive: true })
}
