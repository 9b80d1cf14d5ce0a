// @ts-check
/**
 * The invite link of a group, for its admins: a dialog that shows it as text and QR code, passes it on, renews it and
 * switches it off. It begins with an address of this server that others can open (invite/addresses.js).
 * Another admin may change the link meanwhile, of which the server sends nothing. So the dialog asks for it again when
 * one comes back to the page, and before it passes the link on.
 */
import { confirmed } from "../lib/confirm.js"
import { copyText } from "../lib/copy.js"
import { closeButton, openDialog } from "../lib/dialog.js"
import { loadStyle } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { readToken } from "../lib/token.js"
import { borderOf } from "../invite/border.js"
import { listAddresses, loadCode } from "../invite/addresses.js"
import { request } from "../net/api.js"
import { wordsFor } from "../settings/profile-api.js"
import { store } from "../state/store.js"

await Promise.all(["invite", "join"].map(loadStyle))

/** @param {string} method @param {number} chat @returns {Promise<{ token?: string | null }>} */
const ask = (method, chat) => request(method, `/api/chats/${chat}/invite`, { token: readToken() ?? "" })

class GroupInvite extends HTMLElement {
  chat = 0
  #life = new AbortController()
  /** Addresses for others; empty if others cannot reach this server. @type {string[]} */
  #addresses = []
  #token = ""
  #busy = false
  /** Whether there still is a link, while the server is asked. @type {Promise<boolean> | null} */
  #asking = null
  #code = make("img", { class: "invite__code", alt: texts.inviteCode, "data-test": "group-invite-code" })
  #link = make("bdi", { class: "invite__address", dir: "ltr", "data-test": "group-invite-link" })
  #choice = make("select", {
    class: "invite__select", "aria-label": texts.otherAddress, "data-test": "group-invite-select",
  })
  #others = make("span", { class: "invite__others", hidden: true }, [sprite("down"), this.#choice])
  #note = make("p", { class: "invite__note", role: "status", "data-test": "group-invite-note", hidden: true })
  #body = make("div", { class: "invite__body" })

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    this.#choice.addEventListener("change", () => this.#draw(), { signal })
    window.addEventListener("focus", () => this.#look(), { signal })
    document.addEventListener("visibilitychange", () => document.hidden || this.#look(), { signal })
    this.replaceChildren(this.#body, this.#note)
    borderOf(this, signal)
    this.#load()
  }

  disconnectedCallback() {
    this.#life.abort()
    URL.revokeObjectURL(this.#code.src)
  }

  async #load() {
    const { signal } = this.#life
    this.#body.setAttribute("aria-busy", "true")
    try {
      const [addresses, { token }] = await Promise.all([listAddresses(), ask("GET", this.chat)])
      if (signal.aborted) return
      this.#addresses = addresses
      this.#choice.replaceChildren(...addresses.map((address) => new Option(address)))
      this.#others.hidden = addresses.length < 2
      this.#token = token ?? ""
      this.#fill()
    } catch (error) {
      if (!signal.aborted) this.#failed(error)
    }
    this.#body.removeAttribute("aria-busy")
  }

  /** Lays out what there is: the link, or the way to make one. */
  #fill() {
    const title = make("h2", { class: "invite__title", id: "group-invite-title" }, [texts.inviteLink])
    const group = make("bdi", {}, [store.state.chats[this.chat]?.title ?? ""])
    const about = make("p", { class: "invite__words" }, this.#token ? [group, make("br"), texts.inviteLinkWords]
      : [group, make("br"), texts.inviteOff])
    if (!this.#token) {
      const start = button("button invite__start", texts.makeInvite, "make-invite", () => this.#renew())
      this.#body.replaceChildren(title, about, start)
      this.#say("")
      return
    }
    const ways = [button("button invite__copy", texts.copy, "copy-invite", () => this.#copy(), "copy")]
    if ("share" in navigator) {
      ways.push(button("button button--quiet", texts.share, "share-invite", () => this.#share()))
    }
    this.#body.replaceChildren(
      this.#code, title, about,
      make("div", { class: "invite__line" }, [this.#link, this.#others]),
      make("div", { class: "invite__ways" }, ways),
      make("div", { class: "invite__ways" }, [
        button("button button--quiet", texts.renewInvite, "renew-invite", (opener) => this.#askToRenew(opener)),
        button("button button--quiet invite__end", texts.endInvite, "end-invite", (opener) => this.#askToEnd(opener)),
      ]),
    )
    this.#draw()
  }

  /** Shows the link with the chosen address. */
  async #draw() {
    const { signal } = this.#life
    const [token, address] = [this.#token, this.#choice.value || location.origin]
    const link = `${address}/#/join/${token}`
    this.#link.textContent = link
    this.#say(this.#addresses.length > 0 ? "" : texts.inviteOnlyHere)
    try {
      const code = await loadCode(`/api/chats/${this.chat}/invite.svg?address=${encodeURIComponent(address)}`)
      if (signal.aborted || this.#link.textContent !== link) URL.revokeObjectURL(code)
      else this.#show(code)
    } catch {
      // The code of another link must not stay beside this one.
      if (this.#link.textContent !== link || signal.aborted) return
      this.#show("")
      this.#say(texts.unreachable)
    }
  }

  /** @param {string} code the address of the picture; "" for none */
  #show(code) {
    URL.revokeObjectURL(this.#code.src)
    if (code) this.#code.src = code
    else this.#code.removeAttribute("src")
  }

  /** @param {HTMLElement} opener */
  async #askToRenew(opener) {
    const question = { title: texts.renewInviteTitle, words: texts.renewInviteWords, yes: texts.renewInvite }
    if (await confirmed(opener, question)) await this.#renew()
  }

  /** @param {HTMLElement} opener */
  async #askToEnd(opener) {
    const question = { title: texts.endInviteTitle, words: texts.endInviteWords, yes: texts.endInvite }
    if (await confirmed(opener, question)) await this.#change("DELETE")
  }

  #renew() {
    return this.#change("POST")
  }

  /** @param {string} method */
  async #change(method) {
    if (this.#busy) return
    this.#busy = true
    const { signal } = this.#life
    try {
      const { token } = await ask(method, this.chat)
      if (signal.aborted) return
      this.#take(token ?? "")
    } catch (error) {
      if (!signal.aborted) this.#failed(error)
    } finally {
      this.#busy = false
    }
  }

  /** @param {string} token of another link; "" for none */
  #take(token) {
    // A code that is still on its way belongs to the old link.
    this.#show("")
    this.#token = token
    this.#fill()
    // The button that was pressed is gone.
    if (document.activeElement === document.body) this.#body.querySelector("button")?.focus({ preventScroll: true })
  }

  /** Shows the link as it is now, as far as it can be known. */
  #look() {
    if (this.#body.hasAttribute("aria-busy")) return
    if (this.#body.childElementCount === 0) this.#load()
    else this.#askAgain().catch(() => {})
  }

  #askAgain() {
    this.#asking ??= this.#isLink().finally(() => (this.#asking = null))
    return this.#asking
  }

  async #isLink() {
    const before = this.#token
    const { token } = await ask("GET", this.chat)
    if (this.#life.signal.aborted || this.#busy) return false
    // A link that was renewed here meanwhile is newer than the answer.
    if (this.#token === before && (token ?? "") !== before) this.#take(token ?? "")
    return this.#token !== ""
  }

  /** Whether the link that is shown can be passed on. */
  async #isValid() {
    try {
      return await this.#askAgain()
    } catch (error) {
      toast(wordsFor(error))
      return false
    }
  }

  async #copy() {
    if (!(await this.#isValid())) return
    toast((await copyText(this.#link.textContent ?? "")) ? texts.copied : texts.copyFailed)
  }

  async #share() {
    if (!(await this.#isValid())) return
    const title = store.state.chats[this.chat]?.title ?? ""
    // Closing the share sheet of the system is not an error.
    await navigator.share({ title, url: this.#link.textContent ?? "" }).catch(() => {})
  }

  /** @param {unknown} error */
  #failed(error) {
    this.#say(wordsFor(error))
  }

  /** @param {string} words */
  #say(words) {
    this.#note.textContent = words
    this.#note.hidden = !words
  }
}

customElements.define("group-invite", GroupInvite)

/**
 * @param {string} style @param {string} words @param {string} test @param {(self: HTMLElement) => void} act
 * @param {string} [icon]
 */
function button(style, words, test, act, icon) {
  const content = icon ? [sprite(icon), words] : [words]
  const self = make("button", { class: style, type: "button", "data-test": test }, content)
  self.addEventListener("click", () => act(self))
  return self
}

/** @param {number} chat @param {HTMLElement} opener */
export function openGroupInvite(chat, opener) {
  const card = make("group-invite", { class: "invite" })
  card.chat = chat
  const box = make("dialog", {
    class: "dialog invite-dialog", "aria-label": texts.inviteLink, "data-test": "group-invite",
  }, [closeButton("group-invite-close"), card])
  openDialog(box, opener)
}
