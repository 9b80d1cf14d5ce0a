// @ts-check
/**
 * The bubble below the messages while somebody types: three diamonds beside their print, which turns. The message list
 * loads it when somebody types for the first time.
 */
import { loadStyle } from "../lib/load.js"
import { describe, printOf } from "../people/print.js"

/** Its size on the page, which messages-life.css sets. */
const PRINT_PX = 32

await loadStyle("messages-life")

/**
 * @param {HTMLElement} row @param {HTMLElement} print @param {string} username of who types, or "" for none
 * @param {(change: () => void) => void} within draws a change without moving what is read
 */
export function showTyping(row, print, username, within) {
  if (Boolean(username) === row.hidden) within(() => (row.hidden = !username))
  if (!username) return
  // A print looks the same after a turn by one petal.
  row.style.setProperty("--petal", `${360 / describe(username).fold}deg`)
  print.replaceChildren(printOf(username, PRINT_PX))
}
