// @ts-check
/**
 * What people ask for in the views, and who does it. Each action is an event that reaches the shell (`emit` in
 * lib/dom.js). chats/chat-preferences.js handles the menus of a chat and its drafts.
 */
import { loaded } from "./lib/load.js"
import { isStarred } from "./state/flags.js"
import { myMark } from "./state/model.js"
import { messageById } from "./state/quotes.js"
import { reactionsOf } from "./state/reactions.js"
import { store } from "./state/store.js"
import { destination } from "./state/targets.js"

/**
 * @typedef {object} Helpers
 * @property {import("./net/socket.js").Link} link
 * @property {import("./net/outgoing-queue.js").OutgoingQueue} queue
 * @property {import("./net/receipts.js").Receipts} receipts
 * @property {import("./chats/chat-preferences.js").ChatPreferences} preferences
 * @property {import("./pages.js").Pages} pages
 * @property {import("./routing.js").Routing} routing
 * @property {(event: { type: string, [key: string]: any }) => void} apply
 * @property {() => void} signOut
 */

/** @param {HTMLElement} shell @param {Helpers} helpers @param {AbortSignal} signal */
export function listenForActions(shell, helpers, signal) {
  const { link, pages, routing, apply, signOut } = helpers
  const composer = () => /** @type {any} */ (shell.querySelector("chat-composer"))
  /** @type {Record<string, (detail: any) => void>} */
  const actions = {
    ...messageActions(helpers, composer),
    "typing-changed": tellTyping(link),
    "need-page": (detail) => pages.load(detail?.newer),
    "need-quote": (quote) => pages.wantQuote(quote),
    "need-message": (target) => pages.loadAround(target),
    "go-latest": () => apply({ type: "chat/latest" }),
    "go-unread": () => apply({ ...store.state.open, type: "chat/opened", toUnread: true }),
    "show-person": async ({ id, opener }) => {
      const module = await loaded(import("./people/person-panel.js"))
      module?.openPersonPanel(id, opener)
    },
    "focus-composer": () => composer().focusText(),
    "reply-to": ({ message }) => destination(store.state) && composer().reply(message),
    "begin-edit": ({ message }) => composer().edit(message),
    "go-back": () => routing.goBack(),
    "open-instead": ({ chat_id }) => routing.openInstead(chat_id),
    "leave-archive": () => routing.leaveArchive(),
    "reconnect-now": () => link.wake(),
    "sign-out": signOut,
  }
  for (const [name, act] of Object.entries(actions)) {
    shell.addEventListener(name, (event) => act(/** @type {CustomEvent} */ (event).detail), { signal })
  }
}

/** @param {Helpers} helpers @param {() => any} composer @returns {Record<string, (detail: any) => void>} */
function messageActions({ queue, receipts, preferences }, composer) {
  return {
    /** @param {object} message as the server takes it */
    "send-message": (message) => queue.put("message", [message]),
    /** @param {{ bodies: object[] }} forwarded  messages as the server takes them */
    "forward-messages": ({ bodies }) => queue.put("message", bodies),
    "retry-message": ({ key }) => queue.retry(key),
    "discard-message": ({ key }) => queue.settle(key),
    /** A refused message goes back to where it was written. @param {import("./state/queue.js").Item} item */
    "edit-message": ({ key, body: { chat_id = 0, content, reply_to = 0 } }) => {
      composer().writeAgain(content, messageById(store.state, chat_id, reply_to))
      queue.settle(key)
    },
    /** @param {{ message: import("./state/model.js").Message, content: string }} edit */
    "save-edit": ({ message: { chat_id, id: message_id }, content }) =>
      queue.put("edit", [{ chat_id, message_id, content }]),
    /** @param {{ message: import("./state/model.js").Message }} deletion */
    "delete-message": ({ message: { chat_id, id: message_id } }) => queue.put("deletion", [{ chat_id, message_id }]),
    /** @param {{ message: import("./state/model.js").Message, emoji: string | null }} reaction  null takes mine back */
    "react": ({ message, emoji }) => {
      const { chat_id, id: message_id } = message
      const own = reactionsOf(store.state, message)?.own ?? null
      if (own !== emoji) queue.put("reaction", [{ chat_id, message_id, emoji }])
    },
    /** @param {{ chat_id: number, ids: number[], on: boolean }} stars  of messages in one chat */
    "star-messages": ({ chat_id, ids, on }) => {
      const others = ids.filter((id) => isStarred(store.state, { chat_id, id }) !== on)
      if (others.length > 0) queue.put("star", others.map((message_id) => ({ chat_id, message_id, on })))
    },
    /** @param {{ chat_id: number, ids: number[] }} hidden  messages of one chat that are deleted for me */
    "hide-messages": ({ chat_id, ids }) => queue.put("hide", ids.map((message_id) => ({ chat_id, message_id }))),
    /** @param {{ chat_id: number, message_id: number, hours: number | null }} pin  null takes it away */
    "pin-message": (pin) => queue.put("pin", [pin]),
    /** @param {{ chat_id: number, content: string, due_at: number, reply_to?: number }} message */
    "schedule-message": (message) => queue.put("schedule", [message]),
    /** @param {{ id: number, change: { content?: string, due_at?: number } }} change  of a scheduled message */
    "reschedule": (change) => queue.put("reschedule", [change]),
    /** @param {{ id: number }} scheduled */
    "unschedule": ({ id }) => queue.put("unschedule", [{ id }]),
    "send-scheduled": ({ id }) => queue.put("send-scheduled", [{ id }]),
    /** @param {{ chat_id: number, seqs: number[] }} shown */
    "mentions-shown": (shown) => store.dispatch({ type: "mentions/shown", ...shown }),
    /** @param {{ chat_id: number, seq: number }} seen */
    "seen": (seen) => {
      if (seen.seq <= myMark(store.state, seen.chat_id).read_seq) return
      store.dispatch({ type: "chat/seen", ...seen })
      receipts.note(seen.chat_id, { read: seen.seq })
      preferences.unmark(seen.chat_id)
    },
  }
}

/**
 * The notice ends in the chat where it began, even if another chat is open by then.
 * @param {import("./net/socket.js").Link} link
 */
function tellTyping(link) {
  let chat = 0
  return (/** @type {{ on: boolean }} */ { on }) => {
    if (on) chat = store.state.open?.chat_id ?? 0
    if (chat) link.send(JSON.stringify({ type: "typing", chat_id: chat, on }))
    if (!on) chat = 0
  }
}
