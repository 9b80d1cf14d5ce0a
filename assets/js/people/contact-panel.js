// @ts-check
/**
 * What the panel beside a chat says about it: cloth, picture, names, last seen, what can be done with the chat, and the
 * person's own words. For the notes to self it leaves out what they do not have. groups/group-panel.js has the parts
 * for a group. Each part is a function that makes one section and keeps it up to date.
 * lib/panel.js opens and closes the panel; this file fills it and emits actions.
 */
import { copyText } from "../lib/copy.js"
import { emit, setText } from "../lib/dom.js"
import { loadStyle, loaded } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { openPanel } from "../lib/panel.js"
import { texts } from "../lib/texts.js"
import { seenTime } from "../lib/time.js"
import { toast } from "../lib/toast-stack.js"
import { confirmDelete } from "../chats/chat-menu.js"
import { store } from "../state/store.js"
import { targetKey } from "../state/targets.js"
import { handle, showAvatar } from "./avatar.js"
import { clothOfGroup, clothOfNotes, clothOfPerson } from "./cloth.js"
import { holdPlace } from "./hold-place.js"
import { actions, listed } from "./panel-actions.js"

/** @typedef {import("../state/header.js").HeaderItem} HeaderItem */
/** @typedef {import("../state/chat-items.js").ChatItem} ChatItem */

/** The chat whose panel is open, and how to close it. @type {{ key: string, close: () => void } | null} */
let open = null

/**
 * Opens the panel of the open chat, or closes it if it is open.
 * @param {HTMLElement} opener
 */
export async function toggleContactPanel(opener) {
  if (open && open.key === targetKey(store.state)) open.close()
  else await openContactPanel(opener)
}

/**
 * Opens the panel of the open chat. It closes when another chat is opened.
 * @param {HTMLElement} opener
 */
export async function openContactPanel(opener) {
  const [parts] = await Promise.all([partsOf(), loadStyle("contact"), loadStyle("panel")])
  const chat = store.select.header(store.state)
  if (!chat || !parts) return
  const life = new AbortController()
  const { signal } = life
  holdPlace(signal)
  const panel = await openPanel({ opener, title: nameOf(chat), test: "contact-info", life })
  if (!panel) {
    life.abort()
    return
  }
  const { key } = chat
  open = { key, close: panel.close }
  signal.addEventListener("abort", () => (open = null))
  panel.cloth.append(chat.notes ? clothOfNotes() : chat.group ? clothOfGroup(chat.chat) : clothOfPerson(chat.username))
  panel.body.append(panel.cloth, ...parts.map((part) => part(chat, signal, panel.body)))
  store.watch((state) => targetKey(state) === key, (same) => same || panel.close(), { signal })
}

/** The sections of the panel; null if they cannot be loaded. */
async function partsOf() {
  const chat = store.select.header(store.state)
  if (chat?.group) return (await loaded(import("../groups/group-panel.js")))?.groupParts
  const groups = chat?.notes ? null : await loaded(import("../groups/person-groups.js"), "")
  /** @type {((chat: HeaderItem, signal: AbortSignal, body: HTMLElement) => HTMLElement)[]} */
  const common = groups ? [({ id }, signal) => groups.personGroups(id, signal)] : []
  return [picture, names, actions, about, ...common, farewell]
}

/** @param {HeaderItem | ChatItem} chat */
function nameOf({ notes, name }) {
  return notes ? texts.notesToSelf : name
}

/** On the edge of the cloth. @param {HeaderItem} _chat @param {AbortSignal} signal */
function picture(_chat, signal) {
  const avatar = make("span", {
    class: "avatar contact__picture", "data-size": "large", "data-px": "88", "aria-hidden": "true",
    "data-test": "contact-avatar",
  })
  store.watch(store.select.header, (shown) => {
    if (shown) showAvatar(avatar, shown.id, nameOf(shown), shown)
  }, { signal })
  return avatar
}

/** Name, username and presence. @param {HeaderItem} chat @param {AbortSignal} signal */
function names({ username, notes }, signal) {
  const name = make("bdi", { "data-test": "contact-name" })
  const copy = make("button", { class: "contact__handle", type: "button", "data-test": "contact-username" }, [
    make("bdi", {}, [handle(username)]), sprite("copy"),
    make("span", { class: "visually-hidden" }, [texts.copyUsername]),
  ])
  copy.addEventListener("click", async () => {
    toast(await copyText(`@${username}`) ? texts.copied : texts.copyFailed)
  })
  const presence = make("p", { class: "contact__presence", "data-test": "contact-presence" })
  store.watch(store.select.header, (shown) => {
    if (!shown) return
    setText(name, nameOf(shown))
    setText(presence, presenceOf(shown))
    presence.hidden = presence.textContent === ""
    presence.classList.toggle("contact__presence--online", shown.online && shown.connected)
  }, { signal })
  const title = make("h2", { class: "contact__name", id: "contact-name" }, [name])
  return make("div", { class: "contact__who" }, notes ? [title] : [title, copy, presence])
}

/** Empty without a connection, when presence is unknown, and for people who hide it. @param {HeaderItem} chat */
function presenceOf({ connected, online, last_seen }) {
  if (!connected) return ""
  if (online) return texts.online
  return last_seen ? texts.lastSeen(seenTime(last_seen, store.state.today)) : ""
}

/** The words of the person, or about the notes. @param {HeaderItem} chat @param {AbortSignal} signal */
function about({ id, notes }, signal) {
  const words = make("p", { class: "contact__about", "data-test": "contact-about" })
  const title = make("h3", { class: "panel__heading" }, [texts.about])
  const section = make("section", { class: "panel__section" }, notes ? [words] : [title, words])
  store.watch((state) => {
    if (notes) return texts.emptyNotesWords
    return state.users[id]?.about ?? ""
  }, (text) => {
    setText(words, text)
    section.hidden = text === ""
  }, { signal })
  return section
}

/** Deleting the chat, apart from everything else. @param {HeaderItem} _chat @param {AbortSignal} signal */
function farewell(_chat, signal) {
  const button = make("button", {
    class: "contact__row contact__row--grave", type: "button", "data-test": "contact-delete",
  }, [sprite("trash"), make("span", {}, [texts.deleteChat])])
  button.addEventListener("click", async () => {
    const chat = listed(store.state)
    const shell = button.closest(".shell")
    if (chat && shell && await confirmDelete(button, chat)) emit(shell, "clear-chat", { chat_id: chat.id })
  })
  const section = make("section", { class: "panel__section" }, [button])
  store.watch(listed, (chat) => (section.hidden = !chat), { signal })
  return section
}
