// Groups in the state of the page, case by case: [description, events, value to check, expected value].
const { chatItems } = await load("./state/chat-items.js")
const { header } = await load("./state/header.js")
const { areListed, memberIds } = await load("./state/members.js")
const { isToRead, unreadOf } = await load("./state/model.js")
const { readThrough } = await load("./state/reading.js")
const { closedBy, destination } = await load("./state/targets.js")
const { timeline } = await load("./state/timeline.js")
const { eventWords, typingWords } = await load("./chat/event-words.js")
const { adopt } = await load("./lib/texts.js")

const T = 1_790_000_000_000
const ME = 1, BOB = 2, CAROL = 3, DAVE = 4, CHAT = 10
const user = (id, name = `user${id}`) => ({ type: "user", id, username: name, last_seen: null, changed: id })
const group = (more = {}) => ({
  type: "chat", id: CHAT, kind: "group", title: "Hikers", description: "", picture: null, user_ids: null, last_seq: 0,
  who_may_write: "all", who_may_change: "admins", history_for_newcomers: "none", created_at: T, changed: 40, ...more,
})
const membership = (stays = [[1]], role = "member", changed = 41, joined = 41) =>
  ({ type: "membership", chat_id: CHAT, role, stays: stays.map(([from_seq, to_seq = null]) => ({ from_seq, to_seq })), changed, joined })
const message = (seq, more = {}) => ({
  type: "message", id: 100 + seq, chat_id: CHAT, seq, sender_id: BOB, content: `text ${seq}`, created_at: T + seq, changed: 100 + seq, ...more,
})
const event = (seq, kind, more = {}, sender_id = BOB) => message(seq, { content: "", sender_id, event: { kind, ...more } })
const typing = (user_id) => ({ type: "typing", chat_id: CHAT, user_id, on: true, at: 1000 })
const open = { type: "chat/opened", chat_id: CHAT }
const welcome = { type: "welcome", user: user(ME), limits: { content_bytes_max: 99 }, version: "0" }
const start = [
  welcome, user(BOB, "Bob"), user(CAROL, "Carol"), user(DAVE, "Dave"), group(), membership(), { type: "synced", revision: 50, online: [] },
]
const member = (user_id, role = "member", changed = 40) => ({ type: "member", chat_id: CHAT, user_id, role, changed })
const listedAt = (revision, ...rows) => ({
  type: "members/listed", chat_id: CHAT, revision, members: rows.map(([user_id, role]) => ({ chat_id: CHAT, user_id, role, changed: 40 })),
})
const listed = (...rows) => listedAt(50, ...rows)
const many = (count) => Array.from({ length: count }, (_, n) => 100 + n)
const isListed = (state) => areListed(state, CHAT)
const members = (state) => memberIds(state, CHAT)

const plain = (words) => words.replace(/[\u2068\u2069]/g, "")
const [item] = [(state) => chatItems(state)[0]]
const rows = (state) => timeline(state).filter(({ kind }) => kind !== "day").map((it) =>
  it.kind === "message" ? it.content + (it.first ? " first" : "") + (it.last ? " last" : "") : it.kind)
const unread = (state) => unreadOf(state, CHAT)

