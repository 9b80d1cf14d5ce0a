// @ts-check
/**
 * JSON as people like to read it: short things on one line, long things broken, kinds told apart by colour.
 */
import { h } from "./dom.js"

/** Wide enough for a message's start, narrow enough for a column beside the contents. */
const LINE_CHARS_MAX = 76

/** A string with its colon, a string, a word, a number: in this order, so that keys come first. */
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

/** The text with its tokens in spans, for colour. @param {string} text @returns {(Node | string)[]} */
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

/** A block of JSON; it can be scrolled sideways, by keyboard too. @param {unknown} value @param {string} label */
export function jsonBlock(value, label) {
  return h("pre", { class: "docs-code", tabindex: 0, role: "region", "aria-label": label },
    h("code", {}, ...coloured(format(value))))
}
