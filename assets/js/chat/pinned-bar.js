// @ts-check
/**
 * The bar of pinned messages between the header and the messages. It shows one of up to three; a press shows that
 * message in the chat, and the next pin in the bar. Its menu goes there, too, and takes the pin away.
 * Loaded when a chat first has pins.
 */
import { emit, setText } from "../lib/dom.js"
import { showIsolated } from "../lib/isolated.js"
import { loadStyle } from "../lib/load.js"
import { onLongPress } from "../lib/long-press.js"
import { make, sprite } from "../lib/make.js"
import { openMenu } from "../lib/menu.js"
import { texts } from "../lib/texts.js"
import { inkOf } from "../people/print.js"
import { mayPin, nextEnd } from "../state/pinning.js"
import { messageById } from "../state/quotes.js"
import { store } from "../state/store.js"
import { excerpt } from "./quote.js"

/** @typedef {import("../state/pins.js").PinItem} PinItem */

/** One line is shorter than this in any script. */
const SHOWN_MAX = 160
/** The longest timers of browsers end after 24 days; a pin may last 30. */
const TIMER_MS_MAX = 60 * 60_000

await loadStyle("pins")

export class PinnedBar {
  #list
  #root
  #strokes = make("span", { class: "pinned__strokes", "aria-hidden": "true" })
  #name = make("bdi", { class: "pinned__name" })
  #text = make("bdi", { class: "pinned__text" })
  #place = make("span", { class: "visually-hidden" })
  #more
  /** @type {PinItem[]} */
  #items = []
  #chat = 0
  /** Which of the items the bar shows. */
  #at = 0
  #timer = 0
  /** @type {import("../lib/menu.js").Menu | null} */
  #menu = null

  /** @param {HTMLElement} list the message list, above which it stands @param {AbortSignal} signal */
  constructor(list, signal) {
    this.#list = list
    const words = make("span", { class: "pinned__words" }, [this.#name, this.#text])
    const about = make("span", { class: "visually-hidden" }, [`${texts.pinnedMessage}: `])
    const open = make("button", { class: "pinned__open", type: "button", "data-test": "pinned-open" }, [
      this.#strokes, sprite("pin", "icon pinned__sign"), about, words, this.#place,
    ])
    this.#more = make("button", {
      class: "icon-button pinned__more", type: "button", "aria-haspopup": "menu", "aria-expanded": "false",
      "aria-label": texts.pinMenu, "data-test": "pinned-menu",
    }, [sprite("more")])
    this.#root = make("section", {
      class: "pinned", "aria-label": texts.pinnedMessages, "data-test": "pinned", hidden: true,
    }, [open, this.#more])
    list.before(this.#root)
    open.addEventListener("click", () => this.#press())
    this.#more.addEventListener("click", () => this.#showMenu())
    /** @type {(target: Element, point: import("../lib/long-press.js").Point) => boolean} */
    const held = (_target, { x, y }) => this.#showMenu(new DOMRect(x, y), true)
    onLongPress(open, held, () => this.#menu?.close(), signal)
    open.addEventListener("contextmenu", (/** @type {MouseEvent} */ event) => {
      event.preventDefault()
      const byKey = event.clientX === 0 && event.clientY === 0
      this.#showMenu(byKey ? undefined : new DOMRect(event.clientX, event.clientY), !byKey)
    }, { signal })
    signal.addEventListener("abort", () => clearTimeout(this.#timer))
  }

  /**
   * @param {PinItem[]} items of the open chat, the latest pin first
   * @param {(change: () => void) => void} hold keeps the messages where they are in the window
   */
  draw(items, hold) {
    const chat = store.state.open?.chat_id ?? 0
    const before = this.#items
    const shown = before[this.#at]?.id
    const isNew = chat !== this.#chat || (items[0] && !before.some(({ id }) => id === items[0].id))
    const same = items.findIndex(({ id }) => id === shown)
    this.#at = isNew ? 0 : same >= 0 ? same : Math.max(0, Math.min(this.#at, items.length - 1))
    this.#chat = chat
    this.#items = items
    if (shown !== items[this.#at]?.id) this.#menu?.close()
    this.#fill()
    if (this.#root.hidden === items.length > 0) hold(() => this.#show(items.length > 0))
    this.#endInTime()
  }

  /** The focus must not be lost with the bar. @param {boolean} shown */
  #show(shown) {
    const held = this.#root.contains(document.activeElement)
    this.#root.hidden = !shown
    /** @type {HTMLElement | null} */
    const scroll = this.#list.querySelector("[data-part=scroll]")
    if (held && !shown) scroll?.focus({ preventScroll: true })
  }

  #fill() {
    const item = this.#items[this.#at]
    if (!item) return
    const { name, own, username, content, names } = item.quote
    setText(this.#name, own ? texts.you : name || texts.pinnedMessage)
    this.#root.style.setProperty("--pin-ink", username ? inkOf(username) : "var(--color-ink-2)")
    showIsolated(this.#text, content ? excerpt(content, SHOWN_MAX, names) : "…")
    const all = this.#items.length
    // From below, as the messages stand: the latest pin is the lowest stroke.
    const strokes = this.#items.map((_, i) => make("i", { class: "pinned__stroke", "data-on": i === this.#at }))
    this.#strokes.replaceChildren(...strokes.reverse())
    setText(this.#place, all > 1 ? ` ${texts.pinPlace(this.#at + 1, all)}` : "")
  }

  #press() {
    this.#go()
    this.#at = (this.#at + 1) % this.#items.length
    this.#fill()
  }

  #go() {
    const item = this.#items[this.#at]
    if (item) emit(this.#list, "go-to-message", { id: item.id })
  }

  /**
   * @param {DOMRect} [point] at which it opens; without it, at its button @param {boolean} [byPointer]
   * @returns {boolean} whether it opens
   */
  #showMenu(point, byPointer = false) {
    const item = this.#items[this.#at]
    if (!item) return false
    const { id } = item
    const chat = this.#chat
    const message = messageById(store.state, chat, id)
    const unpin = () => emit(this.#list, "pin-message", { chat_id: chat, message_id: id, hours: null })
    const list = make("div", {
      class: "menu__list", role: "menu", "aria-label": texts.pinMenu, "data-test": "pinned-items",
    }, [
      menuItem("pinned-go", "next", texts.goToMessage, () => this.#go()),
      ...(mayPin(store.state, message) ? [menuItem("unpin", "pin-off", texts.unpin, unpin)] : []),
    ])
    this.#menu = openMenu(list, {
      opener: this.#more, ...(point && { place: () => point, align: /** @type {const} */ ("start") }), byPointer,
      closed: () => (this.#menu = null),
    })
    return this.#menu !== null
  }

  /** Asks for the time when the next pin ends. */
  #endInTime() {
    clearTimeout(this.#timer)
    const left = nextEnd(store.state) - Date.now()
    if (left === Infinity) return
    this.#timer = setTimeout(() => {
      store.dispatch({ type: "clock/ticked", at: Date.now() })
      this.#endInTime()
    }, Math.max(0, Math.min(left, TIMER_MS_MAX)))
  }
}

/** @param {string} test @param {string} sign @param {string} words @param {() => void} act */
function menuItem(test, sign, words, act) {
  const icon = sprite(sign, `icon${sign === "next" ? " icon--mirrored" : ""}`)
  const button = make("button", {
    class: "menu__item", type: "button", role: "menuitem", tabindex: -1, "data-test": test,
  }, [icon, make("span", {}, [words])])
  button.addEventListener("click", act)
  return button
}
