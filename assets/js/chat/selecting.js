// @ts-check
/**
 * Selecting messages of the open chat, to do something with several at once. A press anywhere on a row selects it or
 * takes it back; everything else in the rows waits until the selection ends. What is selected are ids: their rows need
 * not be drawn. The message list draws the rows and calls `draw` after it.
 * Keyboard, on a message: Space or Enter selects, with Shift as far as there; Shift with Up and Down, too; Ctrl or ⌘
 * with A selects all that are loaded. Escape, Back and the button of the bar end it (lib/layers.js).
 */
import { isComposing, letterOf } from "../lib/keys.js"
import { openLayer } from "../lib/layers.js"
import { loadStyle } from "../lib/load.js"
import { icon, make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { isHidden } from "../state/flags.js"
import { messageById } from "../state/quotes.js"
import { store } from "../state/store.js"
import { SELECTED_ID, SelectionBar } from "./selection-bar.js"

/** @typedef {import("../state/model.js").Message} Message */

const TICK = "m5.5 12.7 4.3 4.3 8.7-9.7"
/** Screen readers have taken note of the check marks by then. */
const QUIET_MS = 500
/** What would show the tools of a message, swipe it, or count as a long press. */
const TOUCHES = ["pointerdown", "pointerover", "touchmove", "touchend"]
/** What would open a menu, or select or move a text. */
const GESTURES = ["contextmenu", "mousedown", "dragstart"]

await loadStyle("selecting")

export class Selecting {
  #list
  #rows
  #composer
  #chat
  #bar
  #life = new AbortController()
  #close
  /** @type {Set<number>} */
  #ids = new Set()
  /** From where a range begins: the message that was pressed last. */
  #anchor
  /** The ids of the last range, which another one from the same message replaces. @type {number[]} */
  #range = []

  /**
   * @param {HTMLElement} list the message list @param {HTMLElement} rows of it
   * @param {Message} first is selected at once @param {() => void} ended @param {AbortSignal} signal of the list
   */
  constructor(list, rows, first, ended, signal) {
    this.#list = list
    this.#rows = rows
    this.#composer = /** @type {HTMLElement} */ (list.parentElement?.querySelector("chat-composer"))
    this.#chat = first.chat_id
    this.#anchor = first.id
    this.#ids.add(first.id)
    this.#bar = new SelectionBar(() => this.end())
    list.classList.add("messages--selecting")
    this.#composer.classList.add("composer--selecting")
    this.#composer.append(this.#bar.root)
    signal.addEventListener("abort", () => this.#life.abort())
    hush(rows)
    this.#listen(this.#life.signal)
    this.#close = openLayer({ box: this.#bar.root, opener: null, hide: () => this.#hide(ended) })
  }

  end() {
    this.#close()
  }

  /** @param {() => void} ended */
  #hide(ended) {
    const held = this.#bar.root.contains(document.activeElement)
    this.#life.abort()
    this.#list.classList.remove("messages--selecting")
    this.#composer.classList.remove("composer--selecting")
    for (const row of this.#drawn()) {
      row.querySelector(":scope > .message__check")?.remove()
      row.removeAttribute("data-selected")
      bubbleOf(row)?.removeAttribute("aria-describedby")
    }
    if (held) this.#focus(this.#anchor)
    this.#bar.root.remove()
    ended()
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    const first = { signal, capture: true }
    this.#list.addEventListener("click", (event) => this.#clicked(event), first)
    this.#list.addEventListener("keydown", (event) => this.#keyed(event), first)
    this.#list.addEventListener("keydown", (event) => this.#moved(event), { signal })
    const passive = { ...first, passive: true }
    for (const name of TOUCHES) this.#list.addEventListener(name, (event) => this.#keepFrom(event), passive)
    for (const name of GESTURES) {
      this.#list.addEventListener(name, (event) => this.#keepFrom(event) && event.preventDefault(), first)
    }
    document.addEventListener("keydown", (event) => this.#keyedAnywhere(event), { signal })
    store.watch((state) => state.flags, () => this.draw(), { signal })
    store.watch((state) => state.flagging, () => this.draw(), { signal })
  }

  /** Called after every drawing of the list. */
  draw() {
    if (this.#life.signal.aborted) return
    const messages = this.#selected()
    this.#ids = new Set(messages.map(({ id }) => id))
    for (const row of this.#drawn()) this.#mark(row)
    this.#bar.show(messages)
  }

  /** Those that are still there, in the order of the chat. @returns {Message[]} */
  #selected() {
    const { state } = store
    const messages = [...this.#ids].flatMap((id) => messageById(state, this.#chat, id) ?? [])
    return messages.filter((message) => !isHidden(state, message)).sort((a, b) => a.seq - b.seq)
  }

  /** The rows of messages that the server has. @returns {HTMLElement[]} */
  #drawn() {
    return [...this.#rows.querySelectorAll(/** @type {"li"} */ (".message[data-id]"))]
  }

  /** @param {HTMLElement} row */
  #mark(row) {
    const isSelected = this.#ids.has(idOf(row))
    const check = row.querySelector(":scope > .message__check") ?? makeCheck()
    if (!check.parentNode) row.prepend(check)
    check.setAttribute("aria-checked", String(isSelected))
    row.toggleAttribute("data-selected", isSelected)
    if (isSelected) bubbleOf(row)?.setAttribute("aria-describedby", SELECTED_ID)
    else bubbleOf(row)?.removeAttribute("aria-describedby")
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    if (!this.#rows.contains(/** @type {Node} */ (event.target))) return
    stop(event)
    const row = rowOf(event)
    if (!row) return
    this.#press(row, event.shiftKey)
    this.#focus(idOf(row))
  }

  /** @param {HTMLElement} row @param {boolean} asRange */
  #press(row, asRange) {
    const id = idOf(row)
    if (asRange && this.#extend(id)) return
    if (!this.#ids.delete(id)) this.#ids.add(id)
    this.#anchor = id
    this.#range = []
    this.draw()
  }

  /**
   * Selects from the message that was pressed last to this one.
   * @param {number} id @returns {boolean} whether it can
   */
  #extend(id) {
    const ids = this.#loaded()
    const [from, to] = [ids.indexOf(this.#anchor), ids.indexOf(id)]
    if (from < 0 || to < 0) return false
    for (const old of this.#range) this.#ids.delete(old)
    this.#range = ids.slice(Math.min(from, to), Math.max(from, to) + 1)
    for (const one of this.#range) this.#ids.add(one)
    this.draw()
    return true
  }

  /** The ids of all messages that are loaded and shown, also those far from the view. @returns {number[]} */
  #loaded() {
    return store.select.timeline(store.state)
      .flatMap((item) => (item.kind === "message" && item.message ? [item.message.id] : []))
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    const row = rowOf(event)
    if (!row || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === "Enter" || event.key === " ") this.#press(row, event.shiftKey)
    else if (event.key === "Escape") this.end()
    // The letter would answer the message.
    else if (event.key.toLowerCase() !== "r") return
    stop(event)
  }

  /** The arrows have moved the focus to another message (message-menu.js). @param {KeyboardEvent} event */
  #moved({ key, shiftKey }) {
    const row = /** @type {HTMLElement | null | undefined} */ (document.activeElement?.closest(".message[data-id]"))
    if (shiftKey && row && (key === "ArrowUp" || key === "ArrowDown")) this.#extend(idOf(row))
  }

  /** @param {KeyboardEvent} event */
  #keyedAnywhere(event) {
    const { target, ctrlKey, metaKey, shiftKey, altKey } = event
    const isField = target instanceof Element && target.closest("input, textarea, dialog")
    if (isField || !(ctrlKey || metaKey) || shiftKey || altKey || letterOf(event) !== "a") return
    event.preventDefault()
    this.#ids = new Set(this.#loaded())
    this.draw()
  }

  /** Keeps an event from the rows. @param {Event} event @returns {boolean} whether it is about one of them */
  #keepFrom(event) {
    const isInRows = this.#rows.contains(/** @type {Node} */ (event.target))
    if (isInRows) event.stopPropagation()
    return isInRows
  }

  /** The keys go on from this message. @param {number} id */
  #focus(id) {
    const row = this.#drawn().find((one) => idOf(one) === id)
    const bubble = row && bubbleOf(row)
    if (bubble) bubble.focus({ preventScroll: true })
    else /** @type {HTMLElement | null} */ (this.#list.querySelector("[tabindex]"))?.focus({ preventScroll: true })
  }
}

/** The check marks are no news: screen readers would read each of them. @param {HTMLElement} rows */
function hush(rows) {
  const log = rows.closest("[role=log]")
  log?.setAttribute("aria-live", "off")
  setTimeout(() => log?.setAttribute("aria-live", "polite"), QUIET_MS)
}

/** @param {Event} event */
function stop(event) {
  event.preventDefault()
  event.stopPropagation()
}

/** The row of a message that the server has. @param {Event} event @returns {HTMLElement | null} */
function rowOf({ target }) {
  return target instanceof Element ? target.closest(".message[data-id]") : null
}

/** @param {HTMLElement} row */
function idOf(row) {
  return Number(row.dataset.id)
}

/** @param {HTMLElement} row @returns {HTMLElement | null} */
function bubbleOf(row) {
  return row.querySelector(".message__bubble")
}

/** It is no stop of Tab: the message beside it has the focus. */
function makeCheck() {
  return make("span", {
    class: "message__check", role: "checkbox", tabindex: -1, "aria-label": texts.selectMessage,
  }, [icon(TICK)])
}
