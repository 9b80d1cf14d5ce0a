//! Editing a message, and deleting it for everyone.
//!
//! Both change the message's row and give it a new revision. Those who see the message are sent the
//! row, and devices that are away get it when they catch up.

use rusqlite::Connection;

use super::{
    batch::Batch,
    cache::CachedChat,
    command::{Apply, By, DeleteMessage, EditMessage},
    messages::{mentions_json, message_columns},
    preferences,
    sql::optional,
    views::is_hidden,
};
use crate::{
    error::{Error, Result},
    model::{Audience, ChatKind, Membership, Mentions, Message, Row},
    rules,
    types::{ChatId, MessageId, Seq, UserId},
};

impl Apply for EditMessage {
    type Outcome = Message;

    fn bytes(&self) -> usize {
        self.content.as_str().len()
    }

    /// Replaces the text. The same text again changes nothing.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Message> {
        let (chat, membership) = batch.enter(self.chat, by.actor)?;
        let before = find_visible(batch.db, &membership, self.message, by.actor)?;
        let asked = (by.actor, self.sent_after);
        let is_note = is_note(&chat.audience);
        rules::may_edit(chat.who_may_write, &membership, &before, asked, is_note)?;
        let content = self.content.as_str();
        if before.content == content {
            return Ok(before);
        }
        let (bytes, bytes_before) = (content.len(), before.content.len());
        if bytes > bytes_before {
            batch.check_quota(by.actor, bytes - bytes_before)?;
        }
        let mentions = match chat.kind {
            ChatKind::Group => rules::find_mentions(content, &chat.audience, &membership),
            ChatKind::Direct => Mentions::default(),
        };
        let message = Message {
            content: content.to_owned(),
            mentions: mentions.user_ids,
            mentions_all: mentions.all,
            edited_at: Some(by.at),
            changed: batch.next_revision(),
            ..before
        };
        batch.update_message(&message, chat)?;
        batch.count_stored(by.actor, bytes, bytes_before)?;
        Ok(message)
    }
}

impl Apply for DeleteMessage {
    type Outcome = Message;

    /// Leaves a message without words, so that `seq` has no hole. Its `cid` stays: a retry of the send
    /// must not send it again.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Message> {
        let (chat, membership) = batch.enter(self.chat, by.actor)?;
        let before = find_visible(batch.db, &membership, self.message, by.actor)?;
        let asked = (by.actor, self.sent_after);
        rules::may_delete(&membership, &before, asked, is_note(&chat.audience))?;
        if before.deleted_at.is_some() {
            return Ok(before);
        }
        let (sender, bytes) = (before.sender_id, before.content.len());
        let message = Message {
            content: String::new(),
            reply_to: None,
            mentions: Box::default(),
            mentions_all: false,
            forwarded: 0,
            edited_at: None,
            deleted_at: Some(by.at),
            changed: batch.next_revision(),
            ..before
        };
        batch.update_message(&message, chat)?;
        batch.remove_reactions(message.id)?;
        batch.remove_stars(message.id)?;
        batch.remove_pin(message.id)?;
        batch.end_edit_of(&message)?;
        batch.count_stored(sender, 0, bytes)?;
        Ok(message)
    }
}

impl Batch<'_> {
    /// Writes a changed message and publishes it to those who see it.
    fn update_message(&mut self, message: &Message, chat: CachedChat) -> Result<()> {
        self.db
            .prepare_cached(
                "UPDATE messages
                    SET content = ?2, reply_to = ?3, edited_at = ?4, deleted_at = ?5, changed = ?6,
                        mentions = ?7, mentions_all = ?8, forwarded = ?9
                  WHERE id = ?1",
            )?
            .execute((
                message.id,
                &message.content,
                message.reply_to,
                message.edited_at,
                message.deleted_at,
                message.changed,
                mentions_json(message),
                message.mentions_all,
                message.forwarded,
            ))?;
        self.has_erased = true;
        let viewers = viewers(self.db, message.chat_id, message.seq, chat.audience)?;
        self.publish(Row::Message(message.clone()), viewers);
        Ok(())
    }
}

/// Whether a chat is somebody's notes to self.
fn is_note(audience: &Audience) -> bool {
    matches!(audience, Audience::Pair(low, high) if low == high)
}

/// A message that a member of its chat sees. One that has expired is gone for everyone.
pub(super) fn find_visible(
    db: &Connection,
    membership: &Membership,
    id: MessageId,
    user: UserId,
) -> Result<Message> {
    let message = find_seen(db, membership, id, user)?;
    if is_hidden(db, id, user)? { Err(Error::NotFound("message")) } else { Ok(message) }
}

/// The same, or one that the member has hidden.
pub(super) fn find_seen(
    db: &Connection,
    membership: &Membership,
    id: MessageId,
    user: UserId,
) -> Result<Message> {
    let chat = membership.chat_id;
    let preferences = preferences::find(db, chat, user)?;
    let (cleared, _) = preferences::cleared(preferences.as_ref());
    let mut query = db.prepare_cached(concat!(
        "SELECT ",
        message_columns!(),
        " FROM messages WHERE id = ?1 AND chat_id = ?2"
    ))?;
    let found = optional(query.query_row((id, chat), Message::from_row))?;
    let is_seen = |message: &Message| {
        !message.expired && rules::may_see_message(membership, cleared, message.seq)
    };
    found.filter(is_seen).ok_or(Error::NotFound("message"))
}

/// Who sees a message of a chat. In a group these are not its members of today: former members see
/// the messages of their stays, and newcomers may not see what came before theirs.
pub(super) fn viewers(
    db: &Connection,
    chat: ChatId,
    seq: Seq,
    members: Audience,
) -> Result<Audience> {
    let cleared = |user: UserId| -> Result<bool> {
        let preferences = preferences::find(db, chat, user)?;
        Ok(preferences::cleared(preferences.as_ref()).0 >= seq)
    };
    let Audience::Members(current) = members else {
        let Audience::Pair(low, high) = members else { return Ok(members) };
        return Ok(match (cleared(low)?, cleared(high)?) {
            (false, false) => members,
            (false, true) => Audience::User(low),
            (true, false) => Audience::User(high),
            (true, true) => Audience::Members([].into()),
        });
    };
    let mut query = db.prepare_cached(
        "SELECT user_id FROM stays s
          WHERE chat_id = ?1 AND from_seq <= ?2 AND (to_seq IS NULL OR to_seq >= ?2)
            AND NOT EXISTS (SELECT 1 FROM preferences p
                             WHERE p.chat_id = ?1 AND p.user_id = s.user_id AND p.cleared_seq >= ?2)
          ORDER BY user_id",
    )?;
    let viewers = query.query_map((chat, seq), |row| row.get(0))?;
    let viewers: Vec<UserId> = viewers.collect::<Result<_, _>>()?;
    // The list of the current members is shared by the changes that hold it.
    if *viewers == *current {
        return Ok(Audience::Members(current));
    }
    Ok(Audience::Members(viewers.into()))
}

/// Those of the members of today who see a message.
pub(super) fn current_viewers(
    db: &Connection,
    chat: ChatId,
    seq: Seq,
    members: Audience,
) -> Result<Audience> {
    let current = members.clone();
    Ok(match viewers(db, chat, seq, members)? {
        Audience::Members(all) if !all.iter().all(|user| current.includes(*user)) => {
            Audience::Members(all.iter().copied().filter(|user| current.includes(*user)).collect())
        }
        audience => audience,
    })
}
