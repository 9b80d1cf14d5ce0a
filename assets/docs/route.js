// @ts-check
/**
 * Builds the section of one route and the section of one object.
 */
import { h, inline, paragraphs } from "./dom.js"
import { jsonBlock } from "./json.js"
import { describe } from "./spec.js"
import { tryIt } from "./try.js"

/** @param {import("./spec.js").Spec} spec @param {import("./spec.js").Operation} operation */
export function routeSection(spec, operation) {
  const { about, id, method, path } = operation
  const parameters = (about.parameters ?? []).map((/** @type {any} */ one) => spec.resolve(one))
  const body = jsonOf(spec.resolve(about.requestBody))
  const isSocket = Boolean(about["x-websocket"])
  return h("section", { class: "docs-route", id, "aria-labelledby": `${id}-title` },
    h("h3", { class: "docs-route__title", id: `${id}-title` },
      h("a", { href: `#${id}`, class: "docs-anchor" }, about.summary)),
    h("p", { class: "docs-route__line" },
      h("span", { class: `docs-method docs-method--${method.toLowerCase()}` }, method),
      h("code", { class: "docs-route__path" }, path),
      h("span", { class: "docs-route__auth" }, operation.open ? "open to all" : "needs a token")),
    ...paragraphs(about.description),
    parameters.length ? parameterTable(spec, parameters) : null,
    body ? h("h4", {}, "Body") : null,
    body ? fieldTable(spec.fields(body.schema)) : null,
    ...answers(spec, about.responses),
    ...(isSocket ? [socketHint()] : tryIt(operation, parameters, body?.example)))
}

/** @param {import("./spec.js").Spec} spec @param {string} name @param {any} schema */
export function objectSection(spec, name, schema) {
  return h("section", { class: "docs-object", id: `object-${name}` },
    h("h3", {}, h("a", { href: `#object-${name}`, class: "docs-anchor" }, name)),
    ...paragraphs(schema.description),
    fieldTable(spec.fields(schema)))
}

function socketHint() {
  return h("p", {}, "A socket cannot be tried with a form. Its frames are described under ",
    h("a", { href: "#v2" }, "The v2 socket"), " and ", h("a", { href: "#simple" }, "The simple socket"), ".")
}

/** @param {import("./spec.js").Spec} spec @param {any[]} parameters */
function parameterTable(spec, parameters) {
  const rows = parameters.map((parameter) => ({
    name: parameter.name,
    type: spec.typeName(parameter.schema),
    required: Boolean(parameter.required),
    text: [
      parameter.description, describe({ ...spec.resolve(parameter.schema), description: "" }),
    ].filter(Boolean).join(" "),
    place: `in the ${parameter.in}`,
  }))
  return table(["Parameter", "Type", "Meaning"], rows.map((row) => [
    [
      h("code", {}, row.name),
      h("span", { class: "docs-table__note" }, row.required ? row.place : `${row.place}, optional`),
    ],
    [typeLink(row.type)],
    inline(row.text),
  ]))
}

/** @param {import("./spec.js").Field[]} fields */
function fieldTable(fields) {
  return table(["Field", "Type", "Meaning"], fields.map((field) => [
    [h("code", {}, field.name), field.required ? null : h("span", { class: "docs-table__note" }, "may be absent")],
    [typeLink(field.type)],
    inline(field.text),
  ]))
}

/** @param {import("./spec.js").TypeName} type */
function typeLink({ text, object }) {
  return object ? h("a", { href: `#object-${object}` }, text) : text
}

/** @param {string[]} heads @param {any[][]} rows */
function table(heads, rows) {
  return h("div", { class: "docs-scroll", tabindex: 0, role: "group", "aria-label": `Table: ${heads[0]}` },
    h("table", { class: "docs-table" },
      h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...rows.map((cells) => h("tr", {}, ...cells.map((cell) => h("td", {}, ...cell)))))))
}

/** @param {import("./spec.js").Spec} spec @param {Record<string, any>} responses */
function answers(spec, responses) {
  const all = Object.entries(responses).map(([status, response]) => ({ status, ...spec.resolve(response) }))
  const good = all.filter((one) => one.status < "300")
  const other = all.filter((one) => one.status >= "300")
  return [
    h("h4", {}, good.length === 1 ? "Answer" : "Answers"),
    ...good.flatMap((one) => answer(spec, one)),
    other.length ? h("details", { class: "docs-more" },
      h("summary", {}, `Otherwise: ${other.map((one) => one.status).join(", ")}`),
      ...other.flatMap((one) => answer(spec, one))) : null,
  ]
}

/** @param {import("./spec.js").Spec} spec @param {any} response */
function answer(spec, response) {
  const json = jsonOf(response)
  const type = json && spec.typeName(json.schema)
  const kind = response.status < "400" ? "ok" : "error"
  return [
    h("p", { class: "docs-answer__line" },
      h("span", { class: `docs-status docs-status--${kind}` }, response.status), " ",
      ...inline(response.description),
      ...(type?.object && type.object !== "Error" ? [" ", typeLink(type), "."] : [])),
    json?.example === undefined ? null : jsonBlock(json.example, `Example of a ${response.status}`),
  ]
}

/** @param {any} holder a request body or a response */
function jsonOf(holder) {
  return holder?.content?.["application/json"]
}
