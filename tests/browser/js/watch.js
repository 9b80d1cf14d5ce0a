// Runs before every document and records its errors and layout shifts.
(() => {
  const faults = (window.__faults = [])
  window.__shift = 0
  window.addEventListener("securitypolicyviolation", (event) => {
    faults.push(`policy: ${event.effectiveDirective} refused ${event.blockedURI || event.sample} (${event.sourceFile}:${event.lineNumber})`)
  })
  window.addEventListener("error", ({ message, target }) => {
    faults.push(message ? `error: ${message}` : `error: cannot load ${target.src ?? target.href}`)
  }, true)
  window.addEventListener("unhandledrejection", ({ reason }) => faults.push(`rejection: ${reason}`))
  // Chromium offers to install the page at a time of its own. Only tests of that let the page know.
  window.addEventListener("beforeinstallprompt", (event) => event.isTrusted && event.stopImmediatePropagation(), true)
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value
  }).observe({ type: "layout-shift", buffered: true })
})()