const cases = [
  ["an event line is not unread", [...start, message(1), event(2, "left")], (s) => [unread(s), isToRead(s, s.logs[CHAT].rows[1])], [1, false]],
  ["but it moves the chat up", [...start, message(1), event(2, "left")], (s) => [item(s).at, item(s).event.kind, item(s).tick, item(s).content], [T + 2, "left", "", ""]],
  ["also one of mine has no tick", [...start, event(1, "created", {}, ME)], (s) => item(s).tick, ""],
  ["reading passes over event lines", [...start, message(1), event(2, "left"), message(3)], (s) => readThrough(s, CHAT, new Set([1, 3])), 3],
  ["which alone read nothing", [...start, event(1, "left"), event(2, "left")], (s) => readThrough(s, CHAT, new Set([1, 2])), 0],
  ["the unread line is above the first message, not above an event", [...start, event(1, "left"), message(2), open], rows, ["event", "unread", "text 2 first last"]],
  ["an event divides a run of bubbles", [...start, message(1), message(2), event(3, "left"), message(4), { type: "chat/seen", chat_id: CHAT, seq: 4 }, open], rows, ["text 1 first", "text 2 last", "event", "text 4 first last"]],
  ["another author, too", [...start, message(1), message(2, { sender_id: CAROL }), { type: "chat/seen", chat_id: CHAT, seq: 2 }, open], rows, ["text 1 first last", "text 2 first last"]],
  ["between two stays there is a line", [...start, membership([[1, 2], [5]], "member", 42), ...[1, 2, 5].map((seq) => message(seq)), { type: "chat/seen", chat_id: CHAT, seq: 5 }, open], rows, ["text 1 first", "text 2 last", "absence", "text 5 first last"]],
  ["but not if nothing was missed", [...start, membership([[1, 2], [3]], "member", 42), ...[1, 2, 3].map((seq) => message(seq)), { type: "chat/seen", chat_id: CHAT, seq: 3 }, open], rows, ["text 1 first", "text 2", "text 3 last"]],
  ["nor before the first stay", [...start, membership([[4]], "member", 42), message(4), message(5), { type: "chat/seen", chat_id: CHAT, seq: 5 }, open], rows, ["text 4 first", "text 5 last"]],
  ["the picture and the rule about changes are kept", [...start, group({ picture: "p1", who_may_change: "all", changed: 60 })], (s) => [item(s).picture, s.chats[CHAT].who_may_change], ["p1", "all"]],
  ["an older server says neither", [welcome, group({ picture: undefined, who_may_change: undefined })], (s) => [s.chats[CHAT].picture, s.chats[CHAT].who_may_change], [null, "admins"]],
  ["a message of another person has an author", [...start, message(1)], (s) => [item(s).author, item(s).own], ["Bob", false]],
  ["one of mine has none", [...start, message(1, { sender_id: ME })], (s) => [item(s).author, item(s).own], ["", true]],
  ["nor has a direct chat", [...start, group({ id: 11, kind: "direct", title: null, user_ids: [ME, BOB], changed: 45 }), message(1, { chat_id: 11 })], (s) => chatItems(s).map(({ author }) => author), ["", ""]],
  ["a member may write", [...start, open], (s) => [closedBy(s, CHAT), destination(s)], ["", { chat_id: CHAT }]],
  ["only admins may write", [...start, group({ who_may_write: "admins", changed: 60 }), open], (s) => [closedBy(s, CHAT), destination(s)], ["admins", null]],
  ["an admin may", [...start, group({ who_may_write: "admins", changed: 60 }), membership([[1]], "admin", 61)], (s) => closedBy(s, CHAT), ""],
  ["a former member may not", [...start, membership([[1, 3]], "former", 61)], (s) => closedBy(s, CHAT), "former"],
  ["before the row that says it, the reason is unknown", [welcome, group()], (s) => closedBy(s, CHAT), "unknown"],
  ["the header names the others", [...start, listed([ME, "member"], [CAROL, "admin"], [BOB, "former"], [DAVE, "member"]), open], (s) => header(s).members, ["Carol", "Dave"]],
  ["not to a former member", [...start, listed([CAROL, "admin"]), membership([[1, 3]], "former", 61), open], (s) => header(s).members, []],
  ["a reset lets the members be loaded again", [...start, listed([CAROL, "admin"]), { type: "reset", revision: 70, online: [] }], (s) => s.listed[CHAT], undefined],
  ["the members are known once they are listed", [...start, listed([ME, "member"])], isListed, true],
  ["before, they are not", [...start, member(BOB)], isListed, false],
  ["ten who come at once have rows", [...start, listed(), event(5, "added", { user_ids: many(10) })], isListed, true],
  ["eleven have none", [...start, listed(), event(5, "added", { user_ids: many(11) })], isListed, false],
  ["nor in a batch", [...start, listed(), { type: "sync", rows: [event(5, "added", { user_ids: many(11) })] }], isListed, false],
  ["a list on its way lacks them", [...start, event(5, "added", { user_ids: many(11) }), listedAt(104)], isListed, false],
  ["a later one has them", [...start, event(5, "added", { user_ids: many(11) }), listedAt(105)], isListed, true],
  ["a line of a loaded page is old", [...start, listedAt(200), event(5, "added", { user_ids: many(11) })], isListed, true],
  ["who comes back has missed changes", [...start, listed(), membership([[1]], "member", 60, 60)], isListed, false],
  ["of deleted messages none says who came", [...start, listed(), { type: "preferences", chat_id: CHAT, cleared_seq: 5, cleared_id: 105, changed: 106 }], isListed, false],
  ["a list leaves out who has gone", [...start, member(BOB), member(CAROL), listed([CAROL, "member"])], members, [CAROL]],
  ["but knows what came since", [...start, member(BOB, "member", 60), member(CAROL, "former", 61), listed([CAROL, "member"])], members, [BOB]],
  ["all who type in one frame", [...start, typing(DAVE), { type: "typists", chat_id: CHAT, user_ids: [ME, BOB, CAROL], at: 1000 }], (s) => plain(typingWords(item(s).typists)), "Bob and Carol are typing…"],
  ["nobody types any more", [...start, typing(DAVE), { type: "typists", chat_id: CHAT, user_ids: [], at: 1000 }], (s) => item(s).typists, null],
  ["one types", [...start, typing(BOB), typing(ME)], (s) => plain(typingWords(item(s).typists)), "Bob is typing…"],
  ["two type", [...start, typing(BOB), typing(CAROL)], (s) => plain(typingWords(item(s).typists)), "Bob and Carol are typing…"],
  ["three type", [...start, typing(BOB), typing(CAROL), typing(DAVE)], (s) => plain(typingWords(item(s).typists)), "Bob and 2 others are typing…"],
]

