//! What somebody is in a chat, and which of its messages they may see: the one place where this is
//! read, for writes and for reads.

use rusqlite::{Connection, Row as SqlRow};

use super::{batch::optional, preferences};
use crate::{
    error::Result,
    model::{Membership, Role, Stay},
    rules,
    types::{ChatId, MessageId, Revision, Seq, UserId},
};

impl Stay {
    fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            from_seq: row.get("from_seq")?,
            to_seq: row.get("to_seq")?,
            after_id: row.get("after_id")?,
            through_id: row.get("through_id")?,
        })
    }
}

/// What `user` is in a chat; `None` for a stranger and for a chat that does not exist.
pub(super) fn find(db: &Connection, chat: ChatId, user: UserId) -> Result<Option<Membership>> {
    let mut query = db.prepare_cached(
        "SELECT role, role_changed FROM members WHERE chat_id = ?1 AND user_id = ?2",
    )?;
    let found: Option<(Option<Role>, Revision)> =
        optional(query.query_row((chat, user), |row| Ok((row.get(0)?, row.get(1)?))))?;
    let Some((role, changed)) = found else { return Ok(None) };
    let Some(role) = role else { return Ok(Some(Membership::direct(chat))) };
    let mut query = db.prepare_cached(
        "SELECT from_seq, to_seq, after_id, through_id FROM stays
          WHERE chat_id = ?1 AND user_id = ?2 ORDER BY from_seq",
    )?;
    let stays = query.query_map((chat, user), Stay::from_row)?;
    let stays: Vec<Stay> = stays.collect::<Result<_, _>>()?;
    Ok(Some(Membership { chat_id: chat, role, stays: stays.into(), changed }))
}

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
        let membership = rules::may_enter(find(db, chat, user)?)?;
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

    /// The last `seq` that exists for the member, of a chat whose last is `last`.
    pub(super) fn last_seq(&self, last: Seq) -> Seq {
        self.membership.stays.last().map_or(Seq(0), |stay| stay.to_seq.unwrap_or(last))
    }

    /// Whether the member sees a message.
    pub(super) fn shows(&self, seq: Seq) -> bool {
        rules::may_see_message(&self.membership, self.cleared_seq, seq)
    }
}
