// @ts-check
/**
 * Registers the service worker, with which the page opens without a network. The browser offers one on https and on
 * the machine itself only; elsewhere the page works without. The one Trusted Types policy of the page lives here.
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

/** To be called whenever the server is known to be there; once is enough, if that succeeds. */
export async function registerWorker() {
  const { serviceWorker } = navigator
  if (!serviceWorker || registered) return
  registered = true
  try {
    // An address of a script is guarded by the browser; only this one literal passes.
    await serviceWorker.register(policy ? policy.createScriptURL(ADDRESS) : ADDRESS, { scope: "/", updateViaCache: "none" })
  } catch {
    // Not allowed, or the server has gone away: the next connection tries again.
    registered = false
  }
}
