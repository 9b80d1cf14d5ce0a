// Renders hostile texts like the page: the result must have only allowed elements and attributes, and the whole text.
const { showWords } = await load("./chat/words.js")
const { parse } = await load("./lib/markup.js")
const [seed, runs] = args

const PARTS = [
  "<img src=x onerror='struck = 1'>", "<script>struck = 1</script>", "<svg/onload=struck=1>", "</code></p>", "<a href='javascript:struck = 1'>", "&lt;", "&#x3c;b&#x3e;", "<!--", "]]>", "<style>*{display:none}</style>", "<iframe srcdoc='<script>parent.struck = 1</script>'>",
  "javascript:struck=1", "JaVaScRiPt://a.example/%0astruck=1", "data:text/html,<script>struck=1</script>", "https://a.example/", "https://a.example/\" onmouseover=\"struck=1", "https://javascript:struck@a.example/", "http://[::1]/", "mailto:a@b.example?body=<b>", "https://\u0430\u0440.example",
  "*", "_", "~", "`", "```", "\n", "\n- ", "\n1. ", "\n> ", "```rust\n", "\n```", " ", "a", "b.", "(", ")", "\u202e", "\u2066", "\u0000", "\ud800", "😀", "👩‍👩‍👧‍👦", "é", "ש", "${struck = 1}", "{{struck}}", "__proto__",
]
/** The allowed elements and their attributes. */
const ALLOWED = new Map(Object.entries({ STRONG: [], EM: [], S: [], CODE: ["class", "dir", "tabindex", "data-part"], A: ["class", "href", "target", "rel", "dir"], BDI: ["class", "dir"],
  UL: ["class", "dir", "role"], OL: ["class", "dir", "role"], LI: ["class"], SPAN: ["class", "dir", "data-part", "hidden"], BLOCKQUOTE: ["class"], DIV: ["class"],
  BUTTON: ["class", "type", "tabindex", "data-part", "data-test", "data-label", "aria-label"], svg: ["class", "aria-hidden"], use: ["href"] }))
const words = (pieces) => pieces.map((piece) => (piece.lines ? piece.lines.map((line) => line.sign + words(line.children)).join("") : piece.children ? words(piece.children) : (piece.language ?? "") + piece.text)).join("")
const failed = []
const seen = new Set()
let state = seed >>> 0
const below = (n) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * n)
}

const place = document.createElement("p")
document.body.append(place)
for (let i = 0; i < runs && failed.length < 5; i += 1) {
  const text = Array.from({ length: 1 + below(12) }, () => PARTS[below(PARTS.length)]).join("")
  showWords(place, text)
  const wrong = []
  for (const element of place.querySelectorAll("*")) {
    seen.add(element.localName)
    const attributes = ALLOWED.get(element.tagName)
    if (!attributes) wrong.push(`an element ${element.localName}`)
    for (const name of element.getAttributeNames()) if (!attributes?.includes(name)) wrong.push(`${element.localName} with ${name}`)
    if (element.localName === "a" && !["http:", "https:", "mailto:"].includes(element.protocol)) wrong.push(`a link to ${element.href}`)
    if (element.localName === "a" && element.rel !== "noopener noreferrer") wrong.push("a link that tells where it comes from")
  }
  // The host of a link that could deceive stands beside the text.
  for (const host of place.querySelectorAll("bdi")) host.remove()
  // Line breaks around a block belong to it; nothing else of the text may be missing.
  const [drawn, written] = [place.textContent, words(parse(text))].map((all) => all.replace(/\n/gu, ""))
  if (drawn !== written) wrong.push(`“${drawn}”`)
  if (wrong.length > 0) failed.push(`${JSON.stringify(text)}: ${wrong.join(", ")}`)
}
place.remove()
await new Promise((done) => setTimeout(done, 50))
if ("struck" in window) failed.push("something was run")
return { failed, seen: [...seen].sort() }
