// @ts-check
/** Who somebody is, from the header of the chat with them: their picture in large, names, line, when they were here. */
import { setText } from "../lib/dom.js"
import { texts } from "../lib/texts.js"
import { seenTime } from "../lib/time.js"
import { lastSeen } from "../state/peers.js"
import { shownName } from "../state/model.js"
import { store } from "../state/store.js"
import { handle, showAvatar } from "./avatar.js"
import { openDialog } from "../lib/dialog.js"
import { icon, make } from "../lib/make.js"
import { sheet } from "../lib/sheet.js"

const CROSS = "m6.5 6.5 11 11m0-11-11 11"

/** @param {number} id the person @param {HTMLElement} opener */
export async function openContactInfo(id, opener) {
  await sheet("profile.css").catch(() => {})
  if (!opener.isConnected || document.querySelector("dialog.contact")) return
  const life = new AbortController()
  const avatar = make("span", { class: "avatar contact__avatar", "data-size": "large", "aria-hidden": "true", "data-test": "contact-avatar" })
  const name = make("bdi", { "data-test": "contact-name" })
  const username = make("p", { class: "contact__username", "data-test": "contact-username" })
  const presence = make("p", { class: "contact__presence", "data-test": "contact-presence" })
  const about = make("p", { class: "contact__about", dir: "auto", "data-test": "contact-about" })
  const close = make("button", { class: "icon-button contact__close", type: "button", "aria-label": texts.close, "data-test": "contact-close" }, [icon(CROSS)])
  const box = make("dialog", { class: "confirm contact", "aria-labelledby": "contact-name", "data-test": "contact-info" }, [
    close, avatar, make("h2", { class: "contact__name", id: "contact-name" }, [name]), username, presence, about,
  ])
  close.addEventListener("click", () => box.close())
  const whole = { signal: life.signal }
  store.watch((state) => state.users[id], (user) => {
    if (!user) return
    showAvatar(avatar, id, shownName(user), user)
    setText(name, shownName(user))
    setText(username, handle(user.username))
    setText(about, user.about)
    about.hidden = !user.about
  }, whole)
  store.watch((state) => presenceOf(state, id), (words) => {
    setText(presence, words)
    presence.hidden = !words
  }, whole)
  openDialog(box, opener, life)
  close.focus()
}

/** Without a connection nobody's presence is known, and of who hides it nothing is said. @param {import("../state/model.js").State} state @param {number} id */
function presenceOf(state, id) {
  if (state.connection.status !== "online") return ""
  if (state.online[id]) return texts.online
  const seen = lastSeen(state, id)
  return seen ? texts.lastSeen(seenTime(seen, state.today)) : ""
}
