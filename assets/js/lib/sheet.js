// @ts-check
/** Style sheets of parts that are loaded late: wanted once, there before the part is shown. */

/** @type {Map<string, Promise<void>>} */
const coming = new Map()

/** @param {string} name a file in css/ @returns {Promise<void>} */
export function sheet(name) {
  const known = coming.get(name)
  if (known) return known
  const link = document.createElement("link")
  link.rel = "stylesheet"
  link.href = new URL(`../../css/${name}`, import.meta.url).href
  const there = new Promise((resolve, reject) => {
    link.addEventListener("load", () => resolve(undefined))
    link.addEventListener("error", () => {
      link.remove()
      coming.delete(name)
      reject(new Error(`${name} could not be loaded`))
    })
  })
  coming.set(name, there)
  document.head.append(link)
  return there
}
