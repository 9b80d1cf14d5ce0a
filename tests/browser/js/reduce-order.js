// Frames of a random server in many orders, some repeated, some in batches, must lead to one state.
// Returns null, or the smallest failure found.
const [firstSeed, runs] = args

/** mulberry32: small, good enough, and the same everywhere. */
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

const ME = 1
/** Some messages expire at the first time, some at the second. In between, the page looks for those that have expired. */
const ENDS = [5000, 50_000]
const LOOK = { type: "messages/expired", at: 10_000 }

/** What a server with this seed has committed: every version of every row, and the messages sent by the page. */
function history(random) {
  const below = (n) => Math.floor(random() * n)
  let number = 10
  const next = () => (number += 1 + below(3))
  const frames = []
  const before = []
  const people = 2 + below(3)
  for (let id = ME; id <= people; id += 1) {
    for (let version = 0; version <= below(2); version += 1) frames.push({ type: "user", id, username: `name${id}.${version}`, last_seen: below(2) ? number : null, changed: next() })
  }
  for (let peer = ME; peer <= people; peer += 1) {
    const chat_id = 50 + peer
    const members = peer === ME ? [ME] : [ME, peer]
    const created = next()
    let seq = 0
    const marks = new Map(members.map((id) => [id, { delivered_seq: 0, read_seq: 0 }]))
    const chat = () => ({
      type: "chat", id: chat_id, kind: "direct", title: null, last_seq: seq, created_at: created, changed: created,
      description: "", user_ids: members, who_may_write: "all", history_for_newcomers: "none",
    })
    frames.push(chat())
    for (let step = 0; step < below(9); step += 1) {
      const sender_id = members[below(members.length)]
      const [id, cid] = [next(), `cid-${chat_id}-${step}`]
      const row = { type: "message", id, chat_id, seq: (seq += 1), sender_id, content: `text ${id}`, cid, created_at: id, changed: id, ...endOf(below) }
      const { expires_at } = row
      const mine = sender_id === ME && below(2) === 0
      if (mine) {
        const body = { content: row.content, ...(below(2) ? { chat_id } : { recipient_id: peer }) }
        before.push({ type: "queue/put", items: [{ key: cid, kind: "message", body, at: 1, status: "pending" }] })
        frames.push({ type: "ack", cid, message_id: id, chat_id, seq, created_at: id, changed: id, ...(expires_at && { expires_at }) })
      }
      // After a lost connection, an own message may come both as an ack and as a message.
      if (!mine || below(2)) frames.push(row)
      if (below(4) === 0) frames.push({ ...row, content: `edited ${id}`, edited_at: number, changed: next() })
      if (below(6) === 0) frames.push({ ...row, content: "", deleted_at: number, changed: next() })
      // Also as the server has it after it has expired there.
      if (expires_at === ENDS[0] && below(2)) frames.push({ ...row, content: "", expired: true, changed: below(2) ? id : next() })
      if (below(3) === 0) frames.push(LOOK)
      while (below(3) === 0) {
        const counts = below(3) ? [{ emoji: "👍", count: 1 + below(2) }] : []
        const latest = counts.length ? { latest: { user_id: members[below(members.length)], emoji: "👍", at: id, changed: number } } : {}
        frames.push({ type: "reactions", chat_id, message_id: id, sender_id, counts, total: counts[0]?.count ?? 0, ...latest, changed: next() })
      }
      while (below(3) === 0) frames.push({ type: "flags", chat_id, message_id: id, starred_at: below(2) ? id : null, hidden_at: null, changed: next() })
      if (below(5) === 0) frames.push({ type: "flags", chat_id, message_id: id, starred_at: null, hidden_at: number, changed: next() })
      while (below(4) === 0) frames.push({ type: "pin", chat_id, message_id: id, user_id: sender_id, at: id, until: below(2) ? 1e15 : null, changed: next() })
      while (below(3) === 0) frames.push({ type: "reaction", chat_id, message_id: id, emoji: [null, "👍", "😂"][below(3)], at: id, changed: next() })
      if (below(3) === 0) {
        const user_id = members[below(members.length)]
        const mark = marks.get(user_id)
        mark.delivered_seq = mark.delivered_seq + below(seq - mark.delivered_seq + 1)
        mark.read_seq = mark.read_seq + below(mark.delivered_seq - mark.read_seq + 1)
        frames.push({ type: "receipt", chat_id, user_id, ...mark, changed: next() })
      }
      if (below(6) === 0) frames.push(chat())
    }
  }
  frames.push(...groupHistory(90, people, below, next))
  const begin = [{ type: "welcome", user: { id: ME, username: "name1.0", last_seen: null, changed: 1 }, limits: {}, version: "0" }]
  if (below(2)) begin.push({ type: "synced", revision: 5, online: [ME] })
  if (below(2)) begin.push({ type: "chat/opened", chat_id: 50 + ME + below(people) })
  const later = scheduledHistory(below, next)
  before.push(...later.before)
  frames.push(...later.frames)
  return { begin: [...begin, ...before], frames }
}

/** Scheduled messages: each waits, may be changed or refused, and may be sent or cancelled. Some are mine to schedule. */
function scheduledHistory(below, next) {
  const frames = []
  const before = []
  for (let n = below(4); n > 0; n -= 1) {
    const [id, cid] = [next(), `later-${n}`]
    const body = { chat_id: 50 + ME, content: `later ${n}`, due_at: 1000 * n }
    if (below(2)) before.push({ type: "queue/put", items: [{ key: cid, kind: "schedule", body, at: 1, status: "pending" }] })
    const row = { type: "scheduled", id, cid, ...body, created_at: id, state: "waiting", changed: id }
    frames.push(row)
    if (below(2)) frames.push({ ...row, content: `changed ${id}`, changed: next() })
    if (below(3) === 0) frames.push({ ...row, state: "refused", reason: "only_admins_may_write", changed: next() })
    if (below(2)) frames.push({ ...row, content: "", state: below(2) ? "sent" : "cancelled", changed: next() })
  }
  return { before, frames }
}

