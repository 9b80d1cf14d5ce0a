//! Why sessions have ended. A device that comes back with an old token is told the reason.
//!
//! The reasons are in memory only; after a restart they are unknown. Only the holder of a token that
//! this server signed can ask for one.

use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{error::SignOut, model::Change, types::SessionId};

/// The number of endings to keep, about 250 KB; the oldest are dropped first. A user has at most 100
/// sessions, so this is enough for the password changes of at least 100 users.
const KEPT_MAX: usize = 10_000;

/// The sessions that ended for another reason than a sign-out.
#[derive(Debug, Default)]
pub(crate) struct Endings {
    kept: Mutex<VecDeque<(SessionId, SignOut)>>,
    /// Whether the server has started. Sessions that end before that ended in an earlier run.
    is_started: AtomicBool,
    /// Whether the start ended sessions because a backup was restored. Which ones is not known.
    is_restored: AtomicBool,
}

impl Endings {
    /// Notes what a committed change ends. Called before the connections of the sessions close.
    pub(crate) fn note(&self, change: &Change) {
        let Change::SessionsEnded { sessions, why, .. } = change else { return };
        if !self.is_started.load(Ordering::Relaxed) {
            self.is_restored.store(true, Ordering::Relaxed);
        }
        if *why == SignOut::Ended {
            return;
        }
        let mut kept = self.kept.lock().expect("no panic while holding this lock");
        kept.extend(sessions.iter().map(|session| (*session, *why)));
        let surplus = kept.len().saturating_sub(KEPT_MAX);
        kept.drain(..surplus);
    }

    /// Notes that the store is open: sessions that end from now on end for another reason.
    pub(crate) fn note_started(&self) {
        self.is_started.store(true, Ordering::Relaxed);
    }

    /// The reason why the session of a signed token has ended.
    pub(crate) fn why(&self, session: SessionId) -> SignOut {
        let kept = self.kept.lock().expect("no panic while holding this lock");
        match kept.iter().rev().find(|(ended, _)| *ended == session) {
            Some((_, why)) => *why,
            None if self.is_restored.load(Ordering::Relaxed) => SignOut::Restored,
            None => SignOut::Ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::UserId;

    fn end(endings: &Endings, sessions: impl IntoIterator<Item = i64>, why: SignOut) {
        let sessions = sessions.into_iter().map(SessionId).collect();
        endings.note(&Change::SessionsEnded { user_id: UserId(1), sessions, why });
    }

    #[test]
    fn the_newest_endings_are_known() {
        let endings = Endings::default();
        endings.note_started();
        end(&endings, [1], SignOut::Ended);
        end(&endings, [2, 3], SignOut::PasswordChanged);
        assert_eq!(endings.why(SessionId(1)), SignOut::Ended);
        assert_eq!(endings.why(SessionId(3)), SignOut::PasswordChanged);
        end(&endings, 4..=10_003, SignOut::Crowded);
        assert_eq!(endings.why(SessionId(3)), SignOut::Ended, "forgotten");
        assert_eq!(endings.why(SessionId(4)), SignOut::Crowded);
        assert_eq!(endings.kept.lock().unwrap().len(), KEPT_MAX);
    }

    #[test]
    fn a_start_that_ends_sessions_follows_a_restored_backup() {
        let endings = Endings::default();
        end(&endings, [1], SignOut::Ended);
        endings.note_started();
        assert_eq!(endings.why(SessionId(1)), SignOut::Restored);
        assert_eq!(endings.why(SessionId(2)), SignOut::Restored, "younger than the backup");
        end(&endings, [3], SignOut::PasswordChanged);
        assert_eq!(endings.why(SessionId(3)), SignOut::PasswordChanged);
    }
}
