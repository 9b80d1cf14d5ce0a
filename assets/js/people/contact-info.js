// @ts-check
/** Shows a person from the header of the chat with them: large picture, names, about line, last seen. */
import { closeButton, dialogIsOpen, openDialog } from "../lib/dialog.js"
import { setText } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { seenTime } from "../lib/time.js"
import { shownName } from "../state/model.js"
import { lastSeen } from "../state/peers.js"
import { store } from "../state/store.js"
import { handle, showAvatar } from "./avatar.js"

/** @param {number} id the person @param {HTMLElement} opener */
export async function openContactInfo(id, opener) {
  await loadStyle("profile")
  if (!opener.isConnected || dialogIsOpen()) return
  const life = new AbortController()
  const avatar = make("span", {
    class: "avatar contact__avatar", "data-size": "large", "data-px": "200", "aria-hidden": "true",
    "data-test": "contact-avatar",
  })
  const name = make("bdi", { "data-test": "contact-name" })
  const username = make("p", { class: "contact__username", "data-test": "contact-username" })
  const presence = make("p", { class: "contact__presence", "data-test": "contact-presence" })
  const about = make("p", { class: "contact__about", dir: "auto", "data-test": "contact-about" })
  const close = closeButton("contact-close")
  const box = make("dialog", {
    class: "dialog contact", "aria-labelledby": "contact-name", "data-test": "contact-info",
  }, [close, avatar, make("h2", { class: "contact__name", id: "contact-name" }, [name]), username, presence, about])
  const { signal } = life
  store.watch((state) => state.users[id], (user) => {
    if (!user) return
    showAvatar(avatar, id, shownName(user), user)
    setText(name, shownName(user))
    setText(username, handle(user.username))
    setText(about, user.about)
    about.hidden = !user.about
  }, { signal })
  store.watch((state) => presenceOf(state, id), (words) => {
    setText(presence, words)
    presence.hidden = !words
  }, { signal })
  openDialog(box, opener, life)
  close.focus()
}

/**
 * Empty without a connection, when presence is unknown, and for people who hide it.
 * @param {import("../state/model.js").State} state @param {number} id
 */
function presenceOf(state, id) {
  if (state.connection.status !== "online") return ""
  if (state.online[id]) return texts.online
  const seen = lastSeen(state, id)
  return seen ? texts.lastSeen(seenTime(seen, state.today)) : ""
}
