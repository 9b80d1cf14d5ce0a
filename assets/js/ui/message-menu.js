// @ts-check
/**
 * What can be done with a message, and how one gets there: a button beside the bubble under the pointer, the context menu,
 * a long press; by keyboard, arrows move from bubble to bubble, Enter or the menu key opens the menu, R answers,
 * Escape returns to the composer. There is one button and one menu for all rows.
 */
import { clone, emit } from "../lib/dom.js"
import { onLongPress } from "../lib/long-press.js"
import { texts } from "../lib/texts.js"
import { pendingMessages } from "../state/queue.js"
import { messageById } from "../state/quotes.js"
import { store } from "../state/store.js"
import { copyText } from "./copy.js"
import { toast } from "./toast-stack.js"

const MARGIN_PX = 8

export class MessageMenu {
  #list
  #parts
  #more
  #sheet
  /** @type {import("../lib/dom.js").Parts} */
  #items
  /** @type {HTMLElement | null} the row the menu is open for */
  #row = null
  /** @type {HTMLElement | undefined} the bubble that Tab comes to */
  #stop
  /** Whether the focus came to the message by keys. */
  #byKeys = false

  /** @param {HTMLElement} list the message list @param {import("../lib/dom.js").Parts} parts of it @param {AbortSignal} signal */
  constructor(list, parts, signal) {
    this.#list = list
    this.#parts = parts
    this.#more = clone("message-more").root
    this.#items = clone("message-menu")
    this.#sheet = this.#items.root
    this.#listenRows(signal)
    this.#listenSheet(signal)
  }

