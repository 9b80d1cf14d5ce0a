// @ts-check
/**
 * The words of an event line, in the language of the reader: "Ana added Bo and 2 others". Names and titles are isolated
 * (U+2068, U+2069), so that one in another direction does not reorder the sentence around it.
 */
import { durationWords } from "../lib/duration.js"
import { isolated } from "../lib/isolated.js"
import { beginning } from "../lib/text.js"
import { texts } from "../lib/texts.js"

/** @typedef {import("../state/events.js").EventLine} EventLine */

/** Some people as one name: "Ana and 2 others". @param {import("../state/names.js").Some} some */
export function someWords({ first, second, count }) {
  return texts.peopleNamed(isolated(first || texts.someone), second && isolated(second), count)
}

/** @param {import("../state/names.js").Some} some */
export function typingWords(some) {
  return (some.count === 1 ? texts.oneTyping : texts.manyTyping)(someWords(some))
}

/** A longer name would push the verb out of a narrow line. */
const NAME_MAX = 12

/**
 * The same where there is little room: the first name, unless the username must tell two people apart.
 * @param {import("../state/names.js").Some} some
 */
export function typingShort({ first, count }) {
  if (count > 1) return texts.peopleTyping(count)
  if (first.includes("\u2068")) return texts.typing
  const [name] = first.split(/\s/u)
  const short = beginning(name, NAME_MAX)
  return texts.oneTyping(isolated(short === name ? name || texts.someone : `${short}…`))
}

/** @param {EventLine} line */
export function eventWords(line) {
  const by = line.mine ? "" : isolated(line.by || texts.someone)
  const whom = line.me ? "" : someWords(line)
  const title = isolated(line.title)
  switch (line.kind) {
    case "created": return texts.eventCreated(by, title)
    case "added": return line.me ? texts.eventAddedYou(by, besideMe(line)) : texts.eventAdded(by, whom)
    case "removed": return texts.eventRemoved(by, whom)
    case "left": return texts.eventLeft(by)
    case "joined": return texts.eventJoined(by)
    case "title_changed": return texts.eventTitle(by, title)
    case "description_changed": return texts.eventDescription(by)
    case "picture_changed": return texts.eventPicture(by)
    case "pinned": return texts.eventPinned(by)
    case "became_admin": return texts.eventAdmin(whom)
    case "role_changed": return line.role === "admin" ? texts.eventAdmin(whom) : texts.eventNoAdmin(whom)
    case "timer": return line.timer ? texts.eventTimer(by, durationWords(line.timer)) : texts.eventTimerOff(by)
    case "settings_changed": return settingsWords(by, line)
    default: return texts.eventUnknown
  }
}

/** Who was added together with me. @param {EventLine} line */
function besideMe({ first, count }) {
  if (count === 0) return ""
  return count === 1 ? isolated(first) : texts.othersBeside(count)
}

/** @param {string} by @param {EventLine} line */
function settingsWords(by, { write, change, history }) {
  const changes = [
    write && (write === "admins" ? texts.setWriteAdmins : texts.setWriteAll),
    change && (change === "admins" ? texts.setChangeAdmins : texts.setChangeAll),
    history && (history === "none" ? texts.setHistoryNone : texts.setHistoryAll),
  ].filter(Boolean)
  return changes.length > 0 ? texts.eventSettings(by, changes.join(texts.comma)) : texts.eventUnknown
}
