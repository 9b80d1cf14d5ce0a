// @ts-check
/** A line above the list that offers to install the page as an app, or says how to do it. install.js decides when. */
import { make, sprite } from "../lib/make.js"
import { settings } from "../lib/settings.js"
import { texts } from "../lib/texts.js"
import { askToInstall, installWay, installation } from "./install.js"

export function showInstallOffer() {
  /** @type {InstallOffer | null} */ (document.querySelector("install-offer"))?.show()
}

class InstallOffer extends HTMLElement {
  #life = new AbortController()

  disconnectedCallback() {
    this.#life.abort()
  }

  show() {
    const way = installWay()
    if (!way || !this.hasAttribute("hidden")) return
    this.#life = new AbortController()
    const { signal } = this.#life
    const words = way === "ask" ? texts.offerInstall : texts.installByShare
    const yes = make("button", { class: "link-button", type: "button", "data-test": "install-yes" }, [texts.install])
    const close = make("button", {
      class: "icon-button offer__close", type: "button", "aria-label": texts.close, "data-test": "install-close",
    }, [sprite("close")])
    yes.addEventListener("click", () => askToInstall(), { signal })
    close.addEventListener("click", () => this.#refuse(), { signal })
    installation.addEventListener("change", () => installWay() || this.#remove(), { signal })
    let isOffered = settings.get("offerInstall")
    // An answer in another tab counts here too; after a "no", the menu still shows the line.
    settings.watch("offerInstall", (on) => {
      if (isOffered && !on) this.#remove()
      isOffered = on
    }, { signal })
    const parts = [make("span", { class: "offer__words" }, [words]), ...(way === "ask" ? [yes] : []), close]
    this.replaceChildren(make("div", { class: "offer__line" }, parts))
    this.toggleAttribute("hidden", false)
  }

  #refuse() {
    settings.set("offerInstall", false)
    this.#remove()
  }

  #remove() {
    const held = this.contains(document.activeElement)
    this.#life.abort()
    this.toggleAttribute("hidden", true)
    this.replaceChildren()
    if (held) /** @type {HTMLElement | null} */ (this.parentElement?.querySelector("[data-part=filter]"))?.focus()
  }
}

customElements.define("install-offer", InstallOffer)
