// @ts-check
/**
 * A line above the list that offers desktop notifications. It appears when the first message arrives while the page is
 * hidden, so that nothing moves while somebody looks at it. After a "no" it never appears again.
 */
import { clone } from "../lib/dom.js"
import { settings } from "../lib/settings.js"
import { askPermission, permission, watchPermission } from "./permission.js"

/** Shows the line, if notifications can be offered. */
export function offerNotices() {
  /** @type {NoticeOffer | null} */ (document.querySelector("notice-offer"))?.show()
}

class NoticeOffer extends HTMLElement {
  #life = new AbortController()

  disconnectedCallback() {
    this.#life.abort()
  }

  show() {
    if (!this.hasAttribute("hidden") || !this.#possible()) return
    this.#life = new AbortController()
    const { signal } = this.#life
    const { root, turnOn, close } = clone("notice-offer")
    turnOn.addEventListener("click", () => this.#turnOn(), { signal })
    close.addEventListener("click", () => this.#refuse(), { signal })
    settings.addEventListener("change", () => this.#check(), { signal })
    watchPermission(() => this.#check(), signal)
    this.replaceChildren(root)
    this.toggleAttribute("hidden", false)
  }

  #possible() {
    return settings.get("offer") && permission() === "open"
  }

  async #turnOn() {
    if ((await askPermission()) === "granted") settings.set("notifications", true)
    this.#check()
  }

  #refuse() {
    settings.set("offer", false)
    this.#check()
  }

  /** Removes the line after an answer: here, in the settings, in another tab or in the browser. */
  #check() {
    if (this.#possible()) return
    const held = this.contains(document.activeElement)
    this.#life.abort()
    this.toggleAttribute("hidden", true)
    this.replaceChildren()
    if (held) /** @type {HTMLElement | null} */ (this.parentElement?.querySelector("[data-part=filter]"))?.focus()
  }
}

customElements.define("notice-offer", NoticeOffer)
