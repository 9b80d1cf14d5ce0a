// Messages that expire, case by case: [description, events, value to check, expected value].
const { chatItems } = await load("./state/chat-items.js")
const { lastEditable } = await load("./state/changes.js")
const { eventLine } = await load("./state/events.js")
const { nextExpiry } = await load("./state/expiry.js")
const { header } = await load("./state/header.js")
const { unreadMentions } = await load("./state/mentions.js")
const { lastMessage } = await load("./state/messages.js")
const { unreadOf } = await load("./state/model.js")
const { holeIn, lacksOlder, lacksShown, needsPage, uncertainChats } = await load("./state/paging.js")
const { pinItems, pinsOf } = await load("./state/pins.js")
const { quoteOf } = await load("./state/quotes.js")
const { readThrough } = await load("./state/reading.js")
const { piecesOf } = await load("./state/snapshot.js")
const { starredItems, unknownStars } = await load("./state/starred.js")
const { timeline } = await load("./state/timeline.js")
const { eventWords } = await load("./chat/event-words.js")
const { durationWords } = await load("./lib/duration.js")

const T = 1_790_000_000_000
const HOUR = 3_600_000
const ME = 1, BOB = 2, CHAT = 10
const user = (id) => ({ type: "user", id, username: `user${id}`, last_seen: null, changed: id })
const chat = (more = {}) => ({
  type: "chat", id: CHAT, kind: "direct", title: null, description: "", user_ids: [ME, BOB], who_may_write: "all",
  history_for_newcomers: "none", last_seq: 0, created_at: T - 1000, changed: CHAT, expire_after: null, ...more,
})
const group = (last_seq) => chat({ kind: "group", title: "Hikers", user_ids: null, last_seq })
const membership = { type: "membership", chat_id: CHAT, role: "member", stays: [{ from_seq: 1, to_seq: null }], changed: 41 }
const message = (seq, more = {}) => ({
  type: "message", id: 100 + seq, chat_id: CHAT, seq, sender_id: BOB, content: `text ${seq}`, created_at: T + seq, changed: 100 + seq, ...more,
})
/** A message that expires an hour after the others were written. */
const ending = (seq, more = {}) => message(seq, { expires_at: T + HOUR, ...more })
const sweep = (seq) => message(seq, { content: "", expires_at: T + HOUR, expired: true })
const left = (seq, more = {}) => ({
  id: 100 + seq, chat_id: CHAT, seq, sender_id: BOB, content: "", created_at: T + seq, expires_at: T + HOUR, changed: 0, expired: true, ...more,
})
const look = (at = T + HOUR) => ({ type: "messages/expired", at })
const pong = (now, at) => ({ type: "pong", now, at })
const item = (key, kind, body) => ({ key, kind, body: { chat_id: CHAT, ...body }, at: T, status: "pending" })
const put = (...items) => ({ type: "queue/put", items })
const flags = (seq, more) => ({ type: "flags", chat_id: CHAT, message_id: 100 + seq, starred_at: null, hidden_at: null, changed: 300 + seq, ...more })
const pin = (seq) => ({ type: "pin", chat_id: CHAT, message_id: 100 + seq, user_id: BOB, at: T + seq, until: T * 9, changed: 400 + seq })
const reactions = (seq) => ({
  type: "reactions", chat_id: CHAT, message_id: 100 + seq, sender_id: ME, counts: [{ emoji: "👍", count: 1 }], total: 1,
  latest: { user_id: BOB, emoji: "👍", at: T + 99, changed: 500 }, changed: 500,
})
const page = (rows, more = false, direction = "newest") => ({ type: "page/loaded", chat_id: CHAT, messages: rows, more, direction })
const reset = { type: "reset", revision: 400 }
const listing = (last_message, more = {}) => ({
  type: "lists/loaded", users: [user(BOB)], answers: 400,
  chats: [{ ...chat({ last_seq: last_message.seq }), receipts: [], membership: null, last_message, unread: 0, ...more }],
})
const here = { type: "chat/opened", chat_id: CHAT }
const welcome = { type: "welcome", user: user(ME), limits: {}, version: "0" }
const start = [welcome, user(BOB), chat(), { type: "synced", revision: 50, online: [ME, BOB] }]

