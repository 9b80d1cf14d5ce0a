// @ts-check
/**
 * A field and a list to choose several of something: people, or chats to forward to. What is chosen stands as chips
 * before the field. For screen readers it is a combobox with a list in which several can be chosen.
 * Keyboard: the focus stays in the field. Up, Down, Page Up and Page Down move in the list, Enter chooses an entry or
 * takes it back. Backspace in the empty field takes the last one back. Left goes to the chips, where the arrows move
 * and Delete or Backspace takes one back.
 */
import { setText } from "../lib/dom.js"
import { isComposing } from "../lib/keys.js"
import { icon, make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { showAvatar } from "../people/avatar.js"
import { growingList } from "./growing-list.js"

export const TICK = "m5.5 12.7 4.3 4.3 8.7-9.7"
const PAGE = 8

/**
 * @template Id
 * @typedef {object} Entry
 * @property {string} key unlike all others
 * @property {Id} id what is chosen
 * @property {string} name
 * @property {string} username "" for a chat that is not with one person
 * @property {number} face the id of the person or group whose picture shows
 */
/**
 * What is drawn of an entry, besides its name: made for those on the screen only.
 * @typedef {object} Look
 * @property {string} second the words below the name
 * @property {string} label the name on its chip
 * @property {{ username?: string, notes?: boolean, group?: boolean, picture?: string | null }} picture
 * @property {boolean} [inside] it is chosen for good
 */
/**
 * @typedef {object} Picker
 * @property {HTMLElement} root
 * @property {() => void} focus
 */
/**
 * @template Id
 * @typedef {object} Options
 * @property {Set<Id>} chosen is changed in place
 * @property {number} [max] how many can be chosen; of one, another choice takes the place
 * @property {{ field: string, chips: string, list: string, none: string }} words
 * @property {(query: string) => Entry<Id>[]} find in order; all of them for ""
 * @property {(id: Id) => Entry<Id> | undefined} entryOf what was chosen
 * @property {(entry: Entry<Id>) => Look} look
 * @property {() => void} changed
 * @property {AbortSignal} signal
 */

/** @template Id @param {Options<Id>} options @returns {Picker & { refresh: () => void }} refresh = finds again */
export function picker({ chosen, max = Infinity, words, find, entryOf, look, changed, signal }) {
  const field = make("input", {
    class: "picker__field", type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "picker-list",
    "aria-autocomplete": "list", "aria-label": words.field, placeholder: words.field,
    autocomplete: "off", spellcheck: "false", dir: "auto", enterkeyhint: "done", "data-test": "picker-field",
  })
  const chips = make("ul", { class: "picker__chips", "aria-label": words.chips, hidden: true })
  const line = make("div", { class: "picker__line" }, [chips, field])
  const list = make("div", {
    class: "picker__list", id: "picker-list", role: "listbox", "aria-multiselectable": "true",
    "aria-label": words.list, "data-test": "picker-list",
  })
  const scroll = make("div", { class: "picker__scroll" }, [list])
  const none = make("p", { class: "picker__none", hidden: true })
  const told = make("p", { class: "visually-hidden", role: "status" })
  const root = make("div", { class: "picker" }, [line, scroll, none, told])
  /** @type {Entry<Id>[]} */
  let found = []
  let at = 0
  const isFull = () => max > 1 && chosen.size >= max
  const rows = growingList(list, (/** @type {Entry<Id>} */ entry) => optionRow(entry, look, chosen, isFull), {
    signal, root: scroll,
  })

  const search = (/** @type {boolean} */ isOther) => {
    const query = field.value.trim()
    found = find(query)
    if (isOther) at = 0
    rows.show(found, isOther)
    if (isOther) scroll.scrollTop = 0
    none.hidden = found.length > 0
    setText(none, query ? texts.nothingMatches(query) : words.none)
    setText(told, query ? (found.length > 0 ? texts.found(found.length) : none.textContent) : "")
    mark(Math.min(at, Math.max(0, found.length - 1)), false)
  }

  /** @param {number} to @param {boolean} [scrolls] */
  const mark = (to, scrolls = true) => {
    list.querySelector(".picker__option--at")?.classList.remove("picker__option--at")
    at = to
    const row = rows.rowAt(at)
    if (!row) {
      field.removeAttribute("aria-activedescendant")
      return
    }
    row.classList.add("picker__option--at")
    field.setAttribute("aria-activedescendant", row.id)
    if (scrolls) row.scrollIntoView({ block: "nearest" })
  }

  /** @param {Entry<Id>} entry */
  const toggle = (entry) => {
    const { id } = entry
    if (look(entry).inside || (isFull() && !chosen.has(id))) return
    if (max === 1 && !chosen.has(id)) chosen.clear()
    if (!chosen.delete(id)) chosen.add(id)
    const isSearch = field.value !== ""
    // The next one is looked for by another name.
    if (isSearch) field.value = ""
    refresh(isSearch)
  }

  const refresh = (/** @type {boolean} */ isOther) => {
    drawChips(chips, chosen, (id) => {
      const entry = entryOf(id)
      return entry && chipOf(entry, look(entry), () => {
        chosen.delete(id)
        refresh(false)
        field.focus()
      })
    })
    search(isOther)
    changed()
  }

  field.addEventListener("input", () => search(true))
  field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (isComposing(event) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const last = found.length - 1
    const isStart = field.selectionStart === 0 && field.selectionEnd === 0
    /** @type {Record<string, () => unknown>} */
    const keys = {
      ArrowDown: () => mark(at >= last ? 0 : at + 1),
      ArrowUp: () => mark(at <= 0 ? Math.max(0, last) : at - 1),
      PageDown: () => mark(Math.min(last, at + PAGE)),
      PageUp: () => mark(Math.max(0, at - PAGE)),
      Enter: () => found[at] && toggle(found[at]),
    }
    const toChips = getComputedStyle(field).direction === "rtl" ? "ArrowRight" : "ArrowLeft"
    if (event.key === "Backspace" && field.value === "" && chosen.size > 0) {
      chosen.delete(/** @type {Id} */ ([...chosen].at(-1)))
      refresh(false)
    } else if (event.key === toChips && isStart && chosen.size > 0) {
      /** @type {HTMLElement | null} */ (chips.querySelector("li:last-child > button"))?.focus()
    } else if (event.key === "Escape" && field.value) {
      // Only the search ends; without this the dialog would close.
      event.stopPropagation()
      field.value = ""
      search(true)
    } else if (keys[event.key]) keys[event.key]()
    else return
    event.preventDefault()
  })
  chips.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => chipKey(event, field))
  list.addEventListener("mousedown", (/** @type {Event} */ event) => event.preventDefault())
  list.addEventListener("click", (/** @type {Event} */ { target }) => {
    const option = target instanceof Element ? target.closest("[role=option]") : null
    const index = found.findIndex(({ key }) => `picker-${key}` === option?.id)
    if (index < 0) return
    at = index
    toggle(found[index])
  })
  line.addEventListener("click", (/** @type {Event} */ { target }) => target === line && field.focus())
  return { root, focus: () => field.focus(), refresh: () => refresh(false) }
}

