// @ts-check
/**
 * Loads the pictures of people and lays them over their prints: only visible ones, each once, with the token.
 * The picture of an id never changes, so the browser's cache keeps it through reloads and without a connection.
 * Object URLs are revoked when the picture is drawn. Failed loads are repeated after a reconnect.
 */
import { readToken } from "../lib/token.js"
import { store } from "../state/store.js"

/** Small pictures have about 5 KB, large ones up to 100. */
const KEPT_MAX = 300
const ANSWER_MS_MAX = 30_000

/** By address; the one used last is at the end. @type {Map<string, Promise<Blob>>} */
const kept = new Map()
/** @type {Set<HTMLElement>} */
const failed = new Set()

const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue
    sight.unobserve(target)
    show(/** @type {HTMLElement} */ (target))
  }
})

const { signal } = new AbortController()
store.watch((state) => state.connection.status === "online", tryAgain, { signal })
store.watch((state) => state.me, () => kept.clear(), { signal })

/** Shows the picture named in `data-picture` as soon as the avatar is visible. @param {HTMLElement} element */
export function want(element) {
  if (kept.has(addressOf(element))) show(element)
  else sight.observe(element)
}

/** @param {HTMLElement} element */
function addressOf({ dataset }) {
  return `/api/pictures/${dataset.picture}?size=${dataset.size ?? "small"}`
}

/** @param {HTMLElement} element */
async function show(element) {
  const address = addressOf(element)
  if (!element.dataset.picture) return
  try {
    const small = kept.get(address.replace("=large", "=small"))
    // A small picture that is loaded already is shown until the large one arrives.
    if (small && !kept.has(address)) await lay(element, address, small)
    await lay(element, address, fetched(address))
  } catch {
    kept.delete(address)
    if (element.isConnected) failed.add(element)
  }
}

/** @param {HTMLElement} element @param {string} address @param {Promise<Blob>} coming */
async function lay(element, address, coming) {
  const image = new Image()
  image.alt = ""
  image.draggable = false
  const url = URL.createObjectURL(await coming)
  image.src = url
  try {
    await image.decode()
  } finally {
    URL.revokeObjectURL(url)
  }
  if (addressOf(element) !== address) return
  element.querySelector("img")?.remove()
  element.append(image)
}

/** @param {string} address @returns {Promise<Blob>} */
function fetched(address) {
  const coming = kept.get(address) ?? request(address)
  kept.delete(address)
  kept.set(address, coming)
  const [oldest] = kept.keys()
  if (kept.size > KEPT_MAX) kept.delete(oldest)
  return coming
}

/** @param {string} address */
async function request(address) {
  const headers = { Authorization: `Bearer ${readToken()}` }
  const response = await fetch(address, { headers, signal: AbortSignal.timeout(ANSWER_MS_MAX) })
  if (!response.ok) throw new Error(`${address}: ${response.status}`)
  return response.blob()
}

/** @param {boolean} online */
function tryAgain(online) {
  if (!online) return
  for (const element of failed) if (element.isConnected) sight.observe(element)
  failed.clear()
}
