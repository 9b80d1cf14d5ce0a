// @ts-check
/** Requests about groups. Each puts its answer into the state before it returns. */
import { readToken } from "../lib/token.js"
import { listMembers, request } from "../net/api.js"
import { areListed } from "../state/members.js"
import { store } from "../state/store.js"

/** As long as the server waits for an upload. */
const UPLOAD_MS_MAX = 60_000
/** A large group takes the server longer. */
const MEMBERS_MS_MAX = 30_000

/**
 * @typedef {{ title?: string, description?: string, who_may_write?: "all" | "admins",
 *   who_may_change?: "all" | "admins", history_for_newcomers?: "all" | "none" }} Change
 */

/**
 * Makes a group. The same `cid` makes it only once.
 * @param {Change & { title: string, user_ids: number[], cid: string }} group @returns {Promise<any>} the chat
 */
export async function createGroup(group) {
  const chat = await asked("POST", "/api/groups", group, MEMBERS_MS_MAX)
  store.dispatch({ type: "chat/answered", chat })
  return chat
}

/** @param {number} chat @param {Change} change */
export async function changeGroup(chat, change) {
  store.dispatch({ type: "chat/answered", chat: await asked("PATCH", `/api/chats/${chat}`, change) })
}

/** @param {number} chat @param {Blob} picture */
export async function setGroupPicture(chat, picture) {
  const answer = await asked("PUT", `/api/chats/${chat}/picture`, picture, UPLOAD_MS_MAX)
  store.dispatch({ type: "chat/answered", chat: answer })
}

/** @param {number} chat */
export async function removeGroupPicture(chat) {
  store.dispatch({ type: "chat/answered", chat: await asked("DELETE", `/api/chats/${chat}/picture`) })
}

/** @param {number} chat @param {number[]} user_ids @returns {Promise<{ added: number[] }>} */
export const addMembers = (chat, user_ids) => asked("POST", `/api/chats/${chat}/members`, { user_ids }, MEMBERS_MS_MAX)

/** One's own id leaves the group. @param {number} chat @param {number} user */
export const removeMember = (chat, user) => asked("DELETE", `/api/chats/${chat}/members/${user}`)

/** @param {number} chat @param {number} user @param {"admin" | "member"} role */
export const changeRole = (chat, user, role) => asked("PATCH", `/api/chats/${chat}/members/${user}`, { role })

/** @param {number} chat @param {number} user @returns {Promise<boolean>} whether a person is in a group of mine */
export async function isMember(chat, user) {
  const { members } = await asked("GET", `/api/chats/${chat}/members?after=${user - 1}&limit=1`)
  return members.some((/** @type {any} */ row) => row.user_id === user && row.role !== "former")
}

/** The lists that are on their way. @type {Map<number, Promise<void>>} */
const coming = new Map()

/** Loads the members of a group, unless all of them are known. @param {number} chat @returns {Promise<void>} */
export function wantMembers(chat) {
  if (areListed(store.state, chat)) return Promise.resolve()
  const asking = coming.get(chat) ?? loadMembers(chat).finally(() => coming.delete(chat))
  coming.set(chat, asking)
  return asking
}

/** @param {number} chat */
async function loadMembers(chat) {
  store.dispatch({ type: "members/listed", chat_id: chat, ...await listMembers(readToken() ?? "", chat) })
}

/** @param {string} method @param {string} path @param {object} [body] @param {number} [patience] */
function asked(method, path, body, patience) {
  return request(method, path, { token: readToken() ?? "", body, patience })
}
