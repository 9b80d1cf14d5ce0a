// @ts-check
/**
 * The rows of a chat: a bubble with its quote, an event, a day, the unread line, the line between two stays. words.js
 * draws the text of a message.
 * A row is made once and patched; the message list decides whether it is in the document.
 */
import { copyText } from "../lib/copy.js"
import { clone, emit, setText } from "../lib/dom.js"
import { isolatedNodes } from "../lib/isolated.js"
import { make, sprite } from "../lib/make.js"
import { plain } from "../lib/markup.js"
import { failures, texts } from "../lib/texts.js"
import { clock, dayLabel, fullTime } from "../lib/time.js"
import { toast } from "../lib/toast-stack.js"
import { sameValues } from "../lib/values.js"
import { showAuthor } from "./author.js"
import { eventWords } from "./event-words.js"
import { timesOf } from "../state/forwarding.js"
import { store } from "../state/store.js"
import { showForwarded } from "./forwarded-label.js"
import { showQuote } from "./quote.js"
import { showReactions } from "./reaction-chips.js"
import { showTick } from "./tick.js"
import { showWords } from "./words.js"

/** @typedef {import("../state/timeline.js").TimelineItem} TimelineItem */
/** @typedef {Extract<TimelineItem, { kind: "message" }>} MessageItem */

/** @param {TimelineItem} item @returns {import("../lib/dom.js").Row<any>} */
export function timelineRow(item) {
  if (item.kind === "day") return dayRow()
  if (item.kind === "event") return eventRow()
  if (item.kind === "absence") return absenceRow()
  return item.kind === "unread" ? unreadRow() : messageRow()
}

function dayRow() {
  const { root, label } = clone("day-row")
  return { root, update: (/** @type {{ at: number }} */ { at }) => setText(label, dayLabel(at, store.state.today)) }
}

function unreadRow() {
  const { root, label } = clone("unread-row")
  return { root, update: (/** @type {{ count: number }} */ { count }) => setText(label, texts.unread(count)) }
}

/** A quiet line of words: no bubble, no tick, no menu. */
function eventRow() {
  const { root, label } = clone("event-row")
  let shown = ""
  const update = (/** @type {Extract<TimelineItem, { kind: "event" }>} */ { line, message, at }) => {
    root.dataset.seq = String(message.seq)
    root.title = fullTime(at)
    const words = eventWords(line)
    if (words !== shown) label.replaceChildren(...isolatedNodes(words))
    shown = words
  }
  return { root, update }
}

function absenceRow() {
  const { root } = clone("absence-row")
  return { root, update: () => {} }
}

function messageRow() {
  const { root, bubble, body, text, edited, lost, time, tick, tickUse } = clone("message-row")
  /** @type {MessageItem | null} */
  let shown = null
  /** @type {HTMLElement | null} */
  let failed = null
  /** @type {import("../lib/dom.js").Parts | null} */
  let quote = null
  /** @type {HTMLElement | null} */
  let forwarded = null
  /** @type {import("./author.js").AuthorParts | null} */
  let author = null
  /** @type {import("./reaction-chips.js").Chips | null} */
  let chips = null
  /** @type {SVGElement | null} */
  let star = null
  /** @type {HTMLElement | null} */
  let ends = null
  /** @param {MessageItem} item */
  const update = (item) => {
    if (shown && sameLook(shown, item)) return
    const deleted = Boolean(item.message?.deleted_at)
    const sameText = shown?.content === item.content && shown.names === item.names
      && Boolean(shown.message?.deleted_at) === deleted
    if (!sameText) showContent(text, item, deleted)
    forwarded = showForwarded(body, forwarded, timesOf(item))
    quote = showAnswered(root, body, quote, deleted ? null : item.quote)
    // Only a message whose outline was seen is printed; one that arrives from elsewhere is there at once.
    if (shown?.tick === "pending" && item.message) root.dataset.printed = ""
    showPlace(root, item)
    author = showAuthor(root, bubble, author, item)
    if (shown?.at !== item.at) showTime(time, item.at)
    if (shown?.star !== item.star) star = showStar(time, star, item.star)
    ends = showEnd(time, ends, deleted ? 0 : item.message?.expires_at)
    edited.hidden = !item.message?.edited_at || deleted
    lost.hidden = !item.lost
    showTick(tick, tickUse, deleted ? "" : item.tick)
    failed = showFailure(root, failed, item)
    chips = showReactions(bubble, chips, item.reactions, shown !== null)
    shown = item
  }
  return { root, update }
}

/** @param {MessageItem} a @param {MessageItem} b */
function sameLook(a, b) {
  if (a === b) return true
  const sameQuote = a.quote === b.quote || (b.quote !== null && sameValues(a.quote, b.quote))
  const samePlace = a.first === b.first && a.last === b.last && a.lost === b.lost && a.closed === b.closed
    && a.author === b.author && a.names === b.names && a.reactions === b.reactions && a.star === b.star
  return a.message === b.message && a.pending === b.pending && a.tick === b.tick && samePlace && sameQuote
}

