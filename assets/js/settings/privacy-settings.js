// @ts-check
/**
 * The part of the settings about what others see of me. These settings belong to the account: all devices follow.
 * A switch moves at once. If the server cannot be reached, it moves back and a toast says so.
 */
import { setText } from "../lib/dom.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { readToken } from "../lib/token.js"
import { changePrivacy } from "../net/api.js"
import { store } from "../state/store.js"
import { switchRow } from "./switch-row.js"

/** @typedef {"shows_read" | "shows_last_seen"} Name */

/** @param {AbortSignal} signal @returns {HTMLElement} */
export function privacySettings(signal) {
  const heading = make("h3", { class: "settings__heading", id: "settings-privacy" })
  setText(heading, texts.privacy)
  return make("section", { class: "settings__group", "aria-labelledby": heading.id }, [
    heading,
    privacySwitch("shows_read", texts.showRead, texts.showReadHint, signal),
    privacySwitch("shows_last_seen", texts.showLastSeen, texts.showLastSeenHint, signal),
  ])
}

/** @param {Name} name @param {string} label @param {string} hint @param {AbortSignal} signal @returns {HTMLElement} */
function privacySwitch(name, label, hint, signal) {
  /** The value that the server has not confirmed yet. @type {boolean | null} */
  let wanted = null
  const shown = () => wanted ?? store.state.privacy[name]
  const press = async () => {
    const mine = !shown()
    wanted = mine
    show(mine, hint)
    const answer = await changePrivacy(readToken() ?? "", { [name]: mine }).catch(() => null)
    if (signal.aborted) return
    if (answer) store.dispatch({ type: "privacy", ...answer })
    else toast(texts.unreachable)
    if (wanted === mine) wanted = null
    show(shown(), hint)
  }
  const { root, show } = switchRow(name, label, press, signal)
  store.watch((state) => state.privacy[name], () => show(shown(), hint), { signal })
  return root
}
