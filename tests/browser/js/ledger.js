// The state of a page, from its store and its document, to compare with the server's state.
const source = document.querySelector("script[type=module]").src
const load = (path) => import(new URL(path, source))
const { store } = await load("./state/store.js")
const { EVERYONE, loadedFrom, unreadOf } = await load("./state/model.js")
const { lastMessage } = await load("./state/messages.js")
const { memberIds } = await load("./state/members.js")
const { unreadMentions } = await load("./state/mentions.js")
const { isHidden, starOf } = await load("./state/flags.js")
const { lastReaction, reactionsOf } = await load("./state/reactions.js")
const { lastSeq } = await load("./state/stays.js")
// Chromium does not load a module again that it failed to load once.
const api = "./groups/groups-api.js"
const { wantMembers } = await load(api).catch(() => load(`${api}?again`))

const isIn = (id) => ["admin", "member"].includes(store.state.memberships[id]?.role)
// Without a connection this fails; the next comparison asks again.
await Promise.all(Object.keys(store.state.chats).map(Number).filter(isIn).map((id) => wantMembers(id).catch(() => {})))

const { state } = store
const group = (id) => state.chats[id].kind === "group" && {
  row: state.chats[id],
  membership: state.memberships[id] ?? null,
  mentions: unreadMentions(state, id),
  roles: isIn(id) ? Object.fromEntries(memberIds(state, id).map((user) => [user, state.members[id][user].role])) : null,
  listed: all("chat-row").find((row) => row.getAttribute("href")?.endsWith(`/chats/${id}`))?.dataset.name ?? null,
}
// The page keeps the marks of all members after its person has left the group. They count again with the next ones.
const isTold = (id, user) => state.chats[id].kind === "direct" || isIn(id) || Number(user) !== EVERYONE
/** By message; a group to which its person has come back loads them when it is opened. */
const reactions = (id, rows) => state.logs[id]?.stale === false && Object.fromEntries(rows.flatMap((row) => {
  const shown = isHidden(state, row) ? null : reactionsOf(state, row)
  return shown ? [[row.id, shown]] : []
}))
const told = (reaction) => reaction && { message_id: reaction.message_id, user_id: reaction.user_id, emoji: reaction.emoji }
const chats = {}
for (const id of Object.keys(state.chats).map(Number)) {
  const from = loadedFrom(state, id)
  const rows = (state.logs[id]?.rows ?? []).filter((row) => from !== null && row.seq >= from)
  const marks = Object.entries(state.marks[id] ?? {})
  const last = lastMessage(state, id)
  chats[id] = {
    last_seq: state.chats[id].kind === "group" ? lastSeq(state, id) : state.lasts[id] ?? 0,
    unread: unreadOf(state, id),
    marks: Object.fromEntries(marks.filter(([user, mark]) => mark.delivered_seq > 0 && isTold(id, user))),
    preview: last && { seq: last.seq, content: last.content },
    from,
    reactions: from === null ? false : reactions(id, rows),
    told: told(lastReaction(state, id)),
    // A star that waits is not on the server.
    starred: rows.filter((row) => starOf(state, row) === "starred").map((row) => row.id),
    hidden: rows.filter((row) => isHidden(state, row)).map((row) => row.id),
    rows: rows.map(({ id, seq, sender_id, content }) => ({ id, seq, sender_id, content })),
    ...group(id),
  }
}
const pending = state.pending.map(({ body, status, code }) => ({
  chat: body.chat_id ?? 0, text: body.content, status, code: code ?? null,
}))
return { live: state.live, pending, open: state.open?.chat_id ?? 0, chats, shown: messages() }
