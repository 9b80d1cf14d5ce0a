// @ts-check
/**
 * The invite card: an address that others can open, its QR code, and ways to pass it on. If there are several
 * addresses, the person chooses one. The card is in the empty list, or in a dialog from the own menu. The server draws
 * the code, and only for addresses of its own.
 */
import { copyText } from "../lib/copy.js"
import { closeButton, openDialog } from "../lib/dialog.js"
import { loadStyle } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { ApiError } from "../net/api.js"
import { listAddresses, loadCode } from "./addresses.js"
import { borderOf } from "./border.js"

class InviteCard extends HTMLElement {
  #life = new AbortController()
  #code = make("img", { class: "invite__code", alt: texts.inviteCode, "data-test": "invite-code" })
  #address = make("bdi", { class: "invite__address", "data-test": "invite-address" })
  #choice = make("select", { class: "invite__select", "aria-label": texts.otherAddress, "data-test": "invite-select" })
  #others = make("span", { class: "invite__others", hidden: true }, [sprite("down"), this.#choice])
  #note = make("p", { class: "invite__note", "data-test": "invite-note", hidden: true })

  connectedCallback() {
    this.#life = new AbortController()
    const { signal } = this.#life
    const copy = make("button", { class: "button invite__copy", type: "button", "data-test": "invite-copy" }, [
      sprite("copy"), texts.copy,
    ])
    const print = make("button", { class: "button button--quiet", type: "button", "data-test": "invite-print" }, [
      texts.printCard,
    ])
    const share = make("button", { class: "button button--quiet", type: "button" }, [texts.share])
    copy.addEventListener("click", () => this.#copy(), { signal })
    print.addEventListener("click", () => this.#print(), { signal })
    share.addEventListener("click", () => this.#share(), { signal })
    this.#choice.addEventListener("change", () => this.#show(this.#choice.value, signal), { signal })
    this.replaceChildren(
      this.#code,
      make("h2", { class: "invite__title" }, [texts.invitePeople]),
      make("p", { class: "invite__words" }, [texts.inviteWords]),
      make("div", { class: "invite__line" }, [this.#address, this.#others]),
      make("div", { class: "invite__ways" }, "share" in navigator ? [copy, share, print] : [copy, print]),
      this.#note,
    )
    borderOf(this, signal)
    this.#fill(signal)
  }

  disconnectedCallback() {
    this.#life.abort()
    URL.revokeObjectURL(this.#code.src)
  }

  /** @param {AbortSignal} signal */
  async #fill(signal) {
    try {
      const addresses = await listAddresses()
      if (signal.aborted) return
      this.#choice.replaceChildren(...addresses.map((address) => new Option(address)))
      this.#others.hidden = addresses.length < 2
      await this.#show(addresses[0] ?? "", signal)
    } catch (error) {
      this.#failed(error, signal)
    }
  }

  /** @param {string} address "" if others cannot reach this server @param {AbortSignal} signal */
  async #show(address, signal) {
    const shown = address || location.origin
    this.#address.textContent = shown
    this.#say(address ? (address.startsWith("https:") ? "" : texts.desktopInsecure) : texts.inviteOnlyHere)
    try {
      const code = await loadCode(`/api/invite.svg?address=${encodeURIComponent(shown)}`)
      if (signal.aborted || this.#address.textContent !== shown) URL.revokeObjectURL(code)
      else this.#draw(code)
    } catch (error) {
      // The code of another address must not stay beside this one.
      if (this.#address.textContent === shown) this.#draw("")
      this.#failed(error, signal)
    }
  }

  /** @param {string} code the address of the picture; "" for none */
  #draw(code) {
    URL.revokeObjectURL(this.#code.src)
    if (code) this.#code.src = code
    else this.#code.removeAttribute("src")
  }

  /** @param {unknown} error @param {AbortSignal} signal */
  #failed(error, signal) {
    if (!(error instanceof ApiError || error instanceof TypeError)) throw error
    if (!signal.aborted) this.#say(texts.unreachable)
  }

  /** @param {string} words */
  #say(words) {
    this.#note.textContent = words
    this.#note.hidden = !words
  }

  async #copy() {
    toast((await copyText(this.#address.textContent ?? "")) ? texts.copied : texts.copyFailed)
  }

  async #share() {
    // Closing the share sheet of the system is not an error.
    await navigator.share({ title: "Chaap", url: this.#address.textContent ?? "" }).catch(() => {})
  }

  /** Paper gets a card of its own: a copy beside the page, which the style sheet hides meanwhile. */
  #print() {
    const copies = [...this.childNodes].map((node) => node.cloneNode(true))
    const paper = make("div", { class: "invite invite--paper" }, copies)
    document.body.append(paper)
    document.documentElement.dataset.paper = "invite"
    window.addEventListener("afterprint", () => {
      paper.remove()
      delete document.documentElement.dataset.paper
    }, { once: true })
    window.print()
  }
}

customElements.define("invite-card", InviteCard)

/** @param {HTMLElement} place the empty list */
export async function showInvite(place) {
  await loadStyle("invite")
  // Meanwhile somebody may have joined.
  if (place.hidden || place.querySelector("invite-card")) return
  place.replaceChildren(make("invite-card", { class: "invite" }))
}

/** @param {HTMLElement} opener */
export async function openInvite(opener) {
  await loadStyle("invite")
  const box = make("dialog", {
    class: "dialog invite-dialog", "aria-label": texts.invitePeople, "data-test": "invite-dialog",
  }, [
    closeButton("invite-close"), make("invite-card", { class: "invite" }),
  ])
  openDialog(box, opener)
}
