// @ts-check
/**
 * Notices when somebody types "@" and a name in a group. mention-list.js shows the members; this file loads it soon
 * after a group is opened, because fast fingers type a name and Enter before it would come, and inserts what is chosen.
 */
import { loaded, loadStyle } from "../lib/load.js"
import { tokenOf } from "../lib/mentions.js"
import { mentionName } from "../state/mentions.js"
import { store } from "../state/store.js"
import { destination } from "../state/targets.js"

/** "@" at the start of a word, and up to three words after it: names have spaces. */
const QUERY = /(?<![\p{L}\p{N}\p{M}_@.])@((?:[^\s@]{1,32}(?: [^\s@]{1,32}){0,2})?)$/u
const LOOKBACK = 120
/** The messages of the group come first. */
const LOAD_AFTER_MS = 300

/** @typedef {import("./mention-list.js").MentionList} MentionList */

export class MentionEntry {
  #host
  #text
  #mentions
  /** @type {MentionList | null} */
  #list = null
  /** A list that Escape closed stays closed while this name goes on. @type {string | null} */
  #refused = null

  /**
   * @param {HTMLElement} host the composer @param {import("../lib/dom.js").Parts} parts of it
   * @param {import("./mention-text.js").MentionText} mentions @param {AbortSignal} signal
   */
  constructor(host, { text }, mentions, signal) {
    this.#host = host
    this.#text = text
    this.#mentions = mentions
    text.addEventListener("input", () => this.#typed(), { signal })
    text.addEventListener("blur", () => this.close(), { signal })
    text.addEventListener("click", () => this.close(), { signal })
    signal.addEventListener("abort", () => this.close())
    store.watch(() => this.#group() > 0 && destination(store.state) !== null, (can) => {
      if (can) setTimeout(() => this.#load(), LOAD_AFTER_MS)
    }, { signal })
  }

  close() {
    this.#list?.close()
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the list has taken the key */
  key(event) {
    if (!this.#list?.open) return false
    if (event.key === "Escape") this.#refused = this.#query()
    const taken = this.#list.key(event)
    if (taken) event.preventDefault()
    return taken
  }

  /** @returns {string | null} the name that is being typed, also "" after the "@" alone; null if none is */
  #query() {
    const { value, selectionStart, selectionEnd } = this.#text
    if (selectionStart !== selectionEnd || !this.#group()) return null
    const query = QUERY.exec(value.slice(Math.max(0, selectionStart - LOOKBACK), selectionStart))?.[1]
    if (query === undefined || this.#mentions.isAt(value, selectionStart - query.length - 1)) return null
    return query
  }

  /** The open group; 0 if something else is open. */
  #group() {
    const { open, chats } = store.state
    const chat = open?.chat_id ?? 0
    return chats[chat]?.kind === "group" ? chat : 0
  }

  /** Acts also during composition: phones compose a name until it is complete. */
  async #typed() {
    const query = this.#query()
    if (query === null || this.#refused === null || !query.startsWith(this.#refused)) this.#refused = null
    if (query === null || this.#refused !== null) {
      this.close()
      return
    }
    if (!this.#list) await this.#load()
    const now = this.#query()
    if (now !== null && document.activeElement === this.#text) this.#list?.show(this.#group(), now)
  }

  async #load() {
    if (this.#list) return
    const [module] = await Promise.all([loaded(import("./mention-list.js"), ""), loadStyle("mentions")])
    this.#list ??= module && new module.MentionList(this.#host, this.#text, (id) => this.#insert(id))
  }

  /** Inserts as if typed, so that undo restores what was there. @param {number} id of a member; 0 for everyone */
  #insert(id) {
    const query = this.#query()
    if (query === null) return
    const text = this.#text
    const name = mentionName(store.state, id)
    this.#mentions.add(name, tokenOf(id))
    text.setSelectionRange(text.selectionStart - query.length - 1, text.selectionStart)
    if (document.execCommand("insertText", false, `${name} `)) return
    text.setRangeText(`${name} `, text.selectionStart, text.selectionEnd, "end")
    text.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }))
  }
}
