// @ts-check
/** The two kinds of rows in the list: a chat, and a person without a chat. Both are links and only show. */
import { clone, setLine, setText, showIcon } from "../lib/dom.js"
import { isolated, showIsolated } from "../lib/isolated.js"
import { printRoute } from "../lib/route.js"
import { beginning } from "../lib/text.js"
import { texts } from "../lib/texts.js"
import { fullTime, listTime, seenTime } from "../lib/time.js"
import { sameValues } from "../lib/values.js"
import { excerpt } from "../chat/quote.js"
import { eventWords, typingShort, typingWords } from "../chat/event-words.js"
import { reactionWords } from "../chat/reaction-words.js"
import { showTick } from "../chat/tick.js"
import { handle, showAvatar } from "../people/avatar.js"
import { showPresenceOf } from "../people/presence.js"

/** More than fits: a longer text would cost layout time. */
const PREVIEW_MAX = 160

/** @typedef {import("../state/chat-items.js").ChatItem} ChatItem */
/** @typedef {import("../state/person-items.js").PersonItem} PersonItem */
/** @typedef {ChatItem & { today: number, draft: string, filtered: boolean }} ShownChat */
/** @typedef {PersonItem & { today: number }} ShownPerson */

/** @returns {import("../lib/dom.js").Row<ShownChat>} */
export function chatRow() {
  const row = clone("chat-row")
  const { root, link, avatar, title, handleLine, presence, time, more } = row
  const { tick, tickUse, label, preview, flags, mention, badge } = row
  /** @type {ShownChat | null} */
  let shown = null
  /** @param {ShownChat} chat */
  const update = (chat) => {
    if (sameValues(shown, chat)) return
    shown = chat
    presence.hidden = !chat.online
    nameRow(root, link, avatar, title, { ...chat, id: chat.peer || chat.id }, printRoute({ chat_id: chat.id }))
    handleLine.hidden = !chat.alike || chat.notes
    setText(handleLine, chat.alike ? handle(chat.username) : "")
    more.setAttribute("aria-label", texts.chatMenuOf(chat.notes ? texts.notesToSelf : chat.name))
    root.classList.toggle("row--unread", chat.unread > 0 || chat.marked)
    root.classList.toggle("row--muted", chat.muted)
    const at = chat.reaction?.at ?? chat.at
    setText(time, chat.empty ? "" : listTime(at, chat.today))
    time.dateTime = new Date(at).toISOString()
    time.title = fullTime(at)
    const words = previewWords(chat)
    label.hidden = words.label === ""
    setText(label, words.label)
    if (chat.typists) setLine(preview, words.text, typingShort(chat.typists))
    else {
      delete preview.dataset.short
      showIsolated(preview, words.text)
    }
    const look = words.kind ? `row__text--${words.kind}` : ""
    // A sentence of the page has the page's direction, also if it begins with a name of the other one.
    preview.dir = ["typing", "quiet"].includes(words.kind) ? document.documentElement.dir : "auto"
    label.className = `row__label ${look}`
    preview.className = `row__text ${look}`
    showTick(tick, tickUse, words.kind ? "" : chat.tick)
    showFlags(flags, chat)
    mention.hidden = chat.mentions === 0
    mention.setAttribute("aria-label", texts.unreadMentions(chat.mentions))
    showBadge(badge, chat)
  }
  return { root, update }
}

/**
 * The number of unread messages, or a dot for a chat marked as unread; grey in muted and archived chats.
 * @param {HTMLElement} badge @param {ShownChat} chat
 */
function showBadge(badge, { unread, marked, muted, archived }) {
  badge.hidden = unread === 0 && !marked
  setText(badge, unread > 0 ? texts.badge(unread) : "")
  badge.setAttribute("aria-label", unread > 0 ? texts.unread(unread) : texts.markedUnread)
  badge.classList.toggle("badge--dot", unread === 0)
  badge.classList.toggle("badge--quiet", muted || archived)
}

/**
 * Icons for archived, muted and pinned; made when needed, because most rows have none.
 * @param {HTMLElement} flags @param {ShownChat} chat
 */
