// @ts-check
/** Selectors that remember one answer. The memory belongs to the caller of `memo`; modules of `state/` keep none. */

/** @typedef {import("./model.js").State} State */

/**
 * A selector that computes its answer again only when one of its inputs is another value or object. `make` also gets
 * the last answer, of which it may use the parts that are still right.
 * @template T
 * @param {(state: State) => unknown[]} inputs @param {(state: State, before: T | undefined) => T} make
 * @returns {(state: State) => T}
 */
export function memo(inputs, make) {
  /** @type {{ inputs: unknown[], answer: T } | undefined} */
  let last
  return (state) => {
    const now = inputs(state)
    const isSame = last?.inputs.every((value, i) => value === now[i])
    if (!last || !isSame) last = { inputs: now, answer: make(state, last?.answer) }
    return last.answer
  }
}
