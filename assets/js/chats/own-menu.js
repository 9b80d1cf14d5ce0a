// @ts-check
/**
 * The menu of the signed-in person: their name, notes to self, starred messages, new group, settings, install, the list
 * of keys, sign out. Beside it is a button for a new group.
 * Keyboard: Enter or Down opens it on its first item, Up and Down move, Esc closes it and returns to the button.
 */
import { emit, parts, setText } from "../lib/dom.js"
import { loaded } from "../lib/load.js"
import { printRoute } from "../lib/route.js"
import { texts } from "../lib/texts.js"
import { showAvatar } from "../people/avatar.js"
import { chatWith, nameOf } from "../state/peers.js"
import { store } from "../state/store.js"
import { install, installWay } from "../install/install.js"
import { openKeys } from "../keys/attach-keys.js"

class OwnMenu extends HTMLElement {
  #life = new AbortController()
  /** @type {import("../lib/dom.js").Parts} */
  #parts = {}

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    this.#parts = parts(this)
    const { button, sheet, avatar, name, signOut, settings, keys, notes, invite, install: app } = this.#parts
    const open = async () => {
      const module = await loaded(import("../lib/menu.js"))
      notes.setAttribute("href", notesRoute())
      keys.hidden = matchMedia("(pointer: coarse)").matches
      app.hidden = !installWay()
      module?.openMenu(sheet, { opener: button })
    }
    button.addEventListener("click", open, { signal })
    button.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return
      event.preventDefault()
      open()
    }, { signal })
    invite.addEventListener("click", async () => {
      const module = await loaded(import("../invite/invite-card.js"))
      module?.openInvite(button)
    }, { signal })
    const { group, newGroup, starred } = this.#parts
    group.addEventListener("click", () => makeGroup(group), { signal })
    newGroup.addEventListener("click", () => makeGroup(button), { signal })
    starred.addEventListener("click", async () => {
      const module = await loaded(import("../chat/starred-panel.js"))
      module?.openStarred(button)
    }, { signal })
    signOut.addEventListener("click", () => this.#signOut(), { signal })
    settings.addEventListener("click", () => emit(this, "open-settings"), { signal })
    app.addEventListener("click", () => install(), { signal })
    keys.addEventListener("click", () => openKeys(button), { signal })
    store.watch((state) => state.users[state.me], (user) => {
      if (user) showAvatar(avatar, user.id, nameOf(store.state, user.id), user)
      setText(name, nameOf(store.state, store.state.me))
    }, { signal })
  }

  disconnectedCallback() {
    this.#life.abort()
  }

  /** Messages that were not sent are only on this device and go with the sign-out, so it asks first. */
  async #signOut() {
    const unsent = store.state.pending.length
    if (unsent === 0 || (await this.#losesUnsent(unsent))) emit(this, "sign-out")
  }

  /** @param {number} unsent @returns {Promise<boolean>} */
  async #losesUnsent(unsent) {
    const title = texts.unsentTitle(unsent)
    const module = await loaded(import("../lib/confirm.js"), "")
    if (!module) return confirm(title)
    return module.confirmed(this.#parts.button, { title, words: texts.unsentWords, yes: texts.signOut })
  }
}

/** @param {HTMLElement} opener */
async function makeGroup(opener) {
  const module = await loaded(import("../groups/new-group.js"))
  module?.openNewGroup(opener)
}

function notesRoute() {
  const { state } = store
  return printRoute({ chat_id: chatWith(state, state.me)?.id, user_id: state.me })
}

customElements.define("own-menu", OwnMenu)
