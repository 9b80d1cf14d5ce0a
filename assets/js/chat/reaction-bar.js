// @ts-check
/**
 * A row of six emoji to react with: mine, those used last on this device, and the usual ones. A plus opens the emoji
 * picker. It stands in the menu of a message, or in a box of its own. Choosing my own reaction takes it back.
 * Keyboard: Left, Right, Home and End move in it, Enter and Space choose.
 */
import { emit } from "../lib/dom.js"
import { emojiOnly } from "../lib/emoji.js"
import { loaded, loadStyle } from "../lib/load.js"
import { icon, make } from "../lib/make.js"
import { moveAlong, openBox } from "../lib/menu.js"
import { texts } from "../lib/texts.js"
import { isHidden } from "../state/flags.js"
import { reactionsOf } from "../state/reactions.js"
import { store } from "../state/store.js"

/** @typedef {import("../state/model.js").Message} Message */

const USUAL = ["👍", "❤️", "😂", "😮", "😢", "🙏"]
const RECENT_KEY = "chaap.reactions"
const PLUS = "M12 5.5v13M5.5 12h13"

await loadStyle("reacting")

/** @param {Message} message @param {HTMLElement} opener its bubble @param {() => void} close what the bar stands in */
export function reactionBar(message, opener, close) {
  const own = ownOf(message)
  const buttons = emojiFor(own).map((emoji) => {
    const button = make("button", {
      class: "reaction-bar__button", type: "button", tabindex: "-1", "data-test": "quick-reaction",
      "data-emoji": emoji, "aria-pressed": String(emoji === own),
    }, [emoji])
    button.addEventListener("click", () => {
      close()
      react(message, emoji, opener)
    })
    return button
  })
  const more = make("button", {
    class: "reaction-bar__button", type: "button", tabindex: "-1", "aria-haspopup": "dialog",
    "aria-label": texts.moreEmoji, title: texts.moreEmoji, "data-test": "more-emoji",
  }, [icon(PLUS)])
  more.addEventListener("click", () => {
    close()
    openPickerFor(message, opener)
  })
  const attributes = { class: "reaction-bar", role: "toolbar", "aria-label": texts.react, "data-test": "reaction-bar" }
  const bar = make("div", attributes, [...buttons, more])
  const first = buttons.find((button) => button.dataset.emoji === own) ?? buttons[0]
  first.tabIndex = 0
  bar.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (moveAlong(bar, event)) event.preventDefault()
  })
  return bar
}

/**
 * The bar in a box of its own.
 * @param {Message} message @param {HTMLElement} opener its bubble
 * @param {() => DOMRect} place @param {() => void} closed
 */
export function openBar(message, opener, place, closed) {
  /** @type {import("../lib/menu.js").Box | null} */
  let box = null
  const bar = reactionBar(message, opener, () => box?.close())
  // Below, it would cover the text, and at the end of a chat the composer.
  const options = { opener, place, align: "center", side: "above", label: texts.react, closed, test: "reaction-box" }
  const life = new AbortController()
  box = openBox([bar], /** @type {import("../lib/menu.js").BoxOptions} */ (options), life)
  if (box) store.watch((state) => isHidden(state, message), (gone) => gone && box?.close(), life)
  /** @type {HTMLElement | null} */
  const first = bar.querySelector('[tabindex="0"]')
  if (box) first?.focus()
  return box
}

/** @param {Message} message */
function ownOf(message) {
  return reactionsOf(store.state, message)?.own ?? null
}

/** @param {string | null} own @returns {string[]} */
function emojiFor(own) {
  const shown = [...new Set([...recent(), ...USUAL])].slice(0, USUAL.length)
  return own && !shown.includes(own) ? [...shown.slice(0, -1), own] : shown
}

/** Those used last. Another version of the page may have stored them. @returns {string[]} */
function recent() {
  try {
    const kept = JSON.parse(localStorage.getItem(RECENT_KEY) ?? "[]")
    return kept.filter((/** @type {any} */ emoji) => typeof emoji === "string" && emojiOnly(emoji) === 1)
  } catch {
    return []
  }
}

/** @param {string} emoji */
function remember(emoji) {
  try {
    const others = recent().filter((other) => other !== emoji)
    localStorage.setItem(RECENT_KEY, JSON.stringify([emoji, ...others].slice(0, USUAL.length)))
  } catch {
    // Storage is full or forbidden: the choice is not kept.
  }
}

/** @param {Message} message @param {string} emoji mine is taken back @param {HTMLElement} opener */
function react(message, emoji, opener) {
  const isMine = ownOf(message) === emoji
  if (!isMine) remember(emoji)
  emit(opener, "react", { message, emoji: isMine ? null : emoji })
}

/** @param {Message} message @param {HTMLElement} opener its bubble */
async function openPickerFor(message, opener) {
  const loading = loaded(import("../emoji/emoji-picker.js"), texts.emojiFailed)
  const [module] = await Promise.all([loading, loadStyle("emoji")])
  const host = make("div", { class: "reaction-picker" })
  const align = opener.closest(".message--own") ? "end" : "start"
  const options = { opener, align, label: texts.react, test: "reaction-picker" }
  const box = module && openBox([host], /** @type {import("../lib/menu.js").BoxOptions} */ (options))
  if (!module || !box) return
  module.openPicker({
    host, button: opener, closed: () => box.close(),
    insert: (emoji) => {
      box.close()
      react(message, emoji, opener)
    },
  })
  box.follow()
}
