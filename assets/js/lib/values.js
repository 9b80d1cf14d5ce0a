// @ts-check
/** Comparing what is shown, so that what is the same need not be touched. */

/** Whether two flat objects say the same. @param {object | null | undefined} a @param {object} b */
export function sameValues(a, b) {
  if (a === b) return true
  if (!a) return false
  for (const key in b) if (/** @type {any} */ (a)[key] !== /** @type {any} */ (b)[key]) return false
  return true
}
