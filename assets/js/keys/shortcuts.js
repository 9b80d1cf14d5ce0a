// @ts-check
/**
 * Every key of the page, as data for the list of keys (keys-dialog.js). Add a line here for each new key. This file
 * only describes the keys; other modules handle them.
 *
 * Keys that are pressed together are joined by "+"; "Mod" is Ctrl, or ⌘ on a Mac. A line has one or more such keys.
 */
import { settings } from "../lib/settings.js"
import { texts } from "../lib/texts.js"

/** @typedef {{ keys: string[], words: string }} Shortcut */
/** @typedef {{ title: string, shortcuts: Shortcut[] }} Group */

/** In the language of the page. @returns {Group[]} */
export function shortcutGroups() {
  const sends = settings.get("enterSends")
  return [
    group(texts.keysAnywhere, [
      [["Mod+K"], texts.keySwitcher],
      [["Alt+\u2191", "Alt+\u2193"], texts.keyNextChat],
      [["Esc"], texts.keyClose],
      [["?"], texts.keyboard],
    ]),
    group(texts.keysWriting, [
      [[sends ? "Enter" : "Mod+Enter"], texts.send],
      [sends ? ["Shift+Enter"] : ["Enter"], texts.keyNewLine],
      [["Mod+Shift+Enter"], texts.sendLater],
      [["Mod+B"], texts.keyBold],
      [["Mod+I"], texts.keyItalic],
      [["Mod+Shift+X"], texts.keyStrike],
      [[":smile"], texts.keyEmoji],
    ]),
    group(texts.keysOnMessage, [
      [["\u2191", "\u2193", "Home", "End"], texts.keyMove],
      [["R"], texts.reply],
      [["Enter"], texts.messageMenu],
      [["Esc"], texts.keyBack],
    ]),
    group(texts.keysSelecting, [
      [["Space", "Enter"], texts.keySelect],
      [["Shift+Space"], texts.keySelectTo],
      [["Mod+A"], texts.keySelectAll],
      [["Esc"], texts.endSelection],
    ]),
    group(texts.keysInList, [
      [["\u2191", "\u2193", "Home", "End"], texts.keyMove],
      [["Enter"], texts.keyOpen],
      [["Shift+F10"], texts.chatMenu],
    ]),
  ]
}

/** @param {string} title @param {[string[], string][]} lines @returns {Group} */
function group(title, lines) {
  return { title, shortcuts: lines.map(([keys, words]) => ({ keys, words })) }
}
