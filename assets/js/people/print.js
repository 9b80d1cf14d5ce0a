// @ts-check
/**
 * The print of a person: a rosette drawn from their username, which never changes, so it is the same on every device.
 * `describe` decides what is drawn, `layersOf` draws it as paths, `printOf` makes the SVG by DOM calls. Colours are
 * custom properties of css/tokens.css, so a change of the theme draws nothing again.
 */
import { PETALS, disc, dots, hoop, ring, widthOf } from "./print-petals.js"

export const INKS = ["neel", "manjith", "laakh", "kattha", "haldi", "mehndi", "mor", "jamun"]
/** The second inks that go with each ink, by index. */
export const PARTNERS = [[4, 1, 6], [4, 0, 6], [4, 6, 5], [1, 6, 4], [1, 0, 3], [1, 4, 2], [1, 4, 2], [4, 5, 1]]
const INSETS = ["petal", "vein", "eye"]
const BETWEEN = ["dots", "bud", "dotted bud"]
const EDGES = ["dots", "scallop", "hoop", "teeth"]
const HEARTS = ["dot", "ring", "flower", "star"]
const DYED_SHARE = .34
/** The second ink is never quite in register with the first. */
const SHIFT = 1.1
/** A print of each size has about 6 KB of path data; a list shows a few dozen. */
const KEPT_MAX = 400

/**
 * @typedef {{ ink: string, second: string, petal: string, fold: number, dyed: boolean, inset: string, between: string,
 *   edge: string, heart: string, tilt: number, register: number }} Print  angles in radians
 * @typedef {"ground" | "ink" | "second"} Colour
 */

/** FNV-1a over UTF-8 with the finaliser of murmur3, so that similar names differ in every bit. @param {string} text */
export function hash(text) {
  let sum = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 0x01000193)
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b)
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35)
  return (sum ^ (sum >>> 16)) >>> 0
}

