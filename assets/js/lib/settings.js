// @ts-check
/**
 * The settings of this browser: stored in `localStorage`, shared by all tabs, announced by `change`.
 * Browsers can forbid storage; then the settings last as long as the page. early.js applies language, theme, letters
 * and the size of the text.
 * Profile and privacy belong to the account and are not here.
 */

const KEY = "chaap.settings"

/**
 * @typedef {object} Settings
 * @property {string} theme  light, dark or system
 * @property {string} language  "" = the browser's
 * @property {string} textSize  of messages: small, normal or large
 * @property {boolean} letters  whether pictures of people also show their initials
 * @property {boolean} enterSends
 * @property {boolean} sounds
 * @property {boolean} notifications  needs also the permission of the browser
 * @property {boolean} offer  whether to ask about notifications; false after a "no"
 * @property {boolean} offerInstall  whether to offer to install the page; false after a "no"
 */

/** @type {Settings} */
const DEFAULTS = {
  theme: "system", language: "", textSize: "normal", letters: false, enterSends: true, sounds: true,
  notifications: true, offer: true, offerInstall: true,
}

class SettingsKept extends EventTarget {
  /** @type {Settings} */
  #values = read()

  constructor() {
    super()
    window.addEventListener("storage", ({ key }) => {
      if (key !== KEY && key !== null) return
      this.#values = read()
      this.dispatchEvent(new Event("change"))
    })
  }

  /** @template {keyof Settings} K @param {K} name @returns {Settings[K]} */
  get(name) {
    return this.#values[name]
  }

  /** @template {keyof Settings} K @param {K} name @param {Settings[K]} value */
  set(name, value) {
    if (this.#values[name] === value) return
    this.#values = { ...this.#values, [name]: value }
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#values))
    } catch {
      // Without storage, settings last until the page is closed.
    }
    window.dispatchEvent(new CustomEvent("settings-changed", { detail: this.#values }))
    this.dispatchEvent(new Event("change"))
  }

  /**
   * Calls back now and after every change of this setting.
   * @template {keyof Settings} K
   * @param {K} name @param {(value: Settings[K]) => void} callback @param {{ signal: AbortSignal }} life
   */
  watch(name, callback, { signal }) {
    let seen = this.get(name)
    this.addEventListener("change", () => {
      if (this.get(name) === seen) return
      seen = this.get(name)
      callback(seen)
    }, { signal })
    callback(seen)
  }
}

/** Takes only values of known names and types: an older or newer page may have written them. @returns {Settings} */
function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "{}") ?? {}
    const valid = Object.entries(DEFAULTS).filter(([name, usual]) => typeof found[name] === typeof usual)
    return { ...DEFAULTS, ...Object.fromEntries(valid.map(([name]) => [name, found[name]])) }
  } catch {
    return DEFAULTS
  }
}

export const settings = new SettingsKept()
