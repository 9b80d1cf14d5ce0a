// @ts-check
/**
 * Announces messages that arrive, and reactions to messages of mine: decides which are new, which of several tabs
 * announces one, and whether by sound, on the desktop or not at all. sound.js, desktop.js and favicon.js carry it out.
 */
import { uuid } from "../lib/ids.js"
import { settings } from "../lib/settings.js"
import { isHidden } from "../state/flags.js"
import { mentionsMe } from "../state/mentions.js"
import { myMark } from "../state/model.js"
import { isQuiet } from "../state/preferences.js"
import { isGone, messageById } from "../state/quotes.js"
import { store } from "../state/store.js"
import { Desktop } from "./desktop.js"
import { showBadge } from "./favicon.js"
import { offerNotices } from "./notice-offer.js"
import { canPlay, playNotice } from "./sound.js"

/** How long to wait for the claims of other tabs to the same message. */
const CLAIMS_MS = 200
/** A burst of messages sounds once. */
const SOUND_EVERY_MS = 2000
/** Claims to this many messages are kept: a tab without a connection receives claims that it never settles. */
const CLAIMS_MAX = 100

/**
 * What one tab can do about a message or a reaction.
 * @typedef {object} Claim
 * @property {number} me
 * @property {number} message  its id, or the revision of the reaction; both come from one counter
 * @property {string} tab
 * @property {boolean} attending  it shows the chat in a focused window
 * @property {boolean} focused
 * @property {boolean} visible
 * @property {boolean} audible
 * @property {number} used  when it was last focused
 */

export class Notices {
  #signal
  #tab = uuid()
  #channel = openChannel()
  #desktop
  /** Messages up to this revision existed when this page caught up: they are not news. @type {number | null} */
  #baseline = null
  /** The last message of each chat that was considered. @type {Map<number, number>} */
  #told = new Map()
  /** By message: the revision of the last reaction that was considered. @type {Map<number, number>} */
  #reacted = new Map()
  /** The claims of all tabs, by message; null when one has announced it. @type {Map<number, Claim[] | null>} */
  #claims = new Map()
  #used = 0
  #soundedAt = 0

