// @ts-check
/** Starts the page: first the texts, then the sign-in card or a session, in turn for as long as the page is open. */
import { watchDays } from "./lib/days.js"
import { clone, nextFrame } from "./lib/dom.js"
import { closeLayers, dropLayers, releaseLayers, whenSettled } from "./lib/layers.js"
import { loaded } from "./lib/load.js"
import { parseRoute } from "./lib/route.js"
import { texts } from "./lib/texts.js"
import { clearToasts } from "./lib/toast-stack.js"
import { forgetToken, readToken, retireToken, saveToken } from "./lib/token.js"
import { deleteLeftovers } from "./net/local-store.js"
import { Session } from "./session.js"
import { store } from "./state/store.js"
import { drafts } from "./composer/drafts.js"
import { onLanguageChange, speak } from "./languages/language.js"
import "./lib/files.js"
import "./sign-in/sign-in.js"

/** Not before the page has settled. */
const HOUSEKEEPING_AFTER_MS = 1500

const root = /** @type {HTMLElement} */ (document.getElementById("root"))
/** @type {Session | null} */
let session = null

/** @param {string} notice why, if the person did not ask for it @param {string} [why] its code */
function leave(notice, why = "") {
  const unsent = store.state.pending.length
  closeLayers()
  session?.stop()
  if (notice) session?.retire(why)
  else session?.forget()
  session = null
  if (notice) retireToken()
  else forgetToken()
  drafts.clear()
  clearToasts()
  store.dispatch({ type: "session/ended" })
  // The address of an invite link stays: after signing in, the page opens it.
  whenSettled(() => parseRoute(location.hash).invite || history.replaceState(null, "", "#/"))
  showSignIn(notice && unsent > 0 ? `${notice} ${texts.unsentKept(unsent)}` : notice)
}

/** A server that takes longer to say whether it is empty gets the usual card. */
const GREETING_MS_MAX = 300

/** @param {string} notice @param {boolean} [empty] whether the server has no account yet */
function showSignIn(notice, empty = false) {
  const { root: card, username } = clone("sign-in")
  card.addEventListener("signed-in", async (/** @type {CustomEvent} */ { detail }) => {
    saveToken(detail.token, detail.keep)
    clearToasts()
    await enter(detail.token)
    session?.takeFocus()
  })
  root.replaceChildren(card)
  card.notice(notice)
  releaseLayers()
  if (empty) card.greet()
  if (matchMedia("(pointer: fine)").matches) username.focus()
  showInvitation()
}

/** The group of an invite link is shown on the card. */
async function showInvitation() {
  const card = /** @type {HTMLElement | null} */ (root.querySelector("sign-in"))
  const { invite } = parseRoute(location.hash)
  if (!card || !(invite || card.querySelector("join-card"))) return
  const module = await loaded(import("./groups/join-card.js"))
  module?.showInvitation(card, invite)
}

/** @param {string} token */
function enter(token) {
  session = new Session(token, root, leave)
  return session.start()
}

/** Draws everything again after a change of the language or the time zone; the state and the drafts stay. */
function redraw() {
  const card = /** @type {any} */ (root.querySelector("sign-in"))
  if (card) {
    card.reword()
    showInvitation()
    return
  }
  session?.stop()
  dropLayers()
  begin()
}

function begin() {
  const token = readToken()
  if (token) enter(token)
  else greet()
}

async function greet() {
  const late = new Promise((resolve) => setTimeout(resolve, GREETING_MS_MAX))
  const asked = /** @type {any} */ (window).isEmptyServer
  showSignIn("", (await Promise.race([asked, late])) === true)
}

/** Not `await` at the top: a file with texts imports this one when joined, and each would wait for the other. */
async function start() {
  await speak()
  watchDays({
    day: (start, zone) => store.dispatch({ type: "day/began", start, zone }),
    zone: () => session && redraw(),
  })
  begin()
  onLanguageChange(redraw)
  window.addEventListener("hashchange", showInvitation)
  setTimeout(deleteLeftovers, HOUSEKEEPING_AFTER_MS)
}

store.schedule = nextFrame
start()
