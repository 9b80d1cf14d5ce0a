// @ts-check
/**
 * Wires everything: token → link → reduce → views, and what people do in the views → link.
 * All decisions about data are in state/, all drawing is in ui/; here is only who talks to whom.
 */
import { clone, nextFrame } from "./lib/dom.js"
import { uuid } from "./lib/ids.js"
import { parseRoute, printRoute } from "./lib/route.js"
import { texts } from "./lib/texts.js"
import { startOfDay } from "./lib/time.js"
import { KEY as TOKEN_KEY, forgetToken, readToken, saveToken, userOf } from "./lib/token.js"
import { endSession, listChats, listMessages, listUsers } from "./net/api.js"
import { Outbox } from "./net/outbox.js"
import { Pager } from "./net/pager.js"
import { Quotes } from "./net/quotes.js"
import { Receipts } from "./net/receipts.js"
import { deleteLeftovers } from "./net/shelf.js"
import { Link } from "./net/socket.js"
import { registerWorker } from "./net/worker.js"
import { islandEnd } from "./state/island.js"
import { firstSeq, myMark, reached, unreadOf } from "./state/model.js"
import { preferencesOf } from "./state/preferences.js"
import { chatWith, holeIn, missingQuotes, needsPage, oldestShown, unreadTotal } from "./state/select.js"
import { store } from "./state/store.js"
import { ChatKeeping } from "./ui/chat-keeping.js"
import { drafts } from "./ui/drafts.js"
import { keepState } from "./ui/kept.js"
import { onLanguageChange, speak } from "./ui/language.js"
import { attachNotices } from "./ui/notices-door.js"
import { attachSettings } from "./ui/settings-door.js"
import { toast } from "./ui/toast-stack.js"
import "./ui/sign-in.js"
import "./ui/own-menu.js"
import "./ui/chat-list.js"
import "./ui/chat-header.js"
import "./ui/message-list.js"
import "./ui/chat-composer.js"
import "./ui/connection-banner.js"

const LISTS_RETRY_MS = 2000
/** Rows of one catch-up may come out of order; a gap that lasts longer than this is real. */
const GAP_PATIENCE_MS = 400
/** A gap that the server cannot fill must not be asked for for ever. */
const GAP_TRIES_MAX = 3
const TYPING_CHECK_MS = 6050
const DAY_CHECK_MS = 30_000
/** What was kept here is read in a few milliseconds; a disk that takes longer must not hold up the page. */
const RESTORE_MS_MAX = 600
/** Not before the page has settled. */
const HOUSEKEEPING_AFTER_MS = 1500
/** Below this width there is room for either the list or a chat; layout.css says the same. */
const NARROW = "(width < 720px)"

const root = /** @type {HTMLElement} */ (document.getElementById("root"))
/** @type {Session | null} */
let session = null

/** One sign-in, from the token to its end. */
class Session {
  #life = new AbortController()
  #token
  #link
  #outbox
  #receipts
  #pager
  #keeper
  #keeping
  #quotes
  #shell
  /** Whether the link has begun: from then on the server's word comes before what was kept. */
  #linked = false
  /** Whether the server has told the whole state since this page was opened. */
  #told = false
  #gapTimer = 0
  #gapTries = new Map()
  #typingIn = 0
  /** Tells of new messages. @type {(frame: any) => void} */
  #notices = () => {}

