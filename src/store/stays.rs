//! From where to where somebody is in a group: stays begin and end with event lines.

use super::{batch::Batch, chats, sql::optional};
use crate::{
    error::Result,
    model::{GroupFacts, Role, Stay},
    rules,
    types::{ChatId, MessageId, Revision, Seq, UserId},
};

/// Where a stay begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    /// Where the newcomer's marks are: at the last message before them, so that they neither take
    /// ticks from old messages nor have unread ones from before their time.
    pub(super) marks: Seq,
    /// The first message of the stay.
    pub(super) from: Seq,
    /// The last message before it.
    pub(super) after: MessageId,
}

impl Start {
    /// The stay that begins here.
    pub(super) fn stay(self) -> Stay {
        Stay { from_seq: self.from, after_id: self.after, ..Stay::WHOLE }
    }

    /// Whether who comes here has missed nothing since their last stay.
    fn continues(self, last: &Stay) -> bool {
        last.to_seq == Some(self.marks) && last.from_seq <= self.from
    }
}

impl Batch<'_> {
    /// Somebody comes, or comes back. If they missed nothing, their last stay goes on and their marks
    /// stay where they are.
    pub(super) fn start_stay(
        &mut self,
        chat: ChatId,
        user: UserId,
        role: Role,
        start: Start,
        changed: Revision,
    ) -> Result<()> {
        let last = self.last_stay(chat, user)?;
        if let Some(last) = &last
            && start.continues(last)
        {
            return self.continue_stay(chat, user, role, last.from_seq, changed);
        }
        self.db
            .prepare_cached(
                "INSERT INTO members (chat_id, user_id, delivered_seq, read_seq, shown_read_seq,
                                      changed, shown_changed, role, role_changed, joined)
                 VALUES (?1, ?2, ?3, ?3, ?3, ?4, ?4, ?5, ?4, ?4)
                 ON CONFLICT (chat_id, user_id) DO UPDATE SET
                   delivered_seq = excluded.delivered_seq, read_seq = excluded.read_seq,
                   shown_read_seq = excluded.shown_read_seq, changed = excluded.changed,
                   shown_changed = excluded.shown_changed, role = excluded.role,
                   role_changed = excluded.role_changed, joined = excluded.joined,
                   last_seen_chat = NULL, barred = 0",
            )?
            .execute((chat, user, start.marks, changed, role))?;
        // A stay from the first message on holds the earlier ones.
        self.db
            .prepare_cached(
                "DELETE FROM stays WHERE chat_id = ?1 AND user_id = ?2 AND from_seq >= ?3",
            )?
            .execute((chat, user, start.from))?;
        self.db
            .prepare_cached(
                "INSERT INTO stays (chat_id, user_id, from_seq, after_id) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((chat, user, start.from, start.after))?;
        // Without earlier messages there are none that the marks could have passed.
        let sees_earlier = last.is_some() || start.from <= start.marks;
        if sees_earlier && start.marks > Seq(0) {
            self.db
                .prepare_cached(
                    "INSERT INTO starting_marks (chat_id, user_id, seq) VALUES (?1, ?2, ?3)",
                )?
                .execute((chat, user, start.marks))?;
        }
        Ok(())
    }

    /// Refuses when a stay begins for one of these users who has as many as a person may have.
    pub(super) fn check_stays_of(
        &self,
        chat: ChatId,
        users: &[UserId],
        start: Start,
        actor: UserId,
    ) -> Result<()> {
        // A stay from the first message on holds all others.
        let mut count_earlier = self.db.prepare_cached(
            "SELECT count(*) FROM stays WHERE chat_id = ?1 AND user_id = ?2 AND from_seq < ?3",
        )?;
        for user in users {
            let earlier: u32 =
                count_earlier.query_row((chat, *user, start.from), |row| row.get(0))?;
            let checked = rules::may_have_stays(earlier + 1, *user == actor);
            if checked.is_err()
                && !self.last_stay(chat, *user)?.is_some_and(|last| start.continues(&last))
            {
                return checked;
            }
        }
        Ok(())
    }

    fn last_stay(&self, chat: ChatId, user: UserId) -> Result<Option<Stay>> {
        let mut query = self.db.prepare_cached(
            "SELECT from_seq, to_seq, after_id, through_id FROM stays
              WHERE chat_id = ?1 AND user_id = ?2 ORDER BY from_seq DESC LIMIT 1",
        )?;
        optional(query.query_row((chat, user), Stay::from_row))
    }

    fn continue_stay(
        &mut self,
        chat: ChatId,
        user: UserId,
        role: Role,
        from: Seq,
        changed: Revision,
    ) -> Result<()> {
        self.db
            .prepare_cached(
                "UPDATE members SET role = ?3, role_changed = ?4, joined = ?4,
                                    last_seen_chat = NULL, barred = 0
                  WHERE chat_id = ?1 AND user_id = ?2",
            )?
            .execute((chat, user, role, changed))?;
        self.db
            .prepare_cached(
                "UPDATE stays SET to_seq = NULL, through_id = NULL
                  WHERE chat_id = ?1 AND user_id = ?2 AND from_seq = ?3",
            )?
            .execute((chat, user, from))?;
        Ok(())
    }

    /// Ends somebody's stay with the chat's last message, which is the line that says so.
    pub(super) fn end_stay(
        &mut self,
        chat: ChatId,
        user: UserId,
        facts: &GroupFacts,
        changed: Revision,
    ) -> Result<()> {
        let (last_seq, last_id) = chats::last(self.db, chat)?;
        self.db
            .prepare_cached(
                "UPDATE stays SET to_seq = ?3, through_id = ?4
                  WHERE chat_id = ?1 AND user_id = ?2 AND to_seq IS NULL",
            )?
            .execute((chat, user, last_seq, last_id))?;
        self.db
            .prepare_cached(
                "UPDATE members SET role = ?3, role_changed = ?4, last_seen_chat = ?5
                  WHERE chat_id = ?1 AND user_id = ?2",
            )?
            .execute((chat, user, Role::Former, changed, facts))?;
        Ok(())
    }
}
