// @ts-check
/** The top of the settings: one's picture, name, about line and password. The fields are in line-editor.js. */
import { setText } from "../lib/dom.js"
import { loadStyle, loaded } from "../lib/load.js"
import { icon, make } from "../lib/make.js"
import { openMenu } from "../lib/menu.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { handle, showAvatar } from "../people/avatar.js"
import { shownName } from "../state/model.js"
import { store } from "../state/store.js"
import { lineEditor } from "./line-editor.js"
import { changeProfile, removePicture, wordsFor } from "./profile-api.js"

const NAME_MAX = 64
const ABOUT_MAX = 140
const KEY = "M14.5 9.5a4.5 4.5 0 1 1-4.2-4.5 4.5 4.5 0 0 1 4.2 4.5Zm-1 3 6.5 6.5m-3-3 2-2"

// The import waits for the style: without it, the part would change its size after it is shown.
await loadStyle("profile")

/** @param {HTMLElement} place @param {AbortSignal} signal */
export function fillProfile(place, signal) {
  const picture = picturePart(signal)
  const name = lineEditor({
    name: "name", label: texts.displayName, edit: texts.editName, max: NAME_MAX,
    save: (text) => changeProfile({ display_name: text }),
  })
  const about = lineEditor({
    name: "about", label: texts.about, edit: texts.editAbout, max: ABOUT_MAX,
    save: (text) => changeProfile({ about: text }),
  })
  const username = make("p", { class: "line__hint", "data-test": "own-username" })
  name.root.append(username)
  const password = make("button", {
    class: "profile__password", type: "button", "aria-haspopup": "dialog", "data-test": "change-password",
  }, [icon(KEY), texts.changePassword])
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
  const module = await loaded(import("./password-dialog.js"))
  module?.openPasswordDialog(opener)
}

/** @param {File} file @param {HTMLElement} opener */
async function crop(file, opener) {
  const module = await loaded(import("./crop-dialog.js"))
  module?.openCropDialog(file, opener)
}

/** The picture and its menu. Without a picture the button opens the choice of a file. @param {AbortSignal} signal */
function picturePart(signal) {
  const avatar = make("span", {
    class: "avatar profile__avatar", "data-size": "large", "data-px": "112", "aria-hidden": "true",
    "data-test": "own-avatar",
  })
  const file = make("input", {
    class: "visually-hidden", type: "file", accept: "image/*", tabindex: "-1", "aria-hidden": "true",
    "data-test": "picture-file",
  })
  const button = make("button", {
    class: "link-button profile__change", type: "button", "data-test": "change-picture",
  }, [texts.changePicture])
  const choose = menuItem("choose-picture", texts.choosePicture)
  const remove = menuItem("remove-picture", texts.removePicture)
  const box = make("div", {
    class: "menu__list", role: "menu", "aria-label": texts.changePicture, hidden: true,
  }, [choose, remove])
  const root = make("div", { class: "profile__picture" }, [avatar, button, file, box])
  let has = false

  const pick = () => {
    button.focus()
    file.click()
  }

  const press = () => (has ? openMenu(box, { opener: button, align: "center" }) : pick())
  button.addEventListener("click", press, { signal })
  choose.addEventListener("click", pick, { signal })
  remove.addEventListener("click", async () => {
    await removePicture().catch((error) => toast(wordsFor(error)))
  }, { signal })
  file.addEventListener("change", () => {
    const [chosen] = file.files ?? []
    // Without this, choosing the same file again would not be a change.
    file.value = ""
    if (chosen) crop(chosen, button)
  }, { signal })
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

/** @param {string} test @param {string} words */
function menuItem(test, words) {
  const attributes = { class: "menu__item", type: "button", role: "menuitem", tabindex: "-1", "data-test": test }
  return make("button", attributes, [words])
}
