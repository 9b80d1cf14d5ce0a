// @ts-check
/**
 * The pattern behind the messages: the petals of the other person's print, small and in one colour. It is a mask over
 * the colour of css/tokens.css, so a change of the theme draws nothing again. The content security policy allows
 * pictures from data: addresses, and a custom property set by script is no style in markup.
 */
import { PETALS, disc, dots, hoop, ring, widthOf } from "../people/print-petals.js"
import { describe } from "../people/print.js"

/** Pixels from one repetition to the next; neighbouring columns are offset by half of it. */
const TILE = 144
const RADIUS = 19
const FROM = 6.5

/** @param {HTMLElement} pane @param {string} username "" without an open chat */
export function showWallpaper(pane, username) {
  if (pane.dataset.wallpaper === username) return
  pane.dataset.wallpaper = username
  pane.style.setProperty("--wallpaper", `url("${wallpaperOf(username)}")`)
}

/** @param {string} username @returns {string} the address of an SVG */
export function wallpaperOf(username) {
  const { petal, fold } = username ? describe(username) : { petal: "lotus", fold: 8 }
  const half = TILE / 2
  const centres = [half / 2, half * 1.5]
  const path = centres.map((at) => flower(PETALS[petal], fold, at)).join("")
    + sprig(centres[1], centres[0]) + sprig(centres[0], centres[1])
    + [0, half, TILE].flatMap((x) => [0, half, TILE].map((y) => star(x, y))).join("")
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' width='${TILE}' height='${TILE}'><path d='${path}'/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

/** @param {import("../people/print-petals.js").Petal} petal @param {number} fold @param {number} at */
function flower(petal, fold, at) {
  const place = { turn: -Math.PI / 2, x: at, y: at }
  const width = widthOf(petal, fold, FROM, RADIUS) * .8
  return ring(petal, { from: FROM, to: RADIUS, width, count: fold, ...place }) + hoop(3, 1.6, place)
    + dots(fold, RADIUS + 5, 1.1, { ...place, turn: place.turn + Math.PI / fold })
}

/** A bud with a bead above it and two leaves. @param {number} x @param {number} y */
function sprig(x, y) {
  /** @param {number} turn @param {number} to @param {number} width @param {number} dy */
  const leaf = (turn, to, width, dy) => ring(PETALS.leaf, { from: 0, to, width, count: 1, turn, x, y: y + dy })
  const stalk = leaf(-Math.PI / 2, 18, .8, 16)
  const leaves = leaf(-.75, 11, 2.4, 11) + leaf(Math.PI + .75, 11, 2.4, 11)
  return stalk + leaves + leaf(-Math.PI / 2, 13, 3.4, -2) + disc(x, y - 18, 1.2)
}

/** @param {number} x @param {number} y */
function star(x, y) {
  return ring(PETALS.kite, { from: 2, to: 7, width: 1.6, count: 4, x, y })
}
