// @ts-check
/**
 * The messages of the open chat: draws the window of rows, keeps the view still while rows change above it, follows the
 * end while the reader is there, asks for older pages, and reports what has been on the screen (`seen`).
 * It shows a message on request (`go-to-message`), and asks for it if it is not loaded. It loads and sends nothing.
 */
import { emit, parts, patchRows, setText } from "../lib/dom.js"
import { texts } from "../lib/texts.js"
import { store } from "../state/store.js"
import { targetKey } from "../state/targets.js"
import { MessageMenu } from "./message-menu.js"
import { timelineRow } from "./message-row.js"
import { RowWindow } from "./row-window.js"
import { showWallpaper } from "./wallpaper.js"

/** A reader closer to the end than this is at the end. */
const END_PX = 48
/** Pages are loaded and rows added this far ahead of the reader. */
const AHEAD_PX = 700
/** An answer that arrives sooner needs no placeholder. */
const SKELETON_AFTER_MS = 300
/** More rows than this at once are history, not news: screen readers do not read them. */
const SPOKEN_ROWS_MAX = 5
/** How long a message is marked after a jump to it. */
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
  /** The message to show as soon as it is loaded. */
  #target = 0
  #foundTimer = 0
  /** The seq above the unread line that the view was placed at. */
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
    window.addEventListener("beforeprint", () => this.#print(), { signal })
    store.watch(store.select.timeline, () => this.#renderSoon(), { signal })
    store.watch(store.select.paging, () => this.#renderSoon(), { signal })
    store.watch(store.select.header, () => this.#renderSoon(), { signal })
    store.watch(targetKey, () => this.#renderSoon(), { signal })
    store.watch((state) => state.today, () => this.#renderSoon(), { signal })
    store.watch(store.select.chatItems, () => this.#showJump(), { signal })
  }

  disconnectedCallback() {
    this.#life.abort()
    clearTimeout(this.#skeletonTimer)
    clearTimeout(this.#foundTimer)
  }

  /** One event changes several selections; the list draws once for all of them. */
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
    if (this.parentElement) showWallpaper(this.parentElement, store.select.header(state)?.username ?? "")
    const { ready, older, status } = store.select.paging(state)
    this.#showWaiting(key !== "" && !ready && !this.#placed, status)
    // A new chat is not loaded yet; what was drawn for the person stays until then.
    if (ready && key) this.#draw(store.select.timeline(state))
    // After the rows, because their scroll position makes up for its height.
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
    this.#menu?.close()
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
    // A message that was just written comes into view, wherever the reader was.
    const wrote = own !== this.#lastOwn && items.at(-1)?.pending
    this.#lastOwn = own
    this.#keepStill(() => {
      this.#window.follow(items)
      if (wrote) this.#window.toEnd()
      // In the same drawing: a day's row that moves up to older messages would otherwise pull down the rows below it.
      else if (this.#parts.scroll.scrollTop < AHEAD_PX) this.#window.up()
      this.#window.trim(this.#pinned || wrote)
      this.#patch()
    })
    if (wrote) this.#scrollToEnd()
    this.#settle()
  }

  /** A reader who was at the end when they left, or whose last visit ended here, continues at the first unread. */
  #hasNewLine() {
    return this.#pinned && lineOf(store.state) >= 0 && lineOf(store.state) !== this.#line
  }

  /** The first drawing of a chat: at the unread line, else at the end. @param {any[]} items */
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
      // If all unread messages fit on the screen, the end is the right place.
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

  /** A print has every loaded message, not only those near the view. */
  #print() {
    if (!this.#placed) return
    const shrink = this.#window.all()
    this.#patch()
    window.addEventListener("afterprint", () => this.#keepStill(() => {
      shrink()
      this.#patch()
    }), { once: true, signal: this.#life.signal })
  }

  /** @param {number} id */
  #goTo(id) {
    this.#target = id
    if (!this.#showTarget(store.select.timeline(store.state))) emit(this, "need-message", { id })
  }

  /** @param {any[]} items @returns {boolean} whether the message to show is among them */
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

  /** Scrolls a row to the middle and marks it for a moment. @param {HTMLElement} row */
  #reveal(row) {
    const { scroll } = this.#parts
    const [view, place] = [scroll.getBoundingClientRect(), row.getBoundingClientRect()]
    this.#pinned = false
    if (place.top < view.top || place.bottom > view.bottom) {
      scroll.scrollTop += place.top - view.top - Math.max(16, (view.height - place.height) / 2)
    }
    this.#measure()
    this.#settle()
    clearTimeout(this.#foundTimer)
    for (const other of this.#parts.rows.querySelectorAll(".message--found")) other.classList.remove("message--found")
    row.classList.add("message--found")
    const bubble = /** @type {HTMLElement | null} */ (row.querySelector(".message__bubble"))
    bubble?.focus({ preventScroll: true })
    this.#foundTimer = setTimeout(() => row.classList.remove("message--found"), FOUND_MS)
  }

  /** Keeps the row at the top of the view in its place, whatever `change` does above it. @param {() => void} change */
  #keepStill(change) {
    const { scroll } = this.#parts
    const edge = scroll.getBoundingClientRect().top
    /** @param {HTMLElement} row */
    const isInView = (row) => row.dataset.test === "message" && row.getBoundingClientRect().bottom > edge
    const row = this.#pinned ? null : [...this.#parts.rows.children].find(isInView)
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
    if (store.select.paging(store.state).newer) {
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
    const below = scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop
    this.#pinned = this.#window.tail && !store.select.paging(store.state).newer && below < END_PX
  }

  /** After every drawing and scrolling: adds rows if the reader is near an edge, and reports what they have seen. */
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

  /** Only its button asks for a failed page again: otherwise a dead line would be asked without end. */
  #askOlder() {
    const { older, status } = store.select.paging(store.state)
    if (older && status === "") emit(this, "need-page")
  }

  /** After a jump far back, newer messages load as the reader comes near them. */
  #askNewer() {
    const { newer, status } = store.select.paging(store.state)
    if (newer && status === "") emit(this, "need-page", { newer: true })
  }

  /** A message is read when its last line was on the screen in a visible, focused window. */
  #reportSeen() {
    const chat = store.select.paging(store.state).chat
    if (!chat || !this.#placed || this.#hasNewLine()) return
    if (document.visibilityState !== "visible" || !document.hasFocus()) return
    const edge = this.#parts.scroll.getBoundingClientRect().bottom + END_PX / 2
    const item = this.#window.shown.findLast((candidate) => candidate.kind === "message" && candidate.message
      && !candidate.own && this.#rows.get(candidate.key).root.getBoundingClientRect().bottom <= edge)
    const message = item?.kind === "message" ? item.message : null
    // Another chat may be open already and not drawn yet.
    if (message?.chat_id === chat) emit(this, "seen", { chat_id: chat, seq: message.seq })
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
    // It is above the rows, so a change of its height would move them.
    if (older.hidden !== hidden) this.#keepStill(() => (older.hidden = hidden))
    again.hidden = status !== "failed"
    loading.hidden = status === "failed"
    loading.classList.toggle("messages__loading--shown", status === "loading")
  }

  /** @param {string} key @param {boolean} ready */
  #showEmpty(key, ready) {
    const { empty, emptyTitle, emptyWords } = this.#parts
    const who = store.select.header(store.state)
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
    const { chat } = store.select.paging(store.state)
    const unread = store.select.chatItems(store.state).find((item) => item.id === chat)?.unread ?? 0
    jumpCount.hidden = unread === 0
    setText(jumpCount, texts.badge(unread))
    jump.setAttribute("aria-label", unread > 0 ? texts.jumpCounted(unread) : texts.jumpToLatest)
  }
}

/** The seq above the unread line; -1 if there is no line. @param {import("../state/model.js").State} state */
function lineOf({ open }) {
  return open && open.unread_count > 0 && !open.detached ? open.unread_after : -1
}

customElements.define("message-list", MessageList)
