//! Event lines: what happened in a chat, as messages with their own `seq`. They do not expire.
//!
//! A line is written in the transaction of the change that it tells, and its sender is who did it.

use super::{
    batch::Batch,
    command::{By, ROW_BYTES},
};
use crate::{
    error::Result,
    model::{Audience, Event, Message, Row},
    types::{ChatId, Cid, MessageId, UserId},
};

/// What a line counts, beside the ids that it lists.
pub(super) const LINE_BYTES: usize = ROW_BYTES;

impl Batch<'_> {
    /// Writes what the actor did as the next message of a chat. Their marks pass it, as they pass
    /// a message of theirs.
    pub(super) fn note_event(
        &mut self,
        chat: ChatId,
        by: By,
        event: Event,
        audience: Audience,
    ) -> Result<()> {
        self.note_named_event(chat, by, event, None, audience)
    }

    /// The same with a `cid`, which the actor must not have used before.
    pub(super) fn note_named_event(
        &mut self,
        chat: ChatId,
        by: By,
        event: Event,
        cid: Option<Cid>,
        audience: Audience,
    ) -> Result<()> {
        let message = self.write_line(chat, by, event, cid)?;
        let seq = message.seq;
        self.publish(Row::Message(message), audience);
        let kind = self.chat(chat)?.kind;
        self.note_own_message(kind, chat, by, seq)
    }

    /// Writes what happened to `user` without their doing. Their marks stay.
    pub(super) fn note_event_of(
        &mut self,
        chat: ChatId,
        (user, by): (UserId, By),
        event: Event,
    ) -> Result<()> {
        let message = self.write_line(chat, By { actor: user, ..by }, event, None)?;
        let audience = self.chat(chat)?.audience;
        self.publish(Row::Message(message), audience);
        Ok(())
    }

    fn write_line(
        &mut self,
        chat: ChatId,
        by: By,
        event: Event,
        cid: Option<Cid>,
    ) -> Result<Message> {
        let seq = self.chat(chat)?.last_seq.next();
        let revision = self.next_revision();
        let message = Message {
            id: MessageId(revision.0),
            chat_id: chat,
            seq,
            sender_id: by.actor,
            content: String::new(),
            cid,
            reply_to: None,
            created_at: by.at,
            edited_at: None,
            deleted_at: None,
            changed: revision,
            event: Some(Box::new(event)),
            mentions: Box::default(),
            mentions_all: false,
            forwarded: 0,
            expires_at: None,
            expired: false,
        };
        if !self.insert_message(&message)? {
            return Err(super::messages::cid_conflict());
        }
        self.cache.set_last_seq(chat, seq);
        Ok(message)
    }
}