const rows = (state) => state.logs[CHAT]?.rows
const seqs = (state) => rows(state)?.map(({ seq }) => seq) ?? null
const shownSeqs = (state) => timeline(state).flatMap((it) => it.message?.seq ?? [])
const kinds = (state) => timeline(state).map((it) => it.message?.seq ?? it.kind)
const last = (state) => lastMessage(state, CHAT)?.seq ?? null
const unread = (state) => unreadOf(state, CHAT)
const stored = (state) => JSON.stringify([...piecesOf(state)].map(([, { make }]) => make()))
/** Closes the page, and opens it again later without a connection. */
const opened = (state, at) => {
  const pieces = new Map([...piecesOf(state)].map(([key, { make }]) => [key, JSON.parse(JSON.stringify(make()))]))
  return reduce(initialState, { type: "cache/restored", at, me: ME, revision: state.revision, epoch: 1, pieces })
}

const cases = [
  ["a message is there until it expires", [...start, message(1), ending(2), here, look(T + HOUR - 1)], (s) => [shownSeqs(s), rows(s)[1].content], [[1, 2], "text 2"]],
  ["then it keeps its seq and is not shown", [...start, message(1), ending(2), message(3), here, look()], (s) => [shownSeqs(s), seqs(s), rows(s)[1]], [[1, 3], [1, 2, 3], left(2)]],
  ["the others stay", [...start, ending(1), ending(2, { expires_at: T + 2 * HOUR }), here, look()], (s) => [shownSeqs(s), nextExpiry(s)], [[2], T + 2 * HOUR]],
  ["an edit brings no words back", [...start, ending(1), look(), ending(1, { content: "new", edited_at: T, changed: 300 })], rows, [left(1)]],
  ["nor does a page or the same row again", [...start, ending(1), look(), ending(1), page([ending(1)])], rows, [left(1)]],
  ["one that comes late is gone at once", [...start, ending(1), look(), ending(2)], rows, [left(1), left(2)]],
  ["what the server says counts, too", [...start, ending(1), here, sweep(1)], (s) => [shownSeqs(s), rows(s)], [[], [left(1)]]],
  ["also against an older row", [...start, sweep(1), ending(1, { changed: 900 })], rows, [left(1)]],
  ["a deleted one leaves no trace either", [...start, ending(1, { content: "", deleted_at: T }), here, look()], (s) => [shownSeqs(s), rows(s)], [[], [left(1)]]],
  ["one that was deleted for me can expire", [...start, ending(1), flags(1, { hidden_at: T }), look()], rows, [left(1)]],
  ["in any order", [...start, ending(1), look(), flags(1, { hidden_at: T })], rows, [left(1)]],
  ["the fields of a message go with its words", [...start, ending(1, { reply_to: 7, mentions: [ME], forwarded: 3, edited_at: T, cid: "a" }), look()], rows, [left(1, { cid: "a" })]],
  ["it is not unread", [...start, ending(1), message(2), look()], unread, 1],
  ["and has no line", [...start, ending(1), message(2), look(), here], kinds, ["day", "unread", 2]],
  ["reading passes over it", [...start, ending(1), message(2), look()], (s) => readThrough(s, CHAT, new Set([2])), 2],
  ["it is no unread mention", [welcome, user(BOB), group(2), membership, ending(1, { mentions: [ME] }), message(2, { mentions: [ME] }), look()], (s) => unreadMentions(s, CHAT), [2]],
  ["it leaves no gap", [...start, page([message(1), ending(2), message(3)]), look()], (s) => [holeIn(s, CHAT), needsPage(s, CHAT)], [null, false]],
  ["the list tells of the one before", [...start, message(1), ending(2), ending(3), look()], last, 1],
  ["or of none", [...start, ending(1), look()], (s) => [last(s), chatItems(s).map(({ id, empty, content }) => [id, empty, content])], [null, [[CHAT, true, ""]]]],
  ["the words leave the list", [welcome, reset, listing(ending(7)), look()], (s) => [last(s), s.summaries[CHAT].last_message, uncertainChats(s), lacksShown(s, CHAT)], [null, null, [CHAT], true]],
  ["also those of a reaction", [welcome, reset, listing(message(7), { last_reaction: { user_id: BOB, emoji: "👍", at: T, changed: 200, message: ending(6) } }), look()], (s) => ["last_reaction" in s.summaries[CHAT], last(s)], [false, 7]],
  ["an older list brings them not back", [welcome, ending(7), look(), reset, listing(ending(7))], (s) => s.summaries[CHAT].last_message, null],
  ["unread ones that are not loaded are loaded, as nobody tells of their end", [welcome, reset, listing(ending(7), { unread: 3 })], (s) => [uncertainChats(s), lacksShown(s, CHAT)], [[CHAT], true]],
  ["also where the timer was turned off", [welcome, reset, listing(message(7, { content: "", event: { kind: "timer", expire_after: null } }), { unread: 3 })], (s) => [uncertainChats(s), lacksShown(s, CHAT)], [[CHAT], true]],
  ["but not those of a chat without a timer", [welcome, reset, listing(message(7), { unread: 3 })], (s) => [uncertainChats(s), lacksShown(s, CHAT)], [[], false]],
  ["if all loaded ones are gone, older ones are loaded", [welcome, reset, listing(ending(7)), page([ending(6), ending(7)], true), look()], (s) => [lacksShown(s, CHAT), lacksOlder(s, CHAT)], [false, true]],
  ["not if one is left", [welcome, reset, listing(ending(7)), page([message(6), ending(7)], true), look()], (s) => lacksOlder(s, CHAT), false],
  ["not beyond the first", [welcome, reset, listing(ending(7)), page([ending(6), ending(7)]), look()], (s) => lacksOlder(s, CHAT), false],
  ["a quote of it has neither words nor a name", [...start, ending(1), message(2, { reply_to: 101 }), here, look()], (s) => { const { status, name, content } = quoteOf(s, CHAT, 101); return [status, name, content, timeline(s).at(-1).quote.status] }, ["absent", "", "", "absent"]],
  ["a pin of it is gone", [...start, message(1), ending(2), pin(1), pin(2), here, look()], (s) => [pinsOf(s, CHAT), pinItems(s).map(({ id }) => id)], [[101], [101]]],
  ["and does not count", [...start, ...[1, 2, 3].map((seq) => message(seq)), ending(4), ...[1, 2, 3, 4].map(pin), look()], (s) => pinsOf(s, CHAT), [103, 102, 101]],
  ["a star of it is gone, and not asked for", [...start, ending(1), flags(1, { starred_at: T }), look()], (s) => [starredItems(s, 0), unknownStars(s, 0)], [[], []]],
  ["the preview tells of no reaction to it", [...start, ending(1, { sender_id: ME }), message(2), reactions(1), look()], (s) => chatItems(s)[0].reaction, null],
  ["↑ edits the one before", [...start, message(1, { sender_id: ME, created_at: Date.now() }), ending(2, { sender_id: ME, created_at: Date.now() }), here, look()], (s) => lastEditable(s, Date.now())?.seq, 1],
  ["what waits about it ends, and nothing else", [...start, ending(1), message(2), put(item("a", "edit", { message_id: 101, content: "secret" }), item("b", "reaction", { message_id: 101, emoji: "👍" }), item("c", "star", { message_id: 102, on: true }), item("d", "message", { content: "answer", reply_to: 101 })), look()], (s) => s.queue.map(({ key }) => key), ["c", "d"]],
  ["an ack says when", [...start, put(item("a", "message", { content: "mine" })), { type: "ack", cid: "a", message_id: 101, chat_id: CHAT, seq: 1, created_at: T, changed: 101, expires_at: T + HOUR }], (s) => [rows(s)[0].content, rows(s)[0].expires_at, s.queue.length], ["mine", T + HOUR, 0]],
  ["the ack of a message that has expired settles it", [...start, ending(1), look(), put(item("a", "message", { content: "mine" })), { type: "ack", cid: "a", message_id: 102, chat_id: CHAT, seq: 2, created_at: T, changed: 102, expires_at: T + 9 }], (s) => [rows(s)[1].content, s.queue.length], ["", 0]],

  ["the disk keeps no words of it", [...start, page([message(1), ending(2)]), flags(2, { starred_at: T }), reactions(2), { type: "link/agreed" }, look()], (s) => [stored(s).includes("text 1"), stored(s).includes("text 2"), stored(s).includes("👍")], [true, false, false]],
  ["a page that is opened too late shows nothing of it", [...start, page([message(1), ending(2)]), { type: "link/agreed" }], (s) => { const now = opened(s, T + HOUR); return [rows(now).map(({ content }) => content), last(now), unread(now)] }, [["text 1", ""], 1, 1]],
  ["one that is opened in time does", [...start, page([message(1), ending(2)]), { type: "link/agreed" }], (s) => last(opened(s, T + HOUR - 1)), 2],
  ["the difference of the clocks is stored", [...start, pong(T, T - 5 * HOUR), page([ending(1)]), { type: "link/agreed" }], (s) => [last(opened(s, T - 4 * HOUR - 1)), last(opened(s, T - 4 * HOUR))], [1, null]],
  ["a clock that was set back meanwhile brings nothing back", [...start, page([message(1), ending(2)]), look(), { type: "link/agreed" }], (s) => rows(opened(s, T)).map(({ content }) => content), ["text 1", ""]],

  ["the clock of the server counts, not that of the device", [{ ...welcome, now: T, at: T + 9 * HOUR }, ...start.slice(1), ending(1), look(T + 9 * HOUR)], (s) => [last(s), last(play([look(T + 10 * HOUR)], s))], [1, null]],
  ["a pong tells it, too", [...start, ending(1), pong(T + HOUR, T)], last, null],
  ["the way from the server is no difference", [...start, pong(T, T + 150)], (s) => s.lead, 0],
  ["a clock that was far ahead: what went too early is loaded again", [...start, page([message(1), ending(2)]), look(T + 99 * HOUR), pong(T, T)], (s) => [needsPage(s, CHAT), s.expiry, last(play([page([message(1), ending(2)])], s))], [true, T, 2]],
  ["in the open chat", [...start, page([message(1), ending(2)]), here, look(T + 99 * HOUR), pong(T, T)], (s) => [shownSeqs(s), needsPage(s, CHAT), shownSeqs(play([page([message(1), ending(2)])], s))], [[1], true, [1, 2]]],
  ["and for the list", [welcome, reset, listing(ending(7)), look(T + 99 * HOUR), pong(T, T)], (s) => [lacksShown(s, CHAT), last(play([page([ending(7)], true)], s))], [true, 7]],
  ["what has really expired stays away", [...start, page([ending(1), ending(2, { expires_at: T + 9 * HOUR })]), look(T + 99 * HOUR), pong(T + 2 * HOUR, T), page([sweep(1), ending(2, { expires_at: T + 9 * HOUR })])], (s) => rows(s).map(({ content }) => content), ["", "text 2"]],
  ["clocks that differ a little change nothing", [...start, page([ending(1)]), look(T + HOUR), pong(T + HOUR - 30_000, T)], (s) => [rows(s), needsPage(s, CHAT)], [[left(1)], false]],

  ["a chat says its timer", [...start, chat({ expire_after: 24 * HOUR, changed: 60 }), here], (s) => [s.chats[CHAT].expire_after, header(s).timer], [24 * HOUR, 24 * HOUR]],
  ["or none", [...start, chat({ expire_after: undefined, changed: 60 }), here], (s) => [s.chats[CHAT].expire_after, header(s).timer], [null, 0]],
  ["a line says who set it", [...start, message(1, { content: "", event: { kind: "timer", expire_after: 7 * 24 * HOUR } }), here], (s) => [eventWords(eventLine(s, rows(s)[0])), unread(s), eventWords(chatItems(s)[0].event)], ["\u2068user2\u2069 set messages to disappear after 7 days", 0, "\u2068user2\u2069 set messages to disappear after 7 days"]],
  ["or that I turned it off", [...start, message(1, { sender_id: ME, content: "", event: { kind: "timer", expire_after: null } })], (s) => eventWords(eventLine(s, rows(s)[0])), "You turned off disappearing messages"],
  ["any length has words", start, () => [1000, 90_000, 24 * HOUR, 48 * HOUR, 49 * HOUR, 365 * 24 * HOUR].map((ms) => durationWords(ms)), ["1 second", "1 minute, 30 seconds", "24 hours", "2 days", "2 days, 1 hour", "365 days"]],
]

const failed = []
for (const [name, events, see, want] of cases) {
  try {
    const seen = see(play(events))
    if (print(seen) !== print(want)) failed.push(`${name}: ${print(seen)} instead of ${print(want)}`)
  } catch (error) {
    failed.push(`${name}: ${error.stack}`)
  }
}

// Watchers compare by identity, so an event that changes nothing must return the same object.
const state = play([...start, message(1), ending(2), look(), ending(3, { expires_at: T + 9 * HOUR })])
for (const event of [look(), look(T + 8 * HOUR), look(NaN), pong(T + HOUR, T + HOUR), ending(2), sweep(2)]) {
  if (reduce(state, freeze(event)) !== state) failed.push(`${JSON.stringify(event)}: another object`)
}

// A look at 100,000 messages of which none expires costs nothing the second time.
const many = play([...start, page(Array.from({ length: 100_000 }, (_, i) => ending(i + 1, { expires_at: T + 9 * HOUR + i })))])
nextExpiry(many)
if (isSlow(5, () => { for (let i = 0; i < 100; i += 1) reduce(many, look()) })) failed.push("looks are slow")
return { run: cases.length, failed }
