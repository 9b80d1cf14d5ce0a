// @ts-check
/**
 * Formats JSON for people: short values on one line, long ones on several, with a colour for each kind.
 */
import { h } from "./dom.js"

/** Fits the start of a message, and the column beside the contents. */
const LINE_CHARS_MAX = 76

/** A key with its colon, a string, a keyword, a number. Keys come first, because they are strings too. */
const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** @param {unknown} value @param {string} [indent] @returns {string} */
export function format(value, indent = "") {
  const short = oneLine(value)
  if (indent.length + short.length <= LINE_CHARS_MAX || value === null || typeof value !== "object") return short
  const inner = `${indent}  `
  const [open, close] = Array.isArray(value) ? "[]" : "{}"
  const items = Array.isArray(value)
    ? value.map((item) => inner + format(item, inner))
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${format(item, inner)}`)
  return `${open}\n${items.join(",\n")}\n${indent}${close}`
}

/** @param {unknown} value @returns {string} */
function oneLine(value) {
  if (value === null || typeof value !== "object") return JSON.stringify(value)
  if (Array.isArray(value)) return value.length ? `[${value.map(oneLine).join(", ")}]` : "[]"
  const items = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`)
  return items.length ? `{ ${items.join(", ")} }` : "{}"
}

/** The text with each token in a span, for its colour. @param {string} text @returns {(Node | string)[]} */
export function coloured(text) {
  const nodes = []
  let end = 0
  for (const match of text.matchAll(TOKENS)) {
    const [token, string, colon] = match
    const kind = string ? (colon ? "key" : "string") : "plain"
    const shown = string ?? token
    nodes.push(text.slice(end, match.index), h("span", { class: `json__${kind}` }, shown))
    end = match.index + shown.length
  }
  nodes.push(text.slice(end))
  return nodes
}

/** A block of JSON that can be scrolled sideways, by keyboard too. @param {unknown} value @param {string} label */
export function jsonBlock(value, label) {
  return h("pre", { class: "docs-code", tabindex: 0, role: "group", "aria-label": label },
    h("code", {}, ...coloured(format(value))))
}
