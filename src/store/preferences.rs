//! A member's settings for a chat: pinned, archived, muted, marked unread, draft, cleared.

use rusqlite::{Connection, Row as SqlRow};

use super::{
    batch::Batch,
    chats,
    command::{Apply, By, ChangePreferences, ClearChat},
    sql::optional,
};
use crate::{
    error::Result,
    model::{Audience, Draft, Membership, Message, Preferences, Row},
    types::{ChatId, MessageId, Revision, Seq, UserId},
};

impl Preferences {
    fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            chat_id: row.get("chat_id")?,
            pinned_at: row.get("pinned_at")?,
            archived: row.get("archived")?,
            muted_until: row.get("muted_until")?,
            marked_unread: row.get("marked_unread")?,
            draft: Draft {
                text: row.get("draft")?,
                reply_to: row.get("draft_reply_to")?,
                edit_of: row.get("draft_edit_of")?,
                aside: row.get("draft_aside")?,
            },
            cleared_seq: row.get("cleared_seq")?,
            cleared_id: row.get("cleared_id")?,
            changed: row.get("changed")?,
        })
    }

    /// The settings of a chat for which nothing was set.
    fn unset(chat_id: ChatId) -> Self {
        Self {
            chat_id,
            pinned_at: None,
            archived: false,
            muted_until: None,
            marked_unread: false,
            draft: Draft::default(),
            cleared_seq: Seq(0),
            cleared_id: MessageId(0),
            changed: Revision(0),
        }
    }
}

impl Apply for ChangePreferences {
    type Outcome = Preferences;

    fn bytes(&self) -> usize {
        self.change.draft.as_ref().map_or(0, Draft::bytes)
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Preferences> {
        let change = &self.change;
        if let Some(draft) = &change.draft {
            batch.check_draft(self.chat, draft, by.actor)?;
        }
        batch.update_preferences(self.chat, by.actor, |it| {
            if let Some(pinned) = change.pinned {
                let since = it.pinned_at.unwrap_or(by.at);
                it.pinned_at = pinned.then_some(since);
            }
            it.archived = change.archived.unwrap_or(it.archived);
            if let Some(until) = change.muted_until {
                it.muted_until = Some(until).filter(|until| *until > by.at);
            }
            it.marked_unread = change.marked_unread.unwrap_or(it.marked_unread);
            if let Some(draft) = &change.draft {
                it.draft.clone_from(draft);
            }
        })
    }
}

impl Apply for ClearChat {
    type Outcome = Preferences;

    /// Deletes messages, and the settings that belong to what is deleted. A message that was deleted
    /// before does not come back.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Preferences> {
        let (_, membership) = batch.enter(self.chat, by.actor)?;
        let end = end_of_seen(batch.db, &membership, self.through.unwrap_or(Seq(i64::MAX)))?;
        let preferences = batch.update_preferences(self.chat, by.actor, |it| {
            let muted_until = it.muted_until;
            let (cleared_seq, cleared_id) = end.max((it.cleared_seq, it.cleared_id));
            let unset = Preferences::unset(self.chat);
            *it = Preferences { muted_until, cleared_seq, cleared_id, ..unset };
        })?;
        batch.clear_flags(self.chat, by.actor, preferences.cleared_id)?;
        Ok(preferences)
    }
}

/// The last message up to `through` that a member sees. What came between their stays or after the
/// last one does not exist for them.
fn end_of_seen(db: &Connection, membership: &Membership, through: Seq) -> Result<(Seq, MessageId)> {
    let mut stays = membership.stays.iter().rev();
    let Some(stay) = stays.find(|stay| stay.from_seq <= through) else {
        return Ok((Seq(0), MessageId(0)));
    };
    let chat = membership.chat_id;
    let end = match stay.to_seq.zip(stay.through_id) {
        Some(end) => end,
        None => chats::last(db, chat)?,
    };
    if end.0 <= through {
        return Ok(end);
    }
    let found = chats::last_until(db, chat, (stay.after_id, end.1), through)?;
    Ok((through, found.unwrap_or(stay.after_id)))
}

