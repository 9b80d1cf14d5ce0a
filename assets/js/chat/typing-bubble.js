// @ts-check
/**
 * The bubble below the messages while somebody types: three diamonds beside their print, which turns. In a group it has
 * the names. The message list loads it when somebody types for the first time.
 */
import { setText } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { describe, inkOf, printOf } from "../people/print.js"
import { someWords } from "./event-words.js"

/** Its size on the page, which messages-life.css sets. */
const PRINT_PX = 32

await loadStyle("messages-life")

/**
 * @param {import("../lib/dom.js").Parts} parts of the message list
 * @param {string} username of who types, or "" for none
 * @param {import("../state/names.js").Some | null} names in a group
 * @param {(change: () => void) => void} within draws a change without moving what is read
 */
export function showTyping({ typing: row, typist: print, typistNames }, username, names, within) {
  const change = () => {
    row.hidden = !username
    typistNames.hidden = !names
  }
  if (row.hidden !== !username || typistNames.hidden !== !names) within(change)
  if (!username) return
  if (names) setText(typistNames, someWords(names))
  // Several people have no ink in common.
  typistNames.style.setProperty("--ink", names?.count === 1 ? inkOf(username) : "var(--color-ink-2)")
  // A print looks the same after a turn by one petal.
  row.style.setProperty("--petal", `${360 / describe(username).fold}deg`)
  print.replaceChildren(printOf(username, PRINT_PX))
}
