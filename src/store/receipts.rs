//! How far a chat's messages have come with its members, and how much of that the others see.

use rusqlite::Row as SqlRow;

use super::{Batch, privacy, writer::CachedChat};
use crate::{
    error::{Error, Result},
    model::{Audience, ChatKind, Receipt, Row},
    types::{ChatId, Revision, Seq, UserId},
};

/// A member's watermarks as they are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) delivered: Seq,
    pub(super) read: Seq,
    /// What the others are shown as read.
    pub(super) shown: Seq,
}

impl Receipt {
    pub(super) fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            chat_id: row.get("chat_id")?,
            user_id: row.get("user_id")?,
            delivered_seq: row.get("delivered_seq")?,
            read_seq: row.get("read_seq")?,
            changed: row.get("changed")?,
        })
    }
}

impl Batch<'_> {
    /// Moves a member's watermarks forward, never back and never beyond the last message, and
    /// tells the chat's members what each may see. Nothing happens when they are already there.
    pub(crate) fn move_watermarks(
        &mut self,
        chat_id: ChatId,
        user: UserId,
        delivered: Seq,
        read: Seq,
    ) -> Result<()> {
        let chat = self.chat(chat_id)?;
        if !chat.members.contains(&user) {
            return Err(Error::NotFound("chat"));
        }
        let read = read.min(chat.last_seq).max(Seq(0));
        let delivered = delivered.min(chat.last_seq).max(read);
        let before = self.marks(chat_id, user)?;
        let mut after = Marks {
            delivered: before.delivered.max(delivered),
            read: before.read.max(read),
            ..before
        };
        if after == before {
            return Ok(());
        }
        // A watermark has no holes: the first read that is shown shows all before it.
        if after.read > before.read && self.is_read_shown(&chat)? {
            after.shown = after.read;
        }
        let changed = self.next_revision();
        let seen = after.delivered > before.delivered || after.shown > before.shown;
        self.keep_marks(chat_id, user, after, changed, seen)?;
        self.note_move(chat_id, user, before, after)?;
        self.announce_marks(chat_id, user, after, changed, seen.then_some(&chat));
        Ok(())
    }

    fn marks(&self, chat: ChatId, user: UserId) -> Result<Marks> {
        let mut query = self.db.prepare_cached(
            "SELECT delivered_seq, read_seq, shown_read_seq
               FROM members WHERE chat_id = ?1 AND user_id = ?2",
        )?;
        let marks = query.query_row((chat, user), |row| {
            Ok(Marks {
                delivered: row.get("delivered_seq")?,
                read: row.get("read_seq")?,
                shown: row.get("shown_read_seq")?,
            })
        })?;
        Ok(marks)
    }

    /// Whether what one of them reads now may be seen: both people of a direct chat must show it.
    fn is_read_shown(&self, chat: &CachedChat) -> Result<bool> {
        if chat.kind == ChatKind::Group {
            return Ok(true);
        }
        for user in chat.members.iter() {
            if !privacy::find(self.db, *user)?.shows_read {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn keep_marks(
        &self,
        chat: ChatId,
        user: UserId,
        marks: Marks,
        changed: Revision,
        seen: bool,
    ) -> Result<()> {
        self.db
            .prepare_cached(
                "UPDATE members SET delivered_seq = ?3, read_seq = ?4, shown_read_seq = ?5,
                        changed = ?6, shown_changed = iif(?7, ?6, shown_changed)
                  WHERE chat_id = ?1 AND user_id = ?2",
            )?
            .execute((chat, user, marks.delivered, marks.read, marks.shown, changed, seen))?;
        Ok(())
    }

    /// One receipt for all if all see the same; otherwise one for the member's own devices, and
    /// one for the others of `witnesses` if there is something for them to see.
    fn announce_marks(
        &mut self,
        chat_id: ChatId,
        user_id: UserId,
        marks: Marks,
        changed: Revision,
        witnesses: Option<&CachedChat>,
    ) {
        let delivered_seq = marks.delivered;
        let receipt =
            |read_seq| Row::Receipt(Receipt { chat_id, user_id, delivered_seq, read_seq, changed });
        if let Some(chat) = witnesses
            && marks.shown == marks.read
        {
            return self.announce(receipt(marks.read), Audience::Users(chat.members.clone()), None);
        }
        self.announce(receipt(marks.read), Audience::Users([user_id].into()), None);
        if let Some(chat) = witnesses {
            let others = chat.members.iter().copied().filter(|member| *member != user_id);
            self.announce(receipt(marks.shown), Audience::Users(others.collect()), None);
        }
    }
}
