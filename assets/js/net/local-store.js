// @ts-check
/**
 * What this browser stores of one user, in a database of their own: the outgoing queue, drafts, and a copy of the last
 * state. It stores and erases; net/local-cache.js decides when, and what of the state. The token is never in here.
 * Nothing throws: where nothing can be stored, the page works as if it had just been opened for the first time. Writing
 * the queue or drafts says whether they are stored, because the page must not promise otherwise.
 */
import { answerOf, databaseNames, deleteDatabase, endOf, openDatabase } from "../lib/database.js"
import { uuid } from "../lib/ids.js"
import { keptUsers } from "../lib/token.js"

const NAME = "chaap.user."
const VERSION = 2
const STORES = ["queue", "drafts", "cache"]
/** The tab that wrote the copy last goes on writing it; another tab may after this long without a write. */
const LEASE_MS = 10_000
/** How long other tabs have to say whose pages they are. */
const ANSWER_MS = 500

/** Users whose page is open in this tab. @type {Set<string>} */
const inUse = new Set()

/**
 * @typedef {{ key: string, [field: string]: any }} Item  of the outgoing queue
 * @typedef {{ stamp: string, at: number, me: number, revision: number, shape: number, [key: string]: any }} Meta
 *   stamp = a new one with each write
 * @typedef {{ queue: Item[], drafts: Map<string, any>, cache: Map<string, any> }} Stored
 */

export class LocalStore {
  #db

  /** @param {IDBDatabase} db */
  constructor(db) {
    this.#db = db
    // Another tab erases this user's database, or a newer page upgrades it: this tab goes on without it.
    db.onversionchange = () => db.close()
  }

  /** @param {string} user their name @returns {Promise<LocalStore | null>} null where nothing can be stored */
  static async open(user) {
    inUse.add(user)
    try {
      return new LocalStore(await openDatabase(NAME + user, VERSION, upgrade))
    } catch {
      return null
    }
  }

  /** @returns {Promise<Stored | null>} */
  async read() {
    try {
      const transaction = this.#db.transaction(STORES)
      const [queue, drafts, cache] = STORES.map((name) => transaction.objectStore(name))
      const [items, texts, textKeys, pieces, pieceKeys] = await Promise.all(
        [queue.getAll(), drafts.getAll(), drafts.getAllKeys(), cache.getAll(), cache.getAllKeys()]
          .map((request) => answerOf(/** @type {IDBRequest<any[]>} */ (request))),
      )
      return { queue: items, drafts: zipped(textKeys, texts), cache: zipped(pieceKeys, pieces) }
    } catch {
      return null
    }
  }

  /**
   * @param {Item[]} items new or changed @param {string[]} ended keys of those that are no longer in the queue
   * @returns {Promise<boolean>} whether it is stored
   */
  writeQueue(items, ended) {
    return this.#write("queue", (store) => {
      for (const item of items) store.put(item)
      for (const key of ended) store.delete(key)
    })
  }

  /**
   * @param {Iterable<[string, any]>} drafts null is a draft no more
   * @returns {Promise<boolean>} whether they are stored
   */
  writeDrafts(drafts) {
    return this.#write("drafts", (store) => {
      for (const [key, draft] of drafts) {
        if (draft) store.put(draft, key)
        else store.delete(key)
      }
    })
  }

  /**
   * Writes the copy of the state: the changes if no other tab has written since `base`, otherwise all of it, and only
   * if that tab has been silent for a while and is not ahead. It checks and writes in one transaction, so that the rows
   * and the revision of the copy always belong together.
   * @param {{ base: string, meta: Meta, changes: () => Map<string, any>, whole: () => Map<string, any> }} copy
   *   a value of undefined removes its key
   * @returns {Promise<"ours" | "theirs" | "never">} whose copy it is now; never = no room, or no database any more
   */
  async writeCache({ base, meta, changes, whole }) {
    try {
      const transaction = this.#db.transaction("cache", "readwrite", { durability: "relaxed" })
      const ended = endOf(transaction)
      // A failing request rejects first, and that is caught below. The abort that follows needs no second catch.
      ended.catch(() => {})
      const store = transaction.objectStore("cache")
      /** @type {Meta | undefined} */
      const old = await answerOf(store.get("meta"))
      const ours = old?.stamp === base
      const isTaken = old?.shape === meta.shape && Math.abs(meta.at - old.at) < LEASE_MS
      const isAhead = old?.shape === meta.shape && old.revision > meta.revision
      if (!ours && (isTaken || isAhead)) return "theirs"
      if (!ours) store.clear()
      for (const [key, value] of ours ? changes() : whole()) {
        // One piece at a time: to clone all of them at once would be a long task.
        await answerOf(/** @type {IDBRequest<any>} */ (value === undefined ? store.delete(key) : store.put(value, key)))
      }
      store.put(meta, "meta")
      await ended
      return "ours"
    } catch {
      await this.dropCache()
      return "never"
    }
  }

  /** The server has the state, so the copy may go; the outgoing queue exists only here. */
  async dropCache() {
    await this.#attempt(["cache"], (store) => store.clear())
  }

  /**
   * The server has ended the session: what this person wrote waits for their next sign-in.
   * @param {(item: Item) => Item | null} held what is left of an item of the queue; null for nothing
   */
  async retire(held) {
    await this.dropCache()
    try {
      const transaction = this.#db.transaction("queue", "readwrite", { durability: "relaxed" })
      const ended = endOf(transaction)
      ended.catch(() => {})
      const queue = transaction.objectStore("queue")
      /** @type {Item[]} */
      const items = await answerOf(queue.getAll())
      for (const item of items) {
        const left = held(item)
        if (!left) queue.delete(item.key)
        else if (left !== item) queue.put(left)
      }
      await ended
    } catch {
      // The database is closed or full: what is stored stays as it is.
    }
  }

  /** Empties the database at once, whoever else has it open. @returns {Promise<void>} */
  async erase() {
    await this.#attempt(STORES, (...stores) => stores.forEach((store) => store.clear()))
  }

  /** @param {string} user whose it was */
  close(user) {
    inUse.delete(user)
    this.#db.close()
  }

  /**
   * A full disk is reported as `QuotaExceededError` by some browsers and as `UnknownError` by others. So after any
   * error the copy of the state makes room, unless the database is closed.
   * @param {string} name @param {(store: IDBObjectStore) => void} fill
   */
  async #write(name, fill) {
    const error = await this.#attempt([name], fill)
    if (!error) return true
    if (error instanceof DOMException && error.name === "InvalidStateError") return false
    await this.dropCache()
    return !(await this.#attempt([name], fill))
  }

  /**
   * @param {string[]} names @param {(...stores: IDBObjectStore[]) => void} fill
   * @returns {Promise<unknown>} what went wrong
   */
  async #attempt(names, fill) {
    try {
      const transaction = this.#db.transaction(names, "readwrite", { durability: "relaxed" })
      const ended = endOf(transaction)
      ended.catch(() => {})
      fill(...names.map((name) => transaction.objectStore(name)))
      // Commits explicitly, because a page that is about to close does not live until the automatic commit.
      transaction.commit()
      await ended
      return null
    } catch (error) {
      return error
    }
  }
}

