// @ts-check
/**
 * The settings: the profile (profile-part.js), then those of this browser: theme, text size, writing, notifications,
 * language. Every change takes effect at once and in all tabs. Radio buttons are the browser's own.
 * attach-settings.js opens and closes the panel.
 */
import { clone, emit, parts } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { settings } from "../lib/settings.js"
import { texts } from "../lib/texts.js"
import { languages, usualLanguage } from "../languages/language.js"
import { askPermission, permission, watchPermission } from "../notifications/permission.js"
import { privacySettings } from "./privacy-settings.js"
import { fillProfile } from "./profile-part.js"
import { switchRow } from "./switch-row.js"

await loadStyle("settings")

class SettingsPanel extends HTMLElement {
  #life = new AbortController()

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    const { back, profile, themes, sizes, letters, languages: list, writing, notices } = parts(this)
    back.addEventListener("click", () => emit(this, "close-settings"), { signal })
    fillProfile(profile, signal)
    themes.replaceChildren(...choices("theme", themeOptions(), signal))
    sizes.replaceChildren(...choices("textSize", sizeOptions(), signal))
    letters.replaceChildren(plainSwitch("letters", () => texts.lettersHint, signal))
    list.replaceChildren(...choices("language", languageOptions(), signal))
    const enterHint = () => (settings.get("enterSends") ? texts.enterSendsHint : texts.enterBreaksHint)
    writing.replaceChildren(plainSwitch("enterSends", enterHint, signal))
    notices.closest(".settings__group").before(privacySettings(signal))
    notices.replaceChildren(plainSwitch("sounds", () => texts.soundsHint, signal), desktopSwitch(signal))
  }

  disconnectedCallback() {
    this.#life.abort()
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

function sizeOptions() {
  return [
    { value: "small", words: texts.textSmall, language: "" },
    { value: "normal", words: texts.textNormal, language: "" },
    { value: "large", words: texts.textLarge, language: "" },
  ]
}

/** Each language by its own name, so that people who need it can find it. */
function languageOptions() {
  const own = languages().map(({ code, name }) => ({ value: code, words: name, language: code }))
  return [{ value: "", words: texts.languageSystem(usualLanguage()), language: "" }, ...own]
}

/**
 * One radio button for each option; the setting decides which is checked.
 * @param {"theme" | "textSize" | "language"} name
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
    // An unknown value counts as the first option.
    const at = Math.max(0, options.findIndex(({ value }) => value === chosen))
    rows[at].radio.checked = true
  }, { signal })
  return rows.map(({ root }) => root)
}

/** @param {"letters" | "enterSends" | "sounds"} name @param {() => string} words @param {AbortSignal} signal */
function plainSwitch(name, words, signal) {
  const { root, show } = switchRow(name, texts[name], () => settings.set(name, !settings.get(name)), signal)
  settings.watch(name, (on) => show(on, words()), { signal })
  return root
}

/**
 * The switch is on if the setting is on and the browser allows notifications.
 * @param {AbortSignal} signal @returns {HTMLElement}
 */
function desktopSwitch(signal) {
  const { root, hint, button, show } = switchRow("desktop", texts.desktop, () => press(), signal)
  // Screen readers read the answer of the browser.
  hint.setAttribute("role", "status")
  const refresh = () => {
    const allowed = permission()
    /** @type {Partial<Record<typeof allowed, string>>} */
    const reasons = { blocked: texts.desktopBlocked, insecure: texts.desktopInsecure, missing: texts.desktopMissing }
    const reason = reasons[allowed]
    show(allowed === "granted" && settings.get("notifications"), reason ?? texts.desktopHint)
    button.setAttribute("aria-disabled", String(reason !== undefined))
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
