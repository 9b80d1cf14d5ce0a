// @ts-check
/** By which addresses others can reach this server, and the QR codes that the server draws of them. */
import { readToken } from "../lib/token.js"
import { ApiError, request } from "../net/api.js"

const LOOPBACK = /^(localhost|.*\.localhost|127\..*|\[::1\])$/

/**
 * Addresses for others, the likeliest first: the one that brought me here, then the rest.
 * @returns {Promise<string[]>}
 */
export async function listAddresses() {
  const { addresses } = await request("GET", "/api/invite", { token: readToken() ?? "" })
  const isOpen = !LOOPBACK.test(location.hostname)
  return [...new Set(isOpen ? [location.origin, ...addresses] : addresses)]
}

/** @param {string} path of an SVG on the server @returns {Promise<string>} the address of the picture */
export async function loadCode(path) {
  const headers = { Authorization: `Bearer ${readToken()}` }
  const answer = await fetch(path, { headers, cache: "no-store" })
  if (!answer.ok) throw new ApiError(answer.status, {}, 1)
  return URL.createObjectURL(new Blob([await answer.text()], { type: "image/svg+xml" }))
}
