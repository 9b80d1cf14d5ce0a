//! Messages: sending them exactly once.

use rusqlite::Row as SqlRow;

use super::{
    batch::Batch,
    cache::CachedChat,
    command::{Apply, By, SendMessage},
    quota,
    sql::{self, optional},
    views::is_hidden,
};
use crate::{
    error::{Error, Result},
    model::{ChatKind, Event, Membership, Mentions, Message, NewMessage, Posted, Row, Target},
    rules,
    types::{ChatId, Cid, MessageId, Revision, Seq, UserId},
};

/// The columns of a [`Message`].
macro_rules! message_columns {
    () => {
        "id, chat_id, seq, sender_id, cid, content, reply_to, created_at, edited_at, deleted_at, \
         changed, event, mentions, mentions_all, forwarded, expires_at, expired"
    };
}
pub(super) use message_columns;

impl Message {
    pub(super) fn from_row(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            chat_id: row.get("chat_id")?,
            seq: row.get("seq")?,
            sender_id: row.get("sender_id")?,
            content: row.get("content")?,
            cid: row.get("cid")?,
            reply_to: row.get("reply_to")?,
            created_at: row.get("created_at")?,
            edited_at: row.get("edited_at")?,
            deleted_at: row.get("deleted_at")?,
            changed: row.get("changed")?,
            event: row.get::<_, Option<Event>>("event")?.map(Box::new),
            mentions: sql::ids_from_json(row, "mentions")?,
            mentions_all: row.get("mentions_all")?,
            forwarded: row.get("forwarded")?,
            expires_at: row.get("expires_at")?,
            expired: row.get("expired")?,
        })
    }
}

impl Posted {
    /// The answer to a message that was just stored.
    fn of(message: &Message) -> Self {
        Self {
            cid: message.cid,
            id: message.id,
            chat_id: message.chat_id,
            seq: message.seq,
            created_at: message.created_at,
            changed: message.changed,
            mentions: message.mentions.clone(),
            mentions_all: message.mentions_all,
            forwarded: message.forwarded,
            expires_at: message.expires_at,
            dup: false,
        }
    }
}

impl Apply for SendMessage {
    type Outcome = Posted;

    fn bytes(&self) -> usize {
        quota::bytes_of_message(self.message.content.as_str())
    }

    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Posted> {
        self.post(batch, by, self.bytes())
    }
}

impl SendMessage {
    /// Stores a message as the next of its chat. A `cid` that the sender has used before gets the
    /// answer of the first time. `uncounted`: how many of its bytes the quota does not hold yet.
    pub(super) fn post(&self, batch: &mut Batch<'_>, by: By, uncounted: usize) -> Result<Posted> {
        let NewMessage { target, ref content, cid, reply_to, forward_of } = self.message;
        let bytes = quota::bytes_of_message(content.as_str());
        let quota = batch.check_quota(by.actor, uncounted);
        batch.unless_retried(quota, cid, by)?;
        let forwarded = match forward_of {
            Some(source) => batch.unless_retried(batch.count_forwards(source, by), cid, by)?,
            None => 0,
        };
        let chat_id = match target {
            Target::Chat(id) => id,
            Target::User(recipient) => batch.chat_to_write_to(&self.message, recipient, by)?,
        };
        let (chat, membership) = batch.enter(chat_id, by.actor)?;
        batch.unless_retried(rules::may_write(chat.who_may_write, &membership), cid, by)?;
        if let Some(message) = reply_to {
            batch.unless_retried(batch.check_reply(&membership, message, by.actor), cid, by)?;
        }
        let mentions = match chat.kind {
            ChatKind::Group => rules::find_mentions(content.as_str(), &chat.audience, &membership),
            ChatKind::Direct => Mentions::default(),
        };
        let revision = batch.next_revision();
        let message = Message {
            id: MessageId(revision.0),
            chat_id,
            seq: chat.last_seq.next(),
            sender_id: by.actor,
            content: content.as_str().to_owned(),
            cid,
            reply_to,
            created_at: by.at,
            edited_at: None,
            deleted_at: None,
            changed: revision,
            event: None,
            mentions: mentions.user_ids,
            mentions_all: mentions.all,
            forwarded,
            expires_at: chat.expire_after.map(|timer| by.clock().after(timer.duration())),
            expired: false,
        };
        if !batch.insert_message(&message)? {
            batch.give_back(revision);
            return batch.posted_before(&message);
        }
        batch.count_stored(by.actor, bytes, 0)?;
        batch.cache.set_last_seq(chat_id, message.seq);
        let posted = Posted::of(&message);
        let CachedChat { kind, audience, .. } = chat;
        batch.publish(Row::Message(message), audience);
        batch.note_own_message(kind, chat_id, by, posted.seq)?;
        Ok(posted)
    }
}

