// @ts-check
/**
 * What the panel beside a chat says about it: cloth, picture, names, last seen, what can be done with the chat, and the
 * person's own words. For a group and for the notes to self it leaves out what they do not have. Each part is a
 * function that makes one section and keeps it up to date, so that media, members and search become further sections.
 * lib/panel.js opens and closes the panel; this file fills it and emits actions.
 */
import { copyText } from "../lib/copy.js"
import { emit, setText, showIcon } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { openPanel } from "../lib/panel.js"
import { texts } from "../lib/texts.js"
import { seenTime } from "../lib/time.js"
import { toast } from "../lib/toast-stack.js"
import { confirmDelete } from "../chats/chat-menu.js"
import { ALWAYS } from "../state/preferences.js"
import { store } from "../state/store.js"
import { targetKey } from "../state/targets.js"
import { handle, showAvatar } from "./avatar.js"
import { clothOfGroup, clothOfNotes, clothOfPerson } from "./cloth.js"
import { holdPlace } from "./hold-place.js"

const HOUR_MS = 3_600_000

/** @typedef {import("../state/header.js").HeaderItem} HeaderItem */
/** @typedef {import("../state/chat-items.js").ChatItem} ChatItem */

/** The chat whose panel is open, and how to close it. @type {{ key: string, close: () => void } | null} */
let open = null

/**
 * Opens the panel of the open chat, or closes it if it is open. It closes when another chat is opened.
 * @param {HTMLElement} opener
 */
export async function toggleContactPanel(opener) {
  await Promise.all([loadStyle("contact"), loadStyle("panel")])
  const chat = store.select.header(store.state)
  if (!chat) return
  if (open?.key === chat.key) {
    open.close()
    return
  }
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
  panel.body.append(panel.cloth, ...[picture, names, actions, about, farewell].map((part) => part(chat, signal)))
  store.watch((state) => targetKey(state) === key, (same) => same || panel.close(), { signal })
}

/** The open chat as the list has it; undefined without a chat. @param {import("../state/model.js").State} state */
const listed = (state) => store.select.chatItems(state).find((item) => item.selected)

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
    if (shown) showAvatar(avatar, shown.group ? shown.chat : shown.id, nameOf(shown), shown)
  }, { signal })
  return avatar
}

/** Name, username and presence. @param {HeaderItem} chat @param {AbortSignal} signal */
function names({ username, notes, group }, signal) {
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
  return make("div", { class: "contact__who" }, notes || group ? [title] : [title, copy, presence])
}

/** Empty without a connection, when presence is unknown, and for people who hide it. @param {HeaderItem} chat */
function presenceOf({ connected, online, last_seen }) {
  if (!connected) return ""
  if (online) return texts.online
  return last_seen ? texts.lastSeen(seenTime(last_seen, store.state.today)) : ""
}

/** Mute, pin and archive, for a chat that is in the list. @param {HeaderItem} chat @param {AbortSignal} signal */
function actions({ notes }, signal) {
  const row = make("div", { class: "contact__actions" })
  const choices = muteChoices(row)
  const mute = action("mute", () => {
    if (listed(store.state)?.muted) change(row, { muted_until: null })
    else choices.show(choices.box.hidden)
  })
  const pin = action("pin", () => change(row, { pinned: !listed(store.state)?.pinned }))
  const archive = action("archive", () => {
    const archived = !listed(store.state)?.archived
    change(row, archived ? { archived, pinned: false } : { archived })
  })
  row.append(...(notes ? [] : [mute.root]), pin.root, archive.root)
  const box = make("section", {}, [row, choices.box])
  choices.opener = mute.root
  store.watch(listed, (chat) => {
    box.hidden = !chat
    if (!chat) return
    mute.show(chat.muted ? "bell" : "bell-off", chat.muted ? texts.unmuteChat : texts.muteChat)
    pin.show("pin", chat.pinned ? texts.unpinChat : texts.pinChat)
    archive.show("archive", chat.archived ? texts.unarchiveChat : texts.archiveChat)
    // Archived chats cannot be pinned.
    pin.root.hidden = chat.archived
    if (chat.muted) choices.show(false)
    else mute.root.setAttribute("aria-expanded", String(!choices.box.hidden))
    mute.root.toggleAttribute("aria-expanded", !chat.muted)
  }, { signal })
  return box
}

/** @param {string} name @param {() => void} act */
function action(name, act) {
  const [use, words] = [sprite(name), make("span", { class: "contact__action-words" })]
  const attributes = { class: "contact__action", type: "button", "data-test": `contact-${name}` }
  const root = make("button", attributes, [use, words])
  root.addEventListener("click", act)
  /** @param {string} icon @param {string} label */
  const show = (icon, label) => {
    showIcon(/** @type {SVGUseElement} */ (use.firstElementChild), icon)
    setText(words, label)
  }
  return { root, show }
}

/** For how long; shown below the actions. @param {HTMLElement} row */
function muteChoices(row) {
  const box = make("div", { class: "contact__choices", role: "group", "aria-label": texts.muteChat, hidden: true })
  /** @type {{ box: HTMLElement, opener: HTMLElement | null, show: (open: boolean) => void }} */
  const choices = {
    box,
    opener: null,
    show: (open) => {
      const held = box.contains(document.activeElement)
      box.hidden = !open
      choices.opener?.setAttribute("aria-expanded", String(open))
      if (open) box.querySelector("button")?.focus()
      else if (held) choices.opener?.focus()
    },
  }
  /** @type {[string, string, () => number][]} */
  const times = [
    ["8h", texts.muteHours(8), () => Date.now() + 8 * HOUR_MS],
    ["week", texts.muteWeek, () => Date.now() + 7 * 24 * HOUR_MS],
    ["always", texts.muteAlways, () => ALWAYS],
  ]
  for (const [name, words, until] of times) {
    const button = make("button", { class: "chip", type: "button", "data-test": `contact-mute-${name}` }, [words])
    button.addEventListener("click", () => {
      choices.show(false)
      change(row, { muted_until: until() })
    })
    box.append(button)
  }
  return choices
}

/** @param {HTMLElement} from @param {object} to */
function change(from, to) {
  const chat = listed(store.state)
  if (chat) emit(from, "change-preferences", { chat_id: chat.id, change: to })
}

/** The words of the person, of the group, or about the notes. @param {HeaderItem} chat @param {AbortSignal} signal */
function about({ chat, id, notes, group }, signal) {
  const words = make("p", { class: "contact__about", "data-test": "contact-about" })
  const title = make("h3", { class: "panel__heading" }, [texts.about])
  const section = make("section", { class: "panel__section" }, notes ? [words] : [title, words])
  store.watch((state) => {
    if (notes) return texts.emptyNotesWords
    return (group ? state.chats[chat]?.description : state.users[id]?.about) ?? ""
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
