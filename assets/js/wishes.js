// @ts-check
/**
 * What people ask for in the views and who does it: each wish is an event that reaches the shell (`emit` in lib/dom.js).
 * What concerns the keeping of a chat (menus, drafts) is heard by chats/chat-preferences.js.
 */
import { uuid } from "./lib/ids.js"
import { myMark } from "./state/model.js"
import { store } from "./state/store.js"

/**
 * @typedef {object} Helpers
 * @property {import("./net/socket.js").Link} link
 * @property {import("./net/outbox.js").Outbox} outbox
 * @property {import("./net/receipts.js").Receipts} receipts
 * @property {import("./net/keeper.js").Keeper} keeper
 * @property {import("./chats/chat-preferences.js").ChatKeeping} keeping
 * @property {import("./pages.js").Pages} pages
 * @property {import("./routing.js").Routing} routing
 * @property {(event: { type: string, [key: string]: any }) => void} apply
 * @property {() => void} signOut
 */

/** @param {HTMLElement} shell @param {Helpers} helpers @param {AbortSignal} signal */
export function hearWishes(shell, helpers, signal) {
  const { link, pages, routing, apply, signOut } = helpers
  const composer = () => /** @type {any} */ (shell.querySelector("chat-composer"))
  /** @type {Record<string, (detail: any) => void>} */
  const wishes = {
    ...aboutMessages(helpers),
    "typing-changed": tellTyping(link),
    "need-page": (detail) => pages.load(detail?.newer),
    "need-message": ({ id }) => pages.loadAround(id),
    "go-latest": () => apply({ type: "chat/latest" }),
    "focus-composer": () => composer().focusText(),
    "reply-to": ({ message }) => composer().reply(message),
    "go-back": () => routing.goBack(),
    "leave-archive": () => routing.leaveArchive(),
    "reconnect-now": () => link.wake(),
    "sign-out": signOut,
  }
  for (const [name, act] of Object.entries(wishes)) {
    shell.addEventListener(name, (event) => act(/** @type {CustomEvent} */ (event).detail), { signal })
  }
}

/** @param {Helpers} helpers @returns {Record<string, (detail: any) => void>} */
function aboutMessages({ outbox, receipts, keeper, keeping }) {
  return {
    /** @param {{ chat_id?: number, recipient_id?: number, content: string, reply_to?: number }} message */
    "send-message": (message) => {
      store.dispatch({ type: "message/composed", cid: uuid(), at: Date.now(), ...message })
      outbox.flush()
    },
    "retry-message": ({ cid }) => {
      store.dispatch({ type: "message/retried", cid })
      outbox.flush()
    },
    "discard-message": ({ cid }) => {
      const event = { type: "message/discarded", cid }
      store.dispatch(event)
      keeper.tell(event)
    },
    /** The badge goes at once; the server is told with the next receipt. @param {{ chat_id: number, seq: number }} seen */
    "seen": ({ chat_id, seq }) => {
      const { state } = store
      if (seq <= myMark(state, chat_id).read_seq) return
      store.dispatch({ type: "receipt", chat_id, user_id: state.me, read_seq: seq })
      receipts.note(chat_id, { read: seq })
      keeping.unmark(chat_id)
    },
  }
}

/** The notice ends where it began, even if another chat is open by then. @param {import("./net/socket.js").Link} link */
function tellTyping(link) {
  let chat = 0
  return (/** @type {{ on: boolean }} */ { on }) => {
    if (on) chat = store.state.open?.chat_id ?? 0
    if (chat) link.send({ type: "typing", chat_id: chat, on })
    if (!on) chat = 0
  }
}
