// @ts-check
/**
 * Ties the keeper to what it keeps: the state, the drafts, the moments at which the page may be about to end.
 * It decides nothing; when and what is written is in net/keeper.js, what of the state in state/snapshot.js.
 */
import { Keeper } from "./net/keeper.js"
import { sayWhoIsHere } from "./net/shelf.js"
import { SHAPE, isKeepable, piecesOf } from "./state/snapshot.js"
import { store } from "./state/store.js"
import { drafts } from "./composer/drafts.js"

/**
 * @param {import("./net/outbox.js").Outbox} outbox
 * @param {import("./net/receipts.js").Receipts} receipts
 * @param {AbortSignal} signal the end of the sign-in
 */
export function keepState(outbox, receipts, signal) {
  const keeper = new Keeper({
    state: () => store.state,
    dispatch: (event) => store.dispatch(event),
    piecesOf,
    isKeepable,
    shape: SHAPE,
    onDrafts: (earlier) => drafts.fill(earlier),
    onOthers: (cids) => outbox.leaveToOthers(cids),
    unsent: () => receipts.unsent(),
    onUnsent: (earlier) => earlier.forEach(({ chat, ...seqs }) => receipts.note(chat, seqs)),
  })
  store.follow((now, before) => keeper.changed(now, before), { signal })
  drafts.addEventListener("change", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event)
    if (detail) keeper.noteDraft(detail.key, detail.text)
  }, { signal })
  window.addEventListener("pagehide", () => keeper.flush(), { signal })
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keeper.flush(), { signal })
  sayWhoIsHere(signal)
  return keeper
}
