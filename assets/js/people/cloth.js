// @ts-check
/**
 * The cloth that heads a panel: a person's rosette in half-drop, or a group's tile laid edge to edge. Decoration only.
 * The notes to self have no print of a person: their cloth is the pattern of the page, in two quiet shades.
 */
import { PETALS, dots, hoop, ring, widthOf } from "./print-petals.js"
import { describe, fillsOf, layersOf, shape } from "./print.js"
import { describeTile, tileLayers } from "./tile.js"

/** From one rosette of a row to the next, and from one tile to the next. */
const DROP_PX = 72
const TILE_PX = 56
/** A rosette has a box of 100; at this scale it leaves a gap to its neighbours. */
const ROSETTE_SCALE = .52

/** @typedef {import("./print.js").Colour} Colour */

/** Patterns are found by id, and a panel that closes may still be there when the next one opens. */
let count = 0

/** @param {string} username @returns {SVGElement} */
export function clothOfPerson(username) {
  const print = describe(username)
  const fills = fillsOf(print)
  return halfDrop(layersOf(print, 1), fills)
}

/** The flower of the house in one quiet shade. @returns {SVGElement} */
export function clothOfNotes() {
  const [from, to, count] = [9, 42, 8]
  const petals = ring(PETALS.lotus, { from, to, width: widthOf(PETALS.lotus, count, from, to) * .8, count })
  const shade = "var(--color-line)"
  return halfDrop([["ink", petals + hoop(5, 3)]], { ground: "var(--color-cloth)", ink: shade, second: shade })
}

/** @param {[Colour, string][]} layers @param {Record<Colour, string>} fills */
function halfDrop(layers, fills) {
  const motif = paths(layers, fills)
  const half = DROP_PX / 2
  /** The rosettes at the corners are whole where four pieces of the pattern meet. @type {[number, number][]} */
  const places = [[0, 0], [DROP_PX, 0], [0, DROP_PX], [DROP_PX, DROP_PX], [half, half]]
  const rosettes = places.map(([x, y]) => shape("g", {
    transform: `translate(${x} ${y}) scale(${ROSETTE_SCALE})`,
  }, motif.map((path) => /** @type {SVGElement} */ (path.cloneNode(true)))))
  const beads = [[half, 0], [half, DROP_PX], [0, half], [DROP_PX, half]]
    .map(([x, y]) => dots(1, 0, 2.2, { x, y })).join("")
  return cloth(DROP_PX, fills, [...rosettes, shape("path", { d: beads, fill: fills.second })])
}

/** @param {number} id @returns {SVGElement} */
export function clothOfGroup(id) {
  const tile = describeTile(id)
  const fills = fillsOf(tile)
  const place = `translate(${TILE_PX / 2} ${TILE_PX / 2}) scale(${TILE_PX / 100})`
  return cloth(TILE_PX, fills, [shape("g", { transform: place }, paths(tileLayers(tile, 1), fills))])
}

/** @param {[Colour, string][]} layers @param {Record<Colour, string>} fills */
function paths(layers, fills) {
  return layers.map(([colour, d]) => shape("path", { d, fill: fills[colour] }))
}

/** @param {number} size of the piece that repeats @param {Record<Colour, string>} fills @param {SVGElement[]} motif */
function cloth(size, fills, motif) {
  count += 1
  const id = `cloth-${count}`
  const place = { id, width: size, height: size, x: size / 4, patternUnits: "userSpaceOnUse" }
  const pattern = shape("pattern", place, motif)
  return shape("svg", { class: "cloth", "aria-hidden": "true" }, [
    shape("rect", { width: "100%", height: "100%", fill: fills.ground }),
    shape("defs", {}, [pattern]),
    shape("rect", { width: "100%", height: "100%", fill: `url(#${id})` }),
  ])
}
