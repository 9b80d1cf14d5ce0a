// @ts-check
/**
 * A field and a list to choose people: for a new group, and for one that exists. Chosen people stand as chips before
 * the field. For screen readers it is a combobox with a list in which several can be chosen.
 * Keyboard: the focus stays in the field. Up, Down, Page Up and Page Down move in the list, Enter chooses a person or
 * takes them back. Backspace in the empty field takes the last one back. Left goes to the chips, where the arrows move
 * and Delete or Backspace takes one back.
 */
import { setText } from "../lib/dom.js"
import { isComposing } from "../lib/keys.js"
import { icon, make, sprite } from "../lib/make.js"
import { folded } from "../lib/text.js"
import { texts } from "../lib/texts.js"
import { handle, showAvatar } from "../people/avatar.js"
import { shownName } from "../state/model.js"
import { labelOf } from "../state/names.js"
import { faceOf } from "../state/peers.js"
import { store } from "../state/store.js"
import { growingList } from "./growing-list.js"

export const TICK = "m5.5 12.7 4.3 4.3 8.7-9.7"
const PAGE = 8

/** @typedef {{ key: string, id: number, name: string, username: string }} Person */
/**
 * @typedef {object} Picker
 * @property {HTMLElement} root
 * @property {() => void} focus
 */

/** What a query is compared with, by row of the state. @type {WeakMap<object, string>} */
const folds = new WeakMap()

/**
 * @param {{ chosen: Set<number>, among?: (id: number) => boolean, group?: number, changed: () => void,
 *   signal: AbortSignal }} options
 *   chosen is changed in place; among = who is shown at all; members of the group come last and cannot be chosen
 * @returns {Picker}
 */
