// @ts-check
/**
 * Keeps the address of the page and what is open in step: a change of the address opens a chat, the list or the
 * archive, and going back changes the address. The form of addresses is in lib/route.js. What lies on top of the page
 * has entries of its own in the history (lib/layers.js), with the address of what is below.
 */
import { nextFrame } from "./lib/dom.js"
import { isComposing } from "./lib/keys.js"
import { whenSettled } from "./lib/layers.js"
import { loaded } from "./lib/load.js"
import { parseRoute, printRoute } from "./lib/route.js"
import { preferencesOf } from "./state/preferences.js"
import { chatWith } from "./state/peers.js"
import { store } from "./state/store.js"

/** Below this width there is room for either the list or a chat; layout.css says the same. */
const NARROW = "(width < 720px)"

export class Routing {
  #shell
  #told
  #apply
  /** The address of a message that was shown: it is shown once. */
  #shown = ""
  /**
   * By address: where the reader was when they followed a link to another message of the chat.
   * @type {Map<string, any>}
   */
  #places = new Map()

  /**
   * @param {HTMLElement} shell
   * @param {{ told: () => boolean, apply: (event: { type: string, [key: string]: any }) => void }} session whether the
   *   server has sent its state, so that an unknown address is certainly wrong; and how to apply events
   */
  constructor(shell, { told, apply }) {
    this.#shell = shell
    this.#told = told
    this.#apply = apply
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    window.addEventListener("hashchange", (event) => this.#addressChanged(event), { signal })
    document.addEventListener("click", (event) => this.#linkPressed(event), { signal })
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || isComposing(event) || event.defaultPrevented) return
      if (store.state.open || this.#part("join-page")) this.goBack()
    }, { signal })
  }

  /** Opens what the address says. @param {boolean} [byPerson] whether the person has just chosen it */
  follow(byPerson = false) {
    const route = parseRoute(location.hash)
    const chat = route.user_id ? chatWith(store.state, route.user_id) : undefined
    if (chat || this.#isMissing(route)) {
      history.replaceState(history.state, "", printRoute(chat ? { chat_id: chat.id } : {}))
      this.follow(byPerson)
      return
    }
    // An archived chat is opened beside the archive if that is where it was chosen.
    const inArchive = Boolean(route.chat_id && preferencesOf(store.state, route.chat_id).archived)
    const shown = Boolean(route.archived || (store.state.archive && inArchive))
    store.dispatch({ type: "archive/shown", shown })
    // A wide window has room for the archive beside an open chat.
    if (route.archived && store.state.open && !matchMedia(NARROW).matches) return
    this.#open(route)
    if (byPerson && store.state.open) this.focusChat()
    this.#showMessage(route)
  }

  /** @param {import("./lib/route.js").Route} route */
  async #showMessage({ chat_id, message_id }) {
    const isShown = this.#shown === location.hash
    this.#shown = message_id ? location.hash : ""
    if (!chat_id || !message_id || isShown) return
    const module = await loaded(import("./chat/jump-to.js"))
    module?.jumpTo(this.#shell, chat_id, message_id, chat_id)
  }

  /** A link to the message that is the address already. @param {MouseEvent} event */
  #linkPressed({ target }) {
    const link = target instanceof Element ? target.closest("a") : null
    if (!this.#shown || link?.getAttribute("href") !== this.#shown) return
    this.#shown = ""
    this.follow()
  }

