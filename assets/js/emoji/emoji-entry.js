// @ts-check
/**
 * The two ways to an emoji in the composer: the button with its picker, and ":smi" with its list.
 * Both are loaded when they are first wanted; here is only when that is, and how an emoji gets into the text.
 */
import { loaded } from "../lib/load.js"
import { texts } from "../lib/texts.js"

/** A name begins with a letter (or +1, -1) and stands apart: "10:30", "a:b" and "https://a:b" are none. */
const NAME = /(?<![\p{L}\p{N}\p{M}:/_])(?<!:\/\/\S*):([\p{L}+-][\p{L}\p{N}\p{M}_+-]{1,30})$/u
const LOOKBACK = 120

/** @typedef {{ close: () => void }} Picker */
/** @typedef {{ show: (name: string) => void, close: () => void, key: (event: KeyboardEvent) => boolean, open: boolean }} Completion */

export class EmojiEntry {
  #host
  #text
  #button
  /** @type {Picker | null} */
  #picker = null
  /** @type {Completion | null} */
  #completion = null
  #loading = false
  #refused = ""

  /** @param {HTMLElement} host the composer @param {import("../lib/dom.js").Parts} parts of it @param {AbortSignal} signal */
  constructor(host, { text, emoji }, signal) {
    this.#host = host
    this.#text = text
    this.#button = emoji
    emoji.addEventListener("click", () => this.#toggle(), { signal })
    text.addEventListener("input", () => this.#typed(), { signal })
    text.addEventListener("blur", () => this.#completion?.close(), { signal })
    host.addEventListener("keydown", (event) => this.#escaped(event), { signal })
    // On a phone the keyboard takes the place of the picker.
    text.addEventListener("focus", () => matchMedia("(pointer: coarse)").matches && this.close(), { signal })
    text.addEventListener("click", () => this.#completion?.close(), { signal })
    signal.addEventListener("abort", () => this.close())
  }

  close() {
    this.#picker?.close()
    this.#completion?.close()
  }

  /** On a touch screen the picker leaves the focus where it was, and the page would take Esc for the wish to leave the chat. @param {KeyboardEvent} event */
  #escaped(event) {
    if (event.key !== "Escape" || event.defaultPrevented || !this.#picker) return
    event.preventDefault()
    this.#picker.close()
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the list of names has taken the key */
  key(event) {
    if (!this.#completion?.open) return false
    if (event.key === "Escape") this.#refused = this.#name()
    const taken = this.#completion.key(event)
    if (taken) event.preventDefault()
    return taken
  }

  async #toggle() {
    if (this.#picker) {
      this.#picker.close()
      return
    }
    if (this.#loading) return
    this.#loading = true
    const module = await loaded(import("./emoji-picker.js"), texts.emojiFailed)
    this.#loading = false
    if (!module || this.#button.disabled || !this.#host.isConnected) return
    this.#button.setAttribute("aria-expanded", "true")
    this.#picker = module.openPicker({ host: this.#host, button: this.#button, insert: (emoji, back) => this.#insert(emoji, back), closed: (back) => this.#closed(back) })
  }

  /** @param {boolean} back whether writing goes on */
  #closed(back) {
    this.#picker = null
    this.#button.setAttribute("aria-expanded", "false")
    if (back) this.#text.focus()
  }

  /** Into the text where the caret was. @param {string} emoji @param {boolean} [back] whether the focus leaves the picker for the text */
  #insert(emoji, back) {
    const text = this.#text
    if (back) text.focus()
    text.setRangeText(emoji, text.selectionStart, text.selectionEnd, "end")
    text.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }))
  }

  /** @returns {string} the name that is being typed, or "" */
  #name() {
    const { value, selectionStart, selectionEnd } = this.#text
    if (selectionStart !== selectionEnd) return ""
    return NAME.exec(value.slice(Math.max(0, selectionStart - LOOKBACK), selectionStart))?.[1] ?? ""
  }

  /** Input methods, with which phones and many Hindi keyboards write, compose a name until it is finished: the list is for that time too. */
  async #typed() {
    const name = this.#name()
    // What Escape has closed stays closed while the same name is typed on.
    if (!name || !name.startsWith(this.#refused)) this.#refused = ""
    if (!name || this.#refused) {
      this.#completion?.close()
      return
    }
    if (!this.#completion) {
      const module = await loaded(import("./emoji-complete.js"), "")
      this.#completion ??= module && new module.EmojiCompletion(this.#host, this.#text, (emoji) => this.#replaceName(emoji))
    }
    const now = this.#name()
    if (now && document.activeElement === this.#text) this.#completion?.show(now)
  }

  /** As if it were typed, so that undo brings the name back. @param {string} emoji */
  #replaceName(emoji) {
    const text = this.#text
    const start = text.selectionStart - this.#name().length - 1
    text.setSelectionRange(start, text.selectionStart)
    if (!document.execCommand("insertText", false, `${emoji} `)) this.#insert(`${emoji} `)
  }
}
