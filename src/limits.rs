//! What one user and one address may ask for: rates, and how much at one time.
//!
//! `limits/rates.rs` is the table of all limits. A [`Budget`] is what one user or one address has
//! left. A connection looks its budget up once and keeps it, so a limit costs one atomic number
//! per frame or request. `limits/added.rs` is about people whom others put into groups.
//!
//! Nothing here is stored: after a restart everybody has their whole budget again. With
//! `--rate-limits off` there are no budgets at all. `limits/connections.rs` is about open files and
//! applies always.

mod added;
mod budget;
mod connections;
mod meter;
mod rates;

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, OnceLock},
    time::{Duration, Instant},
};

use self::added::Added;
pub(crate) use self::{
    budget::{Budget, Held, Owner},
    connections::{Connections, OpenConnection, RESERVED_LIFE},
    rates::{Act, Place, places_of_user},
};
use crate::{
    config::RateLimits,
    error::{Error, Result},
    http::{AddressKey, ClientAddress},
    model::{Caller, Newcomer},
    types::{SessionId, UserId},
};

/// Budgets unused for this long are dropped. Every budget is full again after this time.
const UNUSED_MAX: Duration = Duration::from_hours(1);
/// How often unused budgets are dropped.
pub(crate) const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// The number of budgets in one map, each below 1 KiB, or 2 KiB of an address. When the map is
/// full, the budgets that were unused the longest are dropped: an attacker with so many addresses mainly
/// drops their own. If all are in use, new addresses share one.
const BUDGETS_MAX: usize = 50_000;
/// The shortest time between two such removals, because each looks at all budgets.
const ROOM_EVERY: Duration = Duration::from_secs(1);

/// The budgets of all recent users and addresses.
#[derive(Debug)]
pub(crate) struct Limits {
    mode: RateLimits,
    users: Budgets<UserId>,
    /// The budgets in `users` by session, to refuse a request before the database is asked whose
    /// session it is.
    sessions: Budgets<SessionId>,
    addresses: Budgets<AddressKey>,
    /// How often each person may still be put into groups.
    added: Added,
}

#[derive(Debug)]
struct Budgets<K> {
    known: Mutex<Known<K>>,
    /// What newcomers share when there are too many to tell apart.
    shared: OnceLock<Arc<Budget>>,
}

#[derive(Debug)]
struct Known<K> {
    budgets: HashMap<K, Arc<Budget>>,
    /// When room was last made.
    made_room: Option<Instant>,
}

impl Limits {
    /// Full budgets for everybody, or none at all.
    pub(crate) fn new(mode: RateLimits) -> Self {
        let (users, sessions) = (Budgets::default(), Budgets::default());
        let added = Added::new(rates::ADDED);
        Self { mode, users, sessions, addresses: Budgets::default(), added }
    }

    /// The budget of a user. `None` if there are no limits.
    pub(crate) fn of_user(&self, caller: &Caller) -> Option<Arc<Budget>> {
        self.is_on().then(|| {
            let user = caller.user_id;
            let budget = self
                .users
                .get(user, || Budget::new(Owner::User(user, caller.username.as_str().into())));
            self.sessions.put(caller.session_id, &budget);
            budget
        })
    }

    /// The budget of an address. `None` if there are no limits, or the address is unknown.
    pub(crate) fn of_address(&self, address: Option<ClientAddress>) -> Option<Arc<Budget>> {
        let address = address.filter(|_| self.is_on())?;
        Some(self.addresses.get(address.key(), || Budget::new(Owner::Address(address))))
    }

    /// Counts that `adder` puts these people into a group.
    ///
    /// # Errors
    /// [`Error::TooMany`] `added_too_often` if one of them was added too often. Those before that
    /// person in the list are counted all the same.
    pub(crate) fn take_added(&self, adder: &Caller, newcomers: &[Newcomer]) -> Result<()> {
        let Some(budget) = self.of_user(adder) else { return Ok(()) };
        for Newcomer { user_id, knows_adder } in newcomers {
            let known_adder = knows_adder.then_some(adder.user_id);
            let Err(retry_after) = self.added.take(*user_id, known_adder) else { continue };
            budget.log("added_people");
            let reason = "one of these people was added to many groups in a short time; \
                          send them an invite link, or try again later";
            return Err(Error::TooMany { code: "added_too_often", reason, retry_after });
        }
        Ok(())
    }

    /// Refuses what a user may not do at the moment, as far as it is known without the database.
    /// It takes nothing from the budget: the session may have ended.
    pub(crate) async fn foresee(&self, session: SessionId, act: Act) -> Result<()> {
        let Some(budget) = self.sessions.find(session) else { return Ok(()) };
        budget.foresee(act).await
    }

