// @ts-check
/**
 * Turns the text of a message into nodes: styled words, code, links, large emoji. Every node is created by name and
 * filled with text; a person's text is never markup. lib/markup.js decides what the marks mean.
 */
import { emojiOnly } from "../lib/emoji.js"
import { parse } from "../lib/markup.js"

/** @typedef {import("../lib/markup.js").Piece} Piece */

const TAGS = { bold: "strong", italic: "em", strike: "s" }

/** @param {HTMLElement} element is filled with the words @param {string} content as it was written */
export function showWords(element, content) {
  const emoji = emojiOnly(content)
  if (emoji) element.dataset.emoji = String(emoji)
  else delete element.dataset.emoji
  element.replaceChildren(...nodes(parse(content)))
}

/** @param {Piece[]} pieces @returns {(Node | string)[]} */
function nodes(pieces) {
  return pieces.flatMap((piece, i) => {
    if ("children" in piece) return made(TAGS[piece.kind], "", nodes(piece.children))
    if (piece.kind === "text") return besideBlock(piece.text, pieces[i - 1], pieces[i + 1])
    if (piece.kind === "link") return link(piece)
    if (piece.kind === "code") return made("code", "message__code", [piece.text])
    return made("code", "message__block", [piece.text.replace(/^\n|\n$/gu, "")])
  })
}

/**
 * Drops the line breaks around a code block, which has lines of its own: they would show as empty lines.
 * @param {string} text @param {Piece | undefined} before @param {Piece | undefined} after
 */
function besideBlock(text, before, after) {
  let words = text
  if (before?.kind === "block" && words.startsWith("\n")) words = words.slice(1)
  if (after?.kind === "block" && words.endsWith("\n")) words = words.slice(0, -1)
  return words
}

/** @param {string} tag @param {string} name @param {(Node | string)[]} children */
function made(tag, name, children) {
  const element = document.createElement(tag)
  if (name) element.className = name
  if (tag === "code") element.dir = "auto"
  element.append(...children)
  return element
}

/**
 * A text that could deceive is followed by the host that it opens. A link keeps its direction in any text, so that its
 * parts stay in their order.
 * @param {import("../lib/markup.js").Link} piece with an address that was checked before: http, https or mailto
 */
function link({ text, href, host }) {
  const anchor = document.createElement("a")
  anchor.className = "message__link"
  anchor.href = href
  anchor.target = "_blank"
  anchor.rel = "noopener noreferrer"
  anchor.dir = "ltr"
  anchor.textContent = text
  if (!host) return [anchor]
  const real = document.createElement("bdi")
  real.className = "message__host"
  real.dir = "ltr"
  real.textContent = host
  return [anchor, real]
}
