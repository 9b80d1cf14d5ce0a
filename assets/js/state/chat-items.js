// @ts-check
/** The chats as the list shows them, and how many of them are unread. */
import { sameValues } from "../lib/values.js"
import { eventLine } from "./events.js"
import { namesIn, namesInWaiting, unreadMentions } from "./mentions.js"
import { lastMessage, pendingIn } from "./messages.js"
import { unreadOf } from "./model.js"
import { labelOf } from "./names.js"
import { faceOf, isTyping, nameOf, peerOf } from "./peers.js"
import { isMuted, preferencesOf } from "./preferences.js"
import { lastReaction, reactionLine } from "./reactions.js"
import { tickOf } from "./ticks.js"
import { typingNames } from "./typists.js"

/** @typedef {import("./model.js").State} State */
/**
 * @typedef {{ key: string, id: number, peer: number, name: string, username: string, picture: string | null,
 *   alike: boolean, notes: boolean, group: boolean, content: string, deleted: boolean, empty: boolean, tick: string,
 *   at: number, unread: number, online: boolean, typing: boolean, selected: boolean, pinned: number, archived: boolean,
 *   muted: boolean, marked: boolean, hidden: boolean, author: string, own: boolean,
 *   event: import("./events.js").EventLine | null, typists: import("./names.js").Some | null,
 *   names: import("../lib/mentions.js").Names | null, mentions: number,
 *   reaction: import("./reactions.js").ReactionLine | null }} ChatItem
 *   author = who wrote the last message, in a group and if it was not me; typists only in a group; names = of the
 *   mentions in the content; mentions = how many unread messages mention me; reaction = if it is shown instead of the
 *   last message
 */

/** The parts of the state that `chatItems` reads. @param {State} state */
export const chatItemsInputs = (state) => [
  state.me, state.users, state.chats, state.logs, state.lasts, state.marks, state.summaries, state.online, state.typing,
  state.memberships, state.reactions, state.reacting, state.flags, state.flagging, state.pending, state.changes,
  state.open, state.preferences, state.unsaved, state.clock, state.shownMentions,
]

/**
 * The chats: pinned ones first, the latest pin on top, then by their last message. A deleted chat is left out until a
 * new message arrives. An item that says the same as in `before` is the same object, because most changes concern one
 * chat.
 * @param {State} state @param {ChatItem[]} [before] @returns {ChatItem[]}
 */
export function chatItems(state, before = []) {
  const known = new Map(before.map((item) => [item.id, item]))
  const items = Object.values(state.chats).map((chat) => {
    const old = known.get(chat.id)
    const item = chatItem(state, chat, old)
    return old && sameValues(old, item) ? old : item
  })
  return items.filter((item) => !item.hidden).sort((a, b) => b.pinned - a.pinned || b.at - a.at || b.id - a.id)
}

/** @param {State} state @param {import("./model.js").Chat} chat @param {ChatItem} [old] @returns {ChatItem} */
function chatItem(state, chat, old) {
  const peer = peerOf(state, chat)
  const message = lastMessage(state, chat.id)
  const waiting = pendingIn(state, chat.id, peer).at(-1)
  const own = message !== null && message.sender_id === state.me
  const group = chat.kind === "group"
  const event = waiting || !message ? null : eventLine(state, message)
  const reacted = waiting ? null : lastReaction(state, chat.id)
  const reaction = reacted && reactionLine(state, chat.id, reacted)
  const { pinned_at, archived, marked_unread, cleared_seq, cleared } = preferencesOf(state, chat.id)
  return {
    key: `c${chat.id}`,
    id: chat.id,
    peer,
    name: chat.title ?? nameOf(state, peer),
    ...faceOf(state, peer),
    ...(group && { picture: chat.picture }),
    notes: peer === state.me,
    group,
    content: waiting?.body.content ?? message?.content ?? "",
    names: waiting ? namesInWaiting(state, waiting.body) : namesIn(state, message),
    deleted: !waiting && Boolean(message?.deleted_at),
    empty: !waiting && !message,
    tick: waiting ? waiting.status : own && !event ? tickOf(state, message) : "",
    at: waiting?.at ?? message?.created_at ?? chat.created_at,
    unread: unreadOf(state, chat.id),
    mentions: unreadMentions(state, chat.id).length,
    online: peer !== state.me && Boolean(state.online[peer]),
    typing: isTyping(state, chat.id),
    selected: state.open?.chat_id === chat.id,
    pinned: pinned_at ?? 0,
    archived,
    muted: isMuted(state, chat.id),
    marked: marked_unread,
    author: group && message && !waiting && !own ? labelOf(state, message.sender_id) : "",
    own: Boolean(waiting) || own,
    event: event && old?.event && sameValues(old.event, event) ? old.event : event,
    reaction: reaction && old?.reaction && sameValues(old.reaction, reaction) ? old.reaction : reaction,
    typists: typingNames(state, chat, old?.typists),
    // A member's group stays in the list although it was cleared: there is no other way back to it.
    hidden: !waiting && (Boolean(cleared) || (!message && cleared_seq > 0 && !isCurrent(state, chat))),
  }
}

/** Whether I am in this group now. @param {State} state @param {import("./model.js").Chat} chat */
function isCurrent({ memberships }, { id, kind }) {
  return kind === "group" && memberships[id]?.role !== "former"
}

/**
 * The number of unread chats, outside the list. Muted and archived chats do not count, unless they mention me.
 * @param {ChatItem[]} items
 */
export function unreadTotal(items) {
  return items.filter(({ muted, archived, unread, marked, mentions }) =>
    mentions > 0 || (!muted && !archived && (unread > 0 || marked))).length
}
