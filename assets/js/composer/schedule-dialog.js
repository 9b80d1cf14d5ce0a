// @ts-check
/**
 * Asks when a message is to be sent: later today, tomorrow, or at a time of the reader's choice. For a message that is
 * scheduled already it also has the text. Loaded when it is first wanted.
 */
import { closeDialog, dialogIsOpen, openDialog } from "../lib/dialog.js"
import { setText } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { dueTime, exactTime, fieldTime, proposals, readField } from "../lib/local-time.js"
import { make } from "../lib/make.js"
import { charactersOver, isBlank, trimmed } from "../lib/text.js"
import { texts } from "../lib/texts.js"
import { clock } from "../lib/time.js"
import { toast } from "../lib/toast-stack.js"
import { store } from "../state/store.js"
import { MentionText } from "./mention-text.js"

const MINUTE_MS = 60_000
/** The server takes times that are a minute ahead at least. The request takes a moment, too. */
const AHEAD_MS_MIN = MINUTE_MS + 5_000
const AHEAD_MS_MAX = 365 * 24 * 60 * MINUTE_MS
/** The field proposes a time that can still be chosen when the reader has read it. */
const PROPOSED_MS = 10 * MINUTE_MS

/** @typedef {{ due_at: number, content: string }} Chosen  content = "" without a text to change */

await Promise.all(["scheduled", "settings"].map(loadStyle))

/**
 * @param {HTMLElement} opener gets the focus back
 * @param {{ at?: number, content?: string }} before  when it is due so far, and its text with tokens, if it may change
 * @param {(chosen: Chosen) => void} choose
 */
export function openScheduleDialog(opener, before, choose) {
  if (!dialogIsOpen()) new ScheduleDialog(opener, before, choose)
}

class ScheduleDialog {
  #mentions = new MentionText()
  #before
  #choose
  #text
  #field
  #words = make("p", { class: "schedule__words", role: "status", "data-test": "schedule-words" })
  #error = make("p", { class: "schedule__error", role: "alert", id: "schedule-error", hidden: true })
  #yes
  #box

  /**
   * @param {HTMLElement} opener @param {{ at?: number, content?: string }} before
   * @param {(chosen: Chosen) => void} choose
   */
  constructor(opener, before, choose) {
    const { at = 0, content = "" } = before
    this.#before = before
    this.#choose = choose
    const now = Date.now()
    const { later, tomorrow } = proposals(now)
    const proposed = at > now ? at : Math.max(now + PROPOSED_MS, later ?? tomorrow)
    this.#field = make("input", {
      class: "input schedule__field", type: "datetime-local", "aria-label": texts.pickTime, value: fieldTime(proposed),
      min: fieldTime(now + AHEAD_MS_MIN), max: fieldTime(now + AHEAD_MS_MAX), "data-test": "schedule-field",
      "aria-describedby": "schedule-error",
    })
    this.#text = content ? make("textarea", {
      class: "input schedule__text", dir: "auto", rows: "3", "aria-label": texts.message, "data-test": "schedule-text",
      "aria-describedby": "schedule-error",
    }) : null
    if (this.#text) this.#text.value = this.#mentions.shown(content)
    const isChange = at > 0
    const title = make("h2", { class: "dialog__title", id: "schedule-title" },
      [isChange ? texts.scheduledEdit : texts.sendLater])
    const ways = make("div", { class: "schedule__ways", role: "radiogroup", "aria-labelledby": title.id }, [
      ...(later ? [way(texts.laterToday, clock(later), later, !isChange)] : []),
      way(texts.tomorrow, clock(tomorrow), tomorrow, !isChange && !later),
      way(texts.pickTime, "", 0, isChange),
    ])
    const cancel = button("button--quiet", texts.cancel, "schedule-cancel")
    this.#yes = button("", isChange ? texts.save : texts.schedule, "schedule-yes")
    const named = { class: "dialog schedule", "aria-labelledby": title.id, "data-test": "schedule-dialog" }
    this.#box = make("dialog", named, [
      title, ...(this.#text ? [this.#text] : []), ways, this.#field, this.#words, this.#error,
      make("div", { class: "dialog__ways" }, [cancel, this.#yes]),
    ])
    cancel.addEventListener("click", () => closeDialog(this.#box))
    this.#yes.addEventListener("click", () => this.#done())
    this.#box.addEventListener("input", (/** @type {Event} */ event) => this.#changed(event))
    this.#field.addEventListener("keydown", (/** @type {KeyboardEvent} */ { key }) => key === "Enter" && this.#done())
    openDialog(this.#box, opener)
    this.#show()
    const first = this.#text ?? this.#box.querySelector("input:checked")
    first.focus()
  }

  /** @returns {number} 0 = the time of the field */
  get #proposed() {
    return Number(/** @type {HTMLInputElement} */ (this.#box.querySelector("input:checked")).value)
  }

  /** @param {Event} event */
  #changed({ target }) {
    if (target instanceof HTMLInputElement && target.type === "radio" && this.#proposed === 0) this.#field.focus()
    this.#complain("")
    this.#show()
  }

  /** Says in words when the message will be sent, and what is odd about that time. */
  #show() {
    const picks = this.#proposed === 0
    this.#field.hidden = !picks
    const read = picks ? readField(this.#field.value) : { at: this.#proposed, is: "plain" }
    const odd = read?.is === "missing" ? texts.timeMissing : read?.is === "twice" ? texts.timeTwice : ""
    setText(this.#words, read ? [texts.sendsOn(exactTime(read.at)), odd].filter(Boolean).join(" ") : texts.timeBounds)
  }

  #done() {
    const at = this.#proposed || (readField(this.#field.value)?.at ?? 0)
    const isSame = at > 0 && at === floorMinute(this.#before.at ?? 0)
    const due_at = isSame ? this.#before.at ?? at : at
    const ahead = due_at - Date.now() - store.state.lead
    if (ahead < AHEAD_MS_MIN && !(isSame && ahead > 0) || ahead > AHEAD_MS_MAX) {
      this.#complain(texts.timeBounds)
      return
    }
    const content = this.#text ? trimmed(this.#mentions.written(this.#text.value)).toWellFormed() : ""
    const over = charactersOver(content, store.state.content_bytes_max)
    if (over > 0 || (this.#text && isBlank(content))) {
      this.#complain(over > 0 ? texts.tooLong(over) : "")
      this.#text?.focus()
      return
    }
    closeDialog(this.#box)
    this.#choose({ due_at, content })
    if (!this.#before.at) toast(texts.scheduledFor(dueTime(due_at, store.state.today)))
  }

  /** @param {string} words */
  #complain(words) {
    setText(this.#error, words)
    this.#error.hidden = !words
  }
}

/** The field has no seconds. @param {number} at */
function floorMinute(at) {
  return at - (at % MINUTE_MS)
}

/** @param {string} words @param {string} time @param {number} at @param {boolean} checked */
function way(words, time, at, checked) {
  const dot = make("input", {
    class: "choice__dot", type: "radio", name: "schedule", value: at, checked,
    "data-test": at ? undefined : "schedule-pick",
  })
  const when = time ? [make("span", { class: "schedule__time" }, [time])] : []
  const name = make("span", { class: "schedule__way-words" }, [words])
  return make("label", { class: "schedule__way" }, [dot, name, ...when])
}

/** @param {string} look @param {string} words @param {string} test */
function button(look, words, test) {
  return make("button", { class: `button ${look}`, type: "button", "data-test": test }, [words])
}
