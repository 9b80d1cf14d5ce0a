//! The first contract: every frame of a client is a message to a person. Messages that were not
//! delivered come at connect, in order, once.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use tokio_tungstenite::tungstenite::Message;

use super::{Ending, Socket, unserved};
use crate::{
    actions,
    error::Result,
    hub::Delivery,
    model::{Posted, Target},
    types::{ChatId, MessageId, Seq},
    wire::{self, Dialect, Misread, Names},
};

/// What a v1 connection was sent. It cannot confirm, so what was written counts as delivered.
#[derive(Default)]
pub(super) struct Unconfirmed {
    /// Written, but not yet noted by the store.
    written: BTreeMap<ChatId, Seq>,
    /// Sent at connect, and committed so late that the live message may still follow.
    replayed: BTreeSet<MessageId>,
}

impl Unconfirmed {
    /// Drops live messages that were sent at connect already. Live messages come in the order of
    /// their ids, so the first one beyond those ends the check.
    pub(super) fn filter_replayed(&mut self, mut frames: VecDeque<Delivery>) -> VecDeque<Delivery> {
        if self.replayed.is_empty() {
            return frames;
        }
        frames.retain(|delivery| {
            delivery.message.is_none_or(|(_, _, id)| !self.replayed.contains(&id))
        });
        let last = frames.iter().filter_map(|delivery| delivery.message).next_back();
        if last.is_some_and(|(_, _, id)| self.replayed.iter().all(|replayed| *replayed < id)) {
            self.replayed = BTreeSet::new();
        }
        frames
    }

    /// Notes what was written to the socket.
    pub(super) fn note_written(&mut self, frames: &VecDeque<Delivery>) {
        for (chat, seq, _) in frames.iter().filter_map(|delivery| delivery.message) {
            self.note(chat, seq);
        }
    }

    fn note(&mut self, chat: ChatId, seq: Seq) {
        let last = self.written.entry(chat).or_default();
        *last = seq.max(*last);
    }
}

impl Socket {
    /// Sends what no device of the user has confirmed.
    pub(super) async fn start_v1(&mut self) -> Result<(), Ending> {
        let session = self.connection.session_id;
        let found = self.app.store.find_caller(session).await.map_err(|error| unserved(&error))?;
        found.ok_or(super::SIGNED_OUT)?;
        // What an earlier connection was sent may still be on its way into the store: wait for it.
        // Everything up to the returned revision has been published and does not come again.
        let published = self.app.store.wait_for_writes().await;
        let published = published.map_err(|error| unserved(&error))?;
        self.connection.make_ready();
        // Everything beyond this revision comes live.
        let (user, through) = (self.connection.user_id, self.app.store.revision());
        let waiting = self.app.store.find_undelivered(user, through).await;
        let mut waiting = waiting.map_err(|error| unserved(&error))?;
        while !waiting.is_empty() {
            let mut share = self.reply_share().await?;
            let page = self.app.store.list_undelivered(waiting).await;
            let (page, rest) = page.map_err(|error| unserved(&error))?;
            waiting = rest;
            let late = page.iter().map(|message| message.id).filter(|id| id.0 > published.0);
            self.v1.replayed.extend(late);
            let frames: Vec<_> =
                page.iter().map(|it| Message::text(wire::encode_v1_message(it, user))).collect();
            share.shrink(frames.iter().map(Message::len).sum());
            self.write(frames.into_iter()).await?;
            drop(share);
            // Nothing is read meanwhile, and a client that takes page after page is alive.
            self.connection.note_heard();
            for message in &page {
                self.v1.note(message.chat_id, message.seq);
            }
            self.confirm_v1();
        }
        Ok(())
    }

    /// Reads a frame of a v1 client. Whatever it holds, the socket lives on.
    pub(super) fn read_v1(&mut self, text: &str) {
        let message = match wire::decode_v1(text) {
            Ok(message) => message,
            Err(Misread { error, names }) => {
                self.refuse(&error, &names);
                return self.penalize();
            }
        };
        let names = Names { cid: message.cid, reference: None };
        if !self.may_send(message.content.len(), &names) {
            return;
        }
        let (sender, target, names_then) = (self.connection.user_id, message.target, names.clone());
        let (asker, hub) = (self.owe(), Arc::clone(&self.app.hub));
        let answer = move |outcome: Result<Posted>| {
            asker.answer(match outcome {
                Ok(posted) => {
                    let online = matches!(target, Target::User(user) if hub.is_online(user));
                    wire::encode_v1_ack(&posted, online)
                }
                Err(error) => wire::encode_error(Dialect::V1, error.logged(), &names_then),
            });
            asker.end();
        };
        let origin = Some(self.connection.id);
        let submitted = actions::messages::submit(&self.app, sender, message, origin, answer);
        self.settle(submitted, &names, text.len());
    }

    /// Tells the store what was written. What it is too busy for waits for the next time.
    pub(super) fn confirm_v1(&mut self) {
        let (app, user) = (&self.app, self.connection.user_id);
        self.v1.written.retain(|chat, seq| {
            let log = |outcome: Result<()>| {
                if let Err(error) = outcome {
                    error.logged();
                }
            };
            actions::receipts::submit(app, user, *chat, (*seq, Seq(0)), log).is_err()
        });
    }
}
