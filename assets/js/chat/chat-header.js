// @ts-check
/**
 * The bar above a chat: the person and their presence, or the group and its members; the chat's menu; the way back on a
 * phone.
 */
import { emit, parts, setLine, setText } from "../lib/dom.js"
import { isolated } from "../lib/isolated.js"
import { loaded } from "../lib/load.js"
import { texts } from "../lib/texts.js"
import { seenTime } from "../lib/time.js"
import { store } from "../state/store.js"
import { typingShort, typingWords } from "./event-words.js"
import { handle, showAvatar } from "../people/avatar.js"
import { showPresenceOf } from "../people/presence.js"
import { showChatMenu } from "../chats/row-menu.js"

class ChatHeader extends HTMLElement {
  #life = new AbortController()
  /** Whether the sign of a timer was shown. */
  #timed = false

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    const { back, avatar, title, who, status, more } = parts(this)
    back.addEventListener("click", () => emit(this, "go-back"), { signal })
    who.addEventListener("click", () => this.#showContact(who), { signal })
    const chatId = () => store.select.header(store.state)?.chat ?? 0
    more.addEventListener("click", () => showChatMenu(chatId(), more, null), { signal })
    store.watch((state) => store.select.chatItems(state).some((item) => item.selected), (listed) => {
      more.hidden = !listed
    }, { signal })
    store.watch(store.select.header, (chat) => {
      this.classList.toggle("chat-header--empty", !chat)
      showPresenceOf(this, chat && !chat.group && !chat.notes ? chat.id : 0)
      if (!chat) return
      const shown = chat.notes ? texts.notesToSelf : chat.name
      showAvatar(avatar, chat.group ? chat.chat : chat.id, shown, chat)
      avatar.classList.toggle("avatar--unknown", !shown)
      setText(title, shown)
      who.title = chat.name === chat.username || chat.notes ? "" : handle(chat.username)
      who.hidden = !shown
      if (chat.timer || this.#timed) this.#showTimer(title.parentElement)
      const words = statusWords(chat)
      setLine(status, words, chat.connected && chat.typists ? typingShort(chat.typists) : "")
      // Without a second line, the name is in the middle of the bar.
      status.hidden = words === ""
      status.classList.toggle("chat-header__status--typing", chat.connected && chat.typing)
    }, { signal })
  }

  /** @param {HTMLElement} opener */
  async #showContact(opener) {
    const module = await loaded(import("../people/contact-panel.js"))
    module?.toggleContactPanel(opener)
  }

  /** @param {Element} line with the name */
  async #showTimer(line) {
    this.#timed = true
    const module = await loaded(import("./timer-sign.js"), "")
    module?.showTimer(line)
  }

  disconnectedCallback() {
    this.#life.abort()
  }
}

/**
 * Where another person has such a name, the username comes first.
 * @param {import("../state/header.js").HeaderItem} chat
 */
function statusWords(chat) {
  const presence = presenceWords(chat)
  if (!chat.alike || chat.notes || chat.group || presence === handle(chat.username)) return presence
  return [handle(chat.username), presence].filter(Boolean).join(" · ")
}

/** @param {import("../state/header.js").HeaderItem} chat */
function presenceWords(chat) {
  if (chat.notes) return ""
  if (chat.connected && chat.typing) return chat.typists ? typingWords(chat.typists) : texts.typing
  if (chat.group) return chat.members.length > 0 ? [...chat.members, texts.you].map(isolated).join(texts.comma) : ""
  if (chat.connected && chat.online) return texts.online
  if (chat.connected && chat.last_seen) return texts.lastSeen(seenTime(chat.last_seen, store.state.today))
  // While presence is unknown, and for people who hide it: an empty line would look like a fault.
  return chat.username && handle(chat.username)
}

customElements.define("chat-header", ChatHeader)
