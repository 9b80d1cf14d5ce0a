// @ts-check
/**
 * Reads an OpenAPI document: follows references and turns schemas into rows for tables.
 * Supports the part of OpenAPI 3.1 that Chaap's document uses. Creates no elements.
 */

const METHODS = ["get", "post", "put", "patch", "delete"]

/** @typedef {{ id: string, method: string, path: string, tag: string, open: boolean, about: any }} Operation */
/** @typedef {{ name: string, type: TypeName, required: boolean, text: string }} Field */
/** @typedef {{ text: string, object?: string }} TypeName */

export class Spec {
  /** @param {any} document */
  constructor(document) {
    this.document = document
  }

  /** Every method of every path, in the order of the document. @returns {Operation[]} */
  operations() {
    return Object.entries(this.document.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).map((method) => {
        const about = item[method]
        const security = about.security ?? this.document.security ?? []
        return {
          id: `http-${about.operationId}`,
          method: method.toUpperCase(),
          path,
          tag: about.tags[0],
          open: security.length === 0,
          about,
        }
      }),
    )
  }

  /** What a reference points to; keys beside the reference take precedence. @param {any} node @returns {any} */
  resolve(node) {
    if (!node?.$ref) return node
    const { $ref, ...beside } = node
    let target = this.document
    for (const part of $ref.slice(2).split("/")) target = target[part]
    return { ...this.resolve(target), ...beside }
  }

  /** The objects that have a table of their own. @returns {[string, any][]} */
  objects() {
    const schemas = Object.entries(this.document.components.schemas)
    return schemas.filter(([, schema]) => this.#isObject(schema) || schema.oneOf)
  }

  /** @param {any} schema @returns {TypeName} */
  typeName(schema) {
    const named = schema.$ref?.split("/").pop()
    const full = this.resolve(schema)
    if (named && (this.#isObject(full) || full.oneOf)) return { text: named, object: named }
    if (full.oneOf) return this.#oneOf(full.oneOf)
    if (full.type === "array") {
      const { text, object } = this.typeName(full.items)
      return { text: `array of ${text}`, object }
    }
    if (full.const !== undefined) return { text: JSON.stringify(full.const) }
    if (full.enum) return { text: full.enum.map((/** @type {any} */ word) => JSON.stringify(word)).join(" or ") }
    return { text: [full.type].flat().join(" or ") }
  }

  /**
   * The fields of an object, including those of the schemas it extends. For a choice, its alternatives.
   * @param {any} schema
   * @returns {Field[]}
   */
  fields(schema) {
    const full = this.resolve(schema)
    if (full.oneOf) {
      return full.oneOf.map((/** @type {any} */ one) =>
        ({ name: one.title, type: this.typeName(one.allOf.at(-1)), required: true, text: "" }))
    }
    const parts = full.allOf ?? [full]
    return parts.flatMap((/** @type {any} */ part) => {
      const own = this.resolve(part)
      if (own.allOf) return this.fields(own)
      return Object.entries(own.properties ?? {}).map(([name, field]) => ({
        name,
        type: this.typeName(field),
        required: (own.required ?? []).includes(name),
        text: describe(this.resolve(field)),
      }))
    })
  }

  /** @param {any[]} alternatives @returns {TypeName} */
  #oneOf(alternatives) {
    const names = alternatives.map((one) => this.typeName(one))
    return { text: names.map((name) => name.text).join(" or "), object: names.find((name) => name.object)?.object }
  }

  /** @param {any} schema */
  #isObject(schema) {
    return Boolean(schema.properties || schema.allOf)
  }
}

/** The description, followed by the limits of the schema. @param {any} schema */
export function describe(schema) {
  const { minimum, maximum } = schema
  const bounds = []
  if (maximum !== undefined) bounds.push(`${minimum ?? 0} to ${maximum}.`)
  if (schema.default !== undefined) bounds.push(`Default ${schema.default}.`)
  return [schema.description, ...bounds].filter(Boolean).join(" ")
}
