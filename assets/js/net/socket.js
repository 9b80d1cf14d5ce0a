// @ts-check
/**
 * The connection to the server: it connects, says hello, notices a dead connection and tries again.
 * It passes frames on and looks into few of them (synced, reset, restart, pong).
 * It holds no messages: what must survive a lost connection is in the outgoing queue and in the state.
 * It counts frames as the server does. If the counts differ, a frame was lost, and it reconnects to catch up from where
 * they last agreed. Without the count, nothing would tell of a lost message or tick that no other frame follows.
 */

/** Common proxies drop a silent connection after 60 s, so two pings fit inside that. */
const PING_EVERY_MS = 25_000
/** A connection on which nothing comes for this long after a ping is dead, even if the system has not noticed. */
const ANSWER_MS_MAX = 10_000
/** The same where the device says that it is offline: then only a server on it or in its network can answer. */
const OFFLINE_ANSWER_MS_MAX = 2000
/** How long after a frame the counts are compared. */
const COUNT_AFTER_MS = 4000
const RETRY_MS_MIN = 500
const RETRY_MS_MAX = 30_000
const PAUSE_MS_MIN = 250
/** The token is not (or no longer) valid. */
const CLOSE_SIGNED_OUT = 4401

/**
 * @typedef {{ status: "connecting" | "online" | "offline", retry_at: number, code?: number }} LinkStatus
 *   code = why the last connection was closed
 */

export class Link {
  #options
  /** @type {WebSocket | null} */
  #socket = null
  #ready = false
  #attempts = 0
  /** The server said when it will be back; no attempt is made before. */
  #notBefore = 0
  #retryTimer = 0
  #pingTimer = 0
  #deadline = 0
  #countTimer = 0
  /** Whether the server has accepted this connection. */
  #opened = false
  /** How many frames have come on this connection. */
  #count = 0

  /**
   * @param {{ token: string, hello: () => { since?: number, epoch?: number, subscribe: number[] },
   *   onFrame: (frame: any) => void, onStatus: (status: LinkStatus) => void, onAgreed: () => void,
   *   onSignedOut: (why: string) => void, onNotAccepted: () => void }} options
   *   hello = where to catch up from, and whose presence is shown; onAgreed = every frame that the server has written
   *   has come; onNotAccepted = a connection was closed before it was open, and the browser does not say why
   */
  constructor(options) {
    this.#options = options
  }

