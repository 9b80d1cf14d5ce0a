// @ts-check
/** The server refused to change a message, its pin or my flags of it, so the page shows it as before. Says why. */
import { copyText } from "../lib/copy.js"
import { failures, texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"

/** By kind of the item. @type {Record<string, (why: string) => string>} */
const WORDS = {
  deletion: texts.messageNotDeleted, hide: texts.messageNotDeleted, reaction: texts.notReacted, star: texts.notStarred,
  pin: texts.notPinned, reschedule: texts.scheduledNotChanged, unschedule: texts.scheduledNotChanged,
  "send-scheduled": texts.scheduledNotChanged,
}

/** @param {import("../net/outgoing-queue.js").Item} item @param {import("../net/outgoing-queue.js").Refusal} refusal */
export function sayMessageNotChanged({ kind, body }, { code, message }) {
  const why = code === "no_such_message" ? texts.messageGone : (failures.get(code) ?? (message || texts.unknownFailure))
  // It is gone from my devices by other means.
  if (kind === "hide" && code === "no_such_message") return
  if (kind === "pin" && !body.hours && code === "message_deleted") return
  const say = WORDS[kind]
  // The new words of a scheduled message must not be lost.
  if (say && !body.change?.content) {
    toast(say(why))
    return
  }
  // What was written must not be lost with the edit.
  const words = body.change?.content ?? body.content
  const run = async () => toast(await copyText(words) ? texts.copied : texts.copyFailed)
  toast((say ?? texts.messageNotEdited)(why), { action: texts.copyText, run })
}
