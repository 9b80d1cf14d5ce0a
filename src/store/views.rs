//! Which messages of a chat one member sees.

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

    /// Whether the member sees a message.
    pub(super) fn shows(&self, seq: Seq) -> bool {
        rules::may_see_message(&self.membership, self.cleared_seq, seq)
    }
}
