//! How far a chat's messages have come with its members, and how much of that others see.
//!
//! A direct chat shows the marks of each of its people. In a group each member's marks are for
//! their own devices, and one receipt tells everybody up to where all current members have come:
//! N readers of a message cost N row updates, and at most two frames for each member.

use rusqlite::Connection;

use super::{
    batch::Batch,
    cache::{CachedChat, Lowest},
    command::{Apply, By, MarkReceived},
    privacy,
    sql::optional,
};
use crate::{
    error::Result,
    model::{Audience, Chat, ChatKind, Receipt, Role, Row},
    rules,
    types::{ChatId, Seq, UserId},
};

/// How many of a group's last messages are searched for the member's own, which they need not
/// receive. Somebody further behind gets there with later receipts.
const OWN_MESSAGES_MAX: i64 = 64;

/// A member's marks as they are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) delivered: Seq,
    pub(super) read: Seq,
    /// What others are shown as read.
    pub(super) shown: Seq,
}

impl Apply for MarkReceived {
    type Outcome = ();

    /// Moves marks forward, never back and never beyond the last message that the member sees.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<()> {
        let (chat, membership) = batch.enter(self.chat, by.actor)?;
        let last = membership.stays.last().map_or(Seq(0), |it| it.to_seq.unwrap_or(chat.last_seq));
        let read = self.read.min(last).max(Seq(0));
        let delivered = self.delivered.min(last).max(read);
        let before = marks(batch.db, self.chat, by.actor)?;
        let mut after = Marks {
            delivered: before.delivered.max(delivered),
            read: before.read.max(read),
            ..before
        };
        if after == before {
            return Ok(());
        }
        if chat.kind == ChatKind::Group {
            after.delivered = batch.past_own_messages(self.chat, by.actor, after.delivered)?;
            after.read = batch.past_own_messages(self.chat, by.actor, after.read)?;
        }
        // A mark has no holes: the first read that is shown shows all before it.
        if after.read > before.read && batch.is_read_shown(&chat)? {
            after.shown = after.read;
        }
        batch.move_marks(self.chat, by, before, after)?;
        match chat.kind {
            ChatKind::Direct => batch.publish_direct(self.chat, by.actor, before, after, &chat),
            ChatKind::Group => {
                batch.publish_own(self.chat, by.actor, after.delivered, after.read);
                if membership.role != Role::Former {
                    batch.advance_group(self.chat, &chat.audience, before, after)?;
                }
            }
        }
        Ok(())
    }
}

