// @ts-check
/**
 * Reactions to messages: the server's row of each message, which is the same for everyone, and my own reaction. One of
 * mine that waits in the outgoing queue is shown over them. Reactions are kept apart from the messages, because either
 * may come first, and an edit must not lose them. Those of deleted messages are not shown.
 */
import { isHidden } from "./flags.js"
import { roleIn } from "./members.js"
import { namesIn } from "./mentions.js"
import { lastMessage } from "./messages.js"
import { newer } from "./model.js"
import { labelOf } from "./names.js"
import { isGone, messageById } from "./quotes.js"

/** @typedef {import("./model.js").State} State */
/** @typedef {import("./model.js").Message} Message */
/** @typedef {import("./queue.js").Item} Item */
/** @typedef {{ emoji: string, count: number }} Count */
/**
 * @typedef {{ sender_id: number, counts: Count[], total: number, latest?: Reaction, changed: number }} Reactions
 *   counts = the most frequent first; latest = the last one of those who still react
 * @typedef {{ user_id: number, emoji: string, at: number, changed: number }} Reaction
 * @typedef {{ emoji: string | null, at: number, changed: number }} OwnReaction  null = taken back
 * @typedef {{ all?: Reactions, own?: OwnReaction, before?: OwnReaction }} Reacted
 *   what is known of one message; before = my own reaction before the last change of it
 * @typedef {{ counts: Count[], total: number, own: string | null, waiting: boolean }} ShownReactions
 * @typedef {Reaction & { message_id: number, message?: Message }} LastReaction
 *   mine, or of another person to a message of mine
 * @typedef {{ by: string, own: boolean, emoji: string, at: number, mine: boolean, content: string | null,
 *   names: import("../lib/mentions.js").Names | null }} ReactionLine
 *   what is told of one reaction: by = a name; own = it is mine; mine = so is the message; content = of the message,
 *   null if it is not known here
 */

/**
 * The last answer about each message, so that the same reactions are the same object.
 * @type {WeakMap<object, { waits: Item | undefined, shown: ShownReactions | null }>}
 */
const answers = new WeakMap()
/** By the reactions of a chat: those that its preview may tell of. @type {WeakMap<object, LastReaction[]>} */
const told = new WeakMap()

/**
 * The rows that everyone gets.
 * @param {State} state @param {any[]} rows as they stand on the wire @returns {State}
 */
export function withReactions(state, rows) {
  return joined(state, rows, (reacted, row) => {
    const all = newer(reacted.all, row)
    return all === reacted.all ? reacted : known(all, reacted.own, reacted.before)
  })
}

/** The rows of my own reactions. @param {State} state @param {any[]} rows as they stand on the wire @returns {State} */
export function withOwnReactions(state, rows) {
  return joined(state, rows, (reacted, row) => {
    const { all, own, before } = reacted
    const latest = newer(own, row)
    // An earlier row may come later, from another connection.
    const earlier = own && own.changed !== row.changed ? newer(before, latest === own ? row : own) : before
    return latest === own && earlier === before ? reacted : known(all, latest, earlier)
  })
}

/**
 * Always with the same order of fields, so that equal states print equally.
 * @param {Reactions | undefined} all @param {OwnReaction | undefined} own @param {OwnReaction | undefined} before
 * @returns {Reacted}
 */
function known(all, own, before) {
  return { ...(all && { all }), ...(own && { own }), ...(before && { before }) }
}

/**
 * The reactions that a page of messages brings.
 * @param {State} state @param {{ reactions?: any[], own_reactions?: any[] }} page @returns {State}
 */
export function withPageReactions(state, { reactions = [], own_reactions = [] }) {
  return withOwnReactions(withReactions(state, reactions), own_reactions)
}

/**
 * @param {State} state @param {any[]} rows @param {(reacted: Reacted, row: any) => Reacted} join
 * @returns {State}
 */
function joined(state, rows, join) {
  let { reactions } = state
  const before = reactions
  for (const { type: _type, chat_id, message_id, ...row } of rows) {
    const old = reactions[chat_id]?.[message_id] ?? {}
    const now = join(old, row)
    if (now === old) continue
    if (reactions === before) reactions = { ...reactions }
    if (reactions[chat_id] === before[chat_id]) reactions[chat_id] = { ...before[chat_id] }
    reactions[chat_id][message_id] = now
  }
  return reactions === before ? state : { ...state, reactions }
}

/**
 * The reactions to a message as they are shown; null if it has none.
 * @param {State} state @param {Message | null} message @returns {ShownReactions | null}
 */
export function reactionsOf(state, message) {
  if (!message || message.deleted_at || roleIn(state, message.chat_id) === "former") return null
  const reacted = state.reactions[message.chat_id]?.[message.id]
  const waits = waitingFor(state, message.chat_id, message.id)
  const key = reacted ?? waits
  if (!key) return null
  const last = answers.get(key)
  if (last && last.waits === waits) return last.shown
  const shown = shownOf(reacted ?? {}, waits)
  answers.set(key, { waits, shown })
  return shown
}

/** @param {State} state @param {number} chat @param {number} message */
function waitingFor({ reacting }, chat, message) {
  if (reacting.length === 0) return undefined
  return reacting.findLast(({ body }) => body.chat_id === chat && body.message_id === message)
}

