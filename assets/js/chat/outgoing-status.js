// @ts-check
/**
 * Says above the composer how many messages of the open chat are not on the server yet. Most are after a moment, so it
 * shows only what has waited longer, or what waits for a connection.
 */
import { parts, setText } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { texts } from "../lib/texts.js"
import { pendingHere } from "../state/messages.js"
import { store } from "../state/store.js"

/** A message on a good line takes a tenth of this. */
const PATIENCE_MS = 1000

class OutgoingStatus extends HTMLElement {
  #life = new AbortController()
  #timer = 0

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    store.watch((state) => state.pending, () => this.#show(), { signal })
    store.watch((state) => state.open, () => this.#show(), { signal })
    store.watch((state) => state.steady, () => this.#show(), { signal })
  }

  disconnectedCallback() {
    this.#life.abort()
    clearTimeout(this.#timer)
  }

  #show() {
    clearTimeout(this.#timer)
    const { words, spoken } = parts(this)
    const waiting = pendingHere(store.state).filter(({ status }) => status === "pending")
    const { steady } = store.state
    const left = waiting.length > 0 ? waiting[0].at + PATIENCE_MS - Date.now() : 0
    const isShown = waiting.length > 0 && (!steady || left <= 0)
    if (waiting.length > 0 && !isShown) this.#timer = setTimeout(() => this.#show(), left)
    const line = isShown ? (steady ? texts.onTheirWay : texts.awaitConnection)(waiting.length) : ""
    setText(words, line)
    // It is spoken when it shows, and not with every message that arrives.
    if (this.hidden || !isShown) setText(spoken, line)
    this.hidden = !isShown
  }
}

await loadStyle("messages-life")
customElements.define("outgoing-status", OutgoingStatus)