impl Batch<'_> {
    /// In a group, the sender of a message has it. Their marks move if nothing before it is
    /// missing, so that the group's receipt does not wait for a bot that only writes.
    pub(super) fn note_own_message(
        &mut self,
        kind: ChatKind,
        chat: ChatId,
        by: By,
        seq: Seq,
    ) -> Result<()> {
        if kind == ChatKind::Direct {
            return Ok(());
        }
        let before = marks(self.db, chat, by.actor)?;
        let passed = |mark: Seq| if mark.next() == seq { seq } else { mark };
        let after = Marks {
            delivered: passed(before.delivered),
            read: passed(before.read),
            shown: passed(before.shown),
        };
        if after != before {
            self.move_marks(chat, by, before, after)?;
            self.publish_own(chat, by.actor, after.delivered, after.read);
            let audience = self.chat(chat)?.audience;
            self.advance_group(chat, &audience, before, after)?;
        }
        Ok(())
    }

    /// Moves a mark over the messages behind it that the member wrote.
    fn past_own_messages(&self, chat: ChatId, user: UserId, mark: Seq) -> Result<Seq> {
        let mut query = self.db.prepare_cached(
            "SELECT seq, sender_id FROM messages WHERE chat_id = ?1 ORDER BY id DESC LIMIT ?2",
        )?;
        let mut rows = query.query((chat, OWN_MESSAGES_MAX))?;
        // The newest of the member's own messages without another's between it and here.
        let (mut reached, mut lowest) = (None, None);
        while let Some(row) = rows.next()? {
            let (seq, sender): (Seq, UserId) = (row.get(0)?, row.get(1)?);
            if seq <= mark {
                break;
            }
            lowest = Some(seq);
            reached = if sender == user { reached.or(lowest) } else { None };
        }
        let is_next = lowest == Some(mark.next());
        Ok(reached.filter(|_| is_next).unwrap_or(mark))
    }

    /// Whether what one of its people reads now may be seen.
    fn is_read_shown(&self, chat: &CachedChat) -> Result<bool> {
        let Audience::Pair(low, high) = chat.audience else { return Ok(true) };
        let shows = [low, high].map(|user| privacy::find(self.db, user).map(|it| it.shows_read));
        let [low, high] = shows;
        Ok(rules::is_read_shown([low?, high?]))
    }

    fn move_marks(&mut self, chat: ChatId, by: By, before: Marks, after: Marks) -> Result<()> {
        let changed = self.next_revision();
        let seen = after.delivered > before.delivered || after.shown > before.shown;
        self.db
            .prepare_cached(
                "UPDATE members SET delivered_seq = ?3, read_seq = ?4, shown_read_seq = ?5,
                        changed = ?6, shown_changed = iif(?7, ?6, shown_changed)
                  WHERE chat_id = ?1 AND user_id = ?2",
            )?
            .execute((chat, by.actor, after.delivered, after.read, after.shown, changed, seen))?;
        self.note_move(chat, by, before, after)
    }

    /// One receipt if both people see the same; otherwise one for the member's own devices, and
    /// one for the other person if there is something for them to see.
    fn publish_direct(
        &mut self,
        chat: ChatId,
        user: UserId,
        before: Marks,
        after: Marks,
        cached: &CachedChat,
    ) {
        let receipt = self.receipt(chat, Some(user), after.delivered, after.read);
        let seen = after.delivered > before.delivered || after.shown > before.shown;
        if seen && after.shown == after.read {
            return self.publish(Row::Receipt(receipt), cached.audience.clone());
        }
        self.publish(Row::Receipt(receipt), Audience::User(user));
        if let Audience::Pair(low, high) = cached.audience
            && seen
            && low != high
        {
            let other = if user == low { high } else { low };
            let shown = Receipt { read_seq: after.shown, ..receipt };
            self.publish(Row::Receipt(shown), Audience::User(other));
        }
    }

    fn publish_own(&mut self, chat: ChatId, user: UserId, delivered: Seq, read: Seq) {
        let receipt = self.receipt(chat, Some(user), delivered, read);
        self.publish(Row::Receipt(receipt), Audience::User(user));
    }

    /// Works out up to where all current members of a group have come, and publishes it if it has
    /// moved. Only a receipt of a current member moves it: somebody who comes or leaves does not.
    fn advance_group(
        &mut self,
        chat: ChatId,
        audience: &Audience,
        before: Marks,
        after: Marks,
    ) -> Result<()> {
        let known = self.cache.chat(chat).and_then(|it| it.lowest);
        if let Some(lowest) = known.and_then(|it| it.without(before, after)) {
            self.cache.set_lowest(chat, lowest);
            return Ok(());
        }
        let lowest = find_lowest(self.db, chat)?;
        self.cache.set_lowest(chat, lowest);
        let (delivered, read) = (lowest.delivered.0, lowest.read.0);
        let (old_delivered, old_read): (Seq, Seq) = self
            .db
            .prepare_cached("SELECT delivered_seq, read_seq FROM chats WHERE id = ?1")?
            .query_row((chat,), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (delivered, read) = (delivered.max(old_delivered), read.max(old_read));
        if (delivered, read) == (old_delivered, old_read) {
            return Ok(());
        }
        let changed = self.next_revision();
        self.db
            .prepare_cached(
                "UPDATE chats SET delivered_seq = ?2, read_seq = ?3, receipt_changed = ?4
                  WHERE id = ?1",
            )?
            .execute((chat, delivered, read, changed))?;
        let receipt = self.receipt(chat, None, delivered, read);
        self.publish(Row::Receipt(receipt), audience.clone());
        Ok(())
    }

    /// A receipt at the current revision.
    fn receipt(&self, chat: ChatId, user: Option<UserId>, delivered: Seq, read: Seq) -> Receipt {
        Receipt {
            chat_id: chat,
            user_id: user,
            delivered_seq: delivered,
            read_seq: read,
            changed: self.revision(),
        }
    }
}

