// @ts-check
/** Leaving a group. The last admin is first asked to name another one. */
import { confirmed } from "../lib/confirm.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { wordsFor } from "../settings/profile-api.js"
import { isLastAdmin } from "../state/members.js"
import { store } from "../state/store.js"
import { changeRole, removeMember, wantMembers } from "./groups-api.js"
import { openPickDialog } from "./pick-dialog.js"

/** @param {number} chat @param {HTMLElement} opener */
export async function leaveGroup(chat, opener) {
  try {
    // Whether another admin is there can only be known from the whole list.
    await wantMembers(chat)
    if (isLastAdmin(store.state, chat)) nameAnother(chat, opener)
    else if (await agrees(chat, opener)) await leave(chat)
  } catch (error) {
    toast(wordsFor(error))
  }
}

/** @param {number} chat @param {HTMLElement} opener */
function agrees(chat, opener) {
  return confirmed(opener, {
    title: texts.leaveGroupTitle(store.state.chats[chat]?.title ?? ""), words: texts.leaveGroupWords,
    yes: texts.leaveGroup,
  })
}

/** @param {number} chat @param {HTMLElement} opener */
function nameAnother(chat, opener) {
  const { me, members } = store.state
  const among = (/** @type {number} */ id) => id !== me && (members[chat]?.[id]?.role ?? "former") !== "former"
  openPickDialog(opener, {
    test: "name-admin", title: texts.nameAdminTitle, words: texts.nameAdminWords, yes: texts.leaveGroup, grave: true,
    optional: true, among,
    act: async (chosen) => {
      for (const id of chosen) await changeRole(chat, id, "admin")
      await leave(chat)
    },
  })
}

/** @param {number} chat */
const leave = (chat) => removeMember(chat, store.state.me)