impl Batch<'_> {
    /// Changes a member's settings and publishes them to their own devices, if that makes a
    /// difference.
    fn update_preferences(
        &mut self,
        chat: ChatId,
        user: UserId,
        change: impl FnOnce(&mut Preferences),
    ) -> Result<Preferences> {
        self.enter(chat, user)?;
        let before = find(self.db, chat, user)?.unwrap_or_else(|| Preferences::unset(chat));
        let mut preferences = before.clone();
        change(&mut preferences);
        preferences.changed = before.changed;
        if preferences == before {
            return Ok(preferences);
        }
        self.replace_preferences(user, &before, preferences)
    }

    fn replace_preferences(
        &mut self,
        user: UserId,
        before: &Preferences,
        mut preferences: Preferences,
    ) -> Result<Preferences> {
        let (draft, draft_before) = (preferences.draft.bytes(), before.draft.bytes());
        if draft > draft_before {
            self.check_quota(user, draft - draft_before)?;
        }
        preferences.changed = self.next_revision();
        self.write_preferences(user, &preferences)?;
        self.count_stored(user, draft, draft_before)?;
        self.publish(Row::Preferences(preferences.clone()), Audience::User(user));
        Ok(preferences)
    }

    /// Ends the edit of a message whose words are gone: a draft must not keep them. What was written
    /// before the edit is the draft again.
    pub(super) fn end_edit_of(&mut self, message: &Message) -> Result<()> {
        let writer = message.sender_id;
        let Some(before) = find(self.db, message.chat_id, writer)? else { return Ok(()) };
        if before.draft.edit_of == Some(message.id) {
            let draft = Draft { text: before.draft.aside.clone(), ..Draft::default() };
            self.replace_preferences(writer, &before, Preferences { draft, ..before.clone() })?;
        }
        Ok(())
    }

    fn write_preferences(&self, user: UserId, row: &Preferences) -> Result<()> {
        self.db
            .prepare_cached(
                "INSERT INTO preferences
                   (chat_id, user_id, pinned_at, archived, muted_until, marked_unread, draft,
                    cleared_seq, cleared_id, changed, draft_reply_to, draft_edit_of, draft_aside)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
                 ON CONFLICT (chat_id, user_id) DO UPDATE SET
                   pinned_at = excluded.pinned_at, archived = excluded.archived,
                   muted_until = excluded.muted_until, marked_unread = excluded.marked_unread,
                   draft = excluded.draft, cleared_seq = excluded.cleared_seq,
                   cleared_id = excluded.cleared_id, changed = excluded.changed,
                   draft_reply_to = excluded.draft_reply_to,
                   draft_edit_of = excluded.draft_edit_of, draft_aside = excluded.draft_aside",
            )?
            .execute((
                row.chat_id,
                user,
                row.pinned_at,
                row.archived,
                row.muted_until,
                row.marked_unread,
                &row.draft.text,
                row.cleared_seq,
                row.cleared_id,
                row.changed,
                row.draft.reply_to,
                row.draft.edit_of,
                &row.draft.aside,
            ))?;
        Ok(())
    }
}

/// What a member has set for a chat, if anything.
pub(super) fn find(db: &Connection, chat: ChatId, user: UserId) -> Result<Option<Preferences>> {
    let mut query = db.prepare_cached(
        "SELECT chat_id, pinned_at, archived, muted_until, marked_unread, draft, cleared_seq,
                cleared_id, changed, draft_reply_to, draft_edit_of, draft_aside
           FROM preferences WHERE chat_id = ?1 AND user_id = ?2",
    )?;
    optional(query.query_row((chat, user), Preferences::from_row))
}

/// Up to which message a member has deleted a chat for themselves.
pub(super) fn cleared(preferences: Option<&Preferences>) -> (Seq, MessageId) {
    preferences.map_or_else(Default::default, |it| (it.cleared_seq, it.cleared_id))
}
