// @ts-check
/** Where chats were left: the row at the top of the view, and how far below its edge. A reload forgets them. */

export class LeftPlaces {
  /** @type {Map<string, { row: string, top: number }>} */
  #places = new Map()

  /**
   * The reader leaves a chat. Its end is no place to come back to.
   * @param {string} chat @param {import("./scroll-place.js").ScrollPlace | null} place null if nothing was shown
   * @param {import("./timeline-rows.js").TimelineRows} rows
   */
  note(chat, place, rows) {
    const row = place && !place.pinned ? place.topMessage() : null
    const item = rows.itemOf(row)
    this.#places.delete(chat)
    if (place && row && item) this.#places.set(chat, { row: item.key, top: place.distance(row) })
  }

  /** @param {string} chat */
  take(chat) {
    const place = this.#places.get(chat)
    this.#places.delete(chat)
    return place
  }
}
