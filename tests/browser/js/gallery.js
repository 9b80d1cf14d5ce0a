// Builds a page that shows every component in its states, from the real modules and style sheets.
const main = document.querySelector("script[type=module]").src
const load = (path) => import(new URL(path, main))
const [{ make, sprite }, { loadStyle }, { clone, showIcon }, { showAvatar }] = await Promise.all(
  ["./lib/make.js", "./lib/load.js", "./lib/dom.js", "./people/avatar.js"].map(load))
await Promise.all(["contact", "panel", "parts", "reacting", "selecting", "settings", "starred"].map(loadStyle))

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
const reaction = (emoji, count, pressed, attributes = {}) => make("button", {
  class: "reaction", type: "button", "aria-pressed": pressed, "aria-label": `${emoji} ${count}`, ...attributes,
}, [make("span", { class: "reaction__emoji" }, [emoji]), make("span", { class: "reaction__count" }, [count])])
const quick = (emoji, pressed) =>
  make("button", { class: "reaction-bar__button", type: "button", "aria-pressed": pressed }, [emoji])
const badge = (words, kind = "") => make("span", { class: `badge ${kind}` }, [words])
const toast = (words, action = "") => {
  const { root, words: line, act } = clone("toast")
  line.textContent = words
  act.textContent = action
  act.hidden = !action
  return root
}
const picture = (id, name, more) => {
  const element = make("span", { class: "avatar", "aria-hidden": "true" })
  showAvatar(element, id, name, more)
  return element
}
const heading = (words) => make("h3", { class: "panel__heading" }, [words])
const panel = make("aside", { class: "panel", "aria-label": "Meera" }, [make("div", { class: "panel__body" }, [
  make("section", { class: "panel__section" }, [heading("About"), "In the workshop from nine"]),
  make("section", { class: "panel__section" }, [
    make("button", { class: "contact__row contact__row--grave", type: "button" }, [sprite("trash"), "Delete chat"]),
  ]),
])])
const segment = (shown) => make("span", { class: `pinned-bar__segment ${shown ? "pinned-bar__segment--shown" : ""}` })
const pinned = make("div", { class: "pinned-bar" }, [
  make("span", { class: "pinned-bar__segments", "aria-hidden": "true" }, [segment(false), segment(true), segment(false)]),
  make("button", { class: "pinned-bar__message", type: "button" }, [
    make("span", { class: "pinned-bar__title" }, ["Pinned message 2 of 3"]),
    make("span", { class: "pinned-bar__text" }, ["The key is under the third flower pot on the left of the door"]),
  ]),
  tool("close", "Unpin"),
])
const question = (kind) => make("dialog", { class: `dialog ${kind}`, open: true, "aria-label": "Delete the chat?" }, [
  make("h3", { class: "dialog__title" }, ["Delete the chat?"]),
  make("p", { class: "dialog__words" }, ["Its messages disappear from all your devices."]),
  make("div", { class: "dialog__ways" }, [
    button("Cancel", { class: "button button--quiet" }), button("Delete", { class: "button button--grave" }),
  ]),
])
const ways = make("dialog", { class: "dialog", open: true, "aria-label": "Delete this message?" }, [
  make("h3", { class: "dialog__title" }, ["Delete this message?"]),
  make("p", { class: "dialog__words" }, ["For everyone: others see that something was deleted.\nFor me: nothing changes for others."]),
  make("div", { class: "dialog__ways dialog__ways--column" }, [
    button("Delete for everyone", { class: "button button--grave" }), button("Delete for me", { class: "button button--quiet" }),
    button("Cancel", { class: "button button--quiet" }),
  ]),
])
const starred = (id, name, chat, words) => make("li", { class: "starred__row" }, [
  make("button", { class: "starred__open", type: "button" }, [
    Object.assign(picture(id, name, { username: name.toLowerCase() }), { className: "avatar starred__avatar" }),
    make("span", { class: "starred__words" }, [
      make("span", { class: "starred__head" }, [make("bdi", { class: "starred__name" }, [name]),
        ...(chat ? [sprite("next", "icon icon--mirrored starred__next"), make("bdi", { class: "starred__chat" }, [chat])] : []),
        make("time", { class: "starred__time" }, ["10:25 AM"])]),
      make("span", { class: "starred__body" }, [make("bdi", { class: "starred__text" }, [words])]),
    ]),
  ]),
  make("button", { class: "icon-button starred__remove", type: "button", "aria-label": `Remove star of ${name}` }, [sprite("star")]),
])
const list = make("div", { class: "menu__list", role: "menu", "aria-label": "Menu" }, [
  item("reply", "Reply"), item("copy", "Copy text"), item("info", "Not now", false, true), item("trash", "Delete", true),
])
const act = (name, words, more = "") => make("button", { class: `selection__button ${more}`, type: "button" },
  [sprite(name), make("span", { class: "selection__word" }, [words])])