/** @param {HTMLElement} root @param {MessageItem} item */
function showPlace(root, { own, first, last, tick, message, pending }) {
  root.className = `message message--${own ? "own" : "theirs"}`
  root.classList.toggle("message--first", first)
  root.classList.toggle("message--last", last)
  root.classList.toggle("message--answer", Boolean(message?.reply_to ?? pending?.body.reply_to) && !message?.deleted_at)
  root.classList.toggle("message--deleted", Boolean(message?.deleted_at))
  const { dataset } = root
  if (message) Object.assign(dataset, { seq: String(message.seq), id: String(message.id) })
  const cid = message?.cid ?? pending?.key
  if (cid) dataset.cid = cid
  if (own) dataset.state = tick
}

/** @param {HTMLTimeElement} time @param {number} at */
function showTime(time, at) {
  setText(time, clock(at))
  time.dateTime = new Date(at).toISOString()
  time.title = fullTime(at)
}

/**
 * The star beside the time; an outline while it waits for the server. Few messages have one.
 * @param {HTMLElement} time @param {SVGElement | null} before @param {MessageItem["star"]} star
 */
function showStar(time, before, star) {
  if (!star) {
    before?.remove()
    return null
  }
  const svg = before ?? sprite("star", "icon message__star")
  svg.setAttribute("role", "img")
  svg.removeAttribute("aria-hidden")
  svg.setAttribute("aria-label", star === "waiting" ? texts.starred + texts.comma + texts.tickPending : texts.starred)
  svg.toggleAttribute("data-waiting", star === "waiting")
  time.before(svg)
  return svg
}

/**
 * The sign before the time of a message that expires, which says when.
 * @param {HTMLElement} time @param {HTMLElement | null} before @param {number} [at]
 */
function showEnd(time, before, at) {
  if (!at) {
    before?.remove()
    return null
  }
  if (before) return before
  const words = texts.disappearsAt(fullTime(at - store.state.lead))
  const attributes = { class: "message__timer", role: "img", "aria-label": words, title: words }
  const sign = make("span", attributes, [sprite("timer")])
  time.before(sign)
  return sign
}

/** @param {HTMLElement} element @param {MessageItem} item @param {boolean} deleted */
function showContent(element, { content, names }, deleted) {
  if (deleted) setText(element, texts.deletedMessage)
  else showWords(element, content, names)
}

/**
 * @param {HTMLElement} root @param {HTMLElement} body @param {import("../lib/dom.js").Parts | null} before
 * @param {import("../state/quotes.js").Quote | null} quote
 */
function showAnswered(root, body, before, quote) {
  if (!quote) {
    before?.root.remove()
    return null
  }
  const parts = before ?? clone("quote")
  if (!before) {
    parts.root.addEventListener("click", () => emit(root, "go-to-message", { id: quote.id }))
    // Below the name.
    body.before(parts.root)
  }
  parts.root.disabled = quote.status === "absent" || quote.status === "hidden"
  showQuote(parts, quote)
  return parts
}

/**
 * A refused message stays in its place, with the reason and the ways out. Where nothing can be written now, these are
 * to copy and to delete it.
 * @param {HTMLElement} root @param {HTMLElement | null} before @param {MessageItem} item
 */
function showFailure(root, before, { pending, closed, names }) {
  if (pending?.status !== "failed") {
    before?.remove()
    return null
  }
  if (before) {
    before.classList.toggle("message__failed--closed", closed)
    setText(/** @type {Element} */ (before.firstElementChild), reasonOf(pending, closed))
    return before
  }
  const { root: box, reason, copy, retry, edit, discard } = clone("message-failed")
  box.classList.toggle("message__failed--closed", closed)
  setText(reason, reasonOf(pending, closed))
  copy.addEventListener("click", async () => {
    toast(await copyText(plain(pending.body.content, names)) ? texts.copied : texts.copyFailed)
  })
  retry.addEventListener("click", () => emit(root, "retry-message", pending))
  edit.addEventListener("click", () => emit(root, "edit-message", pending))
  discard.addEventListener("click", () => emit(root, "discard-message", pending))
  root.append(box)
  return box
}

/**
 * Why a message was refused. A reason that no longer applies is left out.
 * @param {import("../state/queue.js").Item} pending @param {boolean} closed
 */
function reasonOf({ code = "", reason, body }, closed) {
  if (!closed && ["not_a_member", "only_admins_may_write"].includes(code)) return `${texts.tickFailed}.`
  if (body.forward_of && ["no_such_message", "message_deleted"].includes(code)) return texts.forwardedGone
  return failures.get(code) ?? (reason || texts.unknownFailure)
}
