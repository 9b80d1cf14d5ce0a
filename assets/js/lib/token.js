// @ts-check
/**
 * Where the token of this sign-in lives: `localStorage` if the person wants to stay signed in, else `sessionStorage`.
 * Storage can be forbidden by the browser; then the token lives as long as the page.
 * Beside it stands whose it is, so that what this browser keeps of them can be shown before the server has answered.
 */

export const KEY = "chaap.token"
const USER_KEY = "chaap.user"

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
  for (const key of [KEY, USER_KEY]) {
    attempt(() => sessionStorage.removeItem(key))
    attempt(() => localStorage.removeItem(key))
  }
}

/** Another tab may have signed in as somebody else meanwhile: only beside our own token our user is right. @param {string} token @param {number} user */
export function saveUser(token, user) {
  for (const storage of storages()) {
    attempt(() => storage.getItem(KEY) === token && storage.setItem(USER_KEY, String(user)))
  }
}

/** @param {string} token @returns {number} whose token this is; 0 if that is not known yet */
export function readUser(token) {
  const storage = storages().find((candidate) => attempt(() => candidate.getItem(KEY)) === token)
  return Number(storage && attempt(() => storage.getItem(USER_KEY))) || 0
}

/** @returns {number} who stays signed in when every tab is closed, or 0 */
export function keptUser() {
  return Number(attempt(() => localStorage.getItem(USER_KEY))) || 0
}

/** @returns {Storage[]} */
function storages() {
  return attempt(() => [sessionStorage, localStorage]) ?? []
}

/** @template T @param {() => T} action @returns {T | null} */
function attempt(action) {
  try {
    return action()
  } catch {
    return null
  }
}
