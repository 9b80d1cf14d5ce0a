// @ts-check
/**
 * Ends the reply or the edit of a draft when its message is deleted, expires or turns out not to be there. The text of
 * the draft stays; that of an edit can be copied. Loaded with the first draft that replies or edits.
 */
import { copyText } from "../lib/copy.js"
import { withNames } from "../lib/mentions.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { EMPTY } from "../state/draft.js"
import { namesInDraft } from "../state/mentions.js"
import { store } from "../state/store.js"
import { chatOfKey } from "../state/targets.js"
import { isLost } from "./draft-sync.js"
import { drafts } from "./drafts.js"

/** @param {(key: string) => void} changed is told of each draft that ends so @param {AbortSignal} signal */
export function endLostQuotes(changed, signal) {
  const end = () => {
    for (const key of [...drafts.keys()].filter(isLost)) {
      const draft = drafts.get(key)
      drafts.set(key, { ...EMPTY, text: draft.text })
      drafts.announce(key)
      changed(key)
      if (draft.edit_of) sayLost(key, draft.edited)
    }
  }
  store.follow(end, { signal })
  drafts.addEventListener("filled", end, { signal })
  end()
}

/** @param {string} key @param {string} edited */
function sayLost(key, edited) {
  const { state } = store
  const words = withNames(edited, namesInDraft(state, chatOfKey(state, key), edited))
  const run = async () => toast(await copyText(words) ? texts.copied : texts.copyFailed)
  toast(texts.editLost, words ? { action: texts.copyText, run } : {})
}
