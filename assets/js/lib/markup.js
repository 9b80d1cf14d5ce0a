// @ts-check
/**
 * Parses the marks in a text: `*bold* _italic_ ~strike~ `code` ```block````, links, and lines that begin with `- `,
 * `* `, `1. ` or `> `.
 * A text becomes a small tree whose leaves and marks together are exactly the text. Parsing never throws and takes
 * linear time. It makes no nodes: chat/words.js does. With the names of mentions, these are leaves of their own; in
 * code they are words.
 *
 * A mark opens before a word and closes after one: `2*3*4`, `__init__`, `*.rs,*.js` and `^_^` stay as they are.
 * Bold, italic and strike can be nested and end with their line. In code everything is literal.
 * Lists and quotes have one level, so `> > a` is a quote of `> a`.
 */
import { linkOf, linkify } from "./links.js"
import { idOf, placesOf, withNames } from "./mentions.js"

/**
 * @typedef {{ kind: "text", text: string }} Plain
 * @typedef {{ kind: "link", text: string, href: string, host?: string }} Link  host = see links.js
 * @typedef {{ kind: "mention", text: string, id: number, name: string }} Mention  text = as written; see mentions.js
 * @typedef {{ kind: "code", mark: string, text: string }} Code
 * @typedef {{ kind: "block", mark: string, language: string, text: string }} Block  language = after the fence, or ""
 * @typedef {{ kind: "bold" | "italic" | "strike", mark: string, children: Piece[] }} Styled
 * @typedef {{ mark: string, sign: string, children: Piece[], end: string }} Line  mark = as written, sign = as shown,
 *   end = the line break, if there is one
 * @typedef {{ kind: "bullets" | "numbers" | "quote", lines: Line[] }} Group
 * @typedef {Plain | Link | Mention | Code | Block | Styled | Group} Piece
 * @typedef {import("./mentions.js").Names | null} Names
 * @typedef {{ start: number, end: number, piece: Link | Mention | Code }} Solid  a part in which no mark counts
 * @typedef {{ start: number, end: number, mark: string }} Span  from the opening mark to the end of the closing one
 */

