// @ts-check
/**
 * The members in the panel of a group: how many, a search, and a row for each with a menu. It follows every change.
 * Keyboard: the list is one stop of Tab. Up, Down, Home and End move in it, Enter opens the menu of a member.
 */
import { confirmed } from "../lib/confirm.js"
import { emit, setText } from "../lib/dom.js"
import { goTo } from "../lib/layers.js"
import { make, sprite } from "../lib/make.js"
import { openMenu } from "../lib/menu.js"
import { printRoute } from "../lib/route.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { showAvatar } from "../people/avatar.js"
import { wordsFor } from "../settings/profile-api.js"
import { areListed, memberItems, roleIn } from "../state/members.js"
import { chatWith } from "../state/peers.js"
import { matches } from "../state/person-items.js"
import { store } from "../state/store.js"
import { addMembers, changeRole, removeMember, wantMembers } from "./groups-api.js"
import { growingList } from "./growing-list.js"
import { openPickDialog } from "./pick-dialog.js"

/** Fewer are seen at a glance. */
const SEARCHED_FROM = 10
/** A list that failed to load is asked for again. */
const RETRY_MS = 3000

/** @typedef {import("../state/members.js").MemberItem} MemberItem */

/** @param {number} chat @param {AbortSignal} signal @param {HTMLElement} root what scrolls */
export function memberList(chat, signal, root) {
  const heading = make("h3", { class: "panel__heading", id: "members-heading", "data-test": "member-count" })
  const add = make("button", {
    class: "contact__row", type: "button", "aria-haspopup": "dialog", "data-test": "add-members",
  }, [sprite("invite"), make("span", {}, [texts.addMembers])])
  const search = make("input", {
    class: "input members__search", type: "search", autocomplete: "off", spellcheck: "false", dir: "auto",
    "aria-label": texts.searchMembers, placeholder: texts.searchMembers, "data-test": "member-search",
  })
  const list = make("ul", { class: "members", "aria-labelledby": "members-heading", "data-test": "members" })
  const none = make("p", { class: "members__none", role: "status" })
  const waits = make("div", { class: "members__skeleton", "aria-hidden": "true" }, [1, 2, 3].map(() =>
    make("div", { class: "skeleton" })))
  const section = make("section", { class: "panel__section" }, [heading, add, search, none, list, waits])
  const rows = growingList(list, (/** @type {MemberItem} */ item) => memberRow(item, chat), { signal, root })
  /** @type {MemberItem[]} */
  let items = []

  const show = (/** @type {boolean} */ isOther) => {
    const query = search.value.trim()
    const found = query ? items.filter((item) => matches(item, query)) : items
    rows.show(found, isOther)
    setText(none, found.length === 0 && query ? texts.nothingMatches(query) : "")
    none.hidden = none.textContent === ""
    if (!list.querySelector('[tabindex="0"]')) list.querySelector("button")?.setAttribute("tabindex", "0")
  }

  search.addEventListener("input", () => show(true))
  search.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !search.value) return
    // Only the search ends; without this the panel would close.
    event.stopPropagation()
    event.preventDefault()
    search.value = ""
    show(true)
  })
  add.addEventListener("click", () => addPeople(chat, add))
  list.addEventListener("focusin", (/** @type {Event} */ { target }) => {
    for (const stop of list.querySelectorAll('[tabindex="0"]')) stop.setAttribute("tabindex", "-1")
    if (target instanceof HTMLButtonElement) target.tabIndex = 0
  })
  list.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => move(event, list))
  /** @type {unknown[]} */
  let drawn = []
  const draw = () => {
    const { state } = store
    const parts = [state.members[chat], state.memberships[chat], state.listed[chat], state.users]
    // Often several change together, and each calls this. Sorting 5,000 members takes its time.
    if (drawn.length > 0 && parts.every((part, at) => part === drawn[at])) return
    drawn = parts
    const isIn = isCurrent(roleIn(state, chat))
    section.hidden = !isIn
    if (!isIn) return
    const known = areListed(state, chat)
    // A list of which only some members are known would show a wrong number.
    items = known ? memberItems(state, chat) : []
    setText(heading, known ? texts.members(items.length) : texts.membersHeading)
    search.hidden = items.length < SEARCHED_FROM && !search.value
    waits.hidden = known
    add.hidden = roleIn(state, chat) !== "admin"
    show(false)
  }
  for (const part of /** @type {const} */ (["members", "memberships", "listed", "users"])) {
    store.watch((state) => (part === "users" ? state.users : state[part][chat]), draw, { signal })
  }
  follow(chat, signal)
  return section
}

/** @param {string} role */
function isCurrent(role) {
  return role === "member" || role === "admin"
}

