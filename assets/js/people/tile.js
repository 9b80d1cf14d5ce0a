// @ts-check
/**
 * The print of a group: a square tile drawn from its id, four-fold, so that tiles laid edge to edge are a cloth.
 * `describeTile` decides what is drawn, `tileLayers` draws it as paths, `tileOf` makes the SVG. Loaded when a group is
 * first shown. Rounded corners are the task of styles; print.js has the inks and the colours.
 */
import { PETALS, disc, dots, ring, widthOf } from "./print-petals.js"
import { INKS, PARTNERS, detailOf, dice, drawing, fillsOf, hash, keeper, specks } from "./print.js"

const PLANS = ["court", "lattice", "lozenge"]
const FLOWERS = ["lotus", "kite", "tulip", "leaf", "heart", "round"]
const CORNERS = ["round", "leaf", "fan", "lotus"]
const RIMS = ["dots", "petal", "vein"]
const DYED_SHARE = .5
/** The second ink is never quite in register with the first. */
const SHIFT = .9
const QUARTER = Math.PI / 4

/** @typedef {import("./print.js").Colour} Colour */
/** @typedef {[number, number][]} Points */
/**
 * @typedef {{ ink: string, second: string, dyed: boolean, plan: string, flower: string, corner: string, rim: string,
 *   register: number }} Tile
 */

/** @type {Points} */
const CORNER_POINTS = [[-50, -50], [50, -50], [50, 50], [-50, 50]]
/** @type {Points} */
const SIDE_POINTS = [[0, -50], [50, 0], [0, 50], [-50, 0]]
/** @type {Points} */
const QUARTER_POINTS = [[-25, -25], [25, -25], [25, 25], [-25, 25]]

/**
 * What is drawn for a group. The order of the throws is part of the design.
 * @param {number | string} id @returns {Tile}
 */
export function describeTile(id) {
  const roll = dice(hash(`tile:${id}`))
  /** @template T @param {T[]} choices @returns {T} */
  const one = (choices) => choices[Math.floor(roll() * choices.length)]
  const first = Math.floor(roll() * INKS.length)
  const second = INKS[one(PARTNERS[first])]
  const dyed = roll() < DYED_SHARE
  const [plan, flower, corner, rim] = [one(PLANS), one(FLOWERS), one(CORNERS), one(RIMS)]
  return { ink: INKS[first], second, dyed, plan, flower, corner, rim, register: roll() * 2 * Math.PI }
}

/** The paths of a tile from the bottom up. @param {Tile} tile @param {number} detail of detailOf in print.js */
export function tileLayers(tile, detail) {
  const shift = detail === 0 ? 0 : SHIFT
  const off = { x: Math.cos(tile.register) * shift, y: Math.sin(tile.register) * shift }
  const draw = { court, lattice, lozenge }[/** @type {"court" | "lattice" | "lozenge"} */ (tile.plan)]
  return draw(tile, detail, off)
}

/** @typedef {{ x: number, y: number }} Offset */

/** A shape at each of these points. @param {Points} points @param {(x: number, y: number) => string} shape */
function at(points, shape) {
  return points.map(([x, y]) => shape(x, y)).join("")
}

/**
 * A whole flower around a point.
 * @param {string} name of its petal @param {number} radius @param {number} count
 * @param {{ x?: number, y?: number, turn?: number, heart?: number }} [place] heart = the share of the radius left free
 */
function flower(name, radius, count, { x = 0, y = 0, turn = 0, heart = .22 } = {}) {
  const from = radius * heart
  return ring(PETALS[name], { from, to: radius, width: widthOf(PETALS[name], count, from, radius), count, turn, x, y })
}

/**
 * What is inside the petals of a flower.
 * @param {Tile} tile @param {number} radius @param {number} count @param {{ x?: number, y?: number, turn?: number }} at
 */
function inset({ rim, flower: name }, radius, count, { x = 0, y = 0, turn = 0 }) {
  if (rim === "dots") return dots(count, radius * .64, radius * .09, { turn, x, y })
  if (rim === "petal") return flower(name, radius * .78, count, { x, y, turn, heart: .45 })
  return ring(PETALS.leaf, { from: radius * .38, to: radius * .8, width: radius * .07, count, turn, x, y })
}

/**
 * The flowers in the four corners, which become whole where four tiles meet.
 * @param {Tile} tile @param {number} detail @param {Offset} off @param {{ radius: number, eye: number }} size
 * @returns {[Colour, string][]}
 */
function corners({ corner }, detail, off, { radius, eye }) {
  const whole = detail === 0 ? radius - 2 : radius
  /** @type {(x: number, y: number) => string} */
  const petals = (x, y) => flower(corner, whole, 8, { x: x + off.x, y: y + off.y, turn: QUARTER / 2, heart: .3 })
  if (detail === 0) return [["second", at(CORNER_POINTS, petals)]]
  return [
    ["second", at(CORNER_POINTS, petals)],
    ["ground", at(CORNER_POINTS, (x, y) => disc(x, y, eye + 2.5))],
    ["ink", at(CORNER_POINTS, (x, y) => disc(x, y, eye))],
  ]
}

