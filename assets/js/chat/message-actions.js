// @ts-check
/**
 * What can be done with messages that are chosen, one or several: star them, delete them for me, ask how to delete
 * them. The menu of a message and the selection mode share it. Loaded when it is first wanted.
 */
import { closeDialog, dialogIsOpen, openDialog } from "../lib/dialog.js"
import { emit } from "../lib/dom.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { mayDelete } from "../state/changes.js"
import { isShared } from "../state/peers.js"
import { store } from "../state/store.js"

/** @typedef {import("../state/model.js").Message} Message */
/** @typedef {"" | "all" | "me"} Way for whom messages are deleted; "" if they are not */

/** @param {number} chat @param {number[]} ids of its messages @param {boolean} on */
export function star(chat, ids, on) {
  act("star-messages", { chat_id: chat, ids, on })
}

/** Deletes messages for me alone. @param {number} chat @param {number[]} ids */
export function hide(chat, ids) {
  act("hide-messages", { chat_id: chat, ids })
}

/** @param {string} name @param {object} detail */
function act(name, detail) {
  const shell = document.querySelector(".shell")
  if (shell) emit(shell, name, detail)
}

/**
 * Asks for whom to delete messages of one chat, and does it. "For everyone" is offered if I may delete all of them.
 * @param {Message[]} messages
 * @param {Element | null} opener gets the focus back
 * @returns {Promise<Way>} what the person chose
 */
export async function askToDelete(messages, opener = document.activeElement) {
  if (messages.length === 0 || dialogIsOpen()) return ""
  const [{ chat_id }] = messages
  const { state } = store
  const all = messages.every((message) => mayDelete(state, message, Date.now()))
  const notes = !isShared(state, chat_id)
  const way = await asked(/** @type {HTMLElement} */ (opener ?? document.body), messages.length, all, notes)
  if (way === "all") for (const message of messages) act("delete-message", { message })
  // A note has no reader who must be told that something was there.
  if (way === "me" || (way === "all" && notes)) hide(chat_id, messages.map(({ id }) => id))
  return way
}

/**
 * @param {HTMLElement} opener @param {number} count @param {boolean} all whether "for everyone" is offered
 * @param {boolean} notes whether the messages are notes to self, of which no one else has a copy
 * @returns {Promise<Way>}
 */
function asked(opener, count, all, notes) {
  const title = make("h2", { class: "dialog__title", id: "delete-title" }, [texts.deleteMessageTitle(count)])
  const words = make("p", { class: "dialog__words", id: "delete-words" }, [wordsFor(all, notes)])
  /** @param {Way} way @param {string} label @param {string} look @param {string} test */
  const button = (way, label, look, test) => {
    const root = make("button", { class: `button button--${look}`, type: "button", "data-test": test }, [label])
    root.addEventListener("click", () => closeDialog(box, way))
    return root
  }
  const forAll = button("all", notes ? texts.deleteIt : texts.deleteForAll, "grave", "delete-for-all")
  const forMe = button("me", notes ? texts.deleteIt : texts.deleteForMe, all ? "quiet" : "grave", "delete-for-me")
  const cancel = button("", texts.cancel, "quiet", "delete-cancel")
  const ways = [...(all ? [forAll] : []), ...(all && notes ? [] : [forMe]), cancel]
  const box = make("dialog", {
    class: "dialog", "aria-labelledby": title.id, "aria-describedby": words.id, "data-test": "delete-dialog",
  }, [title, words, make("div", { class: "dialog__ways dialog__ways--column" }, ways)])
  openDialog(box, opener)
  cancel.focus()
  return new Promise((resolve) => box.addEventListener("close", () => resolve(box.returnValue)))
}

/** @param {boolean} all @param {boolean} notes */
function wordsFor(all, notes) {
  if (notes) return texts.deleteNoteWords
  return all ? texts.deleteMessageWords : texts.deleteForMeWords
}
