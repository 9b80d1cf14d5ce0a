// @ts-check
/**
 * The list in the side column: the filters, the row that leads to the archive, the chats, then people without a chat.
 * It shows the archive itself, too.
 * Keyboard: Tab reaches the filter, the chips and the open (or first) row. Up, Down, Home and End move between rows,
 * Enter opens one, the Menu key or Shift+F10 opens the chat's menu. In the filter, Down goes to the first row, Enter
 * opens it, Esc clears the filter. Esc also leaves the archive.
 * Rows are links; routing.js opens chats when the address changes.
 */
import { emit, nextFrame, parts, patchRows, setText } from "../lib/dom.js"
import { make } from "../lib/make.js"
import { isComposing } from "../lib/keys.js"
import { loaded } from "../lib/load.js"
import { number } from "../lib/locale.js"
import { withNames } from "../lib/mentions.js"
import { isolatedNames } from "../lib/isolated.js"
import { printRoute } from "../lib/route.js"
import { texts } from "../lib/texts.js"
import { sameValues } from "../lib/values.js"
import { drafts } from "../composer/drafts.js"
import { shownText } from "../state/draft.js"
import { namesInDraft } from "../state/mentions.js"
import { matches } from "../state/person-items.js"
import { store } from "../state/store.js"
import { keyOf, targetKey } from "../state/targets.js"
import { chatRow, personRow } from "./chat-row.js"
import { listenForQuickKeys, switcherKeys } from "./quick-keys.js"
import { offerMenus } from "./row-menu.js"

/** Making a row takes 0.1 ms or more. This many fill every screen; more are added as the end comes into view. */
const ROWS_A_STEP = 60
/** The next rows are made before the reader sees that they are missing. */
const AHEAD = "600px"
/** A list that arrives sooner needs no placeholder. */
const SKELETON_AFTER_MS = 300
/** Not before the page has settled: rows that move earlier do so at once. */
const GLIDE_AFTER_MS = 1500

/** @type {typeof import("./glide.js").glide | undefined} */
let glide

/** @typedef {import("../state/chat-items.js").ChatItem} ChatItem */

