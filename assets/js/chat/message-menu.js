// @ts-check
/**
 * The menu of a message and the ways to open it: the bar beside the bubble under the pointer, which also answers, the
 * context menu, a long press. There is one bar and one menu for all rows.
 * Keyboard: arrows move from bubble to bubble, Enter or the menu key opens the menu, R answers, Escape returns to the
 * composer.
 */
import { copyText } from "../lib/copy.js"
import { clone, emit } from "../lib/dom.js"
import { isComposing } from "../lib/keys.js"
import { loaded } from "../lib/load.js"
import { onLongPress } from "../lib/long-press.js"
import { itemsOf, moveInMenu, onPressOutside, placeBeside } from "../lib/menu.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { isShared } from "../state/peers.js"
import { messageById } from "../state/quotes.js"
import { store } from "../state/store.js"

/** Between the menu and what it stands beside. */
const GAP_PX = 4

export class MessageMenu {
  #list
  #parts
  #bar
  #sheet
  /** @type {import("../lib/dom.js").Parts} */
  #items
  /** @type {HTMLElement | null} the row the menu is open for */
  #row = null
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
    this.#items = clone("message-menu")
    this.#sheet = this.#items.root
    this.#listenRows(signal)
    this.#listenSheet(signal)
  }

  /** @param {AbortSignal} signal */
  #listenRows(signal) {
    const { rows, scroll } = this.#parts
    const options = { signal, passive: true }
    rows.addEventListener("pointerover", (/** @type {PointerEvent} */ event) => {
      if (event.pointerType === "mouse") this.#offer(rowOf(event))
    }, options)
    rows.addEventListener("pointerleave", () => this.#withdraw(), options)
    rows.addEventListener("focusin", (/** @type {Event} */ event) => this.#focused(rowOf(event)), options)
    rows.addEventListener("focusout", () => this.#withdraw(), options)
    /** @type {(target: Element, point: import("../lib/long-press.js").Point) => boolean} */
    const held = (target, { x, y }) => this.#open(target.closest(".message"), new DOMRect(x, y))
    onLongPress(rows, held, () => this.close(false), signal)
    rows.addEventListener("contextmenu", (/** @type {MouseEvent} */ event) => this.#context(event), { signal })
    rows.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#keyed(event), { signal })
    scroll.addEventListener("wheel", () => this.close(false), options)
    const { root, answer, more } = this.#bar
    more.addEventListener("click", () => this.#open(root.closest(".message"), more.getBoundingClientRect()), { signal })
    answer.addEventListener("click", () => this.#reply(root.closest(".message")), { signal })
  }

  /** @param {AbortSignal} signal */
  #listenSheet(signal) {
    const { reply, copy, info } = this.#items
    reply.addEventListener("click", () => this.#reply(this.#row), { signal })
    copy.addEventListener("click", () => this.#copy(this.#row), { signal })
    info.addEventListener("click", () => this.#info(this.#row), { signal })
    this.#sheet.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#sheetKeyed(event), { signal })
    onPressOutside([this.#sheet, this.#bar.root], () => this.close(false), signal)
  }

  /** Called after every drawing: Tab reaches the last bubble, or the one that has the focus. */
  rove() {
    if (!this.#stop?.contains(document.activeElement)) this.#stopAt(this.#bubbles().at(-1))
  }

  /**
   * Only this bubble and its quote are in the tab order: otherwise Tab would stop at every quote.
   * @param {HTMLElement | undefined} bubble
   */
  #stopAt(bubble) {
    if (bubble === this.#stop) return
    for (const [element, index] of /** @type {const} */ ([[this.#stop, -1], [bubble, 0]])) {
      const quote = /** @type {HTMLElement | null | undefined} */ (element?.querySelector(".quote"))
      if (element) element.tabIndex = index
      if (quote) quote.tabIndex = index
    }
    this.#stop = bubble
  }

  /** @param {boolean} back whether the focus returns to the message */
  close(back) {
    if (!this.#row) return
    const row = this.#row
    this.#row = null
    this.#sheet.remove()
    this.#bar.more.setAttribute("aria-expanded", "false")
    if (back) bubbleOf(row)?.focus({ preventScroll: true })
    else this.#withdraw()
  }

  /** @returns {HTMLElement[]} */
  #bubbles() {
    return [...this.#parts.rows.querySelectorAll(".message__bubble")]
  }

  /** @param {HTMLElement | null} row */
  #offer(row) {
    if (this.#row || !row || !canOpen(row)) return
    const bubble = bubbleOf(row)
    if (!bubble) return
    const { root, answer, more } = this.#bar
    if (root.parentElement !== bubble) bubble.append(root)
    answer.hidden = !messageOf(row)
    // A button that is there for the pointer only is not in the tab order; R answers without it.
    more.tabIndex = bubble === this.#stop ? 0 : -1
  }

  #withdraw() {
    // Later, because the focus may be moving from the bubble to the button.
    setTimeout(() => {
      const { rows } = this.#parts
      if (!this.#row && !rows.matches(":hover") && !rows.contains(document.activeElement)) this.#bar.root.remove()
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
    if (!row || !canOpen(row) || target.closest("a") || selected) return
    event.preventDefault()
    const byKey = event.clientX === 0 && event.clientY === 0
    const bubble = bubbleOf(row)
    this.#open(row, byKey && bubble ? bubble.getBoundingClientRect() : new DOMRect(event.clientX, event.clientY))
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
    else if (event.key === "Enter") this.#open(row, bubble.getBoundingClientRect())
    // After a click, "r" is the first letter of a message.
    else if (event.key.toLowerCase() === "r" && plainKey && this.#byKeys) this.#reply(row)
    else if (event.key === "Escape") emit(row, "focus-composer")
    else return
    event.preventDefault()
  }

  /**
   * @param {HTMLElement | null} row @param {DOMRect} place in the window, beside which the menu opens
   * @returns {boolean} whether it opened
   */
  #open(row, place) {
    if (!row || !canOpen(row)) return false
    this.close(false)
    this.#row = row
    this.#items.reply.hidden = !messageOf(row)
    this.#items.info.hidden = !hasInfo(row)
    this.#list.append(this.#sheet)
    this.#stand(place)
    const { root, more } = this.#bar
    more.setAttribute("aria-expanded", String(root.parentElement === bubbleOf(row)))
    itemsOf(this.#sheet)[0]?.focus({ preventScroll: true })
    return true
  }

  /** @param {DOMRect} place */
  #stand({ left, right, top, bottom }) {
    placeBeside(this.#sheet, { left, right, top: top - GAP_PX, bottom: bottom + GAP_PX }, "start")
  }

  /** Called when the list changes its size: a phone's keyboard closes when the menu takes the focus from the field. */
  follow() {
    const bubble = this.#row && bubbleOf(this.#row)
    if (bubble) this.#stand(bubble.getBoundingClientRect())
  }

  /** @param {KeyboardEvent} event */
  #sheetKeyed(event) {
    if (event.key === "Escape" || event.key === "Tab") this.close(true)
    else if (event.key.toLowerCase() === "r" && !event.ctrlKey && !event.metaKey) this.#reply(this.#row)
    else if (!moveInMenu(this.#sheet, event)) return
    event.preventDefault()
    event.stopPropagation()
  }

  /** @param {HTMLElement | null} row */
  #reply(row) {
    const message = row && messageOf(row)
    this.close(false)
    if (message && !message.deleted_at) emit(this.#list, "reply-to", { message })
  }

  /** @param {HTMLElement | null} row */
  async #info(row) {
    const message = row && messageOf(row)
    this.close(true)
    const opener = /** @type {HTMLElement} */ (document.activeElement)
    const module = await loaded(import("./message-info.js"))
    if (message) module?.openMessageInfo(message, opener)
  }

  /** @param {HTMLElement | null} row */
  async #copy(row) {
    const content = row ? contentOf(row) : ""
    this.close(true)
    toast(await copyText(content) ? texts.copied : texts.copyFailed)
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

/** @param {HTMLElement} row */
function messageOf(row) {
  return messageById(store.state, store.state.open?.chat_id ?? 0, Number(row.dataset.id ?? 0))
}

/** Senders see who received and read their message; the notes to self have no one else. @param {HTMLElement} row */
function hasInfo(row) {
  const message = messageOf(row)
  return message?.sender_id === store.state.me && isShared(store.state, message.chat_id)
}

/** The text as it was written, with its marks. @param {HTMLElement} row */
function contentOf(row) {
  return messageOf(row)?.content ?? store.state.pending.find(({ key }) => key === row.dataset.cid)?.body.content ?? ""
}

/** A deleted message has no menu. @param {HTMLElement} row */
function canOpen(row) {
  return !row.classList.contains("message--deleted")
}
