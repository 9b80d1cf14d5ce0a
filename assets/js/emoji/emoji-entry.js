// @ts-check
/**
 * The two ways to insert an emoji in the composer: the button with its picker, and ":smi" with its list.
 * This file decides when to load and open them, and inserts the emoji.
 */
import { loaded, loadStyle } from "../lib/load.js"
import { texts } from "../lib/texts.js"

/** A name begins with a letter (or is +1, -1), with nothing joined to its colon: not "10:30", "a:b", "https://a:b". */
const NAME = /(?<![\p{L}\p{N}\p{M}:/_])(?<!:\/\/\S*):([\p{L}+-][\p{L}\p{N}\p{M}_+-]{1,30})$/u
const LOOKBACK = 120

/** @typedef {{ close: () => void }} Picker */
/** @typedef {import("./emoji-complete.js").EmojiCompletion} Completion */

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

  /**
   * @param {HTMLElement} host the composer @param {import("../lib/dom.js").Parts} parts of it
   * @param {AbortSignal} signal
   */
  constructor(host, { text, emoji }, signal) {
    this.#host = host
    this.#text = text
    this.#button = emoji
    emoji.addEventListener("click", () => this.#toggle(), { signal })
    text.addEventListener("input", () => this.#typed(), { signal })
    text.addEventListener("blur", () => this.#completion?.close(), { signal })
    // On a phone the keyboard replaces the picker.
    text.addEventListener("focus", () => matchMedia("(pointer: coarse)").matches && this.close(), { signal })
    text.addEventListener("click", () => this.#completion?.close(), { signal })
    signal.addEventListener("abort", () => this.close())
  }

  close() {
    this.#picker?.close()
    this.#completion?.close()
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
    const [module] = await Promise.all([loaded(import("./emoji-picker.js"), texts.emojiFailed), loadStyle("emoji")])
    this.#loading = false
    if (!module || this.#button.disabled || !this.#host.isConnected) return
    this.#button.setAttribute("aria-expanded", "true")
    this.#picker = module.openPicker({
      host: this.#host, button: this.#button,
      insert: (emoji, back) => this.#insert(emoji, back),
      closed: (back) => this.#closed(back),
    })
  }

  /** @param {boolean} back whether the focus returns to the text */
  #closed(back) {
    this.#picker = null
    this.#button.setAttribute("aria-expanded", "false")
    if (back) this.#text.focus()
  }

  /**
   * Inserts at the caret as if typed, so that undo takes it out again. Only a focused field can be typed into, so the
   * focus goes there and back. On a touch screen that would open the keyboard in place of the picker.
   * @param {string} emoji @param {boolean} [back] whether the focus returns to the text
   */
  #insert(emoji, back) {
    const text = this.#text
    const focused = document.activeElement
    if (back || matchMedia("(pointer: fine)").matches) text.focus({ preventScroll: true })
    if (document.activeElement !== text || !document.execCommand("insertText", false, emoji)) {
      text.setRangeText(emoji, text.selectionStart, text.selectionEnd, "end")
      text.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }))
    }
    if (!back && focused instanceof HTMLElement && focused !== text) focused.focus({ preventScroll: true })
  }

  /** @returns {string} the name that is being typed, or "" */
  #name() {
    const { value, selectionStart, selectionEnd } = this.#text
    if (selectionStart !== selectionEnd) return ""
    return NAME.exec(value.slice(Math.max(0, selectionStart - LOOKBACK), selectionStart))?.[1] ?? ""
  }

  /** Acts also during composition: phones and many Hindi keyboards compose a name until it is complete. */
  async #typed() {
    const name = this.#name()
    // A list that Escape closed stays closed while the same name continues.
    if (!name || !name.startsWith(this.#refused)) this.#refused = ""
    if (!name || this.#refused) {
      this.#completion?.close()
      return
    }
    if (!this.#completion) {
      const [module] = await Promise.all([loaded(import("./emoji-complete.js"), ""), loadStyle("emoji")])
      const pick = (/** @type {string} */ emoji) => this.#replaceName(emoji)
      this.#completion ??= module && new module.EmojiCompletion(this.#host, this.#text, pick)
    }
    const now = this.#name()
    if (now && document.activeElement === this.#text) this.#completion?.show(now)
  }

  /** Inserts as if typed, so that undo restores the name. @param {string} emoji */
  #replaceName(emoji) {
    const text = this.#text
    const start = text.selectionStart - this.#name().length - 1
    text.setSelectionRange(start, text.selectionStart)
    this.#insert(`${emoji} `)
  }
}
