// @ts-check
/**
 * How chats are kept, wired: what people choose in menus goes to the server through the sender, opening or reading a chat
 * takes its mark off, drafts travel between devices, and silences end. It draws nothing; refusals become a toast.
 */
import { emit } from "../lib/dom.js"
import { failures, texts } from "../lib/texts.js"
import { changePreferences, clearChat } from "../net/api.js"
import { WishSender } from "../net/wish-sender.js"
import { myMark } from "../state/model.js"
import { preferencesOf } from "../state/preferences.js"
import { targetKey } from "../state/targets.js"
import { store } from "../state/store.js"
import { DraftSync } from "../composer/draft-sync.js"
import { drafts } from "../composer/drafts.js"
import { toast } from "../lib/toast-stack.js"

/** A silence may end this much late. */
const CLOCK_MS = 15_000

export class ChatKeeping {
  #shell
  #sender
  #drafts

  /** @param {HTMLElement} shell @param {string} token @param {AbortSignal} signal */
  constructor(shell, token, signal) {
    this.#shell = shell
    this.#sender = new WishSender({
      save: (chat, change) => (change.cleared ? clearChat(token, chat) : changePreferences(token, chat, change)),
      dispatch: (event) => store.dispatch(event),
      refused: (change, error) => toast(wordsFor(change, error)),
    })
    this.#drafts = new DraftSync((chat, draft) => this.#sender.say(chat, { draft }), isWriting)
    this.#listen(signal)
    signal.addEventListener("abort", () => this.#stop())
  }

  /** The connection is back. */
  reconnected() {
    this.#sender.flush()
  }

  /** Takes the mark off a chat that is opened or read. @param {number} chat */
  unmark(chat) {
    if (preferencesOf(store.state, chat).marked_unread) this.#sender.wish(chat, { marked_unread: false }, true)
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    /** @type {Record<string, (detail: any) => void>} */
    const wishes = {
      "keep-chat": ({ chat_id, change }) => this.#sender.wish(chat_id, change),
      "clear-chat": ({ chat_id }) => this.#clear(chat_id),
      "read-chat": ({ chat_id }) => this.#read(chat_id),
      "draft-changed": ({ key }) => this.#drafts.changed(key),
    }
    for (const [name, act] of Object.entries(wishes)) {
      this.#shell.addEventListener(name, (event) => act(/** @type {CustomEvent} */ (event).detail), { signal })
    }
    this.#shell.addEventListener("focusout", () => setTimeout(() => this.#drafts.follow()), { signal })
    window.addEventListener("blur", () => this.#drafts.follow(), { signal })
    window.addEventListener("pagehide", () => this.#drafts.flush(), { signal })
    document.addEventListener("visibilitychange", () => this.#drafts.flush(), { signal })
    store.watch((state) => state.preferences, () => this.#drafts.follow(), { signal })
    store.watch((state) => state.chats, () => this.#drafts.follow(), { signal })
    store.watch((state) => state.live, () => this.#drafts.follow(), { signal })
    drafts.addEventListener("filled", () => this.#drafts.follow(), { signal })
    store.watch(targetKey, () => this.#drafts.flush(), { signal })
    store.watch((state) => (state.loaded ? (state.open?.chat_id ?? 0) : 0), (chat) => this.unmark(chat), { signal })
    const clock = setInterval(() => this.#tick(), CLOCK_MS)
    signal.addEventListener("abort", () => clearInterval(clock))
    this.#tick()
  }

  #tick() {
    store.dispatch({ type: "clock/ticked", at: Date.now() })
  }

  /** As if everything in it had been on the screen. @param {number} chat */
  #read(chat) {
    const last = store.state.lasts[chat] ?? 0
    if (last > myMark(store.state, chat).read_seq) emit(this.#shell, "seen", { chat_id: chat, seq: last })
    this.unmark(chat)
  }

  /** @param {number} chat */
  #clear(chat) {
    this.#drafts.forget(chat)
    this.#sender.wish(chat, { cleared: true })
    if (store.state.open?.chat_id === chat) emit(this.#shell, "go-back")
  }

  #stop() {
    this.#drafts.stop()
    this.#sender.stop()
  }
}

/** A composer that has the focus in a window that has it, too. @param {string} key */
function isWriting(key) {
  return targetKey(store.state) === key && document.hasFocus() && document.activeElement?.closest("chat-composer") != null
}

/** @param {Record<string, any>} change @param {any} error an ApiError */
function wordsFor(change, { status, code, message }) {
  const why = status === 0 ? texts.unreachable : status === 429 || status === 503 ? texts.busyServer : (failures.get(code) ?? (message || texts.unknownFailure))
  return (change.cleared ? texts.notDeleted : texts.notChanged)(why)
}
