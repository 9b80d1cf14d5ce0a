// @ts-check
/**
 * The panel of a person who is a member of the open group: cloth, picture, names, presence, the way to the chat with
 * them, their own words, and the groups in common. The panel of the open chat itself is contact-panel.js. Loaded when
 * it is first wanted.
 */
import { personGroups } from "../groups/person-groups.js"
import { goTo } from "../lib/layers.js"
import { loadStyle } from "../lib/load.js"
import { make } from "../lib/make.js"
import { openPanel } from "../lib/panel.js"
import { printRoute } from "../lib/route.js"
import { texts } from "../lib/texts.js"
import { nameOf } from "../state/peers.js"
import { store } from "../state/store.js"
import { targetKey } from "../state/targets.js"
import { clothOfPerson } from "./cloth.js"
import { names, ownWords, picture } from "./person-parts.js"

/** @param {number} id of the person @param {HTMLElement} opener gets the focus back */
export async function openPersonPanel(id, opener) {
  await loadStyle("contact")
  const user = store.state.users[id]
  if (!user) return
  const life = new AbortController()
  const { signal } = life
  const panel = await openPanel({ opener, title: nameOf(store.state, id), test: "person-info", life })
  if (!panel) return
  panel.cloth.append(clothOfPerson(user.username))
  const about = { id, signal, test: "person" }
  panel.body.append(
    panel.cloth, picture(about), names(about), write(id, signal), ownWords(about), personGroups(id, signal))
  const key = targetKey(store.state)
  store.watch(targetKey, (now) => now === key || panel.close(), { signal })
}

/** The way to the chat with this person. @param {number} id @param {AbortSignal} signal */
function write(id, signal) {
  const attributes = { class: "button button--wide", type: "button", "data-test": "person-write" }
  const button = make("button", attributes, [texts.writeTo])
  button.addEventListener("click", () => goTo(printRoute({ user_id: id })), { signal })
  return make("section", { class: "panel__section" }, [button])
}
