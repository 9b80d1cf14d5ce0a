// @ts-check
/**
 * How each kind of item in the outgoing queue is sent: messages and receipts over the socket, all others over HTTP.
 */
import {
  changePreferences, changeScheduled, clearChat, deleteMessage, editMessage, hide, pin, react, schedule, star,
} from "./api.js"

/** @typedef {import("./outgoing-queue.js").Kind} Kind */
/** @typedef {import("./outgoing-queue.js").Item} Item */
/** @typedef {import("./outgoing-queue.js").Refusal} Refusal */

/**
 * @param {string} token
 * @param {{ preferences: (change: Record<string, any>, refusal: Refusal) => void,
 *   message: (item: Item, refusal: Refusal) => void }} notChanged  tells the person that the server refused a change
 * @returns {Record<string, Kind>}
 */
export function outgoingKinds(token, notChanged) {
  const lane = (/** @type {Item} */ { body }) => `message ${body.message_id}`
  const ofScheduled = (/** @type {"PATCH" | "DELETE" | "POST"} */ method) => ({
    lane: (/** @type {Item} */ { body }) => `scheduled ${body.id}`,
    request: (/** @type {Item} */ { body: { id, change } }) => changeScheduled(token, method, id, change),
    refused: notChanged.message,
  })
  return {
    message: {
      // One lane for all chats: a first message to a person does not know its chat yet.
      lane: () => "messages",
      // The page shows by `forwarded` what it expects; the server counts.
      frame: ({ key, body: { forwarded: _expected, ...body } }) => ({ type: "send", cid: key, ...body }),
    },
    receipt: {
      lane: ({ key }) => key,
      frame: ({ key, body }) => ({ type: "receipt", ...body, ref: key }),
      unanswered: true,
      refused: () => {},
    },
    preferences: {
      lane: ({ body }) => `preferences ${body.chat_id}`,
      // Messages that came after the person had asked were not seen, and are not deleted.
      request: ({ body: { chat_id, change, last_seq } }) =>
        change.cleared ? clearChat(token, chat_id, last_seq) : savePreferences(token, chat_id, change),
      refused: ({ body }, refusal) => notChanged.preferences(body.change, refusal),
    },
    edit: {
      lane,
      request: ({ body: { chat_id, message_id, content } }) => editMessage(token, chat_id, message_id, content),
      refused: notChanged.message,
    },
    deletion: {
      lane,
      request: ({ body: { chat_id, message_id } }) => deleteMessage(token, chat_id, message_id),
      refused: notChanged.message,
    },
    reaction: {
      lane,
      request: ({ body: { chat_id, message_id, emoji } }) => react(token, chat_id, message_id, emoji),
      refused: notChanged.message,
    },
    star: {
      lane,
      request: ({ body: { chat_id, message_id, on } }) => star(token, chat_id, message_id, on),
      refused: notChanged.message,
    },
    hide: {
      lane,
      request: ({ body: { chat_id, message_id } }) => hide(token, chat_id, message_id),
      refused: notChanged.message,
    },
    pin: {
      // One lane for a chat: which pin is the oldest depends on the order.
      lane: ({ body }) => `pins ${body.chat_id}`,
      request: ({ body: { chat_id, message_id, hours } }) => pin(token, chat_id, message_id, hours),
      refused: notChanged.message,
    },
    schedule: {
      lane: () => "schedule",
      request: ({ key, body: { chat_id, ...message } }) => schedule(token, chat_id, { cid: key, ...message }),
    },
    reschedule: ofScheduled("PATCH"),
    unschedule: ofScheduled("DELETE"),
    "send-scheduled": ofScheduled("POST"),
  }
}

/**
 * A draft may reply to a message that is gone by now. Its text must not be lost with that.
 * @param {string} token @param {number} chat @param {any} change
 */
async function savePreferences(token, chat, change) {
  try {
    return await changePreferences(token, chat, change)
  } catch (error) {
    const { code } = /** @type {Refusal} */ (error)
    if (code !== "no_such_message" || !change.draft_reply_to) throw error
    return changePreferences(token, chat, { ...change, draft_reply_to: null })
  }
}
