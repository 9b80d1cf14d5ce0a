// @ts-check
/**
 * The HTTP side of the server: one function per request that the page makes.
 * A refusal becomes an `ApiError` with the server's stable code; the view that shows it chooses the words.
 */

import { byteLength } from "../lib/text.js"

/** Longer than any answer takes, short enough that people still wait. */
const ANSWER_MS_MAX = 15_000
/** How often a read is tried that comes too often, and the longest wait in between, in seconds. */
const ATTEMPTS_MAX = 4
const RETRY_S_MAX = 15
/** Browsers reject a `keepalive` request when all of them together carry more than 64 KiB. */
const KEEPALIVE_BYTES_MAX = 16 * 1024

export class ApiError extends Error {
  /**
   * @param {number} status 0 if there was no answer
   * @param {{ code?: string, detail?: any, field?: string }} body
   * @param {number} retryAfter seconds
   */
  constructor(status, body, retryAfter) {
    super(typeof body.detail === "string" ? body.detail : "")
    this.status = status
    this.code = body.code ?? ""
    this.field = body.field ?? ""
    this.retryAfter = retryAfter
  }
}

/**
 * @param {string} username @param {string} password @param {string} display_name "" for none
 * @returns {Promise<{ id: number, username: string }>}
 */
export const register = (username, password, display_name) =>
  request("POST", "/register", { body: { username, password, display_name: display_name || null } })

/**
 * @param {string} username @param {string} password @param {string} [earlier_token] of an ended session in this browser
 * @returns {Promise<{ access_token: string }>}
 */
export const logIn = (username, password, earlier_token) =>
  request("POST", "/login", { body: { username, password, earlier_token } })

/** All users, page by page. @param {string} token @returns {Promise<{ users: any[] }>} */
export async function listUsers(token) {
  const users = await allPages(token, "/api/users?limit=1000", (page) => page.users, (user) => user.id)
  return { users }
}

/** @param {string} token @returns {Promise<{ id: number }[]>} */
export const listOnline = (token) => request("GET", "/online-users", { token })

/** All chats, page by page. @param {string} token @returns {Promise<{ chats: any[] }>} */
export async function listChats(token) {
  const chats = await allPages(token, "/api/chats?limit=500", (page) => page.chats, (_chat, page) => page.next)
  return { chats }
}

/** @param {string} token @param {number} chat @param {Record<string, number>} page */
export const listMessages = (token, chat, page) => {
  const query = new URLSearchParams(Object.entries(page).map(([key, value]) => [key, String(value)]))
  return request("GET", `/api/chats/${chat}/messages?${query}`, { token })
}

/**
 * @param {string} token @param {number} chat @param {object} change
 * @returns {Promise<object>} the whole new preferences
 */
export const changePreferences = (token, chat, change) =>
  request("PATCH", `/api/chats/${chat}/preferences`, { token, body: change, keepalive: true })

/**
 * Deletes the messages of a chat up to one, for me alone.
 * @param {string} token @param {number} chat @param {number} through  its seq
 * @returns {Promise<object>} the preferences
 */
export const clearChat = (token, chat, through) =>
  request("DELETE", `/api/chats/${chat}/messages?through=${through}`, { token })

/**
 * @param {string} token @param {number} chat @param {number} message @param {string} content
 * @returns {Promise<object>} the message after the edit
 */
export const editMessage = (token, chat, message, content) =>
  request("PATCH", `/api/chats/${chat}/messages/${message}`, { token, body: { content } })

/**
 * Deletes a message for everyone.
 * @param {string} token @param {number} chat @param {number} message @returns {Promise<object>} what is left of it
 */
export const deleteMessage = (token, chat, message) =>
  request("DELETE", `/api/chats/${chat}/messages/${message}`, { token })

/**
 * Sets my reaction to a message, or takes it back (null).
 * @param {string} token @param {number} chat @param {number} message @param {string | null} emoji
 * @returns {Promise<object>} my reaction
 */
export const react = (token, chat, message, emoji) =>
  request(emoji ? "PUT" : "DELETE", `/api/chats/${chat}/messages/${message}/reaction`,
    { token, ...(emoji && { body: { emoji } }) })

/**
 * Stars a message, or takes the star away.
 * @param {string} token @param {number} chat @param {number} message @param {boolean} on
 * @returns {Promise<object>} its flags
 */
export const star = (token, chat, message, on) =>
  request(on ? "PUT" : "DELETE", `/api/chats/${chat}/messages/${message}/star`, { token })

/**
 * Deletes a message for me alone.
 * @param {string} token @param {number} chat @param {number} message @returns {Promise<object>} its flags
 */
export const hide = (token, chat, message) =>
  request("PUT", `/api/chats/${chat}/messages/${message}/hidden`, { token })

/**
 * Pins a message for everyone, or takes its pin away.
 * @param {string} token @param {number} chat @param {number} message @param {number | null} hours null takes it away
 * @returns {Promise<object>} its pin
 */
export const pin = (token, chat, message, hours) =>
  request(hours ? "PUT" : "DELETE", `/api/chats/${chat}/messages/${message}/pin`,
    { token, ...(hours && { body: { hours } }) })

/**
 * Keeps a message that the server sends when it is due.
 * @param {string} token @param {number} chat
 * @param {{ cid: string, content: string, due_at: number, reply_to?: number }} message
 * @returns {Promise<object>} the scheduled message
 */
export const schedule = (token, chat, message) =>
  request("POST", `/api/chats/${chat}/scheduled`, { token, body: message })

