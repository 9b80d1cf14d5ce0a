// @ts-check
/**
 * The menu of a message and the ways to open it: the bar beside the bubble under the pointer, which also reacts and
 * answers, the context menu, a long press. There is one bar and one menu for all rows.
 * Keyboard: arrows move from bubble to bubble, Enter or the menu key opens the menu, R answers, Escape returns to the
 * composer.
 */
import { clone, emit } from "../lib/dom.js"
import { isComposing } from "../lib/keys.js"
import { loaded } from "../lib/load.js"
import { onLongPress } from "../lib/long-press.js"
import { messageById } from "../state/quotes.js"
import { store } from "../state/store.js"
import { destination } from "../state/targets.js"
import { barModule, listenChips, mayReact } from "./reacting.js"

/** The menu itself loads when a message is first pointed at. */
const menuModule = () => import("./message-items.js")
/** What has the tab order of its bubble. */
const INSIDE = ".message__author, .mention[role], .quote, .message__rest, .message__block, .code-block__copy, .reaction"

export class MessageMenu {
  #list
  #parts
  #bar
  /** The menu, or the box with the reaction bar. @type {{ close: () => void, follow: () => void } | null} */
  #menu = null
  /** @type {HTMLElement | undefined} the bubble that Tab reaches */
  #stop
  /** Whether keys moved the focus to the message. */
  #byKeys = false

  /**
   * @param {HTMLElement} list the message list @param {import("../lib/dom.js").Parts} parts of it
   * @param {AbortSignal} signal
   */
  constructor(list, parts, signal) {
    this.#list = list
    this.#parts = parts
    this.#bar = clone("message-more")
    this.#listenRows(signal)
  }

