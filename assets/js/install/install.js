// @ts-check
/**
 * Whether this page can be installed as an app, and how. Some browsers hand over their question as an event soon after
 * the page has loaded, so this file is among the first. install-offer.js shows the offer.
 */
import { loaded } from "../lib/load.js"
import { settings } from "../lib/settings.js"
import { store } from "../state/store.js"

/** @typedef {Event & { prompt: () => Promise<{ outcome: "accepted" | "dismissed" }> }} Question */

/** The browser's question, which can be asked once. @type {Question | null} */
let question = null

/** Emits `change` when the answer of `installWay` may be another one. */
export const installation = new EventTarget()

/** @param {Question | null} next */
function keep(next) {
  question = next
  installation.dispatchEvent(new Event("change"))
}

window.addEventListener("beforeinstallprompt", (event) => {
  // Without this, Chrome on Android shows a bar of its own at once.
  event.preventDefault()
  keep(/** @type {Question} */ (event))
})
window.addEventListener("appinstalled", () => keep(null))

/**
 * `ask`: the browser can be asked to install the page. `share`: on an iPhone or iPad, only the person can do it, with
 * the share sheet. Empty: neither, or the page already runs as an app.
 * @returns {"ask" | "share" | ""}
 */
export function installWay() {
  if (matchMedia("(display-mode: standalone)").matches) return ""
  if (question) return "ask"
  return isSecureContext && isIos() ? "share" : ""
}

/** An iPad calls itself a Mac, but no Mac has a touch screen. */
function isIos() {
  const { platform, maxTouchPoints } = navigator
  return /^(iphone|ipad|ipod)/iu.test(platform) || (platform === "MacIntel" && maxTouchPoints > 1)
}

/** Shows the browser's question. Only a click or a key may do this. */
export async function askToInstall() {
  const asked = question
  keep(null)
  const answer = await asked?.prompt()
  if (answer?.outcome === "dismissed") settings.set("offerInstall", false)
}

/** For the menu: asks the browser, or says what to do. */
export async function install() {
  if (installWay() === "ask") await askToInstall()
  else (await offerModule())?.showInstallOffer()
}

function offerModule() {
  return loaded(import("./install-offer.js"), "")
}

/**
 * Offers it once the page is hidden, so that nothing moves while somebody looks at it, and only to a person who has a
 * chat here. After a "no" it is only in the menu. @param {AbortSignal} signal
 */
export function attachInstall(signal) {
  document.addEventListener("visibilitychange", async () => {
    if (document.visibilityState !== "hidden" || !settings.get("offerInstall") || !installWay()) return
    if (Object.keys(store.state.chats).length === 0) return
    const module = await offerModule()
    if (!signal.aborted) module?.showInstallOffer()
  }, { signal })
}
