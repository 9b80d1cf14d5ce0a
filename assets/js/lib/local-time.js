// @ts-check
/**
 * Times that people choose for later, in the time zone of the device. Where the clocks change, a local time may not
 * exist or come twice. None of these functions reads the clock.
 */
import { texts } from "./texts.js"
import { CLOCK, clock, format, startOfDay } from "./time.js"

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** By how much clocks go back: half an hour in one zone, an hour in others, two hours in the Antarctic. */
const STEPS_MS = [HOUR_MS / 2, HOUR_MS, 2 * HOUR_MS]
/** The hours of a day that are proposed for later today, and the one for tomorrow. */
const TODAY = [18, 21]
const TOMORROW = 9
/** A proposal that is nearer is of no use. */
const AHEAD_MS = HOUR_MS

const dayFormat = format({ weekday: "short", day: "numeric", month: "short" })
const dateFormat = format({ weekday: "short", day: "numeric", month: "short", year: "numeric" })
const fullFormat = format({
  weekday: "long", day: "numeric", month: "long", year: "numeric", ...CLOCK, timeZoneName: "long",
})

/** As a field of the type `datetime-local` has it. @param {number} at */
export function fieldTime(at) {
  const date = new Date(at)
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0")
  const day = [String(date.getFullYear()).padStart(4, "0"), two(date.getMonth() + 1), two(date.getDate())].join("-")
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
}

/**
 * @param {string} value of such a field
 * @returns {{ at: number, is: "plain" | "missing" | "twice" } | null} null if it is no time; missing = the clocks go
 *   forward over it, and `at` is later; twice = the clocks go back, and `at` is the first time
 */
export function readField(value) {
  const field = value.slice(0, 16)
  const at = new Date(field).getTime()
  if (Number.isNaN(at)) return null
  if (fieldTime(at) !== field) return { at, is: "missing" }
  const isSame = (/** @type {number} */ other) => fieldTime(other) === field
  const earlier = STEPS_MS.find((step) => isSame(at - step))
  if (earlier) return { at: at - earlier, is: "twice" }
  return { at, is: STEPS_MS.some((step) => isSame(at + step)) ? "twice" : "plain" }
}

/**
 * What is proposed first.
 * @param {number} now @returns {{ later: number | null, tomorrow: number }} later = today; null in the evening
 */
export function proposals(now) {
  const at = (/** @type {number} */ days, /** @type {number} */ hour) => {
    const day = new Date(now)
    day.setDate(day.getDate() + days)
    return day.setHours(hour, 0, 0, 0)
  }
  const later = TODAY.map((hour) => at(0, hour)).find((time) => time - now >= AHEAD_MS) ?? null
  return { later, tomorrow: at(1, TOMORROW) }
}

/** "Tomorrow at 09:00". @param {number} at @param {number} today its start */
export function dueTime(at, today) {
  const days = Math.round((startOfDay(at) - today) / DAY_MS)
  const isThisYear = new Date(at).getFullYear() === new Date(today).getFullYear()
  const date = isThisYear ? dayFormat : dateFormat
  const day = days === 0 ? texts.today : days === 1 ? texts.tomorrow : date().format(at)
  return texts.atTime(day, clock(at))
}

/** With the weekday, the year and the name of the time zone. @param {number} at */
export function exactTime(at) {
  return fullFormat().format(at)
}
