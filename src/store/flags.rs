//! Flags: what people set on messages for themselves. A star puts a message into a list of one's own;
//! a hidden message is deleted for one person alone.
//!
//! Only the devices of that person are told. `views.rs` has the questions whether a message is hidden.

use rusqlite::{Connection, Row as SqlRow};

use super::{
    Store,
    batch::Batch,
    command::{Apply, By, HideMessage, ROW_BYTES, StarMessage},
    memberships,
    message_changes::{find_seen, find_visible},
    messages::message_columns,
    sql::optional,
};
use crate::{
    config::PAGE_BYTES,
    error::Result,
    model::{Audience, Flags, Membership, Message, Row},
    rules,
    types::{ChatId, MessageId, Revision, UserId},
    wire,
};

impl Flags {
    fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            chat_id: row.get("chat_id")?,
            message_id: row.get("message_id")?,
            starred_at: row.get("starred_at")?,
            hidden_at: row.get("hidden_at")?,
            changed: row.get("changed")?,
        })
    }

    /// The flags of a message on which nothing was ever set.
    fn unset(message: &Message) -> Self {
        Self {
            chat_id: message.chat_id,
            message_id: message.id,
            starred_at: None,
            hidden_at: None,
            changed: Revision(0),
        }
    }
}

impl Apply for StarMessage {
    type Outcome = Flags;

    fn bytes(&self) -> usize {
        if self.on { ROW_BYTES } else { 0 }
    }

    /// Sets the star or takes it away. What is so already stays as it is.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Flags> {
        let membership = batch.enter_view(self.chat, by.actor)?;
        let message = find_visible(batch.db, &membership, self.message, by.actor)?;
        rules::may_star(&message)?;
        let before = find_or_unset(batch.db, &message, by.actor)?;
        if before.starred_at.is_some() == self.on {
            return Ok(before);
        }
        batch.set_flags(by.actor, Flags { starred_at: self.on.then_some(by.at), ..before })
    }
}

impl Apply for HideMessage {
    type Outcome = Flags;

    fn bytes(&self) -> usize {
        ROW_BYTES
    }

    /// Hides the message, and takes the star away. There is no way back.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Flags> {
        let membership = batch.enter_view(self.chat, by.actor)?;
        let message = find_seen(batch.db, &membership, self.message, by.actor)?;
        let before = find_or_unset(batch.db, &message, by.actor)?;
        if before.hidden_at.is_some() {
            return Ok(before);
        }
        batch.set_flags(by.actor, Flags { starred_at: None, hidden_at: Some(by.at), ..before })
    }
}

impl Batch<'_> {
    /// Finds the actor's membership. The chat's other members do not matter, so they are not read.
    fn enter_view(&self, chat: ChatId, actor: UserId) -> Result<Membership> {
        rules::may_enter(memberships::find(self.db, chat, actor)?)
    }

    /// Writes changed flags and publishes them to the user's own devices.
    fn set_flags(&mut self, user: UserId, flags: Flags) -> Result<Flags> {
        let flags = Flags { changed: self.next_revision(), ..flags };
        let Flags { chat_id, message_id, starred_at, hidden_at, changed } = flags;
        self.db
            .prepare_cached(
                "INSERT INTO flags (message_id, user_id, chat_id, starred_at, hidden_at, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (message_id, user_id) DO UPDATE SET
                   starred_at = excluded.starred_at, hidden_at = excluded.hidden_at,
                   changed = excluded.changed",
            )?
            .execute((message_id, user, chat_id, starred_at, hidden_at, changed))?;
        self.publish(Row::Flags(flags), Audience::User(user));
        Ok(flags)
    }

    /// Takes the stars of all people off a message that was deleted for everyone. What is hidden stays
    /// hidden.
    pub(super) fn remove_stars(&self, message: MessageId) -> Result<()> {
        self.db
            .prepare_cached("DELETE FROM flags WHERE message_id = ?1 AND hidden_at IS NULL")?
            .execute((message,))?;
        Ok(())
    }

    /// Removes what a user has set on the messages of a chat up to the last one that they cleared.
    pub(super) fn clear_flags(&self, chat: ChatId, user: UserId, through: MessageId) -> Result<()> {
        self.db
            .prepare_cached(
                "DELETE FROM flags WHERE user_id = ?1 AND chat_id = ?2 AND message_id <= ?3",
            )?
            .execute((user, chat, through))?;
        Ok(())
    }
}

