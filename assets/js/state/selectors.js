// @ts-check
/**
 * The selectors of one store, each with a memo: a result is the same object as long as what it is made of is the same,
 * so that watchers can compare by identity. What they select is in one file per view.
 */
import { chatItems, chatItemsInputs, unreadTotal } from "./chat-items.js"
import { header, headerInputs } from "./header.js"
import { memo } from "./memo.js"
import { paging, pagingInputs } from "./paging.js"
import { pinItems, pinItemsInputs } from "./pins.js"
import { listedPeers, personItems, personItemsInputs } from "./person-items.js"
import { missingQuotes, timeline, timelineInputs } from "./timeline.js"

/** @typedef {import("./model.js").State} State */

export class Selectors {
  chatItems = memo(chatItemsInputs, chatItems)
  header = memo(headerInputs, header)
  paging = memo(pagingInputs, paging)
  timeline = memo(timelineInputs, timeline)
  pinned = memo(pinItemsInputs, pinItems)
  missingQuotes = memo(
    (state) => [this.timeline(state), this.pinned(state)],
    (state) => [...missingQuotes(this.timeline(state)), ...missingQuotes(this.pinned(state))],
  )
  #listedPeers = memo((state) => [this.chatItems(state)], (state) => listedPeers(this.chatItems(state)))
  personItems = memo(
    (state) => [...personItemsInputs(state), this.#listedPeers(state)],
    (state) => personItems(state, this.chatItems(state)),
  )

  /** @param {State} state */
  unreadTotal = (state) => unreadTotal(this.chatItems(state))
}