/** @type {Record<string, Styled["kind"]>} */
const KINDS = { "*": "bold", _: "italic", "~": "strike" }
const FENCE = "\x60\x60\x60"
/** Most messages match nothing of this and need no parsing. */
const ANYTHING = /[*_~\x60@]|:\/\/|mailto:|www\.|^(?:[->]|\p{Nd}{1,3}\.) /imu
/** The start of a line in a list or quote. A line of dashes or stars is a rule, and four digits are a year. */
const OPENER = /^(?:[-*]|\p{Nd}{1,3}\.|>) {1,3}(?=\S)(?![-*\s]+$)/u
/** An empty line inside of a quote. */
const EMPTY_QUOTE = /^> ?\n?$/u
const BULLET = "\u2022 "
const LANGUAGE = /^[\p{L}\p{N}][\p{L}\p{N}+#._-]{0,19}(?=\n)/u
const MARK = /[*_~]/gu
const WORD = /[\p{L}\p{N}\p{M}\\/]/u
/** Variation selectors are in the category of marks, but only select the look of the emoji before them. */
const SELECTOR = /[\uFE00-\uFE0F\u20E3]/u
const SPACE = /\s/u
/** Letters, digits and pictures; quotes, brackets, signs of currency and the like may stand before them. */
const SOLID = "\\p{L}\\p{N}\\p{M}\\p{So}\\p{Extended_Pictographic}\\x60"
const WORD_AHEAD = new RegExp(`[*_~]{0,3}[\\p{Ps}\\p{Pi}\\p{Sc}"'\u2019\u00A1\u00BF#@&<+*_~]{0,3}[${SOLID}]`, "uy")
/** The same after a space, where a dash may be a minus. */
const SIGN_AHEAD = new RegExp(`[\\p{Pd}\u2212][${SOLID}]`, "uy")
/** Whatever stands between the last word and a closing mark: punctuation and signs, such as those of "C++". */
const WORD_BEHIND = new RegExp(`(?<=[${SOLID}][^\\s${SOLID}]{0,4})`, "uy")
/** Signs that make a face of a mark: `^_^`, `>_<`. */
const FACE = /[\p{Sk}<>=]/u

/** @param {string} text @param {Names} [names] of its mentions @returns {Piece[]} */
export function parse(text, names = null) {
  if (!ANYTHING.test(text)) return text ? [{ kind: "text", text }] : []
  /** @type {Piece[]} */
  const pieces = []
  let from = 0
  for (const { start, end, piece } of blocks(text)) {
    parseLines(text.slice(from, start), pieces, from === 0, names)
    pieces.push({ ...piece, text: withNames(piece.text, names) })
    from = end
  }
  parseLines(text.slice(from), pieces, from === 0, names)
  return pieces
}

/**
 * The text without its marks, for a preview or the clipboard. Lists keep bullets and numbers.
 * @param {string} text @param {Names} [names] of its mentions
 */
export function plain(text, names = null) {
  return words(parse(text, names))
}

/** @param {Piece[]} pieces @returns {string} */
function words(pieces) {
  return pieces.map((piece) => {
    if ("lines" in piece) return piece.lines.map(({ sign, children, end }) => sign + words(children) + end).join("")
    if ("children" in piece) return words(piece.children)
    if (piece.kind === "mention") return piece.name
    return piece.kind === "block" ? codeOf(piece) : piece.text
  }).join("")
}

/** The code of a block, without the line breaks that belong to its fences. @param {Block} block */
export function codeOf({ text }) {
  return text.replace(/^\n|\n$/gu, "")
}

/**
 * Parts between two fences that hold more than white space.
 * @param {string} text @returns {{ start: number, end: number, piece: Block }[]}
 */
function blocks(text) {
  const found = []
  let start = text.indexOf(FENCE)
  while (start >= 0) {
    const close = text.indexOf(FENCE, start + FENCE.length)
    if (close < 0) break
    const content = text.slice(start + FENCE.length, close)
    if (content.trim()) {
      const end = close + FENCE.length
      const language = languageOf(content)
      /** @type {Block} */
      const piece = { kind: "block", mark: FENCE, language, text: content.slice(language.length) }
      found.push({ start, end, piece })
      start = text.indexOf(FENCE, end)
    } else start = close
  }
  return found
}

/**
 * The word beside the opening fence is a language if the closing fence has a line of its own; otherwise it is code.
 * @param {string} content of a block
 */
function languageOf(content) {
  const [word] = LANGUAGE.exec(content) ?? [""]
  return content.endsWith("\n") && content.slice(word.length).trim() ? word : ""
}

/**
 * @param {string} text @param {Piece[]} into @param {boolean} atStart whether the text begins a line
 * @param {Names} names
 */
function parseLines(text, into, atStart, names) {
  let from = 0
  while (from < text.length) {
    const end = text.indexOf("\n", from) + 1 || text.length
    const line = text.slice(from, end)
    if ((from === 0 && !atStart) || !parseMarked(line, into, names)) parseLine(line, into, names)
    from = end
  }
}

/**
 * @param {string} line @param {Piece[]} into @param {Names} names
 * @returns {boolean} whether it is a line of a list or quote
 */
function parseMarked(line, into, names) {
  const last = into[into.length - 1]
  const mark = OPENER.exec(line)?.[0] ?? (last?.kind === "quote" ? EMPTY_QUOTE.exec(line)?.[0].trimEnd() : "")
  if (!mark) return false
  const kind = mark[0] === ">" ? "quote" : /[-*]/u.test(mark[0]) ? "bullets" : "numbers"
  const sign = kind === "quote" ? "" : kind === "bullets" ? BULLET : `${mark.trimEnd()} `
  const end = line.endsWith("\n") ? "\n" : ""
  /** @type {Line} */
  const added = { mark, sign, children: [], end }
  parseLine(line.slice(mark.length, line.length - end.length), added.children, names)
  if (last?.kind === kind) last.lines.push(added)
  else into.push({ kind, lines: [added] })
  return true
}

/** @param {string} line @param {Piece[]} into @param {Names} names */
function parseLine(line, into, names) {
  if (!ANYTHING.test(line)) {
    addText(into, line)
    return
  }
  const solids = withLinks(line, withMentions(line, codes(line, names), names))
  const pairs = spans(line, solids)
  if (solids.length + pairs.length > 0) build(line, solids, pairs, into)
  else addText(into, line)
}

/** Literal code between single backticks. @param {string} line @param {Names} names @returns {Solid[]} */
function codes(line, names) {
  const found = []
  let open = -1
  for (let at = line.indexOf("`"); at >= 0; at = line.indexOf("`", at + 1)) {
    if (open >= 0 && at > open + 1 && isRightEdge(line, at)) {
      const text = withNames(line.slice(open + 1, at), names)
      const piece = /** @type {Code} */ ({ kind: "code", mark: "\x60", text })
      found.push({ start: open, end: at + 1, piece })
      open = -1
    } else if (isLeftEdge(line, at)) open = at
  }
  return found
}

/**
 * The code of a line, and the mentions outside of code.
 * @param {string} line @param {Solid[]} code @param {Names} names @returns {Solid[]}
 */
function withMentions(line, code, names) {
  if (!names) return code
  const found = [...code]
  let next = 0
  for (const { 0: text, index: start } of placesOf(line, names)) {
    while (next < code.length && code[next].end <= start) next += 1
    if (next < code.length && code[next].start <= start) continue
    const piece = /** @type {Mention} */ ({ kind: "mention", text, id: idOf(text), name: names[text] })
    found.push({ start, end: start + text.length, piece })
  }
  return found.sort((a, b) => a.start - b.start)
}

/**
 * The solid parts of a line, and the links between them.
 * @param {string} line @param {Solid[]} solids @returns {Solid[]}
 */
function withLinks(line, solids) {
  const found = []
  let from = 0
  for (const solid of [...solids, null]) {
    let at = from
    for (const piece of linkify(line.slice(from, solid?.start))) {
      const [start, end] = [at, at + piece.text.length]
      if (piece.href) found.push({ start, end, piece: /** @type {Link} */ ({ kind: "link", ...piece }) })
      at = end
    }
    if (solid) found.push(solid)
    from = solid?.end ?? 0
  }
  return found
}

/**
 * The pairs of marks of a line; none crosses another. Of several opening marks the last counts, and the pair that
 * closes first wins. At most one mark of each kind is open, which keeps this linear.
 * @param {string} line @param {Solid[]} solids @returns {Span[]} in the order in which they end
 */
function spans(line, solids) {
  const found = []
  /** @type {{ mark: string, at: number }[]} */
  let open = []
  let next = 0
  for (const { 0: mark, index: at } of line.matchAll(MARK)) {
    while (next < solids.length && solids[next].end <= at) next += 1
    if (next < solids.length && solids[next].start <= at) {
      const isOpen = open.some((opener) => opener.mark === mark)
      if (!isOpen || !closes(line, at) || !shortened(solids[next], at)) continue
    }
    const depth = open.findIndex((opener) => opener.mark === mark)
    if (depth >= 0 && closes(line, at)) {
      found.push({ start: open[depth].at, end: at + 1, mark })
      open.length = depth
    } else if (opens(line, at)) {
      open = open.filter((opener) => opener.mark !== mark)
      open.push({ mark, at })
    }
  }
  return found
}

/**
 * A mark at the end of a link belongs to the link (`/a_`), unless it closes what was opened before the link.
 * @param {Solid} solid is shortened to end before the mark @param {number} at of the mark
 * @returns {boolean} whether it was
 */
function shortened(solid, at) {
  const { piece, start, end } = solid
  if (piece.kind !== "link" || !/^[*_~\p{P}]*$/u.test(piece.text.slice(at - start))) return false
  const link = linkOf(piece.text.slice(0, at - start))
  if (!link?.href || start + link.text.length >= end) return false
  solid.piece = /** @type {Link} */ ({ kind: "link", ...link })
  solid.end = start + link.text.length
  return true
}

/** @param {string} line @param {number} at */
function opens(line, at) {
  if (!isLeftEdge(line, at)) return false
  const outer = line[at - 1]
  return matches(WORD_AHEAD, line, at + 1) || ((at === 0 || SPACE.test(outer)) && matches(SIGN_AHEAD, line, at + 1))
}

/** @param {string} line @param {number} at */
function closes(line, at) {
  return isRightEdge(line, at) && !FACE.test(line[at + 1] ?? "") && matches(WORD_BEHIND, line, at)
}

/** @param {RegExp} pattern sticky @param {string} line @param {number} at */
function matches(pattern, line, at) {
  pattern.lastIndex = at
  return pattern.test(line)
}

/** @param {string} line @param {number} at */
function isLeftEdge(line, at) {
  const [last, mark, next] = [line[at - 1], line[at], line[at + 1]]
  return next !== undefined && next !== mark && last !== mark && !SPACE.test(next) && !isWord(before(line, at))
}

/** @param {string} line @param {number} at */
function isRightEdge(line, at) {
  const [last, mark, next] = [line[at - 1], line[at], line[at + 1]]
  return last !== undefined && last !== mark && next !== mark && !SPACE.test(last) && !isWord(line.codePointAt(at + 1))
}

/** @param {string} line @param {number} at @returns {number | undefined} the whole character that ends there */
function before(line, at) {
  const pair = at > 1 ? line.codePointAt(at - 2) : undefined
  return pair !== undefined && pair > 0xffff ? pair : line.codePointAt(at - 1)
}

/** @param {number | undefined} code */
function isWord(code) {
  if (code === undefined || Number.isNaN(code)) return false
  const sign = String.fromCodePoint(code)
  return WORD.test(sign) && !SELECTOR.test(sign)
}

/**
 * Builds the tree of a line from its spans, its solids and the text between them.
 * @param {string} line @param {Solid[]} solids @param {Span[]} pairs @param {Piece[]} into
 */
function build(line, solids, pairs, into) {
  const edges = [
    ...pairs.map((pair) => ({ at: pair.start, to: pair.start + 1, pair })),
    ...pairs.map((pair) => ({ at: pair.end - 1, to: pair.end, pair })),
    ...solids.map((solid) => ({ at: solid.start, to: solid.end, solid })),
  ].sort((a, b) => a.at - b.at)
  const stack = [into]
  let from = 0
  for (const edge of edges) {
    const here = stack[stack.length - 1]
    addText(here, line.slice(from, edge.at))
    if ("solid" in edge) here.push(edge.solid.piece)
    else if (edge.at === edge.pair.start) {
      /** @type {Styled} */
      const piece = { kind: KINDS[edge.pair.mark], mark: edge.pair.mark, children: [] }
      here.push(piece)
      stack.push(piece.children)
    } else stack.pop()
    from = edge.to
  }
  addText(into, line.slice(from))
}

/** Joins neighbouring texts. @param {Piece[]} into @param {string} text */
function addText(into, text) {
  const last = into[into.length - 1]
  if (!text) return
  if (last?.kind === "text") last.text += text
  else into.push({ kind: "text", text })
}
