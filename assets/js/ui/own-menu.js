// @ts-check
/**
 * The person's own menu: who am I, my notes, settings, sign out.
 * Keyboard: Enter or Down opens it on its first item, Up and Down move, Esc closes and returns to the button.
 */
import { emit, parts, setText } from "../lib/dom.js"
import { printRoute } from "../lib/route.js"
import { texts } from "../lib/texts.js"
import { pendingMessages } from "../state/queue.js"
import { chatWith, nameOf } from "../state/select.js"
import { store } from "../state/store.js"
import { showAvatar } from "./avatar.js"

class OwnMenu extends HTMLElement {
  #life = new AbortController()
  /** @type {import("../lib/dom.js").Parts} */
  #parts = {}

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    this.#parts = parts(this)
    const { button, avatar, name, signOut, settings, notes } = this.#parts
    button.addEventListener("click", () => this.#toggle(this.#parts.sheet.hidden), { signal })
    signOut.addEventListener("click", () => this.#signOut(), { signal })
    notes.addEventListener("click", () => this.#toggle(false), { signal })
    settings.addEventListener("click", () => {
      this.#toggle(false)
      emit(this, "open-settings")
    }, { signal })
    this.addEventListener("keydown", (event) => this.#key(event), { signal })
    this.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.contains(/** @type {Node} */ (event.relatedTarget))) this.#toggle(false)
    }, { signal })
    document.addEventListener("pointerdown", (event) => {
      if (!this.contains(/** @type {Node} */ (event.target))) this.#toggle(false)
    }, { signal })
    store.watch((state) => state.users[state.me], (user) => {
      if (user) showAvatar(avatar, user.id, nameOf(store.state, user.id), user)
      setText(name, nameOf(store.state, store.state.me))
    }, { signal })
  }

  disconnectedCallback() {
    this.#life.abort()
  }

  /** What has not been sent is only here and goes with the sign-in: that is asked first. */
  async #signOut() {
    const unsent = pendingMessages(store.state).length
    if (unsent === 0 || (await this.#losesUnsent(unsent))) emit(this, "sign-out")
    // The dialog took the focus out of the menu, which closed.
    else this.#parts.button.focus()
  }

  /** @param {number} unsent @returns {Promise<boolean>} */
  async #losesUnsent(unsent) {
    const title = texts.unsentTitle(unsent)
    const module = await import("../lazy/confirm.js").catch(() => null)
    return module ? module.confirmed(this.parentElement ?? this, { title, words: texts.unsentWords, yes: texts.signOut }) : confirm(title)
  }

  /** @param {boolean} open */
  #toggle(open) {
    const { button, sheet, notes } = this.#parts
    if (sheet.hidden === !open) return
    sheet.hidden = !open
    button.setAttribute("aria-expanded", String(open))
    if (!open) return
    const { state } = store
    notes.setAttribute("href", printRoute({ chat_id: chatWith(state, state.me)?.id, user_id: state.me }))
    notes.focus()
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { button, sheet, notes, settings, signOut } = this.#parts
    const items = [notes, settings, signOut]
    const at = items.indexOf(document.activeElement)
    if (event.key === "Escape" && !sheet.hidden) {
      event.stopPropagation()
      this.#toggle(false)
      button.focus()
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      if (sheet.hidden) this.#toggle(true)
      else items.at((at + (event.key === "ArrowDown" ? 1 : -1)) % items.length)?.focus()
    }
  }
}

customElements.define("own-menu", OwnMenu)
