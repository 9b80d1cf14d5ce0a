// @ts-check
/** The top of the settings: one's picture, name, line and password. What the fields do is in line-editor.js. */
import { setText } from "../lib/dom.js"
import { texts } from "../lib/texts.js"
import { shownName } from "../state/model.js"
import { store } from "../state/store.js"
import { handle, showAvatar } from "../people/avatar.js"
import { toast } from "../lib/toast-stack.js"
import { lineEditor } from "./line-editor.js"
import { icon, make } from "../lib/make.js"
import { changeProfile, removePicture, wordsFor } from "./profile-api.js"
import { sheet } from "../lib/sheet.js"

const NAME_MAX = 64
const ABOUT_MAX = 140
const KEY = "M14.5 9.5a4.5 4.5 0 1 1-4.2-4.5 4.5 4.5 0 0 1 4.2 4.5Zm-1 3 6.5 6.5m-3-3 2-2"

// Whoever shows this part waits for its looks, or it would grow under the reader's eyes.
await sheet("profile.css").catch(() => {})

/** @param {HTMLElement} place @param {AbortSignal} signal */
export function fillProfile(place, signal) {
  const picture = picturePart(signal)
  const name = lineEditor({ name: "name", label: texts.displayName, edit: texts.editName, max: NAME_MAX, save: (text) => changeProfile({ display_name: text }) })
  const about = lineEditor({ name: "about", label: texts.about, edit: texts.editAbout, max: ABOUT_MAX, save: (text) => changeProfile({ about: text }) })
  const username = make("p", { class: "line__hint", "data-test": "own-username" })
  name.root.append(username)
  const password = make("button", { class: "profile__password", type: "button", "aria-haspopup": "dialog", "data-test": "change-password" }, [icon(KEY), texts.changePassword])
  password.addEventListener("click", () => askPassword(password), { signal })
  store.watch((state) => state.users[state.me], (user) => {
    if (!user) return
    picture.show(user)
    name.show(user.display_name ?? "", shownName(user))
    about.show(user.about, user.about || texts.noAbout, !user.about)
    setText(username, handle(user.username))
  }, { signal })
  place.replaceChildren(picture.root, name.root, about.root, password)
}

/** @param {HTMLElement} opener */
async function askPassword(opener) {
  const module = await import("./password-dialog.js").catch(() => toast(texts.unreachable))
  module?.openPasswordDialog(opener)
}

/** @param {File} file @param {HTMLElement} opener */
async function crop(file, opener) {
  const module = await import("./crop-dialog.js").catch(() => toast(texts.unreachable))
  module?.openCropDialog(file, opener)
}

/** The picture and its menu; without a picture there is only one thing to want. @param {AbortSignal} signal */
function picturePart(signal) {
  const avatar = make("span", { class: "avatar profile__avatar", "data-size": "large", "aria-hidden": "true", "data-test": "own-avatar" })
  const file = make("input", { class: "visually-hidden", type: "file", accept: "image/*", tabindex: "-1", "aria-hidden": "true", "data-test": "picture-file" })
  const button = make("button", { class: "link-button profile__change", type: "button", "data-test": "change-picture" }, [texts.changePicture])
  const choose = make("button", { class: "menu__item", type: "button", role: "menuitem", tabindex: "-1", "data-test": "choose-picture" }, [texts.choosePicture])
  const remove = make("button", { class: "menu__item", type: "button", role: "menuitem", tabindex: "-1", "data-test": "remove-picture" }, [texts.removePicture])
  const menu = make("div", { class: "menu__sheet profile__menu", role: "menu", "aria-label": texts.changePicture, hidden: true }, [choose, remove])
  const root = make("div", { class: "profile__picture" }, [avatar, button, file, menu])
  let has = false

  /** @param {boolean} open */
  const toggle = (open) => {
    if (menu.hidden === !open) return
    menu.hidden = !open
    button.setAttribute("aria-expanded", String(open))
    if (open) choose.focus()
    else if (menu.contains(document.activeElement) || document.activeElement === document.body) button.focus()
  }
  const pick = () => {
    toggle(false)
    button.focus()
    file.click()
  }

  button.addEventListener("click", () => (has ? toggle(menu.hidden) : pick()), { signal })
  choose.addEventListener("click", pick, { signal })
  remove.addEventListener("click", async () => {
    button.focus()
    toggle(false)
    await removePicture().catch((error) => toast(wordsFor(error)))
  }, { signal })
  file.addEventListener("change", () => {
    const [chosen] = file.files ?? []
    // The same file chosen again is a change too.
    file.value = ""
    if (chosen) crop(chosen, button)
  }, { signal })
  root.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => menuKey(event, menu, [choose, remove], toggle), { signal })
  root.addEventListener("focusout", (/** @type {FocusEvent} */ { relatedTarget }) => relatedTarget && !root.contains(/** @type {Node} */ (relatedTarget)) && toggle(false), { signal })
  document.addEventListener("pointerdown", ({ target }) => !root.contains(/** @type {Node} */ (target)) && toggle(false), { signal })
  return {
    root,
    /** @param {import("../state/model.js").User} user */
    show: (user) => {
      has = user.picture !== null
      if (has) button.setAttribute("aria-haspopup", "menu")
      else button.removeAttribute("aria-haspopup")
      showAvatar(avatar, user.id, shownName(user), user)
    },
  }
}

/** @param {KeyboardEvent} event @param {HTMLElement} menu @param {HTMLElement[]} items @param {(open: boolean) => void} toggle */
function menuKey(event, menu, items, toggle) {
  if (menu.hidden) return
  const at = items.findIndex((item) => item === document.activeElement)
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowDown: () => items[(at + 1) % items.length].focus(),
    ArrowUp: () => items.at(at - 1)?.focus(),
    Escape: () => toggle(false),
  }
  if (!Object.hasOwn(keys, event.key)) return
  event.preventDefault()
  event.stopPropagation()
  keys[event.key]()
}
