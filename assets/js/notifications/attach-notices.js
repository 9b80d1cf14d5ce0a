// @ts-check
/** Hands every frame to notices.js, which announces new messages and loads after the page is drawn. */
import { loaded } from "../lib/load.js"

/** @param {AbortSignal} signal @returns {(frame: any) => void} */
export function attachNotices(signal) {
  const ready = loaded(import("./notices.js"), "").then((module) => module && new module.Notices(signal))
  return (frame) => void ready.then((notices) => notices?.hear(frame))
}
