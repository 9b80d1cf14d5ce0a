// @ts-check
/**
 * Whether the browser allows this page to show notifications. Ask only after a press: browsers ignore or penalize
 * questions that come without one.
 */

/** @typedef {"granted" | "open" | "blocked" | "insecure" | "missing"} Permission  open = not asked yet */

/** @returns {Permission} */
export function permission() {
  if (!window.isSecureContext) return "insecure"
  if (!("Notification" in window)) return "missing"
  if (Notification.permission === "default") return "open"
  return Notification.permission === "granted" ? "granted" : "blocked"
}

/** @returns {Promise<Permission>} */
export async function askPermission() {
  try {
    if (permission() === "open") await Notification.requestPermission()
  } catch {
    // The property has the answer, also if the question failed.
  }
  return permission()
}

/**
 * People can also change the permission in the browser's settings.
 * @param {() => void} callback @param {AbortSignal} signal
 */
export async function watchPermission(callback, signal) {
  try {
    const status = await navigator.permissions.query({ name: "notifications" })
    status.addEventListener("change", callback, { signal })
  } catch {
    // In this browser, a change shows when the page is loaded again.
  }
}
