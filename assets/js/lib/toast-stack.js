// @ts-check
/**
 * Short notes about what has just happened. A note may carry an action, such as "Undo". It stays for some seconds,
 * longer while it is hovered or focused; a press removes it.
 * There are two places for them: above the composer of the chat, where they take room and so cover no message, and the
 * foot of the window, for the list and the sign-in card. They move when the person goes from one screen to the other.
 */
import { clone, nextFrame } from "./dom.js"

const SHOWN_MS_MIN = 2000
const SHOWN_MS_MAX = 4000
const MS_A_LETTER = 40
const SHOWN_WITH_ACTION_MS = 5000
/** Time to read on, after the pointer or the focus has left. */
const LEFT_MS = 1500
const SHOWN_MAX = 2

/**
 * @typedef {object} Options
 * @property {string} [action] the words of the button
 * @property {() => void} [run] what the button does
 * @property {() => void} [ended] called once when the note has gone without its action
 */

/** The notes that are shown, oldest first, and how to remove each. @type {Map<HTMLElement, () => void>} */
const notes = new Map()

class ToastStack extends HTMLElement {
  /** In a frame of its own, because the notes change the size that is observed. */
  #size = new ResizeObserver(() => nextFrame(move))

  connectedCallback() {
    this.#size.observe(this)
  }

  disconnectedCallback() {
    this.#size.disconnect()
  }
}

customElements.define("toast-stack", ToastStack)

/** The stack of the open chat if it is visible, else that of the window. */
function place() {
  const stacks = [...document.querySelectorAll("toast-stack")]
  return stacks.find((stack) => stack.checkVisibility({ visibilityProperty: true })) ?? stacks.at(-1)
}

function move() {
  const stack = place()
  for (const note of notes.keys()) if (note.parentElement !== stack) stack?.append(note)
}

/** @param {string} words @param {Options} [options] @returns {() => void} removes the note */
export function toast(words, { action, run, ended } = {}) {
  const { root, words: line, act } = clone("toast")
  const stays = action ? SHOWN_WITH_ACTION_MS : Math.min(SHOWN_MS_MAX, SHOWN_MS_MIN + words.length * MS_A_LETTER)
  line.textContent = words
  act.textContent = action ?? ""
  act.hidden = !action
  let timer = 0
  const leave = (acted = false) => {
    if (!notes.delete(root)) return
    clearTimeout(timer)
    root.remove()
    if (acted) run?.()
    else ended?.()
  }
  const wait = (/** @type {number} */ ms) => {
    clearTimeout(timer)
    timer = setTimeout(leave, ms)
  }
  const left = () => !root.matches(":hover, :focus-within") && wait(LEFT_MS)
  root.addEventListener("click", (/** @type {Event} */ { target }) => leave(target === act))
  for (const name of ["pointerenter", "focusin"]) root.addEventListener(name, () => clearTimeout(timer))
  for (const name of ["pointerleave", "focusout"]) root.addEventListener(name, () => setTimeout(left))
  for (const [note, remove] of notes) if (!action && note.textContent === root.textContent) remove()
  for (const note of [...notes.keys()].slice(0, 1 - SHOWN_MAX)) notes.get(note)?.()
  notes.set(root, leave)
  place()?.append(root)
  wait(stays)
  return leave
}

/** At the end of a sign-in, what was said to one person must not be shown to the next. */
export function clearToasts() {
  for (const leave of [...notes.values()]) leave()
}
