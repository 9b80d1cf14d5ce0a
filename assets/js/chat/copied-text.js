// @ts-check
/** Messages as a text to paste elsewhere: without marks, with mentions as names. */
import { plain } from "../lib/markup.js"
import { CLOCK, format } from "../lib/time.js"
import { namesIn } from "../state/mentions.js"
import { labelOf } from "../state/names.js"
import { store } from "../state/store.js"

const timeFormat = format({ day: "2-digit", month: "2-digit", year: "numeric", ...CLOCK })

/**
 * One message is its words alone; several have a line each, with the time and the name.
 * @param {import("../state/model.js").Message[]} messages in order
 */
export function copiedText(messages) {
  const { state } = store
  const words = messages.map((message) => plain(message.content, namesIn(state, message)))
  if (messages.length === 1) return words[0]
  return messages.map(({ created_at, sender_id }, i) =>
    `[${timeFormat().format(created_at)}] ${labelOf(state, sender_id)}: ${words[i]}`).join("\n")
}
