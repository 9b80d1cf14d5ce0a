// Stands before the scripts of modules.rs: the page's own modules, and a state nobody may change in place.
const source = document.querySelector("script[type=module]").src
const load = (path) => import(new URL(path, source))
const { reduce, initialState } = await load("./state/reduce.js")

const freeze = (value) => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  Object.values(value).forEach(freeze)
  return Object.freeze(value)
}
/** Plays events; a handler that writes into an older state throws. */
const play = (events, from = initialState) => events.reduce((state, event) => freeze(reduce(state, freeze(event))), freeze(from))

/** One text for one state, whatever the order in which its keys were set. */
const print = (value) => JSON.stringify(value, (_, part) =>
  part && typeof part === "object" && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part)
