// @ts-check
/**
 * Whether the browser lets this page show notifications, in the words the page needs. It asks only when told to,
 * which must be in answer to a press: browsers ignore, or punish, a question that comes by itself.
 */

/** @typedef {"granted" | "open" | "blocked" | "insecure" | "missing"} Permission  open = nobody has been asked */

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
    // The answer stands in the property, whatever became of the question.
  }
  return permission()
}

/** Permission can also be given and taken in the browser's own settings. @param {() => void} callback @param {AbortSignal} signal */
export async function watchPermission(callback, signal) {
  try {
    const status = await navigator.permissions.query({ name: "notifications" })
    status.addEventListener("change", callback, { signal })
  } catch {
    // Then it is seen when the page is loaded again.
  }
}
