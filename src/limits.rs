//! What one user and one address may ask for: rates, and how much at one time.
//!
//! `limits/rates.rs` is the table of all limits. A [`Budget`] is what one user or one address has
//! left. A connection looks its budget up once and keeps it, so a limit costs one atomic number
//! per frame or request.
//!
//! Nothing here is stored: after a restart everybody has their whole budget again. With
//! `--rate-limits off` there are no budgets at all. `limits/connections.rs` is about open files and
//! applies always.

mod budget;
mod connections;
mod meter;
mod rates;

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, OnceLock},
    time::Duration,
};

pub(crate) use self::{
    budget::{Budget, Held, Owner},
    connections::{Connections, OpenConnection, RESERVED_LIFE},
    rates::{Act, Place, places_of_user},
};
use crate::{
    config::RateLimits,
    error::Result,
    http::{AddressKey, ClientAddress},
    model::Caller,
    types::{SessionId, UserId},
};

/// Budgets unused for this long are dropped. Every budget is full again after this time.
pub(crate) const UNUSED_MAX: Duration = Duration::from_mins(10);
/// Budgets in one map, under 1 KiB each. Beyond this, newcomers share one until the next sweep.
const BUDGETS_MAX: usize = 50_000;

/// The budgets of everybody who was here lately.
#[derive(Debug)]
pub(crate) struct Limits {
    mode: RateLimits,
    users: Budgets<UserId>,
    /// The budgets in `users` by session, to refuse a request before the database is asked whose
    /// session it is.
    sessions: Budgets<SessionId>,
    addresses: Budgets<AddressKey>,
}

#[derive(Debug)]
struct Budgets<K> {
    known: Mutex<HashMap<K, Arc<Budget>>>,
    /// What newcomers share when there are too many to tell apart.
    shared: OnceLock<Arc<Budget>>,
}

impl Limits {
    /// Full budgets for everybody, or none at all.
    pub(crate) fn new(mode: RateLimits) -> Self {
        let (users, sessions) = (Budgets::default(), Budgets::default());
        Self { mode, users, sessions, addresses: Budgets::default() }
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
    }

    fn is_on(&self) -> bool {
        self.mode == RateLimits::On
    }
}

impl<K> Default for Budgets<K> {
    fn default() -> Self {
        Self { known: Mutex::default(), shared: OnceLock::new() }
    }
}

impl<K: Copy + Eq + Hash> Budgets<K> {
    fn find(&self, key: K) -> Option<Arc<Budget>> {
        self.known().get(&key).cloned()
    }

    fn get(&self, key: K, make: impl FnOnce() -> Budget) -> Arc<Budget> {
        let mut known = self.known();
        if let Some(budget) = known.get(&key) {
            budget.touch();
            return Arc::clone(budget);
        }
        if known.len() >= BUDGETS_MAX {
            drop_unused(&mut known);
        }
        if known.len() >= BUDGETS_MAX {
            return Arc::clone(self.shared.get_or_init(|| Arc::new(make())));
        }
        Arc::clone(known.entry(key).or_insert_with(|| Arc::new(make())))
    }

    fn put(&self, key: K, budget: &Arc<Budget>) {
        let mut known = self.known();
        if known.len() < BUDGETS_MAX || known.contains_key(&key) {
            known.entry(key).or_insert_with(|| Arc::clone(budget));
        }
    }

    fn sweep(&self) {
        drop_unused(&mut self.known());
    }

    fn known(&self) -> MutexGuard<'_, HashMap<K, Arc<Budget>>> {
        self.known.lock().expect("nothing panics while it holds the budgets")
    }
}

fn drop_unused<K>(known: &mut HashMap<K, Arc<Budget>>) {
    known.retain(|_, budget| !budget.is_unused());
}
