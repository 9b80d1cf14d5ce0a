// @ts-check
/**
 * Mentions as a text holds them: `<@123>` for a person, `<@all>` for everyone. Which of them count is the server's
 * decision (src/rules/mentions.rs). A caller names those; everything else stays as it was typed.
 */

/** @typedef {Record<string, string>} Names  what is shown for a token, by token: "<@5>" is shown as "@Ana" */

const TOKEN = /<@(?:all|[1-9]\d{0,18})>/gu

/** The tokens of a text, each once, in its order. @param {string} text */
export function tokensIn(text) {
  return text.includes("<@") ? [...new Set(text.match(TOKEN))] : []
}

/** @param {string} text @param {Names | null} names @returns {string} the text with names in place of their tokens */
export function withNames(text, names) {
  return names ? text.replace(TOKEN, (token) => names[token] ?? token) : text
}

/** Where the named tokens stand in a text. @param {string} text @param {Names | null} names */
export function placesOf(text, names) {
  return names ? [...text.matchAll(TOKEN)].filter(([token]) => token in names) : []
}

/** @param {number} id of a user; 0 for everyone */
export function tokenOf(id) {
  return `<@${id || "all"}>`
}

/** @param {string} token @returns {number} the id of the user; 0 for everyone */
export function idOf(token) {
  return Number(token.slice(2, -1)) || 0
}
