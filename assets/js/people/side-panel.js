// @ts-check
/**
 * The panel beside a chat: a third column on a wide window, over the chat on a smaller one, a screen on a phone. There
 * is one at a time. Esc and its button close it, and the focus returns to what opened it if it was inside.
 * The reader keeps their place in the chat when the column takes its room and gives it back.
 */
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"

/** A reader closer to the end of the chat than this is at its end. */
const END_PX = 48

/** @type {{ box: HTMLElement, opener: HTMLElement, life: AbortController } | null} */
let open = null

/**
 * @param {{ label: string, test: string, closeTest: string, opener: HTMLElement, life: AbortController }} how  label =
 *   the id of its title; life ends with the panel
 * @param {HTMLElement[]} sections
 */
export function openPanel({ label, test, closeTest, opener, life }, sections) {
  const again = open?.opener === opener
  closePanel()
  const shell = opener.closest(".shell")
  if (again || !shell) {
    life.abort()
    return
  }
  const close = make("button", {
    class: "icon-button panel__close", type: "button", "aria-label": texts.close, "data-test": closeTest,
  }, [sprite("close", "icon panel__cross"), sprite("back", "icon icon--mirrored panel__back")])
  close.addEventListener("click", closePanel)
  const scroll = make("div", { class: "panel__scroll" }, sections)
  const box = make("aside", { class: "panel", "aria-labelledby": label, "data-test": test }, [close, scroll])
  const { signal } = life
  // Before routing.js, which would close the chat.
  shell.addEventListener("keydown", (event) => {
    if (/** @type {KeyboardEvent} */ (event).key !== "Escape" || event.defaultPrevented) return
    event.preventDefault()
    closePanel()
  }, { signal })
  open = { box, opener, life }
  opener.setAttribute("aria-expanded", "true")
  keepPlace(() => shell.append(box))
  close.focus({ preventScroll: true })
}

export function closePanel() {
  if (!open) return
  const { box, opener, life } = open
  open = null
  const held = box.contains(document.activeElement)
  keepPlace(() => box.remove())
  life.abort()
  opener.setAttribute("aria-expanded", "false")
  if (held && opener.isConnected) opener.focus({ preventScroll: true })
}

/** Keeps the first message of the view in its place while the width of the chat changes. @param {() => void} change */
function keepPlace(change) {
  const scroll = document.querySelector(".messages__scroll")
  if (!scroll) {
    change()
    return
  }
  const edge = scroll.getBoundingClientRect().top
  const isAtEnd = scroll.scrollHeight - scroll.clientHeight - scroll.scrollTop < END_PX
  const row = [...scroll.querySelectorAll("[data-test=message]")].find((one) => one.getBoundingClientRect().top >= edge)
  const before = row?.getBoundingClientRect().top ?? 0
  change()
  if (isAtEnd) scroll.scrollTop = scroll.scrollHeight
  else if (row) scroll.scrollTop += row.getBoundingClientRect().top - before
}
