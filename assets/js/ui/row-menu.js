// @ts-check
/**
 * The ways to ask for the menu of a chat in the list: its button, a right click, a long press, the Menu key or Shift+F10.
 * The menu itself is loaded when it is first wanted; what it contains is not known here.
 */
import { parseRoute } from "../lib/route.js"
import { texts } from "../lib/texts.js"
import { toast } from "./toast-stack.js"

/** As long as people know it from their phones. */
const PRESS_MS = 500
/** A finger is never quite still. */
const SLIP_PX = 10

/** @typedef {{ x: number, y: number }} Point */

/** @param {number} chat @param {HTMLElement} opener gets the focus back @param {Point | null} point where the menu belongs; null = at its opener */
export async function showChatMenu(chat, opener, point) {
  try {
    const { openChatMenu } = await import("../lazy/chat-menu.js")
    openChatMenu(chat, opener, point)
  } catch {
    toast(texts.unreachable)
  }
}

/** @param {HTMLElement} list @param {AbortSignal} signal */
export function offerMenus(list, signal) {
  list.addEventListener("click", (event) => {
    const button = closest(event, ".row__more")
    if (button) showChatMenu(chatOf(button), button, null)
  }, { signal })
  list.addEventListener("contextmenu", (event) => {
    const link = closest(event, ".row__link")
    const chat = chatOf(link)
    if (!link || !chat) return
    event.preventDefault()
    showChatMenu(chat, link, event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : null)
  }, { signal })
  list.addEventListener("keydown", (event) => {
    const link = closest(event, ".row__link")
    const chat = chatOf(link)
    if (!link || !chat || !(event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey))) return
    event.preventDefault()
    showChatMenu(chat, link, null)
  }, { signal })
  offerLongPress(list, signal)
}

/** Safari on touch screens knows no `contextmenu`; where both come, the menu is open already when the second does. @param {HTMLElement} list @param {AbortSignal} signal */
function offerLongPress(list, signal) {
  let timer = 0
  let pressed = false
  /** @type {Point} */
  let from = { x: 0, y: 0 }
  const rest = () => clearTimeout(timer)
  list.addEventListener("pointerdown", (event) => {
    rest()
    pressed = false
    const link = closest(event, ".row__link")
    const chat = chatOf(link)
    if (!link || !chat || event.pointerType !== "touch") return
    from = { x: event.clientX, y: event.clientY }
    timer = setTimeout(() => {
      pressed = true
      showChatMenu(chat, link, from)
    }, PRESS_MS)
  }, { signal })
  list.addEventListener("pointermove", (event) => {
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLIP_PX) rest()
  }, { signal })
  for (const name of ["pointerup", "pointercancel", "contextmenu"]) list.addEventListener(name, rest, { signal })
  list.addEventListener("scroll", rest, { signal, capture: true, passive: true })
  // The finger that is lifted after a long press must not open the chat.
  list.addEventListener("click", (event) => {
    if (!pressed) return
    pressed = false
    event.preventDefault()
    event.stopPropagation()
  }, { signal, capture: true })
  signal.addEventListener("abort", rest)
}

/** @param {Event} event @param {string} selector @returns {HTMLElement | null} */
function closest(event, selector) {
  return event.target instanceof Element ? event.target.closest(selector) : null
}

/** The chat of a row; 0 for a person and for the way to the archive. @param {Element | null} element */
function chatOf(element) {
  const href = element?.closest(".row")?.querySelector(".row__link")?.getAttribute("href") ?? ""
  return parseRoute(href).chat_id ?? 0
}
