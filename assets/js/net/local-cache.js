// @ts-check
/**
 * Decides what this browser stores of the user and when: the outgoing queue at once, drafts soon, a copy of the state
 * when the page is idle. It restores all of it at the next visit, and shares the queue with other tabs of the user.
 * It sends nothing to the server. It erases what the person wrote only when they sign out themselves.
 */
import { noteIds } from "../lib/ids.js"
import { LocalStore } from "./local-store.js"

/** Changes of one moment are written together, but a busy chat does not put the writing off for ever. */
const COPY_AFTER_MS = 1000
const COPY_WITHIN_MS = 5000
/** While another tab writes the copy, this one looks now and then whether it still does. */
const LOOK_AGAIN_MS = 15_000
const DRAFTS_AFTER_MS = 400
/** The parts of the state that a copy is made of. */
const COPIED_PARTS = [
  "users", "privacy", "sighted", "chats", "members", "memberships", "marks", "lasts", "summaries", "shownMentions",
  "preferences", "logs", "reactions", "flags", "flagging", "pins", "scheduled", "lead", "expiry",
  "revision",
]

/** @typedef {import("./local-store.js").Item} Item */
/** @typedef {{ parts: unknown[], make: () => object }} Piece */
/**
 * @typedef {object} Options
 * @property {() => { me: number, revision: number | null, epoch: number | null, queue: Item[],
 *   [key: string]: any }} state
 * @property {(event: { type: string, [key: string]: any }) => void} dispatch
 * @property {(state: any) => Map<string, Piece>} piecesOf
 * @property {(state: any) => boolean} isKeepable
 * @property {number} shape
 * @property {(drafts: Map<string, any>) => void} onDrafts
 * @property {(saves: boolean) => void} onSaves  whether what is written here is stored
 * @property {(keys: string[]) => void} onOthers  items that wait in another tab, which sends them
 */

export class LocalCache {
  #options
  /** @type {LocalStore | null} */
  #store = null
  /** @type {BroadcastChannel | null} */
  #channel = null
  #user = ""
  #closed = false
  /** The copy as we wrote or found it: its stamp, and what each piece was made of. */
  #stamp = ""
  /** @type {Map<string, unknown[]>} */
  #copied = new Map()
  #copyTimer = 0
  #copyDue = 0
  #copying = false
  /** What comes from the store or from another tab need not go there again. @type {Item[]} */
  #taken = []
  /** Items that ended while the store was being read. @type {Set<string>} */
  #ended = new Set()
  /** @type {Map<string, any>} */
  #drafts = new Map()
  #draftTimer = 0

  /** @param {Options} options */
  constructor(options) {
    this.#options = options
  }

