// @ts-check
/**
 * Decides what this browser keeps of the user and when: what waits to be sent at once, drafts soon, a copy of the state
 * when the page is idle. It brings all of it back at the next visit, and tells other tabs of the same user what waits here.
 * It sends nothing to the server and erases only when the person is signed out.
 */
import { Shelf } from "./shelf.js"

/** Changes of one moment are written together, but a busy chat does not put the writing off for ever. */
const COPY_AFTER_MS = 1000
const COPY_WITHIN_MS = 5000
/** While another tab writes the copy, this one looks now and then whether it still does. */
const LOOK_AGAIN_MS = 15_000
const DRAFTS_AFTER_MS = 400

/** @typedef {import("./shelf.js").Item} Item */
/** @typedef {{ parts: unknown[], make: () => object }} Piece */
/**
 * @typedef {object} Options
 * @property {() => { me: number, number: number | null, epoch: number | null, pending: Item[], [key: string]: any }} state
 * @property {(event: { type: string, [key: string]: any }) => void} dispatch
 * @property {(state: any) => Map<string, Piece>} piecesOf
 * @property {(state: any) => boolean} isKeepable
 * @property {number} shape
 * @property {(drafts: Map<string, string>) => void} onDrafts
 * @property {(cids: string[]) => void} onOthers  messages that wait in another tab, which sends them
 * @property {() => any[]} unsent  receipts that the server has not confirmed
 * @property {(receipts: any[]) => void} onUnsent
 */

export class Keeper {
  #options
  /** @type {Shelf | null} */
  #shelf = null
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
  /** What came from the shelf or from another tab need not go there again. */
  #taking = false
  /** Messages that ended while the shelf was being read. @type {Set<string>} */
  #ended = new Set()
  /** @type {Map<string, string>} */
  #drafts = new Map()
  #draftTimer = 0

  /** @param {Options} options */
  constructor(options) {
    this.#options = options
  }

