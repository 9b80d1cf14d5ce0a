//! How often other people put one person into groups.
//!
//! Each group is a chat that the person did not ask for, and many accounts can make many groups.
//! All strangers together share one rate for each person. Somebody to whom the person has written has a
//! rate of their own, so strangers cannot use it up. Joining by an invite link is the person's own
//! act, so it is not counted.

use std::time::Duration;

use governor::{
    RateLimiter, clock::Clock, middleware::NoOpMiddleware, nanos::Nanos,
    state::keyed::HashMapStateStore,
};

use super::{meter::SinceStart, rates::Rate};
use crate::types::UserId;

/// The person who is added, and who adds them if that is not a stranger.
type Key = (UserId, Option<UserId>);

/// How often each person may still be added. A key whose rate is full again is dropped, so the map
/// holds those who were added lately: in the last six minutes, or often.
#[derive(Debug)]
pub(super) struct Added(
    RateLimiter<Key, HashMapStateStore<Key>, SinceStart, NoOpMiddleware<Nanos>>,
);

impl Added {
    /// Nobody was added yet.
    pub(super) fn new(rate: Rate) -> Self {
        Self(RateLimiter::new(rate.quota(), HashMapStateStore::default(), SinceStart))
    }

    /// Counts that `user` is added, by `known_adder` or by a stranger; or says how long to wait.
    pub(super) fn take(&self, user: UserId, known_adder: Option<UserId>) -> Result<(), Duration> {
        let taken = self.0.check_key(&(user, known_adder));
        taken.map_err(|until| until.wait_time_from(SinceStart.now()))
    }

    /// Drops the keys whose rate is full again.
    pub(super) fn sweep(&self) {
        self.0.retain_recent();
        self.0.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: UserId = UserId(1);
    const BOB: UserId = UserId(2);
    const CAROL: UserId = UserId(3);

    #[test]
    fn strangers_share_a_rate_and_each_acquaintance_has_their_own() {
        let added = Added::new(Rate { burst: 3, period: Duration::from_hours(1) });
        let count = |by| (0..10).filter(|_| added.take(ALICE, by).is_ok()).count();
        assert_eq!(count(None), 3);
        assert_eq!([count(Some(BOB)), count(Some(CAROL))], [3, 3]);
        let wait = added.take(ALICE, None).unwrap_err();
        assert!(wait > Duration::from_mins(59) && wait <= Duration::from_hours(1), "{wait:?}");
        assert_eq!(added.take(BOB, None), Ok(()), "other people are not affected");
    }

    #[test]
    fn only_full_rates_are_dropped() {
        let added = Added::new(Rate { burst: 1, period: Duration::from_hours(1) });
        added.take(ALICE, None).unwrap();
        added.sweep();
        assert!(added.take(ALICE, None).is_err());
        let brief = Added::new(Rate { burst: 1, period: Duration::from_nanos(1) });
        brief.take(ALICE, None).unwrap();
        while brief.take(BOB, None).is_err() {}
        brief.sweep();
        assert!(brief.0.len() <= 1, "of {ALICE:?} nothing is kept");
    }
}
