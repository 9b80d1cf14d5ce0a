// @ts-check
/**
 * Shapes that prints are made of: petals, discs, hoops, and rings of them, as path data in a box from -50 to 50.
 * Pure: nothing here knows people, colours or the document.
 */

/**
 * A petal is an outline along its axis, from 0 at the heart to 1 at the tip; across, 1 is half of its width.
 * A stretch with two numbers is a line, one with six is a curve.
 * @typedef {{ start: [number, number], stretches: number[][], widest: number, fill: number, folds: number[] }} Petal
 * `widest`: where along the axis the petal is widest; `fill`: how much of its sector it takes there
 */

/** The outline whose other half mirrors the given one. @param {number[][]} half @returns {number[][]} */
function mirrored(half) {
  /** @param {number[]} stretch */
  const turned = (stretch) => (stretch.length === 2 ? [0] : [0, 2, 4]).map((i) => [stretch[i], -stretch[i + 1]])
  const points = half.flatMap(turned)
  const back = [[0, 0], ...points].reverse().slice(1)
  let at = 0
  const other = [...half].reverse().map(({ length }) => back.slice(at, (at += length / 2)).flat())
  // The end of the path closes the last line.
  return [...half, ...other.filter((stretch, i) => stretch.length > 2 || i < other.length - 1)]
}

/** @type {Record<string, Petal>} */
export const PETALS = {
  lotus: {
    start: [0, 0], stretches: mirrored([[.16, .95, .46, 1.2, .66, .74], [.78, .44, .88, .14, 1, 0]]),
    widest: .5, fill: .9, folds: [6, 7, 8, 9],
  },
  round: {
    start: [0, 0], stretches: mirrored([[.18, .55, .42, 1, .68, 1], [.9, 1, 1, .55, 1, 0]]),
    widest: .68, fill: .93, folds: [5, 6, 7, 8],
  },
  heart: {
    start: [0, 0], stretches: mirrored([[.2, .5, .5, 1.05, .74, 1.02], [.95, 1, 1.02, .5, .84, 0]]),
    widest: .72, fill: .95, folds: [5, 6, 7],
  },
  leaf: { start: [0, 0], stretches: mirrored([[.3, 1.25, .7, 1.05, 1, 0]]), widest: .5, fill: .92, folds: [8, 9, 10] },
  kite: { start: [0, 0], stretches: mirrored([[.56, 1], [1, 0]]), widest: .56, fill: .94, folds: [6, 8] },
  fan: {
    start: [0, .22], stretches: [[.76, 1], [1.03, .8, 1.03, -.8, .76, -1], [0, -.22]],
    widest: .76, fill: .86, folds: [6, 8, 9],
  },
  tulip: {
    start: [0, 0],
    stretches: mirrored([
      [.12, .5, .24, 1.1, .58, 1.08], [.7, 1.06, .74, .78, .64, .6], [.78, .6, .9, .3, 1, 0],
    ]),
    widest: .58, fill: .9, folds: [5, 6, 7],
  },
  paisley: {
    start: [0, -.1],
    stretches: [
      [.06, .7, .34, 1.25, .64, 1.02], [.92, .8, 1.04, -.1, .9, -1.05],
      [.84, -.35, .7, -.2, .52, -.62], [.36, -.98, .12, -.7, 0, -.1],
    ],
    widest: .6, fill: .86, folds: [5, 6, 7],
  },
}

/** Coordinates are few and come again and again; making a text of each took most of the time of a print. */
const WRITTEN_MAX = 2000
/** @type {string[]} */
const written = []

/** One decimal is a twentieth of a pixel in the largest print. @param {number} value */
function short(value) {
  const tenths = Math.round(value * 10)
  return (written[tenths + WRITTEN_MAX] ??= String(tenths / 10))
}

/** @typedef {{ turn?: number, x?: number, y?: number }} Place  radians; units of the box */

/**
 * The half width that lets `fold` petals stand side by side.
 * @param {Petal} petal @param {number} fold @param {number} from radius at the heart @param {number} to at the tip
 */
export function widthOf({ widest, fill }, fold, from, to) {
  return fill * (from + (to - from) * widest) * Math.tan(Math.PI / fold)
}

/**
 * `count` copies of an outline around a point, as one path.
 * @param {Petal} petal @param {{ from: number, to: number, width: number, count: number } & Place} how
 */
export function ring({ start, stretches }, { from, to, width, count, turn = 0, x = 0, y = 0 }) {
  let path = ""
  for (let i = 0; i < count; i += 1) {
    const angle = turn + (i * 2 * Math.PI) / count
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
    /** @param {number} along @param {number} across */
    const point = (along, across) => {
      const [u, v] = [from + along * (to - from), across * width]
      return `${short(u * cos - v * sin + x)} ${short(u * sin + v * cos + y)}`
    }
    path += `M${point(...start)}`
    for (const stretch of stretches) {
      path += stretch.length === 2 ? "L" : "C"
      for (let k = 0; k < stretch.length; k += 2) path += `${k ? " " : ""}${point(stretch[k], stretch[k + 1])}`
    }
    path += "Z"
  }
  return path
}

/** @param {number} x @param {number} y @param {number} radius @param {0 | 1} [sweep] 1 leaves a hole in a disc of 0 */
export function disc(x, y, radius, sweep = 0) {
  const [r, d] = [short(radius), short(2 * radius)]
  return `M${short(x - radius)} ${short(y)}a${r} ${r} 0 1 ${sweep} ${d} 0a${r} ${r} 0 1 ${sweep} -${d} 0z`
}

/** A circle line. @param {number} radius @param {number} width @param {Place} [place] */
export function hoop(radius, width, { x = 0, y = 0 } = {}) {
  return disc(x, y, radius + width / 2) + disc(x, y, radius - width / 2, 1)
}

/** @param {number} count @param {number} radius of the ring @param {number} size of each dot @param {Place} [place] */
export function dots(count, radius, size, { turn = 0, x = 0, y = 0 } = {}) {
  let path = ""
  for (let i = 0; i < count; i += 1) {
    const angle = turn + (i * 2 * Math.PI) / count
    path += disc(Math.cos(angle) * radius + x, Math.sin(angle) * radius + y, size)
  }
  return path
}
