// @ts-check
/** Shows unread messages outside of the page: a dot on its icon, a number on the installed app. */

const link = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=icon]"))
const plain = link?.href ?? ""
const dotted = plain.replace("favicon.svg", "favicon-unread.svg")

/** @param {number} unread */
export function showBadge(unread) {
  const href = unread > 0 ? dotted : plain
  if (link && link.href !== href) link.href = href
  if (!("setAppBadge" in navigator)) return
  const shown = unread > 0 ? navigator.setAppBadge(unread) : navigator.clearAppBadge()
  // A page that is not installed has no badge.
  shown.catch(() => {})
}
