// @ts-check
/**
 * Sends the items of the outgoing queue. How an item is sent depends on its kind (net/outgoing-kinds.js); order and
 * retries are the same for all. The items of one lane are sent in order, each after the answer to the one before.
 * An item is sent again after a reconnect, when no answer comes, and when the server asks for it later. It keeps its
 * key, so a repeat does no harm. An item that the server refuses fails alone. When the server says "too often", nothing
 * is sent until the time it names, because everything counts against the same limit.
 * The items are in the state, also those of other tabs. This file remembers only what this connection was given.
 */
import { uuid } from "../lib/ids.js"
import { byteLength } from "../lib/text.js"

/** Another tab that hands an item over gets the answer long before this, unless the tab is gone. */
const OTHER_TAB_MS = 5000
/** After this long without an answer on a live connection, the item or its answer was lost. */
const ANSWER_MS_MAX = 10_000
/** How long to wait where the server does not say. */
const RETRY_MS = 5000
/** The longest wait for an undo. A later time comes from a wrong clock and is ignored. */
const HELD_MS_MAX = 60_000
/** How long a sign-out waits for what is sent last. */
const LAST_MS_MAX = 1500
/** A short pause needs no words. */
const TOLD_FROM_MS = 1500
/** A frame was larger than the server reads. */
const CLOSE_TOO_LARGE = 1009

/**
 * @typedef {{ key: string, kind: string, body: any, at: number, status: string, silent?: boolean,
 *   held_until?: number }} Item
 * @typedef {{ status: number, code: string, message: string, retryAfter: number }} Refusal  as an ApiError says it
 * @typedef {object} Kind
 * @property {(item: Item) => string} lane  what must not overtake each other is in one lane
 * @property {(item: Item) => object} [frame]  what goes out over the socket
 * @property {(item: Item) => Promise<any>} [request]  or what is asked over HTTP; resolves to the row as it now is
 * @property {boolean} [unanswered]  the server does not answer when it has taken such a frame
 * @property {(item: Item, refusal: Refusal) => void} [refused]  tells the person; without it the item stays as failed
 */
/**
 * @typedef {object} Lane
 * @property {string} handed  the key of the item that was handed over and has no answer
 * @property {number} until  nothing else is handed over before: an answer may still come, or the server is busy
 * @property {number} bytes  the size of the frame that was handed over
 * @property {boolean} busy  a request is under way
 */

export class OutgoingQueue {
  #options
  /** @type {Map<string, Lane>} */
  #lanes = new Map()
  /** @type {Map<string, number>} the key of an item that another tab sends → until when we rely on that */
  #elsewhere = new Map()
  #online = false
  /** Nothing is sent before: the server said "too often". */
  #heldUntil = 0
  #stopped = false
  #timer = 0

  /**
   * @param {{ items: () => Item[], kinds: Record<string, Kind>, send: (text: string) => boolean,
   *   frameBytesMax: () => number, dispatch: (event: { type: string, [key: string]: any }) => void,
   *   tell: (event: { type: string, [key: string]: any }) => void }} options  tell = also to the other tabs
   */
  constructor(options) {
    this.#options = options
  }

  /**
   * @param {string} kind @param {object[]} bodies @param {boolean} [silent] the person did not ask for it
   */
  put(kind, bodies, silent = false) {
    const rest = { kind, at: Date.now(), status: "pending", ...(silent && { silent }) }
    const items = bodies.map((body) => ({ key: uuid(), body, ...rest }))
    this.#options.dispatch({ type: "queue/put", items })
    this.flush()
  }

  /**
   * Shows a change that the person can still take back (`settle` without a row). It is sent when it is released, at the
   * latest after a minute: if this tab is closed by then, by another tab or on the next visit.
   * @param {string} kind @param {object} body @returns {string} its key
   */
  hold(kind, body) {
    const [key, at] = [uuid(), Date.now()]
    const item = { key, kind, body, at, status: "pending", held_until: at + HELD_MS_MAX }
    this.#options.dispatch({ type: "queue/put", items: [item] })
    this.flush()
    return key
  }