/** @returns {object} when a message expires, if it does */
function endOf(below) {
  return below(3) ? {} : { expires_at: ENDS[below(2)] }
}

/** A group that people join and leave, and in which I was twice. */
function groupHistory(chat_id, people, below, next) {
  const group = (last_seq) => ({
    type: "chat", id: chat_id, kind: "group", title: `group ${last_seq}`, description: "", user_ids: null, last_seq,
    who_may_write: "all", history_for_newcomers: "none", created_at: 1, changed: next(),
  })
  const left = 1 + below(4), back = left + 1 + below(4)
  const stays = [[{ from_seq: 1, to_seq: null }], [{ from_seq: 1, to_seq: left }], [{ from_seq: 1, to_seq: left }, { from_seq: back, to_seq: null }]]
  const frames = [group(0), ...stays.map((some) => ({ type: "membership", chat_id, role: "member", stays: some, changed: next() }))]
  for (let user_id = ME; user_id <= people; user_id += 1) {
    for (const role of ["member", "admin", "former"].slice(below(3))) frames.push({ type: "member", chat_id, user_id, role, changed: next() })
  }
  const marks = { delivered_seq: 0, read_seq: 0 }
  for (let seq = 1; seq <= back + below(3); seq += 1) {
    if (seq > left && seq < back) continue
    const id = next()
    frames.push({ type: "message", id, chat_id, seq, sender_id: 1 + below(people), content: `text ${id}`, created_at: id, changed: id, ...endOf(below) })
    marks.delivered_seq += below(seq - marks.delivered_seq + 1)
    marks.read_seq += below(marks.delivered_seq - marks.read_seq + 1)
    frames.push({ type: "receipt", chat_id, ...marks, changed: next() })
    if (below(3) === 0) frames.push(group(seq))
  }
  return frames
}

function shuffled(list, random) {
  const copy = [...list]
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1))
    ;[copy[i], copy[j]] = [copy[j], copy[i]]
  }
  return copy
}

/** Puts some runs of rows into `sync` frames. Acks are never rows. */
function batched(frames, random) {
  const result = []
  let rows = []
  const close = () => {
    if (rows.length > 0) result.push({ type: "sync", rows, more: random() < 0.5 })
    rows = []
  }
  for (const frame of frames) {
    if (frame === LOOK || frame.type === "ack" || random() < 0.3) {
      close()
      result.push(frame)
    } else {
      rows.push(frame)
      if (random() < 0.2) close()
    }
  }
  close()
  return result
}

/** The state after a last look. How far the page has looked depends on what there was to expire. */
const end = (begin, frames) => ({ ...play([...begin, ...frames, LOOK]), expiry: 0 })

/** Removes from both orders everything that is not needed for the difference. */
function smallest(begin, one, other) {
  const differ = (a, b) => print(end(begin, a)) !== print(end(begin, b))
  for (let again = true; again;) {
    again = false
    for (const frame of new Set([...one, ...other])) {
      const [a, b] = [one.filter((f) => f !== frame), other.filter((f) => f !== frame)]
      if (!differ(a, b)) continue
      ;[one, other, again] = [a, b, true]
    }
  }
  return { begin, one, other, states: [end(begin, one), end(begin, other)].map((state) => ({ logs: state.logs, reactions: state.reactions, flags: state.flags, marks: state.marks, users: state.users, chats: state.chats, lasts: state.lasts, queue: state.queue, revision: state.revision, heard: state.heard })) }
}

/** The last version of every message, directly from what was committed. */
const lastVersions = (frames) => {
  const latest = new Map()
  for (const frame of frames) if (frame.type === "message" && !(latest.get(frame.id)?.changed >= frame.changed)) latest.set(frame.id, frame)
  return latest
}

for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
  const random = generator(seed)
  const { begin, frames } = history(random)
  const reference = end(begin, frames)
  for (let order = 0; order < 4; order += 1) {
    const twice = frames.filter(() => random() < 0.3)
    const mixed = shuffled([...frames, ...twice], random)
    if (print(end(begin, mixed)) !== print(reference)) return { seed, why: "two orders, two states", ...smallest(begin, frames, mixed) }
    const gathered = batched(mixed, random)
    if (print(end(begin, gathered)) !== print(reference)) return { seed, why: "batches make another state", ...smallest(begin, frames, gathered) }
  }
  const rows = new Map(Object.values(reference.logs).flatMap((log) => log.rows).map((row) => [row.id, row]))
  const gone = new Set(frames.filter(({ hidden_at }) => hidden_at).map(({ message_id }) => message_id))
  for (const [id, version] of lastVersions(frames)) {
    const expired = version.expires_at <= LOOK.at
    const [content, changed] = [gone.has(id) || expired ? "" : version.content, expired ? 0 : version.changed]
    if (rows.get(id)?.content !== content || rows.get(id)?.changed !== changed) return { seed, why: `message ${id} is not its last version`, row: rows.get(id), content, changed }
  }
  if (reference.queue.length > 0) return { seed, why: "something still waits", queue: reference.queue }
}
return null
