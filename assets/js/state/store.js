// @ts-check
/**
 * Holds the one state, runs `reduce`, and tells watchers whose selection has changed.
 * Notices are gathered and given once per frame; who needs the new state at once reads `store.state`.
 */
import { initialState, reduce } from "./reduce.js"

/** @typedef {import("./model.js").State} State */

class Store {
  /** @type {State} */
  state = initialState
  /** How notices are put off; main.js gives the page's frame, which this layer cannot know. @type {(action: () => void) => void} */
  schedule = queueMicrotask
  /** @type {Set<() => void>} */
  #watchers = new Set()
  #noticing = false

  /** @param {import("./reduce.js").Change} event */
  dispatch(event) {
    const before = this.state
    this.state = reduce(before, event)
    if (this.state === before || this.#noticing) return
    this.#noticing = true
    this.schedule(() => this.#notice())
  }

  /**
   * Calls back now and whenever the selection is another one than before.
   * @template T
   * @param {(state: State) => T} select
   * @param {(selected: T) => void} callback
   * @param {{ signal: AbortSignal }} life
   */
  watch(select, callback, { signal }) {
    let seen = select(this.state)
    const check = () => {
      const now = select(this.state)
      if (now === seen) return
      seen = now
      callback(now)
    }
    this.#watchers.add(check)
    signal.addEventListener("abort", () => this.#watchers.delete(check), { once: true })
    callback(seen)
  }

  #notice() {
    this.#noticing = false
    for (const check of [...this.#watchers]) if (this.#watchers.has(check)) check()
  }
}

export const store = new Store()
