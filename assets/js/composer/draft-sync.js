// @ts-check
/**
 * Keeps what is half written here and on my other devices in step, as long as nobody writes in both at once.
 * The local store (drafts.js) is what the composer and the list read; this is its line to the server and back.
 * What was changed here since the server last heard of it always stays; the other device then gets it.
 */
import { byteLength } from "../lib/text.js"
import { chatOfKey, keyOf } from "../state/targets.js"
import { store } from "../state/store.js"
import { drafts } from "./drafts.js"

/** A pause in writing; shorter would save every word, longer would lose the last ones on a switch of devices. */
const PAUSE_MS = 1500

export class DraftSync {
  /** The draft of each chat on which this device and the server agreed last, and the number of the row that said so. @type {Map<number, { draft: string, changed: number }>} */
  #known = new Map()
  /** @type {Map<string, number>} */
  #timers = new Map()
  #save
  #isWriting

  /**
   * @param {(chat: number, draft: string) => void} save
   * @param {(key: string) => boolean} isWriting whether somebody has their hands in the composer of this chat
   */
  constructor(save, isWriting) {
    this.#save = save
    this.#isWriting = isWriting
  }

  /** Something was typed or sent. @param {string} key */
  changed(key) {
    clearTimeout(this.#timers.get(key))
    this.#timers.set(key, setTimeout(() => this.#settle(key), drafts.get(key) ? PAUSE_MS : 0))
  }

  /** The chat is left, or the page is about to be. */
  flush() {
    for (const key of [...this.#timers.keys()]) this.#settle(key)
  }

  /** Takes over what other devices have written. */
  follow() {
    const { state } = store
    for (const { chat_id, draft, changed } of Object.values(state.preferences)) {
      const before = this.#knownOf(chat_id)
      // A row from before our own last word says nothing new.
      if (changed <= before.changed || !state.chats[chat_id]) continue
      const key = keyOf(state, chat_id)
      if (before.draft !== draft && this.#isWriting(key)) continue
      this.#known.set(chat_id, { draft, changed })
      const here = drafts.get(key)
      // What stands here from an earlier visit counts as changed here, too.
      if (here !== before.draft) this.changed(key)
      else if (here !== draft) this.#fill(key, draft)
    }
    if (state.live) this.#tellOfEarlier()
  }

  /** What was written in an earlier visit, and the server never heard of. */
  #tellOfEarlier() {
    for (const key of drafts.keys()) {
      const chat = chatOfKey(store.state, key)
      if (chat && drafts.get(key) !== this.#knownOf(chat).draft && !this.#timers.has(key)) this.changed(key)
    }
  }

  /** The chat was deleted: so is what was about to be said in it. @param {number} chat */
  forget(chat) {
    const key = keyOf(store.state, chat)
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
    this.#known.set(chat, { ...this.#knownOf(chat), draft: "" })
    this.#fill(key, "")
  }

  stop() {
    for (const timer of this.#timers.values()) clearTimeout(timer)
  }

  /** @param {number} chat */
  #knownOf(chat) {
    return this.#known.get(chat) ?? { draft: "", changed: 0 }
  }

  /** @param {string} key @param {string} draft */
  #fill(key, draft) {
    drafts.set(key, draft)
    drafts.announce(key)
  }

  /** @param {string} key */
  #settle(key) {
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
    const { state } = store
    const chat = chatOfKey(state, key)
    const draft = drafts.get(key)
    const known = this.#knownOf(chat)
    // Without a chat there is nowhere to keep it but here; what is too long to be sent is too long to be kept.
    if (!chat || draft === known.draft || byteLength(draft) > state.content_bytes_max) return
    this.#known.set(chat, { ...known, draft })
    this.#save(chat, draft)
  }
}
