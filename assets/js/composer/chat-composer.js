// @ts-check
/**
 * The composer: Ctrl or ⌘ with B, I and Shift+X mark the selection. Enter sends and Shift+Enter breaks the line (or, by
 * setting, Enter breaks it and Ctrl or ⌘ sends). ↑ in an empty field edits my last message. The field grows with the
 * text. A long press or a right click on the button, and Mod+Shift+Enter, send later. It emits `send-message`,
 * `schedule-message`, `save-edit`, `typing-changed` and `draft-changed`, and sends nothing itself.
 */
import { emit, parts, setText } from "../lib/dom.js"
import { isComposing, letterOf } from "../lib/keys.js"
import { loaded } from "../lib/load.js"
import { onLongPress } from "../lib/long-press.js"
import { settings } from "../lib/settings.js"
import { charactersOver, isBlank, trimmed } from "../lib/text.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { lastEditable } from "../state/changes.js"
import { EMPTY, shownText } from "../state/draft.js"
import { messageById } from "../state/quotes.js"
import { closedHere, destination, targetKey } from "../state/targets.js"
import { hasScheduled } from "../state/scheduled.js"
import { store } from "../state/store.js"
import { drafts } from "./drafts.js"
import { EmojiEntry } from "../emoji/emoji-entry.js"
import { MentionEntry } from "./mention-entry.js"
import { MentionText } from "./mention-text.js"
import { QuoteBar } from "./quote-bar.js"

/** The other side drops a typing notice after six seconds, so it is repeated well before. */
const TYPING_EVERY_MS = 3000
const TYPING_IDLE_MS = 5000
/** A pause in writing, after which screen readers hear how much too long the text is now. */
const COUNT_AFTER_MS = 400
/** The marks by their keys; those with "+" need Shift. */
const MARKS = new Map([["b", "*"], ["i", "_"], ["x+", "~"]])

