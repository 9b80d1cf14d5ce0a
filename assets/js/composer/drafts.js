// @ts-check
/** The draft of each chat, in memory. net/local-cache.js stores it beyond the life of the page. */

/** @type {Map<string, string>} */
const texts = new Map()

/**
 * Announces changes, so that the list can show them and the local cache can store them: `detail` is key and text, or
 * nothing.
 */
export const drafts = Object.assign(new EventTarget(), {
  /** @param {string} key */
  get: (key) => texts.get(key) ?? "",
  /** @param {string} key @param {string} text */
  set(key, text) {
    // The server takes whole characters only; half of a surrogate pair becomes a replacement character.
    const kept = text.trim() ? text.toWellFormed() : ""
    if (kept === drafts.get(key)) return
    if (kept) texts.set(key, kept)
    else texts.delete(key)
    drafts.dispatchEvent(new CustomEvent("change", { detail: { key, text: kept } }))
  },
  /** The drafts of an earlier visit; what has been written since stays. @param {Map<string, string>} earlier */
  fill(earlier) {
    for (const [key, text] of earlier) {
      if (texts.has(key)) continue
      texts.set(key, text)
      drafts.announce(key)
    }
    if (earlier.size > 0) drafts.dispatchEvent(new CustomEvent("change"))
  },
  keys: () => texts.keys(),
  /** A draft has changed other than by typing, so the composer must show it again. @param {string} key */
  announce: (key) => drafts.dispatchEvent(new CustomEvent("filled", { detail: { key } })),
  clear: () => texts.clear(),
})
