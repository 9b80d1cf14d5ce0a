// @ts-check
/**
 * Builds the list of routes from `/openapi.json`; everything else is written in `docs.html`.
 */
import { addRoutes, followReading, openable } from "./contents.js"
import { h } from "./dom.js"
import { coloured } from "./json.js"
import { objectSection, routeSection } from "./route.js"
import { Spec } from "./spec.js"
import { tokenPanel } from "./token.js"

const nav = /** @type {HTMLElement} */ (document.getElementById("contents"))
const routes = /** @type {HTMLElement} */ (document.getElementById("routes"))

function start() {
  openable(nav, /** @type {HTMLButtonElement} */ (document.getElementById("contents-button")))
  for (const place of document.querySelectorAll("[data-origin]")) place.textContent = location.origin
  for (const place of document.querySelectorAll("[data-ws-origin]")) {
    place.textContent = location.origin.replace("http", "ws")
  }
  for (const code of document.querySelectorAll("code[data-json]")) {
    code.replaceChildren(...coloured(code.textContent ?? ""))
  }
  document.getElementById("token-panel")?.append(tokenPanel())
  return drawRoutes().then(() => {
    followReading(nav)
    // The target may be one of the routes, which exist only now.
    document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView()
  })
}

async function drawRoutes() {
  const reply = await fetch("/openapi.json")
  if (!reply.ok) throw new Error(`/openapi.json answered ${reply.status}`)
  const spec = new Spec(await reply.json())
  const groups = Map.groupBy(spec.operations(), (operation) => operation.tag)
  const known = new Map(spec.document.tags.map((/** @type {any} */ tag) => [tag.name, tag.description]))
  const sections = [...known.keys()].filter((tag) => groups.has(tag)).map((tag) =>
    h("div", { class: "docs-group" },
      h("h2", { class: "docs-group__title" }, tag), h("p", { class: "docs-group__text" }, known.get(tag)),
      ...(groups.get(tag) ?? []).map((operation) => routeSection(spec, operation))))
  routes.replaceChildren(...sections)
  const objects = spec.objects().map(([name, schema]) => objectSection(spec, name, schema))
  document.getElementById("objects")?.append(...objects)
  const ordered = new Map([...known.keys()].filter((tag) => groups.has(tag)).map((tag) => [tag, groups.get(tag) ?? []]))
  addRoutes(/** @type {Element} */ (document.getElementById("contents-routes")), ordered)
}

start().catch((error) => {
  routes.replaceChildren(h("p", { class: "notice notice--error", role: "alert" },
    `The routes could not be loaded (${error.message}). Reload the page to try again.`))
})
