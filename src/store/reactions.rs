//! Reactions to messages: one emoji of each person.
//!
//! Everyone who sees a message is sent its counts and its latest reaction as one row. A batch makes
//! that row once for each message, because many people may react to one message at the same time.

use std::collections::HashSet;

use rusqlite::{Connection, Row as SqlRow};

use super::{
    Store,
    batch::{Batch, Reacted},
    command::{Apply, By, ROW_BYTES, React},
    memberships,
    message_changes::{current_viewers, find_visible},
    messages::message_columns,
    sql::optional,
    views::View,
};
use crate::{
    error::Result,
    model::{
        Audience, Change, EmojiCount, LastReaction, Message, OwnReaction, Reaction, Reactions,
        Role, Row,
    },
    rules,
    types::{ChatId, MessageId, Revision, UserId},
};

/// The most emoji that a row counts: more than a page shows. A message may have thousands.
const COUNTS_MAX: i64 = 20;

impl Reaction {
    fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            user_id: row.get("user_id")?,
            emoji: row.get("emoji")?,
            at: row.get("at")?,
            changed: row.get("changed")?,
        })
    }
}

impl Apply for React {
    type Outcome = OwnReaction;

    fn bytes(&self) -> usize {
        if self.emoji.is_some() { ROW_BYTES } else { 0 }
    }

    /// Sets or removes the emoji. The same one again changes nothing.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<OwnReaction> {
        let (chat, membership) = batch.enter(self.chat, by.actor)?;
        let message = find_visible(batch.db, &membership, self.message, by.actor)?;
        rules::may_react(&membership, &message)?;
        let before = find_own(batch.db, message.id, by.actor)?.unwrap_or(OwnReaction {
            chat_id: message.chat_id,
            message_id: message.id,
            emoji: None,
            at: by.at,
            changed: Revision(0),
        });
        if before.emoji == self.emoji {
            return Ok(before);
        }
        let changed = batch.next_revision();
        let own = OwnReaction { emoji: self.emoji.clone(), at: by.at, changed, ..before };
        batch.write_reaction(&own, by.actor, message.sender_id)?;
        batch.publish(Row::Reaction(own.clone()), Audience::User(by.actor));
        let (chat, members) = (message.chat_id, chat.audience);
        batch.reacted = Some(Reacted { chat, message: message.id, seq: message.seq, members });
        Ok(own)
    }
}

impl Batch<'_> {
    fn write_reaction(&self, own: &OwnReaction, user: UserId, sender: UserId) -> Result<()> {
        let OwnReaction { chat_id, message_id, ref emoji, at, changed } = *own;
        self.db
            .prepare_cached(
                "INSERT INTO reactions (message_id, user_id, chat_id, sender_id, emoji, at, changed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (message_id, user_id) DO UPDATE SET
                   emoji = excluded.emoji, at = excluded.at, changed = excluded.changed",
            )?
            .execute((message_id, user, chat_id, sender, emoji, at, changed))?;
        self.db
            .prepare_cached(
                "INSERT INTO reacted_messages (message_id, chat_id, changed) VALUES (?1, ?2, ?3)
                 ON CONFLICT (message_id) DO UPDATE SET changed = excluded.changed",
            )?
            .execute((message_id, chat_id, changed))?;
        Ok(())
    }

    /// Removes all reactions to a message that was deleted.
    pub(super) fn remove_reactions(&self, message: MessageId) -> Result<()> {
        for sql in [
            "DELETE FROM reactions WHERE message_id = ?1",
            "DELETE FROM reacted_messages WHERE message_id = ?1",
        ] {
            self.db.prepare_cached(sql)?.execute((message,))?;
        }
        Ok(())
    }
}

/// Publishes the reactions of each message once. `commands`, the last one first: the message whose
/// reactions a command has changed, and the changes that it publishes.
pub(super) fn publish_each_once<'a>(
    db: &Connection,
    commands: impl Iterator<Item = (Option<Reacted>, &'a mut Vec<Change>)>,
) -> Result<()> {
    let mut published = HashSet::new();
    for (reacted, changes) in commands {
        let Some(Reacted { chat, message, seq, members }) = reacted else { continue };
        if published.insert(message)
            && let Some(row) = find(db, message)?
        {
            let audience = current_viewers(db, chat, seq, members)?;
            changes.push(Change::Row { row: Row::Reactions(row), audience });
        }
    }
    Ok(())
}

/// The reactions to a message; `None` if it never had any, or is deleted.
pub(super) fn find(db: &Connection, message: MessageId) -> Result<Option<Reactions>> {
    let mut query = db.prepare_cached(
        "SELECT r.chat_id, r.changed, m.sender_id,
                (SELECT count(*) FROM reactions
                  WHERE message_id = ?1 AND emoji IS NOT NULL) AS total
           FROM reacted_messages r JOIN messages m ON m.id = r.message_id
          WHERE r.message_id = ?1",
    )?;
    let found = query.query_row((message,), |row| {
        Ok(Reactions {
            chat_id: row.get("chat_id")?,
            message_id: message,
            sender_id: row.get("sender_id")?,
            counts: Vec::new(),
            total: row.get("total")?,
            latest: None,
            changed: row.get("changed")?,
        })
    });
    let Some(mut reactions) = optional(found)? else { return Ok(None) };
    // Those that came first stay in front, so that equal counts do not change places.
    let mut query = db.prepare_cached(
        "SELECT emoji, count(*) AS count FROM reactions
          WHERE message_id = ?1 AND emoji IS NOT NULL
          GROUP BY emoji ORDER BY count DESC, min(changed) LIMIT ?2",
    )?;
    let counts = query.query_map((message, COUNTS_MAX), |row| {
        Ok(EmojiCount { emoji: row.get(0)?, count: row.get(1)? })
    })?;
    reactions.counts = counts.collect::<Result<_, _>>()?;
    reactions.latest = list_latest(db, message, Revision(i64::MAX), 1)?.pop();
    Ok(Some(reactions))
}

