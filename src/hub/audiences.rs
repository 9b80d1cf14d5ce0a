//! Who hears of changes in a chat, kept in memory, so that a typing notice needs no query.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

use crate::{model::Audience, types::ChatId};

/// Chats that are remembered. Beyond this all are forgotten.
const CHATS_MAX: usize = 10_000;

/// A cache of audiences. Read one from the store between [`Audiences::generation`] and
/// [`Audiences::put`]: if members changed meanwhile, it is not kept.
#[derive(Debug, Default)]
pub(super) struct Audiences(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    chats: HashMap<ChatId, Audience>,
    generation: u64,
}

impl Audiences {
    pub(super) fn get(&self, chat: ChatId) -> Option<Audience> {
        self.known().chats.get(&chat).cloned()
    }

    /// How often members have changed so far.
    pub(super) fn generation(&self) -> u64 {
        self.known().generation
    }

    pub(super) fn put(&self, chat: ChatId, audience: Audience, generation: u64) {
        let mut known = self.known();
        if known.generation == generation {
            if known.chats.len() >= CHATS_MAX {
                known.chats.clear();
            }
            known.chats.insert(chat, audience);
        }
    }

    /// The members of a chat have changed.
    pub(super) fn forget(&self, chat: ChatId) {
        let mut known = self.known();
        known.generation += 1;
        known.chats.remove(&chat);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().expect("nothing panics while it holds the audiences")
    }
}
