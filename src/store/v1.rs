//! What clients of the first contract read: a whole history, and at connect all messages that were
//! not delivered. Both may be as long as a chat ever gets, so they are read in pages, between which
//! other reads have their turn. Event lines and messages that are deleted, expired or hidden are left out:
//! these clients know none of them.

use std::{cmp::Reverse, collections::BinaryHeap};

use rusqlite::Connection;

use super::{
    Store, chats, messages::message_columns, preferences, sql::optional, views::oldest_hidden,
};
use crate::{
    config::PAGE_BYTES,
    error::Result,
    model::Message,
    types::{ChatId, MessageId, Revision, Seq, UserId},
    wire,
};

/// Rows that one query reads.
const PAGE_ROWS: usize = 200;
/// Up to this limit, a part of a history has as many messages as were asked for. In a longer one, those
/// that are left out count, because looking at each takes long.
const COUNTED_MAX: u32 = 1_000;

/// A range of message ids in a chat that is still to be read, without its ends. Messages that come
/// later do not change it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    /// Who reads it.
    user: UserId,
    chat: ChatId,
    after: MessageId,
    before: MessageId,
}

/// The undelivered messages of a user in all of their direct chats: for each, the next to look at.
#[derive(Debug)]
pub(crate) struct Undelivered {
    user: UserId,
    /// Their notes to self, where their own messages are for them.
    notes: Option<ChatId>,
    /// The last message that counts.
    through: MessageId,
    next: BinaryHeap<Reverse<(MessageId, ChatId)>>,
}

impl Undelivered {
    /// Whether there are no more.
    pub(crate) fn is_empty(&self) -> bool {
        self.next.is_empty()
    }
}

impl Store {
    /// The newest `limit` messages before `cursor` between `user` and `other`, to be read with
    /// [`Store::list_stretch`]; `None` if there are none.
    pub(crate) async fn find_history(
        &self,
        user: UserId,
        other: UserId,
        cursor: MessageId,
        limit: u32,
    ) -> Result<Option<Stretch>> {
        self.read_long(user, move |db| {
            let chat = chats::find_direct(db, (user.min(other), user.max(other)))?;
            let Some(chat) = chat else { return Ok(None) };
            let preferences = preferences::find(db, chat, user)?;
            let (cleared_seq, cleared_id) = preferences::cleared(preferences.as_ref());
            let Some((last, seq)) = last_before(db, chat, cursor)? else { return Ok(None) };
            let skipped = Seq(seq.0 - i64::from(limit));
            let after = if limit <= COUNTED_MAX {
                before_newest(db, (user, chat), (cleared_id, last), limit)?.unwrap_or(cleared_id)
            } else if skipped > cleared_seq {
                end_of(db, chat, skipped, (last, seq))?
            } else {
                cleared_id
            };
            let stretch = Stretch { user, chat, after, before: MessageId(last.0 + 1) };
            Ok((last > after).then_some(stretch))
        })
        .await
    }

    /// The first messages of a stretch, oldest first, and what is left of it.
    pub(crate) async fn list_stretch(
        &self,
        stretch: Stretch,
    ) -> Result<(Vec<Message>, Option<Stretch>)> {
        self.read_long(stretch.user, move |db| {
            let mut page = Page::default();
            page.fill(db, stretch, Message::has_words)?;
            let rest = page.next.map(|next| Stretch { after: before(next), ..stretch });
            Ok((page.messages, rest))
        })
        .await
    }

    /// The direct messages to `user` beyond their delivered marks, up to `through`, to be read with
    /// [`Store::list_undelivered`].
    pub(crate) async fn find_undelivered(
        &self,
        user: UserId,
        through: Revision,
    ) -> Result<Undelivered> {
        self.read_long(user, move |db| {
            let mut chats = db.prepare_cached(
                "SELECT m.chat_id, max(m.delivered_seq, ifnull(p.cleared_seq, 0))
                   FROM members m JOIN chats c ON c.id = m.chat_id
                        LEFT JOIN preferences p ON p.chat_id = m.chat_id AND p.user_id = m.user_id
                  WHERE m.user_id = ?1 AND c.kind = 'direct'",
            )?;
            let through = MessageId(through.0);
            let (mut next, mut rows) = (BinaryHeap::new(), chats.query((user,))?);
            while let Some(row) = rows.next()? {
                let (chat, seen): (ChatId, Seq) = (row.get(0)?, row.get(1)?);
                let Some(last) = last_before(db, chat, MessageId(i64::MAX))? else { continue };
                if last.1 > seen {
                    next.extend(first_after(db, chat, end_of(db, chat, seen, last)?)?);
                }
            }
            let notes = chats::find_direct(db, (user, user))?;
            Ok(Undelivered { user, notes, through, next })
        })
        .await
    }

