// @ts-check
/** Whose presence is on the screen. The server tells this page of these people and of no others. */

/** Rows that scroll by quickly are not asked about. */
const SETTLE_MS = 100
/** The server takes no more. */
const PEOPLE_MAX = 500

/** Whose presence an element shows. @type {WeakMap<Element, number>} */
const people = new WeakMap()
/** The elements of those that are on the screen. @type {Set<Element>} */
const onScreen = new Set()
const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) onScreen.add(target)
    else onScreen.delete(target)
  }
  changeSoon()
})
let timer = 0

/** Sends "change" when others may be on the screen than before. */
export const presence = new EventTarget()

/**
 * Subscribes to the presence of a user while the element is on the screen.
 * @param {Element} element @param {number} id of the user; 0 if the element shows no presence
 */
export function showPresenceOf(element, id) {
  if ((people.get(element) ?? 0) === id) return
  people.set(element, id)
  if (id) observer.observe(element)
  else {
    observer.unobserve(element)
    onScreen.delete(element)
  }
  changeSoon()
}

/** The people whose presence is on the screen, by id. @returns {number[]} */
export function peopleOnScreen() {
  const ids = new Set([...onScreen].map((element) => people.get(element) ?? 0))
  return [...ids].sort((a, b) => a - b).slice(0, PEOPLE_MAX)
}

function changeSoon() {
  clearTimeout(timer)
  timer = setTimeout(() => presence.dispatchEvent(new Event("change")), SETTLE_MS)
}
