// @ts-check
/**
 * What the document itself says while somebody is signed in: how many messages are unread (its title) and how the
 * connection is (an attribute of the root, for styles). With the sign-in it ends.
 */
import { texts } from "../lib/texts.js"
import { store } from "../state/store.js"

/** @param {AbortSignal} signal the end of the sign-in */
export function showDocumentState(signal) {
  const root = document.documentElement
  store.watch(store.select.unreadTotal, (n) => (document.title = n > 0 ? `(${texts.badge(n)}) Chaap` : "Chaap"), { signal })
  store.watch((state) => state.connection.status, (status) => (root.dataset.connection = status), { signal })
  signal.addEventListener("abort", () => {
    delete root.dataset.connection
    document.title = "Chaap"
  })
}
