// @ts-check
/**
 * The messages of the open chat: decides which of them are shown and where the view stands, asks for older pages, and
 * opens a chat at its first unread message, else where it was left, else at its end. It shows a message on request
 * (`go-to-message`), and asks for it if it is not loaded. It loads and sends nothing.
 * The rows, the place of the reader and the reports of what was seen have modules of their own beside it.
 */
import { emit, parts } from "../lib/dom.js"
import { loaded } from "../lib/load.js"
import { unreadMentions } from "../state/mentions.js"
import { store } from "../state/store.js"
import { targetKey } from "../state/targets.js"
import { typist } from "../state/typists.js"
import { showEmptyPane } from "./empty-pane.js"
import { FoundMark } from "./found-mark.js"
import { showJump, showMentionJump } from "./jump-button.js"
import { LeftPlaces } from "./left-places.js"
import { foldAgain } from "./long-text.js"
import { MessageMenu } from "./message-menu.js"
import { ScrollPlace } from "./scroll-place.js"
import { SeenReport } from "./seen-report.js"
import { listenSwipes } from "./swipes.js"
import { TimelineRows } from "./timeline-rows.js"
import { WaitingSigns } from "./waiting-signs.js"
import { showWallpaper } from "./wallpaper.js"

/** Pages are loaded and rows added this far ahead of the reader. */
const AHEAD_PX = 700

/** @typedef {{ id: number, top?: number } | { seq: number }} Target  top = how far below the edge of the view */

