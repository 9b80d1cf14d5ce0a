// @ts-check
/**
 * Addresses inside the page: `#/chats/3`, `#/people/7` (a person without a chat yet), `#/` for the list
 * and `#/archived` for its archived chats.
 * It parses and prints them; routing.js acts on them.
 */

/** @typedef {{ chat_id?: number, user_id?: number, archived?: boolean }} Route  an empty one is the list */

/** @param {string} hash @returns {Route} */
export function parseRoute(hash) {
  if (hash === "#/archived") return { archived: true }
  const [, kind, id] = /^#\/(chats|people)\/([1-9]\d{0,14})$/.exec(hash) ?? []
  if (kind === "chats") return { chat_id: Number(id) }
  return kind === "people" ? { user_id: Number(id) } : {}
}

/** @param {Route} route */
export function printRoute(route) {
  if (route.chat_id) return `#/chats/${route.chat_id}`
  if (route.archived) return "#/archived"
  return route.user_id ? `#/people/${route.user_id}` : "#/"
}