  /** @param {AbortSignal} signal */
  #listenRows(signal) {
    const { rows, scroll } = this.#parts
    const options = { signal, passive: true }
    rows.addEventListener("pointerover", (/** @type {PointerEvent} */ event) => event.pointerType === "mouse" && this.#offer(rowOf(event)), options)
    rows.addEventListener("pointerleave", () => this.#withdraw(), options)
    rows.addEventListener("focusin", (/** @type {Event} */ event) => this.#focused(rowOf(event)), options)
    rows.addEventListener("focusout", () => this.#withdraw(), options)
    onLongPress(rows, (target, { x, y }) => this.#open(target.closest(".message"), new DOMRect(x, y)), () => this.close(false), signal)
    rows.addEventListener("contextmenu", (/** @type {MouseEvent} */ event) => this.#context(event), { signal })
    rows.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#keyed(event), { signal })
    scroll.addEventListener("wheel", () => this.close(false), options)
    this.#more.addEventListener("click", () => this.#open(this.#more.closest(".message"), this.#more.getBoundingClientRect()), { signal })
  }

  /** @param {AbortSignal} signal */
  #listenSheet(signal) {
    const { reply, copy, info } = this.#items
    reply.addEventListener("click", () => this.#reply(this.#row), { signal })
    copy.addEventListener("click", () => this.#copy(this.#row), { signal })
    info.addEventListener("click", () => this.#info(this.#row), { signal })
    this.#sheet.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#sheetKeyed(event), { signal })
    document.addEventListener("pointerdown", (event) => {
      if (!this.#sheet.contains(event.target) && !this.#more.contains(event.target)) this.close(false)
    }, { signal })
  }

  /** After every drawing: Tab comes to the last bubble, or stays with the one that has the focus. */
  rove() {
    if (!this.#stop?.contains(document.activeElement)) this.#stopAt(this.#bubbles().at(-1))
  }

  /** A quote is reached from its own bubble, or Tab would stop at every one. @param {HTMLElement | undefined} bubble */
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
    this.#more.setAttribute("aria-expanded", "false")
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
    if (this.#more.parentElement !== bubble) bubble.append(this.#more)
    // Where the pointer rests is no stop for Tab.
    this.#more.tabIndex = bubble === this.#stop ? 0 : -1
  }

  #withdraw() {
    // The focus may be on its way from the bubble to the button.
    setTimeout(() => {
      const { rows } = this.#parts
      if (!this.#row && !rows.matches(":hover") && !rows.contains(document.activeElement)) this.#more.remove()
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

  /** A link or a selection has a menu of the browser's own, which is worth more there. @param {MouseEvent} event */
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
    if (!row || !bubble || event.target !== bubble || event.isComposing) return
    const plainKey = !event.ctrlKey && !event.metaKey && !event.altKey
    const bubbles = this.#bubbles()
    const at = bubbles.indexOf(bubble)
    const to = new Map([["ArrowUp", bubbles[at - 1]], ["ArrowDown", bubbles[at + 1]], ["Home", bubbles[0]], ["End", bubbles.at(-1)]]).get(event.key)
    if (to && plainKey) to.focus()
    else if (event.key === "Enter") this.#open(row, bubble.getBoundingClientRect())
    // After a click it is the first letter of a message.
    else if (event.key.toLowerCase() === "r" && plainKey && this.#byKeys) this.#reply(row)
    else if (event.key === "Escape") emit(row, "focus-composer")
    else return
    event.preventDefault()
  }

  /** @param {HTMLElement | null} row @param {DOMRect} place what the menu stands beside, in the window @returns {boolean} whether there is one */
  #open(row, place) {
    if (!row || !canOpen(row)) return false
    this.close(false)
    this.#row = row
    this.#items.reply.hidden = !messageOf(row)
    this.#items.info.hidden = !hasInfo(row)
    this.#list.append(this.#sheet)
    this.#stand(place)
    this.#more.setAttribute("aria-expanded", String(this.#more.parentElement === bubbleOf(row)))
    this.#visible()[0]?.focus({ preventScroll: true })
    return true
  }

  /** @param {DOMRect} place */
  #stand(place) {
    const { inlineSize, left, top } = placed(this.#sheet, place)
    this.#sheet.style.left = `${left}px`
    this.#sheet.style.top = `${top}px`
    this.#sheet.style.transformOrigin = place.left < left + inlineSize / 2 ? "top left" : "top right"
  }

  /** The messages have more or less room: a phone's keyboard goes as the menu takes the focus from the field. */
  follow() {
    const bubble = this.#row && bubbleOf(this.#row)
    if (bubble) this.#stand(bubble.getBoundingClientRect())
  }

  /** @returns {HTMLElement[]} */
  #visible() {
    return [this.#items.reply, this.#items.copy, this.#items.info].filter((item) => !item.hidden)
  }

  /** @param {KeyboardEvent} event */
  #sheetKeyed(event) {
    const items = this.#visible()
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement))
    const to = new Map([["ArrowDown", at + 1], ["ArrowUp", at - 1], ["Home", 0], ["End", -1]]).get(event.key)
    if (to !== undefined) items.at(to === items.length ? 0 : to)?.focus()
    else if (event.key === "Escape" || event.key === "Tab") this.close(true)
    else if (event.key.toLowerCase() === "r" && !event.ctrlKey && !event.metaKey) this.#reply(this.#row)
    else return
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
    const module = await import("../lazy/message-info.js").catch(() => null)
    if (!module) toast(texts.unreachable)
    else if (message) module.openMessageInfo(message, this.#list)
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

/** Who wrote it may ask how far it has come; in the notes there is nobody else. @param {HTMLElement} row */
function hasInfo(row) {
  const message = messageOf(row)
  const { me, chats } = store.state
  return message?.sender_id === me && chats[message.chat_id]?.member_ids.some((id) => id !== me)
}

/** @param {HTMLElement} row the text as it was written, marks and all */
function contentOf(row) {
  return messageOf(row)?.content ?? pendingMessages(store.state).find(({ key }) => key === row.dataset.cid)?.body.content ?? ""
}

/** Nothing is left to be done with what was deleted. @param {HTMLElement} row */
function canOpen(row) {
  return !row.classList.contains("message--deleted")
}

/** Below the place if there is room, else above it, and never outside the window. @param {HTMLElement} sheet @param {DOMRect} place */
function placed(sheet, place) {
  const [inlineSize, blockSize] = [sheet.offsetWidth, sheet.offsetHeight]
  const rtl = getComputedStyle(sheet).direction === "rtl"
  const wanted = rtl ? place.right - inlineSize : place.left
  const below = place.bottom + MARGIN_PX / 2
  const top = below + blockSize + MARGIN_PX > innerHeight ? place.top - blockSize - MARGIN_PX / 2 : below
  return { inlineSize, left: within(wanted, innerWidth - inlineSize), top: within(top, innerHeight - blockSize) }
}

/** @param {number} at @param {number} room */
function within(at, room) {
  return Math.round(Math.max(MARGIN_PX, Math.min(at, room - MARGIN_PX)))
}
