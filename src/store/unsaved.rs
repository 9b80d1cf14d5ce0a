//! Sessions that have ended while the database could not be written.
//!
//! They count as ended at once. They leave the database after the next change that it takes.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use super::lock;
use crate::types::{SessionId, UserId};

/// Those that are still in the database. At most as many as it holds.
#[derive(Debug, Default)]
pub(super) struct Unsaved {
    sessions: Mutex<HashMap<SessionId, Unwritten>>,
    /// Whether there are any. Every request asks, so this spares the lock.
    is_any: AtomicBool,
}

#[derive(Debug)]
struct Unwritten {
    user: UserId,
    /// Whether the command that ends it waits for the writer.
    is_submitted: bool,
}

impl Unsaved {
    pub(super) fn add(&self, user: UserId, session: SessionId) {
        let mut sessions = lock(&self.sessions);
        sessions.insert(session, Unwritten { user, is_submitted: false });
        self.is_any.store(true, Ordering::Release);
    }

    pub(super) fn contains(&self, session: SessionId) -> bool {
        self.is_any.load(Ordering::Acquire) && lock(&self.sessions).contains_key(&session)
    }

    /// Those to submit. Each is given out once, until it [`Unsaved::failed`].
    pub(super) fn take(&self) -> Vec<(UserId, SessionId)> {
        if !self.is_any.load(Ordering::Acquire) {
            return Vec::new();
        }
        let mut sessions = lock(&self.sessions);
        let waiting = sessions.iter_mut().filter(|(_, it)| !it.is_submitted);
        let taken = waiting.map(|(session, it)| {
            it.is_submitted = true;
            (it.user, *session)
        });
        taken.collect()
    }

    pub(super) fn failed(&self, session: SessionId) {
        if let Some(unwritten) = lock(&self.sessions).get_mut(&session) {
            unwritten.is_submitted = false;
        }
    }

    /// Forgets one that the database does not hold any more.
    pub(super) fn saved(&self, session: SessionId) {
        let mut sessions = lock(&self.sessions);
        sessions.remove(&session);
        self.is_any.store(!sessions.is_empty(), Ordering::Release);
    }
}
