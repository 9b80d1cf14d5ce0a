// @ts-check
/**
 * What lies on top of the page: menus, dialogs, panels, sheets, the emoji picker. Escape, the browser's Back button and
 * the back gesture of a phone close the topmost layer, and only that.
 * Each layer has an entry in the history, with the same address, because Back can be noticed in no other way: a
 * CloseWatcher hears Escape and Android's gesture, but not the Back button of a desktop browser. A layer that closes by
 * other means takes its entry away by going back. That takes a moment, so a change of the address must wait for it:
 * `goTo` and `whenSettled`.
 */
import { isComposing } from "./keys.js"

/**
 * @typedef {object} Layer
 * @property {HTMLElement} box
 * @property {() => void} hide
 * @property {HTMLElement | null} opener gets the focus back, if it is in the box when the layer closes
 * @property {string} [name] of a layer that is opened again after a reload
 */

/** The open layers, topmost last. @type {Layer[]} */
const layers = []
/** How many entries at the end of the history belong to layers. */
let entries = namesIn(history.state).length
/** Whether the page itself goes back, to take entries away. */
let isDropping = false
/** Entries that a reload left behind are not touched before the page has said what it opens again. */
let isHeld = true
let isDue = false
/** @type {(() => void)[]} */
let waiting = []

/** @param {any} state of the history; it has the names of the layers @returns {string[]} */
function namesIn(state) {
  return state?.layers ?? []
}

/** Whether this layer was open before the reload. @param {string} name */
export function wasOpen(name) {
  return namesIn(history.state).includes(name)
}

/**
 * @param {Layer} layer @returns {() => void} closes it and what is above it; the focus returns at once
 */
export function openLayer(layer) {
  layers.push(layer)
  settleSoon()
  return () => closeDownTo(layers.indexOf(layer))
}

/** @param {number} index of the lowest layer to close */
function closeDownTo(index) {
  if (index < 0) return
  while (layers.length > index) closeTopmost()
  settleSoon()
}

function closeTopmost() {
  const layer = layers.pop()
  if (!layer) return
  const { box, hide, opener } = layer
  const held = box.contains(document.activeElement) || box.matches(":modal")
  hide()
  if (held && opener?.isConnected) opener.focus({ preventScroll: true })
}

export function closeLayers() {
  closeDownTo(0)
}

/** Forgets all layers, because the page is drawn again. The new page may open some of them again. */
export function dropLayers() {
  layers.length = 0
  isHeld = true
}

/** Removes the entries of layers that were open before a reload and were not opened again after it. */
export function releaseLayers() {
  isHeld = false
  settleSoon()
}

/** Closes all layers and then changes the address. @param {string} hash */
export function goTo(hash) {
  closeLayers()
  whenSettled(() => (location.hash = hash))
}

/** Acts when the history has no entry of a closed layer. @param {() => void} action */
export function whenSettled(action) {
  if (!isDropping && entries <= layers.length) action()
  else waiting.push(action)
}

/** Later, because one layer often closes and another one opens in its place. */
function settleSoon() {
  if (isDue) return
  isDue = true
  queueMicrotask(() => {
    isDue = false
    settle()
  })
}

/** Brings the history in step with the layers. */
function settle() {
  if (isDropping || isHeld) return
  const names = layers.map(({ name = "" }) => name)
  while (entries < layers.length) {
    entries += 1
    history.pushState({ ...history.state, layers: names.slice(0, entries) }, "")
  }
  if (entries > layers.length) {
    isDropping = true
    history.go(layers.length - entries)
    return
  }
  // One layer may have taken the entry of another.
  if (names.join() !== namesIn(history.state).join()) history.replaceState({ ...history.state, layers: names }, "")
  const actions = waiting
  waiting = []
  for (const action of actions) action()
}

window.addEventListener("popstate", ({ state }) => {
  entries = namesIn(state).length
  if (!isDropping) while (layers.length > entries) closeTopmost()
  isDropping = false
  settle()
})

// After the handlers of the boxes, where Escape may first end something smaller, such as a search.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || isComposing(event) || layers.length === 0) return
  event.preventDefault()
  closeDownTo(layers.length - 1)
})

document.addEventListener("click", (event) => {
  const { target, defaultPrevented, button, ctrlKey, metaKey, shiftKey, altKey } = event
  const link = target instanceof Element ? target.closest('a[href^="#/"]') : null
  if (!link || defaultPrevented || button || ctrlKey || metaKey || shiftKey || altKey) return
  if (!entries && !isDropping && layers.length === 0) return
  event.preventDefault()
  goTo(link.getAttribute("href") ?? "")
})
