// @ts-check
/**
 * The dialog with the times at which a message of mine was delivered and read; in a group, by whom (group-info.js).
 * On a phone it is a sheet at the lower edge. While it is open it follows the receipts of the chat.
 */
import { closeButton, closeDialog, dialogIsOpen, openDialog } from "../lib/dialog.js"
import { setText } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { fullTime } from "../lib/time.js"
import { readToken } from "../lib/token.js"
import { listReceipts } from "../net/api.js"
import { isHidden } from "../state/flags.js"
import { store } from "../state/store.js"
import { peopleLists } from "./group-info.js"
import { timelineRow } from "./message-row.js"
import { showTick } from "./tick.js"

/**
 * @typedef {{ user_id: number, delivered: boolean, delivered_at: number | null, read: boolean, read_at: number | null
 *   }} Receipt
 */
/** @typedef {import("../state/model.js").Message} Message */

/** In a group, the server tells of receipts only when all members have given theirs. */
const ASK_EVERY_MS = 2000

/** @param {Message} message one of mine @param {HTMLElement} opener gets the focus back */
export async function openMessageInfo(message, opener) {
  await loadStyle("message-info")
  if (!opener.isConnected || dialogIsOpen()) return
  const life = new AbortController()
  const { signal } = life
  const title = make("h2", { class: "dialog__title", id: "info-title" }, [texts.messageInfo])
  const close = closeButton("info-close")
  const isGroup = store.state.chats[message.chat_id]?.kind === "group"
  const told = isGroup ? peopleLists() : times()
  const box = make("dialog", { class: "dialog bottom-sheet info", "aria-labelledby": title.id, "data-test": "info" }, [
    make("header", { class: "info__bar" }, [title, close]), bubbleOf(message, signal), told.root,
  ])
  openDialog(box, opener, life)
  close.focus()
  store.watch((state) => isHidden(state, message), (hidden) => hidden && closeDialog(box), { signal })
  follow(message, told.show, isGroup, signal)
}

/** When the other person of a direct chat read and received it. */
function times() {
  const read = part("read", texts.tickRead)
  const delivered = part("delivered", texts.tickDelivered)
  const root = make("dl", { class: "info__times", "aria-live": "polite" }, [read.root, delivered.root])
  /** @param {Receipt[]} receipts of one person */
  const show = ([receipt]) => {
    read.show(Boolean(receipt?.read), receipt?.read_at ?? null)
    delivered.show(Boolean(receipt?.delivered), receipt?.delivered_at ?? null)
  }
  return { root, show }
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
 * Asks for the receipts now, after every receipt in the chat, and after a reconnect; of a group also again and again.
 * @param {Message} message @param {(receipts: Receipt[]) => void} told @param {boolean} isGroup
 * @param {AbortSignal} signal
 */
function follow({ id, chat_id }, told, isGroup, signal) {
  let asked = 0
  const ask = async () => {
    const turn = (asked += 1)
    const answer = await listReceipts(readToken() ?? "", chat_id, id).catch(() => null)
    if (answer && turn === asked && !signal.aborted) told(answer.receipts)
  }
  store.watch((state) => state.marks[chat_id], ask, { signal })
  store.watch((state) => state.live, (live) => live && asked > 0 && ask(), { signal })
  if (!isGroup) return
  const timer = setInterval(() => store.state.live && document.visibilityState === "visible" && ask(), ASK_EVERY_MS)
  signal.addEventListener("abort", () => clearInterval(timer))
}

/** @param {"read" | "delivered"} state @param {string} words */
function part(state, words) {
  const svg = sprite("ticks", "icon tick")
  showTick(svg, /** @type {SVGUseElement} */ (svg.firstElementChild), state)
  svg.setAttribute("aria-hidden", "true")
  const time = make("dd")
  const root = make("div", { class: "info__part", "data-test": `info-${state}` }, [make("dt", {}, [svg, words]), time])
  /** @param {boolean} done @param {number | null} at */
  const show = (done, at) => setText(time, at ? fullTime(at) : done ? texts.timeUnknown : "—")
  show(false, null)
  return { root, show }
}