/**
 * @param {IDBDatabase} db @param {IDBTransaction} transaction @param {number} from the version that is there, 0 if none
 */
function upgrade(db, transaction, from) {
  const queue = db.createObjectStore("queue", { keyPath: "key" })
  if (from === 0) {
    db.createObjectStore("drafts")
    db.createObjectStore("cache")
    return
  }
  // Version 1 had a store for messages, and receipts beside the copy of the state.
  transaction.objectStore("outbox").getAll().onsuccess = ({ target }) => {
    const items = /** @type {IDBRequest<any[]>} */ (target).result
    for (const { cid, created_at, status, code, reason, ...body } of items) {
      queue.put({ key: cid, kind: "message", body, at: created_at, status, code, reason })
    }
    db.deleteObjectStore("outbox")
  }
  transaction.objectStore("cache").get("meta").onsuccess = ({ target }) => {
    const receipts = /** @type {IDBRequest<any>} */ (target).result?.unsent ?? []
    for (const { chat: chat_id, delivered, read } of receipts) {
      const body = { chat_id, delivered, ...(read > 0 && { read }) }
      queue.put({ key: uuid(), kind: "receipt", body, at: Date.now(), status: "pending", silent: true })
    }
  }
}

/** @param {any[]} keys @param {any[]} values @returns {Map<string, any>} */
function zipped(keys, values) {
  return new Map(keys.map((key, i) => [key, values[i]]))
}

/** Answers other tabs that ask whose database is in use. @param {AbortSignal} signal */
export function sayWhoIsHere(signal) {
  const channel = tabs()
  if (!channel) return
  channel.onmessage = ({ data }) => {
    if (data === "who") channel.postMessage([...inUse])
  }
  signal.addEventListener("abort", () => channel.close(), { once: true })
}

/**
 * Deletes what tabs left behind that were closed without signing out and did not keep their sign-in: no tab is signed
 * in as that user, and none will be without a password. What waits for a person whose session the server has ended
 * stays until somebody signs in here.
 */
export async function deleteLeftovers() {
  const channel = tabs()
  if (!channel) return
  /** @type {Set<string>} */
  const elsewhere = new Set()
  channel.onmessage = ({ data }) => Array.isArray(data) && data.forEach((user) => elsewhere.add(user))
  channel.postMessage("who")
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MS))
  channel.close()
  try {
    for (const name of await databaseNames()) {
      const user = name.startsWith(NAME) ? name.slice(NAME.length) : ""
      if (user && !keptUsers().includes(user) && !inUse.has(user) && !elsewhere.has(user)) await deleteDatabase(name)
    }
  } catch {
    // This browser stores nothing, so nothing was left.
  }
}

function tabs() {
  return "BroadcastChannel" in globalThis ? new BroadcastChannel("chaap.tabs") : null
}
