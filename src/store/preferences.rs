//! How members keep their chats: pinned, archived, muted, marked, drafted, cleared.

use rusqlite::{Connection, OptionalExtension, Row as SqlRow};

use super::Batch;
use crate::{
    error::{Error, Result},
    model::{Audience, Preferences, PreferencesChange, Row},
    types::{ChatId, MessageId, Millis, Revision, Seq, UserId},
};

impl Preferences {
    fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            chat_id: row.get("chat_id")?,
            pinned_at: row.get("pinned_at")?,
            archived: row.get("archived")?,
            muted_until: row.get("muted_until")?,
            marked_unread: row.get("marked_unread")?,
            draft: row.get("draft")?,
            cleared_seq: row.get("cleared_seq")?,
            cleared_id: row.get("cleared_id")?,
            changed: row.get("changed")?,
        })
    }

    /// A chat nobody has set anything for.
    fn unset(chat_id: ChatId) -> Self {
        Self {
            chat_id,
            pinned_at: None,
            archived: false,
            muted_until: None,
            marked_unread: false,
            draft: String::new(),
            cleared_seq: Seq(0),
            cleared_id: MessageId(0),
            changed: Revision(0),
        }
    }
}

impl Batch<'_> {
    /// Changes what is named, and tells the member's own devices if that made a difference.
    pub(crate) fn change_preferences(
        &mut self,
        chat: ChatId,
        user: UserId,
        change: PreferencesChange,
    ) -> Result<Preferences> {
        self.keep_preferences(chat, user, |kept| {
            if let Some(pinned) = change.pinned {
                let since = kept.pinned_at.unwrap_or_else(Millis::now);
                kept.pinned_at = pinned.then_some(since);
            }
            kept.archived = change.archived.unwrap_or(kept.archived);
            if let Some(until) = change.muted_until {
                kept.muted_until = Some(until).filter(|until| *until > Millis::now());
            }
            kept.marked_unread = change.marked_unread.unwrap_or(kept.marked_unread);
            if let Some(draft) = change.draft {
                kept.draft = draft;
            }
        })
    }

    /// Deletes the chat as it now is from the member's view, and with it what is set for it.
    pub(crate) fn clear_chat(&mut self, chat: ChatId, user: UserId) -> Result<Preferences> {
        let (cleared_seq, cleared_id) = self
            .db
            .prepare_cached(
                "SELECT seq, id FROM messages WHERE chat_id = ?1 ORDER BY id DESC LIMIT 1",
            )?
            .query_row((chat,), |row| Ok((row.get("seq")?, row.get("id")?)))
            .optional()?
            .unwrap_or_default();
        self.keep_preferences(chat, user, |kept| {
            let muted_until = kept.muted_until;
            *kept =
                Preferences { muted_until, cleared_seq, cleared_id, ..Preferences::unset(chat) };
        })
    }

    fn keep_preferences(
        &mut self,
        chat: ChatId,
        user: UserId,
        change: impl FnOnce(&mut Preferences),
    ) -> Result<Preferences> {
        if !self.chat(chat)?.members.contains(&user) {
            return Err(Error::NotFound("chat"));
        }
        let before = find(self.db, chat, user)?.unwrap_or_else(|| Preferences::unset(chat));
        let mut kept = before.clone();
        change(&mut kept);
        kept.changed = before.changed;
        if kept == before {
            return Ok(kept);
        }
        kept.changed = self.next_revision();
        self.write_preferences(user, &kept)?;
        let own_devices = Audience::Users([user].into());
        self.announce(Row::Preferences(kept.clone()), own_devices, None);
        Ok(kept)
    }

    fn write_preferences(&self, user: UserId, kept: &Preferences) -> Result<()> {
        self.db
            .prepare_cached(
                "INSERT INTO preferences
                   (chat_id, user_id, pinned_at, archived, muted_until, marked_unread, draft,
                    cleared_seq, cleared_id, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (chat_id, user_id) DO UPDATE SET
                   pinned_at = excluded.pinned_at, archived = excluded.archived,
                   muted_until = excluded.muted_until, marked_unread = excluded.marked_unread,
                   draft = excluded.draft, cleared_seq = excluded.cleared_seq,
                   cleared_id = excluded.cleared_id, changed = excluded.changed",
            )?
            .execute((
                kept.chat_id,
                user,
                kept.pinned_at,
                kept.archived,
                kept.muted_until,
                kept.marked_unread,
                &kept.draft,
                kept.cleared_seq,
                kept.cleared_id,
                kept.changed,
            ))?;
        Ok(())
    }
}

/// What a member has set for a chat, if anything.
pub(super) fn find(db: &Connection, chat: ChatId, user: UserId) -> Result<Option<Preferences>> {
    let mut query = db.prepare_cached(
        "SELECT chat_id, pinned_at, archived, muted_until, marked_unread, draft, cleared_seq,
                cleared_id, changed
           FROM preferences WHERE chat_id = ?1 AND user_id = ?2",
    )?;
    Ok(query.query_row((chat, user), Preferences::from_row).optional()?)
}

/// Up to where a member has deleted a chat for themselves.
pub(super) fn cleared(preferences: Option<&Preferences>) -> (Seq, MessageId) {
    preferences.map_or_else(Default::default, |kept| (kept.cleared_seq, kept.cleared_id))
}
