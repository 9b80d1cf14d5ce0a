// Runs before every script of the tests: helpers for the page's elements and their visibility.
const all = (test) => [...document.querySelectorAll(`[data-test="${test}"]`)]
const $ = (test) => document.querySelector(`[data-test="${test}"]`)
const part = (name, root = document) => root.querySelector(`[data-part="${name}"]`)
const shown = (element) => Boolean(element?.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
const rowOf = (name) => [...all("chat-row"), ...all("person-row")].find((row) => row.dataset.name === name)
/** The store of this page. The joined page has no modules, but exports what its lazy parts import. */
const theStore = async () => {
  const main = document.querySelector("script[type=module]").src
  return (await import(main)).state$store$store ?? (await import(new URL("./state/store.js", main))).store
}
const messages = () => all("message").map((row) => ({
  text: part("text", row).textContent,
  state: row.dataset.state ?? "",
  own: row.classList.contains("message--own"),
  seq: Number(row.dataset.seq ?? 0),
}))
