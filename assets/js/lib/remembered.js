// @ts-check
/** Remembers answers, so that a view which compares by identity draws only what changed. */
import { sameItems } from "./values.js"

/**
 * Remembers the last answer for the parts of the state it was made of.
 * @template S, T
 * @param {(state: S) => unknown[]} inputs
 * @param {(state: S) => T} make
 * @returns {(state: S) => T}
 */
export function remembered(inputs, make) {
  /** @type {unknown[] | null} */
  let before = null
  /** @type {T} */
  let answer
  return (state) => {
    const now = inputs(state)
    if (!before || !sameItems(before, now)) answer = make(state)
    before = now
    return answer
  }
}

/**
 * A part of a list; the same array as long as its items are the same, whatever happens to the rest.
 * @template S, T
 * @param {(state: S) => T[]} list
 * @param {(item: T) => boolean} belongs
 * @returns {(state: S) => T[]}
 */
export function rememberedPart(list, belongs) {
  /** @type {T[]} */
  let part = []
  return remembered((state) => [list(state)], (state) => {
    const now = list(state).filter(belongs)
    if (!sameItems(part, now)) part = now
    return part
  })
}
