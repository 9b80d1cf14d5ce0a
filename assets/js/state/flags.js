// @ts-check
/**
 * Flags: what I have set on a message for myself alone. A star, or that I deleted it for me. Those of mine that wait in
 * the outgoing queue are shown over the rows of the server (flag-rows.js). A message that is deleted for me keeps its
 * place in the log, because the numbers of a chat have no holes, but it has no words and is not shown. So does one that
 * has expired (expiry.js).
 */

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */
/** @typedef {import("./queue.js").Item} Item */
/** @typedef {{ starred_at: number | null, hidden_at: number | null, changed: number }} Flags */
/**
 * @typedef {{ chat_id: number, id: number, deleted_at?: number, expires_at?: number, expired?: boolean }} Flagged
 *   a message, or what is known of one
 */

/** By the items of the queue: the item of each message. @type {WeakMap<Item[], Map<number, Item>>} */
const waiting = new WeakMap()

/** @param {State} state @param {number} id of a message @returns {Item | undefined} */
function waitingFor({ flagging }, id) {
  if (flagging.length === 0) return undefined
  let items = waiting.get(flagging)
  if (!items) waiting.set(flagging, (items = new Map(flagging.map((item) => [item.body.message_id, item]))))
  return items.get(id)
}

/** Whether I deleted a message for myself, or it has expired. @param {State} state @param {Flagged} message */
export function isHidden(state, message) {
  const { chat_id, id } = message
  return isExpired(state, message)
    || Boolean(state.flags[chat_id]?.[id]?.hidden_at) || waitingFor(state, id)?.kind === "hide"
}

/** @param {Pick<State, "expiry">} state @param {Pick<Flagged, "expires_at" | "expired">} message */
export function isExpired({ expiry }, { expires_at = Infinity, expired = false }) {
  return expired || expires_at <= expiry
}

/**
 * Whether a message has a star of mine.
 * @param {State} state @param {Flagged} message @returns {"" | "starred" | "waiting"} waiting = for the server
 */
export function starOf(state, message) {
  const { chat_id, id, deleted_at } = message
  if (deleted_at || isHidden(state, message)) return ""
  const saved = Boolean(state.flags[chat_id]?.[id]?.starred_at)
  const on = waitingFor(state, id)?.body.on ?? saved
  return on ? (saved ? "starred" : "waiting") : ""
}

/** @param {State} state @param {Flagged} message */
export function isStarred(state, message) {
  return starOf(state, message) !== ""
}

/** Whether I can star a message. @param {Message | null} message null while it waits to be sent */
export function mayStar(message) {
  return Boolean(message && !message.event && !message.deleted_at)
}

/**
 * What is left of a message that is deleted for me. Always with the same fields, wherever it came from.
 * @param {Message} message @returns {Message}
 */
export function wordless({ id, chat_id, seq, sender_id, cid, created_at, expires_at, changed }) {
  const ends = expires_at ? { expires_at } : {}
  return { id, chat_id, seq, sender_id, content: "", ...(cid && { cid }), created_at, ...ends, changed }
}

/**
 * A message as it may stand in the log: without words, if it is deleted for me or has expired. What is left of an
 * expired one is the same whichever version of it was here.
 * @param {State} state @param {Message} message @returns {Message} itself if it stays as it is
 */
export function storable(state, message) {
  const { flags } = state
  if (isExpired(state, message)) {
    return message.expired && !message.changed ? message : { ...wordless(message), changed: 0, expired: true }
  }
  if (!flags[message.chat_id]?.[message.id]?.hidden_at) return message
  const left = wordless(message)
  const isSame = !message.content && Object.keys(left).length === Object.keys(message).length
  return isSame ? message : left
}

/**
 * The messages of a chat that wait to be deleted for me.
 * @param {State} state @param {number} chat @returns {number[]}
 */
export function waitingHides({ flagging }, chat) {
  const hides = flagging.filter(({ kind, body }) => kind === "hide" && body.chat_id === chat)
  return hides.map(({ body }) => body.message_id)
}
