// @ts-check
/**
 * Brings changes of preferences to the server: for each chat one after the other, so that the last wish wins.
 * What a person has chosen shows at once as a wish and is taken back, with a word, if the server refuses.
 * What happens by the way (a draft, a mark that opening a chat takes off) is said silently and again until it is done.
 */

/** A new connection is the moment to say it again; where only the one request was lost, this is. */
const RETRY_MS_MIN = 5000

/** @typedef {Record<string, any>} Change  as the server takes it; `{ cleared: true }` deletes the chat for me */
/** @typedef {{ change: Change, wishes: number[], silent: boolean }} Job  wishes = the ids under which it shows already */

export class WishSender {
  /** @type {Map<number, Job[]>} */
  #jobs = new Map()
  /** Silent changes that could not be said yet. @type {Map<number, Job>} */
  #later = new Map()
  /** @type {Set<number>} */
  #busy = new Set()
  #count = 0
  #timer = 0
  #stopped = false
  #save
  #dispatch
  #refused

  /**
   * @param {{ save: (chat: number, change: Change) => Promise<object>, dispatch: (event: { type: string, [key: string]: any }) => void,
   *   refused: (change: Change, error: any) => void }} options
   */
  constructor({ save, dispatch, refused }) {
    this.#save = save
    this.#dispatch = dispatch
    this.#refused = refused
  }

  /** Shows it now and takes it back if it is refused. @param {number} chat @param {Change} change @param {boolean} [silent] */
  wish(chat, change, silent = false) {
    this.#count += 1
    this.#dispatch({ type: "preferences/wished", id: this.#count, chat_id: chat, change, at: Date.now() })
    this.#add(chat, { change, wishes: [this.#count], silent })
  }

  /** For what shows in another way. @param {number} chat @param {Change} change */
  say(chat, change) {
    this.#add(chat, { change, wishes: [], silent: true })
  }

  /** The server can be reached again. */
  flush() {
    clearTimeout(this.#timer)
    this.#timer = 0
    for (const [chat, job] of [...this.#later]) {
      this.#later.delete(chat)
      this.#add(chat, job)
    }
  }

  /** What is still on its way may be done, or not: no wish says so any more. */
  stop() {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#dispatch({ type: "preferences/answered", ids: Array.from({ length: this.#count }, (_, i) => i + 1) })
  }

  /** What could not be said before goes first, so that what is wanted now has the last word. @param {number} chat @param {Job} job */
  #add(chat, job) {
    const jobs = this.#jobs.get(chat) ?? []
    this.#jobs.set(chat, jobs)
    const late = this.#later.get(chat)
    this.#later.delete(chat)
    const last = late ?? jobs.at(-1)
    if (late) jobs.push(late)
    if (last?.silent && job.silent) {
      jobs.pop()
      jobs.push({ change: { ...last.change, ...job.change }, wishes: [...last.wishes, ...job.wishes], silent: true })
    } else jobs.push(job)
    if (!this.#busy.has(chat)) this.#work(chat)
  }

  /** @param {number} chat */
  async #work(chat) {
    this.#busy.add(chat)
    const jobs = this.#jobs.get(chat) ?? []
    for (let job = jobs.shift(); job && !this.#stopped; job = jobs.shift()) await this.#perform(chat, job)
    this.#busy.delete(chat)
    this.#jobs.delete(chat)
  }

  /** @param {number} chat @param {Job} job */
  async #perform(chat, job) {
    try {
      const row = await this.#save(chat, job.change)
      if (!this.#stopped) this.#dispatch({ type: "preferences/answered", ids: job.wishes, row })
    } catch (error) {
      if (this.#stopped) return
      if (job.silent && isPassing(error)) this.#postpone(chat, job, error)
      else this.#dispatch({ type: "preferences/answered", ids: job.wishes })
      if (!job.silent) this.#refused(job.change, error)
    }
  }

  /** What waits behind it is newer and may be done first; it must not be undone later. @param {number} chat @param {Job} job @param {any} error */
  #postpone(chat, { change, wishes }, { retryAfter }) {
    const newer = Object.assign({}, ...(this.#jobs.get(chat) ?? []).map((job) => job.change))
    const rest = Object.fromEntries(Object.entries(change).filter(([key]) => !(key in newer) && !newer.cleared))
    const late = this.#later.get(chat)
    this.#later.set(chat, { change: { ...late?.change, ...rest }, wishes: [...(late?.wishes ?? []), ...wishes], silent: true })
    if (!this.#timer) this.#timer = setTimeout(() => this.flush(), Math.max(RETRY_MS_MIN, retryAfter * 1000))
  }
}

/** No answer, too often, or busy: it is worth saying again. Anything else will not get better. @param {any} error */
function isPassing({ status }) {
  return status === 0 || status === 429 || status >= 500
}
