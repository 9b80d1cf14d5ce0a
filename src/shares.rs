//! Shares of a scarce resource. An owner who holds a share can take more only while at least as much
//! stays free for the others. So greedy owners get less the more of them there are, and an owner who
//! holds nothing still finds room.
//!
//! An owner may have a parent, as a user has an address. The parent holds what its owners hold, and
//! the rule applies to it too, so that many owners with one parent cannot take everything. Among
//! themselves, its owners share by the same rule what the parent may still take.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

use crate::error::{Error, Result};

/// How long a request waits for its share. Clients wait a little longer for an answer.
pub(crate) const WAIT_MAX: Duration = Duration::from_secs(10);

/// A resource that several owners share. `K` identifies an owner or a parent, for example a user.
#[derive(Debug)]
pub(crate) struct Shares<K: Key>(Arc<Pool<K>>);

/// Identifies an owner or a parent.
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
    /// What each owner and each parent holds, if it holds anything.
    held: HashMap<K, usize>,
    /// The requests that wait, in their order.
    waiting: HashMap<Taker<K>, VecDeque<Waiting<K>>>,
    /// Those who have such requests, in the order of their turns.
    turns: VecDeque<Taker<K>>,
}

/// Who takes a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Taker<K> {
    owner: K,
    parent: Option<K>,
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
    taker: Taker<K>,
    parts: usize,
}

/// A place in the queue. Dropping it leaves the queue.
struct Ticket<K: Key> {
    pool: Arc<Pool<K>>,
    taker: Taker<K>,
    granted: oneshot::Receiver<Share<K>>,
}

impl<K: Key> Shares<K> {
    /// `total` parts for everybody together, of which each owner can hold `each`.
    pub(crate) fn new(total: usize, each: usize) -> Self {
        let (held, waiting, turns) = (HashMap::new(), HashMap::new(), VecDeque::new());
        let state = State { free: total, held, waiting, turns };
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

    /// Like [`Shares::take`] for an owner with this parent, if it has one. Both are counted at the
    /// same moment, so a request that waits holds nothing.
    pub(crate) async fn take_under(
        &self,
        parent: Option<K>,
        owner: K,
        parts: usize,
    ) -> Result<Share<K>> {
        self.0.take(Taker { owner, parent }, parts, WAIT_MAX).await
    }

    /// Like [`Shares::take`] with another limit of the wait.
    pub(crate) async fn take_within(
        &self,
        owner: K,
        parts: usize,
        wait_max: Duration,
    ) -> Result<Share<K>> {
        self.0.take(Taker { owner, parent: None }, parts, wait_max).await
    }
}

impl<K: Key> Pool<K> {
    async fn take(
        self: &Arc<Self>,
        taker: Taker<K>,
        parts: usize,
        wait_max: Duration,
    ) -> Result<Share<K>> {
        let mut ticket = match self.take_or_wait(taker, parts) {
            Ok(share) => return Ok(share),
            Err(ticket) => ticket,
        };
        let granted = timeout(wait_max, &mut ticket.granted).await;
        granted.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)
    }

    fn take_or_wait(
        self: &Arc<Self>,
        taker: Taker<K>,
        parts: usize,
    ) -> Result<Share<K>, Ticket<K>> {
        let mut state = self.state();
        if !state.waiting.contains_key(&taker) {
            if state.may_take(taker, parts, self.each) {
                state.take(taker, parts);
                return Ok(self.share(taker, parts));
            }
            state.turns.push_back(taker);
        }
        let (grant, granted) = oneshot::channel();
        let waiting = Waiting { parts, granted: grant };
        state.waiting.entry(taker).or_default().push_back(waiting);
        Err(Ticket { pool: Arc::clone(self), taker, granted })
    }

    fn give_back(self: &Arc<Self>, taker: Taker<K>, parts: usize) {
        let granted = {
            let mut state = self.state();
            state.give_back(taker, parts);
            self.grant(&mut state)
        };
        hand_over(granted);
    }

    /// Gives to those who wait, in turns, while there is something to give.
    fn grant(self: &Arc<Self>, state: &mut State<K>) -> Vec<(Waiting<K>, Share<K>)> {
        let mut granted = Vec::new();
        let mut refused = 0;
        while refused < state.turns.len()
            && let Some(taker) = state.turns.pop_front()
        {
            match state.pop_granted(taker, self.each) {
                Some(next) => {
                    let share = self.share(taker, next.parts);
                    granted.push((next, share));
                    refused = 0;
                }
                None => refused += 1,
            }
            if state.waiting.contains_key(&taker) {
                state.turns.push_back(taker);
            }
        }
        granted
    }

