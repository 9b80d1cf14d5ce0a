// @ts-check
/**
 * Where the token of this sign-in lives: `localStorage` if the person wants to stay signed in, else `sessionStorage`.
 * Storage can be forbidden by the browser; then the token lives as long as the page.
 * A token says whose it is, so that what this browser keeps of them can be shown before the server has answered.
 */

export const KEY = "chaap.token"

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

/** Whose token this is: the `sub` of a JWT, not proven to anybody. @param {string} token @returns {string} "" if it does not say */
export function userOf(token) {
  return attempt(() => {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")
    const bytes = Uint8Array.from(atob(payload), (letter) => letter.charCodeAt(0))
    return String(JSON.parse(new TextDecoder().decode(bytes)).sub ?? "")
  }) ?? ""
}

/** @returns {string} who stays signed in when every tab is closed, or "" */
export function keptUser() {
  const token = attempt(() => localStorage.getItem(KEY))
  return token ? userOf(token) : ""
}

/** @template T @param {() => T} action @returns {T | null} */
function attempt(action) {
  try {
    return action()
  } catch {
    return null
  }
}
