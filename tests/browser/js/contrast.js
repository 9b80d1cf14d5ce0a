// Contrast by WCAG 2.2 of every text and tick on the screen against what is painted behind it.
// Returns those below their limit: 4.5, or 3 for large text and icons.
const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true })

/** Paints colours over each other, the first at the bottom, and returns the resulting colour. */
const mix = (colours) => {
  pen.globalAlpha = 1
  pen.fillStyle = matchMedia("(prefers-color-scheme: dark)").matches ? "#000" : "#fff"
  pen.fillRect(0, 0, 1, 1)
  for (const [colour, alpha] of colours) {
    pen.globalAlpha = alpha
    pen.fillStyle = colour
    pen.fillRect(0, 0, 1, 1)
  }
  return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3)
}

const luminance = (rgb) => {
  const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

const ratio = (a, b) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const chain = (element) => (element ? [...chain(element.parentElement), element] : [])
const opacity = (element) => chain(element).reduce((product, e) => product * getComputedStyle(e).opacity, 1)
const ground = (element) => chain(element).map((e) => [getComputedStyle(e).backgroundColor, 1])
const measure = (element, colour) => ratio(mix(ground(element)), mix([...ground(element), [colour, opacity(element)]]))

const clipped = (element) => chain(element).some((e) => e.classList.contains("visually-hidden"))
const disabled = (element) => element.closest(":disabled, [aria-disabled=true]") !== null
const onScreen = (element) => shown(element) && !clipped(element) && element.getClientRects().length > 0

const large = ({ fontSize, fontWeight }) => parseFloat(fontSize) >= 24 || (parseFloat(fontSize) >= 18.66 && fontWeight >= 700)

const found = []
const check = (name, element, colour, limit) => {
  const value = measure(element, colour)
  found.push({ name, value: Math.round(value * 100) / 100, limit })
}

const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement
  const words = texts.currentNode.textContent.trim()
  if (!words || element.closest("template, script") || !onScreen(element) || disabled(element)) continue
  const style = getComputedStyle(element)
  check(`${element.className || element.localName} “${words.slice(0, 24)}”`, element, style.color, large(style) ? 3 : 4.5)
}
for (const field of document.querySelectorAll("input:not([type=checkbox]), textarea")) {
  if (!onScreen(field) || disabled(field)) continue
  check(`${field.className} (typed)`, field, getComputedStyle(field).color, 4.5)
  if (field.placeholder) check(`${field.className} (placeholder)`, field, getComputedStyle(field, "::placeholder").color, 4.5)
}
for (const tick of document.querySelectorAll(".tick")) {
  if (onScreen(tick)) check(`tick ${tick.dataset.tick}`, tick, getComputedStyle(tick).stroke === "none" ? getComputedStyle(tick).color : getComputedStyle(tick).stroke, 3)
}
return { checked: found.length, weak: found.filter(({ value, limit }) => value < limit) }
