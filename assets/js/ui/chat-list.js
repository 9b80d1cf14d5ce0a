// @ts-check
/**
 * The side column's list: chats, then people without a chat, and the filter over both.
 * Keyboard: Tab reaches the filter and the open (or first) row; Up, Down, Home and End move between rows, Enter opens;
 * Down in the filter goes to the first row, Enter opens it, Esc clears the filter.
 * It does not know what opening means: rows are links, main.js listens to the address.
 */
import { nextFrame, parts, patchRows, setText } from "../lib/dom.js"
import { texts } from "../lib/texts.js"
import { chatItems, matches, personItems } from "../state/select.js"
import { store } from "../state/store.js"
import { chatRow, personRow } from "./chat-row.js"
import { drafts } from "./drafts.js"

class ChatList extends HTMLElement {
  #life = new AbortController()
  /** @type {import("../lib/dom.js").Parts} */
  #parts = {}
  #query = ""
  #due = false
  /** @type {Map<string, any>} */
  #chatRows = new Map()
  /** @type {Map<string, any>} */
  #personRows = new Map()

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    this.#parts = parts(this)
    const { filter, clear } = this.#parts
    filter.addEventListener("input", () => this.#filterBy(filter.value), { signal })
    filter.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#filterKey(event), { signal })
    clear.addEventListener("click", () => this.#clearFilter(), { signal })
    this.#parts.scroll.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#rowKey(event), { signal })
    drafts.addEventListener("change", () => this.#renderSoon(), { signal })
    store.watch(chatItems, () => this.#renderSoon(), { signal })
    store.watch(personItems, () => this.#renderSoon(), { signal })
    store.watch((state) => state.loaded, () => this.#renderSoon(), { signal })
    store.watch((state) => state.today, () => this.#renderSoon(), { signal })
  }

  disconnectedCallback() {
    this.#life.abort()
  }

  /** Puts the keyboard back on the row of the chat that was left, or into the filter. @param {string} href */
  focusRow(href) {
    const link = this.#links().find((candidate) => candidate.getAttribute("href") === href)
    if (link) this.#focusRow(link)
    else this.#parts.filter.focus()
  }

  #renderSoon() {
    if (this.#due) return
    this.#due = true
    nextFrame(() => {
      this.#due = false
      if (this.isConnected) this.#render()
    })
  }

  #render() {
    const { state } = store
    const { chats, people, heading, skeleton, scroll, empty } = this.#parts
    if (!state.loaded) return
    const shows = (/** @type {{ name: string, notes: boolean }} */ item) => matches(item.notes ? `${texts.notesToSelf} ${item.name}` : item.name, this.#query)
    const shownChats = chatItems(state).filter(shows).map((item) => ({ ...item, today: state.today, draft: drafts.get(item.peer ? `p${item.peer}` : item.key) }))
    const shownPeople = personItems(state).filter(shows).map((item) => ({ ...item, today: state.today }))
    patchRows(chats, shownChats, { rows: this.#chatRows, key: (item) => item.key, create: chatRow })
    patchRows(people, shownPeople, { rows: this.#personRows, key: (item) => item.key, create: personRow })
    heading.hidden = shownPeople.length === 0
    skeleton.hidden = true
    scroll.setAttribute("aria-busy", "false")
    this.#showEmpty(empty, shownChats.length + shownPeople.length)
    this.#placeTabStop()
  }

  /** @param {HTMLElement} empty @param {number} shown how many rows there are */
  #showEmpty(empty, shown) {
    const alone = Object.keys(store.state.users).length <= 1
    empty.hidden = this.#query ? shown > 0 : !alone
    if (!empty.hidden) setText(empty, this.#query ? texts.nothingMatches(this.#query.trim()) : texts.nobodyElse)
  }

  /** One row takes part in the Tab order; the arrows do the rest. */
  #placeTabStop() {
    const links = this.#links()
    const stop = links.find((link) => link === document.activeElement) ?? links.find((link) => link.hasAttribute("aria-current")) ?? links[0]
    for (const link of links) link.tabIndex = link === stop ? 0 : -1
  }

  /** @returns {HTMLElement[]} */
  #links() {
    return [...this.#parts.scroll.querySelectorAll(".row__link")]
  }

  /** @param {string} query */
  #filterBy(query) {
    this.#query = query
    this.#parts.clear.hidden = query === ""
    this.#render()
    this.#parts.scroll.scrollTop = 0
  }

  #clearFilter() {
    this.#parts.filter.value = ""
    this.#filterBy("")
    this.#parts.filter.focus()
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
    } else if (event.key === "Enter" && !event.isComposing && this.#query && first) {
      this.#clearFilter()
      first.click()
    }
  }

  /** @param {KeyboardEvent} event */
  #rowKey(event) {
    const links = this.#links()
    const at = links.findIndex((link) => link === document.activeElement)
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }
    const to = steps[event.key]
    if (at < 0 || to === undefined) return
    event.preventDefault()
    if (to < 0) this.#parts.filter.focus()
    else this.#focusRow(links[Math.min(to, links.length - 1)])
  }

  /** @param {HTMLElement} link */
  #focusRow(link) {
    link.focus()
    this.#placeTabStop()
  }
}

customElements.define("chat-list", ChatList)
