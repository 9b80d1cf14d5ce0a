// @ts-check
/**
 * The ways to open the menu of a chat in the list: its button, a right click, a long press, the Menu key or Shift+F10.
 * It loads the menu itself (chat-menu.js) when it is first wanted.
 */
import { loaded } from "../lib/load.js"
import { onLongPress } from "../lib/long-press.js"
import { parseRoute } from "../lib/route.js"

/** @typedef {import("../lib/long-press.js").Point} Point */

/**
 * @param {number} chat @param {HTMLElement} opener gets the focus back
 * @param {Point | null} point where the menu belongs; null = at its opener
 */
export async function showChatMenu(chat, opener, point) {
  const module = await loaded(import("./chat-menu.js"))
  module?.openChatMenu(chat, opener, point)
}

/** @param {HTMLElement} list @param {AbortSignal} signal */
export function offerMenus(list, signal) {
  onLongPress(list, (target, point) => {
    const link = closest(target, ".row__link")
    const chat = chatOf(link)
    if (link && chat) showChatMenu(chat, link, point)
    return chat > 0
  }, () => {}, signal)
  list.addEventListener("click", (event) => {
    const button = closest(event.target, ".row__more")
    if (button) showChatMenu(chatOf(button), button, null)
  }, { signal })
  list.addEventListener("contextmenu", (event) => {
    const link = closest(event.target, ".row__link")
    const chat = chatOf(link)
    if (!link || !chat) return
    event.preventDefault()
    const { clientX: x, clientY: y } = event
    showChatMenu(chat, link, x || y ? { x, y } : null)
  }, { signal })
  list.addEventListener("keydown", (event) => {
    const link = closest(event.target, ".row__link")
    const chat = chatOf(link)
    if (!link || !chat || !(event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey))) return
    event.preventDefault()
    showChatMenu(chat, link, null)
  }, { signal })
}

/** @param {EventTarget | null} target @param {string} selector @returns {HTMLElement | null} */
function closest(target, selector) {
  return target instanceof Element ? target.closest(selector) : null
}

/** The chat of a row; 0 for a person and for the archive. @param {Element | null} element */
function chatOf(element) {
  const href = element?.closest(".row")?.querySelector(".row__link")?.getAttribute("href") ?? ""
  return parseRoute(href).chat_id ?? 0
}
