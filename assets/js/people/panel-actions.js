// @ts-check
/**
 * What every panel of a chat offers to do with it: mute, pin and archive, and the way to its starred messages. It emits
 * actions.
 */
import { emit, setText, showIcon } from "../lib/dom.js"
import { loaded } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { ALWAYS } from "../state/preferences.js"
import { store } from "../state/store.js"

const HOUR_MS = 3_600_000

/** The open chat as the list has it; undefined without a chat. @param {import("../state/model.js").State} state */
export const listed = (state) => store.select.chatItems(state).find((item) => item.selected)

/**
 * Mute, pin and archive, for a chat that is in the list.
 * @param {{ notes: boolean }} chat @param {AbortSignal} signal
 */
export function actions({ notes }, signal) {
  const row = make("div", { class: "contact__actions" })
  const choices = muteChoices(row)
  const mute = action("mute", () => {
    if (listed(store.state)?.muted) change(row, { muted_until: null })
    else choices.show(choices.box.hidden)
  })
  const pin = action("pin", () => change(row, { pinned: !listed(store.state)?.pinned }))
  const archive = action("archive", () => {
    const archived = !listed(store.state)?.archived
    change(row, archived ? { archived, pinned: false } : { archived })
  })
  row.append(...(notes ? [] : [mute.root]), pin.root, archive.root)
  const box = make("section", {}, [row, choices.box])
  choices.opener = mute.root
  store.watch(listed, (chat) => {
    box.hidden = !chat
    if (!chat) return
    mute.show(chat.muted ? "bell" : "bell-off", chat.muted ? texts.unmuteChat : texts.muteChat)
    pin.show("pin", chat.pinned ? texts.unpin : texts.pin)
    archive.show("archive", chat.archived ? texts.unarchiveChat : texts.archiveChat)
    // Archived chats cannot be pinned.
    pin.root.hidden = chat.archived
    if (chat.muted) choices.show(false)
    else mute.root.setAttribute("aria-expanded", String(!choices.box.hidden))
    mute.root.toggleAttribute("aria-expanded", !chat.muted)
  }, { signal })
  return box
}

/** The way to the starred messages of the chat. @param {unknown} _chat @param {AbortSignal} signal */
export function starred(_chat, signal) {
  const row = make("button", { class: "contact__row", type: "button", "data-test": "contact-starred" }, [
    sprite("star"), make("span", {}, [texts.starredMessages]),
  ])
  row.addEventListener("click", async () => {
    const module = await loaded(import("../chat/starred-panel.js"))
    module?.openStarred(row, store.state.open?.chat_id)
  })
  const section = make("section", { class: "panel__section" }, [row])
  store.watch((state) => !state.open?.chat_id, (isNew) => (section.hidden = isNew), { signal })
  return section
}

/** @param {string} name @param {() => void} act */
function action(name, act) {
  const [use, words] = [sprite(name), make("span", { class: "contact__action-words" })]
  const attributes = { class: "contact__action", type: "button", "data-test": `contact-${name}` }
  const root = make("button", attributes, [use, words])
  root.addEventListener("click", act)
  /** @param {string} icon @param {string} label */
  const show = (icon, label) => {
    showIcon(/** @type {SVGUseElement} */ (use.firstElementChild), icon)
    setText(words, label)
  }
  return { root, show }
}

/** For how long; shown below the actions. @param {HTMLElement} row */
function muteChoices(row) {
  const box = make("div", { class: "contact__choices", role: "group", "aria-label": texts.muteChat, hidden: true })
  /** @type {{ box: HTMLElement, opener: HTMLElement | null, show: (open: boolean) => void }} */
  const choices = {
    box,
    opener: null,
    show: (open) => {
      const held = box.contains(document.activeElement)
      box.hidden = !open
      choices.opener?.setAttribute("aria-expanded", String(open))
      if (open) box.querySelector("button")?.focus()
      else if (held) choices.opener?.focus()
    },
  }
  /** @type {[string, string, () => number][]} */
  const times = [
    ["8h", texts.hours(8), () => Date.now() + 8 * HOUR_MS],
    ["week", texts.muteWeek, () => Date.now() + 7 * 24 * HOUR_MS],
    ["always", texts.muteAlways, () => ALWAYS],
  ]
  for (const [name, words, until] of times) {
    const button = make("button", { class: "chip", type: "button", "data-test": `contact-mute-${name}` }, [words])
    button.addEventListener("click", () => {
      choices.show(false)
      change(row, { muted_until: until() })
    })
    box.append(button)
  }
  return choices
}

/** @param {HTMLElement} from @param {object} to */
function change(from, to) {
  const chat = listed(store.state)
  if (chat) emit(from, "change-preferences", { chat_id: chat.id, change: to })
}
