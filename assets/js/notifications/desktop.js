// @ts-check
/**
 * Desktop notifications: one for each chat. The next message or reaction replaces it, and reading closes it.
 * It shows them only if the browser allows them and the setting is on.
 */
import { isolated } from "../lib/isolated.js"
import { goTo } from "../lib/layers.js"
import { addressOf } from "../lib/load.js"
import { plainText } from "../lib/plain-text.js"
import { printRoute } from "../lib/route.js"
import { settings } from "../lib/settings.js"
import { beginning } from "../lib/text.js"
import { texts } from "../lib/texts.js"
import { reactionWords } from "../chat/reaction-words.js"
import { isHidden } from "../state/flags.js"
import { namesIn } from "../state/mentions.js"
import { labelOf } from "../state/names.js"
import { isGone } from "../state/quotes.js"
import { reactionLine } from "../state/reactions.js"
import { store } from "../state/store.js"
import { permission } from "./permission.js"

/** Desktops show less than this. */
const BODY_MAX = 240
const ICON = addressOf("touch-icon.png")

/**
 * @typedef {{ notice: { close: () => void }, message: number, reaction: number }} Shown
 *   reaction = the revision of the reaction to the message of which it tells; 0 if it tells of the message
 */

export class Desktop {
  /** By chat: the notification, and the message that it tells of. @type {Map<number, Shown>} */
  #shown = new Map()

  /** @param {AbortSignal} signal */
  constructor(signal) {
    store.watch(store.select.chatItems, (chats) => this.#closeRead(chats), { signal })
    store.watch((state) => state.expiry, () => this.#closeExpired(), { signal })
    window.addEventListener("focus", () => this.#closeRead(store.select.chatItems(store.state)), { signal })
    // A click on a notification does nothing after its page is gone.
    window.addEventListener("pagehide", () => this.#closeAll(), { signal })
    signal.addEventListener("abort", () => this.#closeAll())
  }

  /**
   * A message was edited or deleted: its old words go from the screen.
   * @param {import("../state/model.js").Message} message
   */
  change(message) {
    const { chat_id, id, deleted_at } = message
    const shown = this.#shown.get(chat_id)
    if (!shown || shown.message !== id) return
    if (deleted_at || isHidden(store.state, message)) this.#close(chat_id)
    else if (!shown.reaction) this.show(message, true, false)
  }

  /** Closes what tells of a message that is deleted for me. @param {number} chat @param {number} message */
  forget(chat, message) {
    if (this.#shown.get(chat)?.message === message) this.#close(chat)
  }

  /** Closes what tells of a reaction that was taken back. @param {any} row the reactions to a message */
  changeReactions({ chat_id, message_id, latest }) {
    const shown = this.#shown.get(chat_id)
    if (shown && shown.message === message_id && shown.reaction > (latest?.changed ?? 0)) this.#close(chat_id)
  }

  /**
   * @param {import("../state/model.js").Message} message
   * @param {boolean} silent whether the notification makes no sound of its own
   * @param {boolean} renotify whether the person is told again if there is one of this chat
   */
  async show(message, silent, renotify = true) {
    const { chat_id, sender_id, content, id } = message
    const { state } = store
    const text = beginning(plainText(content, namesIn(state, message)), BODY_MAX)
    const author = authorWords(message, isolated(labelOf(state, sender_id)))
    const body = state.chats[chat_id]?.kind === "group" ? `${author}: ${text}` : text
    await this.#show({ chat_id, sender_id, body, message: id, reaction: 0 }, silent, renotify)
  }

  /**
   * @param {number} chat_id @param {import("../state/reactions.js").LastReaction} reaction
   * @param {boolean} silent whether the notification makes no sound of its own
   */
  async showReaction(chat_id, reaction, silent) {
    const body = reactionWords(reactionLine(store.state, chat_id, reaction))
    const { message_id: message, user_id: sender_id, changed } = reaction
    await this.#show({ chat_id, sender_id, body, message, reaction: changed }, silent, true)
  }

  /**
   * @param {{ chat_id: number, sender_id: number, body: string, message: number, reaction: number }} told
   * @param {boolean} silent @param {boolean} renotify
   */
  async #show({ chat_id, sender_id, body, message, reaction }, silent, renotify) {
    if (!settings.get("notifications") || permission() !== "granted") return
    const { state } = store
    const chat = state.chats[chat_id]
    const group = chat?.kind === "group"
    const hash = printRoute({ chat_id })
    const options = {
      body, tag: `chaap-${state.me}-${chat_id}`, renotify, silent, icon: ICON,
      lang: document.documentElement.lang, dir: /** @type {const} */ ("auto"), data: { hash },
    }
    const notice = await display((group && chat.title) || labelOf(state, sender_id) || "Chaap", options)
    if (!notice) return
    this.#shown.set(chat_id, { notice, message, reaction })
    if (!(notice instanceof Notification)) return
    notice.addEventListener("click", () => {
      window.focus()
      goTo(hash)
      notice.close()
    })
    notice.addEventListener("close", () => this.#shown.get(chat_id)?.notice === notice && this.#shown.delete(chat_id))
  }

  /** @param {import("../state/chat-items.js").ChatItem[]} chats */
  #closeRead(chats) {
    if (this.#shown.size === 0) return
    for (const { id, unread, selected } of chats) {
      const isRead = this.#shown.get(id)?.reaction ? selected && document.hasFocus() : unread === 0
      if (isRead) this.#close(id)
    }
  }

  #closeExpired() {
    for (const [chat, { message }] of this.#shown) if (isGone(store.state, chat, message)) this.#close(chat)
  }

  /** @param {number} chat */
  #close(chat) {
    this.#shown.get(chat)?.notice.close()
    this.#shown.delete(chat)
  }

  #closeAll() {
    for (const { notice } of this.#shown.values()) notice.close()
    this.#shown.clear()
  }
}

/**
 * Who wrote in a group, and whether they mention me.
 * @param {import("../state/model.js").Message} message @param {string} name
 */
function authorWords(message, name) {
  if (message.mentions?.includes(store.state.me)) return texts.mentionedYou(name)
  return message.mentions_all ? texts.mentionedAll(name) : name
}

/**
 * On phones and in installed pages the constructor throws: there only the service worker can show notifications.
 * @param {string} title @param {NotificationOptions & { tag: string }} options
 * @returns {Promise<Notification | { close: () => void } | null>}
 */
async function display(title, options) {
  try {
    return new Notification(title, options)
  } catch {
    const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined)
    if (!registration) return null
    await registration.showNotification(title, options).catch(() => {})
    return { close: () => closeTagged(registration, options.tag) }
  }
}

/** @param {ServiceWorkerRegistration} registration @param {string} tag */
async function closeTagged(registration, tag) {
  for (const notice of await registration.getNotifications({ tag }).catch(() => [])) notice.close()
}
