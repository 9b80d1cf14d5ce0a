// @ts-check
/**
 * The token that "Try it" sends: typed in, or received by signing in on this page.
 * It lasts as long as the tab. It is separate from the sign-in of the chat: signing out here does not end that one.
 */
import { h } from "./dom.js"

const KEY = "chaap.docs.token"

/** Fires when the token changes; listeners read {@link token}. */
export const changes = new EventTarget()

let current = read()

/** @returns {string} */
export function token() {
  return current
}

/** @param {string} value */
export function setToken(value) {
  current = value.trim()
  try {
    if (current) sessionStorage.setItem(KEY, current)
    else sessionStorage.removeItem(KEY)
  } catch {
    // Storage can be forbidden; then the token lasts as long as the page.
  }
  changes.dispatchEvent(new Event("change"))
}

/** The username in the token; only the server can check it. */
export function tokenName() {
  try {
    const body = current.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")
    const bytes = Uint8Array.from(atob(body), (char) => char.charCodeAt(0))
    return String(JSON.parse(new TextDecoder().decode(bytes)).sub)
  } catch {
    return ""
  }
}

function read() {
  try {
    return sessionStorage.getItem(KEY) ?? ""
  } catch {
    return ""
  }
}

/** The panel with the token and the sign-in form. */
export function tokenPanel() {
  const field = /** @type {HTMLInputElement} */ (
    h("input", {
      class: "input docs-input", id: "token", autocomplete: "off", spellcheck: "false",
      placeholder: "Paste a token, or sign in below",
    })
  )
  const state = h("p", { class: "docs-panel__state", role: "status" })
  const show = () => {
    field.value = current
    const name = tokenName()
    state.textContent = !current ? "No token yet."
      : name ? `Calls on this page are sent as ${name}.` : "Calls on this page send this token."
  }
  field.addEventListener("change", () => setToken(field.value))
  changes.addEventListener("change", show)
  show()
  return h("div", { class: "docs-panel" },
    h("label", { class: "docs-label", for: "token" }, "Your token"), field, state, signInForm())
}

function signInForm() {
  const name = h("input", {
    class: "input docs-input", id: "docs-username", name: "username", autocomplete: "username",
    autocapitalize: "none", spellcheck: "false", required: true,
  })
  const password = h("input", {
    class: "input docs-input", id: "docs-password", name: "password", type: "password",
    autocomplete: "current-password", required: true,
  })
  const problem = h("p", { class: "docs-panel__problem", role: "alert" })
  const form = /** @type {HTMLFormElement} */ (h("form", { class: "docs-sign-in" },
    h("div", { class: "docs-field" }, h("label", { class: "docs-label", for: "docs-username" }, "Username"), name),
    h("div", { class: "docs-field" }, h("label", { class: "docs-label", for: "docs-password" }, "Password"), password),
    h("button", { class: "button docs-button", type: "submit", value: "login" }, "Sign in"),
    h("button", { class: "button button--quiet docs-button", type: "submit", value: "register" }, "Create account"),
    problem))
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    problem.textContent = ""
    const who = Object.fromEntries(new FormData(form))
    const makes = /** @type {HTMLButtonElement | null} */ (event.submitter)?.value === "register"
    try {
      if (makes) await post("/register", who)
      const { access_token } = await post("/login", who)
      setToken(access_token)
      form.reset()
    } catch (error) {
      problem.textContent = `${/** @type {Error} */ (error).message}.`
    }
  })
  return form
}

/** @param {string} path @param {object} body */
async function post(path, body) {
  const headers = { "Content-Type": "application/json" }
  const reply = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) })
    .catch(() => Promise.reject(new Error("The server does not answer")))
  const answer = await reply.json()
  if (!reply.ok) throw new Error(answer.detail)
  return answer
}
