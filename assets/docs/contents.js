// @ts-check
/**
 * The table of contents: lists the routes, marks the section on the screen, and opens and closes on a phone.
 */
import { h } from "./dom.js"

/** Height of the bar at the top, as in tokens.css. */
const BAR_PX = 64

/** @param {HTMLElement} nav @param {HTMLButtonElement} button */
export function openable(nav, button) {
  const set = (/** @type {boolean} */ open) => {
    nav.toggleAttribute("data-open", open)
    button.setAttribute("aria-expanded", String(open))
  }
  button.addEventListener("click", () => set(!nav.hasAttribute("data-open")))
  nav.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("a")) set(false)
  })
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !nav.hasAttribute("data-open")) return
    set(false)
    button.focus()
  })
}

/** Links to routes, by group. @param {Element} list @param {Map<string, import("./spec.js").Operation[]>} groups */
export function addRoutes(list, groups) {
  for (const [tag, operations] of groups) {
    list.append(h("li", { class: "docs-nav__group" }, tag,
      h("ul", {}, ...operations.map(({ id, about, method }) =>
        h("li", {}, h("a", { class: "docs-nav__route", href: `#${id}` }, methodSign(method), about.summary))))))
  }
}

/** @param {string} method */
function methodSign(method) {
  const look = `docs-nav__method docs-nav__method--${method.toLowerCase()}`
  return h("span", { class: look }, method === "DELETE" ? "DEL" : method)
}

/** Marks the link of the current section: the last target that has scrolled under the bar. @param {HTMLElement} nav */
export function followReading(nav) {
  const links = new Map([...nav.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]))
  const targets = [...document.querySelectorAll("[id]")].filter((target) => links.has(target.id))
  /** @type {HTMLElement | undefined} */
  let marked
  const mark = () => {
    const reading = targets.findLast((target) => target.getBoundingClientRect().top < BAR_PX + 40) ?? targets[0]
    const link = reading && links.get(reading.id)
    if (link === marked) return
    marked?.removeAttribute("aria-current")
    marked = link
    link?.setAttribute("aria-current", "location")
    if (link) keepInView(nav, link)
  }
  let due = 0
  addEventListener("scroll", () => {
    cancelAnimationFrame(due)
    due = requestAnimationFrame(mark)
  }, { passive: true })
  mark()
}

/** @param {HTMLElement} nav @param {HTMLElement} link */
function keepInView(nav, link) {
  const [outer, inner] = [nav.getBoundingClientRect(), link.getBoundingClientRect()]
  if (inner.top < outer.top || inner.bottom > outer.bottom) nav.scrollTop += inner.top - outer.top - outer.height / 3
}
