// @ts-check
/**
 * Loads pages of messages: the newest one when a chat is opened, older ones while scrolling up, those in a gap, and
 * those around a message that the person jumps to.
 * One request per chat at a time. The caller decides which page is missing, and gets pages and failures as events.
 */

const PAGE = 50
const PAGE_MAX = 200
/** The end of a chat is loaded with so many unread messages in it. With more, it opens at the first of them. */
export const UNREAD_NEAR_MAX = PAGE_MAX - PAGE / 2

/**
 * @typedef {{ messages: any[], reactions: any[], own_reactions: any[], flags: any[], more: boolean,
 *   more_before: boolean, more_after: boolean }} Page
 */

export class Pager {
  /** @type {Set<number>} */
  #busy = new Set()
  #load
  #dispatch

  /**
   * @param {(chat: number, page: Record<string, number>) => Promise<Page>} load
   * @param {(event: { type: string, [key: string]: any }) => void} dispatch
   */
  constructor(load, dispatch) {
    this.#load = load
    this.#dispatch = dispatch
  }

  /**
   * The newest page, with the first unread message if it is near.
   * @param {number} chat @param {number} unread
   */
  newest(chat, unread) {
    return this.#page(chat, "newest", { limit: Math.max(PAGE, Math.min(unread, UNREAD_NEAR_MAX) + PAGE / 2) })
  }

  /** Around the first unread message. @param {number} chat @param {number} after the seq up to which all is read */
  unread(chat, after) {
    return this.#get(chat, { unread_after: after, limit: PAGE }, (page) => ({ ...page, type: "page/unread", after }))
  }

  /** @param {number} chat @param {number} id the oldest message in hand */
  older(chat, id) {
    return this.#page(chat, "before", { before: id, limit: PAGE })
  }

  /** @param {number} chat @param {number} id the message before the gap */
  gap(chat, id) {
    return this.#page(chat, "after", { after: id, limit: PAGE_MAX })
  }

  /** Onwards from a detached range. @param {number} chat @param {number} id its last message */
  newer(chat, id) {
    return this.#page(chat, "newer", { after: id, limit: PAGE })
  }

  /**
   * A person waits for this after a click, so it does not wait for another request under way.
   * @param {number} chat @param {{ id: number } | { seq: number }} target with a seq, a message of another person
   * @returns {Promise<boolean>} whether there is such a message
   */
  async around(chat, target) {
    /** @type {Record<string, number>} */
    const asked = "id" in target ? { around: target.id } : { unread_after: target.seq - 1 }
    const page = await this.#load(chat, { ...asked, limit: PAGE })
    const isTarget = (/** @type {any} */ { id, seq }) => ("id" in target ? id === target.id : seq === target.seq)
    const found = page.messages.find(isTarget)
    const isHidden = found?.expired
      || page.flags.some(({ message_id, hidden_at }) => message_id === found?.id && hidden_at)
    // The place of a message that has expired or is deleted for me cannot be shown.
    if (isHidden) this.#dispatch({ ...found, flags: page.flags, type: "quote/loaded" })
    if (found && !isHidden) this.#dispatch({ ...page, type: "page/around", chat_id: chat })
    return Boolean(found) && !isHidden
  }

  /**
   * @param {number} chat @param {"newest" | "before" | "after" | "newer"} direction
   * @param {Record<string, number>} asked
   */
  #page(chat, direction, asked) {
    return this.#get(chat, asked, (page) => ({ ...page, type: "page/loaded", direction }))
  }

  /**
   * @param {number} chat @param {Record<string, number>} asked
   * @param {(page: Page) => { type: string, [key: string]: any }} tell makes the event
   */
  async #get(chat, asked, tell) {
    if (this.#busy.has(chat)) return
    this.#busy.add(chat)
    this.#dispatch({ type: "page/status", chat_id: chat, status: "loading" })
    /** @type {{ type: string, [key: string]: any }} */
    let event = { type: "page/status", chat_id: chat, status: "failed" }
    try {
      event = { ...tell(await this.#load(chat, asked)), chat_id: chat }
    } catch {
      // The event says that it failed.
    }
    // The event may cause a request for the next page.
    this.#busy.delete(chat)
    this.#dispatch(event)
  }
}
