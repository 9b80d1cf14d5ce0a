// @ts-check
/**
 * What the panel of a group says: picture, title, description, members, rules, the way out. Each part is a function
 * that makes one section and keeps it up to date. What the server would refuse is not offered.
 * people/contact-panel.js opens the panel and lays out the parts.
 */
import { confirmed } from "../lib/confirm.js"
import { emit, setText } from "../lib/dom.js"
import { loadStyle, loaded } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { showAvatar } from "../people/avatar.js"
import { actions, listed } from "../people/panel-actions.js"
import { starredAndTimer } from "../people/timer-row.js"
import { lineEditor } from "../settings/line-editor.js"
import { wordsFor } from "../settings/profile-api.js"
import { areListed, mayChange, memberIds, roleIn } from "../state/members.js"
import { store } from "../state/store.js"
import { changeGroup, removeGroupPicture, setGroupPicture } from "./groups-api.js"
import { leaveGroup } from "./leave-group.js"
import { DESCRIPTION_MAX, TITLE_MAX } from "./limits.js"
import { memberList } from "./member-list.js"
import { pictureButton } from "./picture-button.js"
import { rulesRows } from "./rules-rows.js"

// The import waits for the styles: without them, the parts would change their size after they are shown.
await Promise.all(["groups", "profile", "settings", "parts"].map(loadStyle))

/** Two links of a chain. */

/** @typedef {import("../state/header.js").HeaderItem} HeaderItem */
/** @typedef {(chat: HeaderItem, signal: AbortSignal, body: HTMLElement) => HTMLElement} Part */

/** @type {Part[]} */
export const groupParts = [
  picture, names, closed, actions, description, starredAndTimer,
  (item, signal, body) => memberList(item.chat, signal, body), inviting, rules, leaving, farewell,
]

/** @type {Part} */
function picture({ chat }, signal) {
  const avatar = make("span", {
    class: "avatar contact__picture", "data-size": "large", "data-px": "88", "aria-hidden": "true",
    "data-test": "contact-avatar",
  })
  const { root, allow } = pictureButton({
    avatar, test: "group-picture", has: () => Boolean(store.state.chats[chat]?.picture),
    save: (photo) => setGroupPicture(chat, photo),
    remove: () => removeGroupPicture(chat).catch((error) => toast(wordsFor(error))),
  })
  store.watch((state) => state.chats[chat], (row) => {
    if (row) showAvatar(avatar, chat, row.title ?? "", { group: true, picture: row.picture })
  }, { signal })
  store.watch((state) => mayChange(state, chat), allow, { signal })
  return root
}

/** The title, and how many members there are. @type {Part} */
function names({ chat }, signal) {
  const { root: line, show, allow } = lineEditor({
    name: "group-title", label: texts.groupTitle, edit: texts.editGroupTitle, max: TITLE_MAX, title: true,
    save: (title) => changeGroup(chat, { title }),
  })
  const second = make("p", { class: "contact__presence", "data-test": "group-size" })
  store.watch((state) => state.chats[chat]?.title ?? "", (title) => show(title, title), { signal })
  store.watch((state) => mayChange(state, chat), allow, { signal })
  store.watch((state) => (areListed(state, chat) && roleIn(state, chat) !== "former"
    ? memberIds(state, chat).length : 0), (count) => {
    setText(second, count > 0 ? texts.groupOf(count) : texts.group)
  }, { signal })
  return make("div", { class: "contact__who" }, [line, second])
}

/** Shown to a former member: why nothing new comes. @type {Part} */
function closed({ chat }, signal) {
  const words = make("p", { class: "notice", role: "status", "data-test": "former-notice" })
  const section = make("section", { class: "panel__section panel__section--former" }, [words])
  store.watch((state) => roleIn(state, chat) === "former", (former) => {
    section.hidden = !former
    setText(words, former ? texts.formerMember : "")
  }, { signal })
  return section
}

/** Shown to a former member: how to delete what is here, apart from everything else. @type {Part} */
function farewell({ chat }, signal) {
  const remove = make("button", {
    class: "contact__row contact__row--grave", type: "button", "data-test": "contact-delete",
  }, [sprite("trash"), make("span", {}, [texts.deleteChat])])
  remove.addEventListener("click", async () => {
    const shell = remove.closest(".shell")
    const title = texts.deleteGroupTitle(store.state.chats[chat]?.title ?? "")
    const question = { title, words: texts.deleteGroupWords, yes: texts.deleteChat }
    if (shell && await confirmed(remove, question)) emit(shell, "clear-chat", { chat_id: chat })
  })
  const section = make("section", { class: "panel__section" }, [remove])
  store.watch((state) => roleIn(state, chat) === "former" && Boolean(listed(state)), (offered) => {
    section.hidden = !offered
  }, { signal })
  return section
}

/** @type {Part} */
function description({ chat }, signal) {
  const { root, show, allow } = lineEditor({
    name: "group-description", label: texts.description, edit: texts.editDescription, max: DESCRIPTION_MAX,
    several: true, linked: true, save: (text) => changeGroup(chat, { description: text.trim() }),
  })
  const section = make("section", { class: "panel__section" }, [root])
  const draw = () => {
    const { state } = store
    const [text, may] = [state.chats[chat]?.description ?? "", mayChange(state, chat)]
    show(text, text || texts.noDescription, text === "")
    allow(may)
    section.hidden = text === "" && !may
  }
  store.watch((state) => state.chats[chat]?.description, draw, { signal })
  store.watch((state) => mayChange(state, chat), draw, { signal })
  return section
}

/** @type {Part} */
function inviting({ chat }, signal) {
  const row = make("button", {
    class: "contact__row", type: "button", "aria-haspopup": "dialog", "data-test": "group-invite-row",
  }, [sprite("link"), make("span", {}, [texts.inviteLink])])
  row.addEventListener("click", async () => {
    const module = await loaded(import("./group-invite.js"))
    if (module && row.isConnected) module.openGroupInvite(chat, row)
  })
  const section = make("section", { class: "panel__section" }, [row])
  store.watch((state) => roleIn(state, chat) !== "admin", (hidden) => (section.hidden = hidden), { signal })
  return section
}

/** @type {Part} */
function rules({ chat }, signal) {
  const { rows, show } = rulesRows("group", (change) => {
    changeGroup(chat, change).catch((error) => toast(wordsFor(error)))
  }, signal)
  const heading = make("h3", { class: "panel__heading" }, [texts.groupSettings])
  const section = make("section", { class: "panel__section" }, [heading, ...rows])
  store.watch((state) => state.chats[chat], (row) => row && show(row), { signal })
  store.watch((state) => roleIn(state, chat) !== "admin", (hidden) => (section.hidden = hidden), { signal })
  return section
}

/** @type {Part} */
function leaving({ chat }, signal) {
  const button = make("button", {
    class: "contact__row contact__row--grave", type: "button", "data-test": "leave-group",
  }, [sprite("leave", "icon icon--mirrored"), make("span", {}, [texts.leaveGroup])])
  button.addEventListener("click", () => leaveGroup(chat, button))
  const section = make("section", { class: "panel__section" }, [button])
  store.watch((state) => ["member", "admin"].includes(roleIn(state, chat)), (isIn) => (section.hidden = !isIn), {
    signal,
  })
  return section
}
