// @ts-check
/** Forwarded messages: which can be forwarded, and how often a text was forwarded. The server decides and counts. */

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */

/** A text that was forwarded this often is marked, and goes to one chat at a time. */
export const MANY_TIMES = 5

/** Whether a message can be forwarded. @param {Message | null} message null while it waits to be sent */
export function mayForward(message) {
  return message !== null && !message.event && !message.deleted_at
}

/** How often a text will have been forwarded when I forward it. @param {State} state @param {Message} message */
export function timesAfter({ me }, { forwarded = 0, sender_id }) {
  return forwarded + Number(sender_id !== me)
}

/**
 * How often the text of a message was forwarded, or will have been when it is on the server.
 * @param {{ message: Message | null, pending: import("./queue.js").Item | null }} item
 */
export function timesOf({ message, pending }) {
  return message?.deleted_at ? 0 : (message ?? pending?.body).forwarded ?? 0
}
