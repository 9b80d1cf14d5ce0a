// The reducer, case by case: [description, events, value to check, expected value].
const { chatItems } = await load("./state/chat-items.js")
const { holeIn, lacksShown, needsPage } = await load("./state/paging.js")
const { tickOf } = await load("./state/ticks.js")
const { timeline } = await load("./state/timeline.js")
const { unreadOf } = await load("./state/model.js")
const { destination } = await load("./state/targets.js")
const { preferencesOf, unsavedDraft } = await load("./state/preferences.js")
const { EMPTY, draftOf, merged, savingOf } = await load("./state/draft.js")
const { mustLookAround } = await load("./state/privacy.js")
const { reactionsOf } = await load("./state/reactions.js")
const { isHidden, starOf } = await load("./state/flags.js")
const { lastMessage } = await load("./state/messages.js")
const { lastEditable } = await load("./state/changes.js")
const { quoteOf } = await load("./state/quotes.js")
const { piecesOf } = await load("./state/snapshot.js")
const { starredItems, unknownStars } = await load("./state/starred.js")
const { mayPin, nextEnd } = await load("./state/pinning.js")
const { pinItems, pinsOf } = await load("./state/pins.js")
const { timesOf } = await load("./state/forwarding.js")

const T = 1_790_000_000_000
const ME = 1, BOB = 2, CAROL = 3, CHAT = 10, NOTES = 12
const GROUP_OR_DIRECT = { type: "chat", description: "", who_may_write: "all", history_for_newcomers: "none" }
const user = (id, changed = id) => ({ type: "user", id, username: `user${id}`, last_seen: null, changed })
const chat = (id, members, last_seq = 0, changed = id) =>
  ({ ...GROUP_OR_DIRECT, id, kind: "direct", title: null, user_ids: members, last_seq, created_at: T - 1000 + id, changed })
const group = (last_seq = 0, more = {}) =>
  ({ ...GROUP_OR_DIRECT, id: CHAT, kind: "group", title: "Hikers", user_ids: null, last_seq, created_at: T - 1000, changed: 40, ...more })
const membership = (stays, role = "member", changed = 41) =>
  ({ type: "membership", chat_id: CHAT, role, stays: stays.map(([from_seq, to_seq = null]) => ({ from_seq, to_seq })), changed })
const member = (user_id, role, changed) => ({ type: "member", chat_id: CHAT, user_id, role, changed })
const message = (seq, more = {}) =>
  ({ type: "message", id: 100 + seq, chat_id: CHAT, seq, sender_id: BOB, content: `text ${seq}`, created_at: T + seq, changed: 100 + seq, ...more })
const receipt = (user_id, marks, changed = 500) => ({ type: "receipt", chat_id: CHAT, user_id, changed, ...marks })
const item = (key, kind, body) => ({ key, kind, body, at: T + 900, status: "pending" })
const put = (...items) => ({ type: "queue/put", items })
const composed = (key, more = { chat_id: CHAT }) => put(item(key, "message", { content: `written ${key}`, ...more }))
const noted = (key, delivered, read) => put(item(key, "receipt", { chat_id: CHAT, delivered, ...(read && { read }) }))
const changed = (key, change, chat_id = CHAT) => put(item(key, "preferences", { chat_id, change }))
const refusal = (key) => ({ type: "queue/failed", key, code: "invalid", reason: "no" })
const settled = (keys, row) => ({ type: "queue/settled", keys, row })
const joined = (...items) => ({ type: "queue/joined", items })
const preferences = (more) => ({
  chat_id: CHAT, pinned_at: null, archived: false, muted_until: null, marked_unread: false, draft: "", cleared_seq: 0, cleared_id: 0, changed: 600, ...more,
})
const written = { ...EMPTY, text: "b" }
const reply = { ...EMPTY, text: "a", reply_to: 101 }
const edit = { text: "b", reply_to: 0, edit_of: 102, edited: "new" }
const counts = (text) => text.split(" ").filter(Boolean).map((one) => ({ emoji: one.slice(0, 1), count: Number(one.slice(1)) }))
const reactions = (text, changed, latest = {}, sender_id = BOB) => ({
  type: "reactions", chat_id: CHAT, message_id: 101, sender_id, counts: counts(text), total: counts(text).reduce((sum, { count }) => sum + count, 0),
  ...(text && { latest: { user_id: BOB, emoji: text.slice(0, 1), at: T + changed, changed, ...latest } }), changed,
})
const reaction = (emoji, changed) => ({ type: "reaction", chat_id: CHAT, message_id: 101, emoji, at: T + changed, changed })
const reacting = (key, emoji) => put(item(key, "reaction", { chat_id: CHAT, message_id: 101, emoji }))
const reacted = (state, seq = 1) => {
  const shown = reactionsOf(state, state.logs[CHAT]?.rows.find((row) => row.seq === seq) ?? null)
  if (!shown) return null
  return [shown.counts.map(({ emoji, count }) => emoji + count).join(" "), shown.total, shown.own ?? "", ...(shown.waiting ? ["waits"] : [])].join(", ")
}
const flags = (seq, changed, more = {}) => ({ type: "flags", chat_id: CHAT, message_id: 100 + seq, starred_at: null, hidden_at: null, changed, ...more })
const starred = (seq, changed, on = true) => flags(seq, changed, { starred_at: on ? T + changed : null })
const hidden = (seq, changed) => flags(seq, changed, { hidden_at: T + changed })
const starring = (key, on, seq = 1) => put(item(key, "star", { chat_id: CHAT, message_id: 100 + seq, on }))
const hiding = (key, seq = 1) => put(item(key, "hide", { chat_id: CHAT, message_id: 100 + seq }))
const pin = (seq, changed, more = {}) => ({ type: "pin", chat_id: CHAT, message_id: 100 + seq, user_id: BOB, at: T + changed, until: T * 9, changed, ...more })
const pinning = (key, seq, hours = 24) => put(item(key, "pin", { chat_id: CHAT, message_id: 100 + seq, hours }))
const pinned = (state) => pinsOf(state, CHAT).map((id) => id - 100)
const star = (state) => starOf(state, state.logs[CHAT].rows[0])
const wordless = (seq, changed = 100 + seq) => ({ id: 100 + seq, chat_id: CHAT, seq, sender_id: BOB, content: "", created_at: T + seq, changed })
const rowOf = (state) => state.logs[CHAT].rows[0]
const here = { type: "chat/opened", chat_id: CHAT }
const listing = (last_message, more = {}) => ({ type: "lists/loaded", users: [user(BOB)], answers: 400, chats: [{ ...chat(CHAT, [ME, BOB], last_message.seq), receipts: [], membership: null, last_message, unread: 0, ...more }] })
const last = (state) => lastMessage(state, CHAT)?.seq ?? null
const stored = (state, chat = CHAT) => JSON.stringify([...piecesOf(state)].find(([key]) => key === `chat:${chat}`)[1].make())
const preview = (state) => {
  const line = chatItems(state).find(({ id }) => id === CHAT).reaction
  return line && [line.own ? "I" : line.by, line.emoji, line.content ?? (line.mine ? "mine" : "unknown")].join(" ")
}
const ack = (cid, seq) => ({ type: "ack", cid, message_id: 100 + seq, chat_id: CHAT, seq, created_at: T + seq, changed: 100 + seq })
const page = (rows, more, direction = "newest") => ({ type: "page/loaded", chat_id: CHAT, messages: rows, more, direction })
const welcome = { type: "welcome", user: user(ME), limits: { content_bytes_max: 99 }, version: "0" }
const synced = (revision = 50) => ({ type: "synced", revision, online: [ME, BOB] })
const privacy = (shows_last_seen, changed) => ({ type: "privacy", shows_read: true, shows_last_seen, changed })
const seen = (user_id, last_seen) => ({ type: "presence", user_id, online: user_id === ME, last_seen })
const around = (last_seen) => ({ type: "people/seen", users: [{ ...user(BOB), last_seen }], online: [{ id: ME }, { id: CAROL }] })
const agreed = { type: "link/agreed" }
const opened = { type: "chat/opened", chat_id: CHAT }
const typing = { type: "typing", chat_id: CHAT, user_id: BOB, on: true, at: 1000 }
const isTyping = (state) => chatItems(state).some((item) => item.typing)
const start = [welcome, user(BOB), user(CAROL), chat(CHAT, [ME, BOB]), chat(NOTES, [ME]), synced()]

