// @ts-check
/**
 * What is wrong with a new username, while it is typed: the rules of `src/types/username.rs` as far as they need no
 * tables. The server has the last word, and alone knows which names are taken, reserved or look like another one.
 */
import { failures, texts } from "../lib/texts.js"

const CHARACTERS_MAX = 32
const MARKS_MAX = 4
/** The alphabets whose letters are most often mixed up or mixed. Latin stands beside the scripts of East Asia. */
const SCRIPTS = [
  /\p{sc=Latin}/u, /\p{sc=Cyrillic}/u, /\p{sc=Greek}/u, /\p{sc=Armenian}/u, /\p{sc=Hebrew}/u, /\p{sc=Arabic}/u,
  /\p{sc=Devanagari}/u, /\p{sc=Thai}/u,
]
const EAST_ASIA = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Bopomofo}]/u

/** @param {string} typed @returns {string} the sentence; "" for a name without a fault, or none yet */
export function nameFault(typed) {
  const rule = failures.get("invalid_username") ?? ""
  const name = typed.normalize("NFC")
  const characters = [...name]
  if (characters.length === 0) return ""
  if (/\s/u.test(name)) return texts.nameSpaces
  if (/[\p{DI}\p{Cc}]/u.test(name)) return rule
  const sign = characters.find((c) => !/[\p{Alphabetic}\p{N}\p{M}._-]/u.test(c))
  if (sign) return texts.nameSign(sign)
  if (characters.length > CHARACTERS_MAX) return texts.charactersLeft(CHARACTERS_MAX - characters.length)
  if (!/[\p{Alphabetic}\p{N}]/u.test(name)) return rule
  if (/^\p{M}/u.test(name) || tower(name)) return rule
  const scripts = SCRIPTS.filter((script) => script.test(name)).length
  return scripts > 1 || (EAST_ASIA.test(name) && SCRIPTS.slice(1).some((script) => script.test(name)))
    ? rule : ""
}

/** @param {string} name whether a letter has more marks than any script needs */
function tower(name) {
  return new RegExp(`\\p{M}{${MARKS_MAX + 1}}`, "u").test(name.normalize("NFD"))
}
