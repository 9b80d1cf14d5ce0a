// @ts-check
/** A line of the settings with a switch, its label and a hint. The whole line is the switch. */
import { clone, setText } from "../lib/dom.js"

/** @param {string} name @param {string} label @param {() => void} press @param {AbortSignal} signal */
export function switchRow(name, label, press, signal) {
  const { root, label: line, hint, button } = clone("switch-row")
  button.dataset.test = `switch-${name}`
  line.id = `switch-${name}-label`
  hint.id = `switch-${name}-hint`
  line.textContent = label
  button.setAttribute("aria-labelledby", line.id)
  button.setAttribute("aria-describedby", hint.id)
  button.addEventListener("click", press, { signal })
  /** @param {boolean} on @param {string} words */
  const show = (on, words) => {
    button.setAttribute("aria-checked", String(on))
    setText(hint, words)
  }
  return { root, hint, button, show }
}
