// @ts-check
/**
 * Whether a text is nothing but a few emoji, which are then shown large.
 * What one emoji is (families, flags, keycaps, skin tones) is the browser's knowledge; no table is kept here.
 */

const LARGE_MAX = 3
/** The longest emoji, a family or the flag of a region, takes fifteen units; a longer text need not be looked at. */
const UNITS_MAX = LARGE_MAX * 16
const PART = String.raw`\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?`
/** The second half is for emoji younger than this browser. */
const EMOJI = pattern(`^(?:\\p{RGI_Emoji}|${PART}(?:\\u200D${PART})*)$`)
/** Signs that are emoji only if somebody insists. */
const SIGNS = /^[©®™]$/u
const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null

/** Older browsers do not know sets of sequences; nothing is large there. @param {string} source */
function pattern(source) {
  try {
    return new RegExp(source, "v")
  } catch {
    return null
  }
}

/** @param {string} text @returns {number} 1 to 3 if the text is that many emoji and at most spaces, else 0 */
export function emojiOnly(text) {
  if (!segmenter || !EMOJI || text.length > UNITS_MAX || !text) return 0
  let count = 0
  for (const { segment } of segmenter.segment(text.replaceAll(" ", ""))) {
    count += 1
    if (count > LARGE_MAX || SIGNS.test(segment) || !EMOJI.test(segment)) return 0
  }
  return count
}
