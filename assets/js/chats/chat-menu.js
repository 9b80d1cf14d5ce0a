// @ts-check
/**
 * The menu of a chat: pin, archive, mute, mark, delete. It opens at the pointer or its button. In the header of a group
 * it also leads to the group's panel and out of the group.
 * What it changes about the chat, it asks for by actions (`change-preferences`, `read-chat`, `clear-chat`).
 * Keyboard: as in every menu; Right opens the part about muting, Left, Escape and Back leave it.
 */
import { confirmed } from "../lib/confirm.js"
import { clone, emit, setText, showIcon } from "../lib/dom.js"
import { openLayer } from "../lib/layers.js"
import { loaded } from "../lib/load.js"
import { make } from "../lib/make.js"
import { itemsOf, openMenu } from "../lib/menu.js"
import { texts } from "../lib/texts.js"
import { roleIn } from "../state/members.js"
import { ALWAYS } from "../state/preferences.js"
import { store } from "../state/store.js"

const HOUR_MS = 3_600_000

/** @typedef {import("../state/chat-items.js").ChatItem} ChatItem */
/** @typedef {import("../lib/long-press.js").Point} Point */
/** @typedef {{ name: string, icon: string, words: string, grave?: boolean, leads?: boolean, act: () => void }} Entry */

/** @param {number} id the chat @param {HTMLElement} opener @param {Point | null} point */
export function openChatMenu(id, opener, point) {
  const chat = store.select.chatItems(store.state).find((item) => item.id === id)
  if (chat && opener.isConnected) new ChatMenu(chat, opener, point)
}

class ChatMenu {
  #chat
  #opener
  #shell
  #point
  #list = make("div", { class: "menu__list chat-menu", role: "menu", tabindex: "-1" })
  /** @type {import("../lib/menu.js").Menu | null} */
  #menu = null
  /** Leaves the part about muting. @type {(() => void) | null} */
  #leave = null

