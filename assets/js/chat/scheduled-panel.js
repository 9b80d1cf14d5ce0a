// @ts-check
/**
 * The panel with the messages that are scheduled in a chat. The menu of each sends it now, changes it or deletes it;
 * one that could not be sent says why. It follows other devices. Loaded when it is first wanted.
 */
import { emit, setText } from "../lib/dom.js"
import { confirmed } from "../lib/confirm.js"
import { loadStyle, loaded } from "../lib/load.js"
import { dueTime, exactTime } from "../lib/local-time.js"
import { make, sprite } from "../lib/make.js"
import { openMenu } from "../lib/menu.js"
import { openPanel } from "../lib/panel.js"
import { failures, texts } from "../lib/texts.js"
import { growingList } from "../groups/growing-list.js"
import { memo } from "../state/memo.js"
import { scheduledInputs, scheduledItems } from "../state/scheduled-items.js"
import { store } from "../state/store.js"
import { excerpt } from "./quote.js"

/** @typedef {import("../state/scheduled-items.js").ScheduledItem} ScheduledItem */

/** Six lines are shorter than this in any script. */
const SHOWN_MAX = 480

await Promise.all(["scheduled", "starred"].map(loadStyle))

/** @param {HTMLElement} opener gets the focus back @param {number} chat */
export async function openScheduled(opener, chat) {
  const life = new AbortController()
  const panel = await openPanel({ opener, title: texts.scheduledMessages, test: "scheduled-panel", life })
  if (!panel) return
  panel.root.classList.add("panel--titled")
  panel.cloth.remove()
  const { signal } = life
  const list = make("ul", {
    class: "scheduled", "aria-label": texts.scheduledMessages, "data-test": "scheduled-list",
  })
  const empty = make("p", { class: "scheduled__empty", "data-test": "scheduled-empty" }, [texts.nothingScheduled])
  panel.body.append(list, empty)
  const rows = growingList(list, scheduledRow, { signal, root: panel.body })
  const items = memo((state) => [...scheduledInputs(state), state.today], (state) => scheduledItems(state, chat))
  store.watch(items, (all) => {
    const held = list.contains(document.activeElement)
    rows.show(all)
    list.hidden = all.length === 0
    empty.hidden = all.length > 0
    // The focus must not be lost with a row.
    if (held && !list.contains(document.activeElement)) {
      const next = list.querySelector("button") ?? panel.root.querySelector(".panel__close")
      if (next instanceof HTMLElement) next.focus({ preventScroll: true })
    }
  }, { signal })
}

/** @returns {import("../lib/dom.js").Row<ScheduledItem>} */
function scheduledRow() {
  /** @type {ScheduledItem} */
  let item
  const time = make("time", { class: "scheduled__time" })
  const text = make("bdi", { class: "scheduled__text" })
  const note = make("p", { class: "scheduled__note", "data-test": "scheduled-note" })
  const more = make("button", {
    class: "icon-button scheduled__more", type: "button", "aria-haspopup": "menu", "aria-expanded": "false",
    "data-test": "scheduled-menu",
  }, [sprite("more")])
  const root = make("li", { class: "scheduled__row", "data-test": "scheduled-row" }, [
    make("p", { class: "scheduled__head" }, [sprite("later", "icon scheduled__sign"), time]), text, note, more,
  ])
  more.addEventListener("click", () => showMenu(more, item))
  root.addEventListener("contextmenu", (/** @type {Event} */ event) => {
    if (more.hidden) return
    event.preventDefault()
    showMenu(more, item)
  })
  /** @param {ScheduledItem} now */
  const update = (now) => {
    item = now
    const { content, names, due_at, status, code } = now
    const when = dueTime(due_at, store.state.today)
    setText(time, when)
    time.dateTime = new Date(due_at).toISOString()
    time.title = exactTime(due_at)
    setText(text, excerpt(content, SHOWN_MAX, names))
    setText(note, noteOf(status, code))
    note.hidden = !note.textContent
    root.classList.toggle("scheduled__row--refused", status === "refused")
    // What waits for the connection may have reached the server: its answer comes first.
    more.hidden = status === "unsaved" || status === "sending"
    more.setAttribute("aria-label", texts.scheduledMenu(when))
    more.title = texts.scheduledMenu(when)
  }
  return { root, update }
}

/** @param {ScheduledItem["status"]} status @param {string} code */
function noteOf(status, code) {
  if (status === "waiting") return ""
  if (status !== "refused") return texts.scheduledUnsaved
  return texts.scheduledNotSent(failures.get(code) ?? texts.unknownFailure)
}

/** @param {HTMLElement} opener @param {ScheduledItem} item */
function showMenu(opener, item) {
  const list = make("div", {
    class: "menu__list", role: "menu", "aria-label": texts.scheduledMenu(dueTime(item.due_at, store.state.today)),
    "data-test": "scheduled-items",
  }, [
    entry("send", texts.sendNow, "scheduled-send", () => sendNow(item)),
    entry("pencil", texts.editMessage, "scheduled-edit", () => void edit(opener, item)),
    entry("trash", texts.deleteIt, "scheduled-delete", () => void remove(opener, item)),
  ])
  openMenu(list, { opener })
}

/** @param {string} icon @param {string} words @param {string} test @param {() => void} act */
function entry(icon, words, test, act) {
  const item = make("button", {
    class: "menu__item", type: "button", role: "menuitem", tabindex: "-1", "data-test": test,
  }, [sprite(icon), make("span", {}, [words])])
  item.addEventListener("click", act)
  return item
}

/** @param {string} name @param {object} detail */
function ask(name, detail) {
  const shell = document.querySelector(".shell")
  if (shell) emit(shell, name, detail)
}

/** Without an id, the server has refused to keep it. @param {ScheduledItem} item */
function sendNow({ id, key, chat_id, content, reply_to }) {
  if (id) {
    ask("send-scheduled", { id })
    return
  }
  ask("discard-message", { key })
  ask("send-message", { chat_id, content, ...(reply_to && { reply_to }) })
}

/** @param {HTMLElement} opener @param {ScheduledItem} item */
async function edit(opener, { id, key, chat_id, content, reply_to, due_at }) {
  const module = await loaded(import("../composer/schedule-dialog.js"))
  module?.openScheduleDialog(opener, { at: due_at, content }, (chosen) => {
    if (id) {
      const change = {
        ...(chosen.content !== content && { content: chosen.content }),
        ...(chosen.due_at !== due_at && { due_at: chosen.due_at }),
      }
      if (Object.keys(change).length > 0) ask("reschedule", { id, change })
      return
    }
    ask("discard-message", { key })
    ask("schedule-message", { chat_id, ...chosen, ...(reply_to && { reply_to }) })
  })
}

/** @param {HTMLElement} opener @param {ScheduledItem} item */
async function remove(opener, { id, key }) {
  const question = { title: texts.scheduledDelete, words: texts.scheduledDeleteWords, yes: texts.deleteIt }
  if (!await confirmed(opener, question)) return
  if (id) ask("unschedule", { id })
  else ask("discard-message", { key })
}
