//! Shares of a scarce resource. An owner who holds a share can take more only while at least as much
//! stays free for the others. So greedy owners get less the more of them there are, and an owner who
//! holds nothing still finds room.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

use crate::{
    error::{Error, Result},
    types::UserId,
};

/// How long a request waits for its share. Clients wait a little longer for an answer.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// A resource that several owners share. `K` identifies an owner, for example a user.
#[derive(Debug)]
pub(crate) struct Shares<K: Key>(Arc<Pool<K>>);

/// Identifies an owner.
pub(crate) trait Key: Copy + Eq + Hash + std::fmt::Debug {}

impl<K: Copy + Eq + Hash + std::fmt::Debug> Key for K {}

#[derive(Debug)]
struct Pool<K: Key> {
    each: usize,
    state: Mutex<State<K>>,
}

#[derive(Debug)]
struct State<K: Key> {
    free: usize,
    /// Those who hold a share or wait for one.
    owners: HashMap<K, Owner<K>>,
    /// Those who wait, in the order of their turns.
    turns: VecDeque<K>,
}

#[derive(Debug)]
struct Owner<K: Key> {
    held: usize,
    waiting: VecDeque<Waiting<K>>,
}

/// A request that waits for so many parts.
#[derive(Debug)]
struct Waiting<K: Key> {
    parts: usize,
    granted: oneshot::Sender<Share<K>>,
}

/// What one request holds. Dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Share<K: Key> {
    pool: Arc<Pool<K>>,
    owner: K,
    parts: usize,
}

/// What a request of a user holds.
pub(crate) type UserShare = Share<UserId>;

/// A place in the queue. Dropping it leaves the queue.
struct Ticket<K: Key> {
    pool: Arc<Pool<K>>,
    owner: K,
    granted: oneshot::Receiver<Share<K>>,
}

impl<K: Key> Shares<K> {
    /// `total` parts for everybody together, of which each can hold `each`.
    pub(crate) fn new(total: usize, each: usize) -> Self {
        let state = State { free: total, owners: HashMap::new(), turns: VecDeque::new() };
        Self(Arc::new(Pool { each, state: Mutex::new(state) }))
    }

    /// Waits until `owner` can have so many parts, which are at most what each can hold. Requests of
    /// one owner are served in their order.
    ///
    /// # Errors
    /// [`Error::Busy`] when that takes more than ten seconds.
    pub(crate) async fn take(&self, owner: K, parts: usize) -> Result<Share<K>> {
        self.take_within(owner, parts, WAIT_MAX).await
    }

    /// Like [`Shares::take`] with another limit of the wait.
    pub(crate) async fn take_within(
        &self,
        owner: K,
        parts: usize,
        wait_max: Duration,
    ) -> Result<Share<K>> {
        let mut ticket = match self.0.take_or_wait(owner, parts) {
            Ok(share) => return Ok(share),
            Err(ticket) => ticket,
        };
        let granted = timeout(wait_max, &mut ticket.granted).await;
        granted.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)
    }
}

impl<K: Key> Pool<K> {
    fn take_or_wait(self: &Arc<Self>, owner: K, parts: usize) -> Result<Share<K>, Ticket<K>> {
        let mut state = self.state();
        let State { free, owners, turns } = &mut *state;
        let theirs = owners.entry(owner).or_insert_with(Owner::new);
        if theirs.waiting.is_empty() && self.may_take(theirs.held, parts, *free) {
            (theirs.held, *free) = (theirs.held + parts, *free - parts);
            return Ok(self.share(owner, parts));
        }
        if theirs.waiting.is_empty() {
            turns.push_back(owner);
        }
        let (grant, granted) = oneshot::channel();
        theirs.waiting.push_back(Waiting { parts, granted: grant });
        Err(Ticket { pool: Arc::clone(self), owner, granted })
    }

    fn give_back(self: &Arc<Self>, owner: K, parts: usize) {
        let granted = {
            let mut state = self.state();
            state.free += parts;
            if let Some(theirs) = state.owners.get_mut(&owner) {
                theirs.held -= parts;
            }
            state.forget_idle(owner);
            self.grant(&mut state)
        };
        hand_over(granted);
    }

