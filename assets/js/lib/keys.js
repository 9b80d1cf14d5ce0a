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
