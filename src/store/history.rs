//! Reading the messages of a chat, in pages.

use rusqlite::Connection;

use super::{Store, flags, messages::message_columns, reactions, unread, views::View};
use crate::{
    config::PAGE_BYTES,
    error::Result,
    model::{Flags, Message, OwnReaction, Reactions, Role},
    types::{ChatId, MessageId, Seq, UserId},
    wire,
};

/// Of so many of the last messages of a chat one is looked for that has not expired. In a chat with a
/// timer all of them may have.
const LAST_ROWS_MAX: i64 = 1_000;

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
    /// The first message of another person after this place, in the middle of its neighbours.
    Unread(Seq),
}

/// A page of history, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) messages: Vec<Message>,
    pub(crate) more_before: bool,
    pub(crate) more_after: bool,
    /// Of those messages that have any.
    pub(crate) reactions: Vec<Reactions>,
    pub(crate) own_reactions: Vec<OwnReaction>,
    /// What the reader has set on the messages.
    pub(crate) flags: Vec<Flags>,
}

impl Store {
    /// A page of a chat, for one of its members. It has fewer messages than `limit` if these are long.
    pub(crate) async fn list_messages(
        &self,
        chat: ChatId,
        user: UserId,
        cursor: Cursor,
        limit: u32,
    ) -> Result<Page> {
        self.read_long(user, move |db| {
            let view = View::of(db, chat, user)?;
            let history = History { db, chat, view: &view };
            let room = Room { messages: limit as usize, bytes: PAGE_BYTES };
            let mut page = match cursor {
                Cursor::Newest => history.before(MessageId(i64::MAX), room),
                Cursor::Before(id) => history.before(id, room),
                Cursor::After(id) => history.after(id, room),
                Cursor::Around(id) => history.around(id, room),
                Cursor::Unread(read) => match unread::first(db, chat, user, &view, read)? {
                    Some(id) => history.around(id, room),
                    None => history.before(MessageId(i64::MAX), room),
                },
            }?;
            if view.membership.role != Role::Former {
                (page.reactions, page.own_reactions) = reactions::list(db, &page.messages, user)?;
            }
            page.flags = flags::list(db, (chat, user), &page.messages)?;
            page.empty_hidden();
            Ok(page)
        })
        .await
    }
}

impl Page {
    /// Takes away the words of the hidden messages.
    fn empty_hidden(&mut self) {
        for flags in self.flags.iter().filter(|flags| flags.hidden_at.is_some()) {
            let place = self.messages.binary_search_by_key(&flags.message_id, |it| it.id);
            if let Ok(place) = place {
                self.messages[place].remove_words();
            }
        }
    }
}

/// The last message of a chat that a member sees and has not hidden, and that has not expired.
pub(super) fn last(
    db: &Connection,
    chat: ChatId,
    user: UserId,
    view: &View,
) -> Result<Option<Message>> {
    let mut query = db.prepare_cached(concat!(
        "SELECT ",
        message_columns!(),
        " FROM messages WHERE chat_id = ?1 AND id > ?2 AND id <= ?3
             AND NOT EXISTS (SELECT 1 FROM flags
                              WHERE message_id = id AND user_id = ?4 AND hidden_at IS NOT NULL)
           ORDER BY id DESC LIMIT ?5"
    ))?;
    for (after, through) in view.ranges().rev() {
        let mut rows = query.query((chat, after, through, user, LAST_ROWS_MAX))?;
        while let Some(row) = rows.next()? {
            if !row.get::<_, bool>("expired")? {
                return Ok(Some(Message::from_row(row)?));
            }
        }
    }
    Ok(None)
}

/// The messages of a chat that one member sees.
struct History<'a> {
    db: &'a Connection,
    chat: ChatId,
    view: &'a View,
}

/// What fits into a page.
#[derive(Clone, Copy)]
struct Room {
    messages: usize,
    /// A page ends with the message that reaches them.
    bytes: usize,
}

impl Room {
    fn half(self) -> Self {
        Self { messages: self.messages / 2, bytes: self.bytes / 2 }
    }
}

impl History<'_> {
    fn before(&self, id: MessageId, room: Room) -> Result<Page> {
        let query = concat!(
            "SELECT ",
            message_columns!(),
            " FROM messages WHERE chat_id = ?1 AND id > ?2 AND id <= ?3 ORDER BY id DESC LIMIT ?4"
        );
        let last = MessageId(id.0.saturating_sub(1));
        let ranges = self.view.ranges().rev().map(|(after, through)| (after, through.min(last)));
        let (mut messages, more_before) = self.fill(query, ranges, room)?;
        messages.reverse();
        Ok(Page { messages, more_before, ..Page::default() })
    }

    fn after(&self, id: MessageId, room: Room) -> Result<Page> {
        let query = concat!(
            "SELECT ",
            message_columns!(),
            " FROM messages WHERE chat_id = ?1 AND id > ?2 AND id <= ?3 ORDER BY id LIMIT ?4"
        );
        let ranges = self.view.ranges().map(|(after, through)| (after.max(id), through));
        let (messages, more_after) = self.fill(query, ranges, room)?;
        Ok(Page { messages, more_after, ..Page::default() })
    }

    /// The messages of the ranges as far as there is room, and whether there are more.
    fn fill(
        &self,
        query: &str,
        ranges: impl Iterator<Item = (MessageId, MessageId)>,
        room: Room,
    ) -> Result<(Vec<Message>, bool)> {
        let mut query = self.db.prepare_cached(query)?;
        let (mut messages, mut bytes) = (Vec::new(), 0);
        for (after, through) in ranges {
            // One more than asked for tells whether there are more.
            let missing = i64::try_from(room.messages + 1 - messages.len()).unwrap_or(i64::MAX);
            let mut rows = query.query((self.chat, after, through, missing))?;
            while let Some(row) = rows.next()? {
                if messages.len() >= room.messages || bytes >= room.bytes {
                    return Ok((messages, true));
                }
                let message = Message::from_row(row)?;
                bytes += wire::encoded_bytes(&message);
                messages.push(message);
            }
        }
        Ok((messages, false))
    }

    fn around(&self, id: MessageId, room: Room) -> Result<Page> {
        let older = self.before(id, room.half())?;
        let from_here = MessageId(id.0.saturating_sub(1));
        let rest = Room { messages: room.messages - room.messages / 2, ..room.half() };
        let newer = self.after(from_here, rest)?;
        let mut messages = older.messages;
        messages.extend(newer.messages);
        let Page { more_before, .. } = older;
        Ok(Page { messages, more_before, more_after: newer.more_after, ..Page::default() })
    }
}