  /** @param {string} token */
  constructor(token) {
    this.#token = token
    this.#shell = clone("shell").root
    this.#link = new Link({
      token,
      since: () => reached(store.state),
      onFrame: (frame) => this.#receive(frame),
      onStatus: (status) => this.#linkChanged(status),
      onSignedOut: () => leave(texts.signedOutByServer),
    })
    this.#outbox = new Outbox({ send: (frame) => this.#link.send(frame), waiting: () => store.state.pending })
    this.#receipts = new Receipts((frame) => this.#link.send(frame))
    this.#pager = new Pager((chat, page) => listMessages(token, chat, page), (event) => {
      if (!this.#life.signal.aborted) this.#apply(event)
    })
    this.#keeper = keepState(this.#outbox, this.#receipts, this.#life.signal)
    this.#keeping = new ChatKeeping(this.#shell, token, this.#life.signal)
    this.#quotes = new Quotes((chat, page) => listMessages(token, chat, page), (event) => {
      if (!this.#life.signal.aborted) store.dispatch(event)
    })
  }

  async start() {
    const { signal } = this.#life
    const user = userOf(this.#token)
    if (user) await Promise.race([this.#bringBack(user), new Promise((resolve) => setTimeout(resolve, RESTORE_MS_MAX))])
    if (signal.aborted) return
    this.#linked = true
    // Before the views listen: the unread line must be drawn before they report what is seen.
    this.#listen(signal)
    root.replaceChildren(this.#shell)
    attachSettings(this.#shell, signal)
    this.#notices = attachNotices(signal)
    store.watch(unreadTotal, (n) => (document.title = n > 0 ? `(${texts.badge(n)}) Chaap` : "Chaap"), { signal })
    store.watch((state) => state.connection.status, (status) => (document.documentElement.dataset.connection = status), { signal })
    store.watch(missingQuotes, (ids) => this.#quotes.want(store.state.open?.chat_id ?? 0, ids), { signal })
    const timer = setInterval(() => store.dispatch({ type: "day/began", start: startOfDay(Date.now()) }), DAY_CHECK_MS)
    signal.addEventListener("abort", () => clearInterval(timer))
    this.#route(false)
    this.#link.start()
  }

  /** The card that had the focus is gone; without an heir a keyboard would start from nowhere. */
  takeFocus() {
    if (store.state.open) this.#focusChat()
    else if (matchMedia("(pointer: fine)").matches) this.#shell.querySelector("chat-list").focusRow("")
  }

  stop() {
    this.#life.abort()
    this.#link.stop()
    clearTimeout(this.#gapTimer)
    delete document.documentElement.dataset.connection
    document.title = "Chaap"
  }

  /** What an earlier page has left here is shown at once and sent as soon as there is a line. @param {string} user */
  async #bringBack(user) {
    await this.#keeper.open(user, () => !this.#linked)
    this.#outbox.flush()
  }

  /** Signed out: what was kept goes too. */
  forget() {
    return this.#keeper.erase()
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    /** @type {Record<string, (detail: any) => void>} */
    const wishes = {
      "send-message": (detail) => this.#post(detail),
      "retry-message": (detail) => this.#retry(detail.cid),
      "discard-message": ({ cid }) => this.#discard(cid),
      "typing-changed": ({ on }) => this.#tellTyping(on),
      "need-page": (detail) => this.#loadPage(detail?.newer),
      "focus-composer": () => this.#shell.querySelector("chat-composer").focusText(),
      "need-message": ({ id }) => this.#loadAround(id),
      "go-latest": () => this.#apply({ type: "chat/latest" }),
      "reply-to": ({ message }) => this.#shell.querySelector("chat-composer").reply(message),
      "seen": (detail) => this.#seen(detail),
      "go-back": () => this.#goBack(),
      "leave-archive": () => this.#leaveArchive(),
      "reconnect-now": () => this.#link.wake(),
      "sign-out": () => this.#signOut(),
    }
    for (const [name, act] of Object.entries(wishes)) {
      this.#shell.addEventListener(name, (/** @type {CustomEvent} */ event) => act(event.detail), { signal })
    }
    window.addEventListener("hashchange", (event) => this.#addressChanged(event), { signal })
    // A device that goes offline may still reach a server on itself or beside it: a ping finds out.
    for (const name of ["online", "offline", "pageshow"]) window.addEventListener(name, () => this.#link.wake(), { signal })
    window.addEventListener("focus", () => this.#returned(), { signal })
    // Signed out in another tab: this one shares the sign-in and its end.
    window.addEventListener("storage", ({ key, oldValue, newValue }) => {
      if (key === TOKEN_KEY && oldValue === this.#token && newValue === null) leave("")
    }, { signal })
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return
      this.#link.wake()
      this.#returned()
    }, { signal })
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented && store.state.open) this.#goBack()
    }, { signal })
  }

  /** What came into the open chat while nobody looked gets its line, as if the chat were opened now. */
  #returned() {
    const { state } = store
    const { chat_id, user_id } = state.open ?? {}
    if (chat_id && unreadOf(state, chat_id) > 0) store.dispatch({ type: "chat/opened", chat_id, user_id })
  }

  /** @param {import("./net/socket.js").LinkStatus} status */
  #linkChanged(status) {
    store.dispatch({ type: "link/changed", ...status })
    if (status.status !== "online") {
      this.#outbox.lost()
      this.#gapTries.clear()
      return
    }
    this.#receipts.repeat()
    this.#outbox.flush()
    this.#keeping.reconnected()
    this.#quotes.forget()
    this.#quotes.want(store.state.open?.chat_id ?? 0, missingQuotes(store.state))
    this.#afterChange()
    setTimeout(registerWorker, HOUSEKEEPING_AFTER_MS)
  }

  /** @param {any} frame */
  #receive(frame) {
    // Events with a slash are the page's own; no frame may pretend to be one.
    if (frame.type.includes("/")) return
    if (frame.type === "error" && frame.cid && frame.retry_after_ms) {
      this.#outbox.postpone(frame.cid, Number(frame.retry_after_ms))
      return
    }
    if (frame.cid && (frame.type === "ack" || frame.type === "error")) this.#outbox.answered(frame.cid)
    if (frame.type === "typing") {
      frame.at = Date.now()
      setTimeout(() => store.dispatch({ type: "typing/expired", at: Date.now() }), TYPING_CHECK_MS)
    }
    if (frame.type === "welcome") this.#welcomed(frame.user.id)
    this.#apply(frame)
    this.#notices(frame)
    if (frame.type === "ack") this.#keeper.tell({ ...frame, changed: 0 })
    if (!this.#told) this.#caughtUp(frame)
    for (const row of frame.type === "sync" ? frame.rows : [frame]) {
      if (row.type === "message" && row.sender_id !== store.state.me) this.#receipts.note(row.chat_id, { delivered: row.seq })
    }
    if (frame.type === "reset") this.#loadLists(frame.number)
  }

  /** Somebody else has this name now: what was kept here is not theirs. @param {number} user */
  async #welcomed(user) {
    if (!store.state.me || store.state.me === user) return
    await this.#keeper.erase()
    location.reload()
  }

  /** The first word of the server after what was kept: what is new gets its line, and an unknown address is known to be wrong. @param {any} frame */
  #caughtUp({ type }) {
    if (type === "sync") this.#returned()
    if (type !== "synced") return
    this.#told = true
    this.#route(false)
  }

  /** @param {{ type: string, [key: string]: any }} event */
  #apply(event) {
    store.dispatch(event)
    this.#afterChange()
  }

  /** What a change may call for: another address, a first page, a gap to fill. */
  #afterChange() {
    const { state } = store
    if (state.open?.user_id && chatWith(state, state.open.user_id)) this.#route(false)
    const chat = store.state.open?.chat_id
    if (!chat) return
    if (needsPage(store.state, chat) && !store.state.paging[chat]) this.#loadPage()
    if (!this.#gapTimer && store.state.live && holeIn(store.state, chat) !== null) {
      this.#gapTimer = setTimeout(() => this.#fillGap(), GAP_PATIENCE_MS)
    }
  }

  #fillGap() {
    this.#gapTimer = 0
    const chat = store.state.open?.chat_id
    const hole = chat ? holeIn(store.state, chat) : null
    if (!chat || hole === null || !store.state.live) return
    const tries = this.#gapTries.get(hole) ?? 0
    if (tries >= GAP_TRIES_MAX) return
    this.#gapTries.set(hole, tries + 1)
    this.#pager.gap(chat, hole)
  }

  /** @param {number} number the reset this answers @param {boolean} [again] whether the failure has been told already */
  async #loadLists(number, again = false) {
    const { signal } = this.#life
    try {
      const [{ users }, { chats }] = await Promise.all([listUsers(this.#token), listChats(this.#token)])
      if (signal.aborted) return
      this.#apply({ type: "lists/loaded", users, chats, answers: number })
      this.#told = true
      this.#confirmLists()
      this.#route(false)
    } catch {
      if (signal.aborted) return
      if (!again) toast(texts.listsFailed)
      setTimeout(() => {
        if (!signal.aborted && store.state.resetting === number) this.#loadLists(number, true)
      }, LISTS_RETRY_MS)
    }
  }

  /** With the list, this device knows of every last message. */
  #confirmLists() {
    const { state } = store
    for (const { id } of Object.values(state.chats)) {
      const last = state.lasts[id] ?? 0
      if (last > myMark(state, id).delivered_seq) this.#receipts.note(id, { delivered: last })
    }
  }

  /** The list scrolls to it once it is there. @param {number} id */
  async #loadAround(id) {
    const chat = store.state.open?.chat_id
    try {
      if (chat) await this.#pager.around(chat, id)
    } catch {
      if (!this.#life.signal.aborted) toast(texts.jumpFailed)
    }
  }

  /** @param {boolean} [newer] downwards from where somebody jumped to */
  #loadPage(newer = false) {
    const { state } = store
    const chat = state.open?.chat_id
    if (!chat || !state.chats[chat]) return
    const end = newer ? islandEnd(state, chat) : null
    if (end) {
      this.#pager.newer(chat, end.id)
      return
    }
    const oldest = oldestShown(state, chat)
    if (needsPage(state, chat)) this.#pager.newest(chat, unreadOf(state, chat))
    else if (oldest && oldest.seq > firstSeq(state, chat)) this.#pager.older(chat, oldest.id)
  }

  /** @param {{ chat_id?: number, recipient_id?: number, content: string, reply_to?: number }} message */
  #post(message) {
    store.dispatch({ type: "message/composed", cid: uuid(), at: Date.now(), ...message })
    this.#outbox.flush()
  }

  /** @param {string} cid */
  #retry(cid) {
    store.dispatch({ type: "message/retried", cid })
    this.#outbox.flush()
  }

  /** @param {string} cid */
  #discard(cid) {
    const event = { type: "message/discarded", cid }
    store.dispatch(event)
    this.#keeper.tell(event)
  }

  /** The notice ends where it began, even if another chat is open by then. @param {boolean} on */
  #tellTyping(on) {
    if (on) this.#typingIn = store.state.open?.chat_id ?? 0
    if (this.#typingIn) this.#link.send({ type: "typing", chat_id: this.#typingIn, on })
    if (!on) this.#typingIn = 0
  }

  /** The badge goes at once; the server is told with the next receipt. @param {{ chat_id: number, seq: number }} seen */
  #seen({ chat_id, seq }) {
    const { state } = store
    if (seq <= myMark(state, chat_id).read_seq) return
    store.dispatch({ type: "receipt", chat_id, user_id: state.me, read_seq: seq })
    this.#receipts.note(chat_id, { read: seq })
    this.#keeping.unmark(chat_id)
  }

  /** @param {HashChangeEvent} event */
  #addressChanged({ oldURL }) {
    const before = new URL(oldURL).hash
    const { chat_id, user_id } = parseRoute(before)
    // The back button of the phone layout may then go back for real instead of adding to the history.
    if (!chat_id && !user_id && location.hash !== "#/") history.replaceState({ fromList: true }, "")
    const { archive } = store.state
    this.#route(true)
    if (!store.state.open || store.state.archive !== archive) this.#shell.querySelector("chat-list").focusRow(before)
  }

  /** Brings what is open in step with the address. @param {boolean} byPerson whether somebody has just chosen it */
  #route(byPerson) {
    const route = parseRoute(location.hash)
    const chat = route.user_id ? chatWith(store.state, route.user_id) : undefined
    const missing = store.state.loaded && this.#told && (route.chat_id ? !store.state.chats[route.chat_id] : route.user_id && !store.state.users[route.user_id])
    if (chat || missing) {
      history.replaceState(history.state, "", printRoute(chat ? { chat_id: chat.id } : {}))
      this.#route(byPerson)
      return
    }
    // An archived chat is opened beside the archive if that is where it was chosen.
    const shown = Boolean(route.archived || (store.state.archive && route.chat_id && preferencesOf(store.state, route.chat_id).archived))
    store.dispatch({ type: "archive/shown", shown })
    // A wide window has room for the archive beside an open chat.
    if (route.archived && store.state.open && !matchMedia(NARROW).matches) return
    this.#open(route)
    if (byPerson && store.state.open) this.#focusChat()
  }

  /** @param {import("./lib/route.js").Route} route */
  #open({ chat_id, user_id }) {
    const somewhere = Boolean(chat_id || user_id)
    this.#shell.dataset.screen = somewhere ? "chat" : "list"
    const { open } = store.state
    if (open?.chat_id === chat_id && open?.user_id === user_id) return
    this.#apply(somewhere ? { type: "chat/opened", chat_id, user_id } : { type: "chat/closed" })
  }

  /** A touch keyboard that springs up hides what one came to read. */
  #focusChat() {
    const chosen = matchMedia("(pointer: fine)").matches
    nextFrame(() => {
      if (chosen) this.#shell.querySelector("chat-composer").focusText()
      else this.#shell.querySelector(".messages__scroll").focus({ preventScroll: true })
    })
  }

  #goBack() {
    // Else a wide window, going back to the archive, would leave the chat open beside it.
    store.dispatch({ type: "chat/closed" })
    if (history.state?.fromList) history.back()
    else location.hash = store.state.archive ? "#/archived" : "#/"
  }

  /** The list comes back; a chat that is open stays. */
  #leaveArchive() {
    if (location.hash !== printRoute({ archived: true })) {
      store.dispatch({ type: "archive/shown", shown: false })
      this.#shell.querySelector("chat-list").focusRow(printRoute({ archived: true }))
    } else if (history.state?.fromList) history.back()
    else location.hash = printRoute(store.state.open ?? {})
  }

  async #signOut() {
    const ending = endSession(this.#token)
    leave("")
    // A token the server no longer knows is as good as ended.
    await ending.catch((error) => error.status !== 401 && toast(texts.leftLocally))
  }
}

