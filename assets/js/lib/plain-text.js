// @ts-check
/** A message for places without formatting, such as desktop notifications: on one line, without its marks. */
import { plain } from "./markup.js"
import { beginning } from "./text.js"

/** No notification shows more, and this bounds the time that hostile marks can cost. */
const LENGTH_MAX = 1000

/** @param {string} text */
export function plainText(text) {
  return plain(beginning(text, LENGTH_MAX)).replace(/\s+/gu, " ").trim()
}
