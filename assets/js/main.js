// @ts-check
/** Starts the page: first the texts, then the sign-in card or a session, in turn for as long as the page is open. */
import { watchDays } from "./lib/days.js"
import { clone, nextFrame } from "./lib/dom.js"
import { forgetToken, readToken, retireToken, saveToken } from "./lib/token.js"
import { deleteLeftovers } from "./net/local-store.js"
import { Session } from "./session.js"
import { store } from "./state/store.js"
import { drafts } from "./composer/drafts.js"
import { onLanguageChange, speak } from "./languages/language.js"
import "./sign-in/sign-in.js"

/** Not before the page has settled. */
const HOUSEKEEPING_AFTER_MS = 1500

const root = /** @type {HTMLElement} */ (document.getElementById("root"))
/** @type {Session | null} */
let session = null

/** @param {string} notice why, if the person did not ask for it */
function leave(notice) {
  session?.stop()
  session?.forget()
  session = null
  if (notice) retireToken()
  else forgetToken()
  drafts.clear()
  store.dispatch({ type: "session/ended" })
  history.replaceState(null, "", "#/")
  showSignIn(notice)
}

/** @param {string} notice */
function showSignIn(notice) {
  const { root: card, username } = clone("sign-in")
  card.addEventListener("signed-in", async (/** @type {CustomEvent} */ { detail }) => {
    saveToken(detail.token, detail.keep)
    await enter(detail.token)
    session?.takeFocus()
  })
  root.replaceChildren(card)
  card.notice(notice)
  if (matchMedia("(pointer: fine)").matches) username.focus()
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
    return
  }
  session?.stop()
  begin()
}

function begin() {
  const token = readToken()
  if (token) enter(token)
  else showSignIn("")
}

/** Not `await` at the top: a file with texts imports this one when joined, and each would wait for the other. */
async function start() {
  await speak()
  watchDays({ day: (start) => store.dispatch({ type: "day/began", start }), zone: () => session && redraw() })
  begin()
  onLanguageChange(redraw)
  setTimeout(deleteLeftovers, HOUSEKEEPING_AFTER_MS)
}

store.schedule = nextFrame
start()