    fn share(self: &Arc<Self>, taker: Taker<K>, parts: usize) -> Share<K> {
        Share { pool: Arc::clone(self), taker, parts }
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
    /// Whether `taker` may take `parts` more. What then stays free is for the others.
    fn may_take(&self, Taker { owner, parent }: Taker<K>, parts: usize, each: usize) -> bool {
        let room = parent.map_or(self.free, |parent| self.room_of(parent));
        let held = self.held_by(owner);
        let is_fair = held + parts <= each.min(room.saturating_sub(parts));
        parts <= room && (held == 0 || is_fair)
    }

    /// How much more the owners with this parent may take together.
    fn room_of(&self, parent: K) -> usize {
        match self.held_by(parent) {
            0 => self.free,
            // The largest `more` with `held + more <= free - more`.
            held => self.free.saturating_sub(held) / 2,
        }
    }

    fn held_by(&self, key: K) -> usize {
        self.held.get(&key).copied().unwrap_or_default()
    }

    fn take(&mut self, taker: Taker<K>, parts: usize) {
        self.free -= parts;
        for key in taker.keys() {
            *self.held.entry(key).or_default() += parts;
        }
    }

    fn give_back(&mut self, taker: Taker<K>, parts: usize) {
        self.free += parts;
        for key in taker.keys() {
            if let Some(held) = self.held.get_mut(&key) {
                *held -= parts;
                if *held == 0 {
                    self.held.remove(&key);
                }
            }
        }
    }

    /// Takes what the next request of `taker` waits for, if it may have that.
    fn pop_granted(&mut self, taker: Taker<K>, each: usize) -> Option<Waiting<K>> {
        let parts = self.waiting.get(&taker)?.front()?.parts;
        if !self.may_take(taker, parts, each) {
            return None;
        }
        self.take(taker, parts);
        let queue = self.waiting.get_mut(&taker)?;
        let next = queue.pop_front();
        if queue.is_empty() {
            self.waiting.remove(&taker);
        }
        next
    }

    /// Forgets the requests of `taker` that have given up. Returns whether there were any.
    fn forget_closed(&mut self, taker: Taker<K>) -> bool {
        let Some(queue) = self.waiting.get_mut(&taker) else { return false };
        let count = queue.len();
        queue.retain(|waiting| !waiting.granted.is_closed());
        let has_left = queue.len() < count;
        if queue.is_empty() {
            self.waiting.remove(&taker);
            self.turns.retain(|other| *other != taker);
        }
        has_left
    }
}

impl<K: Key> Taker<K> {
    fn keys(self) -> impl Iterator<Item = K> {
        std::iter::once(self.owner).chain(self.parent)
    }
}

impl<K: Key> Share<K> {
    /// The size of this share.
    pub(crate) fn parts(&self) -> usize {
        self.parts
    }

    /// Adds another share of the same owner.
    pub(crate) fn merge(&mut self, mut other: Self) {
        debug_assert!(Arc::ptr_eq(&self.pool, &other.pool) && self.taker == other.taker);
        self.parts += std::mem::take(&mut other.parts);
    }

    /// Gives back all but `parts`.
    pub(crate) fn shrink(&mut self, parts: usize) {
        let more = self.parts.saturating_sub(parts);
        if more > 0 {
            self.parts -= more;
            self.pool.give_back(self.taker, more);
        }
    }
}

impl<K: Key> Drop for Share<K> {
    fn drop(&mut self) {
        self.pool.give_back(self.taker, self.parts);
    }
}

impl<K: Key> Drop for Ticket<K> {
    fn drop(&mut self) {
        self.granted.close();
        // It may have been granted a moment ago.
        drop(self.granted.try_recv());
        let granted = {
            let mut state = self.pool.state();
            let has_left = state.forget_closed(self.taker);
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
        state.held.is_empty() && state.waiting.is_empty() && state.turns.is_empty()
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

    /// Takes as many parts for this owner as there are at once, one at a time.
    async fn take_all(shares: &Shares<u32>, parent: Option<u32>, owner: u32) -> Vec<Share<u32>> {
        let mut held = Vec::new();
        while let Ok(taken) = timeout(Duration::ZERO, shares.take_under(parent, owner, 1)).await {
            held.push(taken.unwrap());
        }
        held
    }

    #[tokio::test(start_paused = true)]
    async fn many_owners_with_one_parent_leave_half_to_the_others() {
        const SCHOOL: u32 = 1_000;
        const HOME: u32 = 1_001;
        let shares = Shares::new(64, 8);
        let mut held = Vec::new();
        for owner in 100..200 {
            held.extend(take_all(&shares, Some(SCHOOL), owner).await);
        }
        assert_eq!(held.len(), 32);
        let late = shares.take_under(Some(SCHOOL), ALICE, 1).await;
        assert!(matches!(late, Err(Error::Busy)), "the parent's part is used up");
        // Those with another parent, or none, find room: even the same owner.
        for parent in [Some(HOME), None] {
            for owner in [ALICE, BOB] {
                held.push(shares.take_under(parent, owner, 1).await.unwrap());
            }
        }
        drop(held);
        assert!(is_empty(&shares) && free(&shares) == 64);
    }

    #[tokio::test(start_paused = true)]
    async fn a_few_greedy_owners_leave_room_to_others_with_the_same_parent() {
        for greedy in 1..=6 {
            let shares = Shares::new(64, 8);
            let mut held = Vec::new();
            for owner in 100..100 + greedy {
                held.extend(take_all(&shares, Some(ALICE), owner).await);
            }
            let newcomer = timeout(Duration::ZERO, shares.take_under(Some(ALICE), BOB, 1)).await;
            assert!(newcomer.is_ok(), "{greedy} greedy hold {}", held.len());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_owner_holds_no_more_with_several_parents() {
        let shares = Shares::new(64, 8);
        let mut held = Vec::new();
        for parent in [Some(100), Some(101), None, Some(102)] {
            held.extend(take_all(&shares, parent, ALICE).await);
        }
        assert_eq!(held.len(), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_with_one_parent_is_served_at_once_with_another() {
        let shares = Shares::new(4, 4);
        let all = shares.take_under(Some(100), BOB, 2).await.unwrap();
        let mut waiting = Box::pin(shares.take_under(Some(100), ALICE, 1));
        assert!(timeout(Duration::ZERO, &mut waiting).await.is_err());
        let elsewhere = timeout(Duration::ZERO, shares.take_under(Some(101), ALICE, 1)).await;
        drop(elsewhere.unwrap().unwrap());
        drop(all);
        drop(waiting.await.unwrap());
        assert!(is_empty(&shares) && free(&shares) == 4);
    }
}
