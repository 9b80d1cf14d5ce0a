// @ts-check
/**
 * A line that is edited in place: a pencil turns it into a field. Enter or the tick saves, Esc cancels. Near the limit
 * it counts the characters left. A refusal is shown below the field, which keeps the typed text. In a text of several
 * lines Enter starts a new line, and Ctrl+Enter saves.
 */
import { link } from "../chat/words.js"
import { setText } from "../lib/dom.js"
import { isComposing } from "../lib/keys.js"
import { linkify } from "../lib/links.js"
import { icon, make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { wordsFor } from "./profile-api.js"

const PENCIL = "m5 19 .9-4.1L15.6 5.2a1.6 1.6 0 0 1 2.3 0l.9.9a1.6 1.6 0 0 1 0 2.3L9.1 18.1ZM13.7 7.1l3.2 3.2"
const TICK = "m5.5 12.7 4.3 4.3 8.7-9.7"
/** The characters left are shown from this number down. */
const COUNTED_FROM = 20

/**
 * @typedef {object} Line
 * @property {string} name  for tests and ids
 * @property {string} label
 * @property {string} edit  label of the pencil
 * @property {number} max  characters
 * @property {boolean} [several] lines
 * @property {boolean} [title]  of what is around it: a heading instead of a line with one
 * @property {boolean} [linked] web and mail addresses in it are links
 * @property {(text: string) => Promise<void>} save
 */
/** @typedef {(text: string, shown: string, quiet?: boolean) => void} Show  text = in the field, shown = on the page */

/** @param {Line} line @returns {{ root: HTMLElement, show: Show, allow: (may: boolean) => void }} */
export function lineEditor({ name, label, edit, max, several, title, linked, save }) {
  const value = make("bdi", { class: "line__value", "data-test": `${name}-value` })
  const pencil = make("button", {
    class: "icon-button line__button", type: "button", "aria-label": edit, "data-test": `edit-${name}`,
  }, [icon(PENCIL)])
  const field = make(several ? "textarea" : "input", {
    class: "input line__field", type: several ? undefined : "text", rows: several ? 4 : undefined, dir: "auto",
    autocomplete: "off", enterkeyhint: several ? "enter" : "done", "aria-labelledby": `${name}-label`,
    "aria-describedby": `${name}-count ${name}-error`, "data-test": `${name}-field`,
  })
  const tick = make("button", {
    class: "icon-button line__button line__save", type: "submit", "aria-label": texts.save, "data-test": `save-${name}`,
  }, [icon(TICK)])
  const count = make("span", { class: "line__count", id: `${name}-count`, role: "status" })
  const error = make("p", {
    class: "form__error", id: `${name}-error`, role: "alert", hidden: true, "data-test": `${name}-error`,
  })
  // A title needs no words beside it, but its field does.
  const heading = make(title ? "h2" : "h3", { class: "line__heading", id: `${name}-label`, hidden: title }, [label])
  const held = title ? make("h2", { class: "line__title" }, [value]) : value
  const shownLine = make("div", { class: "line__row" }, [held, pencil])
  const editBox = make("div", { class: "line__edit" }, [field, count])
  const form = make("form", { class: "line__row", novalidate: true, hidden: true }, [editBox, tick])
  const root = make("div", { class: "line" }, [heading, shownLine, form, error])
  let text = ""
  let busy = false

  /** @param {boolean} open */
  const toggle = (open) => {
    shownLine.hidden = open
    if (title) heading.hidden = !open
    form.hidden = !open
    complain("")
    if (open) {
      field.value = text
      look()
      field.focus()
      field.select()
    } else if (!pencil.hidden) pencil.focus()
  }

  const look = () => {
    const left = max - lengthOf(field.value)
    setText(count, left <= COUNTED_FROM ? texts.charactersLeft(left) : "")
    count.classList.toggle("line__count--over", left < 0)
    if (left >= 0) complain("")
  }

  /** @param {string} words */
  const complain = (words) => {
    setText(error, words)
    error.hidden = !words
    field.setAttribute("aria-invalid", String(Boolean(words)))
  }

  const isSaved = () => field.value.trim() === text

  const submit = async () => {
    if (busy) return
    if (isSaved()) return toggle(false)
    busy = true
    tick.setAttribute("aria-disabled", "true")
    try {
      await save(field.value)
      toggle(false)
    } catch (reason) {
      // The answer was lost, but the new text has come meanwhile.
      if (isSaved()) return toggle(false)
      complain(wordsFor(reason))
      field.focus()
    } finally {
      busy = false
      tick.removeAttribute("aria-disabled")
    }
  }

  pencil.addEventListener("click", () => toggle(true))
  field.addEventListener("input", look)
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault()
    submit()
  })
  form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (isComposing(event)) return
    if (event.key === "Enter" && several && (event.ctrlKey || event.metaKey)) submit()
    if (event.key !== "Escape") return
    event.stopPropagation()
    toggle(false)
  })
  return {
    root,
    /** Whether it may be changed now. A field that is open closes: the server would refuse what is in it. */
    allow: (/** @type {boolean} */ may) => {
      pencil.hidden = !may
      if (!may && !form.hidden) toggle(false)
    },
    show: (now, shown, quiet = false) => {
      const isNew = now !== text
      text = now
      // A save whose answer was lost has worked after all.
      if (isNew && !form.hidden && !busy && isSaved()) toggle(false)
      if (linked) value.replaceChildren(...linkify(shown).flatMap(nodesOf))
      else setText(value, shown)
      // Shown while the field is empty.
      field.placeholder = shown
      value.classList.toggle("line__value--quiet", quiet)
    },
  }
}

/** @param {import("../lib/links.js").Linked} piece @returns {(Node | string)[]} */
function nodesOf({ text, href, host }) {
  return href ? link({ kind: "link", text, href, host }) : [text]
}

/** The length as the server counts it: code points of the composed form, trimmed. @param {string} text */
function lengthOf(text) {
  return [...text.trim().normalize("NFC")].length
}
