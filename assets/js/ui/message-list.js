// @ts-check
/**
 * The messages of the open chat: draws the window of rows, keeps the view still while rows come and go above it,
 * follows the end while the reader is there, asks for older pages, and says what has really been on the screen (`seen`).
 * It goes to a message on demand (`go-to-message`), asking for it if it is not loaded. It loads and sends nothing itself.
 */
import { emit, parts, patchRows, setText } from "../lib/dom.js"
import { texts } from "../lib/texts.js"
import { chatItems, header, paging, targetKey, timeline } from "../state/select.js"
import { store } from "../state/store.js"
import { MessageMenu } from "./message-menu.js"
import { timelineRow } from "./message-row.js"
import { RowWindow } from "./row-window.js"

/** Closer to the end than this counts as being there. */
const END_PX = 48
/** Pages are asked for and rows added this far ahead of the reader. */
const AHEAD_PX = 700
/** An answer that comes sooner needs no placeholder. */
const SKELETON_AFTER_MS = 300
/** More rows than this at once are history, not news: screen readers keep quiet. */
const SPOKEN_ROWS_MAX = 5
/** How long the message one has jumped to stands out. */
const FOUND_MS = 1700

class MessageList extends HTMLElement {
  #life = new AbortController()
  /** @type {import("../lib/dom.js").Parts} */
  #parts = {}
  #window = new RowWindow()
  /** @type {Map<string, any>} */
  #rows = new Map()
  #key = ""
  #placed = false
  #pinned = true
  #due = false
  #skeletonTimer = 0
  #lastOwn = ""
  /** The message to go to as soon as it is here. */
  #target = 0
  #foundTimer = 0
  /** The line above the unread for which the view has been placed: after which seq it stands. */
  #line = -1
  /** @type {MessageMenu | null} */
  #menu = null

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    this.#parts = parts(this)
    const { scroll, rows, jump, again } = this.#parts
    scroll.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true })
    jump.addEventListener("click", () => this.#jumpToEnd(), { signal })
    again.addEventListener("click", () => emit(this, "need-page"), { signal })
    window.addEventListener("focus", () => this.#reportSeen(), { signal })
    document.addEventListener("visibilitychange", () => this.#reportSeen(), { signal })
    this.addEventListener("go-to-message", (/** @type {any} */ { detail }) => this.#goTo(detail.id), { signal })
    this.#menu = new MessageMenu(this, this.#parts, signal)
    const sizes = new ResizeObserver((changes) => {
      if (this.#pinned) this.#scrollToEnd()
      if (changes.some(({ target }) => target === scroll)) this.#menu?.follow()
    })
    for (const element of [scroll, rows]) sizes.observe(element)
    signal.addEventListener("abort", () => sizes.disconnect())
    store.watch(timeline, () => this.#renderSoon(), { signal })
    store.watch(paging, () => this.#renderSoon(), { signal })
    store.watch(header, () => this.#renderSoon(), { signal })
    store.watch(targetKey, () => this.#renderSoon(), { signal })
    store.watch((state) => state.today, () => this.#renderSoon(), { signal })
    store.watch(chatItems, () => this.#showJump(), { signal })
  }

  disconnectedCallback() {
    this.#life.abort()
    clearTimeout(this.#skeletonTimer)
    clearTimeout(this.#foundTimer)
  }

  /** Several selections change with one event; one drawing answers them all. */
  #renderSoon() {
    if (this.#due) return
    this.#due = true
    queueMicrotask(() => {
      this.#due = false
      if (this.isConnected) this.#render()
    })
  }

  #render() {
    const { state } = store
    const key = targetKey(state)
    if (key !== this.#key) this.#leave(key)
    const { ready, older, status } = paging(state)
    this.#showWaiting(key !== "" && !ready && !this.#placed, status)
    // A chat that has just begun is not loaded yet; what was drawn for the person stays meanwhile.
    if (ready && key) this.#draw(timeline(state))
    // Only then is there something above the reader to make up for its height.
    this.#showOlder(older, status)
    this.#showEmpty(key, ready)
    this.#showJump()
  }

  /** @param {string} key */
  #leave(key) {
    this.#key = key
    this.#placed = false
    this.#pinned = true
    this.#lastOwn = ""
    this.#target = 0
    this.#line = -1
    this.#menu?.close(false)
    this.#rows.clear()
    this.#window = new RowWindow()
    this.#parts.rows.replaceChildren()
  }

  /** @param {any[]} items */
  #draw(items) {
    if (this.#target && this.#showTarget(items)) return
    if (!this.#placed || this.#hasNewLine()) {
      this.#place(items)
      return
    }
    const own = items.findLast((item) => item.own)?.key ?? ""
    // Who writes wants to see it, wherever they were reading.
    const wrote = own !== this.#lastOwn && items.at(-1)?.pending
    this.#lastOwn = own
    this.#keepStill(() => {
      this.#window.follow(items)
      if (wrote) this.#window.toEnd()
      // In the same drawing: a day's row that goes up with the older messages would pull down what is below it.
      else if (this.#parts.scroll.scrollTop < AHEAD_PX) this.#window.up()
      this.#window.trim(this.#pinned || wrote)
      this.#patch()
    })
    if (wrote) this.#scrollToEnd()
    this.#settle()
  }

  /** Whoever was at the end when they left, or reads on where an earlier visit ended, goes on at the first unread. */
  #hasNewLine() {
    return this.#pinned && lineOf(store.state) >= 0 && lineOf(store.state) !== this.#line
  }

  /** The first drawing of a chat: at the line above the unread, else at the end. @param {any[]} items */
  #place(items) {
    const line = items.findIndex((item) => item.kind === "unread")
    this.#line = lineOf(store.state)
    this.#window.open(items, line)
    this.#lastOwn = items.findLast((item) => item.own)?.key ?? ""
    this.#patch()
    this.#placed = true
    this.#scrollToEnd()
    const row = line >= 0 ? this.#rows.get("unread")?.root : null
    if (row) {
      const { scroll } = this.#parts
      const above = row.getBoundingClientRect().top - scroll.getBoundingClientRect().top
      // Everything unread may fit below the line; then the end is the right place.
      if (above < 0) scroll.scrollTop += above - scroll.clientHeight / 5
    }
    this.#measure()
    this.#settle()
  }

  #patch() {
    const { rows, log } = this.#parts
    const { shown } = this.#window
    const fresh = shown.filter((item) => !this.#rows.has(item.key)).length
    if (fresh > SPOKEN_ROWS_MAX) {
      log.setAttribute("aria-live", "off")
      setTimeout(() => log.setAttribute("aria-live", "polite"), 500)
    }
    const focused = rows.contains(document.activeElement)
    patchRows(rows, shown, { rows: this.#rows, key: (item) => item.key, create: timelineRow })
    if (focused && !rows.contains(document.activeElement)) this.#parts.scroll.focus({ preventScroll: true })
    this.#menu?.rove()
  }

  /** @param {number} id */
  #goTo(id) {
    this.#target = id
    if (!this.#showTarget(timeline(store.state))) emit(this, "need-message", { id })
  }

  /** @param {any[]} items @returns {boolean} whether the message one wants to go to is among them */
  #showTarget(items) {
    const at = items.findIndex((item) => item.message?.id === this.#target)
    if (at < 0) return false
    this.#target = 0
    const { key } = items[at]
    if (this.#window.items !== items || !this.#rows.has(key)) {
      this.#window.open(items, at)
      this.#patch()
    }
    this.#placed = true
    this.#lastOwn = items.findLast((item) => item.own)?.key ?? ""
    this.#reveal(this.#rows.get(key).root)
    return true
  }

  /** Brings a row to the middle and marks it for a moment. @param {HTMLElement} row */
  #reveal(row) {
    const { scroll } = this.#parts
    const [view, place] = [scroll.getBoundingClientRect(), row.getBoundingClientRect()]
    this.#pinned = false
    if (place.top < view.top || place.bottom > view.bottom) scroll.scrollTop += place.top - view.top - Math.max(16, (view.height - place.height) / 2)
    this.#measure()
    this.#settle()
    clearTimeout(this.#foundTimer)
    for (const other of this.#parts.rows.querySelectorAll(".message--found")) other.classList.remove("message--found")
    row.classList.add("message--found")
    const bubble = /** @type {HTMLElement | null} */ (row.querySelector(".message__bubble"))
    bubble?.focus({ preventScroll: true })
    this.#foundTimer = setTimeout(() => row.classList.remove("message--found"), FOUND_MS)
  }

  /** Whatever `change` does above the reader, the row they look at stays where it is. @param {() => void} change */
  #keepStill(change) {
    const { scroll } = this.#parts
    const edge = scroll.getBoundingClientRect().top
    const row = this.#pinned ? null : [...this.#parts.rows.children].find((child) => child.getBoundingClientRect().bottom > edge && child.dataset.test === "message")
    const before = row?.getBoundingClientRect().top ?? 0
    change()
    if (this.#pinned && this.#window.tail) this.#scrollToEnd()
    else if (row?.isConnected) scroll.scrollTop += row.getBoundingClientRect().top - before
  }

  #scrollToEnd() {
    const { scroll } = this.#parts
    this.#pinned = true
    scroll.scrollTop = scroll.scrollHeight
  }

  #jumpToEnd() {
    if (paging(store.state).newer) {
      this.#placed = false
      emit(this, "go-latest")
      this.#parts.scroll.focus({ preventScroll: true })
      return
    }
    this.#window.toEnd()
    this.#patch()
    this.#scrollToEnd()
    this.#settle()
    this.#parts.scroll.focus({ preventScroll: true })
  }

  #scrolled() {
    if (!this.#placed) return
    this.#measure()
    this.#settle()
  }

  #measure() {
    const { scroll } = this.#parts
    this.#pinned = this.#window.tail && !paging(store.state).newer && scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop < END_PX
  }

  /** After every drawing and scrolling: more rows if the reader comes near an edge, and what they have seen. */
  #settle() {
    const { scroll } = this.#parts
    const below = scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop
    if (scroll.scrollTop < AHEAD_PX && this.#window.lo > 0) this.#keepStill(() => this.#window.up() && this.#patch())
    else if (scroll.scrollTop < AHEAD_PX) this.#askOlder()
    if (below < AHEAD_PX && !this.#window.tail) this.#keepStill(() => this.#window.down() && this.#patch())
    else if (below < AHEAD_PX) this.#askNewer()
    this.#showJump()
    this.#reportSeen()
  }

  /** A failed page is asked for again by its button only, or a dead line would be asked for ever. */
  #askOlder() {
    const { older, status } = paging(store.state)
    if (older && status === "") emit(this, "need-page")
  }

  /** After a jump far back, what follows is loaded as the reader comes near it. */
  #askNewer() {
    const { newer, status } = paging(store.state)
    if (newer && status === "") emit(this, "need-page", { newer: true })
  }

  /** Read means: in a visible, focused window, and its last line on the screen. */
  #reportSeen() {
    const chat = paging(store.state).chat
    if (!chat || !this.#placed || this.#hasNewLine() || document.visibilityState !== "visible" || !document.hasFocus()) return
    const edge = this.#parts.scroll.getBoundingClientRect().bottom + END_PX / 2
    const item = this.#window.shown.findLast((candidate) => candidate.kind === "message" && candidate.message && !candidate.own
      && this.#rows.get(candidate.key).root.getBoundingClientRect().bottom <= edge)
    // Another chat may be open already and not drawn yet.
    if (item?.kind === "message" && item.message?.chat_id === chat) emit(this, "seen", { chat_id: chat, seq: item.message.seq })
  }

  /** @param {boolean} waiting @param {string} status */
  #showWaiting(waiting, status) {
    const { skeleton } = this.#parts
    if (!waiting || status === "failed") {
      clearTimeout(this.#skeletonTimer)
      this.#skeletonTimer = 0
      skeleton.hidden = true
    } else if (!this.#skeletonTimer) {
      this.#skeletonTimer = setTimeout(() => (skeleton.hidden = false), SKELETON_AFTER_MS)
    }
  }

  /** @param {boolean} more @param {string} status */
  #showOlder(more, status) {
    const { older, loading, again } = this.#parts
    const hidden = !more && status !== "failed"
    // It stands above the rows: its height must not vanish under the reader's eyes.
    if (older.hidden !== hidden) this.#keepStill(() => (older.hidden = hidden))
    again.hidden = status !== "failed"
    loading.hidden = status === "failed"
    loading.classList.toggle("messages__loading--shown", status === "loading")
  }

  /** @param {string} key @param {boolean} ready */
  #showEmpty(key, ready) {
    const { empty, emptyTitle, emptyWords } = this.#parts
    const who = header(store.state)
    empty.hidden = Boolean(key) && (!ready || this.#window.items.length > 0 || !who?.name)
    if (empty.hidden) return
    const [title, words] = !key ? [texts.pickTitle, texts.pickWords]
      : who?.notes ? [texts.emptyNotesTitle, texts.emptyNotesWords]
        : [texts.emptyTitle, texts.emptyWords(who?.name ?? "")]
    setText(emptyTitle, title)
    setText(emptyWords, words)
    empty.classList.toggle("empty--small", Boolean(key))
  }

  #showJump() {
    const { jump, jumpCount } = this.#parts
    jump.hidden = !this.#placed || this.#pinned || !this.#key
    if (jump.hidden) return
    const { chat } = paging(store.state)
    const unread = chatItems(store.state).find((item) => item.id === chat)?.unread ?? 0
    jumpCount.hidden = unread === 0
    setText(jumpCount, texts.badge(unread))
    jump.setAttribute("aria-label", unread > 0 ? texts.jumpCounted(unread) : texts.jumpToLatest)
  }
}

/** After which seq the unread begin, if a line says so; else -1. @param {import("../state/model.js").State} state */
function lineOf({ open }) {
  return open && open.unread_count > 0 && !open.detached ? open.unread_after : -1
}

customElements.define("message-list", MessageList)
