// @ts-check
/**
 * Connects the local cache with what it stores: the state, the drafts, and the moments at which the page may end.
 * It decides nothing: net/local-cache.js decides when and what is written, state/snapshot.js what of the state.
 */
import { LocalCache } from "./net/local-cache.js"
import { sayWhoIsHere } from "./net/local-store.js"
import { sameValues } from "./lib/values.js"
import { EMPTY } from "./state/draft.js"
import { SHAPE, isKeepable, piecesOf } from "./state/snapshot.js"
import { store } from "./state/store.js"
import { drafts } from "./composer/drafts.js"

/**
 * @param {(keys: string[]) => void} onOthers  items of the outgoing queue that another tab sends
 * @param {AbortSignal} signal the end of the session
 */
export function saveState(onOthers, signal) {
  const cache = new LocalCache({
    state: () => store.state,
    dispatch: (event) => store.dispatch(event),
    piecesOf,
    isKeepable,
    shape: SHAPE,
    onDrafts: (earlier) => drafts.fill(earlier),
    onSaves: (saves) => store.dispatch({ type: "storage/changed", saves }),
    onOthers,
  })
  store.follow((now, before) => cache.changed(now, before), { signal })
  drafts.addEventListener("change", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event)
    if (detail) cache.noteDraft(detail.key, sameValues(detail.draft, EMPTY) ? null : detail.draft, detail.typed)
  }, { signal })
  window.addEventListener("pagehide", () => cache.flush(), { signal })
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") cache.flush()
  }, { signal })
  signal.addEventListener("abort", () => cache.close())
  sayWhoIsHere(signal)
  return cache
}
