// @ts-check
/** A reaction in words, for the list of chats and for notifications: "Ana reacted 😂 to “Hello”". */
import { isolated } from "../lib/isolated.js"
import { texts } from "../lib/texts.js"
import { excerpt } from "./quote.js"

/** What is longer would hide who reacted with what. */
const QUOTED_MAX = 80

/** @param {import("../state/reactions.js").ReactionLine} line */
export function reactionWords({ by, own, emoji, mine, content, names }) {
  const unknown = mine ? texts.yourMessage : texts.someMessage
  const message = content === null ? unknown : texts.quotedText(isolated(excerpt(content, QUOTED_MAX, names)))
  return texts.reacted(own ? "" : isolated(by || texts.someone), emoji, message)
}
