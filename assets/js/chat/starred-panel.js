// @ts-check
/**
 * The panel with my starred messages, of one chat or of all. A press on one shows it in its chat. The server lists them
 * page by page; what is known here shows without a connection, too, and follows other devices. Loaded when it is first
 * wanted.
 */
import { setText } from "../lib/dom.js"
import { showIsolated } from "../lib/isolated.js"
import { goTo } from "../lib/layers.js"
import { loadStyle } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { openPanel } from "../lib/panel.js"
import { printRoute } from "../lib/route.js"
import { texts } from "../lib/texts.js"
import { fullTime, listTime } from "../lib/time.js"
import { toast } from "../lib/toast-stack.js"
import { readToken } from "../lib/token.js"
import { growingList } from "../groups/growing-list.js"
import { listMessages, listStarred } from "../net/api.js"
import { showAvatar } from "../people/avatar.js"
import { memo } from "../state/memo.js"
import { faceOf } from "../state/peers.js"
import { starredInputs, starredItems, unknownStars } from "../state/starred.js"
import { store } from "../state/store.js"
import { jumpTo } from "./jump-to.js"
import { star } from "./message-actions.js"
import { excerpt } from "./quote.js"

/** @typedef {import("../state/starred.js").StarredItem} StarredItem */

/** Three lines are shorter than this in any script. */
const SHOWN_MAX = 240
/** From this width on, the panel stands beside the chat and need not close for a jump; panel.css says the same. */
const BESIDE = "(width >= 1100px)"

// The import waits for the styles: without them, the parts would change their size after they are shown.
await Promise.all(["starred", "parts"].map(loadStyle))

/** @param {HTMLElement} opener gets the focus back @param {number} [chat] all chats without it */
export async function openStarred(opener, chat = 0) {
  const life = new AbortController()
  const panel = await openPanel({ opener, title: texts.starredMessages, test: "starred-panel", life })
  if (!panel) return
  panel.root.classList.add("panel--titled")
  panel.cloth.remove()
  new StarredList(panel, chat, life.signal)
}

/** Fills the panel. */
class StarredList {
  #chat
  #signal
  #list
  #empty = emptyWords()
  #skeleton = skeleton()
  #note = make("p", { class: "starred__note", role: "status" })
  #rows
  #items
  /** The last message that the server has listed, and whether there are more. */
  #before = 0
  #more = true
  #isAsking = false
  #failed = false
  /** Messages that were asked for one by one. @type {Set<number>} */
  #sought = new Set()

