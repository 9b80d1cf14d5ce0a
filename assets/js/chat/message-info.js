// @ts-check
/**
 * When one's own message was delivered and read: the bubble, and below it the times. On a phone a sheet at the lower edge.
 * While it is open it follows the receipts of the chat. Modal; Esc and a press beside it close it, and the focus returns.
 */
import { setText } from "../lib/dom.js"
import { texts } from "../lib/texts.js"
import { fullTime } from "../lib/time.js"
import { readToken } from "../lib/token.js"
import { listReceipts } from "../net/api.js"
import { nameOf } from "../state/peers.js"
import { store } from "../state/store.js"
import { timelineRow } from "./message-row.js"
import { showTick } from "./tick.js"
import { make, sprite } from "../lib/make.js"
import { withStyle } from "../lib/style.js"

/** @typedef {{ user_id: number, delivered: boolean, delivered_at: number | null, read: boolean, read_at: number | null }} Receipt */
/** @typedef {import("../state/model.js").Message} Message */

let open = false

/** @param {Message} message one's own @param {HTMLElement} list where the bubble is and the focus returns to */
export async function openMessageInfo(message, list) {
  if (open) return
  open = true
  const opener = document.activeElement
  await withStyle("message-info")
  if (list.isConnected) show(message, list, opener)
  else open = false
}

/** @param {Message} message @param {HTMLElement} list @param {Element | null} opener */
function show(message, list, opener) {
  const life = new AbortController()
  const { signal } = life
  const title = make("h2", { class: "info__title", id: "info-title" }, [texts.messageInfo])
  const close = make("button", { class: "icon-button", type: "button", "aria-label": texts.close, "data-test": "info-close" }, [sprite("close")])
  const read = part("read", texts.tickRead)
  const delivered = part("delivered", texts.tickDelivered)
  const times = make("dl", { class: "info__times", "aria-live": "polite" }, [read.root, delivered.root])
  const dialog = make("dialog", { class: "info", "aria-labelledby": title.id, "data-test": "info" }, [
    make("header", { class: "info__bar" }, [title, close]), bubbleOf(message, signal), times,
  ])
  close.addEventListener("click", () => dialog.close())
  dialog.addEventListener("pointerdown", (/** @type {Event} */ event) => event.target === dialog && dialog.close())
  // The page would take Esc for the wish to leave the chat.
  dialog.addEventListener("keydown", (/** @type {Event} */ event) => event.stopPropagation())
  dialog.addEventListener("close", () => {
    open = false
    life.abort()
    dialog.remove()
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true })
  })
  ;(list.closest(".shell") ?? document.body).append(dialog)
  dialog.showModal()
  close.focus()
  follow(message, (receipts) => {
    read.show(receipts.map(({ user_id, read: done, read_at: at }) => ({ user_id, done, at })))
    delivered.show(receipts.map(({ user_id, delivered: done, delivered_at: at }) => ({ user_id, done, at })))
  }, signal)
}

/** The message as it stands in the chat, ticks and all; nothing in it can be pressed here. @param {Message} message @param {AbortSignal} signal */
function bubbleOf(message, signal) {
  const box = make("div", { class: "info__paper", inert: true })
  /** @param {import("../state/model.js").State} state */
  const itemOf = (state) => store.select.timeline(state).find((item) => item.kind === "message" && item.message?.id === message.id) ?? null
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
 * Asks now and whenever a receipt has moved something in the chat, or the connection is back.
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
