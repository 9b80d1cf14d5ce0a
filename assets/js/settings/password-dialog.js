// @ts-check
/** The dialog to change one's password: the current one, the new one, and what it means for other devices. */
import { closeDialog, openDialog } from "../lib/dialog.js"
import { setText, showIcon } from "../lib/dom.js"
import { make, sprite } from "../lib/make.js"
import { byteLength } from "../lib/text.js"
import { failures, texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { ApiError } from "../net/api.js"
import { store } from "../state/store.js"
import { changePassword, wordsFor } from "./profile-api.js"

const CHARACTERS_MIN = 8
const BYTES_MAX = 1024

/** @param {HTMLElement} opener */
export function openPasswordDialog(opener) {
  const current = passwordField("current", texts.currentPassword, "current-password", "")
  const fresh = passwordField("new", texts.newPassword, "new-password", texts.passwordRule)
  const failure = make("p", { class: "notice notice--error", role: "alert", hidden: true })
  const cancel = make("button", { class: "button button--quiet", type: "button" }, [texts.cancel])
  const submit = make("button", {
    class: "button", type: "submit", "data-test": "password-save",
  }, [texts.changePassword])
  // Password managers need the username.
  const username = make("input", {
    type: "text", autocomplete: "username", value: store.state.users[store.state.me]?.username ?? "",
    hidden: true, readonly: true,
  })
  const form = make("form", { class: "form", novalidate: true }, [
    username, current.root, fresh.root, failure, make("div", { class: "dialog__ways" }, [cancel, submit]),
  ])
  const box = make("dialog", {
    class: "dialog", "aria-labelledby": "password-title", "aria-describedby": "password-words",
    "data-test": "password-dialog",
  }, [
    make("h2", { class: "dialog__title", id: "password-title" }, [texts.changePassword]),
    make("p", { class: "dialog__words", id: "password-words" }, [texts.passwordWords]),
    form,
  ])
  let busy = false

  const send = async () => {
    busy = true
    submit.setAttribute("aria-disabled", "true")
    try {
      await changePassword(current.field.value, fresh.field.value)
      closeDialog(box)
      toast(texts.passwordChanged)
    } catch (error) {
      explain(error)
    } finally {
      busy = false
      submit.removeAttribute("aria-disabled")
    }
  }

  /** @param {unknown} error */
  const explain = (error) => {
    const words = wordsFor(error)
    const { field: at } = /** @type {ApiError} */ (error)
    const place = at === "current_password" ? current : at === "new_password" ? fresh : null
    if (place) place.complain(words)
    setText(failure, place ? "" : words)
    failure.hidden = Boolean(place)
  }

  cancel.addEventListener("click", () => closeDialog(box))
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault()
    failure.hidden = true
    fresh.complain(newFault(fresh.field.value))
    current.complain(current.field.value ? "" : (failures.get("password_missing") ?? ""))
    if (!busy && !form.querySelector("[aria-invalid=true]")) send()
  })
  openDialog(box, opener)
  current.field.focus()
}

/** @param {string} password @returns {string} why the server would refuse it; "" if it would not */
function newFault(password) {
  // The server counts code points in normal form; a string has UTF-16 units.
  const short = [...password.normalize("NFC")].length < CHARACTERS_MIN
  return failures.get(short ? "invalid_password" : byteLength(password) > BYTES_MAX ? "password_long" : "") ?? ""
}

/** @param {string} name @param {string} label @param {string} autocomplete @param {string} rule */
function passwordField(name, label, autocomplete, rule) {
  const id = `password-${name}`
  const field = make("input", {
    class: "input", id, type: "password", autocomplete, "aria-describedby": `${id}-hint ${id}-error`, "data-test": id,
  })
  const eye = sprite("eye")
  const reveal = make("button", { class: "icon-button input-group__button", type: "button" }, [eye])
  const hint = make("p", { class: "form__hint", id: `${id}-hint`, hidden: !rule }, [rule])
  const error = make("p", {
    class: "form__error", id: `${id}-error`, role: "alert", hidden: true, "data-test": `${id}-error`,
  })
  const root = make("div", { class: "form__field" }, [
    make("label", { class: "form__label", for: id }, [label]),
    make("div", { class: "input-group" }, [field, reveal]), hint, error,
  ])
  /** @param {boolean} shown */
  const show = (shown) => {
    field.type = shown ? "text" : "password"
    reveal.setAttribute("aria-pressed", String(shown))
    reveal.setAttribute("aria-label", shown ? texts.hidePassword : texts.showPassword)
    showIcon(/** @type {SVGUseElement} */ (eye.firstElementChild), shown ? "eye-off" : "eye")
  }
  show(false)
  reveal.addEventListener("click", () => show(field.type === "password"))
  /** @param {string} words "" removes the error */
  const complain = (words) => {
    setText(error, words)
    error.hidden = !words
    hint.hidden = !rule || Boolean(words)
    field.setAttribute("aria-invalid", String(Boolean(words)))
    if (words) field.focus()
  }
  return { root, field, complain }
}
