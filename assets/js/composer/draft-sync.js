// @ts-check
/**
 * Synchronises the drafts of this device and my other ones, as long as I do not write on two at once.
 * The composer and the list read drafts.js. This file brings its changes to the server and those of the server back.
 * A draft that was changed here since the server last heard of it stays, and the other devices get it.
 */
import { byteLength } from "../lib/text.js"
import { sameValues } from "../lib/values.js"
import { EMPTY, draftOf, merged, savingOf, shownText } from "../state/draft.js"
import { unsavedDraft } from "../state/preferences.js"
import { quoteOf } from "../state/quotes.js"
import { chatOfKey, keyOf } from "../state/targets.js"
import { store } from "../state/store.js"
import { drafts } from "./drafts.js"

/** @typedef {import("../state/draft.js").Draft} Draft */

/** A pause in writing; shorter would save every word, longer would lose the last ones on a switch of devices. */
const PAUSE_MS = 1500

export class DraftSync {
  /**
   * The draft of each chat that the server has or will have, as this device last heard or said it; and `changed` of the
   * row that said so.
   * @type {Map<number, { draft: Draft, changed: number }>}
   */
  #known = new Map()
  /** @type {Map<string, number>} */
  #timers = new Map()
  #save
  #isWriting

  /**
   * @param {(chat: number, change: object) => void} save
   * @param {(key: string) => boolean} isWriting whether the person is writing in this chat
   */
  constructor(save, isWriting) {
    this.#save = save
    this.#isWriting = isWriting
  }

  /** Something was typed, chosen or sent. @param {string} key */
  changed(key) {
    clearTimeout(this.#timers.get(key))
    const draft = drafts.get(key)
    const { reply_to, edit_of } = this.#knownOf(chatOfKey(store.state, key)).draft
    const typed = shownText(draft) !== "" && draft.reply_to === reply_to && draft.edit_of === edit_of
    this.#timers.set(key, setTimeout(() => this.#settle(key), typed ? PAUSE_MS : 0))
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
    const news = this.#newsOf(chat)
    if (!news) return
    const before = this.#knownOf(chat)
    const key = keyOf(store.state, chat)
    // The server has ended the edit of a deleted message, too. lost-quotes.js first offers to copy its text.
    if (isLost(key)) return
    if (!sameValues(before.draft, news.draft) && this.#isWriting(key)) return
    this.#known.set(chat, news)
    const here = drafts.get(key)
    const now = merged(here, before.draft, news.draft)
    if (!sameValues(now, here)) this.#fill(key, now)
    // A draft of an earlier visit counts as changed here, too.
    if (!sameValues(here, before.draft)) this.changed(key)
  }

  /**
   * What the server has or will have of a draft, if this device has not heard of it.
   * @param {number} chat @returns {{ draft: Draft, changed: number } | null}
   */
  #newsOf(chat) {
    const { state } = store
    const before = this.#knownOf(chat)
    const { changed = 0, ...row } = state.preferences[chat] ?? {}
    const waiting = unsavedDraft(state, chat)
    // A draft that waits in the outgoing queue is newer than any row. A row from before our own last word is not news.
    if (waiting ? sameValues(waiting, before.draft) : changed <= before.changed) return null
    return { draft: waiting ?? draftOf(row), changed: Math.max(before.changed, changed) }
  }

  /**
   * When an edit begins or ends here, another device may have changed the text that is put aside. That text is kept:
   * the person has not seen it on this device, so they cannot have replaced it on purpose.
   * @param {number} chat @param {string} key
   */
  #takeAside(chat, key) {
    const before = this.#knownOf(chat)
    const here = drafts.get(key)
    const news = here.edit_of || before.draft.edit_of ? this.#newsOf(chat) : null
    if (!news || news.draft.edit_of) return
    this.#known.set(chat, news)
    this.#fill(key, merged(here, before.draft, news.draft))
  }

  /** Drafts of an earlier visit that the server never heard of. */
  #tellOfEarlier() {
    for (const key of drafts.keys()) {
      const chat = chatOfKey(store.state, key)
      const isKnown = sameValues(drafts.get(key), this.#knownOf(chat).draft)
      if (chat && !isKnown && !this.#timers.has(key)) this.changed(key)
    }
  }

  /** The chat was deleted, and its draft with it. @param {number} chat @returns {() => void} takes it back */
  forget(chat) {
    const key = keyOf(store.state, chat)
    const draft = drafts.get(key)
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
    this.#known.set(chat, { ...this.#knownOf(chat), draft: EMPTY })
    this.#fill(key, EMPTY)
    return () => {
      if (drafts.get(key) !== EMPTY) return
      this.#fill(key, draft)
      this.changed(key)
    }
  }

  stop() {
    for (const timer of this.#timers.values()) clearTimeout(timer)
  }

  /** @param {number} chat */
  #knownOf(chat) {
    return this.#known.get(chat) ?? { draft: EMPTY, changed: 0 }
  }

  /** @param {string} key @param {Draft} draft */
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
    // Without a chat the server has no place for it.
    if (!chat) return
    this.#takeAside(chat, key)
    const draft = drafts.get(key)
    const known = this.#knownOf(chat)
    // What is too long to be sent is too long to be saved.
    const isLong = byteLength(draft.text) + byteLength(draft.edited) > state.content_bytes_max
    if (isLong || sameValues(draft, known.draft)) return
    this.#known.set(chat, { ...known, draft })
    this.#save(chat, savingOf(draft))
  }
}

/** Whether the message that a draft replies to or edits is gone. @param {string} key */
export function isLost(key) {
  const { state } = store
  const { reply_to, edit_of } = drafts.get(key)
  const status = quoteOf(state, chatOfKey(state, key), edit_of || reply_to)?.status ?? "unknown"
  return status !== "here" && status !== "unknown"
}
