//! The threads that hash passwords, and the fair queue before them.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
};

use tokio::sync::oneshot;

use super::{
    place::Place,
    queue::{Bounds, FairQueue, Full, Job, RETRY_AFTER_MIN},
    too_many,
};
use crate::error::{Error, Result};

/// Threads that run the jobs of a [`FairQueue`]. They end when this is dropped.
#[derive(Debug)]
pub(super) struct Hashing {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Signalled for each new job and at the end.
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    queue: FairQueue<Waiting>,
    is_closed: bool,
}

type Waiting = Box<dyn Work>;

/// A job with the channel for its result.
trait Work: Send + std::fmt::Debug {
    fn is_cancelled(&self) -> bool;
    fn run(self: Box<Self>);
    fn refuse(self: Box<Self>, why: Error);
}

struct Pending<T, F> {
    work: F,
    answer: oneshot::Sender<Result<T>>,
}

impl Hashing {
    /// Starts `count` threads.
    pub(super) fn start(count: usize, bounds: Bounds) -> Result<Self> {
        let state = Mutex::new(State { queue: FairQueue::new(bounds), is_closed: false });
        let shared = Arc::new(Shared { state, changed: Condvar::new() });
        for _ in 0..count {
            let shared = Arc::clone(&shared);
            thread::Builder::new()
                .name("password".to_owned())
                .spawn(move || shared.work())
                .map_err(|e| Error::Startup(format!("cannot start a thread: {e}")))?;
        }
        Ok(Self { shared })
    }

    /// Runs `work` on one of the threads when its turn comes. It does not run if the caller stops
    /// waiting before that.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the share of `place` is full, or another site takes this place in the
    /// queue, [`Error::Busy`] when its lane is full, [`Error::Internal`] when the work panicked.
    pub(super) async fn run<T, F>(&self, place: Place, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let pushed = self.shared.lock().queue.push(place, Box::new(Pending { work, answer }));
        let displaced = pushed.map_err(|full| match full {
            Full::Share(retry_after) => too_many(retry_after),
            Full::Lane => Error::Busy,
        })?;
        if let Some(job) = displaced {
            job.refuse(too_many(RETRY_AFTER_MIN));
        }
        self.shared.changed.notify_one();
        answered.await.unwrap_or_else(|_| Err(Error::internal("hashing a password panicked")))
    }
}

impl Drop for Hashing {
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn work(&self) {
        while let Some(job) = self.next() {
            // Work that panics loses its answer, but the thread goes on.
            drop(catch_unwind(AssertUnwindSafe(|| job.run())));
        }
    }

    fn next(&self) -> Option<Waiting> {
        let mut state = self.lock();
        loop {
            if state.is_closed {
                return None;
            }
            if let Some(job) = state.queue.pop() {
                return Some(job);
            }
            state = self.changed.wait(state).expect(NO_PANIC);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(NO_PANIC)
    }
}

const NO_PANIC: &str = "no panic while holding the queue";

impl<T: Send, F: FnOnce() -> Result<T> + Send> Work for Pending<T, F> {
    fn is_cancelled(&self) -> bool {
        self.answer.is_closed()
    }

    fn run(self: Box<Self>) {
        let result = (self.work)();
        drop(self.answer.send(result));
    }

    fn refuse(self: Box<Self>, why: Error) {
        drop(self.answer.send(Err(why)));
    }
}

impl Job for Waiting {
    fn is_cancelled(&self) -> bool {
        (**self).is_cancelled()
    }
}

/// Without the work, which holds a password.
impl<T, F> std::fmt::Debug for Pending<T, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pending")
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::ready,
        pin::Pin,
        sync::{
            atomic::{AtomicBool, Ordering},
            mpsc::{SyncSender, sync_channel},
        },
    };

    use super::*;
    use crate::auth::place::{Key, Lane};

    const BOUNDS: Bounds = Bounds { lane: 2, site: 2, address: 2, name: 1 };

    fn place(name: u64) -> Place {
        Place { lane: Lane::Unknown, key: Key::Name(name), site: None }
    }

    /// Occupies the only thread until the sender is dropped.
    async fn occupy(hashing: &Arc<Hashing>) -> SyncSender<()> {
        let (release, held) = sync_channel::<()>(0);
        let (begun, begins) = oneshot::channel();
        let hashing = Arc::clone(hashing);
        tokio::spawn(async move {
            let work = move || {
                begun.send(()).expect("the test waits");
                Ok(held.recv().is_ok())
            };
            hashing.run(place(0), work).await
        });
        begins.await.unwrap();
        release
    }

    /// Polls a future that must wait. It is in the queue from then on.
    async fn begin<T: std::fmt::Debug>(future: &mut Pin<Box<impl Future<Output = T>>>) {
        tokio::select! {
            biased;
            outcome = future => panic!("the only thread is busy: {outcome:?}"),
            () = ready(()) => {}
        }
    }

    #[tokio::test]
    async fn a_panic_costs_one_answer_and_full_shares_and_lanes_say_so() {
        let hashing = Arc::new(Hashing::start(1, BOUNDS).unwrap());
        let panicked: Result<()> = hashing.run(place(1), || panic!("as expected")).await;
        assert!(matches!(panicked, Err(Error::Internal(_))), "{panicked:?}");
        assert_eq!(hashing.run(place(1), || Ok(7)).await.unwrap(), 7, "the thread lives on");
        let release = occupy(&hashing).await;
        let mut one = Box::pin(hashing.run(place(1), || Ok(8)));
        begin(&mut one).await;
        let refused: Result<()> = hashing.run(place(1), || Ok(())).await;
        assert!(matches!(refused, Err(Error::TooMany { .. })), "{refused:?}");
        let mut other = Box::pin(hashing.run(place(2), || Ok(9)));
        begin(&mut other).await;
        let refused: Result<()> = hashing.run(place(3), || Ok(())).await;
        assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
        drop(release);
        assert_eq!((one.await.unwrap(), other.await.unwrap()), (8, 9));
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_does_not_run() {
        let hashing = Arc::new(Hashing::start(1, BOUNDS).unwrap());
        let release = occupy(&hashing).await;
        let ran = Arc::<AtomicBool>::default();
        for name in [1, 2] {
            let ran = Arc::clone(&ran);
            let work = move || Ok(ran.swap(true, Ordering::Relaxed));
            begin(&mut Box::pin(hashing.run(place(name), work))).await;
        }
        // Its share is full of what was cancelled.
        let next = hashing.run(place(1), || Ok("next"));
        drop(release);
        assert_eq!(next.await.unwrap(), "next");
        assert_eq!(hashing.run(place(2), || Ok("last")).await.unwrap(), "last");
        assert!(!ran.load(Ordering::Relaxed));
    }
}
