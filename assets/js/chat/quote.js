// @ts-check
/** The quote of a message, in a bubble or above the composer: the sender and the first words. */
import { setText } from "../lib/dom.js"
import { isolatedNames } from "../lib/isolated.js"
import { plain } from "../lib/markup.js"
import { beginning } from "../lib/text.js"
import { texts } from "../lib/texts.js"
import { inkOf } from "../people/print.js"

/** Two lines are shorter than this in any script. */
const SHOWN_MAX = 240

/** @param {import("../lib/dom.js").Parts} parts name and words @param {import("../state/quotes.js").Quote} quote */
export function showQuote({ quoteName, quoteWords }, { name, username, own, content, names, status }) {
  setText(quoteName, own ? texts.you : name)
  // The bar and the name are in the ink of the sender's print.
  quoteName.parentElement.style.setProperty("--quote-ink", username ? inkOf(username) : "var(--color-ink-3)")
  quoteName.hidden = !name && !own
  quoteWords.classList.toggle("quote__words--gone", status !== "here")
  setText(quoteWords, quoteText(content, names, status))
}

/** @param {string} content @param {import("../lib/mentions.js").Names | null} names @param {string} status */
function quoteText(content, names, status) {
  if (status === "deleted" || status === "hidden") return texts.deletedMessage
  if (status === "absent") return texts.quoteAbsent
  return excerpt(content, SHOWN_MAX, names)
}

/**
 * The first words of a text on one line, without marks; "…" says that there are more. A mark whose pair is beyond the
 * cut stays. Mentions are names; a token at the cut goes.
 * @param {string} text @param {number} units @param {import("../lib/mentions.js").Names | null} names of its mentions
 */
export function excerpt(text, units, names) {
  const cut = beginning(text, units * 2)
  const start = names && cut !== text ? cut.replace(/<@?[a-z0-9]*$/u, "") : cut
  const line = plain(start, isolatedNames(names)).replace(/\s+/gu, " ").trim()
  const shown = beginning(line, units)
  return shown === line && start === text ? shown : `${shown.trimEnd()}…`
}