  /** @param {AbortSignal} signal */
  constructor(signal) {
    this.#signal = signal
    this.#desktop = new Desktop(signal)
    const use = () => (this.#used = Date.now())
    window.addEventListener("focus", use, { signal })
    if (isFocused()) use()
    this.#channel?.addEventListener("message", ({ data }) => this.#hearTab(data), { signal })
    signal.addEventListener("abort", () => this.#channel?.close())
    store.watch(store.select.unreadTotal, showBadge, { signal })
    signal.addEventListener("abort", () => showBadge(0))
  }

  /** @param {any} frame of the server, already applied to the state */
  hear(frame) {
    if (this.#signal.aborted) return
    if (frame.type === "reset") this.#baseline = frame.revision
    if (frame.type === "synced") this.#baseline ??= frame.revision
    /** @type {Map<number, any>} */
    const news = new Map()
    /** @type {Map<number, any>} */
    const reactions = new Map()
    for (const row of frame.type === "sync" ? frame.rows : [frame]) {
      if (row.type === "message" && row.changed !== row.id) this.#desktop.change(row)
      if (row.type === "reactions") this.#desktop.changeReactions(row)
      if (row.type === "flags" && row.hidden_at) this.#desktop.forget(row.chat_id, row.message_id)
      if (row.type === "reactions" && this.#isNewReaction(row)) reactions.set(row.chat_id, row)
      if (row.type !== "message" || !this.#isNews(row)) continue
      // Of several messages in a chat, the last one, unless one before mentions me.
      const before = news.get(row.chat_id)
      if (!before || !mentionsMe(store.state, before) || mentionsMe(store.state, row)) news.set(row.chat_id, row)
    }
    for (const message of news.values()) this.#claim(message, () => this.#announcedMessage(message))
    for (const row of reactions.values()) {
      const { chat_id, latest } = row
      if (!news.has(chat_id)) this.#claim({ id: latest.changed, chat_id }, () => this.#announcedReaction(row))
    }
  }

  /** A row of reactions also comes when one was taken back. @param {any} row */
  #isNewReaction({ chat_id, message_id, sender_id, latest }) {
    const { me } = store.state
    if (sender_id !== me || !latest || latest.user_id === me || this.#baseline === null) return false
    if (latest.changed <= (this.#reacted.get(message_id) ?? this.#baseline)) return false
    this.#reacted.set(message_id, latest.changed)
    return !isQuiet(store.state, chat_id)
  }

  /**
   * Events are no news. A message that was edited or deleted arrives again under its old id. One that mentions me is
   * news in a muted chat, too.
   * @param {any} message
   */
  #isNews(message) {
    const { id, chat_id, sender_id, deleted_at, event } = message
    if (event || this.#baseline === null || id <= (this.#told.get(chat_id) ?? this.#baseline)) return false
    this.#told.set(chat_id, id)
    const isHeard = mentionsMe(store.state, message) || !isQuiet(store.state, chat_id)
    return sender_id !== store.state.me && !deleted_at && isHeard
  }

  /**
   * Claims a message or a reaction for this tab, and decides when the claims of the others are here.
   * @param {{ id: number, chat_id: number }} news
   * @param {() => ((sounds: boolean) => void) | null} announced  shows it as it then is; null if it is no news any more
   */
  #claim({ id, chat_id }, announced) {
    if (document.visibilityState === "hidden") offerNotices()
    const attending = isFocused() && store.state.open?.chat_id === chat_id
    const claim = {
      me: store.state.me, message: id, tab: this.#tab, attending, focused: isFocused(),
      visible: document.visibilityState === "visible", audible: canPlay(), used: this.#used,
    }
    this.#channel?.postMessage(claim)
    this.#note(claim)
    setTimeout(() => this.#decide(id, announced), CLAIMS_MS)
  }

  /** The other tab may belong to another user or to another version of the page. @param {any} said */
  #hearTab(said) {
    if (said?.me !== store.state.me || typeof said.message !== "number") return
    if (said.settled) this.#claims.set(said.message, null)
    else this.#note(said)
  }

  /** @param {Claim} claim */
  #note(claim) {
    const claims = this.#claims.get(claim.message)
    if (claims === null) return
    this.#claims.set(claim.message, [...(claims ?? []), claim])
    const [oldest] = this.#claims.keys()
    if (this.#claims.size > CLAIMS_MAX) this.#claims.delete(oldest)
  }

  /**
   * Every tab comes to the same answer. The one that announces tells the others, for tabs that get the message late.
   * @param {number} id @param {() => ((sounds: boolean) => void) | null} announced
   */
  #decide(id, announced) {
    const claims = this.#claims.get(id)
    this.#claims.set(id, null)
    if (this.#signal.aborted || !claims || claims.some((claim) => claim.attending)) return
    const show = announced()
    if (!show) return
    const best = claims.reduce((a, b) => (precedes(b, a) ? b : a))
    if (best.tab !== this.#tab) return
    this.#channel?.postMessage({ me: store.state.me, message: id, settled: true })
    const sounds = this.#sound()
    if (!claims.some((claim) => claim.focused)) show(sounds)
  }

  /** @param {any} message @returns {((sounds: boolean) => void) | null} */
  #announcedMessage(message) {
    if (myMark(store.state, message.chat_id).read_seq >= message.seq || isHidden(store.state, message)) return null
    // It may have been edited or deleted meanwhile.
    const now = messageById(store.state, message.chat_id, message.id) ?? message
    return now.deleted_at ? null : (sounds) => this.#desktop.show(now, sounds)
  }

  /** @param {any} row @returns {((sounds: boolean) => void) | null} */
  #announcedReaction({ chat_id, message_id, latest }) {
    const { state } = store
    const now = state.reactions[chat_id]?.[message_id]?.all?.latest
    // It may have been changed or taken back meanwhile, or its message may be gone.
    if (now?.changed !== latest.changed || isGone(state, chat_id, message_id)) return null
    if (isHidden(state, { chat_id, id: message_id })) return null
    return (sounds) => this.#desktop.showReaction(chat_id, { ...latest, message_id }, sounds)
  }

  /** @returns {boolean} whether this message got its sound or needs none */
  #sound() {
    if (!settings.get("sounds")) return true
    if (Date.now() - this.#soundedAt < SOUND_EVERY_MS) return true
    if (!canPlay()) return false
    this.#soundedAt = Date.now()
    playNotice()
    return true
  }
}

/**
 * The focused tab precedes others, then one that can play sounds, then a visible one, then the one used last.
 * @param {Claim} a @param {Claim} b
 */
function precedes(a, b) {
  const keys = /** @type {const} */ (["focused", "audible", "visible", "used"])
  const key = keys.find((key) => a[key] !== b[key])
  return key ? a[key] > b[key] : a.tab < b.tab
}

function isFocused() {
  return document.visibilityState === "visible" && document.hasFocus()
}

/** Without it, every tab announces messages; notifications of one chat still replace each other. */
function openChannel() {
  return "BroadcastChannel" in window ? new BroadcastChannel("chaap.notices") : null
}
