// @ts-check
/**
 * The line above the composer: how many messages are scheduled in this chat, or that one could not be sent. A press
 * shows them. Loaded with the first message that is scheduled.
 */
import { setText } from "../lib/dom.js"
import { loadStyle, loaded } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { memo } from "../state/memo.js"
import { scheduledInputs, scheduledItems } from "../state/scheduled-items.js"
import { store } from "../state/store.js"

await loadStyle("scheduled")

/** @param {HTMLElement} composer @param {AbortSignal} signal */
export function attachScheduledLine(composer, signal) {
  if (composer.querySelector(".scheduled-line")) return
  const words = make("span", { class: "scheduled-line__words" })
  const line = make("button", {
    class: "scheduled-line", type: "button", "data-test": "scheduled-line", hidden: true,
  }, [sprite("later"), words])
  composer.prepend(line)
  line.addEventListener("click", async () => {
    const module = await loaded(import("../chat/scheduled-panel.js"))
    module?.openScheduled(line, store.state.open?.chat_id ?? 0)
  })
  const items = memo(scheduledInputs, (state) => scheduledItems(state, state.open?.chat_id ?? 0))
  store.watch(items, (all) => {
    const refused = all.filter(({ status }) => status === "refused").length
    line.hidden = all.length === 0
    line.classList.toggle("scheduled-line--refused", refused > 0)
    setText(words, refused > 0 ? texts.scheduledRefused(refused) : texts.scheduledCount(all.length))
  }, { signal })
  tellOfRefusals(signal)
}

/** A message may be refused in another chat than the open one. @param {AbortSignal} signal */
function tellOfRefusals(signal) {
  const refusedIds = () =>
    Object.values(store.state.scheduled).filter((row) => row.state === "refused").map(({ id }) => id)
  const told = new Set(refusedIds())
  store.watch((state) => state.scheduled, () => {
    const now = refusedIds().filter((id) => !told.has(id))
    for (const id of now) told.add(id)
    if (now.length > 0) toast(texts.scheduledRefused(now.length))
  }, { signal })
}
