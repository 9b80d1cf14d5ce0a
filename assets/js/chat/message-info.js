// @ts-check
/**
 * The dialog with the times at which a message of mine was delivered and read. On a phone it is a sheet at the lower
 * edge. While it is open it follows the receipts of the chat.
 */
import { closeButton, dialogIsOpen, openDialog } from "../lib/dialog.js"
import { setText } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { fullTime } from "../lib/time.js"
import { readToken } from "../lib/token.js"
import { listReceipts } from "../net/api.js"
import { nameOf } from "../state/peers.js"
import { store } from "../state/store.js"
import { timelineRow } from "./message-row.js"
import { showTick } from "./tick.js"

/**
 * @typedef {{ user_id: number, delivered: boolean, delivered_at: number | null, read: boolean, read_at: number | null
 *   }} Receipt
 */
/** @typedef {import("../state/model.js").Message} Message */

/** @param {Message} message one of mine @param {HTMLElement} opener gets the focus back */
export async function openMessageInfo(message, opener) {
  await loadStyle("message-info")
  if (!opener.isConnected || dialogIsOpen()) return
  const life = new AbortController()
  const { signal } = life
  const title = make("h2", { class: "dialog__title", id: "info-title" }, [texts.messageInfo])
  const close = closeButton("info-close")
  const read = part("read", texts.tickRead)
  const delivered = part("delivered", texts.tickDelivered)
  const times = make("dl", { class: "info__times", "aria-live": "polite" }, [read.root, delivered.root])
  const box = make("dialog", { class: "dialog bottom-sheet info", "aria-labelledby": title.id, "data-test": "info" }, [
    make("header", { class: "info__bar" }, [title, close]), bubbleOf(message, signal), times,
  ])
  openDialog(box, opener, life)
  close.focus()
  follow(message, (receipts) => {
    read.show(receipts.map(({ user_id, read: done, read_at: at }) => ({ user_id, done, at })))
    delivered.show(receipts.map(({ user_id, delivered: done, delivered_at: at }) => ({ user_id, done, at })))
  }, signal)
}

/**
 * The message as the chat shows it, with its ticks; nothing in it can be pressed here.
 * @param {Message} message @param {AbortSignal} signal
 */
function bubbleOf(message, signal) {
  const box = make("div", { class: "info__paper", inert: true })
  /** @param {import("../state/model.js").State} state */
  const itemOf = (state) =>
    store.select.timeline(state).find((item) => item.kind === "message" && item.message?.id === message.id) ?? null
  /** @type {import("../lib/dom.js").Row<any> | null} */
  let row = null
  store.watch(itemOf, (item) => {
    if (!item) return
    if (!row) box.append((row = timelineRow(item)).root)
    row.update({ ...item, first: true, last: true })
  }, { signal })
  return box
}

/**
 * Asks for the receipts now, after every receipt in the chat, and after a reconnect.
 * @param {Message} message @param {(receipts: Receipt[]) => void} told @param {AbortSignal} signal
 */
function follow({ id, chat_id }, told, signal) {
  let asked = 0
  const ask = async () => {
    const turn = (asked += 1)
    const answer = await listReceipts(readToken() ?? "", chat_id, id).catch(() => null)
    if (answer && turn === asked && !signal.aborted) told(answer.receipts)
  }
  store.watch((state) => state.marks[chat_id], ask, { signal })
  store.watch((state) => state.live, (live) => live && asked > 0 && ask(), { signal })
}

/** @param {"read" | "delivered"} state @param {string} words */
function part(state, words) {
  const svg = sprite("ticks", "icon tick")
  showTick(svg, /** @type {SVGUseElement} */ (svg.firstElementChild), state)
  svg.setAttribute("aria-hidden", "true")
  const root = make("div", { class: "info__part", "data-test": `info-${state}` }, [make("dt", {}, [svg, words])])
  /** @param {{ user_id: number, done: boolean, at: number | null }[]} lines */
  const show = (lines) => {
    while (root.children.length - 1 > lines.length) root.lastElementChild?.remove()
    for (const [i, { user_id, done, at }] of lines.entries()) {
      const time = at ? fullTime(at) : done ? texts.timeUnknown : "—"
      if (!root.children[i + 1]) root.append(make("dd"))
      setText(root.children[i + 1], lines.length > 1 ? `${nameOf(store.state, user_id)}: ${time}` : time)
    }
  }
  show([{ user_id: 0, done: false, at: null }])
  return { root, show }
}
