// @ts-check
/**
 * The lines of the panel about the messages of the chat: the way to the starred ones, and after which time new ones
 * expire. Who may change that gets a button.
 */
import { setText } from "../lib/dom.js"
import { durationWords } from "../lib/duration.js"
import { loaded } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { mayChange, roleIn } from "../state/members.js"
import { store } from "../state/store.js"
import { starred } from "./panel-actions.js"

/** @typedef {import("../state/model.js").State} State */

/** @param {State} state */
const here = (state) => state.open?.chat_id ?? 0

/** @param {unknown} chat @param {AbortSignal} signal */
export function starredAndTimer(chat, signal) {
  const section = starred(chat, signal)
  section.append(...timer(signal))
  return section
}

/** In a direct chat, each of the two may change it. @param {State} state @returns {"button" | "plain" | ""} */
function wayOf(state) {
  const chat = here(state)
  if (roleIn(state, chat) === "former") return ""
  return state.chats[chat]?.kind !== "group" || mayChange(state, chat) ? "button" : "plain"
}

/** @param {AbortSignal} signal */
function timer(signal) {
  const button = line("button", { type: "button", "aria-haspopup": "dialog", "data-test": "contact-timer" })
  const plain = line("p", { "data-test": "contact-timer-plain" })
  button.root.addEventListener("click", async () => {
    const module = await loaded(import("../chat/timer-dialog.js"))
    if (module && button.root.isConnected) module.openTimerDialog(here(store.state), button.root)
  })
  store.watch((state) => state.chats[here(state)]?.expire_after ?? 0, (ms) => {
    for (const { value } of [button, plain]) setText(value, ms ? durationWords(ms) : texts.timerOff)
  }, { signal })
  store.watch(wayOf, (way) => {
    button.root.hidden = way !== "button"
    plain.root.hidden = way !== "plain"
  }, { signal })
  return [button.root, plain.root]
}

/** @param {string} tag @param {Record<string, string>} attributes */
function line(tag, attributes) {
  const value = make("span", { class: "contact__value", "data-test": "timer-value" })
  const label = make("span", { class: "contact__label" }, [texts.disappearing])
  const look = tag === "button" ? "contact__row" : "contact__line"
  const root = make(tag, { class: look, ...attributes }, [sprite("timer"), label, value])
  return { root, value }
}
