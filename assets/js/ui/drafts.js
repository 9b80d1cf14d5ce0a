// @ts-check
/** What is half written in each chat, for as long as the page lives. Nothing here is sent or stored. */

/** @type {Map<string, string>} */
const texts = new Map()

/** Announces changes, so that the list can show them. */
export const drafts = Object.assign(new EventTarget(), {
  /** @param {string} key */
  get: (key) => texts.get(key) ?? "",
  /** @param {string} key @param {string} text */
  set(key, text) {
    if (text.trim()) texts.set(key, text)
    else texts.delete(key)
    drafts.dispatchEvent(new Event("change"))
  },
  clear: () => texts.clear(),
})
