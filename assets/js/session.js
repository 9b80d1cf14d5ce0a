// @ts-check
/**
 * One session, from the token to its end: connects the parts. Frames go link → reduce → views. What people do in the
 * views goes to the outgoing queue. Decisions about data are in state/, drawing is in the folders of the subjects.
 */
import { listenForActions } from "./actions.js"
import { clone } from "./lib/dom.js"
import { releaseLayers } from "./lib/layers.js"
import { loaded } from "./lib/load.js"
import { failures, texts } from "./lib/texts.js"
import { KEY as TOKEN_KEY, earlierToken, forgetEarlierToken, userOf } from "./lib/token.js"
import { Lists } from "./lists.js"
import { endSession, findRefusal } from "./net/api.js"
import { outgoingKinds } from "./net/outgoing-kinds.js"
import { OutgoingQueue } from "./net/outgoing-queue.js"
import { Receipts } from "./net/receipts.js"
import { Link } from "./net/socket.js"
import { registerWorker } from "./net/worker.js"
import { Pages } from "./pages.js"
import { Routing } from "./routing.js"
import { nextExpiry } from "./state/expiry.js"
import { myMark, reached, unreadOf } from "./state/model.js"
import { chatWith } from "./state/peers.js"
import { afterSignOut } from "./state/queue.js"
import { lastSeq } from "./state/stays.js"
import { store } from "./state/store.js"
import { ChatPreferences, sayNotChanged } from "./chats/chat-preferences.js"
import { showDocumentState } from "./notifications/document-state.js"
import { makeRoomForKeyboard } from "./composer/keyboard.js"
import { attachInstall } from "./install/install.js"
import { attachKeys } from "./keys/attach-keys.js"
import { attachNotices } from "./notifications/attach-notices.js"
import { peopleOnScreen, presence } from "./people/presence.js"
import { saveState } from "./saved-state.js"
import { attachSettings } from "./settings/attach-settings.js"
import { toast } from "./lib/toast-stack.js"
import "./chats/own-menu.js"
import "./chats/chat-list.js"
import "./chat/chat-header.js"
import "./chat/message-list.js"
import "./composer/chat-composer.js"
import "./chat/connection-banner.js"

/** A little later than the reducer's limit, and within six seconds. */
const TYPING_CHECK_MS = 5600
/** What is stored here is read in a few milliseconds; a disk that takes longer must not hold up the page. */
const RESTORE_MS_MAX = 600
/** Not before the page has settled. */
const WORKER_AFTER_MS = 1500
/** A reconnect on a good line takes less. */
const STEADY_MS = 1500
/** Why the server may refuse a socket, in words of the page. */
const REFUSALS = new Set(["foreign_origin", "too_many_sockets"])

export class Session {
  #life = new AbortController()
  #token
  #root
  #leave
  #link
  #queue
  #receipts
  #lists
  #pages
  #routing
  #cache
  #preferences
  #shell
  #steadyTimer = 0
  #asking = false
  /** The people of whose presence the server was told last. */
  #subscribed = ""
  /** Whether the link has begun: from then on the server's state counts, not the stored one. */
  #linked = false
  /** Tells of new messages. @type {(frame: any) => void} */
  #notices = () => {}