const selection = make("div", { class: "selection", role: "group", "aria-label": "Selected messages" }, [
  make("div", { class: "selection__line" }, [
    tool("close", "End selection"), make("p", { class: "selection__count" }, ["3 selected"]),
    act("copy", "Copy"), act("star", "Star"), act("forward", "Forward"), act("trash", "Delete", "selection__button--grave"),
  ]),
])

const cells = [
  ["Buttons", [button("Send"), button("Cancel", { class: "button button--quiet" }),
    button("Delete", { class: "button button--grave" }), button("Saving", { "aria-disabled": "true" })]],
  ["Tools", [make("div", { class: "hover-bar", role: "group", "aria-label": "Message" },
    [tool("emoji", "React"), tool("reply", "Reply"), tool("more", "More")])]],
  ["Chips", [make("div", { class: "chips" }, [chip("All", "true"), chip("Unread", "false")])]],
  ["Reactions", [
    make("div", { class: "reactions" }, [reaction("💙", "4", "true"), reaction("👏", "2", "false"),
      reaction("👍", "1", "true", { "data-waiting": true })]),
    make("div", { class: "reaction-bar", role: "toolbar", "aria-label": "React" },
      [quick("👍", "false"), quick("❤️", "true"), quick("😂", "false")]),
  ]],
  ["Badges and tags", [badge("3"), badge("48", "badge--quiet"), badge("@", "badge--mention"),
    make("span", { class: "tag" }, ["Owner"]), make("span", { class: "tag" }, ["Admin"])]],
  ["Tile and print", [picture(1, "Gate", { group: true }), picture(2, "Court", { group: true }),
    picture(3, "Meera", { username: "meera" }), picture(4, "Notes", { notes: true })]],
  ["Switches", [toggle("Sounds", true), toggle("Large text", false), toggle("Notifications", false, true)]],
  ["Tray", [make("div", { class: "tray" }, [box("bell", "Mute"), box("pin", "Pin", { "aria-pressed": "true" }),
    box("archive", "Benachrichtigungen"), box("more", "More", { "aria-disabled": "true" })])]],
  ["Pinned message", [pinned]],
  ["Selection", [selection]],
  ["Skeleton", [make("div", { class: "skeleton" }), make("div", { class: "skeleton" })]],
  ["Toasts", [toast("Copied."), toast("Chat archived.", "Undo")]],
  ["Menu", [make("div", { class: "menu__sheet" }, [list])]],
  ["Dialog", [question("")]],
  ["Dialog with three ways", [ways]],
  ["Sheet", [question("bottom-sheet")]],
  ["Starred messages", [make("aside", { class: "panel", "aria-label": "Starred messages" }, [
    make("div", { class: "panel__body" }, [make("ul", { class: "starred", "aria-label": "Starred" }, [
      starred(3, "Meera", "", "The key is under the third flower pot on the left of the door, behind the one with the thyme"),
      starred(5, "Bartholomew of the Long Name", "A group with a long title, too", "Yes"),
    ])]),
  ])]],
  ["Panel", [panel]],
]
const root = document.getElementById("root")
root.replaceChildren(make("main", { class: "gallery" }, [make("h1", {}, ["Components"]),
  ...cells.map(([name, parts]) => make("section", {}, [make("h2", {}, [name]), ...parts]))]))
const page = root.querySelector("main")
Object.assign(root.style, { overflow: "auto" })
Object.assign(page.style, { display: "grid", gap: "16px", padding: "16px", background: "var(--color-surface)",
  gridTemplateColumns: "repeat(auto-fill, minmax(320px, 1fr))" })
for (const section of page.querySelectorAll(":scope > section")) {
  Object.assign(section.style, { display: "flex", flexWrap: "wrap", alignContent: "start", alignItems: "center", gap: "8px" })
  section.querySelector("h2").style.flexBasis = "100%"
}
for (const wide of page.querySelectorAll(".tray, .pinned-bar, .selection, .skeleton, .switch-row, .panel")) wide.style.flex = "1 0 100%"
// What floats elsewhere stands in its cell here.
for (const floating of page.querySelectorAll(".menu__sheet, dialog, .panel")) {
  Object.assign(floating.style, { position: "static", margin: "0", inlineSize: "auto", maxInlineSize: "100%" })
}
page.querySelector("h1").style.gridColumn = "1 / -1"
await new Promise((done) => setTimeout(done, 700))
