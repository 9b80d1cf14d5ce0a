// @ts-check
/** Loads the style sheet of a part that is itself loaded late, before the part is shown. */

/** @type {Map<string, Promise<void>>} */
const loading = new Map()

/** @param {string} name of a file in css/ @returns {Promise<void>} also when it cannot be had: plain is better than nothing */
export function withStyle(name) {
  const known = loading.get(name)
  if (known) return known
  const link = document.createElement("link")
  link.rel = "stylesheet"
  link.href = new URL(`../../css/${name}.css`, import.meta.url).href
  /** @type {Promise<void>} */
  const done = new Promise((resolve) => {
    link.onload = () => resolve()
    link.onerror = () => {
      loading.delete(name)
      link.remove()
      resolve()
    }
  })
  loading.set(name, done)
  document.head.append(link)
  return done
}
