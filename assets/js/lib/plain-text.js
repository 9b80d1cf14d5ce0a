// @ts-check
/** A message for places without formatting, such as desktop notifications: on one line, without its marks. */
import { isolatedNames } from "./isolated.js"
import { plain } from "./markup.js"
import { beginning } from "./text.js"

/** No notification shows more, and this bounds the time that hostile marks can cost. */
const LENGTH_MAX = 1000

/** @param {string} text @param {import("./mentions.js").Names | null} names of its mentions */
export function plainText(text, names) {
  return plain(beginning(text, LENGTH_MAX), isolatedNames(names)).replace(/\s+/gu, " ").trim()
}
