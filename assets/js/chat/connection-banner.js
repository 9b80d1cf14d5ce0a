// @ts-check
/**
 * Says that the page is not connected, and that nothing is lost.
 * A short break needs no message, so the banner waits before it shows. It lies over the page, so nothing moves.
 */
import { emit, parts, setText } from "../lib/dom.js"
import { texts } from "../lib/texts.js"
import { store } from "../state/store.js"

/** A reconnect on a good line takes a few hundred milliseconds; only longer breaks show. */
const PATIENCE_MS = 900

class ConnectionBanner extends HTMLElement {
  #life = new AbortController()
  #patience = 0
  /** True from the first failure to the next connection: attempts in between do not change the text. */
  #broken = false
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
  }

  disconnectedCallback() {
    this.#life.abort()
    this.#rest()
  }

  #changed() {
    const { status } = store.state.connection
    this.#broken = status === "offline" || (this.#broken && status !== "online")
    if (status === "online") {
      this.#rest()
      this.toggleAttribute("hidden", true)
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
    const { words, spoken, again } = this.#parts
    const offline = navigator.onLine === false
    const { refused } = store.state.connection
    const broken = refused ? texts.originRefused(location.origin) : texts.noConnection
    const line = offline ? texts.deviceOffline : this.#broken ? broken : texts.connecting
    setText(words, line)
    // Separate from the visible text, so that screen readers read it once and not with every attempt.
    if (!this.hasAttribute("hidden")) setText(spoken, line)
    again.hidden = !this.#broken || offline
  }
}

customElements.define("connection-banner", ConnectionBanner)
