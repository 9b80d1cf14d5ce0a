//! What one user or one address may still do.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{
    UNUSED_MAX,
    meter::{Meter, SinceStart},
    rates::{self, ACTS, Act, PLACES, Place, Rate},
};
use crate::{
    error::{BUSY_RETRY_AFTER, Error, Result},
    http::ClientAddress,
    security::{self, Who},
    types::UserId,
};

/// How long the answer to a refused request, and the next frame after a refused one, waits once
/// too many were refused.
pub(crate) const PENALTY: Duration = Duration::from_secs(1);
/// How often the log tells of the same user or address.
const LOG_EVERY: Duration = Duration::from_mins(1);

pub(super) const ACTS_ALL: [Act; ACTS] = [
    Act::Read,
    Act::Picture,
    Act::Write,
    Act::Profile,
    Act::Group,
    Act::Newcomer,
    Act::Upload,
    Act::Wait,
    Act::Page,
    Act::SignIn,
    Act::Register,
    Act::Message,
    Act::MessageByte,
    Act::Connect,
    Act::Hello,
    Act::Subscribe,
    Act::Receipt,
    Act::Typing,
    Act::Ping,
    Act::Refused,
];

/// Whose budget it is.
#[derive(Clone, Debug)]
pub(crate) enum Owner {
    User(UserId, Box<str>),
    Address(ClientAddress),
}

/// A meter for each act that has a limit.
type Meters = [Option<Meter>; ACTS];

/// What a user or an address has left of each rate, and what they have running.
#[derive(Debug)]
pub(crate) struct Budget {
    owner: Owner,
    meters: Meters,
    /// Of an address: what its users have left together. Made when one of them does something.
    together: OnceLock<Box<Meters>>,
    /// Until when each act would be refused, in nanoseconds; see [`Budget::foresee`].
    refused_until: [AtomicU64; ACTS],
    places: [AtomicU32; PLACES],
    /// When it was last used and last logged, in nanoseconds.
    used: AtomicU64,
    logged: AtomicU64,
}

/// Something that is running. Dropping it frees its place.
#[derive(Debug)]
pub(crate) struct Held {
    budget: Arc<Budget>,
    place: Place,
}

impl Budget {
    /// A full one.
    pub(super) fn new(owner: Owner) -> Self {
        let rate = match &owner {
            Owner::User(..) => rates::of_user,
            Owner::Address(_) => rates::of_address,
        };
        Self {
            owner,
            meters: meters(rate),
            together: OnceLock::new(),
            refused_until: [const { AtomicU64::new(0) }; ACTS],
            places: [const { AtomicU32::new(0) }; PLACES],
            used: AtomicU64::new(SinceStart::nanos()),
            logged: AtomicU64::new(0),
        }
    }

    /// Takes one of an act from the budget.
    ///
    /// # Errors
    /// [`Error::TooMany`] `rate_limited`, and nothing is taken.
    pub(crate) fn take(&self, act: Act) -> Result<()> {
        self.take_many(act, 1)
    }

    /// Takes several of an act, all or none; see [`Budget::take`].
    pub(crate) fn take_many(&self, act: Act, count: usize) -> Result<()> {
        let Some(meter) = &self.meters[act as usize] else { return Ok(()) };
        let Err(wait) = meter.take(number(count)) else { return Ok(()) };
        let until = SinceStart::nanos().saturating_add(nanos(wait));
        self.refused_until[act as usize].store(until, Ordering::Relaxed);
        self.log(act.name());
        Err(rate_limited(wait))
    }

    /// Takes a message and its text.
    pub(crate) fn take_message(&self, bytes: usize) -> Result<()> {
        // The bytes first: where they are refused, a message of few bytes may still pass.
        self.take_many(Act::MessageByte, bytes)?;
        self.take(Act::Message)
    }

    /// Takes several of an act from what the signed-in users of this address may do together. Take
    /// it from the user's own budget first: one who does too much then takes nothing from the
    /// others.
    ///
    /// # Errors
    /// [`Error::TooMany`] `rate_limited`, and nothing is taken.
    pub(crate) fn take_together(&self, act: Act, count: usize) -> Result<()> {
        let together = self.together.get_or_init(|| Box::new(meters(rates::of_together)));
        let Some(meter) = &together[act as usize] else { return Ok(()) };
        let Err(wait) = meter.take(number(count)) else { return Ok(()) };
        self.log(act.name());
        Err(rate_limited_together(wait))
    }

    /// Takes a message and its text; see [`Budget::take_together`].
    pub(crate) fn take_message_together(&self, bytes: usize) -> Result<()> {
        self.take_together(Act::MessageByte, bytes)?;
        self.take_together(Act::Message, 1)
    }

    /// Like [`Budget::take_together`] for a request. Too many refusals of one address come late.
    pub(crate) async fn admit_together(&self, act: Act) -> Result<()> {
        self.slow_down(self.take_together(act, 1)).await
    }

    /// Like [`Budget::take`] for a request. If too many were refused, the refusal comes late: a
    /// client that does not wait on its own waits here.
    pub(crate) async fn admit(&self, act: Act) -> Result<()> {
        self.slow_down(self.take(act)).await
    }

