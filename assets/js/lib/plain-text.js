// @ts-check
/** A message for places without formatting, such as desktop notifications: on one line, without its marks. */

const FENCES = /```\n?([^]*?)\n?```|`([^`\n]+)`/gu
const MARKS = /(^|[\s\p{P}])([*_~])(?=\S)(.*?\S)\2(?=$|[\s\p{P}])/gmu
/** Marks can be nested (bold around italic around strike); each pass removes one layer. */
const LAYERS = 3
/** No notification shows more, and this bounds the time that hostile marks can cost. */
const LENGTH_MAX = 1000

/** @param {string} text */
export function plainText(text) {
  let plain = text.slice(0, LENGTH_MAX).replace(FENCES, (_all, block, inline) => block ?? inline)
  for (let layer = 0; layer < LAYERS; layer += 1) plain = plain.replace(MARKS, "$1$3")
  return plain.replace(/\s+/gu, " ").trim()
}
