// @ts-check
/**
 * Tells texts of one to three emoji, which are shown large.
 * The browser knows what one emoji is (families, flags, keycaps, skin tones), so there is no table here.
 */

const LARGE_MAX = 3
/** The longest emoji, a family or the flag of a region, has fifteen UTF-16 units. Longer texts are not examined. */
const UNITS_MAX = LARGE_MAX * 16
const PART = String.raw`\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?`
/** The second alternative is for emoji newer than this browser. */
const EMOJI = pattern(`^(?:\\p{RGI_Emoji}|${PART}(?:\\u200D${PART})*)$`)
/** Signs that most people do not mean as emoji. */
const SIGNS = /^[©®™]$/u
const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null

/** Null in older browsers, which do not know the `v` flag; they show no emoji large. @param {string} source */
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