  /** @param {AbortSignal} signal */
  #listenRows(signal) {
    const { rows } = this.#parts
    const options = { signal, passive: true }
    rows.addEventListener("pointerover", (/** @type {PointerEvent} */ event) => {
      if (event.pointerType === "mouse") this.#offer(rowOf(event))
    }, options)
    rows.addEventListener("pointerleave", () => this.#withdraw(), options)
    rows.addEventListener("focusin", (/** @type {Event} */ event) => this.#focused(rowOf(event)), options)
    rows.addEventListener("focusout", () => this.#withdraw(), options)
    /** @type {(target: Element, point: import("../lib/long-press.js").Point) => boolean} */
    const held = (target, { x, y }) => this.#open(target.closest(".message"), () => new DOMRect(x, y), true)
    onLongPress(rows, held, () => this.close(), signal)
    rows.addEventListener("contextmenu", (/** @type {MouseEvent} */ event) => this.#context(event), { signal })
    rows.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#keyed(event), { signal })
    listenChips(rows, signal)
    const { root, react, answer, more } = this.#bar
    react.addEventListener("click", () => this.#react(root.closest(".message")), { signal })
    more.addEventListener("click", () => this.#open(root.closest(".message"), undefined, false), { signal })
    answer.addEventListener("click", () => this.#reply(root.closest(".message")), { signal })
  }

  /**
   * Called after every drawing: Tab reaches the last bubble, or the one that has the focus. The bar offers what is
   * allowed now: its message may have been deleted.
   */
  rove() {
    const row = /** @type {HTMLElement | null} */ (this.#bar.root.closest(".message"))
    if (row) this.#offerAllowed(row)
    if (!this.#stop?.parentElement?.contains(document.activeElement)) this.#stopAt(this.#bubbles().at(-1))
  }

  /**
   * Only this bubble and what can be pressed or scrolled in it are in the tab order: otherwise Tab would stop at every
   * quote.
   * @param {HTMLElement | undefined} bubble
   */
  #stopAt(bubble) {
    for (const [element, index] of /** @type {const} */ ([[this.#stop, -1], [bubble, 0]])) {
      if (!element) continue
      element.tabIndex = index
      /** @type {NodeListOf<HTMLElement>} */
      const inside = (element.parentElement ?? element).querySelectorAll(INSIDE)
      for (const part of inside) part.tabIndex = index
    }
    this.#stop = bubble
  }

  close() {
    this.#menu?.close()
  }

  /** @returns {HTMLElement[]} */
  #bubbles() {
    return [...this.#parts.rows.querySelectorAll(".message__bubble")]
  }

  /** @param {HTMLElement | null} row */
  #offer(row) {
    if (this.#menu || !row) return
    const bubble = bubbleOf(row)
    if (!bubble) return
    menuModule().catch(() => {})
    const { root, more } = this.#bar
    if (root.parentElement !== bubble) bubble.append(root)
    this.#offerAllowed(row)
    // A button that is there for the pointer only is not in the tab order; R answers without it.
    more.tabIndex = bubble === this.#stop ? 0 : -1
  }

  /** @param {HTMLElement} row */
  #offerAllowed(row) {
    const { react, answer } = this.#bar
    react.hidden = !mayReact(messageOf(row))
    if (!react.hidden) barModule().catch(() => {})
    answer.hidden = !mayAnswer(row)
  }

  #withdraw() {
    // Later, because the focus may be moving from the bubble to the button.
    setTimeout(() => {
      const { rows } = this.#parts
      if (!this.#menu && !rows.matches(":hover") && !rows.contains(document.activeElement)) this.#bar.root.remove()
    })
  }

  /** @param {HTMLElement | null} row */
  #focused(row) {
    const bubble = row && bubbleOf(row)
    if (!bubble) return
    this.#byKeys = bubble.matches(":focus-visible")
    this.#stopAt(bubble)
    this.#offer(row)
  }

  /** Links and selections keep the browser's own menu, which is more useful there. @param {MouseEvent} event */
  #context(event) {
    const target = /** @type {Element} */ (event.target)
    const row = rowOf(event)
    const selected = !getSelection()?.isCollapsed && getSelection()?.containsNode(target, true)
    if (!row || target.closest("a") || selected) return
    event.preventDefault()
    const byKey = event.clientX === 0 && event.clientY === 0
    const bubble = bubbleOf(row)
    const point = new DOMRect(event.clientX, event.clientY)
    this.#open(row, byKey && bubble ? () => bubble.getBoundingClientRect() : () => point, !byKey)
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    const row = rowOf(event)
    const bubble = row && bubbleOf(row)
    if (!row || !bubble || event.target !== bubble || isComposing(event)) return
    const plainKey = !event.ctrlKey && !event.metaKey && !event.altKey
    const bubbles = this.#bubbles()
    const at = bubbles.indexOf(bubble)
    const targets = new Map([
      ["ArrowUp", bubbles[at - 1]], ["ArrowDown", bubbles[at + 1]], ["Home", bubbles[0]], ["End", bubbles.at(-1)],
    ])
    const to = targets.get(event.key)
    if (to && plainKey) to.focus()
    else if (event.key === "Enter") this.#open(row, () => bubble.getBoundingClientRect(), false)
    // After a click, "r" is the first letter of a message.
    else if (event.key.toLowerCase() === "r" && plainKey && this.#byKeys) this.#reply(row)
    else if (event.key === "Escape") emit(row, "focus-composer")
    else return
    event.preventDefault()
  }

  /**
   * @param {HTMLElement | null} row @param {(() => DOMRect) | undefined} place in the window, beside which the menu
   *   opens; without it, its button @param {boolean} byPointer
   * @returns {boolean} whether it opens
   */
  #open(row, place, byPointer) {
    const bubble = row && bubbleOf(row)
    if (!row || !bubble) return false
    this.#show(row, bubble, place, byPointer)
    return true
  }

  /**
   * @param {HTMLElement} row @param {HTMLElement} bubble @param {(() => DOMRect) | undefined} place
   * @param {boolean} byPointer
   */
  async #show(row, bubble, place, byPointer) {
    const message = messageOf(row)
    const reacts = mayReact(message) ? loaded(barModule(), "") : null
    const [module, bar] = await Promise.all([loaded(menuModule()), reacts])
    if (!module || !row.isConnected) return
    const { more } = this.#bar
    if (!place && more.isConnected) more.setAttribute("aria-expanded", "true")
    const tools = message && bar ? bar.reactionBar(message, bubble, () => this.close()) : undefined
    const subject = () => ({ message: messageOf(row), bubble, key: row.dataset.cid ?? "" })
    this.#menu = module.openMessageMenu(subject, {
      opener: bubble, place: place ?? (() => placeOf(more)), align: "start", lifted: bubble, tools,
      byPointer, closed: () => this.#closed(),
    })
  }

  #closed() {
    this.#menu = null
    for (const button of [this.#bar.react, this.#bar.more]) button.setAttribute("aria-expanded", "false")
    this.#withdraw()
  }

  /** Opens the reaction bar at its button. @param {HTMLElement | null} row */
  async #react(row) {
    const message = row && messageOf(row)
    const bubble = row && bubbleOf(row)
    const module = await loaded(barModule())
    const { react } = this.#bar
    if (!module || !message || !bubble || !react.isConnected) return
    react.setAttribute("aria-expanded", "true")
    this.#menu = module.openBar(message, bubble, () => placeOf(react), () => this.#closed())
  }

  /** Called when the list changes its size: a phone's keyboard closes when the menu takes the focus from the field. */
  follow() {
    this.#menu?.follow()
  }

  /** @param {HTMLElement | null} row */
  #reply(row) {
    const message = row && messageOf(row)
    if (message && !message.deleted_at) emit(this.#list, "reply-to", { message })
  }
}

/** @param {Event} event @returns {HTMLElement | null} */
function rowOf(event) {
  return /** @type {Element} */ (event.target).closest(".message")
}

/** @param {HTMLElement} row @returns {HTMLElement | null} */
function bubbleOf(row) {
  return row.querySelector(".message__bubble")
}

/** At the button, and below the bar that holds it: the menu must not touch the bar. @param {HTMLElement} button */
function placeOf(button) {
  const { left, right } = button.getBoundingClientRect()
  const { top, bottom } = (button.parentElement ?? button).getBoundingClientRect()
  return new DOMRect(left, top, right - left, bottom - top)
}

/** @param {HTMLElement} row */
function messageOf(row) {
  return messageById(store.state, store.state.open?.chat_id ?? 0, Number(row.dataset.id ?? 0))
}

/** Whether the message is on the server, and something can be written here. @param {HTMLElement} row */
function mayAnswer(row) {
  const message = messageOf(row)
  return message !== null && !message.deleted_at && destination(store.state) !== null
}