class MessageList extends HTMLElement {
  #life = new AbortController()
  /** @type {import("../lib/dom.js").Parts} */
  #parts = {}
  /** @type {HTMLElement} the composer and what is above it, floating over the lower end of the list */
  #foot
  /** @type {TimelineRows} */
  #rows
  /** @type {ScrollPlace} */
  #place
  /** @type {WaitingSigns} */
  #signs
  /** @type {FoundMark} */
  #found
  /** @type {MessageMenu} */
  #menu
  /** @type {import("./floating-date.js").FloatingDate | null} */
  #date = null
  /** @type {import("./selecting.js").Selecting | null} */
  #selecting = null
  /** @type {import("./pinned-bar.js").PinnedBar | null} */
  #pins = null
  #seen = new SeenReport(this)
  #left = new LeftPlaces()
  #key = ""
  #placed = false
  #due = false
  #lastOwn = ""
  /** The message to show as soon as it is loaded. @type {Target | null} */
  #target = null
  /** The seq of the mention that the reader went to last. */
  #mention = 0
  /** The seq above the unread line that the view was placed at. */
  #line = -1

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    this.#parts = parts(this)
    const { scroll, rows, jump, mentionJump, again } = this.#parts
    this.#foot = /** @type {HTMLElement} */ (this.nextElementSibling)
    this.#rows = new TimelineRows(this.#parts, signal)
    this.#place = new ScrollPlace(scroll, this.#rows, this.#foot)
    this.#signs = new WaitingSigns(this.#parts, signal)
    this.#found = new FoundMark(signal)
    this.#menu = new MessageMenu(this, this.#parts, signal)
    scroll.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true })
    jump.addEventListener("click", () => (this.#seen.skips ? this.#goToUnread() : this.#jumpToEnd()), { signal })
    mentionJump.addEventListener("click", () => this.#goToMention(), { signal })
    again.addEventListener("click", () => emit(this, "need-page"), { signal })
    window.addEventListener("focus", () => this.#reportSeen(), { signal })
    document.addEventListener("visibilitychange", () => this.#reportSeen(), { signal })
    this.addEventListener("go-to-message", (/** @type {any} */ { detail }) => this.#goTo({ id: detail.id }), { signal })
    this.addEventListener("select-message", (/** @type {any} */ { detail }) => this.#select(detail.message), { signal })
    this.addEventListener("text-unfolded", () => this.#place.measure(), { signal })
    window.addEventListener("beforeprint", () => this.#print(), { signal })
    this.#followSizes(signal)
    listenSwipes(rows, signal)
    store.watch(store.select.timeline, () => this.#renderSoon(), { signal })
    store.watch(store.select.paging, () => this.#renderSoon(), { signal })
    store.watch(store.select.header, () => this.#renderSoon(), { signal })
    store.watch(targetKey, () => this.#renderSoon(), { signal })
    store.watch(store.select.pinned, () => this.#renderSoon(), { signal })
    store.watch((state) => state.today, () => this.#renderSoon(), { signal })
    store.watch(store.select.chatItems, () => this.#showJump(), { signal })
    store.watch(typist, () => this.#showTyping(), { signal })
    store.watch((state) => store.select.header(state)?.typists, () => this.#showTyping(), { signal })
  }

  disconnectedCallback() {
    this.#life.abort()
  }

  /** @param {AbortSignal} signal */
  #followSizes(signal) {
    const { scroll, column, rows } = this.#parts
    const sizes = new ResizeObserver((changes) => {
      this.#makeRoom()
      foldAgain(rows, (change) => this.#place.keepStill(change))
      if (this.#place.pinned) this.#place.toEnd()
      if (changes.some(({ target }) => target !== column)) this.#menu.follow()
      // A message may be on the screen now without any scrolling.
      if (this.#placed) this.#settle()
    })
    for (const element of [scroll, column]) sizes.observe(element)
    // With its edge, because its padding follows the scroll bar.
    sizes.observe(this.#foot, { box: "border-box" })
    signal.addEventListener("abort", () => sizes.disconnect())
  }

  /** The last message ends above what floats. */
  #makeRoom() {
    const height = `${this.#foot.offsetHeight}px`
    if (this.style.getPropertyValue("--foot") !== height) this.style.setProperty("--foot", height)
    const { scroll } = this.#parts
    const bar = `${scroll.offsetWidth - scroll.clientWidth}px`
    if (this.#foot.style.getPropertyValue("--scrollbar") !== bar) this.#foot.style.setProperty("--scrollbar", bar)
  }

  async #showTyping() {
    const { typing } = this.#parts
    if (!typist(store.state) && typing.hidden) return
    const module = await loaded(import("./typing-bubble.js"), "")
    const names = store.select.header(store.state)?.typists ?? null
    module?.showTyping(this.#parts, typist(store.state), names, (change) => this.#place.keepStill(change))
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
    // Before the rows, because their place in the window depends on its height.
    this.#showPins()
    const { group = false, chat: id = 0, username = "" } = store.select.header(state) ?? {}
    if (this.parentElement) showWallpaper(this.parentElement, group ? `#${id}` : username)
    const { ready, older, status } = store.select.paging(state)
    this.#signs.showSkeleton(key !== "" && !ready && !this.#placed, status)
    // A new chat is not loaded yet; what was drawn for the person stays until then.
    if (ready && key) this.#draw(store.select.timeline(state))
    // After the rows, because their scroll position makes up for its height.
    this.#signs.showOlder(older, status, (change) => this.#place.keepStill(change))
    this.#showEmpty(key, ready)
    this.#showJump()
  }

  /** @param {string} key */
  #leave(key) {
    this.#left.note(this.#key, this.#placed ? this.#place : null, this.#rows)
    this.#key = key
    this.#placed = false
    this.#place.pinned = true
    this.#lastOwn = ""
    this.#target = null
    this.#mention = 0
    this.#line = -1
    this.#seen.reset()
    this.#date?.hide()
    this.#menu.close()
    this.#selecting?.end()
    this.#rows.clear()
  }

  /** Begins to select messages. @param {import("../state/model.js").Message} message the first of them */
  async #select(message) {
    const module = await loaded(import("./selecting.js"))
    if (!module || this.#selecting || message.chat_id !== store.state.open?.chat_id || !this.isConnected) return
    const ended = () => (this.#selecting = null)
    this.#selecting = new module.Selecting(this, this.#parts.rows, message, ended, this.#life.signal)
  }

  async #showPins() {
    if (!this.#pins && store.select.pinned(store.state).length === 0) return
    if (!this.#pins) {
      const module = await loaded(import("./pinned-bar.js"), "")
      if (!module || this.#life.signal.aborted) return
      this.#pins ??= new module.PinnedBar(this, this.#life.signal)
    }
    this.#pins.draw(store.select.pinned(store.state), (change) => this.#place.keepInWindow(change))
  }

  /** @param {any[]} items */
  #draw(items) {
    if (this.#target && this.#showTarget(items)) return
    if (!this.#placed || this.#hasNewLine()) {
      this.#open(items)
      return
    }
    const own = items.findLast((item) => item.own)?.key ?? ""
    // A message that was just written comes into view, wherever the reader was.
    const wrote = own !== this.#lastOwn && items.at(-1)?.pending
    const { window } = this.#rows
    const follows = this.#place.pinned && window.tail
    this.#lastOwn = own
    this.#place.keepStill(() => {
      window.follow(items)
      if (wrote) window.toEnd()
      // In the same drawing: a day's row that moves up to older messages would otherwise pull down the rows below it.
      else if (this.#place.above < AHEAD_PX) window.up()
      window.trim(this.#place.pinned || wrote)
      this.#patch(follows)
    })
    if (wrote) this.#place.toEnd()
    this.#settle()
  }

  /**
   * A reader who was at the end when they left, or whose last visit ended here, continues at the first unread message,
   * unless they have passed over it.
   */
  #hasNewLine() {
    return this.#place.pinned && !this.#seen.skips && lineOf(store.state) >= 0 && lineOf(store.state) !== this.#line
  }

  /** The first drawing of a chat: at the unread line, else where it was left, else at the end. @param {any[]} items */
  #open(items) {
    this.#makeRoom()
    const place = this.#place
    const line = items.findIndex((item) => item.kind === "unread")
    const taken = this.#left.take(this.#key)
    const left = this.#placed || lineOf(store.state) >= 0 ? undefined : taken
    const at = line < 0 && left ? items.findIndex((item) => item.key === left.row) : line
    this.#line = lineOf(store.state)
    this.#seen.skips = false
    this.#rows.window.open(items, at)
    this.#lastOwn = items.findLast((item) => item.own)?.key ?? ""
    this.#patch()
    this.#placed = true
    place.toEnd()
    const row = at >= 0 ? this.#rows.elementOf(items[at].key) : null
    if (row && line < 0) place.by(place.distance(row) - (left?.top ?? 0))
    // If all unread messages fit on the screen, the end is the right place.
    else if (row && place.distance(row) < 0) place.by(place.distance(row) - place.view.height / 5)
    place.measure()
    this.#settle()
  }

  /** @param {boolean} [follows] whether the reader is at the end, where messages of others enter */
  #patch(follows) {
    this.#rows.draw(follows)
    this.#menu.rove()
    this.#selecting?.draw()
  }

  /** A print has every loaded message, not only those near the view. */
  #print() {
    if (!this.#placed) return
    const shrink = this.#rows.window.all()
    this.#patch()
    window.addEventListener("afterprint", () => this.#place.keepStill(() => {
      shrink()
      this.#patch()
    }), { once: true, signal: this.#life.signal })
  }

  /** Where the reader is, for `returnTo`; null at the end. @returns {{ id: number, top: number } | null} */
  get here() {
    const row = this.#place.pinned ? null : this.#place.topMessage()
    const id = Number(row?.dataset.id ?? 0)
    return row && id ? { id, top: this.#place.distance(row) } : null
  }

  /** @param {{ id: number, top: number } | null} place */
  returnTo(place) {
    if (place) this.#goTo(place)
    else this.#jumpToEnd()
  }

  /** @param {Target} target */
  #goTo(target) {
    this.#target = target
    if (!this.#showTarget(store.select.timeline(store.state))) emit(this, "need-message", target)
  }

  /** The unread mentions that have not been on the screen, the oldest first. */
  #mentionsAhead() {
    const { chat } = store.select.paging(store.state)
    return unreadMentions(store.state, chat).filter((seq) => seq > this.#mention)
  }

  #goToMention() {
    const [seq] = this.#mentionsAhead()
    if (!seq) return
    this.#goTo({ seq })
    this.#place.focus()
  }

  /** @param {any[]} items @returns {boolean} whether the message to show is among them */
  #showTarget(items) {
    /** @type {{ id: number, seq: number, top?: number }} */
    const target = { id: 0, seq: 0, ...this.#target }
    const at = items.findIndex(({ message }) => message && (message.id === target.id || message.seq === target.seq))
    if (at < 0) return false
    this.#mention = Math.max(this.#mention, target.seq)
    this.#target = null
    const { key } = items[at]
    if (this.#rows.window.items !== items || !this.#rows.elementOf(key)) {
      this.#rows.window.open(items, at)
      this.#patch()
    }
    this.#placed = true
    this.#lastOwn = items.findLast((item) => item.own)?.key ?? ""
    this.#reveal(/** @type {HTMLElement} */ (this.#rows.elementOf(key)), target.top)
    return true
  }

  /**
   * Shows a row and marks it for a moment; with `top`, it only puts it there.
   * @param {HTMLElement} row @param {number} [top]
   */
  #reveal(row, top) {
    if (top === undefined) this.#place.show(row)
    else this.#place.by(this.#place.distance(row) - top)
    this.#place.measure()
    this.#settle()
    if (top === undefined) this.#found.set(row)
  }

  #jumpToEnd() {
    if (store.select.paging(store.state).newer) {
      this.#placed = false
      emit(this, "go-latest")
      this.#place.focus()
      return
    }
    this.#rows.window.toEnd()
    this.#patch()
    this.#place.toEnd()
    this.#settle()
    this.#place.focus()
  }

  /** Shows the first unread message, which the reader has passed over. */
  #goToUnread() {
    this.#placed = false
    emit(this, "go-unread")
    this.#rows.clear()
    this.#renderSoon()
    this.#place.focus()
  }

  #scrolled() {
    if (!this.#placed) return
    this.#place.scrolled()
    this.#showDate()
    this.#settle()
  }

  /** The list also scrolls by itself; only the reader's own movement shows the date. */
  async #showDate() {
    const top = this.#place.movedByReader() ? this.#place.topMessage() : null
    const item = this.#rows.itemOf(top)
    if (item?.kind !== "message") return
    const module = this.#date ? null : await loaded(import("./floating-date.js"), "")
    const { date, dateLabel, rows } = this.#parts
    if (module) this.#date ??= new module.FloatingDate(date, dateLabel, this.#life.signal)
    this.#date?.show(item.at, [rows.lastElementChild, ...rows.querySelectorAll(".day")])
  }

  /** After every drawing and scrolling: adds rows if the reader is near an edge, and reports what they have seen. */
  #settle() {
    const { window } = this.#rows
    const { above, below } = this.#place
    if (above < AHEAD_PX && window.lo > 0) this.#place.keepStill(() => window.up() && this.#patch())
    else if (above < AHEAD_PX) this.#askOlder()
    if (below < AHEAD_PX && !window.tail) this.#place.keepStill(() => window.down() && this.#patch())
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

  #reportSeen() {
    const { chat } = store.select.paging(store.state)
    // Another chat may be open already and not drawn yet.
    if (!chat || !this.#placed || this.#hasNewLine() || targetKey(store.state) !== this.#key) return
    this.#seen.report(chat, this.#parts.rows.children, this.#place)
  }

  /** @param {string} key @param {boolean} ready */
  #showEmpty(key, ready) {
    const { empty } = this.#parts
    const who = store.select.header(store.state)
    empty.hidden = Boolean(key) && (!ready || this.#rows.window.items.length > 0 || !who?.name)
    if (!empty.hidden) showEmptyPane(this.#parts, key ? who : null)
  }

  #showJump() {
    const { chat } = store.select.paging(store.state)
    const unread = store.select.chatItems(store.state).find((item) => item.id === chat)?.unread ?? 0
    const back = this.#seen.skips && unread > 0 ? "unread" : ""
    const to = !this.#placed || !this.#key ? "" : this.#place.pinned ? back : "end"
    showJump(this.#parts, to, unread)
    showMentionJump(this.#parts, this.#placed && this.#key ? this.#mentionsAhead().length : 0)
  }
}

/** The seq above the unread line; -1 if there is no line. @param {import("../state/model.js").State} state */
function lineOf({ open }) {
  return open && open.unread_count > 0 ? open.unread_after : -1
}

customElements.define("message-list", MessageList)
