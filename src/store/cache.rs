//! What the writer knows of chats without asking the database.
//!
//! The cache is right because its thread is the only writer. Changes are noted, so that those of a
//! command or a batch that is rolled back can be undone; what other commands use stays.

use std::collections::{BTreeSet, HashMap};

use crate::{
    model::{Audience, ChatKind, Permission},
    types::{ChatId, Seq, Timer, UserId},
};

/// Chats kept in memory, about 200 bytes each. Beyond this the cache is emptied.
const CHATS_MAX: usize = 100_000;

/// Users whose storage is kept in memory. Beyond this they are forgotten.
const USERS_MAX: usize = 100_000;

/// The part of a chat that a send needs.
#[derive(Clone, Debug)]
pub(super) struct CachedChat {
    pub(super) kind: ChatKind,
    pub(super) who_may_write: Permission,
    pub(super) who_may_change: Permission,
    pub(super) expire_after: Option<Timer>,
    /// Everybody who hears of changes in the chat.
    pub(super) audience: Audience,
    pub(super) last_seq: Seq,
    /// Of a group whose members have read something since it was loaded.
    pub(super) lowest: Option<Lowest>,
}

/// The lowest marks of a group's current members, and how many members have them. While somebody
/// has one, the marks of others need not be looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lowest {
    pub(super) delivered: (Seq, usize),
    pub(super) read: (Seq, usize),
}

/// Chats by id, and direct chats by their people.
#[derive(Debug, Default)]
pub(super) struct Cache {
    chats: HashMap<ChatId, CachedChat>,
    pairs: HashMap<(UserId, UserId), ChatId>,
    /// How many bytes users have stored.
    stored: HashMap<UserId, i64>,
    /// Whose number has changed in this batch.
    stored_changed: BTreeSet<UserId>,
    undo: Vec<Undo>,
}

/// How to take back one change of the cache.
#[derive(Debug)]
enum Undo {
    Chat(ChatId, Option<CachedChat>),
    LastSeq(ChatId, Seq),
    Lowest(ChatId, Option<Lowest>),
    Pair((UserId, UserId)),
    Stored(UserId, i64),
}

impl Cache {
    pub(super) fn chat(&self, id: ChatId) -> Option<&CachedChat> {
        self.chats.get(&id)
    }

    /// The direct chat of two people, the smaller id first.
    pub(super) fn pair(&self, pair: (UserId, UserId)) -> Option<ChatId> {
        self.pairs.get(&pair).copied()
    }

    pub(super) fn put_chat(&mut self, id: ChatId, chat: CachedChat) {
        let before = self.chats.insert(id, chat);
        self.undo.push(Undo::Chat(id, before));
    }

    pub(super) fn put_pair(&mut self, pair: (UserId, UserId), id: ChatId) {
        if self.pairs.insert(pair, id).is_none() {
            self.undo.push(Undo::Pair(pair));
        }
    }

    /// The last message of a chat now has this `seq`.
    pub(super) fn set_last_seq(&mut self, id: ChatId, seq: Seq) {
        if let Some(chat) = self.chats.get_mut(&id) {
            self.undo.push(Undo::LastSeq(id, chat.last_seq));
            chat.last_seq = seq;
        }
    }

    /// The lowest marks of a group have moved, or fewer members have them.
    pub(super) fn set_lowest(&mut self, id: ChatId, lowest: Lowest) {
        if let Some(chat) = self.chats.get_mut(&id) {
            self.undo.push(Undo::Lowest(id, chat.lowest.replace(lowest)));
        }
    }

    /// Forgets a chat, because its row or its members change.
    pub(super) fn remove_chat(&mut self, id: ChatId) {
        if let Some(before) = self.chats.remove(&id) {
            self.undo.push(Undo::Chat(id, Some(before)));
        }
    }

    /// How many bytes a user has stored, if that is known.
    pub(super) fn stored(&self, user: UserId) -> Option<i64> {
        self.stored.get(&user).copied()
    }

    /// Notes what the database says.
    pub(super) fn put_stored(&mut self, user: UserId, bytes: i64) {
        self.stored.insert(user, bytes);
    }

    /// A user has stored more, or less.
    pub(super) fn set_stored(&mut self, user: UserId, bytes: i64) {
        let before = self.stored.insert(user, bytes).unwrap_or_default();
        self.undo.push(Undo::Stored(user, before));
        self.stored_changed.insert(user);
    }

    /// The users whose number was changed by this batch, with it.
    pub(super) fn changed_stored(&self) -> impl Iterator<Item = (UserId, i64)> {
        self.stored_changed.iter().filter_map(|user| Some((*user, self.stored(*user)?)))
    }

    /// How much has been noted so far; see [`Cache::undo_to`].
    pub(super) fn mark(&self) -> usize {
        self.undo.len()
    }

    /// Takes back all changes since `mark`, the last one first.
    pub(super) fn undo_to(&mut self, mark: usize) {
        for undo in self.undo.drain(mark..).rev() {
            match undo {
                Undo::Chat(id, Some(before)) => drop(self.chats.insert(id, before)),
                Undo::Chat(id, None) => drop(self.chats.remove(&id)),
                Undo::LastSeq(id, before) => {
                    if let Some(chat) = self.chats.get_mut(&id) {
                        chat.last_seq = before;
                    }
                }
                Undo::Lowest(id, before) => {
                    if let Some(chat) = self.chats.get_mut(&id) {
                        chat.lowest = before;
                    }
                }
                Undo::Pair(pair) => drop(self.pairs.remove(&pair)),
                Undo::Stored(user, before) => drop(self.stored.insert(user, before)),
            }
        }
    }

    /// The changes so far are committed.
    pub(super) fn keep(&mut self) {
        self.undo.clear();
        self.stored_changed.clear();
        if self.stored.len() >= USERS_MAX {
            self.stored.clear();
        }
        if self.chats.len() >= CHATS_MAX {
            self.chats.clear();
            self.pairs.clear();
        }
    }
}