class ChatComposer extends HTMLElement {
  #life = new AbortController()
  /** @type {import("../lib/dom.js").Parts} */
  #parts = {}
  #key = ""
  #typingSince = 0
  #idleTimer = 0
  #countTimer = 0
  /**
   * The element that showed the focus when it got it; with the first key, browsers show it everywhere.
   * @type {EventTarget | null}
   */
  #marked = null
  /** @type {EmojiEntry | null} */
  #emoji = null
  /** @type {QuoteBar | null} */
  #quote = null
  #mentions = new MentionText()
  /** @type {MentionEntry | null} */
  #entry = null

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    this.#parts = parts(this)
    const { form, text } = this.#parts
    this.#emoji = new EmojiEntry(this, this.#parts, signal)
    this.#entry = new MentionEntry(this, this.#parts, this.#mentions, signal)
    this.#quote = new QuoteBar(this, this.#parts, signal)
    this.#parts.quoteClose.addEventListener("click", () => this.#endQuote(), { signal })
    form.addEventListener("submit", (/** @type {Event} */ event) => this.#submit(event), { signal })
    text.addEventListener("input", () => this.#changed(), { signal })
    text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#keyed(event), { signal })
    text.addEventListener("blur", () => this.#stopTyping(), { signal })
    document.addEventListener("focusin", ({ target }) => {
      this.#marked = /** @type {Element} */ (target).matches(":focus-visible") ? target : null
    }, { signal })
    document.addEventListener("keydown", (event) => this.#typedElsewhere(event), { signal })
    settings.watch("enterSends", (sends) => (text.enterKeyHint = sends ? "send" : "enter"), { signal })
    const onFilled = (/** @type {any} */ { detail }) => this.#filled(detail.key)
    drafts.addEventListener("filled", onFilled, { signal })
    store.watch(targetKey, (key) => this.#switchTo(key), { signal })
    store.watch((state) => destination(state) !== null, () => this.#allow(), { signal })
    store.watch((state) => state.loaded, () => this.#nameMentions(), { signal })
    store.watch(closedHere, (why) => this.#close(why), { signal })
    this.#listenForLater(signal)
  }

  /** @param {AbortSignal} signal */
  #listenForLater(signal) {
    const { send } = this.#parts
    onLongPress(send, () => this.#later(), () => {}, signal)
    send.addEventListener("contextmenu", (/** @type {Event} */ event) => {
      event.preventDefault()
      this.#later()
    }, { signal })
    store.watch((state) => hasScheduled(state), async (has) => {
      const module = has ? await loaded(import("./scheduled-line.js"), "") : null
      if (!signal.aborted) module?.attachScheduledLine(this, signal)
    }, { signal })
  }

  disconnectedCallback() {
    this.#life.abort()
    clearTimeout(this.#idleTimer)
    clearTimeout(this.#countTimer)
  }

  focusText() {
    this.#parts.text.focus()
  }

  /**
   * Another device has changed the draft, the stored one has been read late, or the quoted message is gone.
   * @param {string} key
   */
  #filled(key) {
    if (key !== this.#key) return
    this.#complain("")
    this.#show()
  }

  /** The draft of this chat, or the new text of the message that is being edited. */
  #show() {
    this.#quote?.show(this.#key)
    this.#parts.text.value = this.#mentions.shown(shownText(drafts.get(this.#key)))
    this.#grow()
    this.#allow()
  }

  /** A draft may be here before the names of those whom it mentions. */
  #nameMentions() {
    const { text } = this.#parts
    const shown = this.#mentions.shown(text.value)
    if (shown !== text.value) text.value = shown
  }

  /** @param {import("../state/model.js").Message} message that is to be answered */
  reply(message) {
    const { text } = drafts.get(this.#key)
    this.#keep({ ...EMPTY, text, reply_to: message.id })
    this.#show()
    this.focusText()
  }

  /** @param {import("../state/model.js").Message} message of mine, whose text is to be changed */
  edit(message) {
    const before = drafts.get(this.#key)
    const edit = { edit_of: message.id, edited: message.content }
    if (before.edit_of !== message.id) this.#keep({ ...EMPTY, text: before.text, ...edit })
    this.#complain("")
    this.#show()
    this.focusText()
    const { text } = this.#parts
    text.setSelectionRange(text.value.length, text.value.length)
  }

  /** The bar is closed: an edit gives the field back to what was written before. */
  #endQuote() {
    const { text } = drafts.get(this.#key)
    this.#keep({ ...EMPTY, text })
    this.#complain("")
    this.#show()
    this.focusText()
  }

  /**
   * A message that was refused, to be changed and sent again.
   * @param {string} content @param {import("../state/model.js").Message | null} quoted
   */
  writeAgain(content, quoted) {
    const { text, reply_to } = drafts.get(this.#key)
    const joined = [content, text].filter(Boolean).join("\n")
    this.#keep({ ...EMPTY, text: joined, reply_to: quoted?.id ?? reply_to })
    this.#show()
    this.#changed()
    this.focusText()
  }

  /** Every chat has a draft of its own. @param {string} key */
  #switchTo(key) {
    if (key === this.#key) return
    this.#stopTyping()
    this.#key = key
    this.#emoji?.close()
    this.#entry?.close()
    this.#mentions.clear()
    this.#show()
    this.#complain("")
  }

  #allow() {
    const allowed = destination(store.state) !== null
    const { text, emoji, send } = this.#parts
    text.disabled = !allowed
    emoji.disabled = !allowed
    text.placeholder = allowed || this.#key ? texts.message : texts.pickFirst
    send.disabled = !allowed || isBlank(text.value)
  }

  /** In place of the field: why nothing can be written here. A draft stays for when it can. @param {string} why */
  #close(why) {
    const { form, closed } = this.#parts
    const words = why === "former" ? texts.closedFormer : why === "admins" ? texts.closedAdmins : ""
    form.hidden = words !== ""
    closed.hidden = words === ""
    setText(closed, words)
    if (words) this.#stopTyping()
  }

  #changed() {
    const { text } = this.#parts
    const written = this.#mentions.written(text.value)
    const draft = drafts.get(this.#key)
    this.#keep(draft.edit_of ? { ...draft, edited: written } : { ...draft, text: written })
    this.#measureSoon()
    this.#grow()
    this.#allow()
    if (!isBlank(text.value) && !draft.edit_of) this.#keepTyping()
    else this.#stopTyping()
  }

  /** @param {import("../state/draft.js").Draft} draft */
  #keep(draft) {
    drafts.set(this.#key, draft)
    emit(this, "draft-changed", { key: this.#key })
  }

  /** Browsers without `field-sizing` need an explicit height; the style sheet limits it. */
  #grow() {
    if (CSS.supports("field-sizing", "content")) return
    const { text } = this.#parts
    text.style.blockSize = "auto"
    text.style.blockSize = `${text.scrollHeight}px`
  }

  /**
   * Text that is typed or pasted while nothing shows the focus, as after a click on a message, goes to this field.
   * @param {KeyboardEvent} event
   */
  #typedElsewhere({ key, ctrlKey, metaKey, altKey, defaultPrevented }) {
    const focused = document.activeElement
    const isMarked = this.#marked !== null && this.#marked === focused
    if (defaultPrevented || altKey || isMarked || focused?.closest("[role=menu]")) return
    if (ctrlKey || metaKey ? key.toLowerCase() === "v" : key !== " " && [...key].length === 1) this.focusText()
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    if (this.#emoji?.key(event) || this.#entry?.key(event) || this.#markKeyed(event)) return
    if (event.key === "Escape" && !isComposing(event) && this.#quote?.open) {
      event.preventDefault()
      this.#endQuote()
    }
    if (event.key === "ArrowUp" && this.#editLast(event)) return
    if (event.key !== "Enter" || isComposing(event)) return
    if (event.shiftKey) {
      if ((event.ctrlKey || event.metaKey) && this.#later()) event.preventDefault()
      return
    }
    if (!settings.get("enterSends") && !event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    this.#submit(event)
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the field was empty and there is a message to edit */
  #editLast(event) {
    const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey && !isComposing(event)
    if (!isPlain || this.#parts.text.value || this.#quote?.open) return false
    const message = lastEditable(store.state, Date.now())
    if (!message) return false
    event.preventDefault()
    this.edit(message)
    return true
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key marks the selection */
  #markKeyed(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || isComposing(event)) return false
    const mark = MARKS.get(letterOf(event) + (event.shiftKey ? "+" : ""))
    if (!mark) return false
    event.preventDefault()
    this.#mark(mark)
    return true
  }

  /** @param {string} mark */
  async #mark(mark) {
    const module = await loaded(import("./marks.js"))
    const { text } = this.#parts
    if (!module || document.activeElement !== text) return
    const change = module.marked(text.value, text.selectionStart, text.selectionEnd, mark)
    text.setSelectionRange(change.from, change.to)
    // As if typed, so that one undo takes the marks away.
    if (!document.execCommand("insertText", false, change.text)) {
      text.setRangeText(change.text)
      this.#changed()
    }
    text.setSelectionRange(change.from + change.start, change.from + change.end)
  }

  /** What is written, if it can be sent; otherwise says why. @returns {string} "" if it cannot */
  #ready() {
    // The server counts UTF-8, which has no form for half of a surrogate pair.
    const content = trimmed(this.#mentions.written(this.#parts.text.value)).toWellFormed()
    if (isBlank(content) || !destination(store.state)) return ""
    const over = charactersOver(content, store.state.content_bytes_max)
    if (over > 0) this.#complain(texts.tooLong(over))
    return over > 0 ? "" : content
  }

  /** Asks when to send what is written. @returns {boolean} whether there is something to send later */
  #later() {
    const { edit_of } = drafts.get(this.#key)
    const content = edit_of ? "" : this.#ready()
    if (!content) return false
    const { chat_id } = destination(store.state) ?? {}
    if (chat_id) this.#askWhen(chat_id, content)
    else toast(texts.scheduleFirst)
    return true
  }

  /** @param {number} chat_id @param {string} content */
  async #askWhen(chat_id, content) {
    const key = this.#key
    const module = await loaded(import("./schedule-dialog.js"))
    if (this.#life.signal.aborted) return
    module?.openScheduleDialog(this.#parts.send, {}, ({ due_at }) => {
      if (key !== this.#key) return
      emit(this, "schedule-message", { chat_id, content, due_at, ...this.#take() })
      this.focusText()
    })
  }

  /** Empties the field and its draft. @returns {{ reply_to?: number }} the message that was to be answered */
  #take() {
    const { reply_to } = drafts.get(this.#key)
    this.#keep(EMPTY)
    this.#show()
    this.#changed()
    return reply_to > 0 ? { reply_to } : {}
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault()
    const { text } = this.#parts
    const content = this.#ready()
    const to = destination(store.state)
    if (!content || !to) return
    const { edit_of } = drafts.get(this.#key)
    if (edit_of) {
      const { chat_id = 0 } = to
      this.#endQuote()
      const before = messageById(store.state, chat_id, edit_of)?.content
      if (content !== before) emit(this, "save-edit", { message: { chat_id, id: edit_of }, content })
    } else {
      emit(this, "send-message", { ...to, content, ...this.#take() })
    }
    text.focus()
  }

  /** Says at once that a text fits, and after a pause how much too long it is. */
  #measureSoon() {
    clearTimeout(this.#countTimer)
    const over = charactersOver(trimmed(this.#mentions.written(this.#parts.text.value)), store.state.content_bytes_max)
    if (over === 0) this.#complain("")
    else this.#countTimer = setTimeout(() => this.#complain(texts.tooLong(over)), COUNT_AFTER_MS)
  }

  /** @param {string} words */
  #complain(words) {
    const { error, text } = this.#parts
    clearTimeout(this.#countTimer)
    setText(error, words)
    error.hidden = !words
    text.setAttribute("aria-invalid", String(Boolean(words)))
  }

  #keepTyping() {
    clearTimeout(this.#idleTimer)
    this.#idleTimer = setTimeout(() => this.#stopTyping(), TYPING_IDLE_MS)
    const now = Date.now()
    if (now - this.#typingSince < TYPING_EVERY_MS) return
    this.#typingSince = now
    emit(this, "typing-changed", { on: true })
  }

  #stopTyping() {
    clearTimeout(this.#idleTimer)
    if (!this.#typingSince) return
    this.#typingSince = 0
    emit(this, "typing-changed", { on: false })
  }
}

customElements.define("chat-composer", ChatComposer)
