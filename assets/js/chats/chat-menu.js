// @ts-check
/**
 * The menu of a chat: pin, archive, mute, mark, delete. It opens at the pointer or its button; on a phone it is a sheet
 * at the lower edge. It only emits actions (`change-preferences`, `read-chat`, `clear-chat`).
 * Keyboard: Up, Down, Home and End move, Enter chooses, Right opens the part about muting and Left leaves it, Esc
 * closes the menu and returns the focus.
 */
import { confirmed } from "../lib/confirm.js"
import { dialogIsOpen, openDialog } from "../lib/dialog.js"
import { clone, emit, setText, showIcon } from "../lib/dom.js"
import { itemsOf, moveInMenu, placeBeside } from "../lib/menu.js"
import { texts } from "../lib/texts.js"
import { ALWAYS } from "../state/preferences.js"
import { store } from "../state/store.js"

const HOUR_MS = 3_600_000
/** Between the menu and its button. */
const GAP_PX = 4

/** @typedef {import("../state/chat-items.js").ChatItem} ChatItem */
/** @typedef {import("../lib/long-press.js").Point} Point */
/** @typedef {{ name: string, icon: string, words: string, grave?: boolean, leads?: boolean, act: () => void }} Entry */

/** @param {number} id the chat @param {HTMLElement} opener @param {Point | null} point */
export function openChatMenu(id, opener, point) {
  const chat = store.select.chatItems(store.state).find((item) => item.id === id)
  if (chat && opener.isConnected && !dialogIsOpen()) new ChatMenu(chat, opener, point)
}

class ChatMenu {
  #chat
  #opener
  #point
  #box
  #title
  #list
  #muting = false

  /** @param {ChatItem} chat @param {HTMLElement} opener @param {Point | null} point */
  constructor(chat, opener, point) {
    const { root, title, list } = clone("chat-menu")
    this.#chat = chat
    this.#opener = opener
    this.#point = point
    this.#box = /** @type {HTMLDialogElement} */ (root)
    this.#list = /** @type {HTMLElement} */ (list)
    this.#title = /** @type {HTMLElement} */ (title)
    root.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event))
    root.addEventListener("contextmenu", (/** @type {Event} */ event) => event.preventDefault())
    root.addEventListener("close", () => opener.removeAttribute("aria-expanded"))
    if (opener.hasAttribute("aria-haspopup")) opener.setAttribute("aria-expanded", "true")
    openDialog(root, opener)
    this.#fill(false)
  }

  /** @param {boolean} muting @param {string} [at] the item that gets the focus; otherwise the first */
  #fill(muting, at) {
    this.#muting = muting
    this.#box.classList.toggle("chat-menu--muting", muting)
    setText(this.#title, muting ? texts.muteChat : nameOf(this.#chat))
    this.#list.setAttribute("aria-label", muting ? texts.muteChat : texts.chatMenuOf(nameOf(this.#chat)))
    this.#list.replaceChildren(...(muting ? this.#muteEntries() : this.#entries()).map((entry) => this.#item(entry)))
    this.#place()
    const items = itemsOf(this.#list)
    const item = at ? items.find((candidate) => candidate.dataset.test === `chat-menu-${at}`) : null
    // With a pointer no item is chosen at first: a ring around one would look like a choice.
    if (this.#point && !muting && !item) this.#list.focus()
    else (item ?? items[0]).focus()
  }

  /** @returns {Entry[]} */
  #entries() {
    const { pinned, archived, muted, unread, marked } = this.#chat
    const isNew = unread > 0 || marked
    /** @type {(name: string, icon: string, words: string, change: object) => Entry} */
    const set = (name, icon, words, change) => {
      return { name, icon, words, act: () => this.#say("change-preferences", { change }) }
    }
    const pin = pinned ? set("unpin", "pin", texts.unpinChat, { pinned: false })
      : set("pin", "pin", texts.pinChat, { pinned: true })
    return [
      // Archived chats cannot be pinned.
      ...(archived ? [] : [pin]),
      archived ? set("unarchive", "archive", texts.unarchiveChat, { archived: false })
        : set("archive", "archive", texts.archiveChat, { archived: true, pinned: false }),
      muted ? set("unmute", "bell", texts.unmuteChat, { muted_until: null })
        : { name: "mute", icon: "bell-off", words: texts.muteChat, leads: true, act: () => this.#fill(true) },
      isNew ? { name: "read", icon: "read", words: texts.markRead, act: () => this.#say("read-chat", {}) }
        : set("unread", "unread", texts.markUnread, { marked_unread: true }),
      { name: "delete", icon: "trash", words: texts.deleteChat, grave: true, act: () => this.#confirm() },
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
      mute("mute-8h", texts.muteHours(8), () => Date.now() + 8 * HOUR_MS),
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
    more.toggleAttribute("hidden", !leads)
    if (leads) root.setAttribute("aria-haspopup", "menu")
    root.addEventListener("click", act)
    return root
  }

  /**
   * Closes first: the action may remove the opener's row, and the list then moves the focus.
   * @param {string} action @param {object} detail
   */
  #say(action, detail) {
    const shell = this.#box.parentElement ?? document.body
    this.#box.close()
    emit(shell, action, { chat_id: this.#chat.id, ...detail })
  }

  async #confirm() {
    const shell = this.#box.parentElement ?? document.body
    this.#box.close()
    if (await confirmDelete(this.#opener, this.#chat)) emit(shell, "clear-chat", { chat_id: this.#chat.id })
  }

  /** Places the menu at the pointer, under its button, or over its row. On a phone, CSS places the sheet. */
  #place() {
    const { left, right, top, bottom } = this.#opener.getBoundingClientRect()
    const middle = (top + bottom) / 2
    if (this.#point) {
      const { x, y } = this.#point
      placeBeside(this.#box, { left: x, right: x, top: y, bottom: y }, "start")
    } else if (this.#opener.matches(".row__link")) {
      placeBeside(this.#box, { left, right, top: middle, bottom: middle }, "center")
    } else placeBeside(this.#box, { left, right, top: top - GAP_PX, bottom: bottom + GAP_PX }, "end")
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { activeElement } = document
    const rtl = getComputedStyle(this.#box).direction === "rtl"
    const [inward, outward] = rtl ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"]
    if (event.key === "Tab" || (event.key === "Escape" && !this.#muting)) this.#box.close()
    else if (event.key === "Escape" || event.key === outward) {
      if (this.#muting) this.#fill(false, "mute")
    } else if (event.key === inward) {
      if (activeElement?.matches("[aria-haspopup]")) /** @type {HTMLElement} */ (activeElement).click()
    } else if (!moveInMenu(this.#list, event)) return
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