  /**
   * Brings back what was kept. Listening comes first and reading second: what ends in between is not brought back.
   * @param {string} user their name
   * @param {() => boolean} fresh whether a copy of the state may still come before the server's answer
   */
  async open(user, fresh) {
    this.#user = user
    this.#listen(user)
    const shelf = await Shelf.open(user)
    const kept = await shelf?.read()
    if (!shelf || !kept || this.#closed) {
      shelf?.close(user)
      return
    }
    this.#options.onDrafts(kept.drafts)
    if (fresh()) this.#restore(kept.cache)
    this.#shelf = shelf
    const { state } = this.#options
    const known = new Set(state().pending.map((item) => item.cid))
    void shelf.shelve(state().pending, [...this.#ended])
    this.#take({ type: "outbox/joined", items: kept.outbox.filter(({ cid }) => !known.has(cid) && !this.#ended.has(cid)) })
    if (this.#drafts.size > 0) this.flushDrafts()
    this.#copyLater(COPY_AFTER_MS)
  }

  /** @param {any} now @param {any} before */
  changed(now, before) {
    if (now.pending !== before.pending) this.#pendingChanged(now.pending, before.pending)
    const same = ["users", "privacy", "sighted", "chats", "marks", "lasts", "summaries", "preferences", "logs", "number"].every((part) => now[part] === before[part])
    if (!same) this.#copyLater(COPY_AFTER_MS)
  }

  /** Tells the other tabs of an end that they would not see in the state of their own. @param {{ type: string, cid: string, [key: string]: any }} event */
  tell(event) {
    this.#channel?.postMessage(event)
  }

  /** @param {string} key @param {string} text */
  noteDraft(key, text) {
    this.#drafts.set(key, text)
    clearTimeout(this.#draftTimer)
    // A sent text must not come back as a draft, however soon the page is closed.
    if (text) this.#draftTimer = setTimeout(() => this.flushDrafts(), DRAFTS_AFTER_MS)
    else this.flushDrafts()
  }

  flushDrafts() {
    clearTimeout(this.#draftTimer)
    if (!this.#shelf || this.#drafts.size === 0) return
    void this.#shelf.keepDrafts(this.#drafts)
    this.#drafts = new Map()
  }

  /** The page is hidden or left: what is put off is done now. */
  flush() {
    this.flushDrafts()
    if (this.#copyTimer) void this.#copy()
  }

  /** Signed out: nothing of this user stays here. */
  async erase() {
    this.#closed = true
    clearTimeout(this.#copyTimer)
    clearTimeout(this.#draftTimer)
    this.#channel?.close()
    const shelf = this.#shelf ?? (this.#user ? await Shelf.open(this.#user) : null)
    this.#shelf = null
    await shelf?.erase()
    shelf?.close(this.#user)
  }

  /** @param {string} user */
  #listen(user) {
    if (!("BroadcastChannel" in globalThis)) return
    this.#channel = new BroadcastChannel(`chaap.outbox.${user}`)
    this.#channel.onmessage = ({ data }) => {
      if (!this.#shelf && data.cid) this.#ended.add(data.cid)
      this.#take(data)
      if (data.items) this.#options.onOthers(data.items.map((/** @type {Item} */ item) => item.cid))
    }
  }

  /** @param {Map<string, any>} cache */
  #restore(cache) {
    const meta = cache.get("meta")
    if (meta?.shape !== this.#options.shape) return
    const { state, dispatch, piecesOf, onUnsent } = this.#options
    dispatch({ type: "cache/restored", me: meta.me, number: meta.number, epoch: meta.epoch, pieces: cache })
    if (state().number !== meta.number) return
    this.#stamp = meta.stamp
    this.#copied = partsOf(piecesOf(state()))
    onUnsent(meta.unsent ?? [])
  }

  /** @param {{ type: string, [key: string]: any }} event */
  #take(event) {
    this.#taking = true
    this.#options.dispatch(event)
    this.#taking = false
  }

  /** @param {Item[]} now @param {Item[]} before */
  #pendingChanged(now, before) {
    const old = new Map(before.map((item) => [item.cid, item]))
    const items = now.filter((item) => old.get(item.cid) !== item)
    const left = new Set(now.map((item) => item.cid))
    const ended = before.map((item) => item.cid).filter((cid) => !left.has(cid))
    if (!this.#shelf) for (const cid of ended) this.#ended.add(cid)
    // Ends are written by every tab that sees them, because the one that began it may be gone.
    if (!this.#taking || ended.length > 0) void this.#shelf?.shelve(this.#taking ? [] : items, ended)
    if (!this.#taking && items.length > 0) this.#channel?.postMessage({ type: "outbox/joined", items })
  }

  /** @param {number} ms */
  #copyLater(ms) {
    if (!this.#shelf || this.#closed) return
    const now = Date.now()
    if (!this.#copyTimer) this.#copyDue = now + COPY_WITHIN_MS
    clearTimeout(this.#copyTimer)
    const wait = ms > COPY_WITHIN_MS ? ms : Math.max(0, Math.min(ms, this.#copyDue - now))
    this.#copyTimer = setTimeout(() => whenIdle(() => this.#copy()), wait)
  }

  async #copy() {
    clearTimeout(this.#copyTimer)
    this.#copyTimer = 0
    const { state, piecesOf, isKeepable, shape, unsent } = this.#options
    const now = state()
    if (!this.#shelf || this.#closed || this.#copying || !isKeepable(now)) return
    this.#copying = true
    const pieces = piecesOf(now)
    const meta = { stamp: `${Date.now()}.${Math.random()}`, at: Date.now(), me: now.me, number: now.number ?? 0, epoch: now.epoch, shape, unsent: unsent() }
    const whose = await this.#shelf.writeCache({
      base: this.#stamp, meta, changes: () => changed(pieces, this.#copied), whole: () => changed(pieces, new Map()),
    })
    if (whose === "never") return
    this.#copying = false
    if (whose === "ours") {
      this.#stamp = meta.stamp
      this.#copied = partsOf(pieces)
    }
    // What changed while writing waits for its turn; so does a tab that does not write.
    if (whose === "theirs") this.#copyLater(LOOK_AGAIN_MS)
    else if (state() !== now) this.#copyLater(COPY_AFTER_MS)
  }
}

/** @param {Map<string, Piece>} pieces @returns {Map<string, unknown[]>} */
function partsOf(pieces) {
  return new Map([...pieces].map(([key, { parts }]) => [key, parts]))
}

/** @param {Map<string, Piece>} pieces @param {Map<string, unknown[]>} copied @returns {Map<string, any>} what must be written; undefined for what is no more */
function changed(pieces, copied) {
  const changes = new Map([...copied.keys()].filter((key) => !pieces.has(key)).map((key) => [key, /** @type {any} */ (undefined)]))
  for (const [key, { parts, make }] of pieces) {
    const before = copied.get(key)
    if (!before || parts.some((part, i) => part !== before[i])) changes.set(key, make())
  }
  return changes
}

/** When nothing is being typed or drawn; browsers that cannot say so get a moment of their own. @param {() => void} action */
function whenIdle(action) {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(action, { timeout: 3000 })
  else setTimeout(action, 0)
}