impl Batch<'_> {
    /// The direct chat for a message to `recipient`. Makes it if the two have none, but not for a
    /// message that will be refused.
    fn chat_to_write_to(
        &mut self,
        message: &NewMessage,
        recipient: UserId,
        by: By,
    ) -> Result<ChatId> {
        let pair = (by.actor.min(recipient), by.actor.max(recipient));
        if let Some(id) = self.find_direct_chat(pair)? {
            return Ok(id);
        }
        if !self.has_user(recipient)? {
            return Err(Error::NotFound("user"));
        }
        if message.reply_to.is_some() {
            return Err(Error::NotFound("message"));
        }
        if let Some(cid) = message.cid
            && self.is_known(cid, by.actor)?
        {
            return Err(cid_conflict());
        }
        self.create_direct_chat(pair, by)
    }

    /// The outcome of a check for a new message. A retry gets its answer even if the check fails now,
    /// because it stores nothing.
    fn unless_retried<T: Default>(
        &self,
        checked: Result<T>,
        cid: Option<Cid>,
        by: By,
    ) -> Result<T> {
        match (checked, cid) {
            (Err(_), Some(cid)) if self.is_known(cid, by.actor)? => Ok(T::default()),
            (checked, _) => checked,
        }
    }

    /// Whether the sender has used a `cid` before.
    pub(super) fn is_known(&self, cid: Cid, sender: UserId) -> Result<bool> {
        let mut query =
            self.db.prepare_cached("SELECT 1 FROM messages WHERE cid = ?1 AND sender_id = ?2")?;
        Ok(query.exists((cid, sender))?)
    }

    /// `false` when the sender's `cid` is known already.
    pub(super) fn insert_message(&mut self, message: &Message) -> Result<bool> {
        let inserted = self
            .db
            .prepare_cached(
                "INSERT INTO messages
                   (id, chat_id, seq, sender_id, cid, content, reply_to, created_at, changed, event,
                    mentions, mentions_all, forwarded, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                 ON CONFLICT (cid, sender_id) WHERE cid IS NOT NULL DO NOTHING",
            )?
            .execute((
                message.id,
                message.chat_id,
                message.seq,
                message.sender_id,
                message.cid,
                &message.content,
                message.reply_to,
                message.created_at,
                message.changed,
                message.event.as_deref(),
                mentions_json(message),
                message.mentions_all,
                message.forwarded,
                message.expires_at,
            ))?;
        Ok(inserted == 1)
    }

    fn posted_before(&mut self, again: &Message) -> Result<Posted> {
        let (first, before, has_changed) = self
            .db
            .prepare_cached(
                "SELECT id, chat_id, seq, cid, content, reply_to, created_at, changed, mentions,
                        mentions_all, forwarded, expires_at, expired
                   FROM messages WHERE cid = ?1 AND sender_id = ?2",
            )?
            .query_row((again.cid, again.sender_id), |row| {
                let posted = Posted {
                    cid: row.get::<_, Option<Cid>>("cid")?,
                    id: row.get("id")?,
                    chat_id: row.get("chat_id")?,
                    seq: row.get("seq")?,
                    created_at: row.get("created_at")?,
                    // As of the first time: the sender may not have what was changed since.
                    changed: Revision(row.get("id")?),
                    mentions: sql::ids_from_json(row, "mentions")?,
                    mentions_all: row.get("mentions_all")?,
                    forwarded: row.get("forwarded")?,
                    expires_at: row.get("expires_at")?,
                    dup: true,
                };
                let before = (row.get("content")?, row.get("reply_to")?);
                let has_changed = row.get::<_, Revision>("changed")? != posted.changed;
                Ok((posted, before, has_changed || row.get("expired")?))
            })?;
        // A message that was changed or has expired keeps its cid; only an unchanged one can be
        // compared.
        let before: (String, Option<MessageId>) = before;
        let is_unchanged = !has_changed;
        let differs = before.0 != again.content || before.1 != again.reply_to;
        if first.chat_id != again.chat_id || (is_unchanged && differs) {
            return Err(cid_conflict());
        }
        Ok(first)
    }

    /// A reply quotes a message that its writer has seen. Event lines are not answered.
    pub(super) fn check_reply(
        &self,
        membership: &Membership,
        message: MessageId,
        writer: UserId,
    ) -> Result<()> {
        let mut query = self.db.prepare_cached(
            "SELECT seq FROM messages WHERE id = ?1 AND chat_id = ?2 AND event IS NULL",
        )?;
        let seq = optional(query.query_row((message, membership.chat_id), |row| row.get(0)))?;
        let is_seen = seq.is_some_and(|seq| rules::may_see_message(membership, Seq(0), seq));
        if is_seen && !is_hidden(self.db, message, writer)? {
            return Ok(());
        }
        Err(Error::NotFound("message"))
    }
}

/// `mentions` as it is stored: the index of mentions holds the messages in which it is not NULL.
pub(super) fn mentions_json(message: &Message) -> Option<String> {
    let mentions_somebody = message.mentions_all || !message.mentions.is_empty();
    mentions_somebody.then(|| sql::ids_to_json(&message.mentions))
}

pub(super) fn cid_conflict() -> Error {
    Error::Conflict {
        code: "cid_conflict",
        reason: "this cid was used for another message; use a new one for each message",
    }
}