  /** Connects unless connected or connecting. */
  start() {
    if (this.#socket) return
    clearTimeout(this.#retryTimer)
    this.#report("connecting")
    const { protocol, host } = location
    const url = `${protocol === "https:" ? "wss:" : "ws:"}//${host}/ws`
    const socket = new WebSocket(url, ["chaap.v2", `bearer.${this.#options.token}`])
    this.#socket = socket
    this.#count = 0
    this.#opened = false
    socket.onopen = () => this.#sayHello()
    socket.onmessage = ({ data }) => this.#receive(data)
    socket.onclose = ({ code, reason }) => this.#lost(socket, code, reason)
    this.#expectAnswer()
  }

  /** Ends it for good. */
  stop() {
    const socket = this.#socket
    this.#abandon()
    clearTimeout(this.#retryTimer)
    socket?.close(1000)
  }

  /** Something suggests that now is a good moment: the network is back, or the page is looked at again. */
  wake() {
    if (this.#socket) this.#ping()
    else if (Date.now() >= this.#notBefore) this.start()
  }

  /** @param {string} text a frame @returns {boolean} whether it left; only a caught-up connection carries frames */
  send(text) {
    if (!this.#ready || this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(text)
    return true
  }

  /** No attempt is made before that much time has passed. @param {number} ms */
  waitAtLeast(ms) {
    this.#notBefore = Math.max(this.#notBefore, Date.now() + ms)
    if (this.#socket) return
    clearTimeout(this.#retryTimer)
    this.#retryTimer = setTimeout(() => this.start(), ms + Math.random() * RETRY_MS_MIN)
  }

  #sayHello() {
    this.#opened = true
    this.#socket?.send(JSON.stringify({ type: "hello", ...this.#options.hello() }))
    this.#expectAnswer()
  }

  /** @param {unknown} data */
  #receive(data) {
    clearTimeout(this.#deadline)
    this.#deadline = 0
    this.#count += 1
    const frame = decoded(data)
    if (!frame) return
    if (frame.type === "pong") this.#compare(frame.frames)
    else this.#compareLater()
    if (frame.type === "restart") this.#notBefore = Date.now() + (Number(frame.retry_after_ms) || 0)
    this.#options.onFrame(frame)
    if ((frame.type === "synced" || frame.type === "reset") && !this.#ready) this.#caughtUp()
  }

  /** @param {unknown} written how many frames the server has written before this pong */
  #compare(written) {
    if (typeof written !== "number") return
    if (written !== this.#count - 1) this.#giveUp()
    else if (this.#ready) this.#options.onAgreed()
  }

  #compareLater() {
    if (this.#countTimer) return
    this.#countTimer = setTimeout(() => {
      this.#countTimer = 0
      this.#ping()
    }, COUNT_AFTER_MS)
  }

  #caughtUp() {
    this.#ready = true
    this.#attempts = 0
    clearInterval(this.#pingTimer)
    this.#pingTimer = setInterval(() => this.#ping(), PING_EVERY_MS)
    this.#report("online")
  }

  #ping() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return
    this.#socket.send('{"type":"ping"}')
    this.#expectAnswer()
  }

  /** Any frame will do. */
  #expectAnswer() {
    const offline = navigator.onLine === false
    if (this.#deadline && !offline) return
    clearTimeout(this.#deadline)
    this.#deadline = setTimeout(() => this.#giveUp(), offline ? OFFLINE_ANSWER_MS_MAX : ANSWER_MS_MAX)
  }

  /** Drops this connection and tries another one. */
  #giveUp() {
    const socket = this.#socket
    if (!socket) return
    // The close handshake of a dead connection can take minutes, so we do not wait for it.
    this.#lost(socket, 1006)
    socket.close()
  }

  /** @param {WebSocket} socket @param {number} code @param {string} [reason] */
  #lost(socket, code, reason = "") {
    if (socket !== this.#socket) return
    this.#abandon()
    if (code === CLOSE_SIGNED_OUT) {
      this.#options.onSignedOut(reason)
      return
    }
    const atLeast = this.#notBefore - Date.now() + Math.random() * RETRY_MS_MIN
    const wait = Math.max(pauseAfter(this.#attempts, Math.random()), atLeast)
    this.#attempts += 1
    this.#retryTimer = setTimeout(() => this.start(), wait)
    this.#report("offline", Date.now() + wait, code)
    if (!this.#opened) this.#options.onNotAccepted()
  }

  #abandon() {
    if (this.#socket) this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null
    this.#socket = null
    this.#ready = false
    clearInterval(this.#pingTimer)
    clearTimeout(this.#deadline)
    clearTimeout(this.#countTimer)
    this.#deadline = this.#countTimer = 0
  }

  /** @param {LinkStatus["status"]} status @param {number} [retry_at] @param {number} [code] */
  #report(status, retry_at = 0, code) {
    this.#options.onStatus({ status, retry_at, code })
  }
}

/**
 * How long to wait before the next attempt. Full jitter, so that after a restart a thousand pages do not connect in the
 * same moment; and never less than a moment.
 * @param {number} attempts that have failed since the last good connection @param {number} chance from 0 to 1
 */
export function pauseAfter(attempts, chance) {
  const ceiling = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** attempts)
  return PAUSE_MS_MIN + chance * (ceiling - PAUSE_MS_MIN)
}

/** @param {unknown} data */
function decoded(data) {
  try {
    const frame = JSON.parse(String(data))
    return frame && typeof frame.type === "string" ? frame : null
  } catch {
    return null
  }
}
