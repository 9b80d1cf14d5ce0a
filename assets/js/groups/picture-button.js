// @ts-check
/** The button on a group's picture: chooses a photo, or removes it. settings/crop-dialog.js crops the photo. */
import { loaded } from "../lib/load.js"
import { icon, make } from "../lib/make.js"
import { openMenu } from "../lib/menu.js"
import { texts } from "../lib/texts.js"

const CAMERA = "M4.5 8h3l1.5-2.5h6L16.5 8h3A1.5 1.5 0 0 1 21 9.5v8a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5v-8"
  + "A1.5 1.5 0 0 1 4.5 8ZM12 10a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6Z"

/**
 * @param {{ avatar: HTMLElement, has: () => boolean, save: (picture: Blob) => Promise<unknown>, remove: () => void,
 *   test: string }} options has = whether there is a picture now
 */
export function pictureButton({ avatar, has, save, remove, test }) {
  const file = make("input", {
    class: "visually-hidden", type: "file", accept: "image/*", tabindex: "-1", "aria-hidden": "true",
    "data-test": `${test}-file`,
  })
  const button = make("button", {
    class: "group-picture__button", type: "button", "aria-label": texts.changePicture, "data-test": test,
  }, [icon(CAMERA)])
  const choose = item(`${test}-choose`, texts.choosePicture)
  const away = item(`${test}-remove`, texts.removePicture)
  const list = make("div", { class: "menu__list", role: "menu", "aria-label": texts.changePicture, hidden: true }, [
    choose, away,
  ])
  const root = make("div", { class: "group-picture" }, [avatar, button, file, list])
  const pick = () => {
    button.focus()
    file.click()
  }
  button.addEventListener("click", () => {
    if (has()) openMenu(list, { opener: button, align: "start" })
    else pick()
  })
  choose.addEventListener("click", pick)
  away.addEventListener("click", remove)
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? []
    // Without this, choosing the same file again would not be a change.
    file.value = ""
    const module = chosen && await loaded(import("../settings/crop-dialog.js"))
    module?.openCropDialog(chosen, button, { save, title: texts.cropGroupTitle, square: true })
  })
  return { root, allow: (/** @type {boolean} */ may) => (button.hidden = !may) }
}

/** @param {string} test @param {string} words */
function item(test, words) {
  const attributes = { class: "menu__item", type: "button", role: "menuitem", tabindex: "-1", "data-test": test }
  return make("button", attributes, [words])
}
