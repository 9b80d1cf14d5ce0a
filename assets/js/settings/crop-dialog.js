// @ts-check
/**
 * The dialog to choose the square of a photo for one's picture. Dragging moves; wheel, two fingers or the slider zoom.
 * With the focus on the photo, arrows move and + and − zoom. The picture that is sent has a side of at most 640 pixels.
 * It is upright, because browsers apply the orientation of the camera when they decode a photo.
 */
import { closeDialog, openDialog } from "../lib/dialog.js"
import { setText } from "../lib/dom.js"
import { loadStyle } from "../lib/load.js"
import { make } from "../lib/make.js"
import { texts } from "../lib/texts.js"
import { toast } from "../lib/toast-stack.js"
import { ZOOM_MAX, middle, moved, sideOf, zoomed } from "./crop.js"
import { setPicture, wordsFor } from "./profile-api.js"

/** The server stores pictures of this side. */
const SIDE_MAX = 640
/** Large enough for a sharp picture at the strongest zoom; a full photo would make every move slow. */
const PHOTO_SIDE_MAX = SIDE_MAX * 4
const STEP_PX = 12
const ZOOM_STEP = 1.1
const JPEG_QUALITY = .9

/**
 * @typedef {object} Use
 * @property {(picture: Blob) => Promise<unknown>} save
 * @property {string} title
 * @property {boolean} [square] for a group, whose picture is no circle
 */

/** @param {File} file @param {HTMLElement} opener @param {Use} [use] without it, the picture becomes one's own */
export async function openCropDialog(file, opener, use = { save: setPicture, title: texts.cropTitle }) {
  const [photo] = await Promise.all([decoded(file), loadStyle("profile")])
  if (!photo) {
    toast(texts.pictureUnreadable)
    opener.focus()
  } else if (opener.isConnected) new CropDialog(photo, opener, use)
}

/** Decodes and shrinks a photo, off the main thread. @param {File} file @returns {Promise<ImageBitmap | null>} */
async function decoded(file) {
  try {
    const photo = await createImageBitmap(file)
    const scale = PHOTO_SIDE_MAX / Math.min(photo.width, photo.height)
    if (scale >= 1) return photo
    const [resizeWidth, resizeHeight] = [photo.width, photo.height].map((side) => Math.max(1, Math.round(side * scale)))
    const smaller = await createImageBitmap(photo, { resizeWidth, resizeHeight, resizeQuality: "high" })
    photo.close()
    return smaller
  } catch {
    return null
  }
}

