// @ts-check
/**
 * Addresses inside the page: `#/chats/3`, `#/chats/3/messages/9`, `#/people/7` (a person without a chat yet), `#/` for
 * the list, `#/archived` for its archived chats, and `#/join/…` for the invite link of a group.
 * It parses and prints them; routing.js acts on them.
 */

/**
 * @typedef {{ chat_id?: number, message_id?: number, user_id?: number, archived?: boolean, invite?: string }} Route
 *   an empty one is the list; message_id = a message of the chat; invite = the token, as the address has it
 */

/** @param {string} hash @returns {Route} */
export function parseRoute(hash) {
  if (hash === "#/archived") return { archived: true }
  const [, chat, message] = /^#\/chats\/([1-9]\d{0,14})\/messages\/([1-9]\d{0,14})$/.exec(hash) ?? []
  if (message) return { chat_id: Number(chat), message_id: Number(message) }
  const [, kind, id] = /^#\/(chats|people)\/([1-9]\d{0,14})$/.exec(hash) ?? []
  const [, invite] = /^#\/join\/([\w-]+)/.exec(hash) ?? []
  if (invite) return { invite }
  if (kind === "chats") return { chat_id: Number(id) }
  return kind === "people" ? { user_id: Number(id) } : {}
}

/** @param {Route} route */
export function printRoute(route) {
  if (route.chat_id && route.message_id) return `#/chats/${route.chat_id}/messages/${route.message_id}`
  if (route.chat_id) return `#/chats/${route.chat_id}`
  if (route.archived) return "#/archived"
  return route.user_id ? `#/people/${route.user_id}` : "#/"
}

/**
 * The address inside of this page that a link to a message leads to; "" for every other link.
 * @param {string} href a whole address
 */
export function hashOf(href) {
  const here = location.origin + location.pathname
  const hash = href.startsWith(`${here}#`) ? href.slice(here.length) : ""
  return parseRoute(hash).message_id ? hash : ""
}
