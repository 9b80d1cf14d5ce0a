// @ts-check
/**
 * The bar in the place of the composer while messages are selected: how many, and what can be done with all of them.
 * The composer stays behind it with its height, so that no message moves.
 */
import { copyText } from "../lib/copy.js"
import { nextFrame, setLine, setText, showIcon } from "../lib/dom.js"
import { loaded } from "../lib/load.js"
import { number } from "../lib/locale.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { isStarred, mayStar } from "../state/flags.js"
import { mayForward } from "../state/forwarding.js"
import { store } from "../state/store.js"
import { copiedText } from "./copied-text.js"

/** @typedef {import("../state/model.js").Message} Message */

/** Each of them is a request of its own. */
const AT_ONCE_MAX = 100
/** Says to screen readers that a message is selected. */
export const SELECTED_ID = "message-selected"

export class SelectionBar {
  root
  #count = make("p", { class: "selection__count", role: "status", "data-test": "selection-count" })
  #copy = button("copy", texts.copy, "selection-copy")
  #star = button("star", texts.star, "selection-star")
  #forward = button("forward", texts.forward, "selection-forward")
  #delete = button("trash", texts.deleteMessage, "selection-delete")
  #close
  #end
  /** @type {Message[]} */
  #messages = []

  /** @param {() => void} end ends the selection */
  constructor(end) {
    this.#end = end
    this.#close = make("button", {
      class: "icon-button", type: "button", "aria-label": texts.endSelection, "data-test": "selection-close",
    }, [sprite("close")])
    const word = make("span", { id: SELECTED_ID, hidden: true }, [texts.selected(1)])
    this.root = make("div", {
      class: "selection", role: "group", "aria-label": texts.selection, "data-test": "selection",
    }, [make("div", { class: "selection__line" }, [
      this.#close, this.#count, this.#copy, this.#star, this.#forward, this.#delete, word,
    ])])
    this.#close.addEventListener("click", end)
    this.#copy.addEventListener("click", () => this.#copyAll())
    for (const [act, run] of /** @type {const} */ ([
      [this.#star, () => this.#starAll()], [this.#forward, () => this.#forwardAll()],
      [this.#delete, () => this.#deleteAll()],
    ])) act.addEventListener("click", () => this.#messages.length > AT_ONCE_MAX ? sayTooMany() : run())
  }

  /** @param {Message[]} messages that are selected, in the order of the chat */
  show(messages) {
    this.#messages = messages
    const say = () => setLine(this.#count, texts.selected(this.#messages.length), number(this.#messages.length))
    // Screen readers read what changes in a region that is there already.
    if (this.#count.textContent) say()
    else nextFrame(say)
    const star = messages.every(mayStar)
    const may = new Map([
      [this.#copy, !messages.some(({ deleted_at }) => deleted_at)], [this.#star, star],
      [this.#forward, messages.every(mayForward)], [this.#delete, true],
    ])
    for (const [act, shown] of may) {
      if (!shown && act === document.activeElement) this.#close.focus()
      act.hidden = !shown
      act.setAttribute("aria-disabled", String(messages.length === 0))
    }
    if (star) showStar(this.#star, this.#allStarred)
  }

  get #allStarred() {
    return this.#messages.length > 0 && this.#messages.every((message) => isStarred(store.state, message))
  }

  async #copyAll() {
    if (this.#messages.length === 0) return
    const copied = await copyText(copiedText(this.#messages))
    toast(copied ? texts.copied : texts.copyFailed)
    if (copied) this.#end()
  }

  async #starAll() {
    const [messages, on] = [this.#messages, !this.#allStarred]
    const module = messages.length > 0 && await loaded(import("./message-actions.js"))
    if (!module) return
    const others = messages.filter((message) => isStarred(store.state, message) !== on)
    module.star(messages[0].chat_id, others.map(({ id }) => id), on)
    this.#end()
  }

  async #forwardAll() {
    const messages = this.#messages
    const module = messages.length > 0 && await loaded(import("./forward-dialog.js"))
    if (module && await module.openForward(messages, this.#forward)) this.#end()
  }

  async #deleteAll() {
    const messages = this.#messages
    const module = messages.length > 0 && await loaded(import("./message-actions.js"))
    if (module && await module.askToDelete(messages, this.#delete)) this.#end()
  }
}

/** @param {string} sign @param {string} words @param {string} test @returns {HTMLButtonElement} */
function button(sign, words, test) {
  const icon = sprite(sign, `icon${sign === "forward" ? " icon--mirrored" : ""}`)
  const look = sign === "trash" ? " selection__button--grave" : ""
  const attributes = { class: `selection__button${look}`, type: "button" }
  return make("button", { ...attributes, "data-test": test }, [
    icon, make("span", { class: "selection__word" }, [words]),
  ])
}

/** @param {HTMLElement} star @param {boolean} all whether all have one */
function showStar(star, all) {
  showIcon(/** @type {SVGUseElement} */ (star.querySelector("use")), all ? "star-off" : "star")
  setText(/** @type {Element} */ (star.lastElementChild), all ? texts.removeStar : texts.star)
}

function sayTooMany() {
  toast(texts.selectFewer(AT_ONCE_MAX))
}
