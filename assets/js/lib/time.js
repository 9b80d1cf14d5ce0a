// @ts-check
/**
 * Times as people read them. Every function takes milliseconds and, where it matters, the start of today; none reads
 * the clock.
 */
import { localized } from "./locale.js"
import { texts } from "./texts.js"

/** 12 or 24 hours: a habit of the reader that does not depend on the language of the page. */
const { hourCycle } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions()

/** `Date` counts in the Gregorian calendar, so all formats use it. @param {Intl.DateTimeFormatOptions} options */
export function format(options) {
  return localized((tag) => new Intl.DateTimeFormat(tag, { calendar: "gregory", hourCycle, ...options }))
}

/** With 12 hours "5:06 PM", with 24 hours "05:06". @type {Intl.DateTimeFormatOptions} */
export const CLOCK = { hour: /^h1/u.test(hourCycle ?? "") ? "numeric" : "2-digit", minute: "2-digit" }

const clockFormat = format(CLOCK)
const weekdayFormat = format({ weekday: "long" })
const weekdayShort = format({ weekday: "short" })
const dayFormat = format({ day: "numeric", month: "long" })
const dateFormat = format({ day: "numeric", month: "long", year: "numeric" })
const dateShort = format({ day: "2-digit", month: "2-digit", year: "2-digit" })
const fullFormat = format({ dateStyle: "full", timeStyle: "medium" })

/** The day of the last call: neighbouring messages are mostly of one day. */
let [dayStart, dayEnd] = [0, 0]

/** The days begin at other times: the device is in another time zone. */
export function forgetDay() {
  dayStart = dayEnd = 0
}

/** @param {number} at */
export function startOfDay(at) {
  if (at >= dayStart && at < dayEnd) return dayStart
  const day = new Date(at)
  dayStart = day.setHours(0, 0, 0, 0)
  dayEnd = day.setHours(24, 0, 0, 0)
  return dayStart
}

/** The number of midnights between, also across daylight saving changes. @param {number} at @param {number} today */
function daysAgo(at, today) {
  return Math.round((today - startOfDay(at)) / 86_400_000)
}

/** @param {number} at */
export function clock(at) {
  return clockFormat().format(at)
}

/** @param {number} at */
export function fullTime(at) {
  return fullFormat().format(at)
}

/** The label between two days of messages. @param {number} at @param {number} today */
export function dayLabel(at, today) {
  const ago = daysAgo(at, today)
  if (ago === 0) return texts.today
  if (ago === 1) return texts.yesterday
  if (ago > 1 && ago < 7) return weekdayFormat().format(at)
  return sameYear(at, today) ? dayFormat().format(at) : dateFormat().format(at)
}

/** The time in a row of the list, in the shortest form that is clear. @param {number} at @param {number} today */
export function listTime(at, today) {
  const ago = daysAgo(at, today)
  if (ago === 0) return clock(at)
  if (ago === 1) return texts.yesterday
  return ago > 1 && ago < 7 ? weekdayShort().format(at) : dateShort().format(at)
}

/** When somebody was last online. @param {number} at @param {number} today */
export function seenTime(at, today) {
  const ago = daysAgo(at, today)
  if (ago === 0) return texts.atTime(texts.todaySmall, clock(at))
  if (ago === 1) return texts.atTime(texts.yesterdaySmall, clock(at))
  if (ago > 1 && ago < 7) return texts.atTime(weekdayFormat().format(at), clock(at))
  return sameYear(at, today) ? dayFormat().format(at) : dateFormat().format(at)
}

/** @param {number} at @param {number} today */
function sameYear(at, today) {
  return new Date(at).getFullYear() === new Date(today).getFullYear()
}
