// @ts-check
/** What a key event means beyond its key. */

/**
 * Whether an input method has the key, for example Enter to choose a word. Safari ends the composition before this
 * event and then says so only by the keyCode 229.
 * @param {KeyboardEvent} event
 */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229
}

/**
 * The letter of a shortcut. On keyboards of other scripts it is the key in that place.
 * @param {KeyboardEvent} event @returns {string} in lower case
 */
export function letterOf({ key, code }) {
  return (/^[\x20-\x7E]$/u.test(key) ? key : code.replace(/^Key/u, "")).toLowerCase()
}

/** Whether keys that are typed go into this element. @param {Element | null} element */
export function isField(element) {
  return element?.matches("input, textarea, select, [contenteditable]") ?? false
}
