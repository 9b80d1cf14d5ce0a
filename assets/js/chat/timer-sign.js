// @ts-check
/** The sign beside the name of an open chat whose new messages expire. Loaded when such a chat is first opened. */
import { setText } from "../lib/dom.js"
import { durationWords } from "../lib/duration.js"
import { loadStyle } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { store } from "../state/store.js"

await loadStyle("timer")

/** @param {Element} line with the name of the chat */
export function showTimer(line) {
  const timer = store.select.header(store.state)?.timer ?? 0
  const before = line.querySelector(".timer-sign")
  if (!timer) {
    before?.remove()
    return
  }
  const sign = before ?? make("span", { class: "timer-sign", "data-test": "timer-sign" }, [
    sprite("timer"), make("span", { "aria-hidden": "true" }), make("span", { class: "visually-hidden" }),
  ])
  const [, short, words] = sign.children
  setText(short, durationWords(timer, true))
  setText(words, `${texts.disappearing}: ${durationWords(timer)}`)
  if (!before) line.append(sign)
}
