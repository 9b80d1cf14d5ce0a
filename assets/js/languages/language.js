// @ts-check
/**
 * Gives the page the texts of the language that early.js sets on the root element: loads them and fills the templates.
 * main.js draws again what is on the screen.
 */
import { fillTemplates } from "../lib/dom.js"
import { loaded } from "../lib/load.js"
import { setLocale } from "../lib/locale.js"
import { adopt } from "../lib/texts.js"

/** Paths in full, because the build script joins modules by them. @type {Record<string, () => Promise<any>>} */
const WORDS = {
  ar: () => import("./ar.js"),
  de: () => import("./de.js"),
  es: () => import("./es.js"),
  hi: () => import("./hi.js"),
}

const root = document.documentElement

/** Loads the texts of the chosen language and puts them into the templates. English is always loaded. */
export async function speak() {
  const language = root.lang
  const words = language === "en" ? {} : await wordsOf(language)
  // Another language may have been chosen while these texts were loading.
  if (language !== root.lang) return
  if (!words) [root.lang, root.dir] = ["en", "ltr"]
  setLocale(root.lang, navigator.languages)
  adopt(words ?? {})
  fillTemplates()
}

/**
 * @param {string} language
 * @returns {Promise<{ texts?: any, failures?: any } | null>} null if there are none or they cannot be loaded
 */
async function wordsOf(language) {
  return Object.hasOwn(WORDS, language) ? loaded(WORDS[language](), "") : null
}

/**
 * Calls back after a change of language, here or in another tab, when its texts are loaded.
 * @param {() => void} callback
 */
export function onLanguageChange(callback) {
  let spoken = root.lang
  new MutationObserver(async () => {
    if (root.lang === spoken) return
    spoken = root.lang
    await speak()
    callback()
  }).observe(root, { attributeFilter: ["lang"] })
}

/** The languages of the page, by their own names. @returns {{ code: string, name: string }[]} */
export function languages() {
  return (root.dataset.languages ?? "en").split(" ").map((code) => ({ code, name: ownName(code) }))
}

/** The language that is used without a choice. */
export function usualLanguage() {
  return ownName(root.dataset.usual ?? "en")
}

/** @param {string} code */
function ownName(code) {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code
  const [first, ...rest] = name
  return first.toLocaleUpperCase(code) + rest.join("")
}