    /// Refuses what [`Budget::take`] refused a moment ago and would refuse again. Takes nothing.
    pub(super) async fn foresee(&self, act: Act) -> Result<()> {
        let until = self.refused_until[act as usize].load(Ordering::Relaxed);
        let left = until.saturating_sub(SinceStart::nanos());
        let foreseen =
            if left > 0 { Err(rate_limited(Duration::from_nanos(left))) } else { Ok(()) };
        self.slow_down(foreseen).await
    }

    /// Takes a place, which the returned value holds.
    ///
    /// # Errors
    /// [`Error::TooMany`] when all are taken. Late, if too many were refused.
    pub(crate) async fn enter(self: &Arc<Self>, place: Place) -> Result<Held> {
        self.slow_down(self.try_enter(place)).await
    }

    /// Like [`Budget::enter`], at once.
    pub(crate) fn try_enter(self: &Arc<Self>, place: Place) -> Result<Held> {
        let max = match self.owner {
            Owner::User(..) => rates::places_of_user(place),
            Owner::Address(_) => rates::places_of_address(place),
        };
        let taken = &self.places[place as usize];
        let one_more = |count| (count < max).then_some(count + 1);
        if taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more).is_ok() {
            return Ok(Held { budget: Arc::clone(self), place });
        }
        self.log(place.name());
        Err(crowded(place))
    }

    /// Takes a place even if there is none left.
    pub(crate) fn hold(self: &Arc<Self>, place: Place) -> Held {
        self.places[place as usize].fetch_add(1, Ordering::AcqRel);
        Held { budget: Arc::clone(self), place }
    }

    /// Counts something refused. Returns how long to do nothing for its sender, if there were too
    /// many.
    pub(crate) fn penalty(&self) -> Option<Duration> {
        let meter = self.meters[Act::Refused as usize].as_ref()?;
        meter.take(1).is_err().then_some(PENALTY)
    }

    /// Notes that it is in use.
    pub(super) fn touch(&self) {
        self.used.store(SinceStart::nanos(), Ordering::Relaxed);
    }

    /// Whether it can be dropped without anybody noticing.
    pub(super) fn is_unused(&self) -> bool {
        let now = SinceStart::nanos();
        self.idle_since().is_some_and(|since| now.saturating_sub(since) > nanos(UNUSED_MAX))
    }

    /// When it was last used, in nanoseconds; `None` while something of it runs.
    pub(super) fn idle_since(&self) -> Option<u64> {
        let is_idle = self.places.iter().all(|place| place.load(Ordering::Relaxed) == 0);
        is_idle.then(|| self.used.load(Ordering::Relaxed))
    }

    async fn slow_down<T>(&self, outcome: Result<T>) -> Result<T> {
        if outcome.is_err()
            && let Some(wait) = self.penalty()
        {
            tokio::time::sleep(wait).await;
        }
        outcome
    }

    /// Tells the log, once a minute.
    pub(super) fn log(&self, limit: &'static str) {
        let (now, every) = (SinceStart::nanos(), nanos(LOG_EVERY));
        let due = |last| (last == 0 || now.saturating_sub(last) >= every).then_some(now.max(1));
        if self.logged.fetch_update(Ordering::Relaxed, Ordering::Relaxed, due).is_ok() {
            security::limit_hit(limit, self.owner.who());
        }
    }
}

impl Held {
    /// The budget that it holds a place of.
    pub(crate) fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.places[self.place as usize].fetch_sub(1, Ordering::AcqRel);
        self.budget.touch();
    }
}

impl Owner {
    fn who(&self) -> Who<'_> {
        match self {
            Self::User(id, name) => Who::user(*id, name, None),
            Self::Address(address) => Who::stranger(Some(*address)),
        }
    }
}

fn meters(rate: impl Fn(Act) -> Option<Rate>) -> Meters {
    ACTS_ALL.map(|act| rate(act).map(Meter::new))
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

fn rate_limited(wait: Duration) -> Error {
    let reason = "you are doing this too often; wait a moment, then try again";
    Error::TooMany { code: "rate_limited", reason, retry_after: not_zero(wait) }
}

fn rate_limited_together(wait: Duration) -> Error {
    let reason = "the users of your address are doing this too often; wait a moment, \
                  then try again";
    Error::TooMany { code: "rate_limited", reason, retry_after: not_zero(wait) }
}

/// A client would ask at once after zero.
fn not_zero(wait: Duration) -> Duration {
    wait.max(Duration::from_millis(1))
}

fn crowded(place: Place) -> Error {
    let (code, reason) = match place {
        Place::Request => (
            "too_many_requests",
            "too many of your requests are running; wait until one ends, then try again",
        ),
        Place::Poll => (
            "too_many_polls",
            "too many of your requests wait for changes; end one, then try again",
        ),
        Place::Socket | Place::Connection => {
            ("too_many_sockets", "too many sockets are open; close one, then try again")
        }
    };
    Error::TooMany { code, reason, retry_after: BUSY_RETRY_AFTER }
}
