//! Messages: posting them exactly once, and reading a chat's history.

use rusqlite::{Connection, OptionalExtension, Row as SqlRow};

use super::{Batch, Store, preferences};
use crate::{
    error::{Error, Result},
    model::{Audience, ChatKind, Draft, Message, Posted, Row, Target},
    words::{ChatId, Cid, MessageId, Millis, Number, Seq, UserId},
};

/// The columns of a [`Message`], from `messages m JOIN chats c`.
macro_rules! message_columns {
    () => {
        "m.id, m.chat_id, m.seq, m.sender_id, m.cid, m.content, m.reply_to, m.created_at, \
         m.edited_at, m.deleted_at, m.changed, c.kind, c.low_user_id, c.high_user_id"
    };
}
pub(super) use message_columns;

/// Messages among which unread ones are looked for. Whoever has written thousands since, and got no
/// answer, has seen what was before.
const UNREAD_ROWS_MAX: usize = 4_000;

/// Where a page of history is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// The newest messages.
    Newest,
    /// The messages just before this one.
    Before(MessageId),
    /// The messages just after this one.
    After(MessageId),
    /// This message in the middle of its neighbours.
    Around(MessageId),
}

/// A page of history, oldest first.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) messages: Vec<Message>,
    pub(crate) more_before: bool,
    pub(crate) more_after: bool,
}

impl Message {
    pub(super) fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        let sender_id: UserId = row.get("sender_id")?;
        let recipient_id = match row.get("kind")? {
            ChatKind::Group => None,
            ChatKind::Direct => {
                let (low, high) = (row.get("low_user_id")?, row.get("high_user_id")?);
                Some(if sender_id == low { high } else { low })
            }
        };
        Ok(Self {
            id: row.get("id")?,
            chat_id: row.get("chat_id")?,
            seq: row.get("seq")?,
            sender_id,
            recipient_id,
            content: row.get("content")?,
            cid: row.get("cid")?,
            reply_to: row.get("reply_to")?,
            created_at: row.get("created_at")?,
            edited_at: row.get("edited_at")?,
            deleted_at: row.get("deleted_at")?,
            changed: row.get("changed")?,
        })
    }
}

impl Posted {
    /// The answer to a message just stored.
    fn of(message: &Message) -> Self {
        let Message { cid, id, chat_id, seq, created_at, changed, .. } = *message;
        Self { cid, id, chat_id, seq, created_at, changed, dup: false }
    }
}

impl Batch<'_> {
    /// Stores a message as the next of its chat and tells the chat's members. The same `cid`
    /// again answers what the first time did.
    pub(crate) fn post_message(&mut self, draft: Draft) -> Result<Posted> {
        let sender = draft.sender_id;
        let chat_id = match draft.target {
            Target::User(recipient) => self.direct_chat(sender, recipient)?,
            Target::Chat(id) => id,
        };
        let chat = self.chat(chat_id)?;
        if !chat.members.contains(&sender) {
            return Err(Error::NotFound("chat"));
        }
        if let Some(message) = draft.reply_to {
            self.check_reply(chat_id, message)?;
        }
        let number = self.next_number();
        let message = Message {
            id: MessageId(number.0),
            chat_id,
            seq: chat.last_seq.next(),
            sender_id: sender,
            recipient_id: chat.recipient(sender),
            content: draft.content.into_string(),
            cid: draft.cid,
            reply_to: draft.reply_to,
            created_at: Millis::now(),
            edited_at: None,
            deleted_at: None,
            changed: number,
        };
        if !self.insert_message(&message)? {
            self.give_back(number);
            return self.posted_before(&message);
        }
        self.advance_seq(chat_id, message.seq);
        let posted = Posted::of(&message);
        self.announce(Row::Message(message), Audience::Users(chat.members), draft.origin);
        Ok(posted)
    }

    /// `false` when the sender's `cid` is known already.
    fn insert_message(&mut self, message: &Message) -> Result<bool> {
        let inserted = self
            .db
            .prepare_cached(
                "INSERT INTO messages
                   (id, chat_id, seq, sender_id, cid, content, reply_to, created_at, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (cid, sender_id) WHERE cid IS NOT NULL DO NOTHING",
            )?
            .execute((
                message.id,
                message.chat_id,
                message.seq,
                message.sender_id,
                message.cid,
                &message.content,
                message.reply_to,
                message.created_at,
                message.changed,
            ))?;
        Ok(inserted == 1)
    }

    fn posted_before(&mut self, again: &Message) -> Result<Posted> {
        let (first, content, reply_to) = self
            .db
            .prepare_cached(
                "SELECT id, chat_id, seq, cid, content, reply_to, created_at, changed, edited_at
                   FROM messages WHERE cid = ?1 AND sender_id = ?2",
            )?
            .query_row((again.cid, again.sender_id), |row| {
                let posted = Posted {
                    cid: row.get::<_, Option<Cid>>("cid")?,
                    id: row.get("id")?,
                    chat_id: row.get("chat_id")?,
                    seq: row.get("seq")?,
                    created_at: row.get("created_at")?,
                    changed: row.get("changed")?,
                    dup: true,
                };
                Ok((
                    posted,
                    row.get::<_, String>("content")?,
                    row.get::<_, Option<MessageId>>("reply_to")?,
                ))
            })?;
        // A message changed since keeps its cid; only an untouched one can be compared.
        let untouched = first.changed == Number(first.id.0);
        let same = first.chat_id == again.chat_id && reply_to == again.reply_to;
        if !same || (untouched && content != again.content) {
            return Err(Error::Conflict {
                code: "cid_conflict",
                reason: "this cid was used for another message; use a new one for each message",
            });
        }
        Ok(first)
    }

    fn check_reply(&self, chat: ChatId, message: MessageId) -> Result<()> {
        let mut query =
            self.db.prepare_cached("SELECT 1 FROM messages WHERE id = ?1 AND chat_id = ?2")?;
        if query.exists((message, chat))? { Ok(()) } else { Err(Error::NotFound("message")) }
    }
}