    /// The next undelivered messages in the order of their ids, and what is left. The page may be
    /// empty while something is left, because the user's own messages are skipped.
    pub(crate) async fn list_undelivered(
        &self,
        mut waiting: Undelivered,
    ) -> Result<(Vec<Message>, Undelivered)> {
        self.read_long(waiting.user, move |db| {
            let (user, mut page) = (waiting.user, Page::default());
            while !page.is_full()
                && let Some(Reverse((first, chat))) = waiting.next.pop()
            {
                // Up to the next message of another chat.
                let other = waiting.next.peek().map(|Reverse((other, _))| *other);
                let end =
                    other.unwrap_or(MessageId(i64::MAX)).min(MessageId(waiting.through.0 + 1));
                let run = Stretch { user, chat, after: before(first), before: end };
                let is_notes = waiting.notes == Some(chat);
                let is_for_user = |message: &Message| {
                    message.has_words() && (is_notes || message.sender_id != user)
                };
                page.fill(db, run, is_for_user)?;
                let next = match page.next.take() {
                    Some(next) => Some(Reverse((next, chat))),
                    None => first_after(db, chat, before(end))?,
                };
                waiting.next.extend(next.filter(|Reverse((id, _))| *id <= waiting.through));
            }
            Ok((page.messages, waiting))
        })
        .await
    }
}

/// What one query reads.
#[derive(Default)]
struct Page {
    messages: Vec<Message>,
    rows: usize,
    bytes: usize,
    /// The first message that no longer fitted.
    next: Option<MessageId>,
}

impl Page {
    fn is_full(&self) -> bool {
        self.rows >= PAGE_ROWS || self.bytes >= PAGE_BYTES
    }

    /// Adds the wanted messages of a stretch that its reader has not hidden, as far as there is room.
    fn fill(
        &mut self,
        db: &Connection,
        stretch: Stretch,
        is_wanted: impl Fn(&Message) -> bool,
    ) -> Result<()> {
        let Stretch { user, chat, after, before: end } = stretch;
        let hidden = oldest_hidden(db, (chat, user), (after, before(end)), PAGE_ROWS)?;
        let mut query = db.prepare_cached(concat!(
            "SELECT ",
            message_columns!(),
            " FROM messages WHERE chat_id = ?1 AND id > ?2 AND id < ?3 ORDER BY id"
        ))?;
        let mut rows = query.query((chat, after, end))?;
        while let Some(row) = rows.next()? {
            if self.is_full() {
                self.next = Some(row.get("id")?);
                break;
            }
            let message = Message::from_row(row)?;
            self.rows += 1;
            if is_wanted(&message) && !hidden.contains(&message.id) {
                self.bytes += wire::encoded_bytes(&message.content);
                self.messages.push(message);
            }
        }
        Ok(())
    }
}

fn before(id: MessageId) -> MessageId {
    MessageId(id.0 - 1)
}

/// The last message of a chat before `id`.
fn last_before(db: &Connection, chat: ChatId, id: MessageId) -> Result<Option<(MessageId, Seq)>> {
    let mut query = db.prepare_cached(
        "SELECT id, seq FROM messages WHERE chat_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT 1",
    )?;
    optional(query.query_row((chat, id), |row| Ok((row.get(0)?, row.get(1)?))))
}

/// The message just before the newest ones of a range that a reader is shown; `None` if the range has
/// no more of them.
fn before_newest(
    db: &Connection,
    (reader, chat): (UserId, ChatId),
    (after, through): (MessageId, MessageId),
    count: u32,
) -> Result<Option<MessageId>> {
    let mut query = db.prepare_cached(
        "SELECT id FROM messages
          WHERE chat_id = ?1 AND id > ?2 AND id <= ?3
            AND deleted_at IS NULL AND event IS NULL AND expired = 0
            AND NOT EXISTS (SELECT 1 FROM flags
                             WHERE message_id = id AND user_id = ?4 AND hidden_at IS NOT NULL)
          ORDER BY id DESC LIMIT 1 OFFSET ?5",
    )?;
    optional(query.query_row((chat, after, through, reader, count), |row| row.get(0)))
}

/// The first message of a chat after `id`.
fn first_after(
    db: &Connection,
    chat: ChatId,
    id: MessageId,
) -> Result<Option<Reverse<(MessageId, ChatId)>>> {
    let mut query = db.prepare_cached(
        "SELECT id FROM messages WHERE chat_id = ?1 AND id > ?2 ORDER BY id LIMIT 1",
    )?;
    let first = optional(query.query_row((chat, id), |row| row.get(0)))?;
    Ok(first.map(|id| Reverse((id, chat))))
}

/// An id that divides a chat: the messages up to it have a `seq` up to the given one. `last` is a later
/// message. Ids and seqs rise together and only ids have an index, so this is a binary search over ids:
/// some thirty steps, where counting rows might take a million.
fn end_of(db: &Connection, chat: ChatId, seq: Seq, last: (MessageId, Seq)) -> Result<MessageId> {
    let (mut low, mut high) = (MessageId(0), last.0);
    while seq > Seq(0) && high.0 - low.0 > 1 {
        let middle = MessageId(low.0.midpoint(high.0));
        let found = last_before(db, chat, MessageId(middle.0 + 1))?.map_or(Seq(0), |(_, seq)| seq);
        match found.cmp(&seq) {
            std::cmp::Ordering::Less => low = middle,
            std::cmp::Ordering::Equal => return Ok(middle),
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    Ok(low)
}
