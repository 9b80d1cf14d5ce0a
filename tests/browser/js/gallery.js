// Builds a page that shows every component in its states, from the real modules and style sheets.
const main = document.querySelector("script[type=module]").src
const load = (path) => import(new URL(path, main))
const [{ make, sprite }, { loadStyle }, { clone, showIcon }] = await Promise.all(
  ["./lib/make.js", "./lib/load.js", "./lib/dom.js"].map(load))
await Promise.all(["panel", "parts", "message-info"].map(loadStyle))

const button = (words, attributes = {}) => make("button", { class: "button", type: "button", ...attributes }, [words])
const tool = (name, words, attributes = {}) =>
  make("button", { class: "icon-button", type: "button", "aria-label": words, ...attributes }, [sprite(name)])
const box = (name, words, attributes = {}) =>
  make("button", { class: "tray__item", type: "button", ...attributes }, [sprite(name), words])
const item = (name, words, grave = false, disabled = false) => {
  const { root, use, label } = clone("chat-menu-item")
  showIcon(use, name)
  label.textContent = words
  root.classList.toggle("menu__item--grave", grave)
  if (disabled) root.setAttribute("aria-disabled", "true")
  return root
}
const toggle = (label, on, disabled = false) => {
  const { root, label: words, button: knob, hint } = clone("switch-row")
  words.textContent = label
  hint.textContent = "What it does"
  knob.setAttribute("aria-checked", String(on))
  knob.setAttribute("aria-label", label)
  if (disabled) knob.setAttribute("aria-disabled", "true")
  return root
}
const chip = (words, pressed) => make("button", { class: "chip", type: "button", "aria-pressed": pressed }, [words])
const badge = (words, kind = "") => make("span", { class: `badge ${kind}` }, [words])
const toast = (words, action = "") => {
  const { root, words: line, act } = clone("toast")
  line.textContent = words
  act.textContent = action
  act.hidden = !action
  return root
}
const tile = make("span", { class: "avatar avatar--tile", "aria-hidden": "true" }, ["G"])
const round = make("span", { class: "avatar", "aria-hidden": "true" }, ["P"])
const list = make("div", { class: "menu__list", role: "menu", "aria-label": "Menu" }, [
  item("reply", "Reply"), item("copy", "Copy text"), item("info", "Not now", false, true), item("trash", "Delete", true),
])
const cells = [
  ["Buttons", [button("Send"), button("Cancel", { class: "button button--quiet" }),
    button("Delete", { class: "button button--grave" }), button("Saving", { "aria-disabled": "true" })]],
  ["Tools", [make("div", { class: "hover-bar", role: "group", "aria-label": "Message" },
    [tool("emoji", "React"), tool("reply", "Reply"), tool("more", "More")])]],
  ["Chips", [make("div", { class: "chips" }, [chip("All", "true"), chip("Unread", "false")])]],
  ["Badges and tags", [badge("3"), badge("48", "badge--quiet"), badge("@", "badge--mention"),
    make("span", { class: "tag" }, ["Owner"]), make("span", { class: "tag" }, ["Admin"])]],
  ["Tile and print", [tile, round]],
  ["Switches", [toggle("Sounds", true), toggle("Large text", false), toggle("Notifications", false, true)]],
  ["Tray", [make("div", { class: "tray" }, [box("bell", "Mute"), box("pin", "Pin", { "aria-pressed": "true" }),
    box("archive", "Benachrichtigungen"), box("more", "More", { "aria-disabled": "true" })])]],
  ["Skeleton", [make("div", { class: "skeleton" }), make("div", { class: "skeleton" })]],
  ["Toasts", [toast("Copied."), toast("Chat archived.", "Undo")]],
  ["Menu", [list]],
]
const root = document.getElementById("root")
root.replaceChildren(make("main", { class: "gallery" }, [make("h1", {}, ["Components"]),
  ...cells.map(([name, parts]) => make("section", {}, [make("h2", {}, [name]), ...parts]))]))
const page = root.querySelector("main")
Object.assign(root.style, { overflow: "auto" })
Object.assign(page.style, { display: "grid", gap: "16px", padding: "16px", background: "var(--color-surface)",
  gridTemplateColumns: "repeat(auto-fill, minmax(320px, 1fr))" })
for (const section of page.querySelectorAll("section")) {
  Object.assign(section.style, { display: "flex", flexWrap: "wrap", alignContent: "start", alignItems: "center", gap: "8px" })
  section.querySelector("h2").style.flexBasis = "100%"
}
for (const wide of page.querySelectorAll(".tray, .skeleton, .switch-row, .menu__list")) wide.style.flex = "1 0 100%"
page.querySelector("h1").style.gridColumn = "1 / -1"
list.parentElement.style.maxInlineSize = "320px"
await new Promise((done) => setTimeout(done, 700))
