// @ts-check
/** What is half written in each chat. It holds and announces; keeping it beyond the life of the page is the keeper's. */

/** @type {Map<string, string>} */
const texts = new Map()

/** Announces changes, so that the list can show them and the keeper can keep them: `detail` is the key and the text, or nothing. */
export const drafts = Object.assign(new EventTarget(), {
  /** @param {string} key */
  get: (key) => texts.get(key) ?? "",
  /** @param {string} key @param {string} text */
  set(key, text) {
    const kept = text.trim() ? text : ""
    if (kept === drafts.get(key)) return
    if (kept) texts.set(key, kept)
    else texts.delete(key)
    drafts.dispatchEvent(new CustomEvent("change", { detail: { key, text: kept } }))
  },
  /** What was kept of an earlier visit; what has been written since stays. @param {Map<string, string>} earlier */
  fill(earlier) {
    for (const [key, text] of earlier) {
      if (texts.has(key)) continue
      texts.set(key, text)
      drafts.announce(key)
    }
    if (earlier.size > 0) drafts.dispatchEvent(new CustomEvent("change"))
  },
  keys: () => texts.keys(),
  /** A draft has come from elsewhere than the keys: who shows it shows it anew. @param {string} key */
  announce: (key) => drafts.dispatchEvent(new CustomEvent("filled", { detail: { key } })),
  clear: () => texts.clear(),
})
