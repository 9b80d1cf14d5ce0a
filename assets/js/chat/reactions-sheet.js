// @ts-check
/**
 * The dialog with the people who reacted to a message, by emoji or all of them; on a phone a sheet at the lower edge.
 * My own reaction stands first and can be taken back. While the dialog is open it follows the row of the message.
 */
import { closeButton, closeDialog, dialogIsOpen, openDialog } from "../lib/dialog.js"
import { emit, patchRows, setText } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { number } from "../lib/locale.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { readToken } from "../lib/token.js"
import { growingList } from "../groups/growing-list.js"
import { listReactions } from "../net/api.js"
import { showAvatar } from "../people/avatar.js"
import { labelOf } from "../state/names.js"
import { faceOf } from "../state/peers.js"
import { messageById } from "../state/quotes.js"
import { reactionsOf } from "../state/reactions.js"
import { store } from "../state/store.js"

/** @typedef {import("../state/model.js").Message} Message */
/** @typedef {{ user_id: number, emoji: string, at: number, changed: number }} Reaction */
/** @typedef {{ key: string, id: number, emoji: string, own: boolean }} Line */
/** @typedef {{ emoji: string, words: string, chosen: boolean }} Choice emoji = "" for all */

/** The list is asked for again at most this often, however fast the reactions change. */
const ASK_EVERY_MS = 1000
/** After a failed request. */
const RETRY_MS = 3000

/** @param {Message} message @param {HTMLElement} chip gets the focus back; its bubble, if it is gone by then */
export async function openReactions(message, chip) {
  await loadStyle("reacting")
  if (!chip.isConnected || dialogIsOpen()) return
  const bubble = /** @type {HTMLElement | null | undefined} */ (
    chip.closest(".message")?.querySelector(".message__bubble"))
  const life = new AbortController()
  const { signal } = life
  const title = make("h2", { class: "dialog__title", id: "reactions-title" }, [texts.reactions])
  const close = closeButton("reactions-close")
  const filter = make("div", { class: "chips reacted__filter", role: "group", "aria-labelledby": title.id })
  const list = make("ul", { class: "reacted__people", "aria-labelledby": title.id, "data-test": "reacted-people" })
  const note = make("p", { class: "reacted__note", role: "status" })
  const scroll = make("div", { class: "reacted__scroll" }, [list, note])
  const attributes = {
    class: "dialog bottom-sheet reacted", "aria-labelledby": title.id, "data-test": "reactions-sheet",
  }
  const box = make("dialog", attributes, [make("header", { class: "reacted__bar" }, [title, close]), filter, scroll])
  openDialog(box, chip, life)
  close.focus()
  signal.addEventListener("abort", () => setTimeout(() => {
    if (!chip.isConnected && document.activeElement === document.body) bubble?.focus({ preventScroll: true })
  }))
  new People(message, { box, filter, list, note, scroll, close }, signal)
}

/** Fills the dialog. */
class People {
  #message
  #parts
  #signal
  #rows
  /** @type {Map<string, import("../lib/dom.js").Row<Choice>>} */
  #choices = new Map()
  /** @type {Reaction[] | null} as the server has listed them, the latest first */
  #reactions = null
  #chosen = ""
  #isAsking = false
  #isStale = false