    /// Drops the budgets that were not used for [`UNUSED_MAX`].
    pub(crate) fn sweep(&self) {
        self.users.sweep();
        self.sessions.sweep();
        self.addresses.sweep();
        self.added.sweep();
    }

    /// Whether there are limits at all.
    pub(crate) fn is_on(&self) -> bool {
        self.mode == RateLimits::On
    }
}

impl<K> Default for Budgets<K> {
    fn default() -> Self {
        let known = Known { budgets: HashMap::new(), made_room: None };
        Self { known: Mutex::new(known), shared: OnceLock::new() }
    }
}

impl<K: Copy + Eq + Hash> Budgets<K> {
    fn find(&self, key: K) -> Option<Arc<Budget>> {
        self.known().budgets.get(&key).cloned()
    }

    fn get(&self, key: K, make: impl FnOnce() -> Budget) -> Arc<Budget> {
        let mut known = self.known();
        if let Some(budget) = known.budgets.get(&key) {
            budget.touch();
            return Arc::clone(budget);
        }
        if !known.has_room() {
            return Arc::clone(self.shared.get_or_init(|| Arc::new(make())));
        }
        Arc::clone(known.budgets.entry(key).or_insert_with(|| Arc::new(make())))
    }

    fn put(&self, key: K, budget: &Arc<Budget>) {
        let mut known = self.known();
        if known.budgets.contains_key(&key) || known.has_room() {
            known.budgets.entry(key).or_insert_with(|| Arc::clone(budget));
        }
    }

    fn sweep(&self) {
        self.known().drop_unused();
    }

    fn known(&self) -> MutexGuard<'_, Known<K>> {
        self.known.lock().expect("nothing panics while it holds the budgets")
    }
}

impl<K: Copy + Eq + Hash> Known<K> {
    /// Whether there is room for one more. Makes some if not.
    fn has_room(&mut self) -> bool {
        let is_due = self.made_room.is_none_or(|at| at.elapsed() >= ROOM_EVERY);
        if self.budgets.len() >= BUDGETS_MAX && is_due {
            self.drop_unused();
            self.drop_least_used();
            self.made_room = Some(Instant::now());
        }
        self.budgets.len() < BUDGETS_MAX
    }

    fn drop_unused(&mut self) {
        self.budgets.retain(|_, budget| !budget.is_unused());
        // After a flood the map is nearly empty.
        self.budgets.shrink_to(self.budgets.len() * 2);
    }

    /// Drops half of the idle budgets: those that were unused the longest.
    fn drop_least_used(&mut self) {
        if self.budgets.len() < BUDGETS_MAX / 2 {
            return;
        }
        let idle = self.budgets.iter().filter_map(|(key, it)| Some((it.idle_since()?, *key)));
        let mut idle: Vec<_> = idle.collect();
        let middle = idle.len() / 2;
        if middle == 0 {
            return;
        }
        let (oldest, _, _) = idle.select_nth_unstable_by_key(middle, |(since, _)| *since);
        for (_, key) in oldest {
            self.budgets.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget() -> Budget {
        Budget::new(Owner::User(UserId(1), "alice".into()))
    }

    #[test]
    fn a_budget_that_is_dropped_was_full() {
        for rate in budget::ACTS_ALL.into_iter().flat_map(rates::all_of) {
            assert!(rate.period * rate.burst <= UNUSED_MAX, "{rate:?}");
        }
    }

    #[test]
    fn a_crowd_of_newcomers_pushes_out_those_who_left_and_nobody_who_is_here() {
        let budgets = Budgets::default();
        let here = budgets.get(0, budget);
        let held = here.hold(Place::Socket);
        for key in 1..BUDGETS_MAX {
            budgets.get(key, budget);
        }
        let newcomer = budgets.get(BUDGETS_MAX, budget);
        assert!(budgets.find(BUDGETS_MAX).is_some(), "a budget of their own");
        assert!(Arc::ptr_eq(&newcomer, &budgets.find(BUDGETS_MAX).unwrap()));
        assert!(Arc::ptr_eq(&here, &budgets.get(0, budget)), "still the same");
        assert!(budgets.known().budgets.len() <= BUDGETS_MAX / 2 + 2);
        drop(held);
    }

    #[test]
    fn where_all_are_here_newcomers_share_a_budget_and_cost_little() {
        let budgets = Budgets::default();
        let held: Vec<_> =
            (0..BUDGETS_MAX).map(|key| budgets.get(key, budget).hold(Place::Socket)).collect();
        let began = Instant::now();
        let newcomers: Vec<_> = (0..2_000).map(|n| budgets.get(BUDGETS_MAX + n, budget)).collect();
        assert!(newcomers.iter().all(|it| Arc::ptr_eq(it, &newcomers[0])));
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        drop(held);
    }
}
