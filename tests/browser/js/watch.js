// Runs before every document and records its errors and layout shifts.
(() => {
  const faults = (window.__faults = [])
  window.__shift = 0
  window.addEventListener("securitypolicyviolation", (event) => {
    faults.push(`policy: ${event.effectiveDirective} refused ${event.blockedURI || event.sample} (${event.sourceFile}:${event.lineNumber})`)
  })
  window.addEventListener("error", async ({ message, target }) => {
    if (message) return faults.push(`error: ${message}`)
    // A server that a test has stopped cannot be asked. One that answers must have what the page loads.
    const address = target.src ?? target.href
    const answer = await fetch(address, { cache: "no-store" }).catch(() => null)
    if (answer && !answer.ok) faults.push(`error: cannot load ${address}`)
  }, true)
  window.addEventListener("unhandledrejection", ({ reason }) => faults.push(`rejection: ${reason}`))
  // Chromium offers to install the page at a time of its own. Only tests of that let the page know.
  window.addEventListener("beforeinstallprompt", (event) => event.isTrusted && event.stopImmediatePropagation(), true)
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value
  }).observe({ type: "layout-shift", buffered: true })
})()