  /** @param {import("../lib/panel.js").Panel} panel @param {number} chat @param {AbortSignal} signal */
  constructor(panel, chat, signal) {
    this.#chat = chat
    this.#signal = signal
    this.#list = make("ul", {
      class: "starred", "aria-label": texts.starredMessages, "data-test": "starred-list",
    })
    panel.body.append(this.#list, this.#skeleton, this.#empty, this.#note)
    const create = () => starredRow(chat, (item) => this.#remove(item, panel))
    const atEnd = () => void this.#ask()
    this.#rows = growingList(this.#list, create, { signal, root: panel.body, atEnd })
    this.#items = memo(starredInputs, (state) => starredItems(state, chat))
    store.watch(this.#items, () => this.#draw(), { signal })
    store.watch((state) => state.today, () => this.#draw(), { signal })
    store.watch((state) => state.live, () => this.#begin(), { signal })
  }

  /** With every connection the list begins again: this device may have missed more than it can catch up with. */
  #begin() {
    this.#before = 0
    this.#more = true
    this.#failed = false
    this.#sought.clear()
    this.#draw()
    void this.#ask()
  }

  /** Older ones would move when those between come. Without an answer of the server, all that are known show. */
  get #oldest() {
    if (!store.state.live || this.#failed || !this.#more) return 0
    return this.#before || Infinity
  }

  #draw() {
    const items = this.#items(store.state).filter(({ id }) => id >= this.#oldest)
    const waits = this.#oldest === Infinity
    this.#rows.show(items)
    this.#list.hidden = items.length === 0
    this.#skeleton.hidden = !waits
    this.#empty.hidden = waits || this.#failed || items.length > 0
    setText(this.#note, this.#failed && store.state.live ? texts.starredFailed : "")
    void this.#seek()
  }

  /** The next page, if there is one. After a failure, the next connection tries again. */
  async #ask() {
    if (this.#isAsking || this.#failed || !this.#more || !store.state.live) return
    this.#isAsking = true
    const before = this.#before
    const page = await listStarred(readToken() ?? "", this.#chat, before).catch(() => null)
    this.#isAsking = false
    if (this.#signal.aborted) return
    if (before !== this.#before) {
      // The connection was lost and is back.
      void this.#ask()
      return
    }
    this.#failed = !page
    if (page) {
      this.#before = page.messages.at(-1)?.id ?? before
      this.#more = page.more
      store.dispatch({ type: "starred/loaded", messages: page.messages })
    }
    this.#draw()
  }

  /** Loads what another device has starred since the list was loaded. */
  async #seek() {
    const { state } = store
    if (!state.live || this.#oldest === Infinity) return
    const unknown = unknownStars(state, this.#chat)
    for (const { chat_id, id } of unknown.filter((it) => it.id >= this.#oldest && !this.#sought.has(it.id))) {
      this.#sought.add(id)
      const page = await listMessages(readToken() ?? "", chat_id, { around: id, limit: 1 }).catch(() => null)
      if (this.#signal.aborted) return
      const message = page?.messages.find((/** @type {any} */ it) => it.id === id)
      if (message) store.dispatch({ ...message, flags: page.flags, type: "quote/loaded" })
    }
  }

  /** The focus moves to the next row. @param {StarredItem} item @param {import("../lib/panel.js").Panel} panel */
  #remove({ chat_id, id }, panel) {
    const row = document.activeElement?.closest("li")
    const next = row?.nextElementSibling ?? row?.previousElementSibling
    const target = next?.querySelector(".starred__remove") ?? panel.root.querySelector(".panel__close")
    if (target instanceof HTMLElement) target.focus({ preventScroll: true })
    star(chat_id, [id], false)
    toast(texts.starRemoved, { action: texts.undo, run: () => star(chat_id, [id], true) })
  }
}

/**
 * @param {number} chat of which the panel tells; 0 for all, and each row says which
 * @param {(item: StarredItem) => void} remove @returns {import("../lib/dom.js").Row<StarredItem>}
 */
function starredRow(chat, remove) {
  /** @type {StarredItem} */
  let item
  const avatar = make("span", { class: "avatar starred__avatar", "data-px": "40", "aria-hidden": "true" })
  const [by, to] = [make("bdi", { class: "starred__name" }), make("bdi", { class: "starred__chat" })]
  const next = sprite("next", "icon icon--mirrored starred__next")
  const time = make("time", { class: "starred__time" })
  const text = make("bdi", { class: "starred__text" })
  const head = make("span", { class: "starred__head" }, [by, next, to, time])
  const open = make("button", { class: "starred__open", type: "button", "data-test": "starred-message" }, [
    avatar, make("span", { class: "starred__words" }, [head, make("span", { class: "starred__body" }, [text])]),
  ])
  const drop = make("button", {
    class: "icon-button starred__remove", type: "button", "aria-label": texts.removeStar, title: texts.removeStar,
    "data-test": "remove-star",
  }, [sprite("star")])
  open.addEventListener("click", () => showInChat(open, item))
  drop.addEventListener("click", () => remove(item))
  /** @param {StarredItem} now */
  const update = (now) => {
    item = now
    const { sender, own, at, content, names } = now
    showAvatar(avatar, sender, now.by, faceOf(store.state, sender))
    setText(by, own ? texts.you : now.by)
    setText(to, now.to)
    to.hidden = Boolean(chat) || !now.to
    next.toggleAttribute("hidden", to.hidden)
    setText(time, listTime(at, store.state.today))
    time.dateTime = new Date(at).toISOString()
    time.title = fullTime(at)
    showIsolated(text, excerpt(content, SHOWN_MAX, names))
  }
  return { root: make("li", { class: "starred__row" }, [open, drop]), update }
}

/**
 * Shows the message in its chat, however far back it is.
 * @param {HTMLElement} row @param {StarredItem} item
 */
function showInChat(row, { chat_id, id }) {
  const shell = row.closest(".shell")
  const before = store.state.open?.chat_id
  if (before !== chat_id || !matchMedia(BESIDE).matches) goTo(printRoute({ chat_id }))
  jumpTo(shell, chat_id, id, before)
}

function emptyWords() {
  return make("div", { class: "starred__empty", "data-test": "starred-empty" }, [
    make("span", { class: "starred__emblem", "aria-hidden": "true" }, [sprite("star")]),
    make("p", { class: "starred__title" }, [texts.nothingStarred]),
    make("p", { class: "starred__hint" }, [texts.nothingStarredWords]),
  ])
}

function skeleton() {
  const line = () => make("div", { class: "skeleton" })
  return make("div", { class: "starred__skeleton", "aria-hidden": "true" }, [line(), line(), line(), line()])
}
