// @ts-check
/**
 * The items of the menu of a message: in which order they stand, which are offered, and what each does. What one may
 * not do is not there. Loaded with the menu.
 */
import { copyText } from "../lib/copy.js"
import { emit, setText, showIcon } from "../lib/dom.js"
import { loaded } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { plain } from "../lib/markup.js"
import { openMenu } from "../lib/menu.js"
import { printRoute } from "../lib/route.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { mayEdit } from "../state/changes.js"
import { isHidden, isStarred, mayStar } from "../state/flags.js"
import { mayForward } from "../state/forwarding.js"
import { namesIn, namesInWaiting } from "../state/mentions.js"
import { isShared } from "../state/peers.js"
import { isPinned, mayPin } from "../state/pinning.js"
import { store } from "../state/store.js"
import { destination } from "../state/targets.js"

/** @typedef {import("../state/model.js").Message} Message */
/**
 * What the menu is open for: message = null while it waits to be sent.
 * @typedef {{ message: Message | null, bubble: HTMLElement, key: string }} Subject
 */
/**
 * How it is taken back, and of which messages.
 * @typedef {Pick<Item, "sign" | "words"> & { of: (message: Message) => boolean }} Done
 */
/**
 * @typedef {object} Item
 * @property {string} test
 * @property {string} sign its icon
 * @property {string} words
 * @property {"dialog"} [opens]
 * @property {Done} [done]
 * @property {(subject: Subject) => boolean} isOffered
 * @property {(subject: Subject) => unknown} act
 */

const actionsModule = () => import("./message-actions.js")

/** In one order for mouse, touch and keyboard. @returns {Item[]} */
function items() {
  return [
    { test: "reply", sign: "reply", words: texts.reply, isOffered: mayAnswer, act: (it) => ask("reply-to", it) },
    { test: "copy-text", sign: "copy", words: texts.copyText, isOffered: hasText, act: copy },
    {
      test: "copy-link", sign: "link", words: texts.copyLink,
      isOffered: ({ message }) => message !== null && !message.deleted_at, act: copyLink,
    },
    {
      test: "forward", sign: "forward", words: texts.forward, opens: "dialog",
      isOffered: ({ message }) => mayForward(message), act: forward,
    },
    {
      test: "star-message", sign: "star", words: texts.star, isOffered: ({ message }) => mayStar(message), act: star,
      done: { sign: "star-off", words: texts.removeStar, of: (message) => isStarred(store.state, message) },
    },
    {
      test: "pin-message", sign: "pin", words: texts.pin, opens: "dialog",
      isOffered: ({ message }) => mayPin(store.state, message), act: pin,
      done: { sign: "pin-off", words: texts.unpin, of: (message) => isPinned(store.state, message) },
    },
    {
      test: "edit-message", sign: "pencil", words: texts.editMessage,
      isOffered: ({ message }) => mayEdit(store.state, message, Date.now()), act: (it) => ask("begin-edit", it),
    },
    {
      test: "message-info", sign: "info", words: texts.messageInfo, opens: "dialog", isOffered: hasInfo, act: showInfo,
    },
    {
      test: "select-message", sign: "select", words: texts.selectMessage,
      isOffered: ({ message }) => message !== null, act: (it) => ask("select-message", it),
    },
    {
      test: "share-message", sign: "share", words: texts.share,
      isOffered: (it) => "share" in navigator && hasText(it), act: share,
    },
    {
      test: "delete-message", sign: "trash", words: texts.deleteMessage, opens: "dialog",
      isOffered: ({ message }) => message !== null, act: askToDelete,
    },
  ]
}

/**
 * @param {() => Subject} subject as it is now: a message may change while its menu is open
 * @param {import("../lib/menu.js").Options} options
 */
