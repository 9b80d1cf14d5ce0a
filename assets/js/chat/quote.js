// @ts-check
/** The quote of a message, in a bubble or above the composer: the sender and the first words. */
import { setText } from "../lib/dom.js"
import { plain } from "../lib/markup.js"
import { beginning } from "../lib/text.js"
import { texts } from "../lib/texts.js"
import { inkOf } from "../people/print.js"

/** Two lines are shorter than this in any script. */
const SHOWN_MAX = 240

/** @param {import("../lib/dom.js").Parts} parts name and words @param {import("../state/quotes.js").Quote} quote */
export function showQuote({ quoteName, quoteWords }, { name, username, own, content, status }) {
  setText(quoteName, own ? texts.you : name)
  // The bar and the name are in the ink of the sender's print.
  quoteName.parentElement.style.setProperty("--quote-ink", username ? inkOf(username) : "var(--color-ink-3)")
  quoteName.hidden = status === "unknown" || status === "absent"
  quoteWords.classList.toggle("quote__words--gone", status !== "here")
  setText(quoteWords, quoteText(content, status))
}

/** @param {string} content @param {string} status */
function quoteText(content, status) {
  if (status === "deleted") return texts.deletedMessage
  if (status === "absent") return texts.quoteAbsent
  return excerpt(content, SHOWN_MAX)
}

/**
 * The first words of a text on one line, without marks; "…" says that there are more. A mark whose pair is beyond the
 * cut stays.
 * @param {string} text @param {number} units
 */
export function excerpt(text, units) {
  const start = beginning(text, units * 2)
  const line = plain(start).replace(/\s+/gu, " ").trim()
  const shown = beginning(line, units)
  return shown === line && start === text ? shown : `${shown.trimEnd()}…`
}
