// @ts-check
/**
 * Sets language, direction, theme, text size and letters on the root element before the first paint. It is a plain script in the
 * head, because modules run too late and the content security policy allows no inline script. Only this file sets
 * them, now and after every change of the settings here (`settings-changed`) or in another tab (`storage`).
 * js/lib/settings.js stores the settings; <html data-languages> lists the languages.
 */
{
  const root = document.documentElement
  const languages = (root.dataset.languages ?? "en").split(" ")
  const RIGHT_TO_LEFT = ["ar"]
  const folder = /** @type {HTMLScriptElement | null} */ (document.currentScript)?.src ?? ""

  /** @returns {{ language?: unknown, theme?: unknown, textSize?: unknown, letters?: unknown }} */
  const stored = () => {
    try {
      return JSON.parse(localStorage.getItem("chaap.settings") ?? "{}") ?? {}
    } catch {
      return {}
    }
  }

  /** The first language of the browser that the page has texts for. */
  const usual = () => {
    const wanted = (navigator.languages ?? []).map((tag) => tag.toLowerCase().split("-")[0])
    return wanted.find((language) => languages.includes(language)) ?? "en"
  }

  /** @param {string} language */
  const speak = (language) => {
    if (root.lang === language) return
    root.lang = language
    root.dir = RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr"
    if (language === "en" || !folder) return
    // main.js waits for these texts, so they start to load now.
    const link = document.createElement("link")
    link.rel = "modulepreload"
    link.href = new URL(`js/languages/${language}.js`, folder).href
    document.head.append(link)
  }

  /** @param {string} theme light, dark or system */
  const paint = (theme) => {
    root.dataset.theme = theme
    /** @type {NodeListOf<HTMLMetaElement>} */
    const bars = document.querySelectorAll("meta[name=theme-color]")
    // A chosen theme always uses its colour; the system theme uses the colour of each scheme.
    for (const bar of bars) {
      const own = bar.dataset.for ?? ""
      bar.media = theme === "system" ? `(prefers-color-scheme: ${own})` : theme === own ? "all" : "not all"
    }
  }

  const apply = (settings = stored()) => {
    root.dataset.usual = usual()
    speak(languages.find((language) => language === settings.language) ?? usual())
    root.dataset.text = settings.textSize === "small" || settings.textSize === "large" ? settings.textSize : "normal"
    root.toggleAttribute("data-letters", settings.letters === true)
    paint(settings.theme === "light" || settings.theme === "dark" ? settings.theme : "system")
  }

  // Asked here, so that the sign-in card need not wait for the answer (main.js).
  try {
    if (!localStorage.getItem("chaap.token")) {
      const asked = fetch("/api/server").then((answer) => answer.json())
      Object.assign(window, { isEmptyServer: asked.then(({ empty }) => empty, () => false) })
    }
  } catch {
    // Without storage the card begins with "Sign in".
  }

  window.addEventListener("storage", () => apply())
  window.addEventListener("settings-changed", (event) => apply(/** @type {CustomEvent} */ (event).detail))
  window.addEventListener("languagechange", () => apply())
  apply()
}