class ChatList extends HTMLElement {
  #life = new AbortController()
  /** @type {import("../lib/dom.js").Parts} */
  #parts = {}
  #query = ""
  #unreadOnly = false
  /** The rows that the "unread" filter has shown: the open chat stays in it while it is read. @type {Set<string>} */
  #wasUnread = new Set()
  #due = false
  /** A pressed pointer is on a row, which must not move away; and what to draw once it is released. */
  #pressed = false
  #held = false
  /** The chats that are drawn, by key; null if another list is wanted, which does not glide. @type {string[] | null} */
  #drawn = null
  #skeletonTimer = 0
  #glideTimer = 0
  /** How many rows the list may have now, and whether there would be more. */
  #limit = ROWS_A_STEP
  #hasMore = false
  /** @type {IntersectionObserver | undefined} */
  #endSight
  /** @type {WeakMap<ChatItem, import("./chat-row.js").ShownChat>} */
  #shown = new WeakMap()
  /** @type {Map<string, any>} */
  #chatRows = new Map()
  /** @type {Map<string, any>} */
  #personRows = new Map()

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    this.#parts = parts(this)
    const { filter, clear, keys, all, unread, leave, archiveLink, scroll, skeleton } = this.#parts
    filter.addEventListener("input", () => this.#filterBy(filter.value), { signal })
    filter.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#filterKey(event), { signal })
    clear.addEventListener("click", () => this.#clearFilter(), { signal })
    all.addEventListener("click", () => this.#choose(false), { signal })
    unread.addEventListener("click", () => this.#choose(true), { signal })
    leave.addEventListener("click", () => emit(this, "leave-archive"), { signal })
    archiveLink.setAttribute("href", printRoute({ archived: true }))
    this.addEventListener("keydown", (event) => this.#listKey(event), { signal })
    scroll.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#rowKey(event), { signal })
    scroll.addEventListener("click", (/** @type {Event} */ event) => this.#clicked(event), { signal })
    this.#endSight = new IntersectionObserver((seen) => seen.at(-1)?.isIntersecting && this.#grow(), {
      root: scroll, rootMargin: AHEAD,
    })
    offerMenus(scroll, signal)
    listenForQuickKeys(signal)
    keys.replaceChildren(...switcherKeys().map((key) => make("kbd", { class: "key" }, [key])))
    this.#watchPresses(signal)
    this.#glideTimer = setTimeout(async () => {
      glide ??= (await loaded(import("./glide.js"), ""))?.glide
    }, GLIDE_AFTER_MS)
    this.#skeletonTimer = setTimeout(() => (skeleton.hidden = store.state.loaded), SKELETON_AFTER_MS)
    drafts.addEventListener("change", (event) => {
      this.#draftChanged(/** @type {CustomEvent} */ (event).detail?.key)
    }, { signal })
    store.watch(store.select.chatItems, () => this.#renderSoon(), { signal })
    store.watch(store.select.personItems, () => this.#renderSoon(), { signal })
    for (const part of /** @type {const} */ (["loaded", "today", "archive"])) {
      store.watch((state) => state[part], () => this.#renderSoon(), { signal })
    }
  }

  disconnectedCallback() {
    this.#life.abort()
    this.#endSight?.disconnect()
    clearTimeout(this.#skeletonTimer)
    clearTimeout(this.#glideTimer)
  }

  /** Focuses the row of the chat that was left, or the start of the list. @param {string} href */
  focusRow(href) {
    this.#drawThrough(href)
    const links = this.#links()
    const first = store.state.archive ? links[0] : undefined
    const link = links.find((candidate) => candidate.getAttribute("href") === href) ?? first
    if (link) this.#focusRow(link)
    else this.#focusTop()
  }

  /** Draws the rows up to the one of this address, if there is one. @param {string} href */
  #drawThrough(href) {
    const chats = this.#shownChats().map(({ id }) => printRoute({ chat_id: id }))
    const people = this.#shownPeople().map(({ id }) => printRoute({ user_id: id }))
    this.#limit = Math.max(this.#limit, [...chats, ...people].indexOf(href) + ROWS_A_STEP)
    this.#render()
  }

  #grow() {
    if (!this.#hasMore) return
    this.#limit += ROWS_A_STEP
    this.#renderSoon()
  }

  /**
   * The row of the open chat does not show its draft, so typing there does not draw the list at every key.
   * @param {string | undefined} key
   */
  #draftChanged(key) {
    if (!key || key !== targetKey(store.state)) this.#renderSoon()
  }

  #renderSoon() {
    if (this.#due) return
    this.#due = true
    nextFrame(() => {
      this.#due = false
      if (this.#pressed) this.#held = true
      else if (this.isConnected) this.#render()
    })
  }

  /** Nothing moves under a pressed pointer: it would be released on another row. @param {AbortSignal} signal */
  #watchPresses(signal) {
    this.#parts.scroll.addEventListener("pointerdown", () => (this.#pressed = true), { signal })
    for (const name of ["pointerup", "pointercancel", "blur"]) {
      window.addEventListener(name, () => {
        this.#pressed = false
        if (this.#held) this.#renderSoon()
        this.#held = false
      }, { signal })
    }
  }

  #render() {
    const { state } = store
    const { people, heading, skeleton, scroll } = this.#parts
    if (!state.loaded) return
    const links = this.#links()
    const held = links.findIndex((link) => link === document.activeElement)
    const shownChats = this.#shownChats().slice(0, this.#limit).map((item) => this.#shownChat(item))
    const shownPeople = this.#shownPeople().slice(0, this.#limit - shownChats.length)
      .map((item) => ({ ...item, today: state.today }))
    this.#showFrame()
    this.#patchChats(shownChats)
    patchRows(people, shownPeople, { rows: this.#personRows, key: (item) => item.key, create: personRow })
    heading.hidden = shownPeople.length === 0
    skeleton.hidden = true
    scroll.setAttribute("aria-busy", "false")
    this.#showEmpty(shownChats.length + shownPeople.length)
    this.#placeTabStop()
    this.#hasMore = shownChats.length + shownPeople.length === this.#limit
    this.#watchEnd()
    if (held >= 0 && !scroll.contains(document.activeElement)) this.#holdFocus([links[held + 1], links[held - 1]])
  }

  /** Observed again after each change: an end that stays in view does not report again. */
  #watchEnd() {
    const { end } = this.#parts
    this.#endSight?.unobserve(end)
    if (this.#hasMore) this.#endSight?.observe(end)
  }

  /** @param {import("./chat-row.js").ShownChat[]} items */
  #patchChats(items) {
    const { chats, scroll } = this.#parts
    const patch = () => patchRows(chats, items, { rows: this.#chatRows, key: (item) => item.key, create: chatRow })
    const before = this.#drawn
    this.#drawn = items.map((item) => item.key)
    // Rows that are only added at the end move nothing.
    if (!glide || !before || before.every((key, at) => items[at]?.key === key)) patch()
    else glide(scroll, chats, patch)
  }

  /**
   * The same object as long as nothing in it has changed.
   * @param {ChatItem} item @returns {import("./chat-row.js").ShownChat}
   */
  #shownChat(item) {
    const { state } = store
    const written = shownText(drafts.get(keyOf(state, item.id)))
    const draft = withNames(written, isolatedNames(namesInDraft(state, item.id, written)))
    const about = { today: state.today, draft, filtered: this.#query !== "" }
    const before = this.#shown.get(item)
    if (before && sameValues(before, about)) return before
    const now = { ...item, ...about }
    this.#shown.set(item, now)
    return now
  }

  /** A search includes archived chats; the list without a search does not. @returns {ChatItem[]} */
  #shownChats() {
    const { state } = store
    const items = store.select.chatItems(state)
    if (state.archive) return items.filter((item) => item.archived)
    const shown = items.filter((item) => this.#matches(item) && (this.#query !== "" || !item.archived))
    if (!this.#unreadOnly) return shown
    for (const item of shown) if (item.unread > 0 || item.marked) this.#wasUnread.add(item.key)
    return shown.filter((item) => item.unread > 0 || item.marked || (item.selected && this.#wasUnread.has(item.key)))
  }

  #shownPeople() {
    const { state } = store
    if (state.archive || this.#unreadOnly) return []
    return store.select.personItems(state).filter((item) => this.#matches(item))
  }

  /** @param {{ name: string, username: string, notes: boolean }} item */
  #matches({ name, username, notes }) {
    return this.#query === "" || matches({ name: notes ? `${texts.notesToSelf} ${name}` : name, username }, this.#query)
  }

  /** Shows what is around the rows: the filters and the row of the archive, or the bar of the archive. */
  #showFrame() {
    const { state } = store
    if (this.#parts.tools.hidden !== state.archive) this.#drawn = null
    const { tools, archiveBar, archiveRow, archiveWords, archiveCount, archiveBadge, all, unread } = this.#parts
    const put = store.select.chatItems(state).filter((item) => item.archived)
    const unreadIn = put.reduce((sum, item) => sum + item.unread, 0)
    tools.hidden = state.archive
    archiveBar.hidden = !state.archive
    archiveRow.hidden = state.archive || put.length === 0 || this.#query !== "" || this.#unreadOnly
    setText(archiveCount, number(put.length))
    archiveBadge.hidden = unreadIn === 0
    setText(archiveBadge, texts.badge(unreadIn))
    setText(archiveWords, texts.archivedWords(put.length, unreadIn))
    all.setAttribute("aria-pressed", String(!this.#unreadOnly))
    unread.setAttribute("aria-pressed", String(this.#unreadOnly))
  }

  /** @param {number} shown how many rows there are */
  #showEmpty(shown) {
    const { empty } = this.#parts
    const alone = Object.keys(store.state.users).length <= 1
    const words = shown > 0 && !alone ? "" : this.#emptyWords(alone, shown)
    empty.hidden = words === ""
    if (words && words === texts.nobodyElse) this.#invite(empty)
    else setText(empty, words)
  }

  /** Shows the invite card to a person who is alone on this server. @param {HTMLElement} empty */
  #invite(empty) {
    if (empty.querySelector("invite-card")) return
    if (!empty.textContent) setText(empty, texts.nobodyElse)
    loaded(import("../invite/invite-card.js"), "").then((module) => module?.showInvite(empty))
  }

  /** @param {boolean} alone @param {number} shown */
  #emptyWords(alone, shown) {
    if (store.state.archive) return shown > 0 ? "" : texts.noArchived
    if (this.#query) return shown > 0 ? "" : texts.nothingMatches(this.#query.trim())
    if (this.#unreadOnly) return shown > 0 ? "" : texts.noUnread
    return alone ? texts.nobodyElse : ""
  }

  /** One row is in the tab order; arrows reach the others. */
  #placeTabStop() {
    const links = this.#links()
    const stop = links.find((link) => link === document.activeElement)
      ?? links.find((link) => link.hasAttribute("aria-current")) ?? links[0]
    for (const link of links) {
      const index = link === stop ? 0 : -1
      if (link.tabIndex !== index || !link.hasAttribute("tabindex")) link.tabIndex = index
    }
  }

  /** @returns {HTMLElement[]} */
  #links() {
    return [...this.#parts.scroll.querySelectorAll(".row:not([hidden]) > .row__link")]
  }

  /** The row with the focus is gone: moves the focus to a neighbour. @param {(HTMLElement | undefined)[]} neighbours */
  #holdFocus(neighbours) {
    const next = neighbours.find((link) => link?.isConnected && !link.closest("[hidden]")) ?? this.#links()[0]
    if (next) this.#focusRow(next)
    else this.#focusTop()
  }

  #focusTop() {
    this.#parts[store.state.archive ? "leave" : "filter"].focus()
  }

  /** @param {boolean} unreadOnly */
  #choose(unreadOnly) {
    this.#unreadOnly = unreadOnly
    this.#drawn = null
    this.#wasUnread.clear()
    this.#limit = ROWS_A_STEP
    this.#render()
    this.#parts.scroll.scrollTop = 0
  }

  /** @param {string} query */
  #filterBy(query) {
    // A search looks through all chats, not only the unread ones.
    if (query && !this.#query) this.#unreadOnly = false
    this.#query = query
    this.#drawn = null
    this.#parts.clear.hidden = query === ""
    this.#limit = ROWS_A_STEP
    this.#render()
    this.#parts.scroll.scrollTop = 0
  }

  #clearFilter() {
    this.#parts.filter.value = ""
    this.#filterBy("")
    this.#parts.filter.focus()
  }

  /** A click on the open chat does not change the address, but removes its unread mark. @param {Event} event */
  #clicked(event) {
    const link = event.target instanceof Element ? event.target.closest(".row__link[aria-current]") : null
    const open = store.select.chatItems(store.state).find((item) => item.id === store.state.open?.chat_id)
    if (link && open?.marked) emit(this, "read-chat", { chat_id: open.id })
  }

  /** @param {KeyboardEvent} event */
  #listKey(event) {
    const first = this.#links()[0]
    const isAbove = event.target instanceof Element && event.target.matches(".chip, .list__leave")
    if (event.key === "Escape" && store.state.archive) {
      event.preventDefault()
      emit(this, "leave-archive")
    } else if (event.key === "ArrowDown" && first && isAbove) {
      event.preventDefault()
      this.#focusRow(first)
    }
  }

  /** @param {KeyboardEvent} event */
  #filterKey(event) {
    const first = this.#links()[0]
    if (event.key === "Escape" && this.#query) {
      event.stopPropagation()
      this.#clearFilter()
    } else if (event.key === "ArrowDown" && first) {
      event.preventDefault()
      this.#focusRow(first)
    } else if (event.key === "Enter" && !isComposing(event) && this.#query && first) {
      this.#clearFilter()
      first.click()
    }
  }

  /** @param {KeyboardEvent} event */
  #rowKey(event) {
    if (event.key === "End" && this.#hasMore) {
      this.#limit = Infinity
      this.#render()
    }
    const links = this.#links()
    const at = links.findIndex((link) => link === document.activeElement)
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }
    const to = steps[event.key]
    if (at < 0 || to === undefined) return
    event.preventDefault()
    if (to < 0) this.#focusTop()
    else this.#focusRow(links[Math.min(to, links.length - 1)])
  }

  /** @param {HTMLElement} link */
  #focusRow(link) {
    link.focus()
    this.#placeTabStop()
  }
}

customElements.define("chat-list", ChatList)