  /**
   * A link to a message of the open chat leads away from where the reader was; Back returns there.
   * @param {string} before the address @param {any} place where the reader was when they left this address before
   */
  #keepPlace(before, place) {
    const { chat_id, message_id } = parseRoute(location.hash)
    const list = this.#part("message-list")
    if (chat_id !== parseRoute(before).chat_id) this.#places.clear()
    else if (place !== undefined) list.returnTo(place)
    else if (message_id) this.#places.set(before, list.here)
    this.#places.delete(location.hash)
  }

  /**
   * Opens a chat in the place of the page that led to it, so that Back does not lead there. Back leads to the list,
   * even if a link led to that page: without an entry for the list, Back would leave Chaap.
   * @param {number} chat_id
   */
  openInstead(chat_id) {
    if (history.state?.fromList) {
      history.replaceState(history.state, "", printRoute({ chat_id }))
    } else {
      history.replaceState(history.state, "", "#/")
      history.pushState({ fromList: true }, "", printRoute({ chat_id }))
    }
    this.follow(true)
  }

  /** On touch screens the composer gets no focus, because the keyboard would cover the messages. */
  focusChat() {
    const chosen = matchMedia("(pointer: fine)").matches
    nextFrame(() => {
      if (chosen) this.#part("chat-composer").focusText()
      else this.#part(".messages__scroll").focus({ preventScroll: true })
    })
  }

  goBack() {
    // Otherwise a wide window would leave the chat open when it goes back to the archive.
    store.dispatch({ type: "chat/closed" })
    this.#leave(store.state.archive ? "#/archived" : "#/")
  }

  /** Shows the list again; an open chat stays open. */
  leaveArchive() {
    const archive = printRoute({ archived: true })
    // Before the address changes: that of an archived chat, open beside the list, would keep the archive.
    store.dispatch({ type: "archive/shown", shown: false })
    this.#part("chat-list").focusRow(archive)
    if (location.hash === archive) this.#leave(printRoute(store.state.open ?? {}))
  }

  /** Goes back, if the page came from there, else to this address. @param {string} hash */
  #leave(hash) {
    whenSettled(() => {
      if (history.state?.fromList) history.back()
      else location.hash = hash
    })
  }

  /** @param {HashChangeEvent} event */
  #addressChanged({ oldURL }) {
    const before = new URL(oldURL).hash
    const { chat_id, user_id, invite } = parseRoute(before)
    // The back button of the narrow layout can then go back in the history instead of adding to it.
    const { archived } = parseRoute(location.hash)
    const fromList = !chat_id && !user_id && !invite && location.hash !== "#/"
    if (archived || fromList) history.replaceState({ fromList: true }, "")
    const { archive } = store.state
    const place = this.#places.get(location.hash)
    if (place !== undefined) this.#shown = location.hash
    this.follow(true)
    this.#keepPlace(before, place)
    const row = printRoute({ ...parseRoute(before), message_id: 0 })
    if (!store.state.open || store.state.archive !== archive) this.#part("chat-list").focusRow(row)
  }

  /** @param {import("./lib/route.js").Route} route */
  #isMissing({ chat_id, user_id }) {
    if (!store.state.loaded || !this.#told()) return false
    return Boolean(chat_id ? !store.state.chats[chat_id] : user_id && !store.state.users[user_id])
  }

  /** @param {import("./lib/route.js").Route} route */
  #open({ chat_id, user_id, invite }) {
    const somewhere = Boolean(chat_id || user_id)
    this.#shell.dataset.screen = somewhere ? "chat" : "list"
    this.#showInvite(invite)
    const { open } = store.state
    if (open?.chat_id === chat_id && open?.user_id === user_id) return
    this.#apply(somewhere ? { type: "chat/opened", chat_id, user_id } : { type: "chat/closed" })
  }

  /** Without a connection, the page of an invite link may not have loaded. */
  reconnected() {
    if (parseRoute(location.hash).invite) this.follow()
  }

  /** The page of an invite link stands in the place of the chat. @param {string} [token] none removes it */
  async #showInvite(token) {
    const shown = this.#part("join-page")
    if (shown?.token === token) {
      if (shown) this.#shell.dataset.screen = "join"
      return
    }
    shown?.remove()
    const module = token && await loaded(import("./groups/join-page.js"))
    // Meanwhile another address may have been opened, or the same one twice.
    if (module && parseRoute(location.hash).invite === token && !this.#part("join-page")) {
      module.showJoinPage(token, this.#shell)
    }
  }

  /** @param {string} selector @returns {any} */
  #part(selector) {
    return this.#shell.querySelector(selector)
  }
}
