// @ts-check
/**
 * The dialog that makes a group, in two steps: who is in it, then its picture, title, description and rules. What was
 * chosen and typed stays until the group exists, also if the dialog is closed or the connection is gone.
 */
import { closeButton, closeDialog, dialogIsOpen, openDialog } from "../lib/dialog.js"
import { setText } from "../lib/dom.js"
import { uuid } from "../lib/ids.js"
import { goTo, openLayer } from "../lib/layers.js"
import { loadStyle } from "../lib/load.js"
import { make, sprite } from "../lib/make.js"
import { printRoute } from "../lib/route.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { wordsFor } from "../settings/profile-api.js"
import { store } from "../state/store.js"
import { addMembers, changeGroup, createGroup, removeMember, setGroupPicture } from "./groups-api.js"
import { TITLE_MAX } from "./limits.js"
import { peoplePicker } from "./people-picker.js"
import { pictureButton } from "./picture-button.js"
import { rulesRows } from "./rules-rows.js"

/** @typedef {import("./rules-rows.js").Rules} Rules */
/** @typedef {Rules & { title: string, description: string, user_ids: number[] }} Wanted */
/**
 * @typedef {{ me: number, cid: string, people: Set<number>, title: string, description: string, rules: Rules,
 *   picture: Blob | null, tried: Wanted | null }} Draft  tried = what was asked for, without an answer
 */

/** What was not finished. It belongs to the person who began it. @type {Draft | null} */
let begun = null

/** @returns {Draft} */
function blank() {
  return {
    me: store.state.me, cid: uuid(), people: new Set(), title: "", description: "", picture: null, tried: null,
    rules: { who_may_write: "all", who_may_change: "admins", history_for_newcomers: "none" },
  }
}

/** @param {HTMLElement} opener @param {number[]} [people] chosen from the start */
export async function openNewGroup(opener, people = []) {
  await Promise.all(["groups", "settings"].map(loadStyle))
  if (!opener.isConnected || dialogIsOpen()) return
  const isOwn = begun?.me === store.state.me && people.length === 0
  begun = isOwn && begun ? begun : blank()
  for (const id of people) begun.people.add(id)
  new NewGroup(begun, opener)
}

