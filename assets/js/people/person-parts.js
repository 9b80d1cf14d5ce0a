// @ts-check
/**
 * What every panel about a person says of them: picture, names, presence, and their own words. For the notes to self it
 * leaves out what they do not have. Each part is a function that makes one section and keeps it up to date.
 */
import { copyText } from "../lib/copy.js"
import { setText } from "../lib/dom.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { seenTime } from "../lib/time.js"
import { toast } from "../lib/toast-stack.js"
import { faceOf, lastSeen, nameOf } from "../state/peers.js"
import { store } from "../state/store.js"
import { handle, showAvatar } from "./avatar.js"
import { showPresenceOf } from "./presence.js"

/** @typedef {import("../state/model.js").State} State */
/** @typedef {{ id: number, signal: AbortSignal, test: string }} About a person; test = how the names for tests begin */

/** @param {State} state @param {number} id */
function titleOf(state, id) {
  return id === state.me ? texts.notesToSelf : nameOf(state, id)
}

/** On the edge of the cloth. @param {About} about */
export function picture({ id, signal, test }) {
  const avatar = make("span", {
    class: "avatar contact__picture", "data-size": "large", "data-px": "88", "aria-hidden": "true",
    "data-test": `${test}-avatar`,
  })
  store.watch((state) => state.users[id], () => {
    const { state } = store
    showAvatar(avatar, id, titleOf(state, id), { ...faceOf(state, id), notes: id === state.me })
  }, { signal })
  return avatar
}

/** Name, username and presence. @param {About} about */
export function names({ id, signal, test }) {
  const { username } = faceOf(store.state, id)
  const name = make("bdi", { "data-test": `${test}-name` })
  const copy = make("button", { class: "contact__handle", type: "button", "data-test": `${test}-username` }, [
    make("bdi", {}, [handle(username)]), sprite("copy"),
    make("span", { class: "visually-hidden" }, [texts.copyUsername]),
  ])
  copy.addEventListener("click", async () => {
    toast(await copyText(`@${username}`) ? texts.copied : texts.copyFailed)
  })
  const presence = make("p", { class: "contact__presence", "data-test": `${test}-presence` })
  store.watch((state) => titleOf(state, id), (shown) => setText(name, shown), { signal })
  store.watch((state) => presenceOf(state, id), (words) => {
    setText(presence, words)
    presence.hidden = words === ""
    presence.classList.toggle("contact__presence--online", words === texts.online)
  }, { signal })
  const title = make("h2", { class: "contact__name" }, [name])
  const all = make("div", { class: "contact__who" }, id === store.state.me ? [title] : [title, copy, presence])
  if (id !== store.state.me) showPresenceOf(all, id)
  return all
}

/**
 * Empty without a connection, when presence is unknown, and for people who hide it.
 * @param {State} state @param {number} id
 */
function presenceOf(state, id) {
  if (!state.steady) return ""
  if (state.online[id]) return texts.online
  const at = lastSeen(state, id)
  return at ? texts.lastSeen(seenTime(at, state.today)) : ""
}

/** Their own words, or what the notes are for. @param {About} about */
export function ownWords({ id, signal, test }) {
  const isNotes = id === store.state.me
  const words = make("p", { class: "contact__about", "data-test": `${test}-about` })
  const title = make("h3", { class: "panel__heading" }, [texts.about])
  const section = make("section", { class: "panel__section" }, isNotes ? [words] : [title, words])
  store.watch((state) => (isNotes ? texts.emptyNotesWords : state.users[id]?.about ?? ""), (text) => {
    setText(words, text)
    section.hidden = text === ""
  }, { signal })
  return section
}
