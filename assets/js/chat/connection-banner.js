// @ts-check
/**
 * Says that the page is not connected or must send more slowly, and whether unsent messages are saved. It says
 * "saved" only if this browser saves them.
 * A short break needs no message, so the banner waits before it shows. It lies over the page, so nothing moves.
 */
import { emit, parts, setText } from "../lib/dom.js"
import { failures, texts } from "../lib/texts.js"
import { store } from "../state/store.js"

/** A reconnect on a good line takes a few hundred milliseconds; only longer breaks show. */
const PATIENCE_MS = 900

class ConnectionBanner extends HTMLElement {
  #life = new AbortController()
  #patience = 0
  /** True from the first failure to the next connection: attempts in between do not change the text. */
  #broken = false
  #countdown = 0
  /** @type {import("../lib/dom.js").Parts} */
  #parts = {}

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    this.#parts = parts(this)
    this.#parts.again.addEventListener("click", () => emit(this, "reconnect-now"), { signal })
    window.addEventListener("offline", () => this.#show(), { signal })
    window.addEventListener("online", () => this.#say(), { signal })
    store.watch((state) => state.connection, () => this.#changed(), { signal })
    store.watch((state) => state.saves, () => this.#say(), { signal })
    store.watch((state) => state.refused, () => this.#say(), { signal })
    store.watch((state) => state.held, () => this.#count(), { signal })
  }

  disconnectedCallback() {
    this.#life.abort()
    this.#rest()
    clearTimeout(this.#countdown)
  }

  #changed() {
    const { status } = store.state.connection
    this.#broken = status === "offline" || (this.#broken && status !== "online")
    if (status === "online") {
      this.#rest()
      this.#count()
    } else if (!this.hasAttribute("hidden")) this.#show()
    else if (!this.#patience) this.#patience = setTimeout(() => this.#show(), PATIENCE_MS)
  }

  #rest() {
    clearTimeout(this.#patience)
    this.#patience = 0
  }

  #show() {
    if (store.state.connection.status === "online") return
    this.toggleAttribute("hidden", false)
    this.#say()
  }

  #say() {
    if (store.state.connection.status === "online") return
    const { words, spoken, again } = this.#parts
    const offline = navigator.onLine === false
    const line = this.#line(offline)
    setText(words, line)
    // Separate from the visible text, so that screen readers read it once and not with every attempt.
    if (!this.hasAttribute("hidden")) setText(spoken, line)
    again.hidden = !this.#broken || offline
  }

  /** @param {boolean} offline */
  #line(offline) {
    const { saves, refused } = store.state
    if (!offline && !this.#broken) return texts.connecting
    if (!offline && refused === "foreign_origin") return texts.originRefused(location.origin)
    if (!offline && failures.has(refused)) return failures.get(refused) ?? ""
    if (!saves) return texts.notSavedHere
    return offline ? texts.deviceOffline : texts.noConnection
  }

  /** Shows for how many seconds the server takes no messages. The number changes each second; it is spoken once. */
  #count() {
    clearTimeout(this.#countdown)
    const { connection, held } = store.state
    if (connection.status !== "online") return
    const seconds = Math.ceil((held - Date.now()) / 1000)
    const { words, spoken, again } = this.#parts
    if (seconds > 0) {
      if (this.hasAttribute("hidden")) setText(spoken, texts.sendingPaused(seconds))
      setText(words, texts.sendingPaused(seconds))
      again.hidden = true
      this.#countdown = setTimeout(() => this.#count(), 1000)
    }
    this.toggleAttribute("hidden", seconds <= 0)
  }
}

customElements.define("connection-banner", ConnectionBanner)