export function openMessageMenu(subject, options) {
  const list = make("div", {
    class: "menu__list", role: "menu", "aria-label": texts.messageMenu, "data-test": "message-menu",
  }, items().filter(({ isOffered }) => isOffered(subject())).map((item) => itemButton(item, subject)))
  list.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const { key, ctrlKey, metaKey } = event
    const reply = /** @type {HTMLElement | null} */ (list.querySelector("[aria-keyshortcuts]"))
    if (key.toLowerCase() !== "r" || ctrlKey || metaKey || !reply) return
    event.preventDefault()
    reply.click()
  })
  const life = new AbortController()
  const menu = openMenu(list, { ...options, closed: () => {
    life.abort()
    options.closed?.()
  } })
  const { message } = subject()
  // It has expired, or was deleted for me on another device.
  if (message) store.watch((state) => isHidden(state, message), (gone) => gone && menu?.close(), life)
  return menu
}

/** @param {Item} item @param {() => Subject} subject */
function itemButton({ test, sign, words, opens, isOffered, act, done }, subject) {
  const isMirrored = ["reply", "forward"].includes(sign)
  const icon = sprite(sign, `icon${isMirrored ? " icon--mirrored" : ""}`)
  const label = make("span", {}, [words])
  const button = make("button", {
    class: `menu__item${sign === "trash" ? " menu__item--grave" : ""}`, type: "button", role: "menuitem",
    tabindex: -1, "aria-haspopup": opens, "aria-keyshortcuts": sign === "reply" && "R", "data-test": test,
  }, [icon, label])
  const { message } = subject()
  if (done && message && done.of(message)) {
    showIcon(/** @type {SVGUseElement} */ (icon.firstElementChild), done.sign)
    setText(label, done.words)
    button.removeAttribute("aria-haspopup")
  }
  button.addEventListener("click", () => isOffered(subject()) && act(subject()))
  return button
}

/** @param {Subject} subject */
function mayAnswer({ message }) {
  return message !== null && !message.deleted_at && destination(store.state) !== null
}

/** @param {Subject} subject */
function hasText({ message }) {
  return !message?.deleted_at
}

/** Senders see who received and read their message; the notes to self have no one else. @param {Subject} subject */
function hasInfo({ message }) {
  if (!message || message.deleted_at) return false
  return message.sender_id === store.state.me && isShared(store.state, message.chat_id)
}

/** The text without its marks. @param {Subject} subject */
function wordsOf({ message, key }) {
  const pending = store.state.pending.find((item) => item.key === key)
  if (message) return plain(message.content, namesIn(store.state, message))
  return pending ? plain(pending.body.content, namesInWaiting(store.state, pending.body)) : ""
}

/** @param {string} action @param {Subject} subject */
function ask(action, { message, bubble }) {
  emit(bubble, action, { message })
}

/** @param {Subject} subject */
async function copy(subject) {
  toast(await copyText(wordsOf(subject)) ? texts.copied : texts.copyFailed)
}

/** @param {Subject} subject */
async function copyLink({ message }) {
  if (!message) return
  const { href } = new URL(printRoute({ chat_id: message.chat_id, message_id: message.id }), location.href)
  toast(await copyText(href) ? texts.copied : texts.copyFailed)
}

/** Asks for how long, or takes the pin away at once. @param {Subject} subject */
async function pin({ message, bubble }) {
  if (!message) return
  const { chat_id, id: message_id } = message
  if (isPinned(store.state, message)) {
    emit(bubble, "pin-message", { chat_id, message_id, hours: null })
    return
  }
  const module = await loaded(import("./pin-dialog.js"))
  module?.openPinDialog(message, bubble)
}

/** @param {Subject} subject */
async function forward({ message, bubble }) {
  const module = await loaded(import("./forward-dialog.js"))
  if (message) module?.openForward([message], bubble)
}

/** @param {Subject} subject */
async function star({ message }) {
  if (!message) return
  const on = !isStarred(store.state, message)
  const module = await loaded(actionsModule())
  module?.star(message.chat_id, [message.id], on)
}

/** @param {Subject} subject */
async function showInfo({ message, bubble }) {
  const module = await loaded(import("./message-info.js"))
  if (message) module?.openMessageInfo(message, bubble)
}

/** Hands the text to another app. The person may change their mind there. @param {Subject} subject */
function share(subject) {
  navigator.share({ text: wordsOf(subject) }).catch(() => {})
}

/** @param {Subject} subject */
async function askToDelete({ message, bubble }) {
  const module = await loaded(actionsModule())
  if (message) module?.askToDelete([message], bubble)
}
