// @ts-check
/**
 * The panel of a person who is a member of the open group: cloth, picture, names, presence, the way to the chat with
 * them, their own words, and the groups in common. The panel of the open chat itself is contact-panel.js. Loaded when
 * it is first wanted.
 */
import { personGroups } from "../groups/person-groups.js"
import { copyText } from "../lib/copy.js"
import { setText } from "../lib/dom.js"
import { goTo } from "../lib/layers.js"
import { loadStyle } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { openPanel } from "../lib/panel.js"
import { printRoute } from "../lib/route.js"
import { texts } from "../lib/texts.js"
import { seenTime } from "../lib/time.js"
import { toast } from "../lib/toast-stack.js"
import { faceOf, lastSeen, nameOf } from "../state/peers.js"
import { store } from "../state/store.js"
import { targetKey } from "../state/targets.js"
import { handle, showAvatar } from "./avatar.js"
import { clothOfPerson } from "./cloth.js"

/** @param {number} id of the person @param {HTMLElement} opener gets the focus back */
export async function openPersonPanel(id, opener) {
  await loadStyle("contact")
  const user = store.state.users[id]
  if (!user) return
  const life = new AbortController()
  const { signal } = life
  const panel = await openPanel({ opener, title: nameOf(store.state, id), test: "person-info", life })
  if (!panel) return
  panel.cloth.append(clothOfPerson(user.username))
  panel.body.append(panel.cloth, ...[picture, names, write, about, personGroups].map((part) => part(id, signal)))
  const key = targetKey(store.state)
  store.watch(targetKey, (now) => now === key || panel.close(), { signal })
}

/** @param {number} id @param {AbortSignal} signal */
function picture(id, signal) {
  const attributes = { class: "avatar contact__picture", "data-size": "large", "data-px": "88", "aria-hidden": "true" }
  const avatar = make("span", attributes)
  store.watch((state) => state.users[id], () => {
    showAvatar(avatar, id, nameOf(store.state, id), faceOf(store.state, id))
  }, { signal })
  return avatar
}

/** @param {number} id @param {AbortSignal} signal */
function names(id, signal) {
  const { username } = store.state.users[id]
  const name = make("bdi", { "data-test": "person-name" })
  const copy = make("button", { class: "contact__handle", type: "button", "data-test": "person-username" }, [
    make("bdi", {}, [handle(username)]), sprite("copy"),
    make("span", { class: "visually-hidden" }, [texts.copyUsername]),
  ])
  copy.addEventListener("click", async () => {
    toast(await copyText(`@${username}`) ? texts.copied : texts.copyFailed)
  })
  const presence = make("p", { class: "contact__presence", "data-test": "person-presence" })
  store.watch((state) => nameOf(state, id), (shown) => setText(name, shown), { signal })
  store.watch((state) => presenceOf(state, id), (words) => {
    setText(presence, words)
    presence.hidden = words === ""
    presence.classList.toggle("contact__presence--online", words === texts.online)
  }, { signal })
  return make("div", { class: "contact__who" }, [make("h2", { class: "contact__name" }, [name]), copy, presence])
}

/**
 * Empty without a connection, and for people who hide it.
 * @param {import("../state/model.js").State} state @param {number} id
 */
function presenceOf(state, id) {
  if (!state.steady) return ""
  if (state.online[id]) return texts.online
  const at = lastSeen(state, id)
  return at ? texts.lastSeen(seenTime(at, state.today)) : ""
}

/** The way to the chat with this person. @param {number} id @param {AbortSignal} signal */
function write(id, signal) {
  const attributes = { class: "button button--wide", type: "button", "data-test": "person-write" }
  const button = make("button", attributes, [texts.writeTo])
  button.addEventListener("click", () => goTo(printRoute({ user_id: id })), { signal })
  return make("section", { class: "panel__section" }, [button])
}

/** @param {number} id @param {AbortSignal} signal */
function about(id, signal) {
  const words = make("p", { class: "contact__about", "data-test": "person-about" })
  const section = make("section", { class: "panel__section" }, [
    make("h3", { class: "panel__heading" }, [texts.about]), words,
  ])
  store.watch((state) => state.users[id]?.about ?? "", (text) => {
    setText(words, text)
    section.hidden = text === ""
  }, { signal })
  return section
}