  /** @param {Message} message @param {import("../lib/dom.js").Parts} parts @param {AbortSignal} signal */
  constructor(message, parts, signal) {
    this.#message = message
    this.#parts = parts
    this.#signal = signal
    const create = (/** @type {Line} */ line) => (line.own ? ownLine(() => this.#takeBack()) : personLine())
    this.#rows = growingList(parts.list, create, { signal, root: parts.scroll })
    parts.filter.addEventListener("click", (/** @type {any} */ { target }) => this.#choose(target.closest("button")))
    store.watch((state) => this.#shown(state), () => {
      this.#draw()
      this.#ask()
    }, { signal })
    store.watch((state) => state.users, () => this.#draw(), { signal })
    store.watch((state) => state.live, (live) => live && !this.#isAsking && this.#ask(), { signal })
  }

  /** @param {import("../state/model.js").State} state */
  #shown(state) {
    const { chat_id, id } = this.#message
    return reactionsOf(state, messageById(state, chat_id, id))
  }

  #draw() {
    const shown = this.#shown(store.state)
    if (!shown) {
      closeDialog(this.#parts.box)
      return
    }
    const { counts, total, own } = shown
    if (!counts.some(({ emoji }) => emoji === this.#chosen)) this.#chosen = ""
    const choices = [{ emoji: "", count: total }, ...counts].map(({ emoji, count }) =>
      ({ emoji, words: `${emoji || texts.allReactions} ${number(count)}`, chosen: emoji === this.#chosen }))
    const how = { rows: this.#choices, key: (/** @type {Choice} */ { emoji }) => emoji, create: choiceButton }
    patchRows(this.#parts.filter, choices, how)
    this.#rows.show(this.#lines(own))
  }

  /** @param {string | null} own @returns {Line[]} */
  #lines(own) {
    const others = (this.#reactions ?? []).filter(({ user_id }) => user_id !== store.state.me)
    const lines = others.map(({ user_id: id, emoji }) => ({ key: String(id), id, emoji, own: false }))
    const mine = own ? [{ key: "own", id: store.state.me, emoji: own, own: true }] : []
    return [...mine, ...lines].filter(({ emoji }) => !this.#chosen || emoji === this.#chosen)
  }

  /** @param {HTMLElement | null} button */
  #choose(button) {
    if (!button) return
    this.#chosen = button.dataset.emoji ?? ""
    this.#parts.scroll.scrollTop = 0
    this.#draw()
  }

  #takeBack() {
    this.#parts.close.focus()
    emit(this.#parts.box, "react", { message: this.#message, emoji: null })
  }

  async #ask() {
    this.#isStale = true
    if (this.#isAsking) return
    this.#isAsking = true
    while (this.#isStale && !this.#signal.aborted) {
      this.#isStale = false
      const done = await this.#load()
      if (!done && store.state.live) this.#isStale = true
      setText(this.#parts.note, done || this.#reactions ? "" : texts.reactionsFailed)
      await new Promise((resolve) => setTimeout(resolve, done ? ASK_EVERY_MS : RETRY_MS))
    }
    this.#isAsking = false
  }

  /** Loads all pages. The first time, each is shown at once. @returns {Promise<boolean>} whether that worked */
  async #load() {
    const { chat_id, id } = this.#message
    const isFirst = this.#reactions === null
    /** @type {Reaction[]} */
    const all = []
    for (let isMore = true; isMore;) {
      const page = await listReactions(readToken() ?? "", chat_id, id, all.at(-1)?.changed).catch(() => null)
      if (!page || this.#signal.aborted) return false
      all.push(...page.reactions)
      isMore = page.more && page.reactions.length > 0
      if (isMore && !isFirst) continue
      this.#reactions = all
      this.#draw()
    }
    return true
  }
}

/** @returns {import("../lib/dom.js").Row<Choice>} */
function choiceButton() {
  const root = make("button", { class: "chip", type: "button" })
  /** @param {Choice} choice */
  const update = ({ emoji, words, chosen }) => {
    root.dataset.emoji = emoji
    root.setAttribute("aria-pressed", String(chosen))
    setText(root, words)
  }
  return { root, update }
}

/** @returns {import("../lib/dom.js").Row<Line>} */
function personLine() {
  return lineIn(make("div", { class: "reacted__row", "data-test": "reacted-person" }), false)
}

/** @param {() => void} takeBack @returns {import("../lib/dom.js").Row<Line>} */
function ownLine(takeBack) {
  const row = make("button", { class: "reacted__row", type: "button", "data-test": "own-reaction" })
  row.addEventListener("click", takeBack)
  return lineIn(row, true)
}

/** @param {HTMLElement} row @param {boolean} own @returns {import("../lib/dom.js").Row<Line>} */
function lineIn(row, own) {
  const avatar = make("span", { class: "avatar reacted__avatar", "data-px": "40", "aria-hidden": "true" })
  const name = make("bdi", { class: "reacted__name" })
  const words = make("span", { class: "reacted__words" }, [name])
  if (own) words.append(make("span", { class: "reacted__hint" }, [texts.tapToRemove]))
  const sign = make("span", { class: "reacted__emoji" })
  row.append(avatar, words, sign)
  /** @param {Line} line */
  const update = ({ id, emoji }) => {
    const label = labelOf(store.state, id) || texts.someone
    showAvatar(avatar, id, label, faceOf(store.state, id))
    setText(name, own ? texts.you : label)
    setText(sign, emoji)
  }
  return { root: make("li", {}, [row]), update }
}
