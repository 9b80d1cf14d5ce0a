// @ts-check
/**
 * The menu of a chat: pin, archive, mute, mark, delete. At the pointer or its button; on a phone a sheet at the lower edge.
 * Keyboard: Up, Down, Home and End move, Enter chooses, Right opens the part about muting and Left leaves it, Esc closes
 * and returns to where the menu was asked for. It only says what is wanted (`keep-chat`, `read-chat`, `clear-chat`).
 */
import { clone, emit, setText, showIcon } from "../lib/dom.js"
import { texts } from "../lib/texts.js"
import { ALWAYS } from "../state/preferences.js"
import { store } from "../state/store.js"
import { confirmed } from "../lib/confirm.js"

const HOUR_MS = 3_600_000
/** What stays free between the menu and the edge of the window. */
const EDGE_PX = 8

/** @typedef {import("../state/chat-items.js").ChatItem} ChatItem */
/** @typedef {{ name: string, icon: string, words: string, grave?: boolean, leads?: boolean, act: () => void }} Entry */

/** One menu at a time. @type {ChatMenu | null} */
let shown = null

/** @param {number} id the chat @param {HTMLElement} opener @param {{ x: number, y: number } | null} point */
export function openChatMenu(id, opener, point) {
  const chat = store.select.chatItems(store.state).find((item) => item.id === id)
  if (shown || !chat || !opener.isConnected) return
  shown = new ChatMenu(chat, opener, point)
}

class ChatMenu {
  #chat
  #opener
  #point
  #box
  #title
  #list
  #muting = false