/** A flower in a court. @param {Tile} tile @param {number} detail @param {Offset} off @returns {[Colour, string][]} */
function court(tile, detail, off) {
  const buds = ring(PETALS.leaf, { from: 36, to: 48.5, width: 3.2, count: 4 })
    + dots(8, 38.5, 1.6, { turn: QUARTER / 2 })
  const star = ring(PETALS.kite, { from: 0, to: 8.6, width: 2.7, count: 8, ...off })
  /** @type {[Colour, string][]} */
  const layers = [...corners(tile, detail, off, { radius: 33, eye: 15 })]
  if (detail === 0) {
    return [...layers, ["ink", flower(tile.flower, 37, 8)], ["ground", disc(0, 0, 10)], ["second", disc(0, 0, 7)]]
  }
  layers.push(["ink", flower(tile.flower, 31, 8) + buds], ["ground", inset(tile, 31, 8, {}) + disc(0, 0, 10)])
  layers.push(["second", star])
  if (detail > 1) {
    layers.push(["ink", at(SIDE_POINTS, (x, y) => disc(x, y, 2)) + dots(16, 10, .8, { turn: QUARTER / 4 })])
  }
  return layers
}

/**
 * Four flowers and leaves between them.
 * @param {Tile} tile @param {number} detail @param {Offset} off @returns {[Colour, string][]}
 */
function lattice(tile, detail, off) {
  const count = ["leaf", "kite"].includes(tile.flower) ? 8 : 6
  const turn = -Math.PI / 2
  /** @type {(x: number, y: number) => string} */
  const leaves = (x, y) =>
    ring(PETALS.leaf, { from: 1.5, to: 12.5, width: 2.7, count: 4, turn: QUARTER, x: x + off.x, y: y + off.y })
  const between = detail === 0 ? disc(0, 0, 6) : at([...SIDE_POINTS, [0, 0], ...CORNER_POINTS], leaves)
  const radius = detail === 0 ? 23 : 21
  const petals = at(QUARTER_POINTS, (x, y) => flower(tile.flower, radius, count, { x, y, turn, heart: .2 }))
  const insets = detail === 0 ? "" : at(QUARTER_POINTS, (x, y) => inset(tile, 20, count, { x, y, turn }))
  /** @type {[Colour, string][]} */
  const layers = [
    ["second", between],
    ["ink", petals],
    ["ground", insets + at(QUARTER_POINTS, (x, y) => disc(x, y, 6.2))],
    ["second", at(QUARTER_POINTS, (x, y) => disc(x + off.x, y + off.y, 3.8))],
  ]
  if (detail > 1) {
    /** @type {Points} */
    const middles = [[-25, 0], [25, 0], [0, -25], [0, 25]]
    const beads = at([...SIDE_POINTS, [0, 0]], (x, y) => disc(x, y, 1.4))
    const stars = at(middles, (x, y) => ring(PETALS.kite, { from: 0, to: 2.6, width: 1.2, count: 4, x, y }))
    layers.push(["ink", beads + stars])
  }
  return layers
}

/**
 * A flower in a lozenge.
 * @param {Tile} tile @param {number} detail @param {Offset} off @returns {[Colour, string][]}
 */
function lozenge(tile, detail, off) {
  const half = 34
  /** @param {number} reach */
  const diamond = (reach) => `M0 ${-reach}L${reach} 0L0 ${reach}L${-reach} 0Z`
  /** @type {[Colour, string][]} */
  const layers = [
    ...corners(tile, detail, off, { radius: 29, eye: 14 }),
    ["ink", diamond(half + 14)], ["ground", diamond(half + 8.5)], ["ink", diamond(half + 4)],
  ]
  if (detail > 1) layers.push(["second", beadsAlong(half + 6.2)])
  layers.push(["ground", flower(tile.flower, detail === 0 ? 28 : 25.5, 8)])
  layers.push(["ink", (detail === 0 ? "" : inset(tile, 25, 8, {})) + disc(0, 0, 8.6)])
  layers.push(["second", disc(off.x, off.y, 4.8)])
  return layers
}

/** Four beads on each side of a diamond. @param {number} reach */
function beadsAlong(reach) {
  let path = ""
  for (const share of [.2, .4, .6, .8]) {
    const [x, y] = [reach * share, reach * (1 - share)]
    path += disc(x, y, 1.05) + disc(-x, y, 1.05) + disc(x, -y, 1.05) + disc(-x, -y, 1.05)
  }
  return path
}

const kept = keeper(draw)

/**
 * The tile of a group as an SVG of its own, hidden from screen readers: the name always stands beside it.
 * @param {number | string} id @param {number} px its size on the page
 */
export function tileOf(id, px) {
  return kept(String(id), detailOf(px))
}

/** @param {string} id @param {number} detail */
function draw(id, detail) {
  const tile = describeTile(id)
  const layers = tileLayers(tile, detail)
  if (detail === 3) layers.push(["ground", specks(id, 56)])
  return drawing("tile", fillsOf(tile), layers)
}