const words = (kind, more, sender) => plain(eventWords(item(play([...start, event(1, kind, more, sender)])).event))
/** What happened, and how each language says it: of others, by me, and to me. */
const lines = [
  ["created", { title: "Hikers" }], ["created", { title: "Hikers" }, ME],
  ["added", { user_ids: [CAROL] }], ["added", { user_ids: [CAROL] }, ME], ["added", { user_ids: [CAROL, DAVE] }],
  ["added", { user_ids: [CAROL, DAVE, 77] }], ["added", { user_ids: [ME] }], ["added", { user_ids: [ME, CAROL] }],
  ["added", { user_ids: [CAROL, ME, DAVE] }],
  ["removed", { user_id: CAROL }], ["removed", { user_id: CAROL }, ME], ["removed", { user_id: ME }],
  ["left", {}], ["left", {}, ME], ["joined", {}], ["joined", {}, ME],
  ["title_changed", { title: "Walkers" }], ["title_changed", { title: "Walkers" }, ME],
  ["description_changed", {}], ["description_changed", {}, ME], ["picture_changed", {}], ["picture_changed", {}, ME],
  ["role_changed", { user_id: CAROL, role: "admin" }], ["role_changed", { user_id: ME, role: "admin" }],
  ["role_changed", { user_id: CAROL, role: "member" }], ["role_changed", { user_id: ME, role: "member" }],
  ["became_admin", {}], ["became_admin", {}, ME],
  ["settings_changed", { who_may_write: "admins" }], ["settings_changed", { who_may_write: "all", who_may_change: "all" }, ME],
  ["settings_changed", { history_for_newcomers: "none" }], ["pinned", { message_id: 7 }],
  ["pinned", { message_id: 7 }, ME], ["hologram", { of: "a newer server" }],
]
const english = [
  "Bob created the group “Hikers”", "You created the group “Hikers”",
  "Bob added Carol", "You added Carol", "Bob added Carol and Dave",
  "Bob added Carol and 2 others", "Bob added you", "Bob added you and Carol",
  "Bob added you and 2 others",
  "Bob removed Carol", "You removed Carol", "Bob removed you",
  "Bob left", "You left", "Bob joined by the invite link", "You joined by the invite link",
  "Bob changed the name to “Walkers”", "You changed the name to “Walkers”",
  "Bob changed the description", "You changed the description", "Bob changed the picture", "You changed the picture",
  "Carol is now an admin", "You are now an admin",
  "Carol is no longer an admin", "You are no longer an admin",
  "Bob is now an admin", "You are now an admin",
  "Bob changed the settings: only admins can write", "You changed the settings: everyone can write, everyone can change the group",
  "Bob changed the settings: newcomers do not see earlier messages", "Bob pinned a message",
  "You pinned a message", "The group was changed",
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
for (const [i, line] of lines.entries()) {
  if (words(...line) !== english[i]) failed.push(`${words(...line)} instead of ${english[i]}`)
}
const said = {}
for (const language of ["de", "es", "hi", "ar"]) {
  adopt(await load(`./languages/${language}.js`))
  said[language] = lines.map((line) => words(...line))
  for (const [i, sentence] of said[language].entries()) {
    const named = ["Bob", "Carol", "Dave", "Hikers", "Walkers", "2"].filter((word) => english[i].includes(word) && word !== "2")
    const lost = named.filter((word) => !sentence.includes(word))
    if (lost.length > 0 || /undefined|null|\$|  /.test(sentence) || sentence === english[i]) failed.push(`${language}: ${sentence} for ${english[i]}`)
  }
}
adopt({})

// An event in one chat does not replace the items of a long one, and who types none of the others.
const before = play([...start, message(1), event(2, "left"), open])
const drawn = timeline(before)
const grown = timeline(play([message(3)], before), drawn)
if (!grown.includes(drawn.find(({ kind }) => kind === "event"))) failed.push("the event was replaced")
const [old] = chatItems(before)
if (chatItems(play([user(77, "Eve")], before), [old])[0] !== old) failed.push("the item of an event was replaced")
const busy = play([typing(BOB)], before)
const [typed] = chatItems(busy)
if (chatItems(play([user(78, "Eve")], busy), [typed])[0] !== typed) failed.push("the item of a typist was replaced")

// A hostile name stays inside its place.
const hostile = play([...start, { ...user(BOB, "Bob"), display_name: "\u202Eevil\u2069 left \u2068", changed: 90 }, event(1, "left")])
const nasty = eventWords(item(hostile).event)
if (nasty !== "\u2068evil left \u2069 left") failed.push(JSON.stringify(nasty))
return { run: cases.length + lines.length, failed, said }
