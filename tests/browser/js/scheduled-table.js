// Scheduled messages in the state, and local times where the clocks change: the page is in Berlin.
const { scheduledItems } = await load("./state/scheduled-items.js")
const { hasScheduled } = await load("./state/scheduled.js")
const { piecesOf } = await load("./state/snapshot.js")
const { dueTime, fieldTime, proposals, readField } = await load("./lib/local-time.js")

const T = 1_790_000_000_000
const [ME, CHAT, OTHER] = [1, 10, 11]
const row = (id, changed = id, more = {}) => ({
  type: "scheduled", id, chat_id: CHAT, cid: `cid${id}`, content: `text ${id}`, due_at: T + id, created_at: T, state: "waiting", changed, ...more,
})
const sent = (id, changed) => row(id, changed, { content: "", state: "sent" })
const refused = (id, changed) => row(id, changed, { state: "refused", reason: "only_admins_may_write" })
const item = (key, kind, body, more = {}) => ({ key, kind, body, at: T, status: "pending", ...more })
const put = (...items) => ({ type: "queue/put", items })
const made = (key, more = {}) => put(item(key, "schedule", { chat_id: CHAT, content: `made ${key}`, due_at: T + 500, ...more }))
const change = (key, id, how) => put(item(key, "reschedule", { id, change: how }))
const failed = (key) => ({ type: "queue/failed", key, code: "invalid_due_at", reason: "no" })
const listed = (rows, answers) => ({ type: "lists/loaded", users: [], chats: [], scheduled: rows, answers })
const shown = (state, chat = CHAT) =>
  scheduledItems(state, chat).map(({ content, status, code }) => [content, status, ...(code ? [code] : [])].join(", "))
const keys = (state) => state.queue.map(({ key }) => key)
const stored = (state) => Object.keys(piecesOf(state).get("scheduled").make()).join()

const cases = [
  ["nothing is scheduled at first", [], (s) => [shown(s), hasScheduled(s)], [[], false]],
  ["the next one comes first", [row(30), row(20)], shown, ["text 20, waiting", "text 30, waiting"]],
  ["those of other chats are theirs", [row(30), row(20, 20, { chat_id: OTHER })], (s) => [shown(s), shown(s, OTHER)], [["text 30, waiting"], ["text 20, waiting"]]],
  ["the latest row counts", [row(20, 25, { content: "new" }), row(20)], shown, ["new, waiting"]],
  ["what was sent does not come back", [sent(20, 25), row(20)], (s) => [shown(s), hasScheduled(s)], [[], false]],
  ["a refused one comes first and says why", [row(20), refused(30, 31)], shown, ["text 30, refused, only_admins_may_write", "text 20, waiting"]],
  ["in a batch", [{ type: "sync", rows: [row(20), refused(30, 31), sent(20, 32)], more: false }], (s) => [shown(s), s.heard], [["text 30, refused, only_admins_may_write"], 32]],
  ["one that is just made waits", [made("a")], (s) => [shown(s), hasScheduled(s)], [["made a, unsaved"], true]],
  ["the server's row replaces it", [made("cid20"), row(20)], (s) => [shown(s), keys(s)], [["text 20, waiting"], []]],
  ["so does the answer", [made("cid20"), { type: "queue/settled", keys: ["cid20"], row: row(20) }], (s) => [shown(s), keys(s)], [["text 20, waiting"], []]],
  ["a row that was here first, too", [row(20), { type: "queue/joined", items: [item("cid20", "schedule", { chat_id: CHAT, content: "x", due_at: T })] }], (s) => [shown(s), keys(s)], [["text 20, waiting"], []]],
  ["one that the server does not take stays", [made("a"), failed("a")], shown, ["made a, refused, invalid_due_at"]],
  ["its message ends it", [made("a"), { type: "message", id: 50, chat_id: CHAT, seq: 1, sender_id: ME, content: "made a", cid: "a", created_at: T, changed: 50 }], keys, []],
  ["a change shows at once", [row(20), change("a", 20, { content: "new" })], shown, ["new, unsaved"]],
  ["a later one replaces one of less", [row(20), change("a", 20, { content: "new" }), change("b", 20, { due_at: T }), change("c", 20, { content: "newer" })], (s) => [keys(s), shown(s)], [["b", "c"], ["newer, unsaved"]]],
  ["of another message, it is another matter", [row(20), row(30), change("a", 20, { content: "x" }), change("b", 30, { content: "y" })], keys, ["a", "b"]],
  ["cancelling ends all changes", [row(20), change("a", 20, { content: "x" }), put(item("b", "unschedule", { id: 20 }))], (s) => [keys(s), shown(s)], [["b"], []]],
  ["a refusal to cancel brings it back", [row(20), put(item("b", "unschedule", { id: 20 })), { type: "queue/settled", keys: ["b"] }], shown, ["text 20, waiting"]],
  ["it waits to be sent at once", [row(20), put(item("b", "send-scheduled", { id: 20 }))], shown, ["text 20, sending"]],
  ["after a reset, the list decides", [row(20), row(30), { type: "reset", revision: 40 }, row(50), listed([row(30)], 40)], shown, ["text 30, waiting", "text 50, waiting"]],
  ["a late list brings nothing back", [row(20), { type: "reset", revision: 40 }, sent(20, 41), listed([row(20)], 40)], shown, []],
  ["a restored server keeps what waits to be scheduled", [row(20), made("a"), change("b", 20, { content: "x" }), { type: "reset", revision: 5, restored: true }], (s) => [keys(s), shown(s)], [["a"], ["made a, unsaved"]]],
  ["the disk keeps what has words", [row(20), refused(30, 31), sent(40, 41)], stored, "20,30"],
]
const failures = []
for (const [name, events, look, wanted] of cases) {
  const state = play([{ type: "welcome", user: { id: ME, username: "me", changed: 1 }, privacy: { shows_read: true, shows_last_seen: true, changed: 0 }, limits: {} }, ...events])
  const found = look(state)
  if (print(found) !== print(wanted)) failures.push(`${name}: ${print(found)} instead of ${print(wanted)}`)
}

