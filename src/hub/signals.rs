//! The bus: what connections learn that is no row.
//!
//! On one machine a signal goes straight to the connections here. With several, a node would also
//! pass it on to the others, so a signal is complete and needs no answer. It may be lost.

use std::time::Instant;

use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{Close, Hub, People, queue::Key, typists::Told};
use crate::{
    model::Audience,
    types::{ChatId, Millis, SessionId, UserId},
    wire::{self, ServerFrame},
};

/// Something that has just happened.
#[derive(Clone, Debug)]
pub(crate) enum Signal {
    /// Somebody came online or went offline.
    Presence { user_id: UserId, online: bool, last_seen: Option<Millis> },
    /// Somebody types in a chat, or has stopped.
    Typing { audience: Audience, chat_id: ChatId, user_id: UserId, on: bool },
    /// Somebody lets others see when they are online, or no longer does.
    LastSeen { user_id: UserId, shown: bool },
    /// Sessions have ended: their connections must close.
    SessionsEnded { user_id: UserId, sessions: Vec<SessionId> },
}

impl Hub {
    /// Passes a signal to everybody whom it concerns.
    pub(crate) fn signal(&self, signal: &Signal) {
        self.people().receive(signal);
    }
}

impl People {
    /// Does here what a signal means.
    pub(super) fn receive(&mut self, signal: &Signal) {
        match signal {
            Signal::Presence { user_id, online, last_seen } => {
                self.tell_presence(*user_id, *online, *last_seen);
            }
            Signal::Typing { audience, chat_id, user_id, on } => {
                let (chat_id, user_id, on) = (*chat_id, *user_id, *on);
                if matches!(audience, Audience::Members(_)) {
                    let told = self.typists.note(audience, chat_id, user_id, on, Instant::now());
                    if let Some(told) = told {
                        self.tell_typists(&told);
                    }
                } else {
                    self.tell_typing(audience, chat_id, user_id, on);
                }
            }
            Signal::LastSeen { user_id, shown } => self.show(*user_id, *shown),
            Signal::SessionsEnded { user_id, sessions } => {
                let theirs = self.connections.get(user_id).into_iter().flatten();
                theirs
                    .filter(|connection| sessions.contains(&connection.session_id))
                    .for_each(|connection| connection.close(Close::SignedOut));
            }
        }
    }

    fn tell_presence(&self, user_id: UserId, online: bool, last_seen: Option<Millis>) {
        let frame = wire::encode(&ServerFrame::Presence { user_id, online, last_seen });
        let frame = Utf8Bytes::from(frame);
        self.subscribers
            .of(user_id)
            .filter(|connection| connection.user_id != user_id)
            .filter(|connection| self.is_seen(connection.user_id, user_id))
            .for_each(|connection| connection.tell(&frame, Key::Presence(user_id)));
    }

    fn tell_typing(&self, audience: &Audience, chat_id: ChatId, user_id: UserId, on: bool) {
        let frame = Utf8Bytes::from(wire::encode(&ServerFrame::Typing { chat_id, user_id, on }));
        audience.for_each(|user| {
            if user != user_id {
                let theirs = self.connections.get(&user).into_iter().flatten();
                let key = Key::Typing(chat_id, user_id);
                theirs.for_each(|connection| connection.tell(&frame, key));
            }
        });
    }

    /// Tells the members of a group who types now.
    pub(super) fn tell_typists(&self, told: &Told) {
        let Told { audience, chat_id, user_ids, only } = told;
        let frame = wire::encode(&ServerFrame::Typists { chat_id: *chat_id, user_ids });
        let frame = Utf8Bytes::from(frame);
        audience.for_each(|user| {
            if Some(user) != *only {
                let theirs = self.connections.get(&user).into_iter().flatten();
                theirs.for_each(|connection| connection.tell(&frame, Key::Typists(*chat_id)));
            }
        });
    }

    /// For others, somebody who begins to hide goes offline at this moment, and somebody who shows
    /// themselves again comes online if they are.
    fn show(&mut self, user: UserId, shown: bool) {
        if shown && self.hidden.remove(&user) {
            if self.is_online(user) {
                self.tell_presence(user, true, None);
            }
        } else if !shown && !self.hidden.contains(&user) {
            self.tell_presence(user, false, None);
            self.hidden.insert(user);
        }
    }
}
