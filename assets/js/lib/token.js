// @ts-check
/**
 * Stores the token of this sign-in: in `localStorage` if the person wants to stay signed in, else in `sessionStorage`.
 * Browsers can forbid storage; then the token lasts as long as the page.
 * The page reads the user from the token, so that it can show what is stored here before the server answers.
 */

export const KEY = "chaap.token"
const EARLIER_KEY = "chaap.earlier-token"

/** @type {string | null} */
let inMemory = null

/** @returns {string | null} */
export function readToken() {
  return inMemory ?? attempt(() => sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY))
}

/** @param {string} token @param {boolean} keep */
export function saveToken(token, keep) {
  forgetToken()
  forgetEarlierToken()
  inMemory = token
  attempt(() => (keep ? localStorage : sessionStorage).setItem(KEY, token))
}

export function forgetToken() {
  inMemory = null
  attempt(() => sessionStorage.removeItem(KEY))
  attempt(() => localStorage.removeItem(KEY))
}

/**
 * Like `forgetToken`, after the server has ended the session. The token is worthless, but it proves that this browser
 * has signed in before. With it the server lets the person in while somebody else guesses their password.
 */
export function retireToken() {
  const token = readToken()
  const keep = attempt(() => localStorage.getItem(KEY)) === token
  // First, because another tab reads it when it notices that the token is gone.
  if (token) attempt(() => (keep ? localStorage : sessionStorage).setItem(EARLIER_KEY, token))
  forgetToken()
}

/** @returns {string | undefined} */
export function earlierToken() {
  return attempt(() => sessionStorage.getItem(EARLIER_KEY) ?? localStorage.getItem(EARLIER_KEY)) ?? undefined
}

/** Who signs out leaves nothing behind. */
export function forgetEarlierToken() {
  attempt(() => sessionStorage.removeItem(EARLIER_KEY))
  attempt(() => localStorage.removeItem(EARLIER_KEY))
}

/**
 * The user of a token: the `sub` of the JWT, which only the server can check.
 * @param {string} token @returns {string} "" if the token names no user
 */
export function userOf(token) {
  return attempt(() => {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0))
    return String(JSON.parse(new TextDecoder().decode(bytes)).sub ?? "")
  }) ?? ""
}

/**
 * Whose unsent messages stay when every tab is closed: the user who stays signed in, or whose session the server has
 * ended.
 * @returns {string[]}
 */
export function keptUsers() {
  const tokens = [KEY, EARLIER_KEY].map((key) => attempt(() => localStorage.getItem(key)))
  return tokens.flatMap((token) => (token ? [userOf(token)] : []))
}

/** @template T @param {() => T} action @returns {T | null} */
function attempt(action) {
  try {
    return action()
  } catch {
    return null
  }
}
