// @ts-check
/**
 * The quick switcher: one field over all chats, people and commands. state/answers.js ranks them; this file draws them
 * and does what is chosen. For screen readers it is a combobox with a list: the focus stays in the field.
 * Keyboard: Up, Down, Page Up and Page Down choose, Enter opens, Esc or the keys that opened it close it.
 */
import { closeDialog, dialogIsOpen, openDialog } from "../lib/dialog.js"
import { emit, setText } from "../lib/dom.js"
import { isComposing } from "../lib/keys.js"
import { goTo } from "../lib/layers.js"
import { loadStyle } from "../lib/load.js"
import { icon, make, sprite } from "../lib/make.js"
import { printRoute } from "../lib/route.js"
import { settings } from "../lib/settings.js"
import { texts } from "../lib/texts.js"
import { answersOf } from "../state/answers.js"
import { chatWith } from "../state/peers.js"
import { store } from "../state/store.js"
import { install, installWay } from "../install/install.js"
import { openKeys } from "../keys/attach-keys.js"
import { showAvatar } from "./avatar.js"

/** How far Page Up and Page Down go. */
const PAGE = 5

/** @typedef {import("../state/answers.js").Answer} Answer */
/** @typedef {import("../state/answers.js").Entry} Entry */
/** @typedef {import("../state/matching.js").Range} Range */
/**
 * @typedef {import("../state/chat-items.js").ChatItem | import("../state/person-items.js").PersonItem} Face
 * @typedef {Entry & { act: (shell: HTMLElement) => void, icon?: string, face?: Face, unread?: number }} Choice
 */

/** @type {HTMLDialogElement | null} */
let open = null

export async function toggleSwitcher() {
  await loadStyle("switcher")
  if (open) closeDialog(open)
  else if (!dialogIsOpen()) new Switcher()
}

class Switcher {
  #life = new AbortController()
  #field
  #list
  #none
  #count
  #box
  /** @type {{ element: HTMLElement, choice: Choice }[]} */
  #options = []
  #at = 0

