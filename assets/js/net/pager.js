// @ts-check
/**
 * Loads pages of messages: the newest when a chat is opened, older ones on the way up, what lies in a gap, and what lies
 * around a message somebody wants to see.
 * One request per chat at a time. Pages and failures are handed on; which page is missing is decided by the caller.
 */

const PAGE = 50
const PAGE_MAX = 200
/** How many full pages are loaded at most to show where the unread ones begin. */
const UNREAD_PAGES_MAX = 5

/** @typedef {"newest" | "before" | "after" | "newer"} Direction */

export class Pager {
  /** @type {Set<number>} */
  #busy = new Set()
  #load
  #dispatch

  /**
   * @param {(chat: number, page: Record<string, number>) => Promise<{ messages: any[], more: boolean }>} load
   * @param {(event: { type: string, [key: string]: any }) => void} dispatch
   */
  constructor(load, dispatch) {
    this.#load = load
    this.#dispatch = dispatch
  }

  /** The last page, with room for everything unread. @param {number} chat @param {number} unread */
  newest(chat, unread) {
    const wanted = Math.max(PAGE, unread + PAGE / 2)
    return this.#page(chat, "newest", async () => {
      let { messages, more } = await this.#load(chat, { limit: Math.min(PAGE_MAX, wanted) })
      for (let pages = 1; more && messages.length < wanted && pages < UNREAD_PAGES_MAX; pages += 1) {
        const older = await this.#load(chat, { before: messages[0].id, limit: PAGE_MAX })
        messages = [...older.messages, ...messages]
        more = older.more
      }
      return { messages, more }
    })
  }

  /** @param {number} chat @param {number} id the oldest message in hand */
  older(chat, id) {
    return this.#page(chat, "before", () => this.#load(chat, { before: id, limit: PAGE }))
  }

  /** @param {number} chat @param {number} id the message before the gap */
  gap(chat, id) {
    return this.#page(chat, "after", () => this.#load(chat, { after: id, limit: PAGE_MAX }))
  }

  /** Onwards from a detached range. @param {number} chat @param {number} id its last message */
  newer(chat, id) {
    return this.#page(chat, "newer", () => this.#load(chat, { after: id, limit: PAGE }))
  }

  /** Whoever clicked waits for this, so another request on its way does not turn it down. @param {number} chat @param {number} id */
  async around(chat, id) {
    const page = await this.#load(chat, { around: id, limit: PAGE })
    if (!page.messages.some((message) => message.id === id)) throw new Error("no such message")
    this.#dispatch({ ...page, type: "page/around", chat_id: chat })
  }

  /** @param {number} chat @param {Direction} direction @param {() => Promise<{ messages: any[], more: boolean }>} load */
  async #page(chat, direction, load) {
    if (this.#busy.has(chat)) return
    this.#busy.add(chat)
    this.#dispatch({ type: "page/status", chat_id: chat, status: "loading" })
    /** @type {{ type: string, [key: string]: any }} */
    let event = { type: "page/status", chat_id: chat, status: "failed" }
    try {
      const { messages, more } = await load()
      event = { type: "page/loaded", chat_id: chat, messages, more, direction }
    } catch {
      // That is what the event says.
    }
    // Whoever hears of it may ask for the next page at once.
    this.#busy.delete(chat)
    this.#dispatch(event)
  }
}
