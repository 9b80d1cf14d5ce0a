//! Limits on guessing passwords: after some free tries, each further one has to wait, twice as long
//! as the one before.
//!
//! Tries are counted for the name and for the address. Where a name has signed in before, these
//! counts do not apply, because otherwise anyone could lock the owner of a name out: such a place
//! has a count of its own. A place is an address, or a browser that still has an earlier token.
//! The counts are in memory: a restart forgets them.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher,
    sync::{Mutex, MutexGuard},
    time::{Duration, Instant},
};

use super::place::{Key, Lane, Place};
use crate::{config::RateLimits, http::ClientAddress, types::SessionId};

/// The first wait, and the longest one.
const DELAY_MIN: Duration = Duration::from_secs(1);
const DELAY_MAX: Duration = Duration::from_mins(15);
/// Without tries, one is forgotten each time this has passed. Longer than the longest wait, so that
/// guessing at the pace of the waits gains nothing.
const FORGET_EVERY: Duration = Duration::from_mins(30);
/// The counts and the known places that are kept, about 8 MiB. When there are more, the smallest and
/// oldest ones go: a flood of names that are tried once cannot push out one that is under attack.
const ENTRIES_MAX: usize = 65_536;
/// A flood of refused requests is logged once in this time.
const LOG_EVERY: Duration = Duration::from_mins(1);

/// Who tries a password.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt<'a> {
    /// The key of the username.
    pub(crate) name: &'a str,
    pub(crate) address: Option<ClientAddress>,
    /// A session of this name that began with the right password.
    pub(crate) session: Option<SessionId>,
}

/// A try that may be made. It is counted as wrong until [`Guesses::succeeded`].
#[derive(Debug)]
#[must_use = "an admitted try is counted as wrong"]
pub(crate) struct Admission {
    /// Where its hashing waits.
    pub(crate) place: Place,
    counted: [Option<Key>; 2],
    known_place: Key,
}

/// A try that has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) retry_after: Duration,
    /// The name of the limit.
    pub(crate) limit: &'static str,
    /// Whether this has not been logged in the last minute.
    pub(crate) is_news: bool,
}

#[derive(Debug)]
pub(crate) struct Guesses {
    limits: RateLimits,
    hasher: RandomState,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    counts: HashMap<Key, Count>,
    /// The places where a name has signed in, and when it last did.
    known: HashMap<Key, Instant>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    tries: u32,
    last: Instant,
    logged: Option<Instant>,
}

impl Guesses {
    pub(crate) fn new(limits: RateLimits) -> Self {
        Self { limits, hasher: RandomState::new(), state: Mutex::default() }
    }

    /// Counts a sign-in, or says how long it has to wait.
    pub(crate) fn admit(&self, now: Instant, attempt: Attempt<'_>) -> Result<Admission, Refusal> {
        let name = self.hasher.hash_one(attempt.name);
        let address = attempt.address.map(ClientAddress::key);
        let known_place = Key::Place(name, address);
        let mut state = self.lock();
        let is_known = state.known.contains_key(&known_place);
        let (lane, share, counted) = match (attempt.session, address) {
            (Some(session), _) => {
                (Lane::Known, Key::Owner(name), [Some(Key::Session(session)), None])
            }
            (None, _) if is_known => (Lane::Known, known_place, [Some(known_place), None]),
            (None, Some(address)) => {
                let address = Key::Address(address);
                (Lane::Address, address, [Some(Key::Name(name)), Some(address)])
            }
            (None, None) => (Lane::Unknown, Key::Name(name), [Some(Key::Name(name)), None]),
        };
        self.check(&mut state, now, counted)?;
        let place = Place { lane, key: share, site: attempt.address.map(ClientAddress::site) };
        Ok(Admission { place, counted, known_place })
    }

    /// Counts a try of a signed-in user to name their current password. Only the tries of their
    /// session delay it, but it also counts for their name.
    pub(crate) fn admit_signed_in(
        &self,
        now: Instant,
        attempt: Attempt<'_>,
        session: SessionId,
    ) -> Result<Admission, Refusal> {
        let name = self.hasher.hash_one(attempt.name);
        let address = attempt.address.map(ClientAddress::key);
        let known_place = Key::Place(name, address);
        let (session, name_key) = (Key::Session(session), Key::Name(name));
        let mut state = self.lock();
        self.check(&mut state, now, [Some(session), None])?;
        if self.limits == RateLimits::On {
            state.count(now, name_key);
        }
        let site = attempt.address.map(ClientAddress::site);
        let place = Place { lane: Lane::Known, key: Key::Owner(name), site };
        Ok(Admission { place, counted: [Some(session), Some(name_key)], known_place })
    }

