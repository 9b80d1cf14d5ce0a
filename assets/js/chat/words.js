// @ts-check
/**
 * Turns the text of a message into nodes: styled words, lists, quotes, code, links, large emoji. Every node is created
 * by name and filled with text; a person's text is never markup. lib/markup.js decides what the marks mean.
 */
import { copyText } from "../lib/copy.js"
import { clone, emit } from "../lib/dom.js"
import { emojiOnly } from "../lib/emoji.js"
import { codeOf, parse } from "../lib/markup.js"
import { hashOf } from "../lib/route.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { store } from "../state/store.js"
import { mayBeLong } from "./long-text.js"

/** @typedef {import("../lib/markup.js").Piece} Piece */
/** @typedef {import("../lib/markup.js").Line} Line */

const TAGS = { bold: "strong", italic: "em", strike: "s", bullets: "ul", numbers: "ol" }

/**
 * @param {HTMLElement} element is filled with the words @param {string} content as it was written
 * @param {import("../lib/mentions.js").Names | null} names of its mentions
 */
export function showWords(element, content, names) {
  const emoji = emojiOnly(content)
  if (emoji) element.dataset.emoji = String(emoji)
  else delete element.dataset.emoji
  if (mayBeLong(content)) element.dataset.long = ""
  else delete element.dataset.long
  element.replaceChildren(...nodes(parse(content, names)))
}

/** @param {Piece[]} pieces @returns {(Node | string)[]} */
function nodes(pieces) {
  return pieces.flatMap((piece, i) => {
    if ("children" in piece) return made(TAGS[piece.kind], "", nodes(piece.children))
    if ("lines" in piece) return piece.kind === "quote" ? quote(piece.lines) : list(TAGS[piece.kind], piece.lines)
    if (piece.kind === "text") return besideBlock(piece.text, pieces[i - 1], pieces[i + 1])
    if (piece.kind === "link") return link(piece)
    if (piece.kind === "mention") return mention(piece)
    if (piece.kind === "code") return made("code", "message__code", [piece.text])
    return block(piece)
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

/** The signs are texts, so that a selection copies them. @param {string} tag @param {Line[]} lines */
function list(tag, lines) {
  const items = lines.map(({ sign, children }) =>
    made("li", "message__item", [made("span", "message__sign", [sign]), ...nodes(children)]))
  const element = made(tag, "message__list", items)
  // Safari takes lists without markers for plain text.
  element.role = "list"
  element.dir = "auto"
  return element
}

/** @param {Line[]} lines */
function quote(lines) {
  const last = lines.length - 1
  return made("blockquote", "message__cited",
    lines.flatMap(({ children, end }, i) => [...nodes(children), i < last ? end : ""]))
}

/** @param {import("../lib/markup.js").Block} piece */
function block(piece) {
  const { root, language, code, copy } = clone("code-block")
  const words = codeOf(piece)
  language.hidden = !piece.language
  language.textContent = piece.language
  code.textContent = words
  copy.addEventListener("click", async () => toast(await copyText(words) ? texts.copied : texts.copyFailed))
  return root
}

/**
 * A mention of another person opens their panel. It is no button element, because a long name must break between its
 * words, and a selection must copy it.
 * @param {import("../lib/markup.js").Mention} piece
 */
function mention({ id, name }) {
  const isMine = id === 0 || id === store.state.me
  const element = made("bdi", `mention${isMine ? " mention--me" : ""}`, [name])
  element.dataset.test = "mention"
  if (isMine) return element
  element.role = "button"
  element.tabIndex = -1
  const open = () => emit(element, "show-person", { id, opener: element })
  element.addEventListener("click", open)
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return
    event.preventDefault()
    open()
  })
  return element
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
 * parts stay in their order. One to a message of this server opens in this page.
 * @param {import("../lib/markup.js").Link} piece with an address that was checked before: http, https or mailto
 */
export function link({ text, href, host }) {
  const anchor = document.createElement("a")
  anchor.className = "message__link"
  const hash = hashOf(href)
  anchor.href = hash || href
  if (!hash) {
    anchor.target = "_blank"
    anchor.rel = "noopener noreferrer"
  }
  anchor.dir = "ltr"
  anchor.textContent = text
  if (!host) return [anchor]
  const real = document.createElement("bdi")
  real.className = "message__host"
  real.dir = "ltr"
  real.textContent = host
  return [anchor, real]
}
