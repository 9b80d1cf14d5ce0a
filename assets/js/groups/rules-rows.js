// @ts-check
/** The rules of a group as switches: who may write, who may change it, what newcomers see. */
import { texts } from "../lib/texts.js"
import { switchRow } from "../settings/switch-row.js"

/** @typedef {import("./groups-api.js").Change} Change */
/** @typedef {Required<Pick<Change, "who_may_write" | "who_may_change" | "history_for_newcomers">>} Rules */

/**
 * @param {string} test names the rows; each may be in the page once
 * @param {(change: Change) => void} change @param {AbortSignal} signal
 */
export function rulesRows(test, change, signal) {
  /** @type {Rules} */
  let now = { who_may_write: "all", who_may_change: "admins", history_for_newcomers: "none" }
  const write = switchRow(`${test}-write`, texts.onlyAdminsWrite, () => {
    change({ who_may_write: now.who_may_write === "admins" ? "all" : "admins" })
  }, signal)
  const edit = switchRow(`${test}-change`, texts.onlyAdminsChange, () => {
    change({ who_may_change: now.who_may_change === "admins" ? "all" : "admins" })
  }, signal)
  const history = switchRow(`${test}-history`, texts.newcomersSee, () => {
    change({ history_for_newcomers: now.history_for_newcomers === "all" ? "none" : "all" })
  }, signal)
  return {
    rows: [write.root, edit.root, history.root],
    /** @param {Rules} rules */
    show: (rules) => {
      now = rules
      write.show(rules.who_may_write === "admins", texts.onlyAdminsWriteHint)
      edit.show(rules.who_may_change === "admins", texts.onlyAdminsChangeHint)
      history.show(rules.history_for_newcomers === "all", texts.newcomersSeeHint)
    },
  }
}
