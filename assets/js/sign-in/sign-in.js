// @ts-check
/**
 * The sign-in card: one form, two tabs. It calls the server itself and emits `signed-in` with the token.
 * Errors are shown beside the field they are about.
 */
import { emit, fillTexts, parts, setText, showIcon } from "../lib/dom.js"
import { settings } from "../lib/settings.js"
import { byteLength } from "../lib/text.js"
import { loaded } from "../lib/load.js"
import { failures, texts } from "../lib/texts.js"
import { earlierToken } from "../lib/token.js"
import { languages } from "../languages/language.js"
import { ApiError, logIn, register } from "../net/api.js"
import { showWallpaper } from "../chat/wallpaper.js"
import { printOf } from "../people/print.js"

/** The server refuses longer passwords with the same code as short ones. */
const PASSWORD_BYTES_MAX = 1024

/** The refusals of a name, and those of a password. */
const NAME_CODES = new Set([
  "username_taken", "invalid_username", "reserved_username", "confusable_username",
])
const PASSWORD_CODES = new Set(["invalid_password", "common_password"])
const PRINT_PX = 72

class SignIn extends HTMLElement {
  #life = new AbortController()
  /** @type {import("../lib/dom.js").Parts} */
  #parts = {}
  #creating = false
  #busy = false
  /** The server takes no attempt before: it was too often. */
  #notBefore = 0
  #countdown = 0

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    this.#parts = parts(this)
    const { form, tabSignIn, tabCreate, reveal, password, username } = this.#parts
    form.addEventListener("submit", (/** @type {Event} */ event) => this.#submit(event), { signal })
    tabSignIn.addEventListener("click", () => this.#choose(false), { signal })
    tabCreate.addEventListener("click", () => this.#choose(true), { signal })
    reveal.addEventListener("click", () => this.#reveal(password.type === "password"), { signal })
    const tabKey = (/** @type {KeyboardEvent} */ event) => this.#tabKey(event)
    for (const tab of [tabSignIn, tabCreate]) tab.addEventListener("keydown", tabKey, { signal })
    showWallpaper(this, "")
    username.addEventListener("input", () => this.#named(), { signal })
    // Password managers fill the field in while the page loads.
    this.#drawPrint()
    for (const field of [username, password, this.#parts.displayName]) {
      field.addEventListener("input", () => this.#complain(field.dataset.part, ""), { signal })
    }
    const capsLock = (/** @type {KeyboardEvent} */ event) => this.#capsLock(event)
    for (const name of ["keydown", "keyup"]) password.addEventListener(name, capsLock, { signal })
    password.addEventListener("blur", () => (this.#parts.caps.hidden = true), { signal })
    this.#offerLanguages(signal)
    this.#choose(false)
  }

  disconnectedCallback() {
    this.#life.abort()
    clearTimeout(this.#countdown)
  }

  /** A sentence above the form: why the person must sign in again. @param {string} words */
  notice(words) {
    setText(this.#parts.notice, words)
    this.#parts.notice.hidden = !words
  }

  /** The server has no account yet: the first thing to do is to create one. */
  greet() {
    this.#parts.welcome.hidden = false
    this.#choose(true)
  }

  /** Somebody who has typed nothing is likely to need an account. */
  suggestAccount() {
    const { username, password } = this.#parts
    if (!username.value && !password.value) this.#choose(true)
  }

  /** Changes the language; typed text stays. */
  reword() {
    fillTexts(this)
    this.#parts.language.value = document.documentElement.lang
    this.#choose(this.#creating)
  }

  /** People who cannot read this page can choose their language before they sign in. @param {AbortSignal} signal */
  #offerLanguages(signal) {
    const { language } = this.#parts
    language.replaceChildren(...languages().map(({ code, name }) => new Option(name, code)))
    language.value = document.documentElement.lang
    language.addEventListener("change", () => settings.set("language", language.value), { signal })
  }

  /** @param {boolean} creating */
  #choose(creating) {
    this.#creating = creating
    const { tabSignIn, tabCreate, form, submit, password } = this.#parts
    for (const [tab, chosen] of [[tabSignIn, !creating], [tabCreate, creating]]) {
      tab.setAttribute("aria-selected", String(chosen))
      tab.tabIndex = chosen ? 0 : -1
    }
    form.setAttribute("aria-labelledby", creating ? "tab-create" : "tab-sign-in")
    setText(submit, creating ? texts.createAccount : texts.signIn)
    // By this value, password managers offer the saved password or generate a new one.
    password.autocomplete = creating ? "new-password" : "current-password"
    this.#parts.displayNameField.hidden = !creating
    for (const place of ["username", "displayName", "password", "form"]) this.#complain(place, "")
    this.#named()
  }

  /** The print of who is being named, and what the server would refuse in a new name. */
  async #named() {
    this.#drawPrint()
    if (!this.#creating) return
    const name = this.#parts.username.value
    const module = await loaded(import("./name-rule.js"), "")
    // Without the rules, the server says what is wrong.
    const words = module?.nameFault(name.trim()) ?? ""
    if (this.#creating && name === this.#parts.username.value && words) this.#complain("username", words)
  }

  #drawPrint() {
    const { print, username } = this.#parts
    const name = username.value.trim().normalize("NFC")
    print.replaceChildren(...(name ? [printOf(name, PRINT_PX)] : []))
  }

  /** @param {KeyboardEvent} event */
  #tabKey(event) {
    if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return
    event.preventDefault()
    const creating = event.key === "Home" ? false : event.key === "End" ? true : !this.#creating
    this.#choose(creating)
    this.#parts[creating ? "tabCreate" : "tabSignIn"].focus()
  }

  /** @param {boolean} shown */
  #reveal(shown) {
    const { password, reveal, revealIcon } = this.#parts
    password.type = shown ? "text" : "password"
    reveal.setAttribute("aria-pressed", String(shown))
    reveal.setAttribute("aria-label", shown ? texts.hidePassword : texts.showPassword)
    showIcon(revealIcon, shown ? "eye-off" : "eye")
    password.focus()
  }

  /** Key events of autofill have no modifier state. @param {KeyboardEvent} event */
  #capsLock(event) {
    if (event.getModifierState) this.#parts.caps.hidden = !event.getModifierState("CapsLock")
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault()
    const { username, displayName, password, keep } = this.#parts
    const name = username.value.trim()
    if (this.#busy || this.#notBefore > Date.now() || !this.#complete(name, password.value)) return
    this.#wait(true)
    try {
      if (this.#creating) await register(name, password.value, displayName.value.trim())
      const { access_token } = await logIn(name, password.value, earlierToken())
      password.value = ""
      emit(this, "signed-in", { token: access_token, keep: keep.checked })
    } catch (error) {
      this.#explain(error)
    } finally {
      this.#wait(false)
    }
  }

  /** @param {string} name @param {string} password */
  #complete(name, password) {
    this.#complain("form", "")
    this.#complain("username", name ? "" : (failures.get("username_missing") ?? ""))
    this.#complain("password", password ? "" : (failures.get("password_missing") ?? ""))
    if (name && password) return true
    this.#parts[name ? "password" : "username"].focus()
    return false
  }

  /** While the server is asked, the label says so and Enter does nothing. @param {boolean} busy */
  #wait(busy) {
    this.#busy = busy
    const { submit } = this.#parts
    const idle = this.#creating ? texts.createAccount : texts.signIn
    setText(submit, busy ? (this.#creating ? texts.creating : texts.signingIn) : idle)
    submit.setAttribute("aria-disabled", String(busy || this.#notBefore > Date.now()))
  }

  /** Counts the seconds until the next attempt, then says that it can be made. */
  #count() {
    clearTimeout(this.#countdown)
    const seconds = Math.ceil((this.#notBefore - Date.now()) / 1000)
    const { error, submit } = this.#parts
    setText(error, seconds > 0 ? texts.tooFast(seconds) : texts.tryAgainNow)
    error.hidden = false
    submit.setAttribute("aria-disabled", String(this.#busy || seconds > 0))
    if (seconds > 0) this.#countdown = setTimeout(() => this.#count(), 1000)
  }

  /** @param {unknown} error */
  #explain(error) {
    if (!(error instanceof ApiError)) throw error
    if (error.status === 429) {
      this.#notBefore = Date.now() + error.retryAfter * 1000
      this.#count()
      return
    }
    const place = fieldOf(error)
    const long = error.code === "invalid_password" && byteLength(this.#parts.password.value) > PASSWORD_BYTES_MAX
    this.#complain(place, long ? (failures.get("password_long") ?? "") : wordsFor(error))
    const field = place === "form" ? this.#parts.password : this.#parts[place]
    if (error.status !== 0 && error.status < 429) {
      field.focus()
      field.select()
    }
  }

  /** @param {string} place username, displayName, password or form @param {string} words "" removes the error */
  #complain(place, words) {
    const line = place === "form" ? this.#parts.error : this.#parts[`${place}Error`]
    setText(line, words)
    line.hidden = !words
    if (place === "form") return
    this.#parts[place].setAttribute("aria-invalid", String(Boolean(words)))
    const hint = this.#parts[`${place}Hint`]
    if (hint) hint.hidden = !this.#creating || Boolean(words)
    if (!words) this.#complain("form", "")
  }
}

/** @param {ApiError} error */
function fieldOf({ code, field }) {
  if (field === "username" || NAME_CODES.has(code)) return "username"
  if (field === "display_name") return "displayName"
  return field === "password" || PASSWORD_CODES.has(code) ? "password" : "form"
}

/** @param {ApiError} error */
function wordsFor(error) {
  if (error.status === 0) return texts.unreachable
  if (error.code === "busy") return texts.busyServer
  return failures.get(error.code) ?? (error.message || texts.unknownFailure)
}

customElements.define("sign-in", SignIn)
