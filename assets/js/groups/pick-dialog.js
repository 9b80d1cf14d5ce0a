// @ts-check
/**
 * A dialog to choose people or chats, for one purpose: to add people to a group, to name an admin, to forward messages.
 */
import { closeButton, closeDialog, dialogIsOpen, openDialog } from "../lib/dialog.js"
import { setText } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { wordsFor } from "../settings/profile-api.js"
import { peoplePicker } from "./people-picker.js"

/**
 * @typedef {object} Purpose
 * @property {string} test
 * @property {string} title
 * @property {string} [words] below the title
 * @property {string} yes
 * @property {boolean} [grave]
 * @property {boolean} [optional] whether one may choose no one
 * @property {(id: number) => boolean} [among]
 * @property {number} [group] whose members cannot be chosen
 * @property {(chosen: any[]) => unknown} act a refusal is shown, and nothing is lost
 * @property {(options: { chosen: Set<any>, changed: () => void, signal: AbortSignal }) =>
 *   import("./picker.js").Picker} [pick] from what, if not from people
 * @property {(count: number) => string} [note] beside the button, when so many are chosen
 */

/** @param {HTMLElement} opener @param {Purpose} purpose @returns {Promise<any[]>} for what the dialog has acted */
export async function openPickDialog(opener, purpose) {
  const { test, title, words = "", yes, grave, optional, among, group, act, pick, note } = purpose
  await loadStyle("groups")
  if (!opener.isConnected || dialogIsOpen()) return []
  const life = new AbortController()
  /** @type {Set<any>} */
  const chosen = new Set()
  const go = make("button", {
    class: `button${grave ? " button--grave" : ""}`, type: "button", "data-test": `${test}-yes`,
  })
  const error = make("p", { class: "notice notice--error", role: "alert", hidden: true, "data-test": `${test}-error` })
  const count = make("p", { class: "group-dialog__count", role: "status" })
  let busy = false
  const look = () => {
    setText(count, note?.(chosen.size) ?? "")
    setText(go, busy ? texts.saving : yes)
    go.setAttribute("aria-disabled", String(busy || (!optional && chosen.size === 0)))
  }
  const { signal } = life
  const picker = pick?.({ chosen, changed: look, signal }) ?? peoplePicker({
    chosen, among, group, changed: look, signal,
  })
  const heading = make("h2", { class: "dialog__title", id: `${test}-title` }, [title])
  const box = make("dialog", {
    class: "dialog bottom-sheet group-dialog", "aria-labelledby": heading.id, "data-test": test,
  }, [
    make("header", { class: "group-dialog__bar" }, [heading, closeButton(`${test}-close`)]),
    ...(words ? [make("p", { class: "group-dialog__words" }, [words])] : []),
    picker.root, error, make("div", { class: "group-dialog__foot" }, [count, go]),
  ])
  go.addEventListener("click", async () => {
    if (go.getAttribute("aria-disabled") === "true") return
    busy = true
    error.hidden = true
    look()
    try {
      await act([...chosen])
      closeDialog(box, "yes")
    } catch (reason) {
      setText(error, wordsFor(reason))
      error.hidden = false
    } finally {
      busy = false
      look()
    }
  })
  openDialog(box, opener, life)
  picker.focus()
  const ended = new Promise((resolve) => signal.addEventListener("abort", resolve))
  return ended.then(() => (box.returnValue === "yes" ? [...chosen] : []))
}