/// What a user has set on a message; `None` if they never set anything.
pub(super) fn find(db: &Connection, message: MessageId, user: UserId) -> Result<Option<Flags>> {
    let mut query = db.prepare_cached(
        "SELECT chat_id, message_id, starred_at, hidden_at, changed
           FROM flags WHERE message_id = ?1 AND user_id = ?2",
    )?;
    optional(query.query_row((message, user), Flags::from_row))
}

fn find_or_unset(db: &Connection, message: &Message, user: UserId) -> Result<Flags> {
    Ok(find(db, message.id, user)?.unwrap_or_else(|| Flags::unset(message)))
}

/// What a user has set on messages that follow each other in a chat.
pub(super) fn list(
    db: &Connection,
    (chat, user): (ChatId, UserId),
    messages: &[Message],
) -> Result<Vec<Flags>> {
    let (Some(first), Some(last)) = (messages.first(), messages.last()) else {
        return Ok(Vec::new());
    };
    let mut query = db.prepare_cached(
        "SELECT chat_id, message_id, starred_at, hidden_at, changed FROM flags
          WHERE user_id = ?1 AND chat_id = ?2 AND message_id >= ?3 AND message_id <= ?4
          ORDER BY message_id",
    )?;
    let flags = query.query_map((user, chat, first.id, last.id), Flags::from_row)?;
    Ok(flags.collect::<Result<_, _>>()?)
}

impl Store {
    /// A page of a user's starred messages before `before`, the newest first, and whether there are
    /// more: those of one chat, or of all. It has fewer messages than `limit` if these are long.
    pub(crate) async fn list_starred(
        &self,
        user: UserId,
        chat: Option<ChatId>,
        before: MessageId,
        limit: u32,
    ) -> Result<(Vec<Message>, bool)> {
        self.read_long(user, move |db| {
            // One more than asked for tells whether there are more.
            let ids = list_starred_ids(db, (user, chat), before, i64::from(limit) + 1)?;
            let (mut messages, mut bytes) = (Vec::new(), 0);
            let mut query = db.prepare_cached(concat!(
                "SELECT ",
                message_columns!(),
                " FROM messages WHERE id = ?1"
            ))?;
            for id in &ids {
                if messages.len() >= limit as usize || bytes >= PAGE_BYTES {
                    return Ok((messages, true));
                }
                let message = query.query_row((id,), Message::from_row)?;
                bytes += wire::encoded_bytes(&message);
                messages.push(message);
            }
            Ok((messages, false))
        })
        .await
    }
}

/// The ids of a user's starred messages. All of them are seen: a star goes when its message is cleared,
/// hidden or deleted, and the messages of a stay remain visible when the stay ends.
fn list_starred_ids(
    db: &Connection,
    (user, chat): (UserId, Option<ChatId>),
    before: MessageId,
    limit: i64,
) -> Result<Vec<MessageId>> {
    let Some(chat) = chat else {
        let mut query = db.prepare_cached(
            "SELECT message_id FROM flags
              WHERE user_id = ?1 AND starred_at IS NOT NULL AND message_id < ?2
              ORDER BY message_id DESC LIMIT ?3",
        )?;
        let ids = query.query_map((user, before, limit), |row| row.get(0))?;
        return Ok(ids.collect::<Result<_, _>>()?);
    };
    rules::may_enter(memberships::find(db, chat, user)?)?;
    let mut query = db.prepare_cached(
        "SELECT message_id FROM flags
          WHERE user_id = ?1 AND chat_id = ?2 AND starred_at IS NOT NULL AND message_id < ?3
          ORDER BY message_id DESC LIMIT ?4",
    )?;
    let ids = query.query_map((user, chat, before, limit), |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}
