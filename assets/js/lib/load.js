// @ts-check
/** Loads what the page does not need at once: modules, and the styles of what they show. */
import { texts } from "./texts.js"
import { toast } from "./toast-stack.js"

/** The folder of all files of the page. This module may be joined with others, so its own folder says nothing. */
const FILES = import.meta.url.replace(/\/js\/.*$/u, "/")

/** The address of a file of the page. @param {string} path below the folder of all files */
export function addressOf(path) {
  return FILES + path
}

/**
 * A module that is being imported; null if it cannot be loaded, which a toast then says. The caller makes the promise,
 * because the path in `import()` is relative to its file.
 * @template T
 * @param {Promise<T>} module @param {string} [words] of the toast; "" for none @returns {Promise<T | null>}
 */
export function loaded(module, words = texts.unreachable) {
  return module.catch(() => {
    explain(words)
    return null
  })
}

/** Takes back the note about an upgrade. @type {(() => void) | null} */
let untell = null

/**
 * After an upgrade of the server, its parts do not load into a page of the version before, as parts of two versions may
 * not fit together. @param {string} words if that is not the reason
 */
async function explain(words) {
  // Parts that load unasked report an upgrade only once.
  if (!words && untell) return
  if (await isOutdated()) {
    untell?.()
    untell = toast(texts.updated, { action: texts.reload, run: () => location.reload() })
  } else if (words) toast(words)
}

/** Whether the server has another version of the page. A page names its version in the addresses of its files. */
async function isOutdated() {
  try {
    const answer = await fetch("/", { cache: "no-store" })
    const folder = /"(\/a\/[^/"]+\/)/u.exec(await answer.text())?.[1]
    return folder !== undefined && folder !== new URL(FILES).pathname
  } catch {
    return false
  }
}

/** @type {Map<string, Promise<void>>} */
const styles = new Map()

/**
 * Loads `css/<name>.css`. It resolves also if that fails: a part without its style is better than no part.
 * @param {string} name @returns {Promise<void>}
 */
export function loadStyle(name) {
  const known = styles.get(name)
  if (known) return known
  const link = document.createElement("link")
  link.rel = "stylesheet"
  link.href = addressOf(`css/${name}.css`)
  /** @type {Promise<void>} */
  const done = new Promise((resolve) => {
    link.onload = () => resolve()
    link.onerror = () => {
      styles.delete(name)
      link.remove()
      resolve()
    }
  })
  styles.set(name, done)
  document.head.append(link)
  return done
}
