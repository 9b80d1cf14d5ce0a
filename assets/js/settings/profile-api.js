// @ts-check
/** Requests that change one's own profile. Each puts its answer into the state before it returns. */
import { failures, texts } from "../lib/texts.js"
import { readToken } from "../lib/token.js"
import { ApiError, request } from "../net/api.js"
import { store } from "../state/store.js"

/** As long as the server waits for an upload. */
const UPLOAD_MS_MAX = 60_000

/** @param {{ display_name?: string, about?: string }} change */
export const changeProfile = (change) => asked("PATCH", "/api/users/me", change)

/** @param {Blob} picture */
export const setPicture = (picture) => asked("PUT", "/api/users/me/picture", picture)

export const removePicture = () => asked("DELETE", "/api/users/me/picture")

/** @param {string} current_password @param {string} new_password */
export const changePassword = (current_password, new_password) =>
  request("PUT", "/api/users/me/password", { token: readToken() ?? "", body: { current_password, new_password } })

/** @param {string} method @param {string} path @param {object} [body] */
async function asked(method, path, body) {
  const patience = body instanceof Blob ? UPLOAD_MS_MAX : undefined
  const user = await request(method, path, { token: readToken() ?? "", body, patience })
  store.dispatch({ type: "profile/answered", user })
}

/** @param {unknown} error @returns {string} what happened and what to do */
export function wordsFor(error) {
  if (!(error instanceof ApiError)) throw error
  if (error.status === 0) return texts.unreachable
  // About somebody else, and it may take hours.
  if (error.status === 429 && error.code !== "added_too_often") return texts.tooFast(error.retryAfter)
  if (error.code === "busy") return texts.busyServer
  return failures.get(error.code) ?? (error.message || texts.unknownFailure)
}
