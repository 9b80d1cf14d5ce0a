// @ts-check
/**
 * What somebody has begun to write in a chat: a message, perhaps a reply; and the edit of another message. The composer
 * shows the edit while there is one, and afterwards the message again. Pure.
 */
import { sameValues } from "../lib/values.js"

/**
 * @typedef {{ text: string, reply_to: number, edit_of: number, edited: string }} Draft
 *   text = of the message, reply_to = the message that it replies to, edit_of = the message that is edited,
 *   edited = its new text; 0 for none
 */

/** @type {Draft} */
export const EMPTY = Object.freeze({ text: "", reply_to: 0, edit_of: 0, edited: "" })

/** The draft in a row of preferences, or in a change of them. @param {any} row @returns {Draft} */
export function draftOf({ draft = "", draft_reply_to, draft_edit_of, draft_aside = "" }) {
  if (draft_edit_of) return { text: draft_aside, reply_to: 0, edit_of: draft_edit_of, edited: draft }
  return { ...EMPTY, text: draft, reply_to: draft_reply_to ?? 0 }
}

/** The change of preferences that saves a draft. All fields, so that a later one replaces it. @param {Draft} draft */
export function savingOf({ text, reply_to, edit_of, edited }) {
  if (edit_of) return { draft: edited, draft_reply_to: null, draft_edit_of: edit_of, draft_aside: text }
  return { draft: text, draft_reply_to: reply_to || null, draft_edit_of: null, draft_aside: "" }
}

/** Whether a draft is about another message. @param {Draft} draft */
export function isQuoting({ reply_to, edit_of }) {
  return reply_to > 0 || edit_of > 0
}

/** What the composer shows. @param {Draft} draft */
export function shownText({ text, edit_of, edited }) {
  return edit_of ? edited : text
}

/**
 * Joins what was written on two devices: the message and the edit are each taken from the other device, unless they
 * were changed here.
 * @param {Draft} here @param {Draft} before what both had last @param {Draft} there @returns {Draft}
 */
export function merged(here, before, there) {
  const isSameEdit = here.edit_of === before.edit_of && here.edited === before.edited
  const { edit_of, edited } = isSameEdit ? there : here
  // An edit takes the place of a reply, which is no change of the text.
  const isSameReply = here.reply_to === before.reply_to || here.edit_of > 0
  const { text, reply_to } = here.text === before.text && isSameReply ? there : here
  const draft = { text, reply_to: edit_of ? 0 : reply_to, edit_of, edited }
  return [here, there].find((known) => sameValues(known, draft)) ?? draft
}
