// @ts-check
/** Lengths of time in words: "24 hours", "7 days", "1 day, 2 hours". */
import { localized } from "./locale.js"

/** A day is said in hours up to two of them. @type {[string, number, number][]} unit, its seconds, from how many on */
const UNITS = [["day", 86_400, 172_800], ["hour", 3600, 3600], ["minute", 60, 60], ["second", 1, 0]]

const both = ["short", "long"].map((look) => {
  const unitDisplay = /** @type {"short" | "long"} */ (look)
  return localized((tag) => ({
    list: new Intl.ListFormat(tag, { type: "unit", style: unitDisplay }),
    ...Object.fromEntries(UNITS.map(([unit]) =>
      [unit, new Intl.NumberFormat(tag, { style: "unit", unit, unitDisplay })])),
  }))
})

/** @param {number} ms @param {boolean} [short] where there is little room */
export function durationWords(ms, short = false) {
  /** @type {any} */
  const formats = both[short ? 0 : 1]()
  let left = ms / 1000
  const parts = UNITS.flatMap(([unit, seconds, from]) => {
    const count = left < from ? 0 : unit === "second" ? left : Math.floor(left / seconds)
    left -= count * seconds
    return count > 0 ? [formats[unit].format(count)] : []
  })
  return formats.list.format(parts)
}
