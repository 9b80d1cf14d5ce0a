// @ts-check
/**
 * Notices that another day has begun, or that the device is in another time zone: at midnight, when the page becomes
 * visible again, and at the latest half a minute later. Timers of a sleeping device run late, so one timer is not
 * enough.
 */
import { renew } from "./locale.js"
import { forgetDay, startOfDay } from "./time.js"

const LOOK_EVERY_MS = 30_000

/**
 * @param {{ day: (start: number, zone: string) => void, zone: () => void }} on  day = also if it is still the same one;
 *   zone = all times must be shown again
 */
export function watchDays(on) {
  let zone = zoneNow()
  let midnight = 0
  const look = () => {
    if (zoneNow() !== zone) {
      zone = zoneNow()
      renew()
      forgetDay()
      on.day(startOfDay(Date.now()), zone)
      on.zone()
    } else on.day(startOfDay(Date.now()), zone)
    clearTimeout(midnight)
    midnight = setTimeout(look, new Date().setHours(24, 0, 0, 0) - Date.now() + 50)
  }
  look()
  setInterval(look, LOOK_EVERY_MS)
  for (const name of ["focus", "pageshow"]) window.addEventListener(name, look)
  document.addEventListener("visibilitychange", look)
}

/** The rules of a zone can change under its name, and two zones can have the same offset. */
function zoneNow() {
  return `${new Intl.DateTimeFormat().resolvedOptions().timeZone} ${new Date().getTimezoneOffset()}`
}