impl Lowest {
    /// The same after a member's marks have moved, if somebody still has the lowest ones.
    fn without(mut self, before: Marks, after: Marks) -> Option<Self> {
        let leaves = |(lowest, count): &mut (Seq, usize), from: Seq, to: Seq| {
            if from <= *lowest && to > from {
                *count = count.saturating_sub(1);
            }
            *count > 0
        };
        let delivered = leaves(&mut self.delivered, before.delivered, after.delivered);
        let read = leaves(&mut self.read, before.shown, after.shown);
        (delivered && read).then_some(self)
    }
}

/// The lowest marks of a group's current members; 0 if there are none.
fn find_lowest(db: &Connection, chat: ChatId) -> Result<Lowest> {
    let mut query = db.prepare_cached(
        "SELECT delivered_seq, shown_read_seq FROM members
          WHERE chat_id = ?1 AND role IN ('member', 'admin')",
    )?;
    let mut rows = query.query((chat,))?;
    let (mut delivered, mut read) = ((Seq(0), 0), (Seq(0), 0));
    let count = |(lowest, count): &mut (Seq, usize), seq: Seq| {
        if *count == 0 || seq < *lowest {
            (*lowest, *count) = (seq, 0);
        }
        *count += usize::from(seq == *lowest);
    };
    while let Some(row) = rows.next()? {
        count(&mut delivered, row.get(0)?);
        count(&mut read, row.get(1)?);
    }
    Ok(Lowest { delivered, read })
}

fn marks(db: &Connection, chat: ChatId, user: UserId) -> Result<Marks> {
    let mut query = db.prepare_cached(
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

/// The receipts of a chat that `viewer` may see: in a direct chat one for each person; in a group
/// their own, and while they are a member the one of all members.
pub(super) fn list(
    db: &Connection,
    chat: &Chat,
    viewer: UserId,
    role: Role,
) -> Result<Vec<Receipt>> {
    let people = chat.user_ids.clone().unwrap_or_else(|| vec![viewer]);
    let mut receipts = Vec::with_capacity(2);
    for user in people {
        receipts.extend(find(db, chat.id, user, viewer)?);
    }
    if chat.kind == ChatKind::Group && role != Role::Former {
        receipts.push(find_group(db, chat.id)?);
    }
    Ok(receipts)
}

/// The marks of `user` as `viewer` may see them.
pub(super) fn find(
    db: &Connection,
    chat: ChatId,
    user: UserId,
    viewer: UserId,
) -> Result<Option<Receipt>> {
    let mut query = db.prepare_cached(
        "SELECT delivered_seq, iif(user_id = ?3, read_seq, shown_read_seq) AS read_seq,
                iif(user_id = ?3, changed, shown_changed) AS changed
           FROM members WHERE chat_id = ?1 AND user_id = ?2",
    )?;
    optional(query.query_row((chat, user, viewer), |row| {
        Ok(Receipt {
            chat_id: chat,
            user_id: Some(user),
            delivered_seq: row.get("delivered_seq")?,
            read_seq: row.get("read_seq")?,
            changed: row.get("changed")?,
        })
    }))
}

/// Up to where all current members of a group have come.
pub(super) fn find_group(db: &Connection, chat: ChatId) -> Result<Receipt> {
    let mut query = db.prepare_cached(
        "SELECT delivered_seq, read_seq, receipt_changed FROM chats WHERE id = ?1",
    )?;
    let receipt = query.query_row((chat,), |row| {
        Ok(Receipt {
            chat_id: chat,
            user_id: None,
            delivered_seq: row.get("delivered_seq")?,
            read_seq: row.get("read_seq")?,
            changed: row.get("receipt_changed")?,
        })
    })?;
    Ok(receipt)
}
