// @ts-check
/**
 * Brings the words in step with the language of the root element, which early.js decides.
 * It loads and adopts them and fills the templates; drawing again what already stands is up to main.js.
 */
import { fillTemplates } from "../lib/dom.js"
import { loaded } from "../lib/load.js"
import { setLocale } from "../lib/locale.js"
import { adopt } from "../lib/texts.js"

const root = document.documentElement

/** Loads the words of the chosen language and puts them into the templates. English is always in hand. */
export async function speak() {
  const language = root.lang
  const words = language === "en" ? {} : await wordsOf(language)
  // Another one may have been chosen while these words were on their way.
  if (language !== root.lang) return
  if (!words) [root.lang, root.dir] = ["en", "ltr"]
  setLocale(root.lang, navigator.languages)
  adopt(words ?? {})
  fillTemplates()
}

/** @param {string} language @returns {Promise<{ texts?: any, failures?: any } | null>} null if they cannot be had */
function wordsOf(language) {
  return loaded(import(`./${language}.js`), "")
}

/** Tells when another language was chosen, here or in another tab, as soon as its words are there. @param {() => void} callback */
export function onLanguageChange(callback) {
  let spoken = root.lang
  new MutationObserver(async () => {
    if (root.lang === spoken) return
    spoken = root.lang
    await speak()
    callback()
  }).observe(root, { attributeFilter: ["lang"] })
}

/** The languages there are, as those who speak them call them. @returns {{ code: string, name: string }[]} */
export function languages() {
  return (root.dataset.languages ?? "en").split(" ").map((code) => ({ code, name: ownName(code) }))
}

/** The language that is spoken without a choice. */
export function usualLanguage() {
  return ownName(root.dataset.usual ?? "en")
}

/** @param {string} code */
function ownName(code) {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code
  const [first, ...rest] = name
  return first.toLocaleUpperCase(code) + rest.join("")
}