    /// Gives to those who wait, in turns, while there is something to give.
    fn grant(self: &Arc<Self>, state: &mut State<K>) -> Vec<(Waiting<K>, Share<K>)> {
        let mut granted = Vec::new();
        let mut refused = 0;
        while refused < state.turns.len()
            && let Some(owner) = state.turns.pop_front()
        {
            let theirs = state.owners.get_mut(&owner).expect("who waits is an owner");
            let free = state.free;
            let held = theirs.held;
            let fits = |next: &mut Waiting<K>| self.may_take(held, next.parts, free);
            match theirs.waiting.pop_front_if(fits) {
                Some(next) => {
                    theirs.held += next.parts;
                    state.free -= next.parts;
                    let share = self.share(owner, next.parts);
                    granted.push((next, share));
                    refused = 0;
                }
                None => refused += 1,
            }
            if !theirs.waiting.is_empty() {
                state.turns.push_back(owner);
            }
        }
        granted
    }

    /// Whether an owner who holds `held` may take `parts` more. What then stays free is for the others.
    fn may_take(&self, held: usize, parts: usize, free: usize) -> bool {
        let is_room = parts <= free;
        let is_fair = held + parts <= self.each.min(free.saturating_sub(parts));
        is_room && (held == 0 || is_fair)
    }

    fn share(self: &Arc<Self>, owner: K, parts: usize) -> Share<K> {
        Share { pool: Arc::clone(self), owner, parts }
    }

    fn state(&self) -> MutexGuard<'_, State<K>> {
        self.state.lock().expect("nothing panics while it holds the shares")
    }
}

/// Hands granted shares to those who wait for them. Not under the lock: if a receiver has given up,
/// dropping its share takes the lock again.
fn hand_over<K: Key>(granted: Vec<(Waiting<K>, Share<K>)>) {
    for (waiting, share) in granted {
        drop(waiting.granted.send(share));
    }
}

impl<K: Key> State<K> {
    fn forget_idle(&mut self, owner: K) {
        if self.owners.get(&owner).is_some_and(|it| it.held == 0 && it.waiting.is_empty()) {
            self.owners.remove(&owner);
        }
    }
}

impl<K: Key> Owner<K> {
    fn new() -> Self {
        Self { held: 0, waiting: VecDeque::new() }
    }
}

impl<K: Key> Share<K> {
    /// The size of this share.
    pub(crate) fn parts(&self) -> usize {
        self.parts
    }

    /// Adds another share of the same owner.
    pub(crate) fn merge(&mut self, mut other: Self) {
        debug_assert!(Arc::ptr_eq(&self.pool, &other.pool) && self.owner == other.owner);
        self.parts += std::mem::take(&mut other.parts);
    }

    /// Gives back all but `parts`.
    pub(crate) fn shrink(&mut self, parts: usize) {
        let more = self.parts.saturating_sub(parts);
        if more > 0 {
            self.parts -= more;
            self.pool.give_back(self.owner, more);
        }
    }
}

impl<K: Key> Drop for Share<K> {
    fn drop(&mut self) {
        self.pool.give_back(self.owner, self.parts);
    }
}

