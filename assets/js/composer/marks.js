// @ts-check
/**
 * Puts marks around a selection, or takes them away if it has them. Bold, italic and strike end with their line, so
 * each line gets marks of its own, inside of its spaces and after the sign of a list or quote. Pure.
 */

/** @typedef {{ text: string, start: number, end: number }} Change  the new text; what is selected in it */

/** The sign of a list or quote, spaces, words, spaces. */
const PARTS = /^((?:[-*]|\p{Nd}{1,3}\.|>) {1,3})?(\s*)(.*?)(\s*)$/u
const PARTS_INSIDE = /^()(\s*)(.*?)(\s*)$/u

/**
 * @param {string} value @param {number} from @param {number} to the selection
 * @param {string} mark one sign
 * @returns {Change & { from: number, to: number }} from, to = what the new text replaces
 */
export function marked(value, from, to, mark) {
  const isOutside = from > 0 && value[from - 1] === mark && value[to] === mark
  // The marks are beside the selection, as after the first press of the keys.
  if (isOutside) return { from: from - 1, to: to + 1, text: value.slice(from, to), start: 0, end: to - from }
  const lines = value.slice(from, to).split("\n")
  const isLineStart = from === 0 || value[from - 1] === "\n"
  const parts = lines.map((line, i) => ((i > 0 || isLineStart ? PARTS : PARTS_INSIDE).exec(line) ?? []).slice(1))
  const filled = parts.filter(([, , words]) => words)
  const isMarked = filled.length > 0 && filled.every(([, , words]) => isAround(words, mark))
  const text = parts.map(([sign = "", before = "", words = "", after = ""]) => {
    const inner = isMarked ? words.slice(1, -1) : words ? mark + words + mark : ""
    return sign + before + inner + after
  }).join("\n")
  if (filled.length === 0) return { from, to: from, text: mark + mark, start: 1, end: 1 }
  if (lines.length > 1 || isMarked) return { from, to, text, start: 0, end: text.length }
  const [sign = "", before = "", words] = parts[0]
  const start = sign.length + before.length + 1
  return { from, to, text, start, end: start + words.length }
}

/** @param {string} words @param {string} mark */
function isAround(words, mark) {
  return words.length > 2 && words.startsWith(mark) && words.endsWith(mark)
}
