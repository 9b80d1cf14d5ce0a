// @ts-check
/** The label above the text of a forwarded message. */
import { setText } from "../lib/dom.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { MANY_TIMES } from "../state/forwarding.js"

/**
 * @param {HTMLElement} body of the bubble @param {HTMLElement | null} before
 * @param {number} times how often the text was forwarded @returns {HTMLElement | null}
 */
export function showForwarded(body, before, times) {
  if (times === 0) {
    before?.remove()
    return null
  }
  const label = before ?? makeLabel()
  // Below the name.
  if (!before) body.before(label)
  setText(/** @type {Element} */ (label.lastElementChild), times < MANY_TIMES ? texts.forwarded : texts.forwardedOften)
  return label
}

function makeLabel() {
  const sign = sprite("forward", "icon icon--mirrored")
  return make("div", { class: "message__forwarded", "data-test": "forwarded" }, [sign, make("span")])
}
