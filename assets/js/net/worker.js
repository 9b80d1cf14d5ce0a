// @ts-check
/**
 * Registers the service worker, with which the page opens without a network. The browser offers one on https and on
 * the machine itself only; elsewhere the page works without. The one Trusted Types policy of the page lives here.
 */

const ADDRESS = "/sw.js"
let registered = false

/** To be called when the server is known to be there; only the first call does something. */
export async function registerWorker() {
  const { serviceWorker } = navigator
  if (!serviceWorker || registered) return
  registered = true
  try {
    await serviceWorker.register(blessed(ADDRESS), { scope: "/", updateViaCache: "none" })
  } catch {
    // Not allowed, or the server is away: the next visit tries again.
  }
}

/** An address of a script is guarded by the browser; only this one literal passes. @param {string} address @returns {any} */
function blessed(address) {
  const { trustedTypes } = /** @type {any} */ (globalThis)
  const policy = trustedTypes?.createPolicy("chaap-worker", {
    createScriptURL(/** @type {string} */ text) {
      if (text === ADDRESS) return text
      throw new TypeError("not the service worker")
    },
  })
  return policy ? policy.createScriptURL(address) : address
}
