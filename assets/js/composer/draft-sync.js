// @ts-check
/**
 * Synchronises the drafts of this device and my other ones, as long as I do not write on two at once.
 * The composer and the list read drafts.js. This file brings its changes to the server and those of the server back.
 * A draft that was changed here since the server last heard of it stays, and the other devices get it.
 */
import { byteLength } from "../lib/text.js"
import { unsavedDraft } from "../state/preferences.js"
import { chatOfKey, keyOf } from "../state/targets.js"
import { store } from "../state/store.js"
import { drafts } from "./drafts.js"

/** A pause in writing; shorter would save every word, longer would lose the last ones on a switch of devices. */
const PAUSE_MS = 1500

export class DraftSync {
  /**
   * The draft of each chat that the server has or will have, as this device last heard or said it; and `changed` of the
   * row that said so.
   * @type {Map<number, { draft: string, changed: number }>}
   */
  #known = new Map()
  /** @type {Map<string, number>} */
  #timers = new Map()
  #save
  #isWriting

  /**
   * @param {(chat: number, draft: string) => void} save
   * @param {(key: string) => boolean} isWriting whether the person is writing in this chat
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

  /** Takes over what other devices, other tabs and earlier visits have written. */
  follow() {
    const { state } = store
    const chats = [...Object.keys(state.preferences).map(Number), ...state.unsaved.map(({ body }) => body.chat_id)]
    for (const chat of new Set(chats)) if (state.chats[chat]) this.#followIn(chat)
    if (state.live) this.#tellOfEarlier()
  }

  /** @param {number} chat */
  #followIn(chat) {
    const { state } = store
    const before = this.#knownOf(chat)
    const row = state.preferences[chat] ?? { draft: "", changed: 0 }
    const waiting = unsavedDraft(state, chat)
    const draft = waiting ?? row.draft
    // A draft that waits in the outgoing queue is newer than any row. A row from before our own last word is not news.
    if (waiting === null ? row.changed <= before.changed : waiting === before.draft) return
    const key = keyOf(state, chat)
    if (before.draft !== draft && this.#isWriting(key)) return
    this.#known.set(chat, { draft, changed: Math.max(before.changed, row.changed) })
    const here = drafts.get(key)
    // A draft of an earlier visit counts as changed here, too.
    if (here !== before.draft) this.changed(key)
    else if (here !== draft) this.#fill(key, draft)
  }

  /** Drafts of an earlier visit that the server never heard of. */
  #tellOfEarlier() {
    for (const key of drafts.keys()) {
      const chat = chatOfKey(store.state, key)
      if (chat && drafts.get(key) !== this.#knownOf(chat).draft && !this.#timers.has(key)) this.changed(key)
    }
  }

  /** The chat was deleted, and its draft with it. @param {number} chat @returns {() => void} takes it back */
  forget(chat) {
    const key = keyOf(store.state, chat)
    const draft = drafts.get(key)
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
    this.#known.set(chat, { ...this.#knownOf(chat), draft: "" })
    this.#fill(key, "")
    return () => {
      if (!draft || drafts.get(key)) return
      this.#fill(key, draft)
      this.changed(key)
    }
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
    // Without a chat the server has no place for it. What is too long to be sent is too long to be saved.
    if (!chat || draft === known.draft || byteLength(draft) > state.content_bytes_max) return
    this.#known.set(chat, { ...known, draft })
    this.#save(chat, draft)
  }
}
