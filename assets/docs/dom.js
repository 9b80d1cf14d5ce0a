// @ts-check
/**
 * Creates elements without markup, because the page's content security policy forbids turning text into HTML.
 */

/**
 * An element with attributes, listeners (`onclick`) and children; `null` and `false` children are left out.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | number | null | undefined | false)} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (typeof value === "function") element.addEventListener(name.slice(2), value)
    else element.setAttribute(name, value === true ? "" : String(value))
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map(asNode))
  return element
}

/** @param {any} child */
function asNode(child) {
  return child instanceof Node ? child : String(child)
}

/** Text in which parts between backticks become code. @param {string} text @returns {(Node | string)[]} */
export function inline(text) {
  return text.split("`").map((part, i) => (i % 2 ? h("code", {}, part) : part))
}

/** Paragraphs from text with blank lines between them. @param {string} [text] */
export function paragraphs(text = "") {
  return text.split("\n\n").filter(Boolean).map((part) => h("p", {}, ...inline(part)))
}

/**
 * A button that copies the result of `text`. Without a clipboard (plain http, old browsers) there is no button.
 * @param {() => string} text
 */
export function copyButton(text) {
  if (!navigator.clipboard) return null
  const button = h("button", { class: "docs-copy", type: "button" }, "Copy")
  button.addEventListener("click", async () => {
    const done = await navigator.clipboard.writeText(text()).then(() => "Copied", () => "Not allowed")
    button.textContent = done
    setTimeout(() => (button.textContent = "Copy"), 1500)
  })
  return button
}