class CropDialog {
  #photo
  #use
  #crop
  #box
  #stage = make("canvas", {
    class: "crop__stage", tabindex: "0", role: "img", "aria-describedby": "crop-hint",
    "data-test": "crop-stage",
  })
  #slider = make("input", {
    class: "crop__slider", type: "range", min: "0", max: "100", step: "1", "aria-label": texts.zoom,
    "data-test": "crop-zoom",
  })
  #save = make("button", { class: "button", type: "button", "data-test": "crop-save" }, [texts.save])
  #error = make("p", { class: "notice notice--error", role: "alert", hidden: true, "data-test": "crop-error" })
  /** Fingers and mouse buttons that are down. @type {Map<number, { x: number, y: number }>} */
  #pointers = new Map()
  #due = false
  #busy = false

  /** @param {ImageBitmap} photo @param {HTMLElement} opener @param {Use} use */
  constructor(photo, opener, use) {
    const life = new AbortController()
    this.#photo = photo
    this.#use = use
    this.#stage.setAttribute("aria-label", use.title)
    this.#crop = middle(photo.width, photo.height)
    const cancel = make("button", {
      class: "button button--quiet", type: "button", "data-test": "crop-cancel",
    }, [texts.cancel])
    this.#box = make("dialog", { class: "dialog crop", "aria-labelledby": "crop-title", "data-test": "crop" }, [
      make("h2", { class: "dialog__title", id: "crop-title" }, [use.title]),
      make("div", { class: `crop__frame${use.square ? " crop__frame--square" : ""}` }, [this.#stage]),
      this.#slider,
      make("p", { class: "crop__hint", id: "crop-hint" }, [texts.cropHint]),
      this.#error,
      make("div", { class: "dialog__ways" }, [cancel, this.#save]),
    ])
    cancel.addEventListener("click", () => closeDialog(this.#box))
    this.#save.addEventListener("click", () => this.#send())
    this.#slider.addEventListener("input", () => {
      this.#apply(zoomed(this.#crop, ZOOM_MAX ** (Number(this.#slider.value) / 100)))
    })
    this.#listen(this.#stage)
    openDialog(this.#box, opener, life)
    const size = new ResizeObserver(() => this.#drawSoon())
    size.observe(this.#stage)
    life.signal.addEventListener("abort", () => {
      size.disconnect()
      photo.close()
    })
    this.#apply(this.#crop)
    this.#stage.focus()
  }

  /** @param {HTMLElement} stage */
  #listen(stage) {
    stage.addEventListener("pointerdown", (event) => {
      stage.setPointerCapture(event.pointerId)
      this.#pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY })
    })
    stage.addEventListener("pointermove", (event) => this.#drag(event))
    for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
      stage.addEventListener(name, ({ pointerId }) => this.#pointers.delete(pointerId))
    }
    stage.addEventListener("wheel", (event) => {
      event.preventDefault()
      const zoom = this.#crop.zoom * Math.exp(-event.deltaY / 400)
      this.#apply(zoomed(this.#crop, zoom, this.#partOf(event.offsetX, event.offsetY)))
    }, { passive: false })
    stage.addEventListener("keydown", (event) => this.#key(event))
  }

  /** One finger moves. Two fingers move by their middle and zoom by their distance. @param {PointerEvent} event */
  #drag({ pointerId, offsetX, offsetY }) {
    const before = this.#pointers.get(pointerId)
    if (!before || this.#busy) return
    const now = { x: offsetX, y: offsetY }
    const [other] = [...this.#pointers].filter(([id]) => id !== pointerId).map(([, point]) => point)
    this.#pointers.set(pointerId, now)
    const scale = (other ? .5 : 1) * this.#scale()
    let next = moved(this.#crop, (before.x - now.x) * scale, (before.y - now.y) * scale)
    if (other) {
      const ratio = distance(now, other) / Math.max(1, distance(before, other))
      next = zoomed(next, next.zoom * ratio, this.#partOf((now.x + other.x) / 2, (now.y + other.y) / 2))
    }
    this.#apply(next)
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = STEP_PX * this.#scale()
    /** @type {Record<string, () => import("./crop.js").Crop>} */
    const keys = {
      ArrowLeft: () => moved(this.#crop, -step, 0),
      ArrowRight: () => moved(this.#crop, step, 0),
      ArrowUp: () => moved(this.#crop, 0, -step),
      ArrowDown: () => moved(this.#crop, 0, step),
      "+": () => zoomed(this.#crop, this.#crop.zoom * ZOOM_STEP),
      "=": () => zoomed(this.#crop, this.#crop.zoom * ZOOM_STEP),
      "-": () => zoomed(this.#crop, this.#crop.zoom / ZOOM_STEP),
    }
    if (event.key === "Enter") this.#send()
    if (!Object.hasOwn(keys, event.key) || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    this.#apply(keys[event.key]())
  }

  /** @param {import("./crop.js").Crop} crop */
  #apply(crop) {
    if (this.#busy) return
    this.#crop = crop
    this.#slider.value = String(Math.round((Math.log(crop.zoom) / Math.log(ZOOM_MAX)) * 100))
    this.#drawSoon()
  }

  /** Pixels of the photo for each pixel of the stage. */
  #scale() {
    return sideOf(this.#crop) / Math.max(1, this.#stage.clientWidth)
  }

  /** A point of the stage, in sides from its centre. @param {number} x @param {number} y */
  #partOf(x, y) {
    const side = Math.max(1, this.#stage.clientWidth)
    return { x: x / side - .5, y: y / side - .5 }
  }

  #drawSoon() {
    if (this.#due) return
    this.#due = true
    requestAnimationFrame(() => {
      this.#due = false
      if (!this.#box.open) return
      draw(this.#stage, Math.round(this.#stage.clientWidth * devicePixelRatio), this.#photo, this.#crop)
    })
  }

  async #send() {
    if (this.#busy) return
    this.#wait(true)
    const canvas = document.createElement("canvas")
    draw(canvas, Math.max(1, Math.min(SIDE_MAX, Math.round(sideOf(this.#crop)))), this.#photo, this.#crop)
    /** @type {Blob | null} */
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY))
    try {
      if (blob) await this.#use.save(blob)
      if (blob) closeDialog(this.#box)
      else this.#complain(texts.pictureUnreadable)
    } catch (error) {
      this.#complain(wordsFor(error))
    } finally {
      this.#wait(false)
    }
  }

  /** @param {boolean} busy */
  #wait(busy) {
    this.#busy = busy
    setText(this.#save, busy ? texts.saving : texts.save)
    this.#save.setAttribute("aria-disabled", String(busy))
    if (busy) this.#error.hidden = true
  }

  /** @param {string} words */
  #complain(words) {
    setText(this.#error, words)
    this.#error.hidden = false
  }
}

/** @param {{ x: number, y: number }} a @param {{ x: number, y: number }} b */
function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y)
}

/**
 * Fills the canvas with the square of the photo. Transparent parts become white, as on the server.
 * @param {HTMLCanvasElement} canvas @param {number} side
 * @param {ImageBitmap} photo @param {import("./crop.js").Crop} crop
 */
function draw(canvas, side, photo, crop) {
  const context = canvas.getContext("2d")
  if (!context || side < 1) return
  if (canvas.width !== side) canvas.width = canvas.height = side
  context.fillStyle = "#fff"
  context.fillRect(0, 0, side, side)
  context.imageSmoothingQuality = "high"
  const from = sideOf(crop)
  context.drawImage(photo, crop.x - from / 2, crop.y - from / 2, from, from, 0, 0, side, side)
}
