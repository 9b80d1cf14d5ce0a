// @ts-check
/**
 * The mentions of the text in the composer. The field shows names ("@Ana"); drafts and messages hold tokens ("<@5>").
 * A mention is its exact words: when a letter is added or deleted, it is plain words.
 */
import { withNames } from "../lib/mentions.js"
import { MENTIONS_MAX, namesInDraft } from "../state/mentions.js"
import { store } from "../state/store.js"

/** What would make a name another word. Scripts that write no spaces between words go on after a name. */
const GOES_ON = /^(?![\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}])[\p{L}\p{N}\p{M}_]/u

export class MentionText {
  /** The tokens by what the field shows for them, the longest first. @type {[string, string][]} */
  #known = []

  clear() {
    this.#known = []
  }

  /** @param {string} name as the field shows it @param {string} token */
  add(name, token) {
    const others = this.#known.filter(([known]) => known !== name)
    this.#known = [...others, /** @type {[string, string]} */ ([name, token])].sort(([a], [b]) => b.length - a.length)
  }

  /** A text with tokens as the field shows it. @param {string} text */
  shown(text) {
    const names = namesInDraft(store.state, store.state.open?.chat_id ?? 0, text)
    for (const [token, name] of Object.entries(names ?? {})) this.add(name, token)
    return withNames(text, names)
  }

  /** What the field shows as a text with tokens. @param {string} text */
  written(text) {
    if (this.#known.length === 0) return text
    const used = new Set()
    let [written, from] = ["", 0]
    for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", Math.max(at + 1, from))) {
      const found = this.#at(text, at)
      if (!found || (used.size === MENTIONS_MAX && !used.has(found[1]))) continue
      used.add(found[1])
      written += text.slice(from, at) + found[1]
      from = at + found[0].length
    }
    return written + text.slice(from)
  }

  /** Whether a mention begins there. @param {string} text @param {number} at */
  isAt(text, at) {
    return this.#at(text, at) !== undefined
  }

  /** @param {string} text @param {number} at */
  #at(text, at) {
    return this.#known.find(([name]) => text.startsWith(name, at) && !GOES_ON.test(text.slice(at + name.length)))
  }
}
