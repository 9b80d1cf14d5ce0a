//! Which messages of a chat one member sees.

use std::collections::HashSet;

use rusqlite::Connection;

use super::{memberships, preferences};
use crate::{
    error::Result,
    model::Membership,
    rules,
    types::{ChatId, MessageId, Seq, UserId},
};

/// The visible ranges of message ids of all chats of user ?1, as a table for queries that look at
/// every chat: `chat_id`, after `after_id`, through `through_id`. It is [`View::ranges`] without
/// what the user deleted for themselves.
macro_rules! ranges_of_user {
    () => {
        "(SELECT chat_id, 0 AS after_id, 9223372036854775807 AS through_id
            FROM members WHERE user_id = ?1 AND role IS NULL
          UNION ALL
          SELECT chat_id, after_id, ifnull(through_id, 9223372036854775807)
            FROM members JOIN stays USING (chat_id, user_id) WHERE user_id = ?1)"
    };
}
pub(super) use ranges_of_user;

/// The messages of a chat that one member sees: those of their stays, without what they deleted
/// for themselves.
#[derive(Debug)]
pub(super) struct View {
    pub(super) membership: Membership,
    pub(super) cleared_seq: Seq,
    cleared_id: MessageId,
}

impl View {
    /// What `user` sees of a chat.
    ///
    /// # Errors
    /// Those of [`rules::may_enter`].
    pub(super) fn of(db: &Connection, chat: ChatId, user: UserId) -> Result<Self> {
        let membership = rules::may_enter(memberships::find(db, chat, user)?)?;
        let preferences = preferences::find(db, chat, user)?;
        Ok(Self::new(membership, preferences::cleared(preferences.as_ref())))
    }

    pub(super) fn new(membership: Membership, (cleared_seq, cleared_id): (Seq, MessageId)) -> Self {
        Self { membership, cleared_seq, cleared_id }
    }

    /// The visible ranges of message ids, oldest first: after the first id, through the second.
    pub(super) fn ranges(&self) -> impl DoubleEndedIterator<Item = (MessageId, MessageId)> {
        self.membership.stays.iter().filter_map(|stay| {
            let after = stay.after_id.max(self.cleared_id);
            let through = stay.through_id.unwrap_or(MessageId(i64::MAX));
            (after < through).then_some((after, through))
        })
    }

    /// The same by the id of a message of the chat.
    pub(super) fn shows_id(&self, id: MessageId) -> bool {
        self.ranges().any(|(after, through)| id > after && id <= through)
    }

    /// Whether the member sees a message.
    pub(super) fn shows(&self, seq: Seq) -> bool {
        rules::may_see_message(&self.membership, self.cleared_seq, seq)
    }
}

/// Whether a user has hidden a message, which deletes it for them alone.
pub(super) fn is_hidden(db: &Connection, message: MessageId, user: UserId) -> Result<bool> {
    let mut query = db.prepare_cached(
        "SELECT 1 FROM flags WHERE message_id = ?1 AND user_id = ?2 AND hidden_at IS NOT NULL",
    )?;
    Ok(query.exists((message, user))?)
}

/// What a reader has hidden in a range of a chat: after the first id, through the second. The `max`
/// oldest are enough for a walk through as many messages from the start.
pub(super) fn oldest_hidden(
    db: &Connection,
    reader: (ChatId, UserId),
    range: (MessageId, MessageId),
    max: usize,
) -> Result<HashSet<MessageId>> {
    let sql = "SELECT message_id FROM flags
                WHERE user_id = ?1 AND chat_id = ?2 AND hidden_at IS NOT NULL
                  AND message_id > ?3 AND message_id <= ?4
                ORDER BY message_id LIMIT ?5";
    list_hidden(db, sql, reader, range, max)
}

/// The same with the `max` newest, for a walk from the end.
pub(super) fn newest_hidden(
    db: &Connection,
    reader: (ChatId, UserId),
    range: (MessageId, MessageId),
    max: usize,
) -> Result<HashSet<MessageId>> {
    let sql = "SELECT message_id FROM flags
                WHERE user_id = ?1 AND chat_id = ?2 AND hidden_at IS NOT NULL
                  AND message_id > ?3 AND message_id <= ?4
                ORDER BY message_id DESC LIMIT ?5";
    list_hidden(db, sql, reader, range, max)
}

fn list_hidden(
    db: &Connection,
    sql: &str,
    (chat, user): (ChatId, UserId),
    (after, through): (MessageId, MessageId),
    max: usize,
) -> Result<HashSet<MessageId>> {
    let limit = i64::try_from(max).unwrap_or(i64::MAX);
    let mut query = db.prepare_cached(sql)?;
    let ids = query.query_map((user, chat, after, through, limit), |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}
