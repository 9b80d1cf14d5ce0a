// @ts-check
/**
 * The emoji picker: above the composer, or below it on a phone, where it replaces the keyboard.
 * Keyboard: typing searches, Enter inserts the first result. Down goes into the grid; arrows, Home and End move in it,
 * any letter returns to the search. Escape closes. The picker stays open, because people often insert several emoji.
 */
import { isComposing } from "../lib/keys.js"
import { openLayer } from "../lib/layers.js"
import { icon, make } from "../lib/make.js"
import { moveAlong, onPressOutside } from "../lib/menu.js"
import { texts } from "../lib/texts.js"
import { EmojiGrid } from "./emoji-grid.js"
import { ICONS } from "./emoji-icons.js"
import {
  TONES, categories, groupWords, inTone, naming, preferTone, preferredTone, recents, search, toneWords, use,
} from "./emoji.js"

/** @typedef {import("./emoji.js").Emoji} Emoji */
/**
 * @typedef {object} Options
 * @property {HTMLElement} host
 * @property {HTMLElement} button
 * @property {(emoji: string, back: boolean) => void} insert  back = whether the focus returns to the text
 * @property {(back: boolean) => void} closed
 */

const FOUND_MAX = 120
const HAND = "✋"

/** @param {Options} options */
export function openPicker(options) {
  return new EmojiPicker(options)
}

