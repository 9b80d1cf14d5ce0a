// @ts-check
/**
 * One live connection to the server, kept alive: it connects, says hello, notices a dead line and tries again.
 * It passes frames on and does not look into them further than its own duty (welcome, synced, reset, restart).
 * It holds no messages: what must survive a lost line is in the outbox and in the state.
 * It counts frames as the server does: if the counts differ, something never arrived, and it connects anew to ask for all
 * that came since they last agreed. Nothing else would ever tell of a message, or a tick, that no other follows.
 */

/** Common proxies drop a silent connection after 60 s, so two pings fit inside that. */
const PING_EVERY_MS = 25_000
/** A line on which nothing comes for so long after a ping is dead, even if the system has not noticed. */
const ANSWER_MS_MAX = 10_000
/** The same where the device itself says that it is offline: only a server on it or beside it can still answer. */
const OFFLINE_ANSWER_MS_MAX = 2000
/** How long after a frame the counts are compared. */
const COUNT_AFTER_MS = 4000
const RETRY_MS_MIN = 500
const RETRY_MS_MAX = 30_000
const PAUSE_MS_MIN = 250
/** The token is not (or no longer) valid. */
const CLOSE_SIGNED_OUT = 4401

/** @typedef {{ status: "connecting" | "online" | "offline", retry_at: number }} LinkStatus */

export class Link {
  #options
  /** @type {WebSocket | null} */
  #socket = null
  #ready = false
  #attempts = 0
  /** The server said when it will be back; nobody knocks before. */
  #notBefore = 0
  #retryTimer = 0
  #pingTimer = 0
  #deadline = 0
  #countTimer = 0
  /** How many frames have come on this connection. */
  #count = 0

  /**
   * @param {{ token: string, since: () => { since?: number, epoch?: number }, onFrame: (frame: any) => void,
   *   onStatus: (status: LinkStatus) => void, onAgreed: () => void, onSignedOut: () => void }} options  since = from where to
   *   catch up; onAgreed = all that was written has come
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
    socket.onopen = () => this.#sayHello()
    socket.onmessage = ({ data }) => this.#receive(data)
    socket.onclose = ({ code }) => this.#lost(socket, code)
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

  /** @param {object} frame @returns {boolean} whether it left; only a caught-up connection carries frames */
  send(frame) {
    if (!this.#ready || this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(JSON.stringify(frame))
    return true
  }

  #sayHello() {
    this.#socket?.send(JSON.stringify({ type: "hello", ...this.#options.since() }))
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

  /** This line is of no more use. */
  #giveUp() {
    const socket = this.#socket
    if (!socket) return
    // The close handshake of a dead line can take minutes, so we do not wait for it.
    this.#lost(socket, 1006)
    socket.close()
  }

  /** @param {WebSocket} socket @param {number} code */
  #lost(socket, code) {
    if (socket !== this.#socket) return
    this.#abandon()
    if (code === CLOSE_SIGNED_OUT) {
      this.#options.onSignedOut()
      return
    }
    const wait = Math.max(pauseAfter(this.#attempts, Math.random()), this.#notBefore - Date.now() + Math.random() * RETRY_MS_MIN)
    this.#attempts += 1
    this.#retryTimer = setTimeout(() => this.start(), wait)
    this.#report("offline", Date.now() + wait)
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

  /** @param {LinkStatus["status"]} status @param {number} [retry_at] */
  #report(status, retry_at = 0) {
    this.#options.onStatus({ status, retry_at })
  }
}

/**
 * How long to wait before the next attempt. Full jitter: after a restart a thousand pages must not knock in the same
 * moment; but nobody knocks at once again.
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