/** The generator mulberry32. @param {number} seed @returns {() => number} from 0 to below 1 */
export function dice(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * What is drawn for a username. The order of the throws is part of the design.
 * @param {string} username @returns {Print}
 */
export function describe(username) {
  const roll = dice(hash(username))
  /** @template T @param {T[]} choices @returns {T} */
  const one = (choices) => choices[Math.floor(roll() * choices.length)]
  const first = Math.floor(roll() * INKS.length)
  const second = INKS[one(PARTNERS[first])]
  const petal = one(Object.keys(PETALS))
  const fold = one(PETALS[petal].folds)
  const dyed = roll() < DYED_SHARE
  const [inset, between, edge, heart] = [one(INSETS), one(BETWEEN), one(EDGES), one(HEARTS)]
  const tilt = (roll() - .5) * .28
  const register = roll() * 2 * Math.PI
  return { ink: INKS[first], second, petal, fold, dyed, inset, between, edge, heart, tilt, register }
}

/** The colour of a person's name. @param {string} username */
export function inkOf(username) {
  return `var(--ink-${describe(username).ink})`
}

/** More is drawn the larger a print is: 0 below 32 px, 1 below 72, 2 below 140, else 3. @param {number} px */
export function detailOf(px) {
  return px < 32 ? 0 : px < 72 ? 1 : px < 140 ? 2 : 3
}

/**
 * The paths of a print from the bottom up.
 * @param {Print} print @param {number} detail of detailOf @returns {[Colour, string][]}
 */
export function layersOf(print, detail) {
  const { fold } = print
  const petal = PETALS[print.petal]
  const [from, to] = [detail === 0 ? 8 : 9, [45, 42, 37, 37][detail]]
  const turn = print.tilt - Math.PI / 2
  const shift = detail === 0 ? 0 : SHIFT
  const off = { x: Math.cos(print.register) * shift, y: Math.sin(print.register) * shift }
  const build = { print, petal, detail, fold, from, to, turn, off, width: widthOf(petal, fold, from, to) }
  return [
    ...(detail > 0 ? betweenPetals(build) : []),
    ...(detail > 1 ? edgeOf(build) : []),
    ["ink", ring(petal, { from, to, width: build.width, count: fold, turn })],
    ...(detail > 0 ? insideOf(build) : []),
    ...heartOf(build),
  ]
}

/**
 * @typedef {{ print: Print, petal: import("./print-petals.js").Petal, detail: number, fold: number, from: number,
 *   to: number, turn: number, off: { x: number, y: number }, width: number }} Build
 */

/** @param {Build} build @returns {[Colour, string][]} */
function betweenPetals({ print, detail, fold, turn, off }) {
  const at = detail === 1 ? 38.5 : 34.5
  const size = Math.min(4.4, 17 / fold + .9)
  const place = { turn: turn + Math.PI / fold, ...off }
  /** @param {number} inner @param {number} outer @param {number} width */
  const buds = (inner, outer, width) =>
    ring(PETALS.leaf, { from: at - inner, to: at + outer, width, count: fold, ...place })
  if (print.between === "dots") return [["second", dots(fold, at, size, place)]]
  if (print.between === "bud") return [["second", buds(9, 6, size * 1.15)]]
  return [["second", buds(7, 2, size * .9) + dots(fold, at + 5, size * .6, place)]]
}

/** @param {Build} build @returns {[Colour, string][]} */
function edgeOf({ print, fold, turn, off }) {
  /** @type {import("./print-petals.js").Petal} */
  const scallop = { ...PETALS.kite, start: [0, 3.2], stretches: [[1, 2.6, 1, -2.6, 0, -3.2]] }
  /** As many as fit, in step with the petals. @param {number} about */
  const count = (about) => Math.round(about / fold) * fold
  if (print.edge === "dots") return [["ink", dots(fold * 4, 45, 1.35, { turn })]]
  if (print.edge === "scallop") {
    return [["ink", hoop(46.5, 1) + ring(scallop, { from: 46, to: 41.6, width: 1, count: count(44), turn })]]
  }
  if (print.edge === "hoop") {
    const beads = dots(fold * 2, 45, 2.1, { turn: turn + Math.PI / fold, ...off })
    return [["ink", hoop(46.4, 1) + hoop(43.6, .8)], ["second", beads]]
  }
  /** @type {import("./print-petals.js").Petal} */
  const tooth = { ...PETALS.kite, start: [0, 2.2], stretches: [[1, 0], [0, -2.2]] }
  return [["ink", hoop(46.8, 1) + ring(tooth, { from: 46.5, to: 42, width: 1, count: count(60), turn })]]
}

/** @param {Build} build @returns {[Colour, string][]} */
function insideOf({ print, petal, detail, fold, from, to, turn, off, width }) {
  const [near, far] = [from + (to - from) * .34, from + (to - from) * .78]
  const place = { count: fold, turn }
  if (print.inset === "vein") {
    const vein = { from: near - 4, to: far + 1, width: Math.max(1.5, width * .17) }
    return [["ground", ring(PETALS.leaf, { ...vein, ...place })]]
  }
  /** @type {[Colour, string][]} */
  const layers = []
  if (print.inset === "petal") {
    layers.push(["ground", ring(petal, { from: near - 2, to: far + 2, width: width * .52, ...place })])
    const inner = { from: near + 3, to: far - 2.5, width: width * .24 }
    if (detail > 1) layers.push(["second", ring(petal, { ...inner, ...place, ...off })])
  } else {
    const at = (near + far) / 2 + 3
    layers.push(["ground", dots(fold, at, Math.max(2.2, width * .36), { turn })])
    if (detail > 1) layers.push(["second", dots(fold, at, width * .17, { turn, ...off })])
  }
  return layers
}

/** @param {Build} build @returns {[Colour, string][]} */
function heartOf({ print, detail, fold, turn, off: { x, y } }) {
  /** @type {[Colour, string][]} */
  const layers = [["ground", disc(0, 0, detail === 0 ? 12 : 12.5)]]
  if (detail === 0) return [...layers, ["second", disc(0, 0, 8)]]
  if (print.heart === "dot") layers.push(["second", disc(x, y, 7.6)])
  else if (print.heart === "ring") layers.push(["second", hoop(7.4, 3.2, { x, y })], ["ink", disc(0, 0, 2.8)])
  else if (print.heart === "flower") {
    const flower = ring(PETALS.round, { from: 2.4, to: 10, width: 3.3, count: 6, turn, x, y })
    layers.push(["second", flower], ["ink", disc(0, 0, 2)])
  } else layers.push(["second", ring(PETALS.kite, { from: 0, to: 10.5, width: 3.1, count: 8, turn, x, y })])
  if (detail > 1) layers.push(["ink", dots(fold * 2, 12.4, .95, { turn: turn + Math.PI / fold / 2 })])
  return layers
}

/** Specks that the ink missed, on large prints. @param {string} seed @param {number} radius */
export function specks(seed, radius) {
  const roll = dice(hash(`specks:${seed}`))
  let path = ""
  for (let n = 0; n < 40; n += 1) {
    const [angle, at] = [roll() * 2 * Math.PI, Math.sqrt(roll()) * radius]
    path += disc(Math.cos(angle) * at, Math.sin(angle) * at, .22 + roll() * .42)
  }
  return path
}

/**
 * The fills of a print. Turmeric is too light for cotton, so its dyed prints are in cutch.
 * @param {{ ink: string, second: string, dyed: boolean }} print @returns {Record<Colour, string>}
 */
export function fillsOf({ ink, second, dyed }) {
  if (!dyed) return { ground: `var(--cotton-${ink})`, ink: `var(--ink-${ink})`, second: `var(--second-${second})` }
  const yellow = ink === "haldi"
  return {
    ground: `var(--dyed-${ink})`,
    ink: yellow ? "var(--cutch)" : "var(--cotton)",
    second: yellow ? "var(--dyed-manjith)" : `var(--second-dyed-${second})`,
  }
}

const SVG = "http://www.w3.org/2000/svg"

/**
 * Draws each print once. The one used last is at the end.
 * @param {(name: string, detail: number) => SVGElement} draw @returns {(name: string, detail: number) => SVGElement}
 */
export function keeper(draw) {
  /** @type {Map<string, SVGElement>} */
  const kept = new Map()
  return (name, detail) => {
    const key = `${detail}${name}`
    const svg = kept.get(key) ?? draw(name, detail)
    kept.delete(key)
    kept.set(key, svg)
    const [oldest] = kept.keys()
    if (kept.size > KEPT_MAX) kept.delete(oldest)
    return /** @type {SVGElement} */ (svg.cloneNode(true))
  }
}

const kept = keeper(draw)

/**
 * The print of a person as an SVG of its own, hidden from screen readers: the name always stands beside it.
 * @param {string} username @param {number} px its size on the page
 */
export function printOf(username, px) {
  return kept(username, detailOf(px))
}

/** @param {string} username @param {number} detail */
function draw(username, detail) {
  const print = describe(username)
  const layers = layersOf(print, detail)
  if (detail === 3) layers.push(["ground", specks(username, 43)])
  return drawing("print", fillsOf(print), layers)
}

/**
 * @param {string} tag @param {Record<string, string | number>} attributes @param {SVGElement[]} [children]
 * @returns {SVGElement}
 */
export function shape(tag, attributes, children = []) {
  const element = document.createElementNS(SVG, tag)
  for (const name in attributes) element.setAttribute(name, String(attributes[name]))
  element.append(...children)
  return element
}

/**
 * A fill as an attribute needs no style, which the content security policy would forbid in markup.
 * @param {"print" | "tile"} kind round or square
 * @param {Record<Colour, string>} fills @param {[Colour, string][]} layers
 */
export function drawing(kind, fills, layers) {
  const ground = kind === "print" ? shape("circle", { r: 50, fill: fills.ground })
    : shape("path", { d: "M-50-50H50V50H-50Z", fill: fills.ground })
  return shape("svg", { class: kind, viewBox: "-50 -50 100 100", "aria-hidden": "true" }, [
    ground, ...layers.map(([colour, d]) => shape("path", { d, fill: fills[colour] })),
  ])
}
