// @ts-check
/**
 * The invite link of a group, for its admins: a dialog that shows it as text and QR code, passes it on, renews it and
 * switches it off. It begins with an address of this server that others can open (invite/addresses.js).
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
      // A code that is still on its way belongs to the old link.
      this.#show("")
      this.#token = token ?? ""
      this.#fill()
      // The button that was pressed is gone.
      if (!this.contains(document.activeElement)) this.#body.querySelector("button")?.focus({ preventScroll: true })
    } catch (error) {
      if (!signal.aborted) this.#failed(error)
    } finally {
      this.#busy = false
    }
  }

  async #copy() {
    toast((await copyText(this.#link.textContent ?? "")) ? texts.copied : texts.copyFailed)
  }

  async #share() {
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