  /** @param {ChatItem} chat @param {HTMLElement} opener @param {Point | null} point */
  constructor(chat, opener, point) {
    this.#chat = chat
    this.#opener = opener
    this.#shell = opener.closest(".shell") ?? document.body
    this.#point = point
    this.#list.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event))
    this.#draw(false)
    this.#menu = openMenu(this.#list, {
      opener, byPointer: point !== null, align: point ? "start" : opener.matches(".row__link") ? "center" : "end",
      place: point || opener.matches(".row__link") ? () => this.#place() : undefined, title: nameOf(chat),
      test: "chat-menu-box",
    })
  }

  /** @param {boolean} muting */
  #draw(muting) {
    this.#list.classList.toggle("chat-menu--muting", muting)
    this.#list.setAttribute("aria-label", muting ? texts.muteChat : texts.chatMenuOf(nameOf(this.#chat)))
    this.#list.replaceChildren(...(muting ? this.#muteEntries() : this.#entries()).map((entry) => this.#item(entry)))
    this.#menu?.title(muting ? texts.muteChat : nameOf(this.#chat))
    this.#menu?.follow()
  }

  /** The part about muting is a layer of its own, over the menu. */
  #mute() {
    this.#draw(true)
    itemsOf(this.#list)[0].focus()
    const hide = () => {
      this.#leave = null
      this.#draw(false)
      itemsOf(this.#list).find((item) => item.dataset.test === "chat-menu-mute")?.focus()
    }
    this.#leave = openLayer({ box: this.#list, hide, opener: null })
  }

  /** @returns {Entry[]} */
  #entries() {
    const { id, group, pinned, archived, muted, unread, marked } = this.#chat
    const isNew = unread > 0 || marked
    const isInHeader = this.#opener.closest("chat-header") !== null
    const isMember = ["member", "admin"].includes(roleIn(store.state, id))
    /** @type {(name: string, icon: string, words: string, change: object) => Entry} */
    const set = (name, icon, words, change) => {
      return { name, icon, words, act: () => this.#say("change-preferences", { change }) }
    }
    const pin = pinned ? set("unpin", "pin", texts.unpin, { pinned: false })
      : set("pin", "pin", texts.pin, { pinned: true })
    /** @type {Entry} */
    const info = { name: "info", icon: "info", words: texts.groupInfo, act: () => this.#showInfo() }
    /** @type {Entry} */
    const leave = { name: "leave", icon: "leave", words: texts.leaveGroup, grave: true, act: () => this.#leaveGroup() }
    return [
      ...(group && isInHeader ? [info] : []),
      // Archived chats cannot be pinned.
      ...(archived ? [] : [pin]),
      archived ? set("unarchive", "archive", texts.unarchiveChat, { archived: false })
        : set("archive", "archive", texts.archiveChat, { archived: true, pinned: false }),
      muted ? set("unmute", "bell", texts.unmuteChat, { muted_until: null })
        : { name: "mute", icon: "bell-off", words: texts.muteChat, leads: true, act: () => this.#mute() },
      isNew ? { name: "read", icon: "read", words: texts.markRead, act: () => this.#say("read-chat", {}) }
        : set("unread", "unread", texts.markUnread, { marked_unread: true }),
      { name: "delete", icon: "trash", words: texts.deleteChat, grave: true, act: () => this.#confirm() },
      ...(group && isInHeader && isMember ? [leave] : []),
    ]
  }

  /** @returns {Entry[]} */
  #muteEntries() {
    /** @type {(name: string, words: string, until: () => number) => Entry} */
    const mute = (name, words, until) => {
      const act = () => this.#say("change-preferences", { change: { muted_until: until() } })
      return { name, icon: "bell-off", words, act }
    }
    return [
      mute("mute-8h", texts.hours(8), () => Date.now() + 8 * HOUR_MS),
      mute("mute-week", texts.muteWeek, () => Date.now() + 7 * 24 * HOUR_MS),
      mute("mute-always", texts.muteAlways, () => ALWAYS),
    ]
  }

  /** @param {Entry} entry */
  #item({ name, icon, words, grave, leads, act }) {
    const { root, use, label, more } = clone("chat-menu-item")
    showIcon(use, icon)
    setText(label, words)
    root.dataset.test = `chat-menu-${name}`
    root.classList.toggle("menu__item--grave", Boolean(grave))
    use.parentElement?.classList.toggle("icon--mirrored", icon === "leave")
    more.toggleAttribute("hidden", !leads)
    if (leads) root.setAttribute("aria-haspopup", "menu")
    root.addEventListener("click", act)
    return root
  }

  /** @param {string} action @param {object} detail */
  #say(action, detail) {
    emit(this.#shell, action, { chat_id: this.#chat.id, ...detail })
  }

  async #confirm() {
    if (await confirmDelete(this.#opener, this.#chat)) this.#say("clear-chat", {})
  }

  async #showInfo() {
    const module = await loaded(import("../people/contact-panel.js"))
    module?.openContactPanel(this.#opener)
  }

  async #leaveGroup() {
    const module = await loaded(import("../groups/leave-group.js"))
    module?.leaveGroup(this.#chat.id, this.#opener)
  }

  /** At the pointer, or over the row of the chat. */
  #place() {
    const { left, right, top, bottom } = this.#opener.getBoundingClientRect()
    const middle = (top + bottom) / 2
    const { x, y } = this.#point ?? {}
    return x !== undefined && y !== undefined ? { left: x, right: x, top: y, bottom: y }
      : { left, right, top: middle, bottom: middle }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const rtl = getComputedStyle(this.#list).direction === "rtl"
    const [inward, outward] = rtl ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"]
    const item = /** @type {HTMLElement | null} */ (document.activeElement)
    if (event.key === outward && this.#leave) this.#leave()
    else if (event.key === inward && item?.matches("[aria-haspopup]")) item.click()
    else return
    event.preventDefault()
  }
}

/** @param {ChatItem} chat */
function nameOf({ notes, name }) {
  return notes ? texts.notesToSelf : name
}

/** @param {HTMLElement} opener @param {ChatItem} chat */
export function confirmDelete(opener, chat) {
  return confirmed(opener, {
    title: chat.notes ? texts.deleteNotesTitle : texts.deleteTitle(chat.name),
    words: chat.notes ? texts.deleteNotesWords : chat.peer ? texts.deleteWords(chat.name) : texts.deleteGroupWords,
    yes: texts.deleteChat,
  })
}
