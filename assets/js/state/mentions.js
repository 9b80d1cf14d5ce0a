// @ts-check
/**
 * Mentions in groups: by which names their tokens are shown, whether one is for me, and which of those for me are
 * unread. A mention shows the name that the person has today, also of a former member.
 */
import { idOf, tokenOf, tokensIn } from "../lib/mentions.js"
import { texts } from "../lib/texts.js"
import { sameValues } from "../lib/values.js"
import { isToRead, readOf, rowsAfter } from "./model.js"
import { labelOf } from "./names.js"
import { lastSeq } from "./stays.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */
/** @typedef {import("../lib/mentions.js").Names} Names */

/** As the server allows in one message. */
export const MENTIONS_MAX = 50

/** The characters that set a direction: one in a name could change the order of the words around it. */
const DIRECTIONS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/**
 * The last names of a message or of what waits to be sent, so that the same names are the same object.
 * @type {WeakMap<object, { users: object, all: string, names: Names | null }>}
 */
const known = new WeakMap()

/** The names in a message; null if it mentions nobody. @param {State} state @param {Message | null} message */
export function namesIn(state, message) {
  if (!message?.mentions && !message?.mentions_all) return null
  const { mentions = [], mentions_all } = message
  return remembered(state, message, () => [...mentions, ...(mentions_all ? [0] : [])])
}

/**
 * The names in a message that is not on the server yet.
 * @param {State} state @param {{ chat_id?: number, content: string }} body
 */
export function namesInWaiting(state, body) {
  const { chat_id = 0, content } = body
  return content.includes("<@") ? remembered(state, body, () => idsInDraft(state, chat_id, content)) : null
}

/** The names in a text that is being written. @param {State} state @param {number} chat @param {string} text */
export function namesInDraft(state, chat, text) {
  return text.includes("<@") ? namesOf(state, idsInDraft(state, chat, text)) : null
}

/**
 * Whom a text mentions, as the fields of a message say it.
 * @param {State} state @param {number} chat @param {string} text
 */
export function mentionsIn(state, chat, text) {
  const ids = text.includes("<@") ? idsInDraft(state, chat, text) : []
  const mentions = ids.filter(Boolean)
  return { mentions: mentions.length > 0 ? mentions : undefined, mentions_all: ids.includes(0) || undefined }
}

/** What a mention of a person shows, or of everyone (0). @param {State} state @param {number} id */
export function mentionName(state, id) {
  return `@${id ? labelOf(state, id).replace(DIRECTIONS, "") : texts.mentionAll}`
}

/** Whether a message mentions me. @param {State} state @param {Message} message */
export function mentionsMe(state, { mentions, mentions_all }) {
  return Boolean(mentions_all) || Boolean(mentions?.includes(state.me))
}

/**
 * The seqs of the unread messages that mention me and have not been on the screen, the oldest first. The list tells of
 * those that are not loaded.
 * @param {State} state @param {number} chat @returns {number[]}
 */
export function unreadMentions(state, chat) {
  const shown = state.shownMentions[chat] ?? []
  return allUnreadMentions(state, chat).filter((seq) => !shown.includes(seq))
}

/** @param {State} state @param {number} chat @returns {number[]} */
function allUnreadMentions(state, chat) {
  const [read, last] = [readOf(state, chat), lastSeq(state, chat)]
  if (state.chats[chat]?.kind !== "group" || read >= last) return []
  const rows = rowsAfter(state, chat, read)
  const loaded = rows.filter((row) => mentionsMe(state, row) && isToRead(state, row)).map(({ seq }) => seq)
  const listed = (state.summaries[chat]?.unread_mentions ?? []).filter((seq) => seq > read && seq <= last)
  if (listed.length === 0) return loaded
  const here = new Set(rows.map(({ seq }) => seq))
  return [...listed.filter((seq) => !here.has(seq)), ...loaded].sort((a, b) => a - b)
}

/**
 * Whom a text will mention, as far as the page knows. Only the server knows who is a member when it arrives.
 * @param {State} state @param {number} chat @param {string} text
 */
function idsInDraft(state, chat, text) {
  if (state.chats[chat]?.kind !== "group") return []
  const isAdmin = state.memberships[chat]?.role === "admin"
  return tokensIn(text).map(idOf).filter((id) => (id ? id in state.users : isAdmin))
}

/** @param {State} state @param {object} key @param {() => number[]} ids @returns {Names | null} */
function remembered(state, key, ids) {
  const before = known.get(key)
  if (before?.users === state.users && before.all === texts.mentionAll) return before.names
  const now = namesOf(state, ids())
  const names = now && before?.names && sameValues(before.names, now) ? before.names : now
  known.set(key, { users: state.users, all: texts.mentionAll, names })
  return names
}

/** @param {State} state @param {number[]} ids @returns {Names | null} */
function namesOf(state, ids) {
  const shown = ids.filter((id) => !id || state.users[id])
  return shown.length > 0 ? Object.fromEntries(shown.map((id) => [tokenOf(id), mentionName(state, id)])) : null
}