  constructor() {
    this.#field = make("input", {
      class: "switcher__field", type: "text", role: "combobox", "aria-expanded": "true",
      "aria-controls": "switcher-list", "aria-autocomplete": "list", "aria-label": texts.goTo, placeholder: texts.goTo,
      autocomplete: "off", spellcheck: "false", dir: "auto", enterkeyhint: "go", "data-test": "switcher-field",
    })
    this.#list = make("div", {
      class: "switcher__list", id: "switcher-list", role: "listbox", "aria-label": texts.goTo,
      "data-test": "switcher-list",
    })
    this.#none = make("p", { class: "switcher__none", hidden: true })
    this.#count = make("p", { class: "visually-hidden", role: "status" })
    const keys = make("p", { class: "switcher__keys", "aria-hidden": "true" }, [
      key("↑"), key("↓"), ` ${texts.keyChoose}`, key("Enter"), ` ${texts.hintOpen}`, key("Esc"), ` ${texts.hintClose}`,
    ])
    const bar = make("div", { class: "switcher__bar" }, [sprite("search"), this.#field])
    this.#box = make("dialog", { class: "dialog switcher", "aria-label": texts.goTo, "data-test": "switcher" }, [
      bar, this.#list, this.#none, this.#count, keys,
    ])
    this.#listen()
    open = this.#box
    const focused = document.activeElement
    openDialog(this.#box, focused instanceof HTMLElement ? focused : document.body, this.#life)
    this.#field.focus()
    const { signal } = this.#life
    store.watch(store.select.chatItems, () => this.#draw(), { signal })
    store.watch(store.select.personItems, () => this.#draw(), { signal })
  }

  #listen() {
    this.#field.addEventListener("input", () => this.#search())
    this.#box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event))
    this.#life.signal.addEventListener("abort", () => (open = null))
    const optionOf = (/** @type {Event} */ { target }) => target instanceof Element && target.closest("[role=option]")
    this.#list.addEventListener("pointermove", (/** @type {Event} */ event) => {
      const at = this.#options.findIndex(({ element }) => element === optionOf(event))
      if (at >= 0 && at !== this.#at) this.#choose(at, false)
    })
    // The field keeps the focus.
    this.#list.addEventListener("mousedown", (/** @type {Event} */ event) => event.preventDefault())
    this.#list.addEventListener("click", (/** @type {Event} */ event) => {
      const option = this.#options.find(({ element }) => element === optionOf(event))
      if (option) this.#take(option.choice)
    })
  }

  /** Other words have another best answer. */
  #search() {
    this.#at = 0
    this.#draw()
    this.#list.scrollTop = 0
  }

  #draw() {
    const kept = this.#options[this.#at]?.choice.key
    const groups = answersOf(choices(), this.#field.value)
    this.#options = []
    const boxes = groups.map((answers) => this.#group(answers))
    const nothing = texts.nothingMatches(this.#field.value.trim())
    this.#list.replaceChildren(...boxes)
    this.#none.hidden = boxes.length > 0
    setText(this.#none, nothing)
    setText(this.#count, boxes.length > 0 ? texts.found(this.#options.length) : nothing)
    // Something that arrives meanwhile moves no choice to another row.
    const again = this.#at > 0 ? this.#options.findIndex(({ choice }) => choice.key === kept) : 0
    this.#choose(Math.max(0, again), this.#at > 0)
  }

  /** @param {Answer[]} answers @returns {HTMLElement} */
  #group(answers) {
    const { group } = answers[0].entry
    const heading = { class: "switcher__heading", role: "presentation", id: `switcher-${group}` }
    const title = make("div", heading, [texts[group]])
    const options = answers.map((answer) => this.#option(answer))
    return make("div", { role: "group", "aria-labelledby": `switcher-${group}` }, [title, ...options])
  }

  /** @param {Answer} answer */
  #option({ entry, name, username }) {
    const choice = /** @type {Choice} */ (entry)
    const { face, icon: sign = "", unread = 0 } = choice
    const picture = face ? pictureOf(face, choice.name) : make("span", { class: "switcher__icon" }, [drawn(sign)])
    const words = [make("bdi", { class: "switcher__name" }, marked(choice.name, name))]
    if (choice.username) {
      words.push(make("bdi", { class: "switcher__second" }, ["@", ...marked(choice.username, username)]))
    }
    const badge = make("span", { class: "badge", "aria-hidden": "true" }, [texts.badge(unread)])
    const told = make("span", { class: "visually-hidden" }, [texts.unread(unread)])
    const element = make("div", {
      class: `switcher__option${unread > 0 ? " switcher__option--unread" : ""}`,
      role: "option", "aria-selected": "false", id: `switcher-option-${this.#options.length}`,
      "data-test": "switcher-option", "data-name": choice.name,
    }, [
      picture, make("span", { class: "switcher__words" }, words), ...(unread > 0 ? [badge, told] : []),
    ])
    this.#options.push({ element, choice })
    return element
  }

  /** @param {number} at @param {boolean} [scrolls] */
  #choose(at, scrolls = true) {
    this.#options[this.#at]?.element.setAttribute("aria-selected", "false")
    this.#at = at
    const option = this.#options[at]
    if (!option) {
      this.#field.removeAttribute("aria-activedescendant")
      return
    }
    option.element.setAttribute("aria-selected", "true")
    this.#field.setAttribute("aria-activedescendant", option.element.id)
    if (scrolls) option.element.scrollIntoView({ block: "nearest" })
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (isComposing(event)) return
    const last = this.#options.length - 1
    const round = (/** @type {number} */ at) => (at < 0 ? last : at > last ? 0 : at)
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowDown: () => this.#choose(round(this.#at + 1)),
      ArrowUp: () => this.#choose(round(this.#at - 1)),
      PageDown: () => this.#choose(Math.min(last, this.#at + PAGE)),
      PageUp: () => this.#choose(Math.max(0, this.#at - PAGE)),
      Enter: () => this.#options[this.#at] && this.#take(this.#options[this.#at].choice),
    }
    const act = event.altKey || event.shiftKey ? undefined : keys[event.key]
    if (act) {
      event.preventDefault()
      act()
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault()
      closeDialog(this.#box)
    }
  }

  /** Closes first: what is chosen takes the focus. @param {Choice} choice */
  #take(choice) {
    const shell = /** @type {HTMLElement} */ (this.#box.closest(".shell"))
    closeDialog(this.#box)
    choice.act(shell)
  }
}

/** @param {Face} face @param {string} name */
function pictureOf(face, name) {
  const avatar = make("span", { class: "avatar switcher__avatar", "data-px": "36", "aria-hidden": "true" })
  showAvatar(avatar, "peer" in face && !face.group ? face.peer : face.id, name, face)
  return avatar
}

/** A circle, half of it in lines. */
const THEME = "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17Zm0 0v17m0-13.5h4.9M12 12h8.4M12 17h4.9"

/** @param {string} name */
function drawn(name) {
  return name === "theme" ? icon(THEME) : sprite(name)
}

/** @param {string} words */
function key(words) {
  return make("kbd", { class: "key" }, [words])
}

/**
 * A text with what was found in it marked.
 * @param {string} text @param {Range[]} ranges @returns {(Node | string)[]}
 */
function marked(text, ranges) {
  let done = 0
  /** @type {(Node | string)[]} */
  const pieces = []
  for (const [from, to] of ranges) {
    pieces.push(text.slice(done, from), make("mark", { class: "switcher__mark" }, [text.slice(from, to)]))
    done = to
  }
  return [...pieces, text.slice(done)]
}

/** @returns {Choice[]} */
function choices() {
  const { state } = store
  const chats = store.select.chatItems(state).map((item) => chatChoice(item))
  const people = store.select.personItems(state).filter((person) => !person.notes).map((person) => personChoice(person))
  return [...chats, ...people, ...commands()]
}

/** @param {string} route */
function goes(route) {
  return (/** @type {HTMLElement} */ shell) => {
    if (location.hash === route) emit(shell, "focus-composer")
    else goTo(route)
  }
}

/** @param {import("../state/chat-items.js").ChatItem} item @returns {Choice} */
function chatChoice(item) {
  const { key: own, id, notes, name, username, at, unread, archived, selected } = item
  return {
    group: "chats", key: own, at, unread, archived, open: selected, face: item,
    name: notes ? texts.notesToSelf : name, username: notes ? "" : username, act: goes(printRoute({ chat_id: id })),
  }
}

/** @param {import("../state/person-items.js").PersonItem} person @returns {Choice} */
function personChoice(person) {
  const { key: own, id, name, username } = person
  return { group: "people", key: own, name, username, at: 0, face: person, act: goes(printRoute({ user_id: id })) }
}

/** @returns {Choice[]} */
function commands() {
  const { state } = store
  /** @type {(name: string, sign: string, act: (shell: HTMLElement) => void) => Choice} */
  const command = (name, sign, act) => ({ group: "commands", key: name, name, username: "", at: 0, icon: sign, act })
  const themes = [["light", texts.themeLight], ["dark", texts.themeDark], ["system", texts.themeSystem]]
  return [
    // Without a chat yet, the notes are only here.
    ...(chatWith(state, state.me) ? [] : [command(texts.notesToSelf, "note", goes(printRoute({ user_id: state.me })))]),
    command(texts.newGroup, "group", (shell) => partOf(shell, "own-menu [data-part=newGroup]").click()),
    command(texts.invitePeople, "invite", (shell) => partOf(shell, "own-menu [data-part=invite]").click()),
    command(texts.settings, "settings", (shell) => emit(shell, "open-settings")),
    command(texts.archived, "archive", () => goTo(printRoute({ archived: true }))),
    ...themes.filter(([theme]) => theme !== settings.get("theme")).map(([theme, words]) =>
      command(`${texts.appearance}: ${words}`, "theme", () => settings.set("theme", theme))),
    ...(installWay() ? [command(texts.installApp, "install", () => install())] : []),
    command(texts.keyboard, "keys", (shell) => openKeys(focusedIn(shell))),
    command(texts.signOut, "leave", (shell) => partOf(shell, "own-menu [data-part=signOut]").click()),
  ]
}

/** What gets the focus back from a dialog. @param {HTMLElement} shell */
function focusedIn(shell) {
  const focused = document.activeElement
  return focused instanceof HTMLElement && focused !== document.body ? focused : shell
}

/** @param {HTMLElement} shell @param {string} selector @returns {HTMLElement} */
function partOf(shell, selector) {
  return /** @type {HTMLElement} */ (shell.querySelector(selector))
}