    /// Where the hashing of a registration waits.
    pub(crate) fn place_of_registration(&self, attempt: Attempt<'_>) -> Place {
        let address = attempt.address.map(ClientAddress::key);
        let of_name = || Key::Name(self.hasher.hash_one(attempt.name));
        let key = address.map_or_else(of_name, Key::Address);
        let site = attempt.address.map(ClientAddress::site);
        Place { lane: Lane::Registration, key, site }
    }

    /// The password was right: takes the try back and remembers the place.
    pub(crate) fn succeeded(&self, now: Instant, admission: &Admission) {
        let mut state = self.lock();
        for key in admission.counted.into_iter().flatten() {
            match key {
                // The right password clears the count: its owner may have mistyped it before.
                Key::Place(..) | Key::Session(_) => drop(state.counts.remove(&key)),
                // An attacker with an account of their own must not clear the count of an address.
                _ => state.take_back(key),
            }
        }
        state.remember(now, admission.known_place);
    }

    /// The try was not made.
    pub(crate) fn withdrawn(&self, admission: &Admission) {
        let mut state = self.lock();
        admission.counted.into_iter().flatten().for_each(|key| state.take_back(key));
    }

    /// Somebody made an account of this name and so knows its password.
    pub(crate) fn registered(&self, now: Instant, attempt: Attempt<'_>) {
        let name = self.hasher.hash_one(attempt.name);
        let place = Key::Place(name, attempt.address.map(ClientAddress::key));
        self.lock().remember(now, place);
    }

    fn check(
        &self,
        state: &mut State,
        now: Instant,
        keys: [Option<Key>; 2],
    ) -> Result<(), Refusal> {
        if self.limits == RateLimits::Off {
            return Ok(());
        }
        let keys = keys.into_iter().flatten();
        let waits = keys.clone().filter_map(|key| Some((state.wait(now, key)?, key)));
        if let Some((retry_after, key)) = waits.max_by_key(|(wait, _)| *wait) {
            let count = state.counts.get_mut(&key).expect("what has to wait was counted");
            let is_news = count.logged.is_none_or(|at| now.duration_since(at) >= LOG_EVERY);
            if is_news {
                count.logged = Some(now);
            }
            return Err(Refusal { retry_after, limit: key.limit(), is_news });
        }
        keys.for_each(|key| state.count(now, key));
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic while holding the counts")
    }
}

impl State {
    /// How long the next try has to wait, if it has to.
    fn wait(&self, now: Instant, key: Key) -> Option<Duration> {
        let count = self.counts.get(&key)?;
        let beyond = count.tries.checked_sub(key.free_tries())?;
        let delay = DELAY_MIN.saturating_mul(1 << beyond.min(16)).min(DELAY_MAX);
        (count.last + delay).checked_duration_since(now).filter(|wait| !wait.is_zero())
    }

    fn count(&mut self, now: Instant, key: Key) {
        if self.counts.len() >= ENTRIES_MAX && !self.counts.contains_key(&key) {
            self.counts.retain(|_, count| count.left(now) > 0);
            keep_upper_half(&mut self.counts, |count| (count.tries, count.last));
        }
        let none = Count { tries: 0, last: now, logged: None };
        let count = self.counts.entry(key).or_insert(none);
        count.tries = count.left(now).saturating_add(1);
        count.last = now;
    }

    fn take_back(&mut self, key: Key) {
        if let Some(count) = self.counts.get_mut(&key) {
            count.tries = count.tries.saturating_sub(1);
            if count.tries == 0 {
                self.counts.remove(&key);
            }
        }
    }

    fn remember(&mut self, now: Instant, place: Key) {
        if self.known.len() >= ENTRIES_MAX && !self.known.contains_key(&place) {
            keep_upper_half(&mut self.known, |at| *at);
        }
        self.known.insert(place, now);
    }
}

impl Count {
    /// The tries that are not forgotten yet.
    fn left(&self, now: Instant) -> u32 {
        let passed = now.saturating_duration_since(self.last).as_secs();
        let forgotten = u32::try_from(passed / FORGET_EVERY.as_secs()).unwrap_or(u32::MAX);
        self.tries.saturating_sub(forgotten)
    }
}