impl Store {
    /// A page of a chat, for one of its members.
    pub(crate) async fn list_messages(
        &self,
        chat: ChatId,
        user: UserId,
        cursor: Cursor,
        limit: u32,
    ) -> Result<Page> {
        self.read(move |db| {
            let mut member =
                db.prepare_cached("SELECT 1 FROM members WHERE chat_id = ?1 AND user_id = ?2")?;
            if !member.exists((chat, user))? {
                return Err(Error::NotFound("chat"));
            }
            let view = View::of(db, chat, user)?;
            match cursor {
                Cursor::Newest => view.before(MessageId(i64::MAX), limit),
                Cursor::Before(id) => view.before(id, limit),
                Cursor::After(id) => view.after(id, limit),
                Cursor::Around(id) => view.around(id, limit),
            }
        })
        .await
    }
}

/// The last message of a chat.
pub(super) fn last(db: &Connection, chat: ChatId) -> Result<Option<Message>> {
    let whole = View { db, chat, cleared_id: MessageId(0) };
    Ok(whole.before(MessageId(i64::MAX), 1)?.messages.pop())
}

/// The `seq` of the last message of a chat; 0 when it has none.
pub(super) fn last_seq(db: &Connection, chat: ChatId) -> Result<Seq> {
    let mut query =
        db.prepare_cached("SELECT seq FROM messages WHERE chat_id = ?1 ORDER BY id DESC LIMIT 1")?;
    Ok(query.query_row((chat,), |row| row.get(0)).optional()?.unwrap_or_default())
}

/// How many messages of others lie beyond `read`, counted up to `max`. Walks from the end, so
/// that it costs what is unread and not what the chat holds, and no further than
/// [`UNREAD_ROWS_MAX`].
pub(super) fn count_unread(
    db: &Connection,
    chat: ChatId,
    user: UserId,
    read: Seq,
    max: u64,
) -> Result<u64> {
    let mut query = db.prepare_cached(
        "SELECT seq, sender_id, deleted_at FROM messages WHERE chat_id = ?1 ORDER BY id DESC",
    )?;
    let (mut rows, mut seen, mut unread) = (query.query((chat,))?, 0, 0);
    while seen < UNREAD_ROWS_MAX
        && let Some(row) = rows.next()?
    {
        seen += 1;
        if row.get::<_, Seq>("seq")? <= read || unread == max {
            break;
        }
        let by_other = row.get::<_, UserId>("sender_id")? != user;
        let deleted = row.get::<_, Option<Millis>>("deleted_at")?.is_some();
        unread += u64::from(by_other && !deleted);
    }
    Ok(unread)
}

/// A chat as one of its members sees it: without what they deleted for themselves.
struct View<'db> {
    db: &'db Connection,
    chat: ChatId,
    cleared_id: MessageId,
}

impl<'db> View<'db> {
    fn of(db: &'db Connection, chat: ChatId, user: UserId) -> Result<Self> {
        let preferences = preferences::find(db, chat, user)?;
        let (_, cleared_id) = preferences::cleared(preferences.as_ref());
        Ok(Self { db, chat, cleared_id })
    }

    fn before(&self, id: MessageId, limit: u32) -> Result<Page> {
        let mut query = self.db.prepare_cached(concat!(
            "SELECT ",
            message_columns!(),
            " FROM messages m JOIN chats c ON c.id = m.chat_id
              WHERE m.chat_id = ?1 AND m.id < ?2 AND m.id > ?3 ORDER BY m.id DESC LIMIT ?4"
        ))?;
        // One more than asked for tells whether there are more.
        let params = (self.chat, id, self.cleared_id, i64::from(limit) + 1);
        let rows = query.query_map(params, Message::from_row)?;
        let mut messages: Vec<Message> = rows.collect::<Result<_, _>>()?;
        let more_before = messages.len() > limit as usize;
        messages.truncate(limit as usize);
        messages.reverse();
        Ok(Page { messages, more_before, more_after: false })
    }

    fn after(&self, id: MessageId, limit: u32) -> Result<Page> {
        let mut query = self.db.prepare_cached(concat!(
            "SELECT ",
            message_columns!(),
            " FROM messages m JOIN chats c ON c.id = m.chat_id
              WHERE m.chat_id = ?1 AND m.id > ?2 ORDER BY m.id LIMIT ?3"
        ))?;
        let params = (self.chat, id.max(self.cleared_id), i64::from(limit) + 1);
        let rows = query.query_map(params, Message::from_row)?;
        let mut messages: Vec<Message> = rows.collect::<Result<_, _>>()?;
        let more_after = messages.len() > limit as usize;
        messages.truncate(limit as usize);
        Ok(Page { messages, more_before: false, more_after })
    }

    fn around(&self, id: MessageId, limit: u32) -> Result<Page> {
        let older = self.before(id, limit / 2)?;
        let from_here = MessageId(id.0.saturating_sub(1));
        let newer = self.after(from_here, limit - limit / 2)?;
        let mut messages = older.messages;
        messages.extend(newer.messages);
        Ok(Page { messages, more_before: older.more_before, more_after: newer.more_after })
    }
}
