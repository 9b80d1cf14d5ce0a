// @ts-check
/**
 * The groups in common with a person, in their panel, and the way to a new group with them. Groups whose members are
 * not known here are asked one by one whether they have this person: one row each, the latest groups first.
 */
import { setText } from "../lib/dom.js"
import { goTo } from "../lib/layers.js"
import { loadStyle } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { printRoute } from "../lib/route.js"
import { texts } from "../lib/texts.js"
import { showAvatar } from "../people/avatar.js"
import { areListed, roleIn } from "../state/members.js"
import { labelOf } from "../state/names.js"
import { store } from "../state/store.js"
import { isMember } from "./groups-api.js"
import { openNewGroup } from "./new-group.js"

/** Asking about more groups would take too many requests. */
const ASKED_MAX = 60

await loadStyle("groups")

/** @param {number} user @param {AbortSignal} signal @returns {HTMLElement} */
export function personGroups(user, signal) {
  const heading = make("h3", { class: "panel__heading", id: "common-heading" })
  const list = make("ul", { class: "members", "aria-labelledby": "common-heading", "data-test": "common-groups" })
  const words = make("span")
  const create = make("button", {
    class: "contact__row", type: "button", "aria-haspopup": "dialog", "data-test": "new-group-with",
  }, [sprite("group"), words])
  create.addEventListener("click", () => openNewGroup(create, [user]))
  /** The answers of the server. @type {Map<number, boolean>} */
  const answers = new Map()

  const draw = () => {
    const { state } = store
    const groups = store.select.chatItems(state).filter(({ id, group }) => group && isShared(id))
    heading.hidden = list.hidden = groups.length === 0
    setText(heading, texts.groupsInCommon)
    setText(words, texts.newGroupWith(labelOf(state, user)))
    list.replaceChildren(...groups.map(({ id, name, picture }) => groupRow(id, name, picture)))
  }

  /** @param {number} chat */
  const isShared = (chat) => {
    const { state } = store
    if (roleIn(state, chat) === "former") return false
    const known = state.members[chat]?.[user]
    return known ? known.role !== "former" : answers.get(chat) === true
  }

  const ask = async () => {
    const unknown = store.select.chatItems(store.state).filter(({ id, group }) => {
      const { state } = store
      return group && roleIn(state, id) !== "former" && !areListed(state, id) && !state.members[id]?.[user]
    })
    for (const { id } of unknown.slice(0, ASKED_MAX)) {
      if (signal.aborted) return
      if (answers.has(id)) continue
      try {
        answers.set(id, await isMember(id, user))
      } catch {
        // Without a connection it stays unknown; the next opening asks again.
        return
      }
    }
    if (!signal.aborted) draw()
  }

  store.watch((state) => state.members, draw, { signal })
  store.watch((state) => state.memberships, draw, { signal })
  store.watch((state) => state.chats, draw, { signal })
  store.watch((state) => state.users[user], draw, { signal })
  store.watch((state) => state.live, (live) => live && ask(), { signal })
  return make("section", { class: "panel__section" }, [heading, list, create])
}

/** @param {number} id @param {string} name @param {string | null} picture */
function groupRow(id, name, picture) {
  const avatar = make("span", { class: "avatar members__avatar", "data-px": "40", "aria-hidden": "true" })
  showAvatar(avatar, id, name, { group: true, picture })
  const words = make("span", { class: "members__words" }, [make("bdi", { class: "members__name" }, [name])])
  const href = printRoute({ chat_id: id })
  const attributes = { class: "members__row", href, "data-test": "common-group", "data-name": name }
  const row = make("a", attributes, [avatar, words])
  row.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    // The group may be the open one, so following the link alone would not close the panel.
    event.preventDefault()
    goTo(href)
  })
  return make("li", {}, [row])
}
