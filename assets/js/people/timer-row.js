// @ts-check
/** The line of the panel that says when new messages of the chat expire. Who may change that gets a button. */
import { setText } from "../lib/dom.js"
import { durationWords } from "../lib/duration.js"
import { loaded } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { mayChange, roleIn } from "../state/members.js"
import { store } from "../state/store.js"

/** @typedef {import("../state/model.js").State} State */

/** @param {State} state */
const here = (state) => state.open?.chat_id ?? 0

/** In a direct chat, each of the two may change it. @param {State} state */
const maySet = (state) => state.chats[here(state)]?.kind !== "group" || mayChange(state, here(state))

/** @param {unknown} _chat @param {AbortSignal} signal */
export function timer(_chat, signal) {
  const button = line("button", { type: "button", "aria-haspopup": "dialog", "data-test": "contact-timer" })
  const plain = line("p", { "data-test": "contact-timer-plain" })
  const section = make("section", { class: "panel__section" }, [button.root, plain.root])
  button.root.addEventListener("click", async () => {
    const module = await loaded(import("../chat/timer-dialog.js"))
    if (module && button.root.isConnected) module.openTimerDialog(here(store.state), button.root)
  })
  store.watch((state) => state.chats[here(state)]?.expire_after ?? 0, (ms) => {
    for (const { value } of [button, plain]) setText(value, ms ? durationWords(ms) : texts.timerOff)
  }, { signal })
  store.watch(maySet, (may) => {
    button.root.hidden = !may
    plain.root.hidden = may
  }, { signal })
  store.watch((state) => !here(state) || roleIn(state, here(state)) === "former", (hidden) => {
    section.hidden = hidden
  }, { signal })
  return section
}

/** @param {string} tag @param {Record<string, string>} attributes */
function line(tag, attributes) {
  const value = make("span", { class: "contact__value", "data-test": "timer-value" })
  const label = make("span", { class: "contact__label" }, [texts.disappearing])
  const look = tag === "button" ? "contact__row" : "contact__line"
  const root = make(tag, { class: look, ...attributes }, [sprite("timer"), label, value])
  return { root, value }
}
