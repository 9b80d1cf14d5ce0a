// @ts-check
/**
 * The language of the page for `Intl`: plurals, numbers, formats of dates.
 * The texts are in texts.js. early.js chooses the language before the first paint.
 */

/** The locale of a language when the reader's country is unknown. */
const TAGS = new Map([["en", "en-GB"]])
/**
 * The digits of a language, in numbers, dates and times alike; others use 0 to 9. Without this they would depend on the
 * reader's country, and differ from those in our texts.
 */
const DIGITS = new Map([["ar", "arab"]])

/** Unread messages are counted up to this number, and the server counts one further. */
export const UNREAD_MAX = 1000

let tag = "en-GB"
let turn = 0

/**
 * Chooses the first of the reader's own locales in this language ("en-US", "ar-MA"), because it has their country.
 * @param {string} language
 * @param {readonly string[]} preferred
 */
export function setLocale(language, preferred = []) {
  const own = preferred.find((candidate) => candidate.split("-")[0] === language) ?? TAGS.get(language) ?? language
  tag = new Intl.Locale(own, { numberingSystem: DIGITS.get(language) ?? "latn" }).toString()
  turn += 1
}

/** What was made for the language is made again: the device is in another time zone. */
export function renew() {
  turn += 1
}

/** A value that is computed once for each language. @template T @param {(tag: string) => T} make @returns {() => T} */
export function localized(make) {
  let made = -1
  /** @type {T} */
  let value
  return () => {
    if (made !== turn) value = make(tag)
    made = turn
    return value
  }
}

const numbers = localized((own) => new Intl.NumberFormat(own))

/** In the digits of the reader; beyond `most` it is "1,000+". @param {number} n @param {number} [most] */
export function number(n, most = Infinity) {
  return n > most ? `${numbers().format(most)}+` : numbers().format(n)
}

/**
 * Counts in one language: `counted(3, { one: "message", other: "messages" })`. A form may hold the number as `#`
 * where it does not simply stand in front, or leave it out ("one message").
 * @param {string} language
 * @returns {(n: number, forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }, most?: number) =>
 *   string} numbers beyond `most` are "1,000+"
 */
export function counting(language) {
  const rules = new Intl.PluralRules(language)
  return (n, forms, most = Infinity) =>
    (forms[rules.select(Math.min(n, most))] ?? forms.other).replace("#", number(n, most))
}