/// The reactions to a message before a revision, the latest first.
fn list_latest(
    db: &Connection,
    message: MessageId,
    before: Revision,
    limit: i64,
) -> Result<Vec<Reaction>> {
    let mut query = db.prepare_cached(
        "SELECT user_id, emoji, at, changed FROM reactions
          WHERE message_id = ?1 AND emoji IS NOT NULL AND changed < ?2
          ORDER BY changed DESC LIMIT ?3",
    )?;
    let rows = query.query_map((message, before, limit), Reaction::from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What somebody has reacted to a message with; without an emoji if they took it back, and `None` if
/// they never reacted.
pub(super) fn find_own(
    db: &Connection,
    message: MessageId,
    user: UserId,
) -> Result<Option<OwnReaction>> {
    let mut query = db.prepare_cached(
        "SELECT chat_id, emoji, at, changed FROM reactions WHERE message_id = ?1 AND user_id = ?2",
    )?;
    optional(query.query_row((message, user), |row| {
        Ok(OwnReaction {
            chat_id: row.get("chat_id")?,
            message_id: message,
            emoji: row.get("emoji")?,
            at: row.get("at")?,
            changed: row.get("changed")?,
        })
    }))
}

/// The reactions to those of `messages` that have or had any, and those of `user` among them.
pub(super) fn list(
    db: &Connection,
    messages: &[Message],
    user: UserId,
) -> Result<(Vec<Reactions>, Vec<OwnReaction>)> {
    let (mut all, mut own) = (Vec::new(), Vec::new());
    for message in messages {
        let Some(reactions) = find(db, message.id)? else { continue };
        all.push(reactions);
        own.extend(find_own(db, message.id, user)?);
    }
    Ok((all, own))
}

/// The latest reaction of `user`, or to a message of theirs, in a chat, if it came after the last
/// message. Those to messages that the user has hidden do not count.
pub(super) fn find_last(
    db: &Connection,
    user: UserId,
    view: &View,
    last_message: Option<&Message>,
) -> Result<Option<LastReaction>> {
    let Some(last_message) = last_message else { return Ok(None) };
    if view.membership.role == Role::Former {
        return Ok(None);
    }
    let mut latest: Option<(MessageId, Reaction)> = None;
    for sql in [
        "SELECT message_id, user_id, emoji, at, changed FROM reactions
          WHERE chat_id = ?1 AND sender_id = ?2 AND emoji IS NOT NULL AND changed > ?3
            AND NOT EXISTS (SELECT 1 FROM flags f
                             WHERE f.message_id = reactions.message_id AND f.user_id = ?2
                               AND f.hidden_at IS NOT NULL)
          ORDER BY changed DESC LIMIT 1",
        "SELECT message_id, user_id, emoji, at, changed FROM reactions
          WHERE chat_id = ?1 AND user_id = ?2 AND emoji IS NOT NULL AND changed > ?3
            AND NOT EXISTS (SELECT 1 FROM flags f
                             WHERE f.message_id = reactions.message_id AND f.user_id = ?2
                               AND f.hidden_at IS NOT NULL)
          ORDER BY changed DESC LIMIT 1",
    ] {
        let mut query = db.prepare_cached(sql)?;
        let found = query.query_row((view.membership.chat_id, user, last_message.id), |row| {
            Ok((row.get("message_id")?, Reaction::from_row(row)?))
        });
        let later = |(_, it): &(MessageId, Reaction)| {
            latest.as_ref().is_none_or(|(_, other)| it.changed > other.changed)
        };
        if let Some(found) = optional(found)?.filter(later) {
            latest = Some(found);
        }
    }
    let Some((message, reaction)) = latest else { return Ok(None) };
    let mut query =
        db.prepare_cached(concat!("SELECT ", message_columns!(), " FROM messages WHERE id = ?1"))?;
    let message = query.query_row((message,), Message::from_row)?;
    Ok(view.shows(message.seq).then_some(LastReaction { message, reaction }))
}

impl Store {
    /// The reactions to a message before a revision, the latest first, and whether there are more.
    pub(crate) async fn list_reactions(
        &self,
        (chat, message): (ChatId, MessageId),
        caller: UserId,
        before: Revision,
        limit: u32,
    ) -> Result<(Vec<Reaction>, bool)> {
        self.read_long(caller, move |db| {
            let membership = rules::may_enter(memberships::find(db, chat, caller)?)?;
            rules::must_be_current(&membership)?;
            find_visible(db, &membership, message, caller)?;
            // One more than asked for tells whether there are more.
            let mut reactions = list_latest(db, message, before, i64::from(limit) + 1)?;
            let more = reactions.len() > limit as usize;
            reactions.truncate(limit as usize);
            Ok((reactions, more))
        })
        .await
    }
}
