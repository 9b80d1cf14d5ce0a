//! The queue in front of the writer. It is fair between users.
//!
//! Each user has a lane, in which commands stay in their order. The writer takes from the lanes in
//! turns, by deficit round robin: a lane may give as many bytes in its turn as any other, so a user
//! with twenty connections gets the share of one user. A batch is bounded in commands and in bytes,
//! for all lanes and for each, so the commit of a flood is short and delays the next batch little.
//!
//! The queue is bounded in commands and in bytes. One lane may fill no more than what is left free
//! for the others, so a flooder is refused while everybody else still finds room.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{
    error::{Error, Result},
    types::UserId,
};

/// What a command costs of a turn, beside the bytes that it stores.
const COMMAND_COST: usize = 256;
/// What each lane may give in one turn. The unit is bytes.
const TURN_COST: usize = 8 * 1024;
/// Commands in one commit. More would only delay the first of them.
const BATCH_COMMANDS_MAX: usize = 512;
/// The cost of one commit: SQLite writes so much in about a millisecond.
const BATCH_COST_MAX: usize = 256 * 1024;
/// Commands of one lane in one commit: as many as one connection may have in flight.
const LANE_COMMANDS_MAX: usize = 64;
/// The cost of one lane in one commit.
const LANE_COST_MAX: usize = 64 * 1024;
/// The cost of all that waits.
const QUEUE_COST_MAX: usize = 32 * 1024 * 1024;
/// Lanes that are kept when they are empty, so that their memory is used again.
const EMPTY_LANES_MAX: usize = 1_024;

/// A queue of jobs with a lane for each user. Share it in an [`Arc`].
#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    wakes: Condvar,
    /// Whether the writer waits for a job. Set under the lock, so that a thread which adds a job sees it.
    is_asleep: AtomicBool,
}

#[derive(Debug)]
struct State<T> {
    jobs_max: usize,
    lanes: HashMap<UserId, Lane<T>>,
    /// The lanes that hold jobs, in the order of their turns.
    turns: VecDeque<UserId>,
    /// The jobs between two barriers, the oldest first. Never empty.
    ages: VecDeque<Age<T>>,
    /// The number of the first of [`State::ages`].
    first_age: u64,
    /// All jobs that wait, barriers included.
    jobs: usize,
    cost: usize,
    /// The number of the last batch.
    batch: u64,
    is_closed: bool,
}

#[derive(Debug)]
struct Lane<T> {
    jobs: VecDeque<Waiting<T>>,
    cost: usize,
    /// What it may still give in this turn.
    credit: usize,
    /// The last batch that it gave to, and what: commands and their cost.
    batch: u64,
    given: (usize, usize),
}

#[derive(Debug)]
struct Waiting<T> {
    job: T,
    cost: usize,
    age: u64,
}

/// The jobs that were added between two barriers.
#[derive(Debug)]
struct Age<T> {
    /// How many of them wait.
    waiting: usize,
    /// The barriers behind them.
    barriers: Vec<T>,
}

impl<T> Default for Lane<T> {
    fn default() -> Self {
        Self { jobs: VecDeque::new(), cost: 0, credit: 0, batch: 0, given: (0, 0) }
    }
}

impl<T> Lane<T> {
    /// Whether it may give one more job to the current batch.
    fn may_give(&self) -> bool {
        self.given.0 < LANE_COMMANDS_MAX && self.given.1 < LANE_COST_MAX
    }
}

impl<T> Default for Age<T> {
    fn default() -> Self {
        Self { waiting: 0, barriers: Vec::new() }
    }
}

/// Wakes the writer when it is dropped. A thread that adds several jobs in a row keeps it until the
/// last, so that the writer finds them together.
#[derive(Debug)]
#[must_use = "the writer wakes when this is dropped"]
pub(crate) struct Wake<T>(Option<Arc<Queue<T>>>);

impl<T> Wake<T> {
    /// Nothing to wake for.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Waits for `later` instead: one wake-up for both.
    pub(crate) fn merge(&mut self, mut later: Self) {
        if let Some(queue) = later.0.take() {
            self.0.get_or_insert(queue);
        }
    }

    /// Wakes the writer now.
    pub(crate) fn now(&mut self) {
        if let Some(queue) = self.0.take() {
            queue.wake();
        }
    }
}

