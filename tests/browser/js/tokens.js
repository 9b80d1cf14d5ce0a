// The contrast of every pair of colours in css/tokens.css that meet, as the browser computes them, in both themes.
// Returns the number of pairs and those outside of their limits.
const INKS = ["neel", "manjith", "laakh", "kattha", "haldi", "mehndi", "mor", "jamun"]
const BUBBLES = ["mine", "theirs", "mine-inset", "inset"]
const LISTS = ["surface", "surface-over", "raised", "field", "cloth"]
const TEXT = {
  "ink": ["paper", "found", "indigo-soft", "madder-soft", ...LISTS, ...BUBBLES],
  "ink-2": ["paper", "theirs", "inset", "mine-inset", ...LISTS],
  "ink-3": ["paper", "theirs", "inset", "surface", "surface-over", "raised", "field"],
  "indigo": ["paper", "surface", "surface-over", "raised", "cloth", "indigo-soft", ...BUBBLES],
  "on-indigo": ["indigo", "indigo-strong"],
  "madder": ["paper", "surface", "surface-over", "raised", "cloth", "theirs", "madder-soft"],
  "on-madder": ["madder"],
  "live": ["surface", "raised", "cloth"],
  "mine-meta": ["mine", "mine-inset"],
  "on-toast": ["toast"],
}
const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
const pen = canvas.getContext("2d", { willReadFrequently: true })
const probe = document.body.appendChild(document.createElement("p"))

/** The relative luminance of WCAG of a custom property. */
const luminance = (property) => {
  probe.style.color = "transparent"
  probe.style.color = `var(${property})`
  const colour = getComputedStyle(probe).color
  if (!getComputedStyle(probe).getPropertyValue(property)) throw new Error(`no ${property}`)
  pen.fillStyle = colour
  pen.fillRect(0, 0, 1, 1)
  const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const contrast = (one, other) => {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

const wrong = []
let pairs = 0
const check = (theme, one, other, least, most = 21) => {
  pairs += 1
  const value = contrast(one, other)
  if (value >= least && value <= most) return
  wrong.push(`${theme}: ${one} on ${other} is ${value.toFixed(2)}, not ${least} to ${most}`)
}

for (const theme of ["light", "dark"]) {
  document.documentElement.dataset.theme = theme
  const token = (name) => `--color-${name}`
  for (const [text, grounds] of Object.entries(TEXT)) {
    for (const ground of grounds) check(theme, token(text), token(ground), 4.5)
  }
  // Ticks and dots are not text.
  for (const ground of ["mine", "surface", "raised", "cloth"]) check(theme, token("read"), token(ground), 3)
  check(theme, token("print"), token("paper"), 1.05, 1.1)
  for (const ink of INKS) {
    // Names stand in bubbles, in quotes there and above the composer, and in lists of members.
    for (const ground of [...BUBBLES, "field", "surface", "surface-over"]) check(theme, `--ink-${ink}`, token(ground), 4.5)
    check(theme, `--ink-${ink}`, `--cotton-${ink}`, 4.8)
    check(theme, ink === "haldi" ? "--cutch" : "--cotton", `--dyed-${ink}`, 4.8)
  }
}
document.documentElement.dataset.theme = "system"
probe.remove()
return { pairs, wrong }
