// @ts-check
/** A message as it reads where nothing can be formatted, as on the desktop: on one line, without the marks. */

const FENCES = /```\n?([^]*?)\n?```|`([^`\n]+)`/gu
const MARKS = /(^|[\s\p{P}])([*_~])(?=\S)(.*?\S)\2(?=$|[\s\p{P}])/gmu
/** Marks stand within each other (bold around italic around strike), so each pass takes off one layer. */
const LAYERS = 3
/** Nobody reads more there, and hostile marks must not cost time. */
const LENGTH_MAX = 1000

/** @param {string} text */
export function plainText(text) {
  let plain = text.slice(0, LENGTH_MAX).replace(FENCES, (_all, block, inline) => block ?? inline)
  for (let layer = 0; layer < LAYERS; layer += 1) plain = plain.replace(MARKS, "$1$3")
  return plain.replace(/\s+/gu, " ").trim()
}
