// @ts-check
/** The bar above a chat: the person and their presence, the chat's menu, and the way back on a phone. */
import { emit, parts, setText } from "../lib/dom.js"
import { loaded } from "../lib/load.js"
import { texts } from "../lib/texts.js"
import { seenTime } from "../lib/time.js"
import { store } from "../state/store.js"
import { handle, showAvatar } from "../people/avatar.js"
import { showChatMenu } from "../chats/row-menu.js"

class ChatHeader extends HTMLElement {
  #life = new AbortController()

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
      if (!chat) return
      const shown = chat.notes ? texts.notesToSelf : chat.name
      showAvatar(avatar, chat.id, shown, chat)
      avatar.classList.toggle("avatar--unknown", !shown)
      setText(title, shown)
      who.title = chat.name === chat.username || chat.notes ? "" : handle(chat.username)
      who.hidden = chat.notes || chat.group || !shown
      setText(status, statusWords(chat))
      this.classList.toggle("chat-header--notes", chat.notes)
      status.classList.toggle("chat-header__status--typing", chat.typing)
    }, { signal })
  }

  /** @param {HTMLElement} opener */
  async #showContact(opener) {
    const module = await loaded(import("../people/contact-info.js"))
    const id = store.select.header(store.state)?.id
    if (module && id) module.openContactInfo(id, opener)
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

/** Empty without a connection, when presence is unknown. @param {import("../state/header.js").HeaderItem} chat */
function presenceWords(chat) {
  if (chat.notes || !chat.connected || chat.group) return ""
  if (chat.typing) return texts.typing
  if (chat.online) return texts.online
  if (chat.last_seen) return texts.lastSeen(seenTime(chat.last_seen, store.state.today))
  // People who hide their presence get their username here: an empty line would look like a fault.
  return chat.username && handle(chat.username)
}

customElements.define("chat-header", ChatHeader)
