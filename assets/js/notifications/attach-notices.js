// @ts-check
/** Hands every frame to what tells of new messages (notifications/notices.js), which is loaded after the page is drawn. */

/** @param {AbortSignal} signal @returns {(frame: any) => void} */
export function attachNotices(signal) {
  const ready = import("./notices.js").then(({ Notices }) => new Notices(signal), () => null)
  return (frame) => void ready.then((notices) => notices?.hear(frame))
}