  /** @param {ChatItem} chat @param {HTMLElement} opener @param {{ x: number, y: number } | null} point */
  constructor(chat, opener, point) {
    const { root, title, list } = clone("chat-menu")
    this.#chat = chat
    this.#opener = opener
    this.#point = point
    this.#box = /** @type {HTMLDialogElement} */ (root)
    this.#list = /** @type {HTMLElement} */ (list)
    this.#title = /** @type {HTMLElement} */ (title)
    root.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event))
    root.addEventListener("close", () => this.#closed())
    root.addEventListener("contextmenu", (/** @type {Event} */ event) => event.preventDefault())
    root.addEventListener("pointerdown", (/** @type {Event} */ event) => event.target === root && this.#box.close())
    opener.closest(".shell")?.append(root)
    if (opener.hasAttribute("aria-haspopup")) opener.setAttribute("aria-expanded", "true")
    this.#box.showModal()
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
    const item = at ? this.#items().find((candidate) => candidate.dataset.test === `chat-menu-${at}`) : null
    // Who points needs no first item, and its ring would only look like a choice already made.
    if (this.#point && !muting && !item) this.#list.focus()
    else (item ?? this.#items()[0]).focus()
  }

  /** @returns {Entry[]} */
  #entries() {
    const { pinned, archived, muted, unread, marked } = this.#chat
    const isNew = unread > 0 || marked
    /** @type {(name: string, icon: string, words: string, change: object) => Entry} */
    const keep = (name, icon, words, change) => ({ name, icon, words, act: () => this.#say("keep-chat", { change }) })
    return [
      // What is put away needs no place at the top.
      ...(archived ? [] : [pinned ? keep("unpin", "pin", texts.unpinChat, { pinned: false }) : keep("pin", "pin", texts.pinChat, { pinned: true })]),
      archived ? keep("unarchive", "archive", texts.unarchiveChat, { archived: false }) : keep("archive", "archive", texts.archiveChat, { archived: true, pinned: false }),
      muted ? keep("unmute", "bell", texts.unmuteChat, { muted_until: null })
        : { name: "mute", icon: "bell-off", words: texts.muteChat, leads: true, act: () => this.#fill(true) },
      isNew ? { name: "read", icon: "read", words: texts.markRead, act: () => this.#say("read-chat", {}) }
        : keep("unread", "unread", texts.markUnread, { marked_unread: true }),
      { name: "delete", icon: "trash", words: texts.deleteChat, grave: true, act: () => this.#confirm() },
    ]
  }

  /** @returns {Entry[]} */
  #muteEntries() {
    /** @type {(name: string, words: string, until: () => number) => Entry} */
    const mute = (name, words, until) => ({ name, icon: "bell-off", words, act: () => this.#say("keep-chat", { change: { muted_until: until() } }) })
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

  /** Closes first: what is wanted may take the opener's row away, and the list then looks after the focus. @param {string} wish @param {object} detail */
  #say(wish, detail) {
    const shell = this.#box.parentElement ?? document.body
    this.#box.close()
    emit(shell, wish, { chat_id: this.#chat.id, ...detail })
  }

  async #confirm() {
    const shell = this.#box.parentElement ?? document.body
    const opener = this.#opener
    const chat = this.#chat
    this.#box.close()
    if (await confirmDelete(shell, chat)) emit(shell, "clear-chat", { chat_id: chat.id })
    else opener.focus()
  }

  /** Inside the window, at the pointer or under its button; a phone's sheet needs no place. */
  #place() {
    const box = this.#box
    const { offsetWidth: width, offsetHeight: height } = box
    const { left, right, top, bottom } = this.#opener.getBoundingClientRect()
    const rtl = getComputedStyle(box).direction === "rtl"
    const isRow = this.#opener.matches(".row__link")
    const x = this.#point ? this.#point.x - (rtl ? width : 0) : isRow ? (left + right - width) / 2 : rtl ? left : right - width
    const y = this.#point?.y ?? (isRow ? (top + bottom) / 2 : bottom + 4)
    // Where there is no room below, above; where there is none at all, as low as it can be.
    const up = (this.#point?.y ?? (isRow ? y : top - 4)) - height
    const block = y + height <= innerHeight - EDGE_PX ? y : up >= EDGE_PX ? up : innerHeight - EDGE_PX - height
    const inline = Math.min(Math.max(x, EDGE_PX), innerWidth - EDGE_PX - width)
    box.style.setProperty("--menu-block", `${Math.max(EDGE_PX, block)}px`)
    box.style.setProperty("--menu-inline", `${rtl ? innerWidth - inline - width : inline}px`)
  }

  /** @returns {HTMLElement[]} */
  #items() {
    return [...this.#list.querySelectorAll("button")]
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const items = this.#items()
    const at = items.findIndex((item) => item === document.activeElement)
    const rtl = getComputedStyle(this.#box).direction === "rtl"
    const [inward, outward] = rtl ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"]
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowDown: () => items[(at + 1) % items.length].focus(),
      ArrowUp: () => items.at((at < 0 ? 0 : at) - 1)?.focus(),
      Home: () => items[0].focus(),
      End: () => items.at(-1)?.focus(),
      Tab: () => this.#box.close(),
      Escape: () => (this.#muting ? this.#fill(false, "mute") : this.#box.close()),
      [inward]: () => items[at]?.getAttribute("aria-haspopup") && items[at].click(),
      [outward]: () => this.#muting && this.#fill(false, "mute"),
    }
    if (!Object.hasOwn(keys, event.key)) return
    event.preventDefault()
    event.stopPropagation()
    keys[event.key]()
  }

  #closed() {
    shown = null
    this.#box.remove()
    this.#opener.removeAttribute("aria-expanded")
    if (this.#opener.isConnected) this.#opener.focus({ preventScroll: true })
  }
}

/** @param {ChatItem} chat */
function nameOf({ notes, name }) {
  return notes ? texts.notesToSelf : name
}

/** @param {HTMLElement} shell @param {ChatItem} chat */
function confirmDelete(shell, chat) {
  return confirmed(shell, {
    title: chat.notes ? texts.deleteNotesTitle : texts.deleteTitle(chat.name),
    words: chat.notes ? texts.deleteNotesWords : chat.peer ? texts.deleteWords(chat.name) : texts.deleteGroupWords,
    yes: texts.deleteChat,
  })
}
