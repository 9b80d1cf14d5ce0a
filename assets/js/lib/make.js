// @ts-check
/** Makes elements for parts that are loaded when they are wanted and so have no template in index.html. */

/**
 * @param {string} tag
 * @param {Record<string, any>} attributes class, role, aria-…; false and undefined are left out
 * @param {(Node | string)[]} children
 * @returns {any}
 */
export function make(tag, attributes = {}, children = []) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value))
  }
  element.append(...children)
  return element
}

const SVG = "http://www.w3.org/2000/svg"

/** An icon of our own on the 24 grid. @param {string} path */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("class", "icon")
  svg.setAttribute("viewBox", "0 0 24 24")
  svg.setAttribute("aria-hidden", "true")
  const line = document.createElementNS(SVG, "path")
  line.setAttribute("d", path)
  svg.append(line)
  return svg
}

/** A symbol of the sprite in index.html. @param {string} name @param {string} [className] */
export function sprite(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("class", className)
  svg.setAttribute("aria-hidden", "true")
  const use = document.createElementNS(SVG, "use")
  use.setAttribute("href", `#icon-${name}`)
  svg.append(use)
  return svg
}
