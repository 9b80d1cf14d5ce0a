// @ts-check
/**
 * The reactions to a message, as chips over the lower edge of its bubble: one for each emoji, with a count. The last
 * chip stands for those that have no room. A press on a chip shows who reacted (reacting.js).
 */
import { patchRows, setText } from "../lib/dom.js"
import { number } from "../lib/locale.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"

/** More do not fit beside each other on a phone. */
const CHIPS_MAX = 5

/** @typedef {import("../state/reactions.js").ShownReactions} ShownReactions */
/** @typedef {{ emoji: string, count: number, own: boolean, waiting: boolean }} Chip emoji = "" for all others */
/** @typedef {{ box: HTMLElement, rows: Map<string, import("../lib/dom.js").Row<Chip>> }} Chips */

/**
 * @param {HTMLElement} bubble @param {Chips | null} before @param {ShownReactions | null} reactions
 * @param {boolean} isNews whether the message was shown before: only then new chips appear with a movement
 * @returns {Chips | null}
 */
export function showReactions(bubble, before, reactions, isNews) {
  const held = before?.box.contains(document.activeElement)
  const chips = reactions ? (before ?? emptyChips(bubble)) : null
  if (chips && reactions) {
    const create = () => chipButton(bubble.tabIndex, isNews)
    patchRows(chips.box, chipsOf(reactions), { rows: chips.rows, key: ({ emoji }) => emoji, create })
  } else before?.box.remove()
  if (held && !chips?.box.contains(document.activeElement)) bubble.focus({ preventScroll: true })
  return chips
}

/** @param {HTMLElement} bubble @returns {Chips} */
function emptyChips(bubble) {
  // Screen readers would read every reaction in a busy group.
  const box = make("div", { class: "reactions", role: "group", "aria-label": texts.reactions, "aria-live": "off" })
  bubble.after(box)
  return { box, rows: new Map() }
}

/** My own is always among them. @param {ShownReactions} reactions @returns {Chip[]} */
function chipsOf({ counts, total, own, waiting }) {
  const all = counts.map(({ emoji, count }) => {
    const isMine = emoji === own
    return { emoji, count, own: isMine, waiting: waiting && isMine }
  })
  if (all.length <= CHIPS_MAX && sum(all) === total) return all
  const shown = all.slice(0, CHIPS_MAX - 1)
  const mine = all.find((chip) => chip.own)
  if (mine && !shown.includes(mine)) shown[shown.length - 1] = mine
  return [...shown, { emoji: "", count: total - sum(shown), own: false, waiting: false }]
}

/** @param {Chip[]} chips */
function sum(chips) {
  return chips.reduce((total, { count }) => total + count, 0)
}

/** @param {number} tabIndex @param {boolean} isNews @returns {import("../lib/dom.js").Row<Chip>} */
function chipButton(tabIndex, isNews) {
  const sign = make("span", { class: "reaction__emoji" })
  const words = make("span", { class: "reaction__count" })
  const root = make("button", {
    class: "reaction", type: "button", tabindex: tabIndex, "aria-haspopup": "dialog", "data-test": "reaction",
  }, [sign, words])
  if (isNews) {
    root.dataset.entered = ""
    // The animation would run again whenever the chip moves in the document.
    root.addEventListener("animationend", () => delete root.dataset.entered, { once: true })
  }
  /** @param {Chip} chip */
  const update = ({ emoji, count, own, waiting }) => {
    if (emoji) root.dataset.emoji = emoji
    root.toggleAttribute("data-waiting", waiting)
    root.setAttribute("aria-pressed", String(own))
    const notes = [own && texts.yours, waiting && texts.tickPending].filter(Boolean)
    root.setAttribute("aria-label", [`${emoji || "+"} ${number(count)}`, ...notes].join(texts.comma))
    setText(sign, emoji)
    sign.hidden = !emoji
    setText(words, emoji ? number(count) : `+${number(count)}`)
    // One person is seen without a number.
    words.hidden = count === 1 && emoji !== ""
  }
  return { root, update }
}
