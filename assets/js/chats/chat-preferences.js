// @ts-check
/**
 * Connects the preferences of chats: choices in menus go to the outgoing queue, opening or reading a chat removes its
 * unread mark, drafts are synchronised between devices, and muting ends in time. It draws nothing.
 *
 * Archiving and deleting can be undone for a few seconds. Archiving is sent at once, and undone by its opposite, so
 * that all devices agree at any time. A deletion has no opposite on the server. It shows at once on this device, and is
 * held in the outgoing queue until the toast ends; then the other devices get it. The queue is stored, so a tab that is
 * closed meanwhile loses nothing: another tab or the next visit sends it, because the person has confirmed it.
 */
import { emit } from "../lib/dom.js"
import { goTo } from "../lib/layers.js"
import { loaded } from "../lib/load.js"
import { printRoute } from "../lib/route.js"
import { failures, texts } from "../lib/texts.js"
import { isQuoting } from "../state/draft.js"
import { myMark } from "../state/model.js"
import { preferencesOf } from "../state/preferences.js"
import { targetKey } from "../state/targets.js"
import { lastSeq } from "../state/stays.js"
import { store } from "../state/store.js"
import { DraftSync } from "../composer/draft-sync.js"
import { drafts } from "../composer/drafts.js"
import { toast } from "../lib/toast-stack.js"

/** Muting may end this much late. */
const CLOCK_MS = 15_000

export class ChatPreferences {
  #shell
  #queue
  #drafts
  /** Whether replies and edits end when their message is gone. */
  #watched = false

  /**
   * @param {HTMLElement} shell @param {import("../net/outgoing-queue.js").OutgoingQueue} queue
   * @param {AbortSignal} signal
   */
  constructor(shell, queue, signal) {
    this.#shell = shell
    this.#queue = queue
    this.#drafts = new DraftSync((chat, change) => this.#change(chat, change, true), isWriting)
    this.#listen(signal)
    signal.addEventListener("abort", () => this.#drafts.stop())
  }

  /** Removes the unread mark of a chat that is opened or read. @param {number} chat */
  unmark(chat) {
    if (preferencesOf(store.state, chat).marked_unread) this.#change(chat, { marked_unread: false }, true)
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    /** @type {Record<string, (detail: any) => void>} */
    const actions = {
      "change-preferences": ({ chat_id, change }) => this.#choose(chat_id, change),
      "clear-chat": ({ chat_id }) => this.#clear(chat_id),
      "read-chat": ({ chat_id }) => this.#read(chat_id),
      "draft-changed": ({ key }) => this.#drafts.changed(key),
    }
    for (const [name, act] of Object.entries(actions)) {
      this.#shell.addEventListener(name, (event) => act(/** @type {CustomEvent} */ (event).detail), { signal })
    }
    this.#shell.addEventListener("focusout", () => setTimeout(() => this.#drafts.follow()), { signal })
    window.addEventListener("blur", () => this.#drafts.follow(), { signal })
    window.addEventListener("pagehide", () => this.#drafts.flush(), { signal })
    document.addEventListener("visibilitychange", () => this.#drafts.flush(), { signal })
    store.watch((state) => state.preferences, () => this.#drafts.follow(), { signal })
    store.watch((state) => state.unsaved, () => this.#drafts.follow(), { signal })
    store.watch((state) => state.chats, () => this.#drafts.follow(), { signal })
    store.watch((state) => state.live, () => this.#drafts.follow(), { signal })
    drafts.addEventListener("filled", () => this.#drafts.follow(), { signal })
    for (const name of ["change", "filled"]) {
      drafts.addEventListener(name, () => this.#watchQuotes(signal), { signal })
    }
    this.#watchQuotes(signal)
    store.watch(targetKey, () => this.#drafts.flush(), { signal })
    store.watch((state) => (state.loaded ? (state.open?.chat_id ?? 0) : 0), (chat) => this.unmark(chat), { signal })
    const clock = setInterval(() => this.#tick(), CLOCK_MS)
    signal.addEventListener("abort", () => clearInterval(clock))
    this.#tick()
  }

  /** @param {AbortSignal} signal */
  async #watchQuotes(signal) {
    if (this.#watched || ![...drafts.keys()].some((key) => isQuoting(drafts.get(key)))) return
    this.#watched = true
    const module = await loaded(import("../composer/lost-quotes.js"), "")
    this.#watched = module !== null
    if (!signal.aborted) module?.endLostQuotes((key) => this.#drafts.changed(key), signal)
  }

  #tick() {
    store.dispatch({ type: "clock/ticked", at: Date.now() })
  }

  /** Marks a chat as read, as if all of it had been on the screen. @param {number} chat */
  #read(chat) {
    const last = lastSeq(store.state, chat)
    if (last > myMark(store.state, chat).read_seq) emit(this.#shell, "seen", { chat_id: chat, seq: last })
    this.unmark(chat)
  }

  /** @param {number} chat */
  #clear(chat) {
    const restoreDraft = this.#drafts.forget(chat)
    const failed = store.state.pending.filter(({ status, body }) => status === "failed" && body.chat_id === chat)
    const body = { chat_id: chat, change: { cleared: true }, last_seq: lastSeq(store.state, chat) }
    const key = this.#queue.hold("preferences", body)
    const wasOpen = store.state.open?.chat_id === chat
    if (wasOpen) emit(this.#shell, "go-back")
    const run = () => {
      this.#queue.settle(key)
      store.dispatch({ type: "queue/put", items: failed })
      restoreDraft()
      if (wasOpen && !store.state.open) goTo(printRoute({ chat_id: chat }))
    }
    toast(texts.chatDeleted, { action: texts.undo, run, ended: () => this.#queue.release(key) })
  }

  /** What a person has chosen in a menu. @param {number} chat @param {Record<string, any>} change */
  #choose(chat, change) {
    const { pinned_at } = preferencesOf(store.state, chat)
    this.#change(chat, change)
    if (!change.archived) return
    const back = { archived: false, ...(pinned_at && { pinned: true }) }
    toast(texts.chatArchived, { action: texts.undo, run: () => this.#change(chat, back) })
  }

  /**
   * @param {number} chat @param {Record<string, any>} change @param {boolean} [silent] the person did not ask for it
   */
  #change(chat, change, silent) {
    this.#queue.put("preferences", [{ chat_id: chat, change }], silent)
  }
}

/** Whether the composer of a chat has the focus in a focused window. @param {string} key */
function isWriting(key) {
  const inComposer = document.hasFocus() && document.activeElement?.closest("chat-composer")
  return targetKey(store.state) === key && Boolean(inComposer)
}

/**
 * The server refused a change, which is taken back.
 * @param {Record<string, any>} change @param {import("../net/outgoing-queue.js").Refusal} refusal
 */
export function sayNotChanged(change, { code, message }) {
  const why = failures.get(code) ?? (message || texts.unknownFailure)
  toast((change.cleared ? texts.notDeleted : texts.notChanged)(why))
}
