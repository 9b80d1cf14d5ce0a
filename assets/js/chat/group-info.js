// @ts-check
/**
 * Who has read a message of mine in a group, who has received it, and who has not: three lists of people for the dialog
 * of message-info.js.
 */
import { patchRows, setText } from "../lib/dom.js"
import { number } from "../lib/locale.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { fullTime } from "../lib/time.js"
import { showAvatar } from "../people/avatar.js"
import { labelOf } from "../state/names.js"
import { faceOf } from "../state/peers.js"
import { store } from "../state/store.js"
import { showTick } from "./tick.js"

/** @typedef {import("./message-info.js").Receipt} Receipt */
/** @typedef {{ id: number, at: number | null, isDone: boolean }} Line */

/** The three lists, and what fills them. */
export function peopleLists() {
  const read = peopleList("read", texts.tickRead)
  const delivered = peopleList("delivered", texts.tickDelivered)
  const waiting = peopleList("pending", texts.infoWaiting)
  const root = make("div", { class: "info__times" }, [read.root, delivered.root, waiting.root])
  /** @param {Receipt[]} receipts */
  const show = (receipts) => {
    const line = (/** @type {Receipt} */ { user_id: id, read: isRead, delivered: isDone, read_at, delivered_at }) =>
      ({ id, at: isRead ? read_at : delivered_at, isDone })
    read.show(receipts.filter((it) => it.read).map(line), true)
    delivered.show(receipts.filter((it) => it.delivered && !it.read).map(line), false)
    waiting.show(receipts.filter((it) => !it.delivered && !it.read).map(line), false)
  }
  return { root, show }
}

/** @param {"read" | "delivered" | "pending"} state @param {string} words */
function peopleList(state, words) {
  const svg = sprite("ticks", "icon tick")
  showTick(svg, /** @type {SVGUseElement} */ (svg.firstElementChild), state)
  svg.setAttribute("aria-hidden", "true")
  const count = make("span", { class: "info__count" })
  const heading = make("h3", { class: "info__heading", id: `info-${state}` }, [svg, words, count])
  const nobody = make("p", { class: "info__nobody" }, [texts.infoNobody])
  const list = make("ul", { class: "info__people", "aria-labelledby": heading.id })
  const root = make("section", { class: "info__list", "data-test": `info-${state}` }, [heading, list, nobody])
  /** @type {Map<string, any>} */
  const rows = new Map()
  /** @param {Line[]} lines @param {boolean} always whether it also shows without people */
  const show = (lines, always) => {
    root.hidden = lines.length === 0 && !always
    nobody.hidden = lines.length > 0
    list.hidden = lines.length === 0
    setText(count, number(lines.length))
    const latest = [...lines].sort((a, b) => (b.at ?? 0) - (a.at ?? 0) || a.id - b.id)
    patchRows(list, latest, { rows, key: ({ id }) => String(id), create: personLine })
  }
  show([], true)
  return { root, show }
}

/** @returns {import("../lib/dom.js").Row<Line>} */
function personLine() {
  const avatar = make("span", { class: "avatar avatar--small", "data-px": "32", "aria-hidden": "true" })
  const name = make("bdi", { class: "info__name" })
  const time = make("span", { class: "info__time" })
  const root = make("li", { class: "info__person" }, [avatar, name, time])
  /** @param {Line} line */
  const update = ({ id, at, isDone }) => {
    const label = labelOf(store.state, id) || texts.someone
    showAvatar(avatar, id, label, faceOf(store.state, id))
    setText(name, label)
    setText(time, at ? fullTime(at) : isDone ? texts.timeUnknown : "")
  }
  return { root, update }
}
