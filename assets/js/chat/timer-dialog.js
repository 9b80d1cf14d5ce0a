// @ts-check
/** Asks after which time new messages of a chat expire. Loaded when it is first wanted. */
import { closeDialog, dialogIsOpen, openDialog } from "../lib/dialog.js"
import { clone } from "../lib/dom.js"
import { durationWords } from "../lib/duration.js"
import { loadStyle } from "../lib/load.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { readToken } from "../lib/token.js"
import { request } from "../net/api.js"
import { wordsFor } from "../settings/profile-api.js"
import { isShared } from "../state/peers.js"
import { store } from "../state/store.js"

const HOUR_MS = 3_600_000
/** Zero is off. Programs can set any other time; it is offered as long as it is set. */
const TIMES = [0, 24 * HOUR_MS, 7 * 24 * HOUR_MS, 90 * 24 * HOUR_MS]

await Promise.all(["settings", "timer"].map(loadStyle))

/** @param {number} chat @param {HTMLElement} opener gets the focus back */
export function openTimerDialog(chat, opener) {
  if (dialogIsOpen()) return
  const { state } = store
  const now = state.chats[chat]?.expire_after ?? 0
  const title = make("h2", { class: "dialog__title", id: "timer-title" }, [texts.disappearing])
  const words = make("p", { class: "dialog__words timer-dialog__words", id: "timer-words" },
    [isShared(state, chat) ? texts.timerWords : texts.timerNoteWords])
  const times = [...new Set([...TIMES, now])].sort((a, b) => a - b)
  const ways = make("div", { class: "timer-dialog__ways", role: "radiogroup", "aria-labelledby": title.id },
    times.map((ms) => way(ms, ms === now)))
  const cancel = button("button--quiet", texts.cancel, "timer-cancel")
  const save = button("", texts.save, "timer-save")
  const box = make("dialog", {
    class: "dialog", "aria-labelledby": title.id, "aria-describedby": words.id, "data-test": "timer-dialog",
  }, [title, words, ways, make("div", { class: "dialog__ways" }, [cancel, save])])
  const chosen = () => /** @type {HTMLInputElement} */ (box.querySelector("input:checked"))
  cancel.addEventListener("click", () => closeDialog(box))
  save.addEventListener("click", () => {
    const ms = Number(chosen().value)
    closeDialog(box)
    if (ms !== now) setTimer(chat, ms || null).catch((error) => toast(wordsFor(error)))
  })
  openDialog(box, opener)
  chosen().focus()
}

/** @param {number} chat @param {number | null} expire_after */
async function setTimer(chat, expire_after) {
  const path = `/api/chats/${chat}/timer`
  const row = await request("PUT", path, { token: readToken() ?? "", body: { expire_after } })
  store.dispatch({ type: "chat/answered", chat: row })
}

/** @param {number} ms @param {boolean} checked */
function way(ms, checked) {
  const { root, words, radio } = clone("choice")
  words.textContent = ms ? durationWords(ms) : texts.timerOff
  Object.assign(radio, { name: "timer", value: String(ms), checked })
  radio.dataset.test = `timer-${ms}`
  return root
}

/** @param {string} look @param {string} words @param {string} test */
function button(look, words, test) {
  return make("button", { class: `button ${look}`, type: "button", "data-test": test }, [words])
}
