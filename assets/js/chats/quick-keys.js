// @ts-check
/**
 * Keys that work everywhere on the page: Ctrl+K (⌘K on a Mac) opens the quick switcher, Alt+Up and Alt+Down go to the
 * chat above and below in the list. The switcher loads when it is first wanted.
 */
import { loaded } from "../lib/load.js"
import { isComposing } from "../lib/keys.js"
import { goTo } from "../lib/layers.js"
import { printRoute } from "../lib/route.js"
import { texts } from "../lib/texts.js"
import { store } from "../state/store.js"

const isMac = /Mac|iP(?:hone|ad)/u.test(navigator.platform)

/** The keys of the switcher, as they are printed on this keyboard. */
export function switcherKeys() {
  return [isMac ? "⌘" : texts.keyCtrl, "K"]
}

/** @param {AbortSignal} signal */
export function listenForQuickKeys(signal) {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || document.querySelector("dialog[open]")) return
    const step = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey ? STEPS.get(event.key) : undefined
    if (opensSwitcher(event)) openSwitcher()
    else if (step !== undefined) go(step)
    else return
    event.preventDefault()
    event.stopPropagation()
    // First of all: fields and lists use the arrows, too.
  }, { signal, capture: true })
}

const STEPS = new Map([["ArrowUp", -1], ["ArrowDown", 1]])

/**
 * A keyboard without Latin letters names the key by its own letter, so its place on the keyboard decides.
 * @param {KeyboardEvent} event
 */
function opensSwitcher({ key, code, ctrlKey, metaKey, altKey, shiftKey }) {
  if ((isMac ? !metaKey || ctrlKey : !ctrlKey || metaKey) || altKey || shiftKey) return false
  return key.toLowerCase() === "k" || (code === "KeyK" && !/^[a-z]$/iu.test(key))
}

export async function openSwitcher() {
  const module = await loaded(import("../people/switcher.js"))
  module?.toggleSwitcher()
}

/** Does nothing at the ends of the list. @param {number} step */
function go(step) {
  const { state } = store
  const chats = store.select.chatItems(state).filter((item) => item.archived === state.archive)
  const at = chats.findIndex((item) => item.selected)
  const next = chats[at < 0 ? 0 : at + step]
  if (next) goTo(printRoute({ chat_id: next.id }))
}
