// @ts-check
/**
 * Says in words that the page is not connected, and when it tries again.
 * A short break is not worth a word: the banner waits a moment before it shows. It lies over the page, so nothing moves.
 */
import { emit, parts, setText } from "../lib/dom.js"
import { texts } from "../lib/texts.js"
import { store } from "../state/store.js"

/** A reconnect on a good line takes a few hundred milliseconds; only what lasts longer is shown. */
const PATIENCE_MS = 900

class ConnectionBanner extends HTMLElement {
  #life = new AbortController()
  #patience = 0
  #countdown = 0
  /** @type {import("../lib/dom.js").Parts} */
  #parts = {}

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    this.#parts = parts(this)
    this.#parts.again.addEventListener("click", () => emit(this, "reconnect-now"), { signal })
    window.addEventListener("offline", () => this.#show(), { signal })
    store.watch((state) => state.connection, () => this.#changed(), { signal })
  }

  disconnectedCallback() {
    this.#life.abort()
    this.#rest()
  }

  #changed() {
    const { status } = store.state.connection
    if (status === "online") {
      this.#rest()
      this.toggleAttribute("hidden", true)
    } else if (!this.hasAttribute("hidden")) this.#show()
    else if (!this.#patience) this.#patience = setTimeout(() => this.#show(), PATIENCE_MS)
  }

  #rest() {
    clearTimeout(this.#patience)
    clearInterval(this.#countdown)
    this.#patience = 0
    this.#countdown = 0
  }

  #show() {
    if (store.state.connection.status === "online") return
    this.toggleAttribute("hidden", false)
    if (!this.#countdown) this.#countdown = setInterval(() => this.#say(), 500)
    this.#say()
  }

  #say() {
    const { words, spoken, again } = this.#parts
    const { status, retry_at } = store.state.connection
    const seconds = Math.max(1, Math.ceil((retry_at - Date.now()) / 1000))
    const offline = navigator.onLine === false
    const waiting = status === "offline" && !offline
    setText(words, offline ? texts.deviceOffline : waiting ? texts.noConnectionFor(seconds) : texts.connecting)
    // The count would be read out every second; those who listen hear the state only.
    setText(spoken, offline ? texts.deviceOffline : waiting ? texts.noConnection : texts.connecting)
    again.hidden = !waiting || seconds < 3
  }
}

customElements.define("connection-banner", ConnectionBanner)
