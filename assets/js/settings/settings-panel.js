// @ts-check
/**
 * The settings: oneself (profile-part.js), then those of this browser: theme, writing, notifications, language. Every change takes effect at once and in all
 * tabs; there is nothing to save. Radio buttons and switches are the browser's own kind, so keyboard and screen reader
 * need no help; Esc goes back. Opening and closing is the business of settings/attach-settings.js.
 */
import { clone, emit, parts, setText } from "../lib/dom.js"
import { settings } from "../lib/settings.js"
import { texts } from "../lib/texts.js"
import { languages, usualLanguage } from "../languages/language.js"
import { askPermission, permission, watchPermission } from "../notifications/permission.js"
import { privacySettings } from "./privacy-settings.js"
import { fillProfile } from "./profile-part.js"
import { switchRow } from "./switch-row.js"

class SettingsPanel extends HTMLElement {
  #life = new AbortController()

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    const { back, profile, themes, languages: list, writing, notices } = parts(this)
    back.addEventListener("click", () => emit(this, "close-settings"), { signal })
    this.addEventListener("keydown", (event) => this.#key(event), { signal })
    fillProfile(profile, signal)
    themes.replaceChildren(...choices("theme", themeOptions(), signal))
    list.replaceChildren(...choices("language", languageOptions(), signal))
    writing.replaceChildren(plainSwitch("enterSends", () => (settings.get("enterSends") ? texts.enterSendsHint : texts.enterBreaksHint), signal))
    notices.closest(".settings__group").before(privacySettings(signal))
    notices.replaceChildren(plainSwitch("sounds", () => texts.soundsHint, signal), desktopSwitch(signal))
  }

  disconnectedCallback() {
    this.#life.abort()
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape") return
    event.stopPropagation()
    emit(this, "close-settings")
  }
}

customElements.define("settings-panel", SettingsPanel)

/** @returns {HTMLElement} */
export function settingsPanel() {
  return clone("settings-panel").root
}

function themeOptions() {
  return [
    { value: "system", words: texts.themeSystem, language: "" },
    { value: "light", words: texts.themeLight, language: "" },
    { value: "dark", words: texts.themeDark, language: "" },
  ]
}

/** Each language by its own name, or nobody who needs it could find it. */
function languageOptions() {
  const own = languages().map(({ code, name }) => ({ value: code, words: name, language: code }))
  return [{ value: "", words: texts.languageSystem(usualLanguage()), language: "" }, ...own]
}

/**
 * One radio button for each option, of which the chosen one follows the setting.
 * @param {"theme" | "language"} name
 * @param {{ value: string, words: string, language: string }[]} options
 * @param {AbortSignal} signal
 */
function choices(name, options, signal) {
  const rows = options.map(({ value, words, language }) => {
    const { root, words: line, radio } = clone("choice")
    line.textContent = words
    if (language) line.lang = language
    radio.name = `settings-${name}`
    radio.value = value
    radio.dataset.test = `${name}-${value || "system"}`
    radio.addEventListener("change", () => radio.checked && settings.set(name, value), { signal })
    return { root, radio }
  })
  settings.watch(name, (chosen) => {
    // A value that nobody offers is the first, as everywhere.
    const at = Math.max(0, options.findIndex(({ value }) => value === chosen))
    rows[at].radio.checked = true
  }, { signal })
  return rows.map(({ root }) => root)
}

/** @param {"enterSends" | "sounds"} name @param {() => string} words @param {AbortSignal} signal @returns {HTMLElement} */
function plainSwitch(name, words, signal) {
  const { root, show } = switchRow(name, texts[name], () => settings.set(name, !settings.get(name)), signal)
  settings.watch(name, (on) => show(on, words()), { signal })
  return root
}

/** On means: wanted here and allowed by the browser. @param {AbortSignal} signal @returns {HTMLElement} */
function desktopSwitch(signal) {
  const { root, hint, button, show } = switchRow("desktop", texts.desktop, () => press(), signal)
  // What the browser says to the question is read out.
  hint.setAttribute("role", "status")
  const refresh = () => {
    const allowed = permission()
    const reasons = { blocked: texts.desktopBlocked, insecure: texts.desktopInsecure, missing: texts.desktopMissing }
    show(allowed === "granted" && settings.get("notifications"), allowed in reasons ? reasons[/** @type {keyof typeof reasons} */ (allowed)] : texts.desktopHint)
    button.setAttribute("aria-disabled", String(allowed in reasons))
  }
  const press = async () => {
    const on = button.getAttribute("aria-checked") === "true"
    const allowed = on ? permission() : await askPermission()
    if (on || allowed === "granted") settings.set("notifications", !on)
    refresh()
  }
  settings.watch("notifications", refresh, { signal })
  watchPermission(refresh, signal)
  return root
}
