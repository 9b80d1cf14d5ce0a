// @ts-check
/**
 * One quiet line above the list: whether to be told of messages on the desktop. It appears when the first message has
 * come in while the page was hidden (so that nothing moves under anybody's eyes), and after a "no" never again.
 */
import { clone } from "../lib/dom.js"
import { settings } from "../lib/settings.js"
import { askPermission, permission, watchPermission } from "./permission.js"

/** Shows the line where it belongs, if there is anything to offer. */
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

  /** Answered here, in the settings, in another tab or in the browser: the line has done its work. */
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
