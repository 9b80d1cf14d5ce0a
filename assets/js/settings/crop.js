// @ts-check
/**
 * The arithmetic of cropping: the visible square of an image, by its centre and zoom. Pure, in pixels of the image;
 * the square is always inside of it.
 */

/** @typedef {{ width: number, height: number, x: number, y: number, zoom: number }} Crop  x, y: centre */

export const ZOOM_MAX = 5

/** @param {number} width @param {number} height @returns {Crop} the square in the middle */
export function middle(width, height) {
  return { width, height, x: width / 2, y: height / 2, zoom: 1 }
}

/** @param {Crop} crop @returns {number} the side of the square */
export function sideOf({ width, height, zoom }) {
  return Math.min(width, height) / zoom
}

/** @param {Crop} crop @param {number} dx @param {number} dy @returns {Crop} */
export function moved(crop, dx, dy) {
  return inside({ ...crop, x: crop.x + dx, y: crop.y + dy })
}

/**
 * @param {Crop} crop
 * @param {number} zoom
 * @param {{ x: number, y: number }} [at] the point that stays in place, in sides of the square from its centre
 * @returns {Crop}
 */
export function zoomed(crop, zoom, at = { x: 0, y: 0 }) {
  const next = { ...crop, zoom: Math.min(ZOOM_MAX, Math.max(1, zoom)) }
  const less = sideOf(crop) - sideOf(next)
  return inside({ ...next, x: crop.x + at.x * less, y: crop.y + at.y * less })
}

/** @param {Crop} crop @returns {Crop} */
function inside(crop) {
  const half = sideOf(crop) / 2
  const within = (/** @type {number} */ at, /** @type {number} */ length) => Math.min(length - half, Math.max(half, at))
  return { ...crop, x: within(crop.x, crop.width), y: within(crop.y, crop.height) }
}
