// @ts-check
/**
 * The messages of the open chat: draws the window of rows, keeps the view still while rows change above it, follows the
 * end while the reader is there, asks for older pages, and reports what has been on the screen (`seen`).
 * A chat opens at its first unread message, else where it was left, else at its end.
 * It shows a message on request (`go-to-message`), and asks for it if it is not loaded. It loads and sends nothing.
 */
import { emit, parts, patchRows, setText } from "../lib/dom.js"
import { loaded } from "../lib/load.js"
import { texts } from "../lib/texts.js"
import { unreadOf } from "../state/model.js"
import { messageById } from "../state/quotes.js"
import { store } from "../state/store.js"
import { targetKey } from "../state/targets.js"
import { typist } from "../state/typists.js"
import { showEmptyPane } from "./empty-pane.js"
import { showJump } from "./jump-button.js"
import { foldAgain, foldLong } from "./long-text.js"
import { MessageMenu } from "./message-menu.js"
import { timelineRow } from "./message-row.js"
import { ShownMessages, firstRowBelow, isWatched } from "./on-screen.js"
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

/** @typedef {import("../state/timeline.js").TimelineItem} TimelineItem */
/** @typedef {{ row: string, top: number }} Place */

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
  #shown = new ShownMessages()
  /** Whether the reader is at the end and has passed over unread messages. */
  #skips = false
  /** Where chats were left: the row at the top of the view, and how far below its edge. @type {Map<string, Place>} */
  #places = new Map()
  /** @type {import("./floating-date.js").FloatingDate | null} */
  #date = null
  /** Where the list has scrolled to by itself, or the reader has last. */
  #still = 0
  /** @type {MessageMenu | null} */
  #menu = null

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    this.#parts = parts(this)
    const { scroll, column, rows, jump, again } = this.#parts
    scroll.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true })
    jump.addEventListener("click", () => (this.#skips ? this.#goToUnread() : this.#jumpToEnd()), { signal })
    again.addEventListener("click", () => emit(this, "need-page"), { signal })
    window.addEventListener("focus", () => this.#reportSeen(), { signal })
    document.addEventListener("visibilitychange", () => this.#reportSeen(), { signal })
    this.addEventListener("go-to-message", (/** @type {any} */ { detail }) => this.#goTo(detail.id), { signal })
    this.#menu = new MessageMenu(this, this.#parts, signal)
    this.addEventListener("text-unfolded", () => this.#measure(), { signal })
    const sizes = new ResizeObserver((changes) => {
      foldAgain(rows, (change) => this.#keepStill(change))
      if (this.#pinned) this.#scrollToEnd()
      if (changes.some(({ target }) => target === scroll)) this.#menu?.follow()
      // A message may be on the screen now without any scrolling.
      if (this.#placed) this.#settle()
    })
    for (const element of [scroll, column]) sizes.observe(element)
    // Its animation would run again whenever the row moves in the document.
    rows.addEventListener("animationend", (/** @type {any} */ { target }) => {
      delete target.closest(".message")?.dataset.entered
    }, { signal })
    this.#listenSwipes(signal)
    signal.addEventListener("abort", () => sizes.disconnect())
    window.addEventListener("beforeprint", () => this.#print(), { signal })
    store.watch(store.select.timeline, () => this.#renderSoon(), { signal })
    store.watch(store.select.paging, () => this.#renderSoon(), { signal })
    store.watch(store.select.header, () => this.#renderSoon(), { signal })
    store.watch(targetKey, () => this.#renderSoon(), { signal })
    store.watch((state) => state.today, () => this.#renderSoon(), { signal })
    store.watch(store.select.chatItems, () => this.#showJump(), { signal })
    store.watch(typist, () => this.#showTyping(), { signal })
  }

  disconnectedCallback() {
    this.#life.abort()
    clearTimeout(this.#skeletonTimer)
    clearTimeout(this.#foundTimer)
  }

  async #showTyping() {
    const { typing, typist: print } = this.#parts
    if (!typist(store.state) && typing.hidden) return
    const module = await loaded(import("./typing-bubble.js"), "")
    module?.showTyping(typing, print, typist(store.state), (change) => this.#keepStill(change))
  }

  /** Without a finger, nothing is loaded. @param {AbortSignal} signal */
  #listenSwipes(signal) {
    const { rows } = this.#parts
    const quoted = (/** @type {HTMLElement} */ row) =>
      messageById(store.state, store.select.paging(store.state).chat, Number(row.dataset.id ?? 0))
    const may = (/** @type {HTMLElement} */ row) => Boolean(quoted(row) && !quoted(row)?.deleted_at)
    const first = new AbortController()
    const load = async () => {
      first.abort()
      const module = await loaded(import("./swipe-reply.js"), "")
      if (!signal.aborted) module?.onSwipe(rows, may, (row) => emit(this, "reply-to", { message: quoted(row) }), signal)
    }
    if (matchMedia("(any-pointer: coarse)").matches) load()
    else rows.addEventListener("touchstart", load, { signal: first.signal, passive: true })
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
    this.#notePlace()
    this.#key = key
    this.#placed = false
    this.#pinned = true
    this.#lastOwn = ""
    this.#target = 0
    this.#line = -1
    this.#shown = new ShownMessages()
    this.#skips = false
    this.#date?.hide()
    this.#menu?.close()
    this.#rows.clear()
    this.#window = new RowWindow()
    this.#parts.rows.replaceChildren()
  }

  /** Notes where this chat is left, unless that is its end. */
  #notePlace() {
    const row = this.#placed && !this.#pinned ? this.#topMessage() : null
    this.#places.delete(this.#key)
    const item = row && this.#window.shown.find((candidate) => this.#rows.get(candidate.key)?.root === row)
    if (item) this.#places.set(this.#key, { row: item.key, top: this.#distance(row) })
  }

  /** The first message that reaches into the view. @returns {HTMLElement | null} */
  #topMessage() {
    const { scroll, rows: { children } } = this.#parts
    for (let at = firstRowBelow(children, scroll.getBoundingClientRect().top); at < children.length; at += 1) {
      if (children[at].dataset.test === "message") return children[at]
    }
    return null
  }

  /** How far a row is below the upper edge of the view. @param {HTMLElement} row */
  #distance(row) {
    return row.getBoundingClientRect().top - this.#parts.scroll.getBoundingClientRect().top
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
    const follows = this.#pinned && this.#window.tail
    this.#lastOwn = own
    this.#keepStill(() => {
      this.#window.follow(items)
      if (wrote) this.#window.toEnd()
      // In the same drawing: a day's row that moves up to older messages would otherwise pull down the rows below it.
      else if (this.#parts.scroll.scrollTop < AHEAD_PX) this.#window.up()
      this.#window.trim(this.#pinned || wrote)
      this.#patch(follows)
    })
    if (wrote) this.#scrollToEnd()
    this.#settle()
  }

  /**
   * A reader who was at the end when they left, or whose last visit ended here, continues at the first unread message,
   * unless they have passed over it.
   */
  #hasNewLine() {
    return this.#pinned && !this.#skips && lineOf(store.state) >= 0 && lineOf(store.state) !== this.#line
  }

  /** The first drawing of a chat: at the unread line, else where it was left, else at the end. @param {any[]} items */
  #place(items) {
    const line = items.findIndex((item) => item.kind === "unread")
    const left = this.#placed || lineOf(store.state) >= 0 ? undefined : this.#places.get(this.#key)
    const at = line < 0 && left ? items.findIndex((item) => item.key === left.row) : line
    this.#places.delete(this.#key)
    this.#line = lineOf(store.state)
    this.#skips = false
    this.#window.open(items, at)
    this.#lastOwn = items.findLast((item) => item.own)?.key ?? ""
    this.#patch()
    this.#placed = true
    this.#scrollToEnd()
    const row = at >= 0 ? this.#rows.get(items[at].key)?.root : null
    const { scroll } = this.#parts
    if (row && line < 0) this.#scrollBy(this.#distance(row) - (left?.top ?? 0))
    // If all unread messages fit on the screen, the end is the right place.
    else if (row && this.#distance(row) < 0) this.#scrollBy(this.#distance(row) - scroll.clientHeight / 5)
    this.#measure()
    this.#settle()
  }

  /** @param {boolean} [follows] whether the reader is at the end, where messages of others enter */
  #patch(follows = false) {
    const { rows, log } = this.#parts
    const { shown } = this.#window
    const fresh = shown.filter((item) => !this.#rows.has(item.key))
    if (fresh.length > SPOKEN_ROWS_MAX) {
      log.setAttribute("aria-live", "off")
      setTimeout(() => log.setAttribute("aria-live", "polite"), 500)
    }
    const focused = rows.contains(document.activeElement)
    patchRows(rows, shown, { rows: this.#rows, key: (item) => item.key, create: timelineRow })
    foldLong(rows)
    if (focused && !rows.contains(document.activeElement)) this.#parts.scroll.focus({ preventScroll: true })
    const enters = (/** @type {TimelineItem} */ item) => item.kind === "message" && !item.own
    if (follows && fresh.length <= SPOKEN_ROWS_MAX) {
      for (const { key } of fresh.filter(enters)) this.#rows.get(key).root.dataset.entered = ""
    }
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
      this.#scrollBy(place.top - view.top - Math.max(16, (view.height - place.height) / 2))
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
    const row = this.#pinned ? null : this.#topMessage()
    const before = row ? this.#distance(row) : 0
    change()
    if (this.#pinned && this.#window.tail) this.#scrollToEnd()
    else if (row?.isConnected) this.#scrollBy(this.#distance(row) - before)
  }

  /** @param {number} px */
  #scrollBy(px) {
    const { scroll } = this.#parts
    scroll.scrollTop += px
    this.#still = scroll.scrollTop
  }

  #scrollToEnd() {
    this.#pinned = true
    this.#scrollBy(this.#parts.scroll.scrollHeight)
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

  /** Shows the first unread message, which the reader has passed over. */
  #goToUnread() {
    this.#placed = false
    emit(this, "go-unread")
    this.#rows.clear()
    this.#parts.rows.replaceChildren()
    this.#renderSoon()
    this.#parts.scroll.focus({ preventScroll: true })
  }

  #scrolled() {
    if (!this.#placed) return
    this.#showDate()
    this.#measure()
    this.#settle()
  }

  /** The list also scrolls by itself; only the reader's own movement shows the date. */
  async #showDate() {
    const { scroll, rows } = this.#parts
    const moved = Math.abs(scroll.scrollTop - this.#still) > 1
    this.#still = scroll.scrollTop
    const top = moved ? this.#topMessage() : null
    const item = top && this.#window.shown.find(({ key }) => this.#rows.get(key)?.root === top)
    if (item?.kind !== "message") return
    const module = this.#date ? null : await loaded(import("./floating-date.js"), "")
    const { date, dateLabel } = this.#parts
    if (module) this.#date ??= new module.FloatingDate(date, dateLabel, this.#life.signal)
    this.#date?.show(item.at, [rows.lastElementChild, ...rows.querySelectorAll(".day")])
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
    this.#reportSeen()
    this.#showJump()
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

  /**
   * A message is read when its last line and those of all before it were on the screen of a visible, focused window.
   */
  #reportSeen() {
    const { chat } = store.select.paging(store.state)
    // Another chat may be open already and not drawn yet.
    if (!chat || !this.#placed || this.#hasNewLine() || targetKey(store.state) !== this.#key || !isWatched()) return
    const { scroll, rows } = this.#parts
    this.#shown.note(rows.children, scroll.getBoundingClientRect(), END_PX / 2)
    const seq = this.#shown.readThrough(chat)
    if (seq) emit(this, "seen", { chat_id: chat, seq })
    this.#skips = this.#pinned && unreadOf(store.state, chat) > 0
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
    const { empty } = this.#parts
    const who = store.select.header(store.state)
    empty.hidden = Boolean(key) && (!ready || this.#window.items.length > 0 || !who?.name)
    if (!empty.hidden) showEmptyPane(this.#parts, key ? who : null)
  }

  #showJump() {
    const { chat } = store.select.paging(store.state)
    const unread = store.select.chatItems(store.state).find((item) => item.id === chat)?.unread ?? 0
    const to = !this.#placed || !this.#key ? "" : !this.#pinned ? "end" : this.#skips && unread > 0 ? "unread" : ""
    showJump(this.#parts, to, unread)
  }
}

/** The seq above the unread line; -1 if there is no line. @param {import("../state/model.js").State} state */
function lineOf({ open }) {
  return open && open.unread_count > 0 ? open.unread_after : -1
}

customElements.define("message-list", MessageList)