/**
 * @template Id
 * @param {Entry<Id>} entry @param {(entry: Entry<Id>) => Look} look @param {Set<Id>} chosen
 * @param {() => boolean} isFull @returns {import("../lib/dom.js").Row<Entry<Id>>}
 */
function optionRow({ key, id }, look, chosen, isFull) {
  const avatar = make("span", { class: "avatar picker__avatar", "data-px": "40", "aria-hidden": "true" })
  const name = make("bdi", { class: "picker__name" })
  const second = make("bdi", { class: "picker__second" })
  const box = make("span", { class: "picker__check", "aria-hidden": "true" }, [icon(TICK)])
  const root = make("div", {
    class: "picker__option", id: `picker-${key}`, role: "option", "data-test": "picker-option",
  }, [avatar, make("span", { class: "picker__words" }, [name, second]), box])
  return {
    root,
    update: (entry) => {
      const { second: words, picture, inside = false } = look(entry)
      const isChosen = inside || chosen.has(id)
      root.dataset.name = entry.name
      showAvatar(avatar, entry.face, entry.name, picture)
      setText(name, entry.name)
      setText(second, words)
      root.setAttribute("aria-selected", String(isChosen))
      if (inside || (!isChosen && isFull())) root.setAttribute("aria-disabled", "true")
      else root.removeAttribute("aria-disabled")
    },
  }
}

/**
 * @template Id
 * @param {HTMLElement} chips @param {Set<Id>} chosen @param {(id: Id) => HTMLElement | undefined} create
 */
function drawChips(chips, chosen, create) {
  const known = new Map([...chips.children].map((chip) => [chip.getAttribute("data-id"), chip]))
  const ids = [...chosen].map(String)
  for (const [id, chip] of known) if (!ids.includes(id ?? "")) chip.remove()
  for (const id of chosen) {
    const chip = known.has(String(id)) ? undefined : create(id)
    if (chip) chips.append(chip)
  }
  if (chosen.size > known.size) chips.scrollTop = chips.scrollHeight
  chips.hidden = chosen.size === 0
}

/** @param {Entry<any>} entry @param {Look} look @param {() => void} remove @returns {HTMLElement} */
function chipOf({ id, name, username, face }, { label, picture }, remove) {
  const avatar = make("span", { class: "avatar picker__chip-avatar", "data-px": "24", "aria-hidden": "true" })
  showAvatar(avatar, face, name, picture)
  const button = make("button", {
    class: "picker__chip", type: "button", tabindex: "-1", "aria-label": texts.takeBack(label),
    "data-test": "picker-chip", "data-name": username || name,
  }, [avatar, make("bdi", { class: "picker__chip-name" }, [label]), sprite("close")])
  button.addEventListener("click", remove)
  return make("li", { "data-id": id }, [button])
}

/** @param {KeyboardEvent} event @param {HTMLElement} field */
function chipKey(event, field) {
  const chip = document.activeElement?.closest("li")
  if (!chip) return
  const rtl = getComputedStyle(field).direction === "rtl"
  const [before, after] = [chip.previousElementSibling, chip.nextElementSibling]
  const focus = (/** @type {Element | null} */ to) =>
    /** @type {HTMLElement} */ (to?.querySelector("button") ?? field).focus()
  if (event.key === (rtl ? "ArrowRight" : "ArrowLeft")) before && focus(before)
  else if (event.key === (rtl ? "ArrowLeft" : "ArrowRight")) focus(after)
  else if (event.key === "Backspace" || event.key === "Delete") {
    chip.querySelector("button")?.click()
    focus(after ?? before)
  } else return
  event.preventDefault()
}
