// @ts-check
/**
 * What somebody has set for this browser: kept in `localStorage`, shared by all tabs, announced by `change`.
 * Where storage is forbidden the settings live as long as the page. Language and theme are carried out by early.js;
 * what concerns other devices or people (profile, privacy) is no setting of this kind.
 */

const KEY = "chaap.settings"

/** @typedef {{ theme: string, language: string, enterSends: boolean, sounds: boolean, notifications: boolean, offer: boolean }} Settings */

/** `language: ""` is what the browser asks for; `notifications` counts only where the browser allows them; `offer` ends with a "no". @type {Settings} */
const DEFAULTS = { theme: "system", language: "", enterSends: true, sounds: true, notifications: true, offer: true }

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
      // Then they hold until the page is closed.
    }
    window.dispatchEvent(new CustomEvent("settings-changed", { detail: this.#values }))
    this.dispatchEvent(new Event("change"))
  }

  /**
   * Calls back now and whenever this setting is another one.
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

/** Only what has the right name and kind: an older or newer page may have written it. @returns {Settings} */
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
