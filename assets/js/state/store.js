// @ts-check
/**
 * Holds the one state, runs `reduce`, and tells watchers whose selection has changed.
 * Watchers are called at most once per frame. Code that needs the new state at once reads `store.state`.
 */
import { initialState, reduce } from "./reduce.js"
import { Selectors } from "./selectors.js"

/** @typedef {import("./model.js").State} State */

class Store {
  /** @type {State} */
  state = initialState
  /** What the views show of the state. */
  select = new Selectors()
  /**
   * How calls of watchers are put off; main.js sets the page's next frame, which this layer must not know.
   * @type {(action: () => void) => void}
   */
  schedule = queueMicrotask
  /** @type {Set<() => void>} */
  #watchers = new Set()
  /** @type {Set<(now: State, before: State) => void>} */
  #followers = new Set()
  #noticing = false

  /** @param {import("./reduce.js").Change} event */
  dispatch(event) {
    const before = this.state
    const now = reduce(before, event)
    this.state = now
    if (now === before) return
    for (const follow of this.#followers) follow(now, before)
    if (this.#noticing) return
    this.#noticing = true
    this.schedule(() => this.#notice())
  }

  /**
   * Calls back now, and whenever the selection changes.
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

  /**
   * Calls back with every new state at once, for work that must not wait for a frame.
   * @param {(now: State, before: State) => void} callback @param {{ signal: AbortSignal }} life
   */
  follow(callback, { signal }) {
    this.#followers.add(callback)
    signal.addEventListener("abort", () => this.#followers.delete(callback), { once: true })
  }

  #notice() {
    this.#noticing = false
    for (const check of [...this.#watchers]) if (this.#watchers.has(check)) check()
  }
}

export const store = new Store()