/** @param {string} notice why, if it was not the person's wish */
function leave(notice) {
  session?.stop()
  session?.forget()
  session = null
  forgetToken()
  drafts.clear()
  store.dispatch({ type: "session/ended" })
  history.replaceState(null, "", "#/")
  showSignIn(notice)
}

/** @param {string} notice */
function showSignIn(notice) {
  const { root: card, username } = clone("sign-in")
  card.addEventListener("signed-in", async (/** @type {CustomEvent} */ { detail }) => {
    saveToken(detail.token, detail.keep)
    await enter(detail.token)
    session?.takeFocus()
  })
  root.replaceChildren(card)
  card.notice(notice)
  if (matchMedia("(pointer: fine)").matches) username.focus()
}

/** @param {string} token */
function enter(token) {
  session = new Session(token)
  return session.start()
}

/** Draws everything, and draws it anew in another language; what is known and half written stays. */
function begin() {
  const token = readToken()
  if (token) enter(token)
  else showSignIn("")
}

store.schedule = nextFrame
store.dispatch({ type: "day/began", start: startOfDay(Date.now()) })
await speak()
begin()
onLanguageChange(() => {
  const card = /** @type {any} */ (root.querySelector("sign-in"))
  if (card) {
    card.reword()
    return
  }
  session?.stop()
  begin()
})
setTimeout(deleteLeftovers, HOUSEKEEPING_AFTER_MS)
