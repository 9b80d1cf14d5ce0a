// @ts-check
/** Compares values, so that what stayed the same need not be drawn again. */

/** Whether two flat objects say the same. @param {object | null | undefined} a @param {object} b */
export function sameValues(a, b) {
  if (a === b) return true
  if (!a) return false
  for (const key in b) if (/** @type {any} */ (a)[key] !== /** @type {any} */ (b)[key]) return false
  return true
}

/** Whether two lists hold the same items. @param {unknown[]} a @param {unknown[]} b */
export function sameItems(a, b) {
  return a.length === b.length && a.every((item, i) => item === b[i])
}
