// @ts-check
/**
 * "Try it": a form for one route, the curl command that does the same, and the answer.
 */
import { copyButton, h } from "./dom.js"
import { coloured, format } from "./json.js"
import { changes, setToken, token } from "./token.js"

/** Longer answers, such as a whole page, are cut. */
const SHOWN_CHARS_MAX = 20_000

/** @param {import("./spec.js").Operation} operation @param {any[]} parameters @param {unknown} body */
export function tryIt(operation, parameters, body) {
  const fields = parameters.map((parameter) => parameterField(operation, parameter))
  const bodyField = body === undefined ? null : textField(operation, body)
  const curl = h("code", {})
  const answer = h("div", { class: "docs-answer", "aria-live": "polite" })
  const send = h("button", { class: "button docs-button", type: "submit" }, "Send")
  const needsToken = operation.open ? null
    : h("p", { class: "docs-try__hint" }, "This needs a token: ", h("a", { href: "#sign-in" }, "sign in first"), ".")
  const form = h("form", { class: "docs-try__form" },
    ...fields.map((field) => field.row), bodyField?.row, needsToken,
    h("div", { class: "docs-try__actions" }, send))

  const call = () => request(operation, fields, bodyField?.input)
  const update = () => {
    curl.textContent = curlLine(call(), !operation.open)
    if (needsToken) needsToken.hidden = token() !== ""
  }
  form.addEventListener("input", update)
  changes.addEventListener("change", update)
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    // Not disabled: a disabled button loses the keyboard focus.
    if (send.getAttribute("aria-disabled")) return
    send.setAttribute("aria-disabled", "true")
    answer.replaceChildren(...(await perform(call(), operation)))
    send.removeAttribute("aria-disabled")
  })
  update()

  return [
    h("div", { class: "docs-curl" },
      h("pre", { class: "docs-code", tabindex: 0, role: "group", "aria-label": `curl for ${operation.path}` }, curl),
      copyButton(() => curl.textContent ?? "")),
    h("details", { class: "docs-try" }, h("summary", {}, "Try it"), form, answer),
  ]
}

/** @param {import("./spec.js").Operation} operation @param {any} parameter */
function parameterField(operation, parameter) {
  const id = `try-${operation.id}-${parameter.name}`
  const input = /** @type {HTMLInputElement} */ (h("input", {
    class: "input docs-input", id, autocomplete: "off", spellcheck: "false",
    inputmode: parameter.schema.type === "integer" ? "numeric" : null,
    value: parameter.required ? parameter.example : null,
    placeholder: parameter.required ? null : "optional",
    required: parameter.required,
  }))
  const label = h("label", { class: "docs-label", for: id }, parameter.name)
  return { parameter, input, row: h("div", { class: "docs-field" }, label, input) }
}

/** @param {import("./spec.js").Operation} operation @param {unknown} body */
function textField(operation, body) {
  const id = `try-${operation.id}-body`
  const text = JSON.stringify(body, null, 2)
  const input = /** @type {HTMLTextAreaElement} */ (
    h("textarea", {
      class: "input docs-input docs-input--text", id, rows: text.split("\n").length, spellcheck: "false",
    }, text)
  )
  return { input, row: h("div", { class: "docs-field" }, h("label", { class: "docs-label", for: id }, "Body"), input) }
}

/**
 * @param {import("./spec.js").Operation} operation
 * @param {{ parameter: any, input: HTMLInputElement }[]} fields
 * @param {HTMLTextAreaElement} [body]
 */
function request(operation, fields, body) {
  let path = operation.path
  const query = new URLSearchParams()
  for (const { parameter, input } of fields) {
    const value = input.value.trim()
    if (parameter.in === "path") {
      path = path.replace(`{${parameter.name}}`, value.split("/").map(encodeURIComponent).join("/"))
    } else if (value) query.set(parameter.name, value)
  }
  const search = query.toString()
  return { method: operation.method, url: search ? `${path}?${search}` : path, body: body?.value }
}

/** @param {{ method: string, url: string, body?: string }} call @param {boolean} signed */
function curlLine({ method, url, body }, signed) {
  const parts = ["curl"]
  if (method !== "GET" && !(method === "POST" && body)) parts.push(`-X ${method}`)
  if (signed) parts.push(`-H "Authorization: Bearer $TOKEN"`)
  if (body) parts.push(`-H 'Content-Type: application/json'`, `-d ${quoted(compact(body))}`)
  parts.push(quoted(location.origin + url))
  return parts.join(" ")
}

/** Quotes a text for a POSIX shell. @param {string} text */
function quoted(text) {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** @param {string} text */
function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return text
  }
}

/** @param {{ method: string, url: string, body?: string }} call @param {import("./spec.js").Operation} operation */
async function perform({ method, url, body }, operation) {
  /** @type {Record<string, string>} */
  const headers = {}
  if (body) headers["Content-Type"] = "application/json"
  if (!operation.open && token()) headers.Authorization = `Bearer ${token()}`
  const began = performance.now()
  try {
    const reply = await fetch(url, { method, headers, body, cache: "no-store" })
    const text = await reply.text()
    const took = performance.now() - began
    if (operation.path === "/login" && reply.ok) setToken(JSON.parse(text).access_token)
    if (operation.method === "DELETE" && operation.path === "/api/sessions/current" && reply.ok) setToken("")
    return shown(reply, text, took)
  } catch (error) {
    const { message } = /** @type {Error} */ (error)
    return [h("p", { class: "docs-panel__problem" }, `The server does not answer (${message}).`)]
  }
}

/** @param {Response} reply @param {string} text @param {number} took */
function shown(reply, text, took) {
  const kind = reply.ok ? "ok" : "error"
  const names = [...reply.headers].map(([name, value]) => h("li", {}, h("b", {}, `${name}: `), value))
  return [
    h("p", { class: "docs-answer__status" },
      h("span", { class: `docs-status docs-status--${kind}` }, `${reply.status} ${reply.statusText}`.trim()),
      h("span", { class: "docs-answer__time" }, `${took < 10 ? took.toFixed(1) : Math.round(took)} ms`)),
    h("details", { class: "docs-answer__headers" }, h("summary", {}, `${names.length} headers`), h("ul", {}, ...names)),
    text ? h("pre", { class: "docs-code docs-code--tall", tabindex: 0, role: "group", "aria-label": "Answer" },
      h("code", {}, ...pretty(reply, text))) : h("p", { class: "docs-answer__none" }, "No body."),
  ]
}

/** @param {Response} reply @param {string} text */
function pretty(reply, text) {
  if (reply.headers.get("content-type")?.startsWith("application/json")) {
    const full = format(JSON.parse(text))
    return full.length > SHOWN_CHARS_MAX ? [`${full.slice(0, SHOWN_CHARS_MAX)}\n…`] : coloured(full)
  }
  return [text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}\n…` : text]
}
