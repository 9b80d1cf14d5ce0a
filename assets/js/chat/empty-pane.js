// @ts-check
/**
 * What stands in the place of messages: the two prints and an invitation to write in a new chat, and the keys worth
 * knowing where no chat is open. message-list.js decides when it shows.
 */
import { setText } from "../lib/dom.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { switcherKeys } from "../chats/quick-keys.js"
import { showAvatar } from "../people/avatar.js"
import { faceOf } from "../state/peers.js"
import { store } from "../state/store.js"
import { closedBy } from "../state/targets.js"

/** @typedef {import("../state/header.js").HeaderItem} HeaderItem */

/** @param {import("../lib/dom.js").Parts} parts of the template @param {HeaderItem | null} chat null if none is open */
export function showEmptyPane({ empty, emptyPrints, emptyTitle, emptyWords, emptyKeys }, chat) {
  const [title, words] = !chat ? [texts.pickTitle, texts.pickWords]
    : chat.notes ? [texts.emptyNotesTitle, texts.emptyNotesWords]
      : closedBy(store.state, chat.chat) ? ["", ""]
        : [texts.emptyTitle, chat.group ? "" : texts.emptyWords(chat.name)]
  setText(emptyTitle, title)
  setText(emptyWords, words)
  showPrints(emptyPrints, chat)
  empty.classList.toggle("empty--small", Boolean(chat))
  emptyKeys.hidden = Boolean(chat)
  if (!chat && !emptyKeys.firstChild) {
    emptyKeys.append(...hint(switcherKeys(), texts.goTo), ...hint(["Alt", "↑", "↓"], texts.nextChat))
  }
}

/** @param {string[]} keys @param {string} words */
function hint(keys, words) {
  return [make("dt", {}, keys.map((key) => make("kbd", { class: "key" }, [key]))), make("dd", {}, [words])]
}

/**
 * Shows the prints of both people, or the icon of a chat without a person.
 * @param {HTMLElement} box @param {HeaderItem | null} chat
 */
function showPrints(box, chat) {
  const { me } = store.state
  const mine = { id: me, ...faceOf(store.state, me), name: "", notes: false, group: false }
  const faces = !chat ? [mine] : chat.notes ? [chat] : chat.group ? [{ ...chat, id: chat.chat }] : [mine, chat]
  while (box.childElementCount > faces.length) box.lastElementChild?.remove()
  faces.forEach((face, at) => {
    const avatar = box.children[at]
      ?? box.appendChild(make("span", { class: "avatar empty__print", "data-px": "88", "data-size": "large" }))
    showAvatar(/** @type {HTMLElement} */ (avatar), face.id, face.name, face)
  })
}