const at = (text) => Date.parse(text)
const times = [
  ["2026-11-28T18:00", at("2026-11-28T18:00+01:00"), "plain"],
  ["2027-06-01T00:00", at("2027-06-01T00:00+02:00"), "plain"],
  ["2027-03-28T01:59", at("2027-03-28T01:59+01:00"), "plain"],
  ["2027-03-28T02:30", at("2027-03-28T03:30+02:00"), "missing"],
  ["2027-03-28T03:00", at("2027-03-28T03:00+02:00"), "plain"],
  ["2027-10-31T02:30", at("2027-10-31T02:30+02:00"), "twice"],
  ["2027-10-31T02:00", at("2027-10-31T02:00+02:00"), "twice"],
  ["2027-10-31T03:00", at("2027-10-31T03:00+01:00"), "plain"],
  ["2027-10-31T01:59", at("2027-10-31T01:59+02:00"), "plain"],
]
for (const [field, time, is] of times) {
  const read = readField(field)
  if (read?.at !== time || read.is !== is) failures.push(`${field}: ${print(read)} instead of ${time}, ${is}`)
  if (is !== "missing" && fieldTime(time) !== field) failures.push(`${field} is shown as ${fieldTime(time)}`)
}
for (const nonsense of ["", "x", "2027-13-01T10:00"]) if (readField(nonsense) !== null) failures.push(`${nonsense} is a time`)

const local = (text) => new Date(text).getTime()
const proposed = [
  ["2026-11-28T09:00", "2026-11-28T18:00", "2026-11-29T09:00"],
  ["2026-11-28T17:30", "2026-11-28T21:00", "2026-11-29T09:00"],
  ["2026-12-31T22:00", null, "2027-01-01T09:00"],
  // The night has one hour less.
  ["2027-03-27T21:30", null, "2027-03-28T09:00"],
]
for (const [now, later, tomorrow] of proposed) {
  const found = proposals(local(now))
  const wanted = { later: later && local(later), tomorrow: local(tomorrow) }
  if (print(found) !== print(wanted)) failures.push(`proposals at ${now}: ${print(found)}`)
}
const today = local("2026-11-28T00:00")
for (const [time, words] of [
  ["2026-11-28T18:00", /^Today at /u], ["2026-11-29T09:00", /^Tomorrow at /u], ["2026-11-30T09:00", /^Mon.* at /u], ["2027-01-04T09:00", /2027 at /u],
]) if (!words.test(dueTime(local(time), today))) failures.push(`${time} is “${dueTime(local(time), today)}”`)

return { run: cases.length + times.length + proposed.length, failed: failures }
