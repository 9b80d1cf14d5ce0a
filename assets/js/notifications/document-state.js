// @ts-check
/**
 * Shows the state in the document while somebody is signed in: the number of unread chats in its title, and the
 * status of the connection in an attribute of the root, for styles.
 */
import { texts } from "../lib/texts.js"
import { store } from "../state/store.js"

/** @param {AbortSignal} signal the end of the sign-in */
export function showDocumentState(signal) {
  const root = document.documentElement
  store.watch(store.select.unreadTotal, (unread) => {
    document.title = unread > 0 ? `(${texts.badge(unread)}) Chaap` : "Chaap"
  }, { signal })
  store.watch((state) => state.connection.status, (status) => (root.dataset.connection = status), { signal })
  store.watch((state) => state.steady, (steady) => (root.dataset.steady = String(steady)), { signal })
  signal.addEventListener("abort", () => {
    delete root.dataset.steady
    delete root.dataset.connection
    document.title = "Chaap"
  })
}