/**
 * Changes a scheduled message, cancels it, or sends it now.
 * @param {string} token @param {"PATCH" | "DELETE" | "POST"} method @param {number} id @param {object} [body]
 * @returns {Promise<object>} the scheduled message
 */
export const changeScheduled = (token, method, id, body) =>
  request(method, `/api/scheduled/${id}${method === "POST" ? "/send" : ""}`, { token, ...(body && { body }) })

/** All my scheduled messages, page by page. @param {string} token @returns {Promise<{ scheduled: any[] }>} */
export async function listScheduled(token) {
  const path = "/api/scheduled?limit=200"
  const scheduled = await allPages(token, path, (page) => page.scheduled, (row) => row.id)
  return { scheduled }
}

/**
 * A page of my starred messages, the newest first.
 * @param {string} token @param {number} chat 0 for all chats @param {number} [before] id of the last one on the page
 *   before @returns {Promise<{ messages: any[], more: boolean }>}
 */
export const listStarred = (token, chat, before) =>
  request("GET", `/api/starred?limit=50${chat ? `&chat_id=${chat}` : ""}${before ? `&before=${before}` : ""}`,
    { token })

/**
 * A page of the reactions to a message, the latest first.
 * @param {string} token @param {number} chat @param {number} message @param {number} [before] `changed` of the last one
 *   on the page before @returns {Promise<{ reactions: any[], more: boolean }>}
 */
export const listReactions = (token, chat, message, before) =>
  request("GET", `/api/chats/${chat}/messages/${message}/reactions?limit=200${before ? `&before=${before}` : ""}`,
    { token })

/** @param {string} token @param {object} change @returns {Promise<object>} what I show now */
export const changePrivacy = (token, change) => request("PATCH", "/api/users/me/privacy", { token, body: change })

/** @param {string} token @param {number} chat @param {number} message @returns {Promise<{ receipts: any[] }>} */
export async function listReceipts(token, chat, message) {
  const path = `/api/chats/${chat}/messages/${message}/receipts?limit=1000`
  const receipts = await allPages(token, path, (page) => page.receipts, (receipt) => receipt.user_id)
  return { receipts }
}

/** The members of a group, page by page, as of a revision. @param {string} token @param {number} chat */
export async function listMembers(token, chat) {
  const path = `/api/chats/${chat}/members?limit=1000`
  /** The list is as old as its first page. @type {number | undefined} */
  let revision
  const rowsOf = (/** @type {any} */ page) => {
    revision ??= page.revision
    return page.members
  }
  const members = await allPages(token, path, rowsOf, (member) => member.user_id)
  return { members, revision }
}

/**
 * @param {string} token @param {string} path with its limit
 * @param {(page: any) => any[]} rowsOf @param {(last: any, page: any) => unknown} cursorOf where the next page begins
 */
async function allPages(token, path, rowsOf, cursorOf) {
  const rows = []
  for (let after = ""; ;) {
    const page = await request("GET", path + after, { token })
    rows.push(...rowsOf(page))
    if (!page.more) return rows
    after = `&after=${cursorOf(rows.at(-1), page)}`
  }
}

/** Revokes the token on the server. @param {string} token */
export const endSession = (token) => request("DELETE", "/api/sessions/current", { token })

/**
 * Why the server refuses sockets to pages of this origin: a browser does not tell a page why its socket failed. Only a
 * POST carries the origin of the page.
 * @returns {Promise<string>} the code of the refusal; "" if there is none, or no answer
 */
export async function findRefusal() {
  try {
    await request("POST", "/api/origin", {})
    return ""
  } catch (error) {
    return error instanceof ApiError ? error.code : ""
  }
}

/**
 * Sends a request. If the server limits a read (429), the request is repeated after the time that the server names.
 * @param {string} method @param {string} path @param {Parameters<typeof ask>[2]} with_ @returns {Promise<any>}
 */
export async function request(method, path, with_) {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await ask(method, path, with_)
    } catch (error) {
      const { status, retryAfter } = /** @type {ApiError} */ (error)
      const passes = method === "GET" && status === 429 && attempts < ATTEMPTS_MAX && retryAfter <= RETRY_S_MAX
      if (!passes) throw error
      await new Promise((resolve) => setTimeout(resolve, (retryAfter + Math.random()) * 1000))
    }
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{ token?: string, body?: object, keepalive?: boolean, patience?: number }} with_ body = JSON, or a blob as it
 *   is; keepalive = a small request goes on when the page is closed
 * @returns {Promise<any>}
 */
async function ask(method, path, { token, body, keepalive, patience = ANSWER_MS_MAX }) {
  /** @type {Record<string, string>} */
  const headers = {}
  if (token) headers.Authorization = `Bearer ${token}`
  const content = body instanceof Blob ? body : body && JSON.stringify(body)
  if (content) headers["Content-Type"] = body instanceof Blob ? body.type : "application/json"
  if (typeof content === "string") keepalive &&= byteLength(content) <= KEEPALIVE_BYTES_MAX
  let response
  let answer
  try {
    const signal = AbortSignal.timeout(patience)
    response = await fetch(path, { method, headers, body: content, cache: "no-store", keepalive, signal })
    answer = await response.text()
  } catch {
    throw new ApiError(0, {}, 0)
  }
  const json = parsed(answer)
  // A proxy in between has answered with a page of its own.
  if (response.ok && !json) throw new ApiError(0, {}, 0)
  if (response.ok) return json
  throw new ApiError(response.status, json ?? {}, Number(response.headers.get("Retry-After")) || 1)
}

/** @param {string} text @returns {any} null if it is no JSON */
function parsed(text) {
  if (!text) return {}
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return null
  }
}