const seqs = (state) => (state.logs[CHAT]?.rows ?? []).map((row) => row.seq)
const waiting = (state) => state.pending.map(({ key, status }) => `${key} ${status}`)
const keys = (state) => state.queue.map(({ key }) => key)
const ticks = (state) => state.logs[CHAT].rows.map((row) => tickOf(state, row))
const unread = (state) => unreadOf(state, CHAT)
const kinds = (state) => timeline(state).map((item) => (item.kind === "message" ? (item.message?.seq ?? item.pending.key) : item.kind))

const cases = [
  ["a message waits until its ack", [...start, composed("a")], waiting, ["a pending"]],
  ["an ack makes it a row with a seq", [...start, composed("a"), ack("a", 1)], (s) => [waiting(s), seqs(s), ticks(s)], [[], [1], ["sent"]]],
  ["an ack twice is an ack", [...start, composed("a"), ack("a", 1), ack("a", 1)], seqs, [1]],
  ["an ack says how often a text was forwarded", [...start, composed("a", { chat_id: CHAT, forward_of: 9, forwarded: 1 }), { ...ack("a", 1), forwarded: 2 }], (s) => [s.logs[CHAT].rows[0].forwarded, "forward_of" in s.logs[CHAT].rows[0]], [2, false]],
  ["an ack without it takes back what was expected", [...start, composed("a", { chat_id: CHAT, forward_of: 9, forwarded: 1 }), ack("a", 1)], (s) => "forwarded" in s.logs[CHAT].rows[0], false],
  ["a forwarded message shows it as it waits and as it is deleted", [...start, message(1, { forwarded: 5, sender_id: ME }), opened, composed("a", { chat_id: CHAT, forward_of: 9, forwarded: 1 }), put(item("b", "deletion", { chat_id: CHAT, message_id: 101 }))], (s) => timeline(s).filter(({ kind }) => kind === "message").map(timesOf), [0, 1]],
  ["an ack of nothing we know is nothing", [...start, ack("x", 7)], seqs, []],
  ["composing under a known cid is nothing", [...start, composed("a"), composed("a")], waiting, ["a pending"]],
  ["our message by another way settles what waits", [...start, composed("a"), message(1, { sender_id: ME, cid: "a" })], (s) => [waiting(s), seqs(s)], [[], [1]]],
  ["somebody else's cid settles nothing of ours", [...start, composed("a"), message(1, { cid: "a" })], waiting, ["a pending"]],
  ["a first message to a person waits, too", [...start, composed("a", { recipient_id: CAROL })], waiting, ["a pending"]],
  ["a refusal marks it failed", [...start, composed("a"), refusal("a")], (s) => [waiting(s), s.queue[0].code, s.queue[0].reason], [["a failed"], "invalid", "no"]],
  ["and nothing else", [...start, composed("a"), composed("b"), refusal("a")], waiting, ["a failed", "b pending"]],
  ["a retry lets it wait again", [...start, composed("a"), refusal("a"), { type: "queue/retried", key: "a" }], (s) => [waiting(s), s.queue[0].code], [["a pending"], undefined]],
  ["what is discarded is gone", [...start, composed("a"), composed("b"), settled(["a"])], waiting, ["b pending"]],
  ["a refusal of nothing we know is nothing", [...start, composed("a"), refusal("x")], waiting, ["a pending"]],
  ["what waits elsewhere joins in its order", [...start, composed("b"), joined(item("a", "message", {}), item("c", "message", {}))], waiting, ["a pending", "b pending", "c pending"]],
  ["but not what has arrived", [...start, message(1, { sender_id: ME, cid: "a" }), joined(item("a", "message", {}))], waiting, []],
  ["nor what is known", [...start, composed("a"), joined(item("a", "message", {}))], waiting, ["a pending"]],
  ["a failure elsewhere is one here", [...start, composed("a"), joined({ ...item("a", "message", {}), status: "failed", code: "invalid" })], waiting, ["a failed"]],

  ["reactions show with their message", [...start, message(1), reactions("a2 b1", 201)], reacted, "a2 b1, 3, "],
  ["also if they come before it", [...start, reactions("a2 b1", 201), message(1)], reacted, "a2 b1, 3, "],
  ["the latest row wins", [...start, message(1), reactions("a2", 202), reactions("b1", 201)], reacted, "a2, 2, "],
  ["also against a page", [...start, reactions("a2", 202), { ...page([message(1)], false), reactions: [reactions("b1", 201)] }], reacted, "a2, 2, "],
  ["a page brings them", [...start, { ...page([message(1)], false), reactions: [reactions("a2", 201)], own_reactions: [reaction("a", 201)] }], reacted, "a2, 2, a"],
  ["an edit keeps them", [...start, message(1), reactions("a2", 201), message(1, { content: "new", edited_at: T, changed: 202 })], reacted, "a2, 2, "],
  ["a deletion ends them", [...start, reactions("a2", 201), message(1, { content: "", deleted_at: T, changed: 202 })], reacted, null],
  ["taken back, none is left", [...start, message(1), reactions("a1", 201), reactions("", 202)], reacted, null],
  ["mine is known apart", [...start, message(1), reaction("a", 201), reactions("a2 b1", 201)], reacted, "a2 b1, 3, a"],
  ["mine may come before the counts", [...start, message(1), reactions("b1", 200), reaction("a", 201)], reacted, "b1 a1, 2, a"],
  ["another one of mine, too", [...start, message(1), reaction("b", 200), reactions("b1", 200), reaction("a", 201)], reacted, "a1, 1, a"],
  ["what waits shows at once", [...start, message(1), reactions("a2", 201), reacting("x", "a")], reacted, "a3, 3, a, waits"],
  ["a change, too", [...start, message(1), reaction("a", 201), reactions("a2", 201), reacting("x", "b")], reacted, "a1 b1, 2, b, waits"],
  ["and one taken back", [...start, message(1), reaction("a", 201), reactions("a1", 201), reacting("x", null)], reacted, null],
  ["a later one replaces it", [...start, message(1), reacting("x", "a"), reacting("y", "b")], (s) => [reacted(s), keys(s)], ["b1, 1, b, waits", ["y"]]],
  ["what ends as the server has it does not wait", [...start, message(1), reacting("x", "a"), reacting("y", null)], reacted, null],
  ["it waits no longer when it is answered", [...start, message(1), reacting("x", "a"), settled(["x"], reaction("a", 201))], (s) => [reacted(s), keys(s)], ["a1, 1, a", []]],
  ["the answer and the counts agree", [...start, message(1), reacting("x", "a"), reactions("a1", 201), settled(["x"], reaction("a", 201))], reacted, "a1, 1, a"],
  ["a refused one leaves no trace", [...start, message(1), reactions("b1", 201), reacting("x", "a"), settled(["x"])], reacted, "b1, 1, "],
  ["one that waits does not change the message", [...start, message(1, { sender_id: ME }), reacting("x", "a")], (s) => timeline(play([{ type: "chat/opened", chat_id: CHAT }], s)).map((row) => row.content ?? row.kind), ["day", "text 1"]],
  ["after a reset, the page decides", [...start, message(1), { type: "chat/opened", chat_id: CHAT }, reactions("a2", 201), { type: "reset", revision: 900 }, { ...page([message(1)], false), reactions: [], own_reactions: [] }], reacted, null],
  ["but not over a row that came since", [...start, message(1), { type: "chat/opened", chat_id: CHAT }, { type: "reset", revision: 900 }, reactions("a2", 901), page([message(1)], false)], reacted, "a2, 2, "],
  ["former members see none", [...start, group(1), membership([[1]]), message(1), reactions("a2", 201), membership([[1, 1]], "former", 202)], reacted, null],

  ["the preview tells of a reaction to mine", [...start, message(1, { sender_id: ME }), reactions("a1", 201, {}, ME)], preview, "user2 a text 1"],
  ["not of one to another's", [...start, message(1), reactions("a1", 201)], preview, null],
  ["of mine in any case", [...start, message(1), reactions("a1", 201, { user_id: ME }), reaction("a", 201)], preview, "I a text 1"],
  ["of one that waits, too", [...start, message(1), reacting("x", "a")], preview, "I a text 1"],
  ["until it is taken back", [...start, message(1), reaction("a", 201), reacting("x", null)], preview, null],
  ["until the next message", [...start, message(1, { sender_id: ME }), reactions("a1", 150, {}, ME), message(51)], preview, null],
  ["until its message is deleted", [...start, message(1, { sender_id: ME }), reactions("a1", 150, {}, ME), message(1, { sender_id: ME, content: "", deleted_at: T, changed: 160 })], preview, null],
  ["of a message that is not loaded", [...start, reactions("a1", 201, {}, ME), message(2)], preview, "user2 a mine"],
  ["an earlier one that still stands", [...start, message(1, { sender_id: ME }), reactions("a2", 210, { changed: 201 }, ME)], preview, "user2 a text 1"],

  ["a star shows on its message", [...start, message(1), starred(1, 201)], star, "starred"],
  ["also if it comes before it", [...start, starred(1, 201), message(1)], star, "starred"],
  ["the latest row of the flags wins", [...start, message(1), starred(1, 202, false), starred(1, 201)], star, ""],
  ["also against a page", [...start, starred(1, 202), { ...page([message(1)], false), flags: [starred(1, 201, false)] }], star, "starred"],
  ["a page brings stars", [...start, { ...page([message(1)], false), flags: [starred(1, 201)] }], star, "starred"],
  ["an edit keeps the star", [...start, message(1), starred(1, 201), message(1, { content: "new", edited_at: T, changed: 202 })], star, "starred"],
  ["a deletion for everyone takes it", [...start, starred(1, 201), message(1, { content: "", deleted_at: T, changed: 202 })], star, ""],
  ["a star that waits shows at once", [...start, message(1), starring("x", true)], star, "waiting"],
  ["one that is taken away is gone at once", [...start, message(1), starred(1, 201), starring("x", false)], star, ""],
  ["a later one replaces it", [...start, message(1), starring("x", true), starring("y", false)], (s) => [star(s), keys(s)], ["", ["y"]]],
  ["an answer brings the flags", [...start, message(1), starring("x", true), settled(["x"], { chat_id: CHAT, message_id: 101, starred_at: T, hidden_at: null, changed: 201 })], (s) => [star(s), keys(s)], ["starred", []]],
  ["a refused star leaves no trace", [...start, message(1), starring("x", true), settled(["x"])], (s) => [star(s), keys(s)], ["", []]],
  ["after a reset, the page decides on stars", [...start, message(1), here, starred(1, 201), { type: "reset", revision: 900 }, { ...page([message(1)], false), flags: [] }], star, ""],
  ["but not over a star that came since", [...start, message(1), here, { type: "reset", revision: 900 }, starred(1, 901), page([message(1)], false)], star, "starred"],
  ["the list of stars brings messages", [...start, { type: "starred/loaded", messages: [message(3), message(1)] }], (s) => starredItems(s, 0).map(({ id, by, to, content }) => [id, by, to, content]), [[103, "user2", "", "text 3"], [101, "user2", "", "text 1"]]],
  ["but no star that was taken away since", [...start, starred(1, 201, false), { type: "starred/loaded", messages: [message(1)] }], (s) => starredItems(s, 0), []],
  ["a star of another device is to be loaded", [...start, starred(1, 201), starred(2, 202), message(2)], (s) => [unknownStars(s, 0), unknownStars(s, NOTES)], [[{ chat_id: CHAT, id: 101 }], []]],

  ["a message that is deleted for me keeps its seq and is not shown", [...start, message(1), message(2), hidden(1, 201), here], (s) => [seqs(s), kinds(s).filter(Number), rowOf(s)], [[1, 2], [2], wordless(1)]],
  ["whatever comes first", [...start, hidden(1, 201), message(2), message(1), here], (s) => [seqs(s), kinds(s).filter(Number), rowOf(s)], [[1, 2], [2], wordless(1)]],
  ["a later edit does not bring its words back", [...start, message(1), hidden(1, 201), message(1, { content: "new", edited_at: T, mentions: [ME], changed: 300 })], rowOf, wordless(1, 300)],
  ["nor a page", [...start, { ...page([message(1, { content: "" })], false), flags: [hidden(1, 201)] }, page([message(1)], false)], rowOf, wordless(1)],
  ["nor a page of before", [...start, hidden(1, 201), page([message(1)], false)], rowOf, wordless(1)],
  ["it has no star", [...start, message(1), starred(1, 201), hidden(1, 202), starred(1, 201)], (s) => [star(s), starredItems(s, 0)], ["", []]],
  ["one that was deleted for everyone can go, too", [...start, message(1, { content: "", deleted_at: T }), hidden(1, 201), here], (s) => [kinds(s), rowOf(s)], [[], wordless(1)]],
  ["it is not unread", [...start, message(1), message(2), hidden(1, 201)], unread, 1],
  ["and has no line", [...start, message(1), message(2), hidden(1, 201), here], kinds, ["day", "unread", 2]],
  ["the page around the first unread one passes over it", [...start, chat(CHAT, [ME, BOB], 9, 60), here, { type: "page/unread", chat_id: CHAT, after: 0, messages: [message(1, { content: "" }), message(2)], flags: [hidden(1, 201)], more_before: false, more_after: true }], (s) => s.open.unread_after, 1],
  ["the list tells of the one before", [...start, message(1), message(2), message(3), hidden(3, 201), hidden(2, 202)], last, 1],
  ["if none between is missing", [...start, message(1), message(3), hidden(3, 201)], last, null],
  ["also of the one that it was loaded with", [welcome, { type: "reset", revision: 400 }, listing(message(7)), message(8, { changed: 401 }), flags(8, 402, { hidden_at: T })], last, 7],
  ["the words leave it", [welcome, { type: "reset", revision: 400 }, listing(message(7)), flags(7, 402, { hidden_at: T })], (s) => [last(s), s.summaries[CHAT].last_message, lacksShown(s, CHAT)], [null, null, true]],
  ["so does the number of those unread", [welcome, { type: "reset", revision: 400 }, listing(message(7), { unread: 3, receipts: [{ chat_id: CHAT, user_id: ME, delivered_seq: 7, read_seq: 4 }] }), flags(6, 402, { hidden_at: T })], (s) => [unread(s), lacksShown(s, CHAT)], [3, true]],
  ["once the page is here", [welcome, { type: "reset", revision: 400 }, listing(message(7), { unread: 3, receipts: [{ chat_id: CHAT, user_id: ME, delivered_seq: 7, read_seq: 4 }] }), flags(6, 402, { hidden_at: T }), page([message(5), message(6), message(7)], true)], (s) => [unread(s), lacksShown(s, CHAT)], [2, false]],
  ["an edit of a message that the list does not tell of brings no words", [welcome, { type: "reset", revision: 400 }, listing(message(6), { last_seq: 7 }), message(7, { content: "new", edited_at: T, changed: 500 })], (s) => [seqs(s), last(s)], [[], 6]],
  ["of one that it tells of it does", [welcome, { type: "reset", revision: 400 }, listing(message(7)), message(7, { content: "new", edited_at: T, changed: 500 })], (s) => lastMessage(s, CHAT).content, "new"],
  ["after a reset, what is deleted for me stays so", [...start, message(1), hidden(1, 201), { type: "reset", revision: 400 }, listing(message(2)), message(1, { content: "new", edited_at: T, changed: 500 }), page([message(1), message(2)], false)], rowOf, wordless(1)],
  ["the disk keeps what is deleted for me, also of messages that it does not store", [...start, hidden(1, 201), starred(2, 202)], (s) => [...piecesOf(s)].find(([key]) => key === `chat:${CHAT}`)[1].make().flags, { 101: { starred_at: null, hidden_at: T + 201, changed: 201 } }],
  ["nothing is missing of messages that are read", [welcome, { type: "reset", revision: 400 }, listing(message(7)), flags(6, 402, { hidden_at: T })], (s) => lacksShown(s, CHAT), false],
  ["also if its answer is late", [welcome, { type: "reset", revision: 400 }, flags(7, 402, { hidden_at: T }), listing(message(7))], (s) => s.summaries[CHAT].last_message, null],
  ["the preview tells of no reaction to it", [...start, message(1, { sender_id: ME }), reactions("a1", 201, {}, ME), hidden(1, 202)], preview, null],
  ["a quote of it is that of a deleted one", [...start, message(1), hidden(1, 201)], (s) => [quoteOf(s, CHAT, 101).status, quoteOf(s, CHAT, 101).content, quoteOf(s, CHAT, 101).name], ["hidden", "", "user2"]],
  ["also if it is not loaded", [...start, hidden(1, 201)], (s) => quoteOf(s, CHAT, 101).status, "hidden"],
  ["↑ edits the one before", [...start, message(1, { sender_id: ME, created_at: Date.now() }), message(2, { sender_id: ME, created_at: Date.now() }), here, hidden(2, 201)], (s) => lastEditable(s, Date.now())?.seq, 1],
  ["it is gone at once", [...start, message(1), message(2), here, hiding("x", 2)], (s) => [kinds(s).filter(Number), last(s), unread(s), s.logs[CHAT].rows[1].content], [[1], 1, 1, "text 2"]],
  ["and its words leave the disk", [...start, message(1), message(2), page([message(1), message(2)], false), hiding("x", 2)], (s) => [stored(s).includes("text 1"), stored(s).includes("text 2")], [true, false]],
  ["a refusal shows it again and loads its page", [...start, message(1), here, hiding("x"), settled(["x"])], (s) => [kinds(s).filter(Number), s.logs[CHAT].stale], [[1], true]],
  ["deleting takes the star that waits", [...start, message(1), starring("y", true), hiding("x")], keys, ["x"]],
  ["whichever tab asked first", [...start, message(1), hiding("x"), starring("y", true)], (s) => [keys(s), isHidden(s, rowOf(s))], [["x"], true]],
  ["a later row of the server replaces what the disk had", [...start, message(1, { content: "", changed: 0 }), message(1)], (s) => rowOf(s).content, "text 1"],

  ["the latest pin comes first", [...start, pin(1, 201), pin(3, 203), pin(2, 202)], pinned, [3, 2, 1]],
  ["the latest row of a pin wins", [...start, pin(1, 202, { until: null }), pin(1, 201)], pinned, []],
  ["three are shown at most", [...start, pin(1, 201), pin(2, 202), pin(3, 203), pin(4, 204)], pinned, [4, 3, 2]],
  ["one that waits comes first and takes the place of the oldest", [...start, pin(1, 201), pin(2, 202), pin(3, 203), pinning("x", 4)], pinned, [4, 3, 2]],
  ["pinned again, it comes first", [...start, pin(1, 201), pin(2, 202), pinning("x", 1)], pinned, [1, 2]],
  ["one that is taken away is gone at once", [...start, pin(1, 201), pin(2, 202), pinning("x", 2, null)], pinned, [1]],
  ["a later change of the pin replaces it", [...start, message(1), pinning("x", 1), pinning("y", 1, null)], (s) => [pinned(s), keys(s)], [[], ["y"]]],
  ["an answer brings the pin", [...start, pinning("x", 1), settled(["x"], pin(1, 201))], (s) => [pinned(s), keys(s)], [[1], []]],
  ["a refused pin leaves no trace", [...start, pin(1, 201), pinning("x", 1, null), settled(["x"])], (s) => [pinned(s), keys(s)], [[1], []]],
  ["deleting takes the pin that waits", [...start, message(1), pinning("x", 1), put(item("y", "deletion", { chat_id: CHAT, message_id: 101 }))], (s) => [pinned(s), keys(s)], [[], ["y"]]],
  ["a deletion for everyone ends a pin", [...start, pin(1, 201), message(1, { content: "", deleted_at: T, changed: 202 })], pinned, []],
  ["one for me does, too", [...start, message(1), pin(1, 201), hidden(1, 202)], pinned, []],
  ["but it counts", [...start, pin(1, 201), pin(2, 202), pin(3, 203), hidden(3, 204), pinning("x", 4)], pinned, [4, 2]],
  ["clearing the chat leaves those after it", [...start, pin(1, 201), pin(2, 202), { type: "preferences", ...preferences({ cleared_seq: 1, cleared_id: 101 }) }], pinned, [2]],
  ["a pin ends with its time", [...start, { type: "clock/ticked", at: T }, pin(1, 201, { until: T + 10 }), pin(2, 202, { until: T + 20 }), { type: "clock/ticked", at: T + 9 }, here], (s) => [pinned(s), nextEnd(s), pinned(play([{ type: "clock/ticked", at: T + 10 }], s))], [[2, 1], T + 10, [2]]],
  ["one that waits has no end", [...start, pinning("x", 1), { type: "clock/ticked", at: T * 9 }], pinned, [1]],
  ["after a reset, the list decides on pins", [...start, pin(1, 201), pin(2, 202), { type: "reset", revision: 400 }, pin(3, 401), listing(message(7), { pins: [pin(2, 202)] })], pinned, [3, 2]],
  ["a late list brings no old ones back", [...start, { type: "reset", revision: 400 }, pin(1, 401, { until: null }), listing(message(7), { pins: [pin(1, 399)] })], pinned, []],
  ["the disk keeps pins", [...start, pin(1, 201)], (s) => stored(s).includes('"pins":{"101"'), true],
  ["former members see no pins", [...start, group(1), membership([[1]]), pin(1, 201), membership([[1, 1]], "former", 202)], pinned, []],
  ["those who come back are told again", [...start, group(1), { ...membership([[1]]), joined: 41 }, pin(1, 201), pin(2, 202), { ...membership([[1, 1]], "former", 203), joined: 41 }, { ...membership([[1, 1], [5]], "member", 204), joined: 204 }, pin(2, 202)], pinned, [2]],
  ["a pinned message says who wrote what", [...start, message(1), pin(1, 201), pin(2, 202), here], (s) => pinItems(s).map(({ id, quote }) => [id, quote.status, quote.name, quote.content]), [[102, "unknown", "", ""], [101, "here", "user2", "text 1"]]],
  ["one that cannot be loaded is left out", [...start, pin(1, 201), { type: "quote/absent", id: 101 }, here], (s) => pinItems(s), []],
  ["in a direct chat both may pin texts", [...start, message(1), message(2, { content: "", deleted_at: T }), message(3, { event: { kind: "left" } })], (s) => s.logs[CHAT].rows.map((row) => mayPin(s, row)), [true, false, false]],
  ["in a group those may who may change it", [...start, message(1), group(1), membership([[1]])], (s) => [mayPin(s, rowOf(s)), mayPin(play([membership([[1]], "admin", 900)], s), rowOf(s)), mayPin(play([{ ...group(1), who_may_change: "all", changed: 901 }], s), rowOf(s))], [false, true, true]],

  ["a later receipt replaces the earlier one", [...start, noted("a", 1), noted("b", 2, 2)], keys, ["b"]],
  ["a receipt of less says nothing", [...start, noted("a", 2, 2), noted("b", 1), noted("c", 2, 2)], keys, ["a"]],
  ["a receipt waits until the server has it", [...start, noted("a", 2, 1), receipt(ME, { delivered_seq: 2, read_seq: 0 })], keys, ["a"]],
  ["but no longer", [...start, noted("a", 2, 1), receipt(ME, { delivered_seq: 2, read_seq: 1 })], keys, []],
  ["somebody else's receipt confirms nothing", [...start, noted("a", 2, 1), receipt(BOB, { delivered_seq: 2, read_seq: 2 })], keys, ["a"]],
  ["what is seen here is read at once and still to be said", [...start, message(1), noted("a", 1, 1), { type: "chat/seen", chat_id: CHAT, seq: 1 }], (s) => [unread(s), keys(s)], [0, ["a"]]],

  ["a change is shown before the server has it", [...start, changed("a", { pinned: true })], (s) => preferencesOf(s, CHAT).pinned_at, T + 900],
  ["a later change of the same replaces it", [...start, changed("a", { pinned: true }), changed("b", { archived: true }), changed("c", { pinned: false })], (s) => [keys(s), preferencesOf(s, CHAT).pinned_at], [["b", "c"], null]],
  ["one of more replaces one of less, not the other way round", [...start, changed("a", { pinned: true }), changed("b", { archived: true, pinned: false }), changed("c", { pinned: true })], keys, ["b", "c"]],
  ["of two tabs the later one counts, whichever is heard first", [...start, changed("b", { archived: true }), joined(item("a", "preferences", { chat_id: CHAT, change: { archived: false } }))], keys, ["b"]],
  ["another chat is another matter", [...start, changed("a", { pinned: true }), changed("b", { pinned: true }, NOTES)], keys, ["a", "b"]],
  ["an answer brings the row", [...start, changed("a", { archived: true }), settled(["a"], preferences({ archived: true }))], (s) => [keys(s), preferencesOf(s, CHAT).archived], [[], true]],
  ["an answer to what was replaced leaves the later change", [...start, changed("a", { archived: true }), changed("b", { archived: false }), settled(["a"], preferences({ archived: true }))], (s) => [keys(s), preferencesOf(s, CHAT).archived], [["b"], false]],
  ["a refusal leaves no trace", [...start, changed("a", { archived: true }), settled(["a"])], (s) => [keys(s), preferencesOf(s, CHAT).archived], [[], false]],
  ["deleting a chat covers what was set for it, but not its muting", [...start, changed("a", { pinned: true }), changed("b", { draft: "x" }), changed("c", { muted_until: 7 }), changed("d", { cleared: true })], (s) => [keys(s), unsavedDraft(s, CHAT)], [["c", "d"], EMPTY]],
  ["what is set after that stays", [...start, changed("a", { cleared: true }), changed("b", { draft: "x" })], (s) => [keys(s), unsavedDraft(s, CHAT)], [["a", "b"], { ...EMPTY, text: "x" }]],
  ["and takes refused messages with it", [...start, composed("a"), composed("b"), refusal("a"), changed("c", { cleared: true })], waiting, ["b pending"]],
  ["a later draft replaces a reply and an edit", [...start, changed("a", savingOf(reply)), changed("b", savingOf(edit)), changed("c", savingOf(written))], (s) => [keys(s), unsavedDraft(s, CHAT)], [["c"], written]],
  ["a reply is saved and read", [], () => draftOf(savingOf(reply)), reply],
  ["an edit is saved and read with the text beside it", [], () => [savingOf(edit), draftOf(savingOf(edit))], [{ draft: "new", draft_reply_to: null, draft_edit_of: 102, draft_aside: "b" }, edit]],
  ["a row from before there were replies has a text", [], () => draftOf(preferences({ draft: "x" })), { ...EMPTY, text: "x" }],
  ["what was not changed here comes from the other device", [], () => merged(written, written, edit), edit],
  ["what was changed here stays", [], () => merged(reply, EMPTY, written), reply],
  ["so does what the other one has not changed", [], () => merged(reply, written, written), reply],
  ["an edit here keeps a text from there", [], () => merged({ ...edit, text: "" }, EMPTY, written), { ...edit, text: "b" }],
  ["also in place of a reply", [], () => merged({ ...edit, text: "a" }, reply, { ...reply, text: "b" }), { ...edit, text: "b" }],
  ["an edit that ends here gives way to a text from there", [], () => merged({ ...EMPTY, text: "a" }, { ...edit, text: "a" }, written), written],
  ["a text here keeps an edit from there", [], () => merged(written, EMPTY, { ...edit, text: "" }), { ...edit, text: "b" }],
  ["an edit that ended there ends here", [], () => merged(edit, edit, written), written],
  ["unless it was changed here", [], () => merged({ ...edit, edited: "newer" }, edit, { ...EMPTY, text: "c" }), { ...edit, edited: "newer", text: "c" }],
  ["no draft waits", [...start, changed("a", { pinned: true })], (s) => unsavedDraft(s, CHAT), null],
  ["the unsaved are the same list when messages come and go", [...start, changed("a", { pinned: true }), composed("b")], (s) => s.unsaved === reduce(s, settled(["b"])).unsaved, true],
  ["a restored server is not told what it may never have sent", [...start, noted("a", 1), composed("b"), changed("c", { pinned: true }), { type: "reset", revision: 5, restored: true, online: [] }], keys, ["b", "c"]],

  ["ticks follow the other's marks", [...start, message(1, { sender_id: ME }), message(2, { sender_id: ME }), message(3, { sender_id: ME }), receipt(BOB, { delivered_seq: 2, read_seq: 1 })], ticks, ["read", "delivered", "sent"]],
  ["marks never go back", [...start, message(1, { sender_id: ME }), receipt(BOB, { delivered_seq: 1, read_seq: 1 }, 501), receipt(BOB, { delivered_seq: 0, read_seq: 0 }, 502)], ticks, ["read"]],
  ["read is delivered", [...start, message(1, { sender_id: ME }), receipt(BOB, { read_seq: 1 })], (s) => s.marks[CHAT][BOB], { delivered_seq: 1, read_seq: 1 }],
  ["our own marks tick nothing", [...start, message(1, { sender_id: ME }), receipt(ME, { delivered_seq: 1, read_seq: 1 })], ticks, ["sent"]],
  ["notes to oneself are read once written", [...start, message(1, { chat_id: NOTES, sender_id: ME })], (s) => tickOf(s, s.logs[NOTES].rows[0]), "read"],

  ["the later version of a message stays", [...start, message(1, { content: "new", edited_at: 9, changed: 300 }), message(1)], (s) => s.logs[CHAT].rows[0].content, "new"],
  ["a deleted message keeps its seq", [...start, message(1), message(2), message(1, { content: "", deleted_at: 9, changed: 300 })], (s) => [seqs(s), s.logs[CHAT].rows[0].content], [[1, 2], ""]],
  ["rows stand by seq, however they come", [...start, message(3), message(1), message(2)], seqs, [1, 2, 3]],
  ["a message may come before its chat", [welcome, user(BOB), message(1), chat(CHAT, [ME, BOB], 1), synced()], (s) => chatItems(s).map((item) => [item.name, item.content, item.unread]), [["user2", "text 1", 1]]],
  ["the chat that spoke last stands first", [...start, message(1), message(9, { chat_id: NOTES, sender_id: ME, seq: 1 })], (s) => chatItems(s).map((item) => item.id), [NOTES, CHAT]],

  ["only others' messages are unread", [...start, message(1), message(2, { sender_id: ME }), message(3)], unread, 2],
  ["what is read is not unread", [...start, message(1), message(2), receipt(ME, { read_seq: 1 })], unread, 1],
  ["deleted ones are not unread", [...start, message(1), message(1, { content: "", deleted_at: 9, changed: 300 })], unread, 0],
  ["the line stands above the first unread one", [...start, message(1), message(2), receipt(ME, { read_seq: 1 }), { type: "chat/opened", chat_id: CHAT }], kinds, ["day", 1, "unread", 2]],
  ["and stays when that is read", [...start, message(1), message(2), receipt(ME, { read_seq: 1 }), { type: "chat/opened", chat_id: CHAT }, receipt(ME, { read_seq: 2 })], kinds, ["day", 1, "unread", 2]],
  ["and goes when one answers", [...start, message(1), { type: "chat/opened", chat_id: CHAT }, composed("a")], kinds, ["day", 1, "a"]],
  ["but not when one forwards to another chat", [...start, message(1), { type: "chat/opened", chat_id: CHAT }, composed("a", { chat_id: NOTES })], kinds, ["day", "unread", 1]],
  ["all read, no line", [...start, message(1), receipt(ME, { read_seq: 1 }), { type: "chat/opened", chat_id: CHAT }], kinds, ["day", 1]],

  ["the revision is what has come when all is known to have come", [...start, message(1), agreed], (s) => s.revision, 101],
  ["but not before: what came earlier may be lost", [...start, agreed, message(1)], (s) => [s.revision, s.heard], [50, 101]],
  ["nor before the catch-up: a line that breaks half-way must not skip rows", [welcome, message(1), agreed], (s) => [s.revision, s.heard], [null, 101]],
  ["after the catch-up the revision is the larger", [welcome, message(1), synced(50), agreed], (s) => s.revision, 101],
  ["a lost line stops the count", [...start, agreed, { type: "link/changed", status: "offline", retry_at: 5 }, message(1), agreed], (s) => [s.revision, s.live], [50, false]],
  ["sync rows are applied whatever their order", [welcome, { type: "sync", rows: [receipt(BOB, { delivered_seq: 1, read_seq: 0 }), message(1, { sender_id: ME }), chat(CHAT, [ME, BOB], 1), user(BOB)], more: false }, synced()], (s) => [ticks(s), s.users[BOB].username], [["delivered"], "user2"]],
  ["a reset forgets the logs but the open one, and the revision", [...start, message(1), message(1, { id: 300, chat_id: NOTES, sender_id: ME }), agreed, { type: "chat/opened", chat_id: CHAT }, { type: "reset", revision: 400, online: [] }], (s) => [Object.keys(s.logs), s.logs[CHAT].stale, s.revision, s.live], [["10"], true, null, false]],
  ["the lists end the reset", [welcome, { type: "reset", revision: 400, online: [] }, { type: "lists/loaded", users: [user(BOB)], chats: [{ ...chat(CHAT, [ME, BOB], 7), receipts: [], membership: null, last_message: message(7), unread: 3 }], answers: 400 }, message(9, { changed: 401 })], (s) => [s.revision, s.live, s.loaded, unread(s), needsPage(s, CHAT)], [400, true, true, 5, true]],
  ["an answer to an older reset does not", [welcome, { type: "reset", revision: 400, online: [] }, { type: "reset", revision: 401, online: [] }, { type: "lists/loaded", users: [], chats: [], answers: 400 }], (s) => [s.revision, s.live], [null, false]],

  ["a page says where the log begins", [...start, page([message(3), message(4)], true)], (s) => [s.logs[CHAT].from, seqs(s), needsPage(s, CHAT)], [3, [3, 4], false]],
  ["an older page goes before it", [...start, page([message(3), message(4)], true), page([message(1), message(2)], false, "before")], (s) => [s.logs[CHAT].from, seqs(s)], [1, [1, 2, 3, 4]]],
  ["a gap is seen", [...start, page([message(1), message(2)], false), message(4)], (s) => holeIn(s, CHAT), 102],
  ["and filled", [...start, page([message(1), message(2)], false), message(4), page([message(3), message(4)], false, "after")], (s) => [holeIn(s, CHAT), seqs(s)], [null, [1, 2, 3, 4]]],
  ["a page brings no version back that is outdated", [...start, message(1, { content: "new", edited_at: 9, changed: 300 }), page([message(1)], false)], (s) => s.logs[CHAT].rows[0].content, "new"],

  ["a group shows its title", [welcome, user(BOB), group(), membership([[1]]), synced()], (s) => chatItems(s).map((item) => [item.name, item.peer]), [["Hikers", 0]]],
  ["ticks of a group follow the one receipt of all", [welcome, group(), membership([[1]]), synced(), message(1, { sender_id: ME }), message(2, { sender_id: ME }), receipt(undefined, { delivered_seq: 2, read_seq: 1 })], ticks, ["read", "delivered"]],
  ["and nobody's own", [welcome, group(), membership([[1]]), synced(), message(1, { sender_id: ME }), receipt(ME, { delivered_seq: 1, read_seq: 1 }), receipt(BOB, { delivered_seq: 1, read_seq: 1 })], ticks, ["sent"]],
  ["members are known by role, the latest wins", [welcome, group(), member(BOB, "admin", 45), member(BOB, "member", 44), member(CAROL, "former", 46)], (s) => Object.values(s.members[CHAT]).map(({ user_id, role }) => [user_id, role]), [[BOB, "admin"], [CAROL, "former"]]],
  ["a newcomer has not read what was before", [welcome, group(7), membership([[5]]), synced(), message(5), message(6), message(7)], (s) => [unread(s), s.logs[CHAT].rows.length, needsPage(s, CHAT), holeIn(s, CHAT)], [3, 3, false, null]],
  ["between two stays there is no gap", [welcome, group(12), membership([[1, 3], [10]]), synced(), page([1, 2, 3, 10, 11, 12].map((seq) => message(seq)), false)], (s) => [holeIn(s, CHAT), unread(s), needsPage(s, CHAT)], [null, 6, false]],
  ["but within one there is", [welcome, group(12), membership([[1, 3], [10]]), synced(), page([1, 2, 3, 11, 12].map((seq) => message(seq)), false)], (s) => holeIn(s, CHAT), 103],
  ["and at its end", [welcome, group(12), membership([[1, 3], [10]]), synced(), page([1, 2, 3, 10, 11].map((seq) => message(seq)), false)], (s) => holeIn(s, CHAT), 111],
  ["all messages of two stays need no page", [welcome, group(12), membership([[2, 3], [11]]), synced(), ...[2, 3, 11, 12].map((seq) => message(seq))], (s) => [needsPage(s, CHAT), holeIn(s, CHAT), unread(s)], [false, null, 4]],
  ["who left does not miss what came later", [welcome, group(9), membership([[1, 3]], "former"), synced(), message(1), message(2), message(3)], (s) => [unread(s), needsPage(s, CHAT), holeIn(s, CHAT)], [3, false, null]],
  ["a message may come before the row that says I am back", [welcome, group(9), membership([[1, 3]], "former"), synced(), message(9), membership([[1, 3], [9]], "member", 60)], (s) => [seqs(s), unread(s)], [[9], 4]],
  ["a cleared group begins behind what was cleared", [welcome, group(12), membership([[1, 3], [10]]), synced(), { type: "preferences", ...preferences({ cleared_seq: 2, cleared_id: 102 }) }, message(3), message(10), message(11), message(12)], (s) => [holeIn(s, CHAT), unread(s), needsPage(s, CHAT)], [null, 4, false]],
  ["a page older than a gap between stays goes on upwards", [welcome, group(30), membership([[1, 4], [20]]), synced(), page([25, 26, 27, 28, 29, 30].map((seq) => message(seq)), true), { type: "chat/opened", chat_id: CHAT }, { type: "page/around", chat_id: CHAT, messages: [20, 21].map((seq) => message(seq)), more_before: true, more_after: true }, page([3, 4].map((seq) => message(seq)), true, "before"), page([22, 23, 24].map((seq) => message(seq)), true, "newer")], (s) => [s.open.detached, s.logs[CHAT].from], [undefined, 3]],
  ["members write to a group", [welcome, group(), membership([[1]]), synced(), { type: "chat/opened", chat_id: CHAT }], destination, { chat_id: CHAT }],
  ["but not those who left", [welcome, group(), membership([[1, 3]], "former"), synced(), { type: "chat/opened", chat_id: CHAT }], destination, null],
  ["nor members where only admins may", [welcome, group(0, { who_may_write: "admins" }), membership([[1]]), synced(), { type: "chat/opened", chat_id: CHAT }], destination, null],
  ["admins may", [welcome, group(0, { who_may_write: "admins" }), membership([[1]], "admin"), synced(), { type: "chat/opened", chat_id: CHAT }], destination, { chat_id: CHAT }],
  ["the list brings receipts and memberships", [welcome, { type: "reset", revision: 400, online: [] }, { type: "lists/loaded", users: [], chats: [{ ...group(9), receipts: [{ chat_id: CHAT, user_id: ME, delivered_seq: 5, read_seq: 5, changed: 1 }, { chat_id: CHAT, delivered_seq: 4, read_seq: 2, changed: 1 }], membership: membership([[1, 6]], "former"), last_message: message(6), unread: 1, preferences: null }], answers: 400 }], (s) => [unread(s), s.marks[CHAT], s.memberships[CHAT].role], [1, { 0: { delivered_seq: 4, read_seq: 2 }, [ME]: { delivered_seq: 5, read_seq: 5 } }, "former"]],

  ["typing is shown", [...start, { type: "typing", chat_id: CHAT, user_id: BOB, on: true, at: 1000 }], (s) => chatItems(s).map((item) => item.typing), [false, true]],
  ["until it is said to end", [...start, { type: "typing", chat_id: CHAT, user_id: BOB, on: true, at: 1000 }, { type: "typing", chat_id: CHAT, user_id: BOB, on: false, at: 2000 }], (s) => chatItems(s).some((item) => item.typing), false],
  ["or the message comes", [...start, { type: "typing", chat_id: CHAT, user_id: BOB, on: true, at: 1000 }, message(1)], (s) => chatItems(s).some((item) => item.typing), false],
  ["but no row that is sent again", [...start, message(1), typing, message(1)], isTyping, true],
  ["and none that was edited or deleted", [...start, typing, message(1, { content: "new", edited_at: 9, changed: 300 })], isTyping, true],
  ["nor somebody else's", [...start, typing, message(1, { sender_id: ME })], isTyping, true],
  ["or nothing more is heard", [...start, { type: "typing", chat_id: CHAT, user_id: BOB, on: true, at: 1000 }, { type: "typing/expired", at: 99_999 }], (s) => chatItems(s).some((item) => item.typing), false],
  ["but not too early", [...start, { type: "typing", chat_id: CHAT, user_id: BOB, on: true, at: 1000 }, { type: "typing/expired", at: 2000 }], (s) => chatItems(s).some((item) => item.typing), true],
  ["presence follows the frames", [...start, { type: "presence", user_id: BOB, online: false, last_seen: 77 }, { type: "presence", user_id: CAROL, online: true, last_seen: null }], (s) => [s.online[BOB], s.online[CAROL], s.seen[BOB]], [false, true, 77]],
  ["last seen never goes back", [...start, { type: "presence", user_id: BOB, online: false, last_seen: 77 }, { ...user(BOB, 900), last_seen: 33 }], (s) => s.seen[BOB], 77],
  ["a new row without the time is of somebody who hides it", [...start, { type: "presence", user_id: BOB, online: false, last_seen: 77 }, user(BOB, 900)], (s) => s.seen[BOB], undefined],
  ["the same row again hides nothing", [...start, { type: "presence", user_id: BOB, online: false, last_seen: 77 }, user(BOB)], (s) => s.seen[BOB], 77],
  ["an old row shows nothing", [...start, user(BOB, 900), { ...user(BOB, 800), last_seen: 33 }], (s) => s.seen[BOB], undefined],
  ["who goes without a time begins to hide", [...start, { type: "presence", user_id: BOB, online: false, last_seen: 77 }, { type: "presence", user_id: BOB, online: true, last_seen: null }, { type: "presence", user_id: BOB, online: false, last_seen: null }], (s) => [s.online[BOB], s.seen[BOB]], [false, undefined]],
  ["who hides sees nobody", [...start, seen(BOB, 77), seen(ME, 78), privacy(false, 60)], (s) => [s.online, s.seen, mustLookAround(s)], [{ [ME]: true }, { [ME]: 78 }, false]],
  ["nor what was on its way", [...start, privacy(false, 60), seen(BOB, 77), around(77)], (s) => [s.seen, s.online[BOB] ?? false], [{}, false]],
  ["who shows it again looks around", [...start, privacy(false, 60), privacy(true, 61)], mustLookAround, true],
  ["and has then seen", [...start, privacy(false, 60), privacy(true, 61), around(77)], (s) => [mustLookAround(s), s.seen[BOB], s.online[CAROL]], [false, 77, true]],
  ["an older setting changes nothing", [...start, privacy(false, 61), privacy(true, 60)], (s) => s.privacy.shows_last_seen, false],
  ["but the welcome counts, whatever was known", [...start, privacy(false, 61), { ...welcome, privacy: { shows_read: true, shows_last_seen: true, changed: 7 } }], (s) => s.privacy.shows_last_seen, true],
  ["the welcome says who I am and how much fits", start, (s) => [s.me, s.content_bytes_max, s.frame_bytes_max], [ME, 99, 65_536]],
  ["leaving forgets everything", [...start, message(1), composed("a"), { type: "session/ended" }], (s) => print(s) === print(initialState), true],
]

