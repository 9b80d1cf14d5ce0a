// @ts-check
/**
 * The buttons over the messages. One leads to the next unread mention. The other leads to the end of a chat; at the
 * end, it leads to the first unread message if that was passed over.
 * Messages that were not on the screen stay unread, so there must be a way back to them.
 */
import { setText } from "../lib/dom.js"
import { texts } from "../lib/texts.js"

/**
 * @param {import("../lib/dom.js").Parts} parts @param {"" | "end" | "unread"} to "" hides it @param {number} unread
 */
export function showJump({ jump, jumpCount }, to, unread) {
  jump.classList.toggle("jump--away", to === "")
  // It keeps its text while it fades out.
  if (to === "") return
  jump.classList.toggle("jump--up", to === "unread")
  jumpCount.hidden = unread === 0
  setText(jumpCount, texts.badge(unread))
  const words = to === "unread" ? texts.jumpToUnread : texts.jumpCounted
  jump.setAttribute("aria-label", unread > 0 ? words(unread) : texts.jumpToLatest)
}

/** @param {import("../lib/dom.js").Parts} parts @param {number} count unread mentions; 0 hides it */
export function showMentionJump({ mentionJump, mentionCount }, count) {
  mentionJump.classList.toggle("jump--away", count === 0)
  if (count === 0) return
  setText(mentionCount, texts.badge(count))
  mentionJump.setAttribute("aria-label", texts.jumpToMention(count))
}
