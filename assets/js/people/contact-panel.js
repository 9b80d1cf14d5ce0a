// @ts-check
/**
 * What the panel beside a chat says about it: cloth, who the other person is (person-parts.js), and what can be done
 * with the chat. groups/group-panel.js has the parts for a group.
 * lib/panel.js opens and closes the panel; this file fills it and emits actions.
 */
import { emit } from "../lib/dom.js"
import { loadStyle, loaded } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { openPanel } from "../lib/panel.js"
import { texts } from "../lib/texts.js"
import { confirmDelete } from "../chats/chat-menu.js"
import { store } from "../state/store.js"
import { targetKey } from "../state/targets.js"
import { clothOfGroup, clothOfNotes, clothOfPerson } from "./cloth.js"
import { holdPlace } from "./hold-place.js"
import { actions, listed } from "./panel-actions.js"
import { names, ownWords, picture } from "./person-parts.js"
import { starredAndTimer } from "./timer-row.js"

/** @typedef {import("../state/header.js").HeaderItem} HeaderItem */
/** @typedef {(chat: HeaderItem, signal: AbortSignal, body: HTMLElement) => HTMLElement} Part */

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
  store.watch((state) => (targetKey(state) === key ? store.select.header(state) : null), (now) => {
    if (now) panel.rename(nameOf(now))
  }, { signal })
  store.watch((state) => targetKey(state) === key, (same) => same || panel.close(), { signal })
}

/** The sections of the panel; null if they cannot be loaded. */
async function partsOf() {
  const chat = store.select.header(store.state)
  if (chat?.group) return (await loaded(import("../groups/group-panel.js")))?.groupParts
  const groups = chat?.notes ? null : await loaded(import("../groups/person-groups.js"), "")
  /** @type {(part: (about: import("./person-parts.js").About) => HTMLElement) => Part} */
  const about = (part) => ({ id }, signal) => part({ id, signal, test: "contact" })
  /** @type {Part[]} */
  const common = groups ? [({ id }, signal) => groups.personGroups(id, signal)] : []
  return [about(picture), about(names), actions, about(ownWords), starredAndTimer, ...common, farewell]
}

/** @param {HeaderItem} chat */
function nameOf({ notes, name }) {
  return notes ? texts.notesToSelf : name
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
