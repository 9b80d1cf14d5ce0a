/**
 * The service worker: opens the page without a network and serves its files from a cache. Each version of the server
 * has its own worker and cache, filled completely or not at all, so that a page never gets files of two versions.
 * A new worker waits until the last page of the old version is closed. It does not handle the API, socket and docs.
 */

// The server writes its version into the first constant and the list of files into the second.
const PREFIX = "/a/dev/"
const SHELL = [/* shell */]
const PAGE = "/"
const CACHE = `chaap:${PREFIX}`
/** During development files change under one address, so nothing is cached. */
const IS_DEVELOPMENT = PREFIX.split("/")[2] === "dev"
/** A server that takes longer counts as offline; the page itself then tries to reconnect. */
const PATIENCE_MS = 2000

self.addEventListener("install", (event) => {
  if (IS_DEVELOPMENT) self.skipWaiting()
  else event.waitUntil(fill())
})

self.addEventListener("activate", (event) => event.waitUntil(takeOver()))

self.addEventListener("fetch", (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (IS_DEVELOPMENT || request.method !== "GET" || origin !== location.origin) return
  if (request.mode === "navigate") {
    if (pathname === PAGE) event.respondWith(page(request))
  } else if (pathname.startsWith(PREFIX)) event.respondWith(file(request))
})

/** A click on a notification brings a page to the front and opens the chat. */
self.addEventListener("notificationclick", (event) => {
  event.notification.close()
  event.waitUntil(show(event.notification.data?.hash ?? "#/"))
})

/** @param {string} hash the chat's address in the page */
async function show(hash) {
  // The list begins with the page focused last. The docs do not count, and a page loaded without this worker cannot
  // be navigated.
  const open = (await self.clients.matchAll({ type: "window" })).find(({ url }) => new URL(url).pathname === PAGE)
  if (!open) return self.clients.openWindow(PAGE + hash)
  // A browser that refuses to focus it may still open the chat there.
  await open.focus().catch(() => {})
  return open.navigate(PAGE + hash)
}

async function fill() {
  const cache = await caches.open(CACHE)
  await Promise.all([keepPage(cache), ...SHELL.map((address) => keepFile(cache, address))])
}

/** @param {Cache} cache */
async function keepPage(cache) {
  const response = await fetch(PAGE, { cache: "no-cache" })
  const text = await response.clone().text()
  // The server may have been upgraded after this worker was loaded: then the next worker fills its cache.
  if (!response.ok || !text.includes(PREFIX)) throw new Error(`the page is not of ${PREFIX}`)
  await cache.put(PAGE, response)
}

/** @param {Cache} cache @param {string} address */
async function keepFile(cache, address) {
  const response = await fetch(address)
  // Only files of the server's current version are immutable.
  const isCurrent = response.headers.get("cache-control")?.includes("immutable")
  if (!response.ok || !isCurrent) throw new Error(`${address} is not of this version`)
  await cache.put(address, response)
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith("chaap:") && name !== CACHE)
  await Promise.all(old.map((name) => caches.delete(name)))
  await self.clients.claim()
}

/** The page of the server, if it answers in time; else the cached one. @param {Request} request */
async function page(request) {
  const coming = fetch(request).then((response) => {
    // A proxy answers with such a status for a server that is down.
    if (response.status >= 500) throw new Error(`status ${response.status}`)
    return response
  })
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))
  const answer = await Promise.race([coming, late]).catch(() => undefined)
  return answer ?? (await kept(PAGE)) ?? coming
}

/** @param {Request} request */
async function file(request) {
  return (await kept(request.url)) ?? fetch(request)
}

/** @param {string} address */
async function kept(address) {
  const cache = await caches.open(CACHE)
  // Cached files are decoded, so their `Vary: accept-encoding` does not matter.
  return cache.match(address, { ignoreVary: true })
}
