// @ts-check
/**
 * Where the token of this sign-in lives: `localStorage` if the person wants to stay signed in, else `sessionStorage`.
 * Storage can be forbidden by the browser; then the token lives as long as the page.
 */

const KEY = "chaap.token"

/** @type {string | null} */
let inMemory = null

/** @returns {string | null} */
export function readToken() {
  return inMemory ?? attempt(() => sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY))
}

/** @param {string} token @param {boolean} keep */
export function saveToken(token, keep) {
  forgetToken()
  inMemory = token
  attempt(() => (keep ? localStorage : sessionStorage).setItem(KEY, token))
}

export function forgetToken() {
  inMemory = null
  attempt(() => sessionStorage.removeItem(KEY))
  attempt(() => localStorage.removeItem(KEY))
}

/** @template T @param {() => T} action @returns {T | null} */
function attempt(action) {
  try {
    return action()
  } catch {
    return null
  }
}