  /** @param {string} key of an item that was held */
  release(key) {
    this.#options.dispatch({ type: "queue/released", key })
    this.flush()
  }

  /** Sends what is held and waits a moment for the answers: the person signs out, so there is no later visit. */
  async sendHeld() {
    const held = this.#options.items().filter((item) => item.held_until).map(({ key }) => key)
    for (const key of held) this.release(key)
    const end = Date.now() + LAST_MS_MAX
    const isThere = () => this.#options.items().some(({ key }) => held.includes(key))
    while (this.#online && isThere() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50))
  }

  /** @param {string} key of an item that has failed */
  retry(key) {
    this.#options.dispatch({ type: "queue/retried", key })
    this.flush()
  }

  /**
   * The server has taken it, or the person gave it up.
   * @param {string} key @param {any} [row] as the server now has it
   */
  settle(key, row) {
    const event = { type: "queue/settled", keys: [key], row }
    this.#options.dispatch(event)
    this.#options.tell(event)
  }

  /** Hands over what may go now. */
  flush() {
    if (!this.#online) return
    if (this.#heldUntil > Date.now()) {
      this.#flushAt(this.#heldUntil)
      return
    }
    const lanes = this.#waiting()
    for (const [name, { busy }] of this.#lanes) if (!busy && !lanes.has(name)) this.#lanes.delete(name)
    const dues = [...lanes].map(([name, items]) => this.#advance(name, items))
    this.#flushAt(Math.min(...dues))
  }

  /** @param {number} due */
  #flushAt(due) {
    clearTimeout(this.#timer)
    if (due < Infinity) this.#timer = setTimeout(() => this.flush(), Math.max(0, due - Date.now()))
  }

  connected() {
    this.#online = true
    this.flush()
  }

  /** The connection is gone; what had no answer goes out again on the next. @param {number} [code] why it was closed */
  lost(code) {
    this.#online = false
    clearTimeout(this.#timer)
    const [largest] = [...this.#lanes.values()].filter(({ handed }) => handed).sort((a, b) => b.bytes - a.bytes)
    for (const [name, { busy }] of this.#lanes) if (!busy) this.#lanes.delete(name)
    this.#elsewhere.clear()
    if (code === CLOSE_TOO_LARGE && largest?.bytes > 0) this.#refuse(largest.handed, TOO_LONG)
  }

  /** The session ends: an answer on its way comes too late. */
  stop() {
    this.lost()
    this.#stopped = true
  }

  /** An ack came, and what it says is in the state. @param {string} key */
  answered(key) {
    const lane = this.#laneOf(key)
    if (lane) Object.assign(lane, { handed: "", until: 0 })
    this.flush()
  }

  /**
   * The server says that it cannot take an item, now or at all.
   * @param {{ cid?: string, ref?: string, code: string, message: string, retry_after_ms?: number }} frame
   */
  refused({ cid, ref, code, message, retry_after_ms = 0 }) {
    const key = ref ?? cid
    const status = isTooOften(code) ? 429 : retry_after_ms || PASSING_CODES.has(code) ? 503 : 422
    const refusal = { status, code, message, retryAfter: retry_after_ms / 1000 }
    if (key) this.#refuse(key, refusal)
    else if (status === 429) this.#hold(refusal)
  }

  /**
   * Another tab sends these, which are about to join; what still waits after a while is sent from here.
   * @param {string[]} keys
   */
  leaveToOthers(keys) {
    const now = Date.now()
    for (const [key, until] of this.#elsewhere) if (until < now) this.#elsewhere.delete(key)
    for (const key of keys) this.#elsewhere.set(key, now + OTHER_TAB_MS)
  }

  /** @returns {Map<string, Item[]>} */
  #waiting() {
    /** @type {Map<string, Item[]>} */
    const lanes = new Map()
    for (const item of this.#options.items()) {
      if (item.status !== "pending") continue
      const name = this.#options.kinds[item.kind].lane(item)
      lanes.set(name, [...(lanes.get(name) ?? []), item])
    }
    return lanes
  }

  /**
   * Hands over the first item of a lane when it is time. When an item of this tab waits behind items of other tabs,
   * they are sent from here too, so that it does not overtake them.
   * @param {string} name @param {Item[]} items @returns {number} when to look again
   */
  #advance(name, items) {
    const [item] = items
    let lane = this.#lanes.get(name)
    if (lane?.busy) return Infinity
    // The one before it has arrived without an answer to this tab.
    if (lane?.handed && lane.handed !== item.key) lane = undefined
    if (lane?.handed && this.#options.kinds[item.kind].unanswered) return Infinity
    const others = Math.min(...items.map(({ key }) => this.#elsewhere.get(key) ?? 0))
    const due = Math.max(lane?.until ?? 0, others, heldUntil(item))
    return due > Date.now() ? due : this.#handOver(name, item)
  }

  /** @param {string} name @param {Item} item @returns {number} */
  #handOver(name, item) {
    const kind = this.#options.kinds[item.kind]
    const until = Date.now() + ANSWER_MS_MAX
    const lane = { handed: item.key, until, bytes: 0, busy: Boolean(kind.request) }
    this.#lanes.set(name, lane)
    if (kind.request) {
      this.#ask(lane, item, kind.request(item))
      return Infinity
    }
    const text = JSON.stringify(kind.frame?.(item))
    lane.bytes = byteLength(text)
    if (lane.bytes > this.#options.frameBytesMax()) this.#refuse(item.key, TOO_LONG)
    else if (!this.#options.send(text)) this.#lanes.delete(name)
    return kind.unanswered ? Infinity : until
  }

  /** @param {Lane} lane @param {Item} item @param {Promise<any>} request */
  async #ask(lane, item, request) {
    try {
      const row = await request
      if (this.#stopped) return
      Object.assign(lane, { handed: "", until: 0, busy: false })
      this.settle(item.key, row)
    } catch (error) {
      if (this.#stopped) return
      lane.busy = false
      this.#refuse(item.key, /** @type {Refusal} */ (error))
    }
    this.flush()
  }

  /** @param {string} key @param {Refusal} refusal */
  #refuse(key, refusal) {
    const lane = this.#laneOf(key)
    const wait = isPassing(refusal) ? refusal.retryAfter * 1000 || RETRY_MS : 0
    if (refusal.status === 429) this.#hold(refusal)
    if (lane) Object.assign(lane, { handed: "", until: Date.now() + wait })
    const item = this.#options.items().find((candidate) => candidate.key === key)
    if (item && !wait) this.#fail(item, refusal)
    this.flush()
  }

  /** @param {Refusal} refusal "too often" */
  #hold({ retryAfter }) {
    const until = Date.now() + (retryAfter * 1000 || RETRY_MS)
    if (until <= this.#heldUntil) return
    this.#heldUntil = until
    if (until - Date.now() >= TOLD_FROM_MS) this.#options.dispatch({ type: "queue/held", until })
  }

  /** @param {Item} item @param {Refusal} refusal */
  #fail(item, refusal) {
    const { refused } = this.#options.kinds[item.kind]
    if (!refused) {
      this.#options.dispatch({ type: "queue/failed", key: item.key, code: refusal.code, reason: refusal.message })
      return
    }
    this.settle(item.key)
    if (!item.silent) refused(item, refusal)
  }

  /** @param {string} key */
  #laneOf(key) {
    return [...this.#lanes.values()].find(({ handed }) => handed === key)
  }
}

/** @param {Item} item */
function heldUntil({ held_until = 0 }) {
  return held_until - Date.now() > HELD_MS_MAX ? 0 : held_until
}

/** @type {Refusal} */
const TOO_LONG = { status: 413, code: "content_too_long", message: "", retryAfter: 0 }

/** The server is busy, or another program holds its database. */
const PASSING_CODES = new Set(["busy", "storage"])

/** @param {string} code */
function isTooOften(code) {
  return code === "rate_limited" || code.startsWith("too_many_")
}

/**
 * No answer, too often, or busy: it is worth another try. With 401 the session is about to end, and the item waits for
 * the next one. Anything else will not get better. 507 is a full quota.
 * @param {Refusal} refusal
 */
function isPassing({ status }) {
  return status === 0 || status === 401 || status === 429 || (status > 500 && status !== 507)
}
