// @ts-check
/**
 * Registers the service worker, which opens the page without a network. Browsers allow one only on https and on
 * localhost; elsewhere the page works without it. The only Trusted Types policy of the page is here.
 */

const ADDRESS = "/sw.js"
const { trustedTypes } = /** @type {any} */ (globalThis)
const policy = trustedTypes?.createPolicy("chaap-worker", {
  createScriptURL(/** @type {string} */ text) {
    if (text === ADDRESS) return text
    throw new TypeError("not the service worker")
  },
})
let registered = false

/** Call this on every connection; after the first success it does nothing. */
export async function registerWorker() {
  const { serviceWorker } = navigator
  if (!serviceWorker || registered) return
  registered = true
  try {
    // The browser guards script addresses; the policy lets only this one pass.
    const address = policy ? policy.createScriptURL(ADDRESS) : ADDRESS
    await serviceWorker.register(address, { scope: "/", updateViaCache: "none" })
  } catch {
    // Not allowed, or the server is gone: the next connection tries again.
    registered = false
  }
}