/// Drops the lower half of a map that is nearly full, so that this is needed rarely.
fn keep_upper_half<V, O: Ord + Copy>(map: &mut HashMap<Key, V>, order: impl Fn(&V) -> O) {
    if map.len() < ENTRIES_MAX / 4 * 3 {
        return;
    }
    let mut all: Vec<(O, Key)> = map.iter().map(|(key, value)| (order(value), *key)).collect();
    let middle = all.len() / 2;
    let (lower, _, _) = all.select_nth_unstable_by_key(middle, |(order, _)| *order);
    for (_, key) in lower {
        map.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn from<'a>(name: &'a str, address: &str) -> Attempt<'a> {
        let address = address.parse().ok().map(ClientAddress::from_ip);
        Attempt { name, address, session: None }
    }

    fn with_session(name: &str, session: i64) -> Attempt<'_> {
        Attempt { name, address: None, session: Some(SessionId(session)) }
    }

    /// The wait of each of these tries, all of them wrong, each made as soon as it may be.
    fn guess(guesses: &Guesses, now: &mut Instant, attempt: Attempt<'_>, tries: u32) -> Vec<u64> {
        let waits = (0..tries).map(|_| match guesses.admit(*now, attempt) {
            Ok(_) => 0,
            Err(refusal) => {
                *now += refusal.retry_after;
                let _ = guesses.admit(*now, attempt).unwrap();
                refusal.retry_after.as_secs()
            }
        });
        waits.collect()
    }

    #[test]
    fn guesses_wait_longer_and_longer() {
        for place in ["192.0.2.1", ""] {
            let (guesses, mut now) = (Guesses::new(RateLimits::On), Instant::now());
            let waits = guess(&guesses, &mut now, from("alice", place), 25);
            assert_eq!(waits[..10], [0; 10]);
            assert_eq!(
                waits[10..],
                [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900]
            );
        }
    }

    #[test]
    fn many_guesses_at_once_are_not_cheaper() {
        let (guesses, now) = (Guesses::new(RateLimits::On), Instant::now());
        let admitted = (0..1_000).filter(|_| guesses.admit(now, from("alice", "")).is_ok());
        assert_eq!(admitted.count(), 10);
    }

    #[test]
    fn an_address_may_try_few_names_and_a_name_from_few_addresses() {
        let (guesses, now) = (Guesses::new(RateLimits::On), Instant::now());
        let names: Vec<_> = (0..100).map(|n| n.to_string()).collect();
        let admitted =
            names.iter().filter(|name| guesses.admit(now, from(name, "192.0.2.1")).is_ok());
        assert_eq!(admitted.count(), 20);
        let addresses: Vec<_> = (0..100).map(|n| format!("198.51.100.{n}")).collect();
        let admitted = addresses.iter().filter(|at| guesses.admit(now, from("alice", at)).is_ok());
        assert_eq!(admitted.count(), 10);
        // One network of IPv6 is one address.
        let addresses: Vec<_> = (0..100).map(|n| format!("2001:db8::{n}")).collect();
        let admitted = addresses.iter().zip(&names);
        let admitted = admitted.filter(|(at, name)| guesses.admit(now, from(name, at)).is_ok());
        assert_eq!(admitted.count(), 20);
    }

    #[test]
    fn networks_of_one_site_share_what_may_wait_and_take_turns_of_their_own() {
        let (guesses, now) = (Guesses::new(RateLimits::On), Instant::now());
        let places = ["2001:db8:1:1::1", "2001:db8:1:2::1", "2001:db8:2:1::1"].map(|at| {
            let attempt = from("alice", at);
            let sign_in = guesses.admit(now, attempt).unwrap().place;
            (sign_in, guesses.place_of_registration(attempt))
        });
        for [one, near, far] in [places.map(|(it, _)| it), places.map(|(_, it)| it)] {
            assert_eq!(one.site, near.site);
            assert_ne!(one.site, far.site);
            assert_ne!(one.key, near.key);
        }
    }

    #[test]
    fn the_owner_of_a_name_under_attack_gets_in_where_they_were_before() {
        let (guesses, mut now) = (Guesses::new(RateLimits::On), Instant::now());
        let home = from("alice", "192.0.2.1");
        let first = guesses.admit(now, home).unwrap();
        guesses.succeeded(now, &first);
        guess(&guesses, &mut now, from("alice", "198.51.100.7"), 30);
        assert!(guesses.admit(now, from("alice", "203.0.113.5")).is_err(), "a new place waits");
        let here = guesses.admit(now, home).unwrap();
        assert_eq!(here.place.lane, Lane::Known);
        guesses.succeeded(now, &here);
        // A browser with an earlier token is known at any address.
        let there = guesses.admit(now, with_session("alice", 7)).unwrap();
        assert_eq!(there.place.lane, Lane::Known);
        // A known place has its own count: it is no way to guess either.
        let waits = guess(&guesses, &mut now, home, 12);
        assert_eq!(waits[..10], [0; 10]);
        assert_eq!(waits[10..], [1, 2]);
        let waits = guess(&guesses, &mut now, with_session("alice", 7), 11);
        assert_eq!(waits[8..], [0, 1, 2], "one was counted above");
    }

    #[test]
    fn the_owner_gets_in_where_somebody_else_guesses_other_names() {
        let (guesses, mut now) = (Guesses::new(RateLimits::On), Instant::now());
        guesses.registered(now, from("alice", "192.0.2.1"));
        guess(&guesses, &mut now, from("bob", "192.0.2.1"), 25);
        assert!(guesses.admit(now, from("carol", "192.0.2.1")).is_err());
        assert!(guesses.admit(now, from("alice", "192.0.2.1")).is_ok());
    }

    #[test]
    fn an_account_of_their_own_clears_no_count_of_an_attacker() {
        let (guesses, now) = (Guesses::new(RateLimits::On), Instant::now());
        let mut admitted = 0;
        for n in 0..100 {
            let own = guesses.admit(now, from("mallory", "192.0.2.1"));
            own.map(|own| guesses.succeeded(now, &own)).ok();
            let name = n.to_string();
            admitted += u32::from(guesses.admit(now, from(&name, "192.0.2.1")).is_ok());
        }
        assert_eq!(admitted, 20);
    }

    #[test]
    fn a_stolen_token_guesses_no_faster_and_the_guesses_count_for_the_name() {
        let (guesses, mut now) = (Guesses::new(RateLimits::On), Instant::now());
        let attempt = from("alice", "192.0.2.1");
        let try_it = |now| guesses.admit_signed_in(now, attempt, SessionId(7));
        assert_eq!((0..100).filter(|_| try_it(now).is_ok()).count(), 10);
        assert!(guesses.admit(now, with_session("alice", 7)).is_err(), "not by signing in either");
        assert!(guesses.admit(now, from("alice", "198.51.100.7")).is_err(), "the name has to wait");
        assert!(
            guesses.admit_signed_in(now, attempt, SessionId(8)).is_ok(),
            "other devices do not"
        );
        now += SECOND;
        let right = try_it(now).unwrap();
        guesses.succeeded(now, &right);
        assert!(
            (0..10).all(|_| try_it(now).is_ok()),
            "a right password clears the session's count"
        );
    }

    #[test]
    fn tries_are_forgotten_and_those_not_made_are_not_counted() {
        let (guesses, mut now) = (Guesses::new(RateLimits::On), Instant::now());
        let attempt = from("alice", "192.0.2.1");
        guess(&guesses, &mut now, attempt, 15);
        now += FORGET_EVERY * 15;
        assert_eq!(guess(&guesses, &mut now, attempt, 10), [0; 10]);
        now += FORGET_EVERY * 25;
        for _ in 0..100 {
            guesses.withdrawn(&guesses.admit(now, attempt).unwrap());
        }
    }

    #[test]
    fn a_flood_is_logged_once_a_minute() {
        let (guesses, mut now) = (Guesses::new(RateLimits::On), Instant::now());
        let attempt = from("alice", "");
        let news = |now| guesses.admit(now, attempt).err().map(|refusal| refusal.is_news);
        guess(&guesses, &mut now, attempt, 10);
        assert_eq!(news(now), Some(true));
        assert_eq!(news(now), Some(false));
        guess(&guesses, &mut now, attempt, 8);
        assert_eq!(news(now), Some(true), "two minutes later");
        assert_eq!(news(now), Some(false));
    }

    #[test]
    fn memory_has_a_bound_and_a_name_under_attack_stays_counted() {
        let (guesses, now) = (Guesses::new(RateLimits::On), Instant::now());
        while guesses.admit(now, from("alice", "")).is_ok() {}
        for n in 0..3 * ENTRIES_MAX {
            let name = n.to_string();
            let _ = guesses.admit(now, from(&name, "")).unwrap();
            guesses.registered(now, from(&name, ""));
        }
        let state = guesses.lock();
        assert!(state.counts.len() <= ENTRIES_MAX && state.known.len() <= ENTRIES_MAX);
        drop(state);
        assert!(guesses.admit(now, from("alice", "")).is_err());
    }

    #[test]
    fn without_limits_every_try_is_admitted() {
        let (guesses, now) = (Guesses::new(RateLimits::Off), Instant::now());
        assert!((0..1_000).all(|_| guesses.admit(now, from("alice", "192.0.2.1")).is_ok()));
        let alice = from("alice", "192.0.2.1");
        assert!((0..1_000).all(|_| guesses.admit_signed_in(now, alice, SessionId(7)).is_ok()));
    }
}