  /**
   * Restores what was stored. Listening comes first and reading second: what ends in between is not restored.
   * @param {string} user their name
   * @param {() => boolean} fresh whether a copy of the state may still come before the server's answer
   */
  async open(user, fresh) {
    this.#user = user
    this.#listen(user)
    const store = await LocalStore.open(user)
    const stored = await store?.read()
    if (!store || !stored || this.#closed) {
      store?.close(user)
      if (!this.#closed) this.#options.onSaves(false)
      return
    }
    this.#options.onDrafts(stored.drafts)
    if (fresh()) this.#restore(stored.cache)
    this.#store = store
    this.#take({ type: "queue/joined", items: stored.queue.filter(({ key }) => !this.#ended.has(key)) })
    const { queue } = this.#options.state()
    // By key: after a change of the language the queue is here already, and what was read is a copy of it.
    const left = new Set(queue.map(({ key }) => key))
    const gone = stored.queue.map(({ key }) => key).filter((key) => !left.has(key))
    this.#told(store.writeQueue(queue.filter((item) => !stored.queue.includes(item)), gone))
    if (this.#drafts.size > 0) this.flushDrafts()
    this.#copyLater(COPY_AFTER_MS)
  }

  /** @param {any} now @param {any} before */
  changed(now, before) {
    if (now.queue !== before.queue) this.#queueChanged(now.queue, before.queue)
    if (COPIED_PARTS.some((part) => now[part] !== before[part])) this.#copyLater(COPY_AFTER_MS)
  }

  /**
   * Tells the other tabs of an end that they might not hear of from the server.
   * @param {{ type: string, [key: string]: any }} event
   */
  tell(event) {
    this.#channel?.postMessage(event)
  }

  /**
   * @param {string} key @param {any} draft null if it is a draft no more
   * @param {boolean} typed whether the person goes on typing it
   */
  noteDraft(key, draft, typed) {
    this.#drafts.set(key, draft)
    clearTimeout(this.#draftTimer)
    // What was sent must not come back as a draft, however soon the page is closed.
    if (typed) this.#draftTimer = setTimeout(() => this.flushDrafts(), DRAFTS_AFTER_MS)
    else this.flushDrafts()
  }

  flushDrafts() {
    clearTimeout(this.#draftTimer)
    if (!this.#store || this.#drafts.size === 0) return
    this.#told(this.#store.writeDrafts(this.#drafts))
    this.#drafts = new Map()
  }

  /** @param {Promise<boolean>} writing */
  async #told(writing) {
    const saves = await writing
    if (!this.#closed) this.#options.onSaves(saves)
  }

  /** The page is hidden or left: what was put off is done now. */
  flush() {
    this.flushDrafts()
    if (this.#copyTimer) void this.#copy()
  }

  /** The session ends, but the person may still be signed in. */
  close() {
    this.flushDrafts()
    this.#closed = true
    clearTimeout(this.#copyTimer)
    this.#channel?.close()
    this.#channel = null
  }

  /** Signed out: nothing of this user stays here. */
  erase() {
    return this.#finish((store) => store.erase())
  }

  /**
   * Signed out by the server: what the person wrote stays for their next sign-in.
   * @param {(item: Item) => Item | null} held what is left of an item of the queue; null for nothing
   */
  retire(held) {
    return this.#finish((store) => store.retire(held))
  }

  /** @param {(store: LocalStore) => Promise<void>} act */
  async #finish(act) {
    this.close()
    const store = this.#store ?? (this.#user ? await LocalStore.open(this.#user) : null)
    this.#store = null
    if (store) await act(store)
    store?.close(this.#user)
  }

  /** @param {string} user */
  #listen(user) {
    if (!("BroadcastChannel" in globalThis)) return
    this.#channel = new BroadcastChannel(`chaap.queue.${user}`)
    this.#channel.onmessage = ({ data }) => {
      if (!this.#store) for (const key of data.keys ?? (data.cid ? [data.cid] : [])) this.#ended.add(key)
      if (data.items) this.#options.onOthers(data.items.map((/** @type {Item} */ { key }) => key))
      this.#take(data)
    }
  }

  /** @param {Map<string, any>} cache */
  #restore(cache) {
    const meta = cache.get("meta")
    if (meta?.shape !== this.#options.shape) return
    const { state, dispatch } = this.#options
    const { me, revision, epoch } = meta
    dispatch({ type: "cache/restored", at: Date.now(), me, revision, epoch, pieces: cache })
    if (state().revision !== meta.revision) return
    this.#stamp = meta.stamp
    // The state may hold rows that are not in the copy, so the first writing is of all pieces.
    this.#copied = new Map([...cache.keys()].filter((key) => key !== "meta").map((key) => [key, []]))
  }

  /** @param {{ type: string, [key: string]: any }} event */
  #take(event) {
    this.#taken = event.items ?? []
    noteIds(this.#taken.map(({ key }) => key))
    this.#options.dispatch(event)
    this.#taken = []
  }

  /** @param {Item[]} now @param {Item[]} before */
  #queueChanged(now, before) {
    const items = now.filter((item) => !before.includes(item) && !this.#taken.includes(item))
    const left = new Set(now.map(({ key }) => key))
    const ended = before.map(({ key }) => key).filter((key) => !left.has(key))
    if (!this.#store) for (const key of ended) this.#ended.add(key)
    // Ends are written by every tab that sees them, because the one that put the item there may be gone.
    if ((items.length > 0 || ended.length > 0) && this.#store) this.#told(this.#store.writeQueue(items, ended))
    if (items.length > 0) this.tell({ type: "queue/joined", items })
  }

  /** @param {number} ms */
  #copyLater(ms) {
    if (!this.#store || this.#closed) return
    const now = Date.now()
    if (!this.#copyTimer) this.#copyDue = now + COPY_WITHIN_MS
    clearTimeout(this.#copyTimer)
    const wait = ms > COPY_WITHIN_MS ? ms : Math.max(0, Math.min(ms, this.#copyDue - now))
    this.#copyTimer = setTimeout(() => whenIdle(() => this.#copy()), wait)
  }

  async #copy() {
    clearTimeout(this.#copyTimer)
    this.#copyTimer = 0
    const { state, piecesOf, isKeepable, shape } = this.#options
    const now = state()
    if (!this.#store || this.#closed || this.#copying || !isKeepable(now)) return
    this.#copying = true
    const pieces = piecesOf(now)
    const { me, revision, epoch } = now
    const meta = { stamp: `${Date.now()}.${Math.random()}`, at: Date.now(), me, revision: revision ?? 0, epoch, shape }
    const whose = await this.#store.writeCache({
      base: this.#stamp, meta, changes: () => changed(pieces, this.#copied), whole: () => changed(pieces, new Map()),
    })
    if (whose === "never") return
    this.#copying = false
    if (whose === "ours") {
      this.#stamp = meta.stamp
      this.#copied = partsOf(pieces)
    }
    // What changed during the writing waits for its turn, and so does a tab that does not write.
    if (whose === "theirs") this.#copyLater(LOOK_AGAIN_MS)
    else if (state() !== now) this.#copyLater(COPY_AFTER_MS)
  }
}

/** @param {Map<string, Piece>} pieces @returns {Map<string, unknown[]>} */
function partsOf(pieces) {
  return new Map([...pieces].map(([key, { parts }]) => [key, parts]))
}

/**
 * @param {Map<string, Piece>} pieces @param {Map<string, unknown[]>} copied
 * @returns {Map<string, any>} what must be written; undefined for what is no longer there
 */
function changed(pieces, copied) {
  const gone = [...copied.keys()].filter((key) => !pieces.has(key))
  const changes = new Map(gone.map((key) => [key, /** @type {any} */ (undefined)]))
  for (const [key, { parts, make }] of pieces) {
    const before = copied.get(key)
    if (!before || parts.some((part, i) => part !== before[i])) changes.set(key, make())
  }
  return changes
}

/** When nothing is being typed or drawn; browsers that cannot tell get a timer. @param {() => void} action */
function whenIdle(action) {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(action, { timeout: 3000 })
  else setTimeout(action, 0)
}