const failed = []
for (const [name, events, look, want] of cases) {
  try {
    const seen = look(play(events))
    if (print(seen) !== print(want)) failed.push(`${name}: ${print(seen)} instead of ${print(want)}`)
  } catch (error) {
    failed.push(`${name}: ${error.stack}`)
  }
}

// Watchers compare by identity, so an event that changes nothing must return the same object.
const state = play([...start, message(1), receipt(BOB, { delivered_seq: 1, read_seq: 1 })])
for (const event of [user(BOB), chat(CHAT, [ME, BOB]), message(1), receipt(BOB, { delivered_seq: 1, read_seq: 0 }), { type: "from-a-newer-server" }, { type: "day/began", start: 0, zone: "" }, ack("x", 1)]) {
  if (reduce(state, freeze(event)) !== state) failed.push(`${event.type} again: another object`)
}

// A chat may have 100,000 rows: rows that come do not replace the items of the others.
const drawnFirst = play([...start, page([message(51), message(52), message(53)], true), { type: "chat/opened", chat_id: CHAT }])
const drawn = timeline(drawnFirst)
const later = play([page([message(49), message(50)], true, "before"), message(54)], drawnFirst)
const grown = timeline(later, drawn).filter((item) => item.kind === "message")
if (print(grown.map((item) => [item.message.seq, drawn.includes(item)])) !== print([[49, false], [50, false], [51, false], [52, true], [53, false], [54, false]])) {
  failed.push(`replaced: ${print(grown.map((item) => [item.message.seq, drawn.includes(item), item.first, item.last]))}`)
}

// So do chats: news in one of them does not replace the items of the others.
const listed = chatItems(state)
const heard = chatItems(play([message(2)], state), listed)
if (print(heard.map((item) => [item.id, listed.includes(item)])) !== print([[CHAT, false], [NOTES, true]])) {
  failed.push(`replaced: ${print(heard.map((item) => [item.id, listed.includes(item)]))}`)
}
return { run: cases.length, failed }
