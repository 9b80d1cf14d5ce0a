// The state of a page, from its store and its document, to compare with the server's state.
const source = document.querySelector("script[type=module]").src
const load = (path) => import(new URL(path, source))
const { store } = await load("./state/store.js")
const { loadedFrom, unreadOf } = await load("./state/model.js")
const { lastMessage } = await load("./state/messages.js")
const { state } = store
const chats = {}
for (const id of Object.keys(state.chats).map(Number)) {
  const from = loadedFrom(state, id)
  const rows = (state.logs[id]?.rows ?? []).filter((row) => from !== null && row.seq >= from)
  chats[id] = {
    last_seq: state.lasts[id] ?? 0,
    unread: unreadOf(state, id),
    marks: Object.fromEntries(Object.entries(state.marks[id] ?? {}).filter(([, mark]) => mark.delivered_seq > 0)),
    preview: lastMessage(state, id)?.content ?? null,
    from,
    rows: rows.map(({ seq, sender_id, content }) => ({ seq, sender_id, content })),
  }
}
return { live: state.live, pending: state.pending.map(({ body }) => body.content), open: state.open?.chat_id ?? 0, chats, shown: messages() }
