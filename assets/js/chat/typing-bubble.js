// @ts-check
/** The bubble below the messages while somebody types: three diamonds beside their print, which turns. */
import { store } from "../state/store.js"
import { typist } from "../state/typists.js"
import { describe, printOf } from "../people/print.js"

/** Its size on the page, which messages.css sets. */
const PRINT_PX = 32

/**
 * @param {HTMLElement} row @param {HTMLElement} print
 * @param {(change: () => void) => void} within draws a change without moving what is read
 * @param {AbortSignal} signal
 */
export function showTyping(row, print, within, signal) {
  store.watch(typist, (username) => {
    if (Boolean(username) === row.hidden) within(() => (row.hidden = !username))
    if (!username) return
    // A print looks the same after a turn by one petal.
    row.style.setProperty("--petal", `${360 / describe(username).fold}deg`)
    print.replaceChildren(printOf(username, PRINT_PX))
  }, { signal })
}
