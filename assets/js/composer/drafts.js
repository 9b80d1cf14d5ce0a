// @ts-check
/** The draft of each chat, in memory. net/local-cache.js stores it beyond the life of the page. */
import { sameValues } from "../lib/values.js"
import { EMPTY, shownText } from "../state/draft.js"

/** @typedef {import("../state/draft.js").Draft} Draft */

/** @type {Map<string, Draft>} */
const all = new Map()

/**
 * Announces changes, so that the list can show them and the local cache can store them: `detail` is the key, the draft
 * and whether only its text was changed, or nothing.
 */
export const drafts = Object.assign(new EventTarget(), {
  /** @param {string} key */
  get: (key) => all.get(key) ?? EMPTY,
  /** @param {string} key @param {Draft} draft */
  set(key, draft) {
    const before = drafts.get(key)
    const kept = { ...draft, text: sound(draft.text), edited: sound(draft.edited) }
    if (sameValues(kept, before)) return
    if (sameValues(kept, EMPTY)) all.delete(key)
    else all.set(key, kept)
    const typed = kept.reply_to === before.reply_to && kept.edit_of === before.edit_of && shownText(kept) !== ""
    drafts.dispatchEvent(new CustomEvent("change", { detail: { key, draft: kept, typed } }))
  },
  /**
   * The drafts of an earlier visit; what has been written since stays. Those of older pages are texts.
   * @param {Map<string, Draft | string>} earlier
   */
  fill(earlier) {
    for (const [key, draft] of earlier) {
      if (all.has(key)) continue
      all.set(key, typeof draft === "string" ? { ...EMPTY, text: draft } : draft)
      drafts.announce(key)
    }
    if (earlier.size > 0) drafts.dispatchEvent(new CustomEvent("change"))
  },
  keys: () => all.keys(),
  /** A draft has changed other than by typing, so the composer must show it again. @param {string} key */
  announce: (key) => drafts.dispatchEvent(new CustomEvent("filled", { detail: { key } })),
  clear: () => all.clear(),
})

/**
 * The server takes whole characters only; half of a surrogate pair becomes a replacement character.
 * @param {string} text
 */
function sound(text) {
  return text.trim() ? text.toWellFormed() : ""
}