class NewGroup {
  #draft
  #life = new AbortController()
  #title = make("h2", { class: "dialog__title", id: "new-group-title" })
  #back = make("button", {
    class: "icon-button", type: "button", "aria-label": texts.goBack, "data-test": "new-group-back", hidden: true,
  }, [sprite("back", "icon icon--mirrored")])
  #go = make("button", { class: "button", type: "button", "data-test": "new-group-go" })
  #count = make("p", { class: "group-dialog__count", role: "status" })
  #error = make("p", { class: "notice notice--error", role: "alert", hidden: true, "data-test": "new-group-error" })
  #offline = make("p", { class: "notice", role: "status", hidden: true, "data-test": "new-group-offline" })
  #name = make("input", {
    class: "input", id: "new-group-name", type: "text", dir: "auto", autocomplete: "off", maxlength: TITLE_MAX,
    enterkeyhint: "done", "aria-describedby": "new-group-name-error", "data-test": "new-group-name",
  })
  #nameError = make("p", { class: "form__error", id: "new-group-name-error", role: "alert", hidden: true })
  #avatar = make("span", { class: "avatar avatar--tile new-group__avatar", "aria-hidden": "true" }, [sprite("group")])
  #picker
  #first
  #second
  #box
  #step = 1
  #leaveSecond = () => {}
  #busy = false
  /** Whether the error is that the server cannot be reached. */
  #isUnreachable = false

  /** @param {Draft} draft @param {HTMLElement} opener */
  constructor(draft, opener) {
    const { signal } = this.#life
    this.#draft = draft
    this.#picker = peoplePicker({ chosen: draft.people, changed: () => this.#look(), signal })
    this.#first = make("div", { class: "group-dialog__step" }, [this.#picker.root])
    this.#second = make("div", { class: "group-dialog__step new-group" }, this.#fields())
    this.#box = make("dialog", {
      class: "dialog bottom-sheet group-dialog", "aria-labelledby": this.#title.id, "data-test": "new-group-dialog",
    }, [
      make("header", { class: "group-dialog__bar" }, [this.#back, this.#title, closeButton("new-group-close")]),
      this.#first, this.#second, this.#offline, this.#error,
      make("div", { class: "group-dialog__foot" }, [this.#count, this.#go]),
    ])
    this.#back.addEventListener("click", () => this.#leaveSecond())
    this.#go.addEventListener("click", () => (this.#step === 1 ? this.#enterSecond() : this.#create()))
    this.#name.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" && !event.isComposing) this.#create()
    })
    openDialog(this.#box, opener, this.#life)
    store.watch((state) => state.steady, (steady) => {
      this.#offline.hidden = steady
      // Both say that there is no connection, or it is back and the error is not true any more.
      if (this.#isUnreachable) this.#error.hidden = true
      setText(this.#offline, steady ? "" : texts.groupOffline)
    }, { signal })
    this.#show(1)
  }

  /** @returns {HTMLElement[]} */
  #fields() {
    const draft = this.#draft
    const { signal } = this.#life
    const about = make("textarea", {
      class: "input new-group__about", id: "new-group-about", rows: 3, dir: "auto", "data-test": "new-group-about",
    })
    this.#name.value = draft.title
    about.value = draft.description
    this.#name.addEventListener("input", () => {
      draft.title = this.#name.value
      this.#nameError.hidden = true
      this.#name.removeAttribute("aria-invalid")
    })
    about.addEventListener("input", () => (draft.description = about.value))
    const picture = pictureButton({
      avatar: this.#avatar, test: "new-group-picture", has: () => draft.picture !== null,
      save: async (photo) => this.#showPicture((draft.picture = photo)),
      remove: () => this.#showPicture((draft.picture = null)),
    })
    this.#showPicture(draft.picture)
    const rules = rulesRows("new-group", (change) => rules.show(Object.assign(draft.rules, change)), signal)
    rules.show(draft.rules)
    const label = (/** @type {string} */ id, /** @type {string} */ words) =>
      make("label", { class: "form__label", for: id }, [words])
    const more = make("details", { class: "new-group__more" }, [
      make("summary", { "data-test": "new-group-more" }, [
        sprite("down"), make("span", {}, [texts.moreSettings]),
      ]), ...rules.rows,
    ])
    // The dialog keeps its height: without this, the last row would be out of sight.
    more.addEventListener("toggle", () => more.scrollIntoView({ block: "nearest" }))
    return [
      picture.root,
      make("div", { class: "form__field" }, [label("new-group-name", texts.groupTitle), this.#name, this.#nameError]),
      make("div", { class: "form__field" }, [label("new-group-about", texts.descriptionOptional), about]),
      more,
    ]
  }

  /** @param {Blob | null} photo */
  async #showPicture(photo) {
    this.#avatar.querySelector("img")?.remove()
    if (!photo) return
    const image = new Image()
    image.alt = ""
    const url = URL.createObjectURL(photo)
    image.src = url
    await image.decode().catch(() => {})
    URL.revokeObjectURL(url)
    if (this.#draft.picture === photo) this.#avatar.append(image)
  }

  /** The second step is a layer over the first one, so that Back and Escape go one step back. */
  #enterSecond() {
    this.#leaveSecond = openLayer({ box: this.#second, opener: null, hide: () => this.#show(1) })
    this.#show(2)
  }

  /** @param {number} step */
  #show(step) {
    this.#step = step
    this.#first.hidden = step !== 1
    this.#second.hidden = step !== 2
    this.#back.hidden = step !== 2
    this.#error.hidden = true
    this.#look()
    if (step === 1) this.#picker.focus()
    else this.#name.focus()
  }

  #look() {
    const count = this.#draft.people.size
    setText(this.#title, texts.newGroup)
    setText(this.#count, count > 0 ? texts.chosen(count) : "")
    setText(this.#go, this.#step === 1 ? texts.next : this.#busy ? texts.creatingGroup : texts.createGroup)
    this.#go.setAttribute("aria-disabled", String(this.#busy))
  }

  async #create() {
    if (this.#busy) return
    if (this.#draft.title.trim() === "") {
      setText(this.#nameError, texts.titleMissing)
      this.#nameError.hidden = false
      this.#name.setAttribute("aria-invalid", "true")
      this.#name.focus()
      return
    }
    this.#busy = true
    this.#error.hidden = true
    this.#look()
    try {
      const chat = await made(this.#draft)
      begun = null
      if (this.#draft.picture) await savePicture(chat, this.#draft.picture)
      closeDialog(this.#box)
      goTo(printRoute({ chat_id: chat }))
    } catch (error) {
      setText(this.#error, wordsFor(error))
      this.#isUnreachable = error.status === 0
      this.#error.hidden = this.#isUnreachable && !store.state.steady
    } finally {
      this.#busy = false
      this.#look()
    }
  }
}

/**
 * The group exists now, and the dialog goes. If the picture cannot be saved, a toast offers to try again.
 * @param {number} chat @param {Blob} picture
 */
async function savePicture(chat, picture) {
  try {
    await setGroupPicture(chat, picture)
  } catch (error) {
    const run = () => savePicture(chat, picture)
    toast(`${texts.pictureNotSaved} ${wordsFor(error)}`, { action: texts.tryAgain, run })
  }
}

/**
 * Makes the group once. If an attempt got no answer, the group may be there already. So it is asked for again as it was
 * wanted then, and changed to what is wanted now.
 * @param {Draft} draft @returns {Promise<number>} the chat
 */
async function made(draft) {
  const { cid, people, tried } = draft
  /** @type {Wanted} */
  const wanted = {
    title: draft.title.trim(), description: draft.description.trim(), ...draft.rules, user_ids: [...people],
  }
  const asked = (draft.tried ??= wanted)
  const { id } = await createGroup({ cid, ...asked }).catch((error) => {
    // A refusal is an answer: nothing was made.
    if (error.status >= 400 && error.status < 500) draft.tried = tried
    throw error
  })
  const { user_ids, ...rest } = wanted
  const isAsWanted = Object.entries(rest).every(([name, value]) => Reflect.get(asked, name) === value)
  if (!isAsWanted) await changeGroup(id, rest)
  const others = user_ids.filter((user) => !asked.user_ids.includes(user))
  if (others.length > 0) await addMembers(id, others)
  for (const user of asked.user_ids.filter((one) => !people.has(one))) await removeMember(id, user)
  return id
}