impl<T> Drop for Wake<T> {
    fn drop(&mut self) {
        self.now();
    }
}

impl<T> Queue<T> {
    /// A queue for at most `jobs_max` jobs.
    pub(super) fn new(jobs_max: usize) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                jobs_max,
                lanes: HashMap::new(),
                turns: VecDeque::new(),
                ages: VecDeque::from([Age::default()]),
                first_age: 0,
                jobs: 0,
                cost: 0,
                batch: 0,
                is_closed: false,
            }),
            wakes: Condvar::new(),
            is_asleep: AtomicBool::new(false),
        })
    }

    /// Adds a job of `user` that stores so many bytes. The writer takes it when the returned value
    /// is dropped, or earlier.
    ///
    /// # Errors
    /// [`Error::Busy`] when the queue or the user's share of it is full, or the queue is closed.
    pub(super) fn push(self: &Arc<Self>, user: UserId, bytes: usize, job: T) -> Result<Wake<T>> {
        self.lock().push(user, COMMAND_COST + bytes, job)?;
        Ok(Wake(Some(Arc::clone(self))))
    }

    /// Adds a job that the writer gets when it has all jobs that were added before.
    ///
    /// # Errors
    /// As [`Queue::push`].
    pub(super) fn push_barrier(self: &Arc<Self>, job: T) -> Result<Wake<T>> {
        self.lock().push_barrier(job)?;
        Ok(Wake(Some(Arc::clone(self))))
    }

    /// Moves the jobs of the next batch to `batch`, and waits until there is one, or until `deadline`
    /// without any. `false` when the queue is closed and empty.
    pub(super) fn take(&self, batch: &mut Vec<T>, deadline: Option<Instant>) -> bool {
        let mut state = self.lock();
        while state.jobs == 0 {
            if state.is_closed {
                return false;
            }
            let rest = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            if rest == Some(Duration::ZERO) {
                break;
            }
            self.is_asleep.store(true, Ordering::Relaxed);
            let woken = match rest {
                None => self.wakes.wait(state).ok(),
                Some(rest) => self.wakes.wait_timeout(state, rest).ok().map(|(state, _)| state),
            };
            state = woken.expect("nothing panics while it holds the queue");
        }
        // It may have been woken for another reason, or found jobs that were not announced yet.
        self.is_asleep.store(false, Ordering::Relaxed);
        state.take(batch);
        true
    }

    /// Moves everything that waits to `jobs`, without waiting.
    pub(super) fn take_all(&self, jobs: &mut Vec<T>) {
        let mut state = self.lock();
        while state.jobs > 0 {
            state.take(jobs);
        }
    }

    /// Whether [`Queue::close`] was called.
    pub(super) fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    /// Takes no more jobs. Those that wait are still given out.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.wakes.notify_all();
    }

    fn wake(&self) {
        if self.is_asleep.swap(false, Ordering::Relaxed) {
            self.wakes.notify_one();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State<T>> {
        self.state.lock().expect("nothing panics while it holds the queue")
    }
}

impl<T> State<T> {
    fn push(&mut self, user: UserId, cost: usize, job: T) -> Result<()> {
        self.check_room()?;
        let lane = self.lanes.entry(user).or_default();
        // An empty lane may add a job of any size, so that the largest one gets through as well.
        let is_full = lane.jobs.len() >= self.jobs_max - self.jobs
            || lane.cost + cost > QUEUE_COST_MAX.saturating_sub(self.cost);
        if is_full && !lane.jobs.is_empty() {
            return Err(Error::Busy);
        }
        if lane.jobs.is_empty() {
            lane.credit = 0;
            self.turns.push_back(user);
        }
        let age = self.first_age + (self.ages.len() - 1) as u64;
        lane.jobs.push_back(Waiting { job, cost, age });
        lane.cost += cost;
        self.ages.back_mut().expect("there is always an age").waiting += 1;
        self.jobs += 1;
        self.cost += cost;
        Ok(())
    }

    fn push_barrier(&mut self, job: T) -> Result<()> {
        self.check_room()?;
        let last = self.ages.back_mut().expect("there is always an age");
        last.barriers.push(job);
        // What is added later has another age, so that it does not delay this barrier.
        self.ages.push_back(Age::default());
        self.jobs += 1;
        Ok(())
    }

    fn check_room(&self) -> Result<()> {
        let is_full = self.jobs >= self.jobs_max || self.cost >= QUEUE_COST_MAX;
        if self.is_closed || is_full { Err(Error::Busy) } else { Ok(()) }
    }

    /// Moves the jobs of one batch, in turns, and then the barriers that waited for them alone.
    fn take(&mut self, batch: &mut Vec<T>) {
        self.batch += 1;
        let (mut commands, mut cost) = (0, 0);
        // Lanes that may give no more to this batch.
        let mut done = Vec::new();
        while commands < BATCH_COMMANDS_MAX
            && cost < BATCH_COST_MAX
            && let Some(user) = self.turns.pop_front()
        {
            let lane = self.lanes.get_mut(&user).expect("a lane with a turn exists");
            if lane.batch != self.batch {
                (lane.batch, lane.given) = (self.batch, (0, 0));
            }
            lane.credit += TURN_COST;
            while commands < BATCH_COMMANDS_MAX
                && cost < BATCH_COST_MAX
                && lane.may_give()
                && let Some(next) = lane.jobs.pop_front_if(|next| next.cost <= lane.credit)
            {
                lane.credit -= next.cost;
                lane.cost -= next.cost;
                lane.given = (lane.given.0 + 1, lane.given.1 + next.cost);
                (commands, cost) = (commands + 1, cost + next.cost);
                self.jobs -= 1;
                self.cost -= next.cost;
                let age = usize::try_from(next.age - self.first_age).expect("few ages wait");
                self.ages[age].waiting -= 1;
                batch.push(next.job);
            }
            if lane.jobs.is_empty() {
                self.forget_if_many(user);
            } else if lane.may_give() {
                self.turns.push_back(user);
            } else {
                // Credit is for jobs that are larger than a turn, and not for the next batch.
                lane.credit = 0;
                done.push(user);
            }
        }
        self.turns.extend(done);
        self.take_barriers(batch);
    }

    fn take_barriers(&mut self, batch: &mut Vec<T>) {
        while let Some(first) = self.ages.front_mut()
            && first.waiting == 0
        {
            self.jobs -= first.barriers.len();
            batch.append(&mut first.barriers);
            if self.ages.len() == 1 {
                break;
            }
            self.ages.pop_front();
            self.first_age += 1;
        }
    }

    fn forget_if_many(&mut self, user: UserId) {
        if self.lanes.len() > EMPTY_LANES_MAX {
            self.lanes.remove(&user);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A job: whose, which of theirs, its bytes.
    type Item = (UserId, usize, usize);

    fn next_batch<T>(queue: &Queue<T>) -> Vec<T> {
        let mut batch = Vec::new();
        assert!(queue.take(&mut batch, None));
        batch
    }

    fn fill(queue: &Arc<Queue<Item>>, user: UserId, bytes: usize) -> usize {
        (0..100_000).find(|n| queue.push(user, bytes, (user, *n, bytes)).is_err()).unwrap()
    }

    #[derive(Clone, Debug)]
    enum Step {
        Push(i64, usize),
        Barrier,
        Take,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let bytes = prop_oneof![0_usize..100, 0_usize..17_000, 100_000_usize..400_000];
        let step = prop_oneof![
            8 => (0_i64..6, bytes).prop_map(|(user, bytes)| Step::Push(user, bytes)),
            1 => Just(Step::Barrier),
            1 => Just(Step::Take),
        ];
        proptest::collection::vec(step, 0..400)
    }

    proptest! {
        /// Nothing is lost or doubled, users keep their order, and a barrier comes after everything
        /// that was added before it.
        #[test]
        fn order_is_kept_and_nothing_is_lost(steps in steps()) {
            const BARRIER: UserId = UserId(-1);
            let queue = Queue::new(300);
            let (mut pushed, mut taken) = (Vec::new(), Vec::new());
            let mut before_barrier = Vec::new();
            for step in steps {
                match step {
                    Step::Push(user, bytes) => {
                        let item = (UserId(user), pushed.len(), bytes);
                        if queue.push(UserId(user), bytes, item).is_ok() {
                            pushed.push(item);
                        }
                    }
                    Step::Barrier => {
                        let item = (BARRIER, pushed.len(), before_barrier.len());
                        if queue.push_barrier(item).is_ok() {
                            before_barrier.push(pushed.len());
                            pushed.push(item);
                        }
                    }
                    Step::Take if taken.len() < pushed.len() => taken.extend(next_batch(&queue)),
                    Step::Take => {}
                }
            }
            while taken.len() < pushed.len() {
                taken.extend(next_batch(&queue));
            }
            for user in -1..6 {
                let of = |items: &[Item]| -> Vec<Item> {
                    items.iter().filter(|item| item.0 == UserId(user)).copied().collect()
                };
                prop_assert_eq!(of(&pushed), of(&taken));
            }
            for (at, item) in taken.iter().enumerate().filter(|(_, item)| item.0 == BARRIER) {
                let earlier = taken[..at].iter().filter(|other| other.1 < item.1).count();
                prop_assert_eq!(earlier, item.1, "a barrier overtook a job");
            }
            queue.close();
            prop_assert!(!queue.take(&mut Vec::new(), None));
        }

        /// However much one user adds, the first jobs of the others are in the next batch.
        #[test]
        fn the_next_batch_holds_the_others(
            bytes in 0_usize..400_000,
            others in 1_i64..20,
            small in 0_usize..2_000,
        ) {
            let queue = Queue::new(4_096);
            fill(&queue, UserId(0), bytes);
            for user in 1..=others {
                drop(queue.push(UserId(user), small, (UserId(user), 0, small)).unwrap());
            }
            let batch = next_batch(&queue);
            for user in 1..=others {
                prop_assert!(batch.iter().any(|item| item.0 == UserId(user)), "{user}");
            }
            let flood = batch.iter().filter(|item| item.0 == UserId(0));
            let cost: usize = flood.clone().map(|item| item.2 + COMMAND_COST).sum();
            prop_assert!(flood.count() <= LANE_COMMANDS_MAX);
            prop_assert!(cost < LANE_COST_MAX + bytes + COMMAND_COST);
        }

        /// Two users who always have jobs waiting get the same share, whatever their jobs cost.
        #[test]
        fn shares_are_equal_in_cost(one in 0_usize..17_000, other in 0_usize..17_000) {
            let queue = Queue::new(100_000);
            let mut cost = [0_usize; 2];
            for _ in 0..50 {
                for (user, bytes) in [(UserId(0), one), (UserId(1), other)] {
                    while queue.lock().lanes.get(&user).is_none_or(|lane| lane.jobs.len() < 600) {
                        drop(queue.push(user, bytes, (user, 0, bytes)).unwrap());
                    }
                }
                for item in next_batch(&queue) {
                    cost[usize::try_from(item.0.0).unwrap()] += item.2 + COMMAND_COST;
                }
            }
            // A lane of small jobs reaches its number of commands first, by design.
            let least = LANE_COMMANDS_MAX * (one.min(other) + COMMAND_COST) * 50;
            let share = cost[0].min(cost[1]);
            prop_assert!(share * 2 >= cost[0].max(cost[1]) || share >= least, "{cost:?}");
        }
    }

    #[test]
    fn one_user_leaves_room_for_the_others() {
        for bytes in [0, 16_000, 300_000] {
            let queue = Queue::new(64);
            let first = fill(&queue, UserId(0), bytes);
            assert!(first <= 32, "{first} jobs of {bytes} bytes");
            for user in 1..5 {
                drop(queue.push(UserId(user), 100, (UserId(user), 0, 100)).unwrap());
            }
            assert!(queue.push(UserId(0), bytes, (UserId(0), first, bytes)).is_err());
        }
    }

    #[test]
    fn jobs_that_are_held_back_come_with_the_next_wake_up() {
        let queue = Queue::new(64);
        let reader = {
            let queue = Arc::clone(&queue);
            std::thread::spawn(move || next_batch(&queue))
        };
        while !queue.is_asleep.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        let mut wake = Wake::none();
        for n in 0..10 {
            wake.merge(queue.push(UserId(n), 0, n).unwrap());
        }
        assert!(queue.is_asleep.load(Ordering::Relaxed), "it was not woken");
        drop(wake);
        assert_eq!(reader.join().unwrap(), (0..10).collect::<Vec<_>>(), "one batch");
    }
}
