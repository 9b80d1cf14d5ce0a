// @ts-check
/** The server refused to edit, delete or react to a message, so the page shows it as before. Says why. */
import { copyText } from "../lib/copy.js"
import { failures, texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"

/** @param {import("../net/outgoing-queue.js").Item} item @param {import("../net/outgoing-queue.js").Refusal} refusal */
export function sayMessageNotChanged({ kind, body }, { code, message }) {
  const why = code === "no_such_message" ? texts.messageGone : (failures.get(code) ?? (message || texts.unknownFailure))
  if (kind !== "edit") {
    toast((kind === "deletion" ? texts.messageNotDeleted : texts.notReacted)(why))
    return
  }
  // What was written must not be lost with the edit.
  const run = async () => toast(await copyText(body.content) ? texts.copied : texts.copyFailed)
  toast(texts.messageNotEdited(why), { action: texts.copyText, run })
}