/** Asks for the list when it is not known: at first, after a reset, and when I am added again. */
function follow(/** @type {number} */ chat, /** @type {AbortSignal} */ signal) {
  const ask = async () => {
    const { state } = store
    if (signal.aborted || !isCurrent(roleIn(state, chat)) || areListed(state, chat)) return
    await wantMembers(chat).catch(() => setTimeout(ask, RETRY_MS))
  }
  store.watch((state) => state.live && isCurrent(roleIn(state, chat)) && !areListed(state, chat), ask, { signal })
  ask()
}

/** @param {MemberItem} first @param {number} chat @returns {import("../lib/dom.js").Row<MemberItem>} */
function memberRow(first, chat) {
  const avatar = make("span", { class: "avatar members__avatar", "data-px": "40", "aria-hidden": "true" })
  const name = make("bdi", { class: "members__name" })
  const about = make("bdi", { class: "members__about" })
  const tag = make("span", { class: "tag", "data-test": "member-admin" }, [texts.admin])
  const words = make("span", { class: "members__words" }, [name, about])
  const attributes = first.me ? { class: "members__row" }
    : { class: "members__row", type: "button", tabindex: "-1", "aria-haspopup": "menu", "aria-expanded": "false" }
  const row = make(first.me ? "div" : "button", attributes, [avatar, words, tag])
  row.dataset.test = "member"
  let item = first
  if (!first.me) row.addEventListener("click", () => openMemberMenu(item, chat, row))
  return {
    root: make("li", {}, [row]),
    update: (now) => {
      item = now
      row.dataset.name = now.name
      showAvatar(avatar, now.id, now.name, now)
      setText(name, now.me ? texts.you : now.label)
      setText(about, now.about)
      about.hidden = now.about === ""
      tag.hidden = !now.admin
    },
  }
}

/** @param {KeyboardEvent} event @param {HTMLElement} list */
function move(event, list) {
  const buttons = [...list.querySelectorAll("button")]
  const at = buttons.findIndex((button) => button === document.activeElement)
  const last = buttons.length - 1
  const to = new Map([["ArrowDown", at + 1], ["ArrowUp", at - 1], ["Home", 0], ["End", last]]).get(event.key)
  if (at < 0 || to === undefined) return
  event.preventDefault()
  buttons[Math.max(0, Math.min(to, last))].focus()
}

/** @param {MemberItem} member @param {number} chat @param {HTMLElement} opener */
function openMemberMenu({ id, label, admin }, chat, opener) {
  const list = make("div", { class: "menu__list", role: "menu", "aria-label": texts.memberMenu(label) })
  /** @type {(test: string, sign: string, words: string, act: () => void, grave?: boolean) => HTMLElement} */
  const item = (test, sign, words, act, grave) => {
    const root = make("button", {
      class: `menu__item${grave ? " menu__item--grave" : ""}`, type: "button", role: "menuitem", tabindex: "-1",
      "data-test": `member-${test}`,
    }, [sprite(sign, sign === "leave" ? "icon icon--mirrored" : "icon"), words])
    root.addEventListener("click", act)
    return root
  }
  list.append(
    item("info", "info", texts.contactInfo, () => emit(opener, "show-person", { id, opener })),
    item("message", "read", texts.messageMember, () => {
      goTo(printRoute({ chat_id: chatWith(store.state, id)?.id, user_id: id }))
    }),
  )
  if (roleIn(store.state, chat) === "admin") {
    list.append(
      admin ? item("demote", "group", texts.endAdmin, () => tried(changeRole(chat, id, "member")))
        : item("promote", "group", texts.makeAdmin, () => tried(changeRole(chat, id, "admin"))),
      item("remove", "leave", texts.removeMember, () => remove(chat, id, label, opener), true),
    )
  }
  openMenu(list, { opener, title: label, test: "member-menu" })
}

/** @param {number} chat @param {number} id @param {string} label @param {HTMLElement} opener */
async function remove(chat, id, label, opener) {
  const title = texts.removeMemberTitle(label)
  if (await confirmed(opener, { title, words: texts.removeMemberWords, yes: texts.removeYes })) {
    tried(removeMember(chat, id))
  }
}

/** @param {Promise<unknown>} request */
function tried(request) {
  request.catch((error) => toast(wordsFor(error)))
}

/** @param {number} chat @param {HTMLElement} opener */
async function addPeople(chat, opener) {
  try {
    // Without the list of members, all would look as if they could be added.
    await wantMembers(chat)
  } catch (error) {
    toast(wordsFor(error))
    return
  }
  openPickDialog(opener, {
    test: "add-dialog", title: texts.addMembers, yes: texts.addYes, group: chat,
    act: (chosen) => addMembers(chat, chosen),
  })
}