  /**
   * @param {string} token
   * @param {HTMLElement} root holds what is shown
   * @param {(notice: string, why?: string) => void} leave ends this session; the notice says why, if the person did not
   *   ask for it
   */
  constructor(token, root, leave) {
    const { signal } = this.#life
    this.#token = token
    this.#root = root
    this.#leave = leave
    this.#shell = clone("shell").root
    this.#link = new Link({
      token,
      hello: () => ({ ...reached(store.state), subscribe: this.#noteSubscribed() }),
      onFrame: (frame) => this.#receive(frame),
      onStatus: (status) => this.#linkChanged(status),
      onAgreed: () => store.dispatch({ type: "link/agreed" }),
      onSignedOut: (why) => this.#leave(failures.get(why) ?? texts.signedOutByServer, why),
      onNotAccepted: () => this.#askWhy(),
    })
    this.#queue = new OutgoingQueue({
      items: () => store.state.queue,
      kinds: outgoingKinds(token, {
        preferences: sayNotChanged,
        message: async (item, refusal) => {
          const module = await loaded(import("./chat/refused-change.js"))
          module?.sayMessageNotChanged(item, refusal)
        },
      }),
      send: (text) => this.#link.send(text),
      frameBytesMax: () => store.state.frame_bytes_max,
      dispatch: (event) => store.dispatch(event),
      tell: (event) => this.#cache.tell(event),
    })
    this.#receipts = new Receipts((bodies) => this.#queue.put("receipt", bodies, true))
    this.#routing = new Routing(this.#shell, { told: () => this.#lists.told, apply: (event) => this.#apply(event) })
    this.#lists = new Lists(token, (event) => this.#listsLoaded(event), signal)
    this.#pages = new Pages(token, (event) => this.#apply(event), signal)
    this.#cache = saveState((keys) => this.#queue.leaveToOthers(keys), signal)
    this.#preferences = new ChatPreferences(this.#shell, this.#queue, signal)
  }

  async start() {
    const { signal } = this.#life
    const user = userOf(this.#token)
    if (user) await Promise.race([this.#cache.open(user, () => !this.#linked), pause(RESTORE_MS_MAX)])
    if (signal.aborted) return
    this.#linked = true
    // Before the views listen: the unread line must be drawn before they report messages as seen.
    this.#listen(signal)
    this.#root.replaceChildren(this.#shell)
    attachSettings(this.#shell, signal)
    releaseLayers()
    attachKeys(this.#shell, signal)
    attachInstall(signal)
    this.#notices = attachNotices(signal)
    showDocumentState(signal)
    makeRoomForKeyboard(signal)
    this.#pages.watchQuotes()
    this.#lists.watchSight()
    // The first message that waits brings the element that counts them.
    store.watch((state) => state.pending.length > 0, (waits) => {
      if (waits) loaded(import("./chat/outgoing-status.js"), "")
    }, { signal })
    // Loaded with the first message that expires; after a failure, the next connection tries again.
    store.watch((state) => nextExpiry(state) < Infinity && state.connection.status, async (wanted) => {
      const module = wanted ? await loaded(import("./expiry.js"), "") : null
      module?.removeExpired(signal)
    }, { signal })
    this.#routing.follow()
    this.#link.start()
  }

  /** The card that had the focus is gone. Without a new place for it, keys would go nowhere. */
  takeFocus() {
    if (store.state.open) this.#routing.focusChat()
    else if (matchMedia("(pointer: fine)").matches) this.#shell.querySelector("chat-list").focusRow("")
  }

  stop() {
    this.#receipts.flush()
    this.#queue.stop()
    clearTimeout(this.#steadyTimer)
    this.#life.abort()
    this.#link.stop()
  }

  /** Signed out: what was stored goes too. */
  forget() {
    return this.#cache.erase()
  }

  /**
   * Signed out by the server: what the person wrote waits for their next sign-in.
   * @param {string} why the code
   */
  retire(why) {
    return this.#cache.retire((item) => afterSignOut(/** @type {any} */ (item), why))
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    listenForActions(this.#shell, {
      link: this.#link, queue: this.#queue, receipts: this.#receipts, preferences: this.#preferences,
      pages: this.#pages, routing: this.#routing, apply: (event) => this.#apply(event), signOut: () => this.#signOut(),
    }, signal)
    store.follow((now, before) => now.queue !== before.queue && this.#queue.flush(), { signal })
    window.addEventListener("pagehide", () => this.#receipts.flush(), { signal })
    this.#routing.listen(signal)
    presence.addEventListener("change", () => this.#subscribe(), { signal })
    // A device that goes offline may still reach a server on itself or in its network: a ping finds out.
    for (const name of ["online", "offline", "pageshow"]) {
      window.addEventListener(name, () => this.#wake(), { signal })
    }
    window.addEventListener("focus", () => this.#returned(), { signal })
    // Signed out in another tab: this tab has the same token.
    window.addEventListener("storage", ({ key, oldValue, newValue }) => {
      if (key !== TOKEN_KEY || oldValue !== this.#token || newValue !== null) return
      const byServer = earlierToken() === this.#token
      this.#leave(byServer ? texts.signedOutByServer : "", byServer ? "elsewhere" : "")
    }, { signal })
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return
      this.#link.wake()
      this.#returned()
    }, { signal })
  }

  #wake() {
    this.#link.wake()
    if (navigator.onLine) this.#apply({ type: "link/woken" })
  }

  /** Messages that came into the open chat while it was not visible get the unread line. */
  #returned() {
    const { state } = store
    const { chat_id, user_id } = state.open ?? {}
    if (chat_id && unreadOf(state, chat_id) > 0) store.dispatch({ type: "chat/opened", chat_id, user_id })
  }

  #noteSubscribed() {
    const ids = peopleOnScreen()
    this.#subscribed = ids.join()
    return ids
  }

  /** Tells the server whose presence is on the screen. Without a connection, the next hello does. */
  #subscribe() {
    const ids = peopleOnScreen()
    if (ids.join() === this.#subscribed || store.state.connection.status !== "online") return
    this.#link.send(JSON.stringify({ type: "subscribe", user_ids: this.#noteSubscribed() }))
  }

  /**
   * Presence and the like follow a connection that is lost for longer than a moment: a page that is closed and connects
   * again twice a second must not flicker. @param {boolean} online
   */
  #steady(online) {
    clearTimeout(this.#steadyTimer)
    this.#steadyTimer = 0
    if (online) store.dispatch({ type: "link/steady", steady: true })
    else this.#steadyTimer = setTimeout(() => store.dispatch({ type: "link/steady", steady: false }), STEADY_MS)
  }

  /** The server may refuse the socket for a reason that the person can do something about. */
  async #askWhy() {
    if (this.#asking || navigator.onLine === false) return
    this.#asking = true
    const refusal = await findRefusal()
    this.#asking = false
    if (this.#life.signal.aborted || store.state.connection.status === "online") return
    this.#refused(refusal, 0)
  }

  /** @param {string} code @param {number} retryAfter milliseconds */
  #refused(code, retryAfter) {
    store.dispatch({ type: "link/refused", code: REFUSALS.has(code) ? code : "" })
    if (retryAfter > 0) this.#link.waitAtLeast(retryAfter)
  }

  /** @param {import("./net/socket.js").LinkStatus} status */
  #linkChanged(status) {
    store.dispatch({ type: "link/changed", ...status })
    if (status.status === "online" || !this.#steadyTimer) this.#steady(status.status === "online")
    if (status.status === "online") store.dispatch({ type: "link/refused", code: "" })
    if (status.status !== "online") {
      this.#queue.lost(status.code)
      this.#pages.lost()
      return
    }
    this.#subscribe()
    this.#queue.connected()
    this.#pages.reconnected()
    this.#routing.reconnected()
    this.#afterChange()
    setTimeout(registerWorker, WORKER_AFTER_MS)
  }

  /** @param {any} frame */
  #receive(frame) {
    // Events with a slash are the page's own; no frame may pretend to be one.
    if (frame.type.includes("/")) return
    if (frame.type === "error") {
      // The server closes a socket too many after it has said so.
      if (REFUSALS.has(frame.code)) this.#refused(frame.code, frame.retry_after_ms ?? 0)
      else this.#queue.refused(frame)
      return
    }
    if (frame.now) frame.at = Date.now()
    if (frame.type === "typing" || frame.type === "typists") {
      frame.at = Date.now()
      setTimeout(() => store.dispatch({ type: "typing/expired", at: Date.now() }), TYPING_CHECK_MS)
    }
    if (frame.type === "welcome") this.#welcomed(frame.user.id)
    this.#apply(frame)
    this.#notices(frame)
    if (frame.type === "ack") {
      this.#queue.answered(frame.cid)
      this.#cache.tell({ ...frame, changed: 0 })
    }
    if (!this.#lists.told) this.#caughtUp(frame)
    for (const row of frame.type === "sync" ? frame.rows : [frame]) {
      const { type, chat_id, sender_id, seq, event } = row
      const { me } = store.state
      // Event lines have no ticks.
      if (type === "message" && sender_id !== me && !event && seq > myMark(store.state, chat_id).delivered_seq) {
        this.#receipts.note(chat_id, { delivered: seq })
      }
      if (type === "receipt" && row.user_id === me) this.#receipts.told(row)
    }
    if (frame.type !== "reset") return
    if (frame.restored) this.#receipts.forget()
    this.#lists.load(frame.revision)
  }

  /** Another person has this name now: what was stored here is not theirs. @param {number} user */
  async #welcomed(user) {
    if (!store.state.me || store.state.me === user) return
    await this.#cache.erase()
    location.reload()
  }

  /**
   * The server confirms or continues the stored state: new messages get the unread line, and an unknown address is
   * certainly wrong.
   * @param {any} frame
   */
  #caughtUp({ type }) {
    if (type === "sync") this.#returned()
    if (type !== "synced") return
    this.#lists.told = true
    this.#routing.follow()
  }

  /** @param {{ type: string, [key: string]: any }} event */
  #apply(event) {
    store.dispatch(event)
    this.#afterChange()
  }

  /** A change may need another address, a first page, or a gap filled. */
  #afterChange() {
    const { state } = store
    if (state.open?.user_id && chatWith(state, state.open.user_id)) this.#routing.follow()
    this.#pages.check()
  }

  /** @param {{ type: string, [key: string]: any }} event */
  #listsLoaded(event) {
    this.#apply(event)
    this.#lists.told = true
    this.#confirmLists()
    this.#routing.follow()
  }

  /** With the list, this device has every last message. */
  #confirmLists() {
    const { state } = store
    for (const { id } of Object.values(state.chats)) {
      const last = lastSeq(state, id)
      if (last > myMark(state, id).delivered_seq) this.#receipts.note(id, { delivered: last })
    }
  }

  async #signOut() {
    await this.#queue.sendHeld()
    const ending = endSession(this.#token)
    this.#leave("")
    forgetEarlierToken()
    // 401: the session has already ended.
    await ending.catch((error) => error.status !== 401 && toast(texts.leftLocally))
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
