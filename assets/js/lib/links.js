// @ts-check
/**
 * Finds the links in a text: web addresses, `www.` names and e-mail addresses. It returns data only and makes no nodes.
 * Where a link ends depends on Unicode properties, because every script has its own brackets and full stops.
 */

/**
 * What cannot be inside of a link. In ASCII: space, `"`, `<`, `>` and the backtick. Outside of it: quotes, brackets,
 * the ends of sentences and clauses, and invisible characters, which could hide or reorder a part of the address. The
 * joiners and the selector of emoji are invisible too, but are parts of words and emoji.
 */
const ENDS = String.raw`\s\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Terminal_Punctuation}\p{Default_Ignorable_Code_Point}\p{Cc}`
const OUTSIDE = String.raw`(?![\u200C\u200D\uFE0F])[${ENDS}]`
const BODY = String.raw`(?:[!#-;=?-_a-~]|(?!${OUTSIDE})[^\0-\x7F])`
/** Chinese and Arabic need no space before a link. A Latin letter or a digit before it makes it another word. */
const START = String.raw`(?<!\p{Script=Latin}\p{M}{0,4}|\p{N})`
const WEB = String.raw`${START}(?:https?:\/\/|mailto:)${BODY}+`
const WWW = String.raw`${START}(?<![@.\/-])www\.${BODY}+`
const LABEL = String.raw`[\p{Script=Latin}\p{N}](?:[\p{Script=Latin}\p{N}\p{M}-]{0,62})`
/** `git@host:path` is no address. */
const DOMAIN = String.raw`(?:${LABEL}\.){1,8}\p{Script=Latin}{2,63}(?![\p{L}\p{N}]|:\S)`
const MAIL = String.raw`${START}(?<![.%+@\/:-])[a-z0-9][a-z0-9._%+-]{0,63}@${DOMAIN}`
const LINK = new RegExp(`${WEB}|${WWW}|${MAIL}`, "giu")

/** Punctuation at the end of a link belongs to the sentence around it. `_` and `~` can be the end of an address. */
const TRAILING = /[.,:;!?'*]|(?![\0-\x7F])\p{P}/u
const BRACKETS = new Map([[")", "("], ["]", "["], ["}", "{"]])
const SCHEMES = new Set(["http:", "https:", "mailto:"])

/** @typedef {{ text: string, href?: string, host?: string }} Linked  host = the real one, if the text could deceive */

/**
 * Splits a text into plain stretches and links; joined again they are exactly the text.
 * @param {string} text
 * @returns {Linked[]}
 */
export function linkify(text) {
  /** @type {Linked[]} */
  const pieces = []
  let from = 0
  for (const found of text.matchAll(LINK)) {
    const link = linkOf(found[0])
    if (!link) continue
    if (found.index > from) pieces.push({ text: text.slice(from, found.index) })
    pieces.push(link)
    from = found.index + link.text.length
  }
  if (from < text.length) pieces.push({ text: text.slice(from) })
  return pieces
}

/** The link at the start of a text without spaces. @param {string} found @returns {Linked | null} */
export function linkOf(found) {
  const text = trimLink(found)
  const url = safeAddress(text)
  if (!url) return null
  const host = hiddenHost(text, url)
  return { text, href: url.href, ...(host && { host }) }
}

/** A closing bracket belongs to the link only if it was opened inside. @param {string} link */
function trimLink(link) {
  /** @type {Map<string, number>} */
  const signs = new Map()
  for (const sign of link) signs.set(sign, (signs.get(sign) ?? 0) + 1)
  let end = link.length
  for (; end > 0; end -= 1) {
    const last = link[end - 1]
    const opening = BRACKETS.get(last)
    const unmatched = opening !== undefined && (signs.get(last) ?? 0) > (signs.get(opening) ?? 0)
    if (!unmatched && !TRAILING.test(last)) break
    signs.set(last, (signs.get(last) ?? 0) - 1)
  }
  return link.slice(0, end)
}

/** @param {string} link @returns {URL | null} */
function safeAddress(link) {
  try {
    const url = new URL(addressOf(link))
    return SCHEMES.has(url.protocol) && isComplete(link, url) ? url : null
  } catch {
    return null
  }
}

/** @param {string} link */
function addressOf(link) {
  if (/^(?:https?:\/\/|mailto:)/iu.test(link)) return link
  return /^www\./iu.test(link) ? `https://${link}` : `mailto:${link}`
}

/** @param {string} link @param {URL} url */
function isComplete(link, { protocol, pathname, hostname }) {
  if (protocol === "mailto:") return pathname.includes("@")
  // "www.example" has a name for the server, but none for the domain.
  return /^www\./iu.test(link) ? /^www\.[^.]+\.[^.]/iu.test(hostname) : hostname !== ""
}

/**
 * The host that the link opens, unless the text says exactly that. The text says something else if it has a name before
 * an "@", letters of other scripts (the browser then asks for a name in ASCII), or a number as its host.
 * @param {string} text @param {URL} url @returns {string} "" if there is nothing to add
 */
function hiddenHost(text, { protocol, host, hostname }) {
  if (protocol === "mailto:") return ""
  const [written] = addressOf(text).replace(/^https?:\/\//iu, "").split(/[/?#]/u)
  const said = written.toLowerCase()
  // The port that the scheme implies may be written, too.
  return [host, `${hostname}:80`, `${hostname}:443`].includes(said) ? "" : host
}
