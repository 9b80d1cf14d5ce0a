// @ts-check
/** The dialog with every key of the page. shortcuts.js lists them. On a phone it is a sheet at the lower edge. */
import { closeButton, dialogIsOpen, openDialog } from "../lib/dialog.js"
import { loadStyle } from "../lib/load.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { shortcutGroups } from "./shortcuts.js"

/** @param {HTMLElement} opener gets the focus back */
export async function openKeysDialog(opener) {
  await loadStyle("keys")
  if (!opener.isConnected || dialogIsOpen()) return
  const title = make("h2", { class: "dialog__title", id: "keys-title" }, [texts.keyboard])
  const close = closeButton("keys-close")
  const groups = make("div", { class: "keys__groups", tabindex: 0, role: "group", "aria-labelledby": title.id },
    shortcutGroups().map(section))
  const attributes = { class: "dialog bottom-sheet keys", "aria-labelledby": title.id, "data-test": "keys-dialog" }
  openDialog(make("dialog", attributes, [make("header", { class: "keys__bar" }, [title, close]), groups]), opener)
  close.focus()
}

/** @param {import("./shortcuts.js").Group} group */
function section({ title, shortcuts }) {
  const lines = shortcuts.map(({ keys, words }) => make("div", { class: "keys__line" }, [
    make("dt", { class: "keys__words" }, [words]),
    make("dd", { class: "keys__keys", dir: "ltr" }, keys.map(combination)),
  ]))
  return make("section", { class: "keys__group" }, [
    make("h3", { class: "keys__title" }, [title]),
    make("dl", {}, lines),
  ])
}

/** @param {string} keys pressed together */
function combination(keys) {
  const names = keys.split("+").map((name) => make("kbd", { class: "keys__key" }, [name === "Mod" ? mod() : name]))
  return make("span", { class: "keys__combination" }, names.flatMap((name, i) => (i === 0 ? [name] : ["+", name])))
}

function mod() {
  return /mac|iphone|ipad/iu.test(navigator.platform) ? "\u2318" : "Ctrl"
}
