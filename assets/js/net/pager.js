// @ts-check
/**
 * Loads pages of messages: the newest one when a chat is opened, older ones while scrolling up, those in a gap, and
 * those around a message that the person jumps to.
 * One request per chat at a time. The caller decides which page is missing, and gets pages and failures as events.
 */

const PAGE = 50
const PAGE_MAX = 200
/** At most so many full pages are loaded to show the first unread message. */
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

  /**
   * The newest page, and more of them until the first unread message is there.
   * @param {number} chat @param {number} unread
   */
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

  /**
   * A person waits for this after a click, so it does not wait for another request under way.
   * @param {number} chat @param {number} id
   */
  async around(chat, id) {
    const page = await this.#load(chat, { around: id, limit: PAGE })
    if (!page.messages.some((message) => message.id === id)) throw new Error("no such message")
    this.#dispatch({ ...page, type: "page/around", chat_id: chat })
  }

  /**
   * @param {number} chat @param {Direction} direction @param {() => Promise<{ messages: any[], more: boolean }>} load
   */
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
      // The event says that it failed.
    }
    // The event may cause a request for the next page.
    this.#busy.delete(chat)
    this.#dispatch(event)
  }
}