export function peoplePicker({ chosen, among = () => true, group = 0, changed, signal }) {
  const isMember = (/** @type {number} */ id) => (store.state.members[group]?.[id]?.role ?? "former") !== "former"
  const field = make("input", {
    class: "picker__field", type: "text", role: "combobox", "aria-expanded": "true", "aria-controls": "picker-list",
    "aria-autocomplete": "list", "aria-label": texts.searchPeople, placeholder: texts.searchPeople,
    autocomplete: "off", spellcheck: "false", dir: "auto", enterkeyhint: "done", "data-test": "picker-field",
  })
  const chips = make("ul", { class: "picker__chips", "aria-label": texts.chosenPeople, hidden: true })
  const line = make("div", { class: "picker__line" }, [chips, field])
  const list = make("div", {
    class: "picker__list", id: "picker-list", role: "listbox", "aria-multiselectable": "true",
    "aria-label": texts.people, "data-test": "picker-list",
  })
  const scroll = make("div", { class: "picker__scroll" }, [list])
  const none = make("p", { class: "picker__none", hidden: true })
  const told = make("p", { class: "visually-hidden", role: "status" })
  const root = make("div", { class: "picker" }, [line, scroll, none, told])
  /** @type {Person[]} */
  let everyone = []
  /** @type {Person[]} */
  let found = []
  let at = 0
  const rows = growingList(list, (/** @type {Person} */ person) => optionRow(person, { chosen, isMember }), {
    signal, root: scroll,
  })

  const search = (/** @type {boolean} */ isOther) => {
    const query = folded(field.value.trim())
    const all = query ? foundAmong(everyone, query) : everyone
    found = group ? [...all.filter(({ id }) => !isMember(id)), ...all.filter(({ id }) => isMember(id))] : all
    if (isOther) at = 0
    rows.show(found, isOther)
    if (isOther) scroll.scrollTop = 0
    none.hidden = found.length > 0
    setText(none, query ? texts.nothingMatches(field.value.trim()) : texts.nobodyElse)
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

  /** @param {number} id */
  const toggle = (id) => {
    if (isMember(id)) return
    if (chosen.has(id)) chosen.delete(id)
    else chosen.add(id)
    const isSearch = field.value !== ""
    // The next person is looked for by another name.
    if (isSearch) field.value = ""
    refresh(isSearch)
  }

  const refresh = (/** @type {boolean} */ isOther) => {
    drawChips(chips, chosen, (id) => {
      chosen.delete(id)
      refresh(false)
      field.focus()
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
      Enter: () => found[at] && toggle(found[at].id),
    }
    const toChips = getComputedStyle(field).direction === "rtl" ? "ArrowRight" : "ArrowLeft"
    if (event.key === "Backspace" && field.value === "" && chosen.size > 0) {
      chosen.delete(/** @type {number} */ ([...chosen].at(-1)))
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
    toggle(found[index].id)
  })
  line.addEventListener("click", (/** @type {Event} */ { target }) => target === line && field.focus())
  // The order holds while one chooses: only who is there changes.
  store.watch((state) => state.users, () => {
    everyone = people().filter(({ id }) => among(id))
    search(false)
  }, { signal })
  if (group) store.watch((state) => state.members[group], () => search(false), { signal })
  refresh(false)
  return { root, focus: () => field.focus() }
}

/** Those of one's latest chats first, then everyone by name; not oneself. @returns {Person[]} */
function people() {
  const { state } = store
  const talked = store.select.chatItems(state).filter(({ group, notes }) => !group && !notes)
  const others = store.select.personItems(state).filter(({ notes }) => !notes)
  return [...talked.map(({ peer }) => peer), ...others.map(({ id }) => id)].map((id) => {
    const user = state.users[id]
    return { key: String(id), id, name: shownName(user), username: user?.username ?? "" }
  })
}

/**
 * Names that begin with the query come before those that only contain it.
 * @param {Person[]} all @param {string} query
 */
function foundAmong(all, query) {
  const [first, second] = [/** @type {Person[]} */ ([]), /** @type {Person[]} */ ([])]
  for (const person of all) {
    const user = store.state.users[person.id]
    let text = folds.get(user)
    if (text === undefined) folds.set(user, (text = `\n${folded(`${person.name}\n@${person.username}`)}`))
    const place = text.indexOf(query)
    if (place < 0) continue
    if (/[\s@._-]/u.test(text[place - 1])) first.push(person)
    else second.push(person)
  }
  return [...first, ...second]
}

/**
 * @param {Person} person @param {{ chosen: Set<number>, isMember: (id: number) => boolean }} choice
 * @returns {import("../lib/dom.js").Row<Person>}
 */
function optionRow({ key, id }, { chosen, isMember }) {
  const avatar = make("span", { class: "avatar picker__avatar", "data-px": "40", "aria-hidden": "true" })
  const name = make("bdi", { class: "picker__name" })
  const second = make("bdi", { class: "picker__second" })
  const box = make("span", { class: "picker__check", "aria-hidden": "true" }, [icon(TICK)])
  const root = make("div", {
    class: "picker__option", id: `picker-${key}`, role: "option", "data-test": "picker-option",
  }, [avatar, make("span", { class: "picker__words" }, [name, second]), box])
  return {
    root,
    update: (person) => {
      const inside = isMember(id)
      root.dataset.name = person.name
      showAvatar(avatar, id, person.name, faceOf(store.state, id))
      setText(name, person.name)
      setText(second, inside ? texts.alreadyMember : handle(person.username))
      root.setAttribute("aria-selected", String(inside || chosen.has(id)))
      if (inside) root.setAttribute("aria-disabled", "true")
      else root.removeAttribute("aria-disabled")
    },
  }
}

/** @param {HTMLElement} chips @param {Set<number>} chosen @param {(id: number) => void} remove */
function drawChips(chips, chosen, remove) {
  const known = new Map([...chips.children].map((chip) => [Number(chip.getAttribute("data-id")), chip]))
  for (const [id, chip] of known) if (!chosen.has(id)) chip.remove()
  for (const id of chosen) if (!known.has(id)) chips.append(chipOf(id, remove))
  if (chosen.size > known.size) chips.scrollTop = chips.scrollHeight
  chips.hidden = chosen.size === 0
}

/** @param {number} id @param {(id: number) => void} remove */
function chipOf(id, remove) {
  const label = labelOf(store.state, id)
  const avatar = make("span", { class: "avatar picker__chip-avatar", "data-px": "24", "aria-hidden": "true" })
  showAvatar(avatar, id, shownName(store.state.users[id]), faceOf(store.state, id))
  const button = make("button", {
    class: "picker__chip", type: "button", tabindex: "-1", "aria-label": texts.takeBack(label),
    "data-test": "picker-chip", "data-name": store.state.users[id]?.username,
  }, [avatar, make("bdi", { class: "picker__chip-name" }, [label]), sprite("close")])
  button.addEventListener("click", () => remove(id))
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