/** @param {Reacted} reacted @param {Item | undefined} waits @returns {ShownReactions | null} */
function shownOf({ all, own, before }, waits) {
  const { counts = [], total = 0, changed = 0 } = all ?? {}
  const saved = own?.emoji ?? null
  const emoji = waits ? waits.body.emoji : saved
  // My own row may come before the row of all.
  const counted = !all ? null : ((own?.changed ?? 0) <= changed ? saved : (before?.emoji ?? null))
  const waiting = emoji !== saved
  if (counted === emoji) return total > 0 ? { counts, total, own: emoji, waiting } : null
  const sum = total - Number(counted !== null) + Number(emoji !== null)
  return sum > 0 ? { counts: moved(counts, counted, emoji), total: sum, own: emoji, waiting } : null
}

/** @param {Count[]} counts @param {string | null} from @param {string | null} to @returns {Count[]} */
function moved(counts, from, to) {
  const by = (/** @type {string} */ emoji) => Number(emoji === to) - Number(emoji === from)
  const known = counts.map(({ emoji, count }) => ({ emoji, count: count + by(emoji) })).filter(({ count }) => count > 0)
  return !to || known.some(({ emoji }) => emoji === to) ? known : [...known, { emoji: to, count: 1 }]
}

/**
 * The last reaction that the preview of a chat tells of: mine or one to a message of mine, if it came after the last
 * message.
 * @param {State} state @param {number} chat @returns {LastReaction | null}
 */
export function lastReaction(state, chat) {
  const last = lastMessage(state, chat)
  if (!last || roleIn(state, chat) === "former") return null
  const waits = state.reacting.findLast(({ body: { chat_id, message_id, emoji } }) =>
    chat_id === chat && emoji && isShown(state, chat, message_id))
  if (waits) {
    const { at, body: { message_id, emoji } } = waits
    return { message_id, user_id: state.me, emoji, at, changed: Infinity }
  }
  const candidates = [...toldOf(state, chat), ...listedOf(state, chat)].sort((a, b) => b.changed - a.changed)
  const found = candidates.find(({ message_id, user_id, changed }) =>
    changed > last.id && isShown(state, chat, message_id)
    && !(user_id === state.me && waitingFor(state, chat, message_id)))
  return found ?? null
}

/**
 * What the preview of a chat or a notification tells of a reaction.
 * @param {State} state @param {number} chat @param {LastReaction} reaction @returns {ReactionLine}
 */
export function reactionLine(state, chat, { message_id, user_id, emoji, at, message }) {
  const last = lastMessage(state, chat)
  const known = messageById(state, chat, message_id) ?? (last?.id === message_id ? last : (message ?? null))
  const sender = known?.sender_id ?? state.reactions[chat]?.[message_id]?.all?.sender_id
  const [own, mine] = [user_id === state.me, sender === state.me]
  return {
    by: labelOf(state, user_id), own, emoji, at, mine, content: known?.content ?? null, names: namesIn(state, known),
  }
}

/** Whether a message can be seen, as far as is known. @param {State} state @param {number} chat @param {number} id */
function isShown(state, chat, id) {
  if (id <= (state.preferences[chat]?.cleared_id ?? 0) || isHidden(state, { chat_id: chat, id })) return false
  return !isGone(state, chat, id)
}

/** @param {State} state @param {number} chat @returns {LastReaction[]} */
function toldOf(state, chat) {
  const reactions = state.reactions[chat]
  if (!reactions) return []
  let found = told.get(reactions)
  if (!found) told.set(reactions, (found = Object.entries(reactions).flatMap(([id, it]) => toldAbout(state, +id, it))))
  return found
}

/** @param {State} state @param {number} message_id @param {Reacted} reacted @returns {LastReaction[]} */
function toldAbout({ me }, message_id, { all, own }) {
  const { latest, sender_id } = all ?? {}
  const mine = own?.emoji ? [{ ...own, emoji: own.emoji, user_id: me, message_id }] : []
  return latest && sender_id === me && latest.user_id !== me ? [...mine, { ...latest, message_id }] : mine
}

/**
 * The one that the list was loaded with, unless more has come of the same message.
 * @param {State} state @param {number} chat @returns {LastReaction[]}
 */
function listedOf(state, chat) {
  const listed = state.summaries[chat]?.last_reaction
  if (!listed) return []
  const { all, own } = state.reactions[chat]?.[listed.message_id] ?? {}
  const row = listed.user_id === state.me ? own : all
  return row && row.changed >= listed.changed ? [] : [listed]
}

/**
 * The reactions of a chat of which later ones may be missing. They stay until its new page comes: any row is later.
 * @param {State} state @param {number} chat @returns {Record<number, Record<number, Reacted>>}
 */
export function staleReactions({ reactions }, chat) {
  const stale = Object.entries(reactions[chat] ?? {}).map(([id, { all, own }]) =>
    [id, known(all && { ...all, changed: 0 }, own && { ...own, changed: 0 }, undefined)])
  return { [chat]: Object.fromEntries(stale) }
}

/** Without those that are stale. @param {State} state @param {number} chat @returns {State} */
export function withoutStale(state, chat) {
  const left = Object.entries(state.reactions[chat] ?? {}).filter(([, { all, own }]) => all?.changed || own?.changed)
  return { ...state, reactions: { ...state.reactions, [chat]: Object.fromEntries(left) } }
}
