// @ts-check
/** The tick of a message of mine, with a label for screen readers. */
import { showIcon } from "../lib/dom.js"
import { texts } from "../lib/texts.js"

/** @type {Record<string, { icon: string, words: string }>} */
const TICKS = {
  pending: { icon: "clock", words: texts.tickPending },
  failed: { icon: "failed", words: texts.tickFailed },
  sent: { icon: "tick", words: texts.tickSent },
  delivered: { icon: "ticks", words: texts.tickDelivered },
  read: { icon: "ticks", words: texts.tickRead },
}

/** @param {SVGElement} svg @param {SVGUseElement} use @param {string} state "" for messages of others */
export function showTick(svg, use, state) {
  svg.toggleAttribute("hidden", !state)
  if (!state || svg.dataset.tick === state) return
  const { icon, words } = TICKS[state]
  showIcon(use, icon)
  svg.dataset.tick = state
  svg.setAttribute("aria-label", words)
}