function showFlags(flags, { muted, pinned, archived, filtered }) {
  /** @type {[string, string][]} */
  const wanted = []
  if (archived && filtered) wanted.push(["archive", texts.archivedSign])
  if (muted) wanted.push(["bell-off", texts.mutedSign])
  if (pinned > 0 && !archived) wanted.push(["pin", texts.pinnedSign])
  const key = wanted.map(([icon]) => icon).join(" ")
  if ((flags.dataset.flags ?? "") === key) return
  flags.dataset.flags = key
  flags.replaceChildren(...wanted.map(([icon, words]) => {
    const { root, use } = clone("row-flag")
    showIcon(use, icon)
    root.setAttribute("aria-label", words)
    return root
  }))
}

/**
 * One line: who is typing, else the draft, else the last message or a later reaction. The label is an element of its
 * own, so that a text of the other direction is cut at its own end.
 * @param {ShownChat} chat
 */
function previewWords(chat) {
  if (chat.typing) {
    return { label: "", text: chat.typists ? typingWords(chat.typists) : texts.typing, kind: "typing" }
  }
  if (chat.draft && !chat.selected) return { label: texts.draft, text: oneLine(chat.draft), kind: "draft" }
  if (chat.reaction) return { label: "", text: reactionWords(chat.reaction), kind: "quiet" }
  if (chat.event) return { label: "", text: eventWords(chat.event), kind: "quiet" }
  if (chat.deleted) return { label: "", text: texts.deletedMessage, kind: "quiet" }
  if (chat.empty) return { label: "", text: chat.notes ? texts.notesHint : texts.emptyTitle, kind: "quiet" }
  // In a direct chat the tick alone says that the message is one's own; the notes have no other sender.
  const author = !chat.group ? "" : chat.own ? texts.you : chat.author
  return { label: author && `${isolated(author)}: `, text: excerpt(chat.content, PREVIEW_MAX, chat.names), kind: "" }
}

/** A draft keeps its marks. @param {string} text */
function oneLine(text) {
  return beginning(text, PREVIEW_MAX).replace(/\s+/gu, " ").trim()
}

/** @returns {import("../lib/dom.js").Row<ShownPerson>} */
export function personRow() {
  const { root, link, avatar, title, status } = clone("person-row")
  /** @type {ShownPerson | null} */
  let shown = null
  /** @param {ShownPerson} person */
  const update = (person) => {
    if (sameValues(shown, person)) return
    shown = person
    nameRow(root, link, avatar, title, person, printRoute({ user_id: person.id }))
    setText(status, personStatus(person))
  }
  return { root, update }
}

/** @param {ShownPerson} person */
function personStatus({ notes, online, last_seen, today, name, username, alike }) {
  if (notes) return texts.notesHint
  const presence = online ? texts.online : last_seen ? texts.lastSeen(seenTime(last_seen, today)) : ""
  if (!presence) return handle(username)
  return name === username && !alike ? presence : `${handle(username)} · ${presence}`
}

/**
 * @param {HTMLElement} root @param {HTMLAnchorElement} link @param {HTMLElement} avatar @param {HTMLElement} title
 * @param {Pick<PersonItem, "id" | "name" | "username" | "picture" | "notes" | "group" | "online" | "selected">} item
 * @param {string} href
 */
function nameRow(root, link, avatar, title, { id, name, username, picture, notes, group, online, selected }, href) {
  const shown = notes ? texts.notesToSelf : name
  showAvatar(avatar, id, shown, { username, notes, group, picture })
  showPresenceOf(root, notes || group ? 0 : id)
  setText(title, shown)
  title.title = notes || name === username || !username ? "" : handle(username)
  if (link.getAttribute("href") !== href) link.setAttribute("href", href)
  link.dataset.name = name
  root.classList.toggle("row--online", online)
  root.classList.toggle("row--selected", selected)
  if (selected) link.setAttribute("aria-current", "page")
  else link.removeAttribute("aria-current")
}
