// Runs before the scripts of modules.rs: loads the page's modules, and freezes states so that nothing can change them.
const source = document.querySelector("script[type=module]").src
const load = (path) => import(new URL(path, source)).catch((error) => {
  throw new Error(`${error.message}; does the test begin with run_on_modules?`)
})
const { reduce, initialState } = await load("./state/reduce.js")

const freeze = (value) => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  Object.values(value).forEach(freeze)
  return Object.freeze(value)
}
/** Applies events; a handler that changes an older state throws. */
const play = (events, from = initialState) => events.reduce((state, event) => freeze(reduce(state, freeze(event))), freeze(from))

/** Whether work takes longer than this three times in a row: the machine may be busy once. */
const isSlow = (ms, work) => [1, 2, 3].every(() => {
  const began = performance.now()
  work()
  return performance.now() - began > ms
})

/** Equal texts for equal states, independent of the order of keys. */
const print = (value) => JSON.stringify(value, (_, part) =>
  part && typeof part === "object" && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part)
