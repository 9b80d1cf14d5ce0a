// @ts-check
/**
 * The dialog to forward messages: to which chats and people, several at once. It offers only those that I can write to.
 * Each message is queued as an ordinary one for each of them, so it is also sent after a reload.
 */
import { emit } from "../lib/dom.js"
import { goTo } from "../lib/layers.js"
import { idOf, withNames } from "../lib/mentions.js"
import { printRoute } from "../lib/route.js"
import { byteLength } from "../lib/text.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { openPickDialog } from "../groups/pick-dialog.js"
import { picker } from "../groups/picker.js"
import { handle } from "../people/avatar.js"
import { findIn } from "../state/answers.js"
import { isHidden } from "../state/flags.js"
import { MANY_TIMES, mayForward, timesAfter } from "../state/forwarding.js"
import { namesIn } from "../state/mentions.js"
import { labelOf } from "../state/names.js"
import { messageById } from "../state/quotes.js"
import { store } from "../state/store.js"
import { closedBy, targetKey } from "../state/targets.js"

/** More at once are mostly chain letters. */
const CHATS_MAX = 5

/** @typedef {import("../state/model.js").Message} Message */
/** @typedef {{ chat_id?: number, recipient_id?: number }} Target */
/**
 * @typedef {import("../groups/picker.js").Entry<string> & { to: Target, look: import("../groups/picker.js").Look
 *   }} Place  a chat, or a person without one
 */

/**
 * @param {Message[]} messages of one chat @param {HTMLElement} opener gets the focus back
 * @returns {Promise<boolean>} whether they were forwarded
 */
export async function openForward(messages, opener) {
  const places = new Map(listPlaces().map((place) => [place.id, place]))
  const max = messages.some(({ forwarded = 0 }) => forwarded >= MANY_TIMES) ? 1 : CHATS_MAX
  const chosen = await openPickDialog(opener, {
    test: "forward-dialog",
    title: texts.forwardTitle(messages.length),
    words: max === 1 ? texts.forwardOnce : "",
    yes: texts.send,
    pick: (options) => placePicker({ ...options, max, places }),
    note: (count) => (count === CHATS_MAX ? texts.forwardMax(CHATS_MAX) : ""),
    act: () => {},
  })
  const targets = chosen.flatMap((id) => places.get(id)?.to ?? [])
  if (targets.length === 0) return false
  forward(messages, targets)
  return true
}

/**
 * @param {{ chosen: Set<string>, changed: () => void, signal: AbortSignal, max: number, places: Map<string, Place> }}
 *   options
 */
function placePicker({ places, ...options }) {
  const all = [...places.values()]
  const made = picker({
    ...options,
    words: { field: texts.filterHint, chips: texts.chosenChats, list: texts.chatsAndPeople, none: texts.nobodyElse },
    find: (query) => findPlaces(all, query),
    entryOf: (id) => places.get(id),
    look: (entry) => /** @type {Place} */ (entry).look,
  })
  made.refresh()
  return made
}

/** The latest chats first, archived ones after the others, then people without a chat by name. @returns {Place[]} */
function listPlaces() {
  const { state } = store
  const chats = store.select.chatItems(state).filter(({ id }) => closedBy(state, id) === "")
  const latest = chats.sort((a, b) => Number(a.archived) - Number(b.archived) || b.at - a.at)
  return [
    ...latest.map((item) => placeOf(item, { chat_id: item.id }, item.group ? item.id : item.peer)),
    ...store.select.personItems(state).map((item) => placeOf(item, { recipient_id: item.id }, item.id)),
  ]
}

/**
 * @param {import("../state/chat-items.js").ChatItem | import("../state/person-items.js").PersonItem} item
 * @param {Target} to @param {number} face @returns {Place}
 */
function placeOf(item, to, face) {
  const { key, notes, group, username } = item
  const name = notes ? texts.notesToSelf : item.name
  const second = notes ? "" : group ? texts.group : handle(username)
  const look = { second, label: notes || group ? name : labelOf(store.state, face), picture: item }
  return { key, id: key, name, username: notes || group ? "" : username, face, to, look }
}

/** Better matches first, otherwise in their order. @param {Place[]} places @param {string} query @returns {Place[]} */
function findPlaces(places, query) {
  const find = findIn(query)
  if (!find) return places
  const found = places.flatMap((place) => {
    const answer = find(place)
    return answer ? { place, rank: answer.rank } : []
  })
  return found.sort((a, b) => a.rank - b.rank).map(({ place }) => place)
}

/**
 * Queues the messages for each target, in the order of their chat, as they are now.
 * @param {Message[]} messages @param {Target[]} targets
 */
function forward(messages, targets) {
  const { state } = store
  const now = messages.map((message) => messageById(state, message.chat_id, message.id) ?? message)
    .filter((message) => mayForward(message) && !isHidden(state, message))
    .sort((a, b) => a.seq - b.seq)
  const shell = document.querySelector(".shell")
  if (!shell || now.length === 0) {
    toast(texts.messageGone)
    return
  }
  const bodies = targets.flatMap((to) => now.map((message) => {
    const times = timesAfter(state, message)
    return { ...to, content: wordsFor(message, to), forward_of: message.id, ...(times > 0 && { forwarded: times }) }
  }))
  emit(shell, "forward-messages", { bodies })
  if (targets.length === 1) show(targets[0])
  else toast(texts.forwardedTo(targets.length))
}

/** Opens the chat. @param {Target} target */
function show({ chat_id, recipient_id }) {
  const isOpen = chat_id ? store.state.open?.chat_id === chat_id : targetKey(store.state) === `p${recipient_id}`
  if (!isOpen) goTo(printRoute({ chat_id, user_id: recipient_id }))
}

/**
 * The words of a message for another chat: a mention counts only among members of one group, so any other one becomes
 * the name. Names that make the text too long stay mentions.
 * @param {Message} message @param {Target} to
 */
function wordsFor(message, { chat_id = 0 }) {
  const { state } = store
  const { content } = message
  if (chat_id === message.chat_id) return content
  const names = Object.entries(namesIn(state, message) ?? {}).filter(([token]) => {
    const role = state.members[chat_id]?.[idOf(token)]?.role ?? "former"
    return role === "former"
  })
  const named = withNames(content, Object.fromEntries(names))
  return byteLength(named) > state.content_bytes_max ? content : named
}
