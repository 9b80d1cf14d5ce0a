// @ts-check
/**
 * Removes messages when they expire (state/expiry.js): in time while the page is open, and at once when the device
 * wakes up. Loaded when the first message with an end comes.
 */
import { nextExpiry } from "./state/expiry.js"
import { store } from "./state/store.js"

/** Timers stand still while a device sleeps, and its clock may be set, so the page looks at least this often. */
const LOOK_EVERY_MS = 60_000

/** The session in which this is done already. @type {AbortSignal | null} */
let session = null

/** @param {AbortSignal} signal the end of the session */
export function removeExpired(signal) {
  if (signal === session || signal.aborted) return
  session = signal
  let timer = 0
  const look = () => {
    clearTimeout(timer)
    store.dispatch({ type: "messages/expired", at: Date.now() })
    const left = nextExpiry(store.state) - store.state.lead - Date.now()
    if (left < Infinity) timer = setTimeout(look, Math.max(0, Math.min(left, LOOK_EVERY_MS)))
  }
  store.watch(nextExpiry, look, { signal })
  store.watch((state) => state.lead, look, { signal })
  for (const name of ["focus", "pageshow"]) window.addEventListener(name, look, { signal })
  document.addEventListener("visibilitychange", look, { signal })
  signal.addEventListener("abort", () => clearTimeout(timer))
}