impl<K: Key> Drop for Ticket<K> {
    fn drop(&mut self) {
        self.granted.close();
        // It may have been granted a moment ago.
        drop(self.granted.try_recv());
        let granted = {
            let mut state = self.pool.state();
            let mut has_left = false;
            if let Some(theirs) = state.owners.get_mut(&self.owner) {
                let waiting = theirs.waiting.len();
                theirs.waiting.retain(|waiting| !waiting.granted.is_closed());
                has_left = theirs.waiting.len() < waiting;
                if theirs.waiting.is_empty() {
                    state.turns.retain(|owner| *owner != self.owner);
                }
            }
            state.forget_idle(self.owner);
            // The next request of this owner may be smaller.
            if has_left { self.pool.grant(&mut state) } else { Vec::new() }
        };
        hand_over(granted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: u32 = 1;
    const BOB: u32 = 2;

    fn free(shares: &Shares<u32>) -> usize {
        shares.0.state().free
    }

    /// Nothing is kept of those who hold nothing and wait for nothing.
    fn is_empty(shares: &Shares<u32>) -> bool {
        let state = shares.0.state();
        state.owners.is_empty() && state.turns.is_empty()
    }

    #[tokio::test(start_paused = true)]
    async fn one_cannot_hold_all_and_what_is_given_back_goes_to_the_next() {
        let shares = Shares::new(20, 4);
        let mut first = shares.take(ALICE, 3).await.unwrap();
        assert!(matches!(shares.take(ALICE, 2).await, Err(Error::Busy)), "her part is used up");
        let bobs = shares.take(BOB, 4).await.unwrap();
        first.shrink(1);
        let second = shares.take(ALICE, 3).await.unwrap();
        let waiting = shares.take(BOB, 3);
        let (third, ()) = tokio::join!(waiting, async { drop(bobs) });
        assert!(third.is_ok());
        drop((first, second, third));
        assert_eq!(free(&shares), 20);
        assert!(is_empty(&shares));
    }

    #[tokio::test(start_paused = true)]
    async fn however_many_are_greedy_others_find_room() {
        for greedy in [1, 8, 15, 30] {
            let shares = Shares::new(64, 8);
            let mut held = Vec::new();
            for round in 0..8 {
                for owner in 0..greedy {
                    let taken = timeout(Duration::ZERO, shares.take(owner, 1)).await;
                    held.extend(taken.ok().map(Result::unwrap));
                    assert!(round > 0 || held.len() == owner as usize + 1, "{greedy} greedy");
                }
            }
            let newcomers: Vec<_> = (100..).take(free(&shares).min(8)).collect();
            assert!(newcomers.len() >= 3, "{greedy} greedy leave {}", free(&shares));
            for newcomer in newcomers {
                held.push(shares.take(newcomer, 1).await.unwrap());
            }
            drop(held);
            assert!(is_empty(&shares) && free(&shares) == 64);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_get_their_turn_one_after_the_other() {
        let shares = Shares::new(4, 4);
        let all = shares.take(ALICE, 4).await.unwrap();
        let take = async |owner| shares.take(owner, 2).await.map(|share| (owner, share));
        let (hers, more, his, third, ()) =
            tokio::join!(take(ALICE), take(ALICE), take(BOB), take(3), async { drop(all) });
        assert!(hers.is_ok() && his.is_ok(), "the room is for two");
        assert!(more.is_err() && third.is_err(), "no share was given back");
    }

    #[tokio::test(start_paused = true)]
    async fn a_small_request_goes_on_when_a_large_one_before_it_gives_up() {
        let shares = Shares::new(20, 4);
        let first = shares.take(ALICE, 3).await.unwrap();
        let large = shares.take_within(ALICE, 2, Duration::from_secs(1));
        let small = shares.take_within(ALICE, 1, Duration::from_secs(2));
        let (large, small) = tokio::join!(large, small);
        assert!(large.is_err() && small.is_ok(), "{large:?} {small:?}");
        drop((first, small));
        assert!(is_empty(&shares) && free(&shares) == 20);
    }

    #[tokio::test]
    async fn who_gives_up_waiting_leaves_nothing_behind() {
        let shares = Shares::new(4, 4);
        let all = shares.take(ALICE, 4).await.unwrap();
        for owner in [ALICE, BOB] {
            for _ in 0..3 {
                let gone = timeout(Duration::ZERO, shares.take(owner, 2)).await;
                assert!(gone.is_err());
            }
        }
        assert!(shares.0.state().turns.is_empty());
        // One that was granted its share and never looked.
        let mut unseen = Box::pin(shares.take(BOB, 2));
        assert!(timeout(Duration::ZERO, &mut unseen).await.is_err());
        drop(all);
        assert_eq!(free(&shares), 2);
        drop(unseen);
        assert!(is_empty(&shares) && free(&shares) == 4);
    }
}