class EmojiPicker {
  #life = new AbortController()
  #options
  #grid
  #search = make("input", {
    class: "emoji-picker__search", type: "search", placeholder: texts.emojiSearch, "aria-label": texts.emojiSearch,
    autocomplete: "off", autocapitalize: "none", spellcheck: "false", enterkeyhint: "done", "data-test": "emoji-search",
  })
  #toneButton = make("button", {
    class: "icon-button emoji-picker__tone", type: "button", "aria-expanded": "false", "data-test": "emoji-tone",
  })
  #tones = make("div", { class: "emoji-picker__tones", role: "radiogroup", "aria-label": texts.skinTone, hidden: true })
  #tabs = make("div", { class: "emoji-picker__tabs", role: "group", "aria-label": texts.emojiCategories })
  #root
  #leave
  /** Closes the choice of a skin tone. @type {(() => void) | null} */
  #leaveTones = null

  /** @param {Options} options */
  constructor(options) {
    this.#options = options
    const { signal } = this.#life
    this.#grid = new EmojiGrid({
      take: (item, byPointer) => this.#take(item, byPointer),
      leave: (key) => this.#backToSearch(key),
      passed: (name) => this.#mark(name),
    }, signal)
    const bar = make("div", { class: "emoji-picker__bar" }, [this.#search, this.#toneButton])
    this.#root = make("div", {
      class: "emoji-picker", role: "dialog", "aria-label": texts.emoji, "data-test": "emoji-picker",
    }, [bar, this.#tones, this.#tabs, this.#grid.root])
    this.#listen(signal)
    this.#drawTabs()
    this.#drawTones()
    options.host.append(this.#root)
    this.#grid.show([["recent", recents()], ...categories], preferredTone())
    // The names of another language may still be loading.
    naming()?.then(() => signal.aborted || this.#filter())
    this.#leave = openLayer({ box: this.#root, hide: () => this.#hide(), opener: null })
    if (matchMedia("(pointer: fine)").matches) this.#search.focus()
  }

  close() {
    this.#leave()
  }

  /** The focus returns to the text, but not on a touch screen, where that would open the keyboard. */
  #hide() {
    const held = this.#root.contains(document.activeElement)
    this.#life.abort()
    this.#root.remove()
    this.#options.closed(held && matchMedia("(pointer: fine)").matches)
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    this.#search.addEventListener("input", () => this.#filter(), { signal })
    const searchKeyed = (/** @type {KeyboardEvent} */ event) => this.#searchKeyed(event)
    this.#search.addEventListener("keydown", searchKeyed, { signal })
    const toggleTones = () => (this.#leaveTones ? this.#leaveTones() : this.#openTones())
    this.#toneButton.addEventListener("click", toggleTones, { signal })
    onPressOutside([this.#root, this.#options.host], () => this.close(), signal)
  }

  /** @param {KeyboardEvent} event */
  #searchKeyed(event) {
    if (isComposing(event)) return
    if (event.key === "ArrowDown") this.#grid.enter()
    else if (event.key === "Enter") this.#grid.takeFirst()
    else return
    event.preventDefault()
  }

  #filter() {
    const query = this.#search.value.trim()
    /** @type {[string, Emoji[]][]} */
    const sections = query ? [["", search(query, FOUND_MAX)]] : [["recent", recents()], ...categories]
    this.#tabs.classList.toggle("emoji-picker__tabs--off", query !== "")
    this.#grid.show(sections, preferredTone())
  }

  /** A letter typed in the grid continues in the search field. @param {string} key */
  #backToSearch(key) {
    this.#search.focus()
    if (key === "ArrowUp") this.#search.select()
  }

  /**
   * After a click the focus returns to the text, so that Enter sends; after a key it stays in the grid.
   * @param {Emoji} item @param {boolean} byPointer
   */
  #take(item, byPointer) {
    use(item)
    this.#options.insert(inTone(item, preferredTone()), byPointer && matchMedia("(pointer: fine)").matches)
  }

  #drawTabs() {
    const { signal } = this.#life
    for (const name of ["recent", ...categories.keys()]) {
      const words = groupWords(name)
      const tab = make("button", {
        class: "emoji-picker__tab", type: "button", "aria-label": words, title: words, "data-category": name,
        tabindex: name === "recent" ? 0 : -1,
      }, [icon(ICONS.get(name) ?? "")])
      tab.addEventListener("click", () => this.#grid.goTo(name), { signal })
      this.#tabs.append(tab)
    }
    this.#tabs.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (moveAlong(this.#tabs, event)) event.preventDefault()
      else if (event.key === "ArrowDown") this.#grid.enter()
    }, { signal })
    this.#mark("recent")
  }

  /** @param {string} name of the category the reader looks at */
  #mark(name) {
    for (const tab of this.#tabs.children) {
      const here = tab.dataset.category === name
      if (here === tab.hasAttribute("aria-current")) continue
      if (here) tab.setAttribute("aria-current", "true")
      else tab.removeAttribute("aria-current")
      // On a phone the tabs scroll. In the middle, it shows that there are more on both sides.
      if (here) this.#tabs.scrollLeft = tab.offsetLeft - (this.#tabs.clientWidth - tab.offsetWidth) / 2
    }
  }

  #drawTones() {
    const { signal } = this.#life
    for (const [i, tone] of TONES.entries()) {
      const words = toneWords()[i]
      const choice = make("button", {
        class: "emoji-picker__cell", type: "button", role: "radio", "aria-label": words, title: words,
      }, [HAND + tone])
      choice.addEventListener("click", () => this.#chooseTone(tone), { signal })
      this.#tones.append(choice)
    }
    this.#tones.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (moveAlong(this.#tones, event)) event.preventDefault()
    }, { signal })
    this.#markTone()
  }

  #markTone() {
    const chosen = TONES.indexOf(preferredTone())
    this.#toneButton.textContent = HAND + TONES[chosen]
    this.#toneButton.setAttribute("aria-label", `${texts.skinTone}: ${toneWords()[chosen]}`)
    this.#toneButton.title = texts.skinTone
    for (const [i, choice] of [...this.#tones.children].entries()) {
      choice.setAttribute("aria-checked", String(i === chosen))
      choice.tabIndex = i === chosen ? 0 : -1
    }
  }

  /** @param {string} tone */
  #chooseTone(tone) {
    preferTone(tone)
    this.#markTone()
    this.#leaveTones?.()
    this.#filter()
  }

  /** The choice is a layer of its own, so that Escape and Back end it and not the picker. */
  #openTones() {
    const hide = () => {
      this.#tones.hidden = true
      this.#toneButton.setAttribute("aria-expanded", "false")
      this.#leaveTones = null
    }
    this.#tones.hidden = false
    this.#toneButton.setAttribute("aria-expanded", "true")
    this.#leaveTones = openLayer({ box: this.#tones, hide, opener: this.#toneButton })
    this.#tones.querySelector('[tabindex="0"]').focus()
  }
}
