//! Threads that read, each on a read-only connection of its own, and their queues.
//!
//! Authentication has a reader to itself: a request must not wait behind heavy reads to learn
//! whose it is. The other reads share a queue and several threads.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::JoinHandle,
};

use rusqlite::Connection;
use tokio::sync::{Semaphore, oneshot};
use tokio_util::sync::CancellationToken;

use super::{Vital, enqueue, join, lock, open, spawn};
use crate::error::{Error, Result};

/// Reads that may be in one queue. Others wait for a place: after a restart thousands of pages
/// connect at once, and each of them must be authenticated.
const READS_MAX: usize = 1_024;

/// Runs a query and answers it; without a connection, answers "busy". Returns whether the database is
/// locked.
type Job = Box<dyn FnOnce(Option<&Connection>) -> bool + Send>;

/// A queue of reads and the threads that serve it. There is one thread at first; while reads wait,
/// more are started, up to a limit.
#[derive(Debug)]
pub(super) struct Readers {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    threads_max: usize,
}

/// What the threads of one queue share.
#[derive(Debug)]
struct Shared {
    path: PathBuf,
    name: &'static str,
    queue: Mutex<Option<SyncSender<Job>>>,
    jobs: Mutex<Receiver<Job>>,
    places: Arc<Semaphore>,
    /// Reads that are queued or under way.
    pending: AtomicUsize,
}

impl Readers {
    /// Starts the first thread for the database at `path`. Its connection is opened now, so that a
    /// file that cannot be read ends the start, and a lack of descriptors later changes nothing.
    pub(super) fn start(
        path: &Path,
        name: &'static str,
        threads_max: usize,
        failed: &CancellationToken,
    ) -> Result<Self> {
        let (queue, jobs) = sync_channel(READS_MAX);
        let shared = Arc::new(Shared {
            path: path.to_owned(),
            name,
            queue: Mutex::new(Some(queue)),
            jobs: Mutex::new(jobs),
            places: Arc::new(Semaphore::new(READS_MAX)),
            pending: AtomicUsize::new(0),
        });
        let db = open::for_reading(path)?;
        let (first, vital) = (Arc::clone(&shared), Vital(failed.clone()));
        let thread = spawn(name, move || {
            let _vital = vital;
            first.serve(&db);
        })?;
        let threads = Mutex::new(vec![thread]);
        Ok(Self { shared, threads, threads_max })
    }

    /// Runs a query on one of the threads, in one snapshot of the database.
    pub(super) async fn read<T, F>(&self, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let place = Arc::clone(&self.shared.places).acquire_owned().await;
        let place = place.expect("nobody closes the semaphore");
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move |db| {
            drop(place);
            let attempt = AssertUnwindSafe(|| in_snapshot(db.ok_or(Error::Busy)?, query));
            let outcome =
                catch_unwind(attempt).unwrap_or_else(|_| Err(Error::internal("a query panicked")));
            if let Err(error @ Error::Storage(_)) = &outcome {
                tracing::error!(%error, "a query failed");
            }
            let is_locked = matches!(outcome, Err(Error::Busy));
            drop(sender.send(outcome));
            is_locked
        });
        let pending = self.shared.pending.fetch_add(1, Ordering::Relaxed) + 1;
        if let Err(error) = enqueue(&self.shared.queue, job) {
            self.shared.pending.fetch_sub(1, Ordering::Relaxed);
            return Err(error);
        }
        self.grow(pending);
        answer.await.unwrap_or_else(|_| Err(Error::internal("the reader dropped a query")))
    }

    /// Starts one more thread if reads wait for those there are. If it cannot be started, the others
    /// do the work.
    fn grow(&self, pending: usize) {
        if pending <= 1 {
            return;
        }
        let mut threads = lock(&self.threads);
        // One that could not open its connection has ended, and may be tried again.
        threads.retain(|thread| !thread.is_finished());
        if pending <= threads.len() || threads.len() >= self.threads_max {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let serve = move || match open::for_reading(&shared.path) {
            Ok(db) => shared.serve(&db),
            Err(error) => tracing::warn!(%error, "one more reader could not be started"),
        };
        if let Ok(thread) = spawn(self.shared.name, serve) {
            threads.push(thread);
        }
    }

    /// Takes no more queries, and waits until those that were taken are done.
    pub(super) fn close(&self) {
        drop(lock(&self.shared.queue).take());
        std::mem::take(&mut *lock(&self.threads)).into_iter().for_each(join);
    }
}

impl Shared {
    fn serve(&self, db: &Connection) {
        loop {
            let job = lock(&self.jobs).recv();
            let Ok(job) = job else { return };
            let is_locked = job(Some(db));
            self.pending.fetch_sub(1, Ordering::Relaxed);
            if is_locked {
                self.refuse_waiting();
            }
        }
    }

    /// Answers "busy" to the queries that wait. Each would wait for the lock as long as the last one,
    /// one after the other.
    fn refuse_waiting(&self) {
        // If another thread has the queue, it takes the next query, and comes here if that fails.
        let Ok(jobs) = self.jobs.try_lock() else { return };
        while let Ok(job) = jobs.try_recv() {
            job(None);
            self.pending.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

fn in_snapshot<T>(db: &Connection, query: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    // Ends by rollback when dropped, which for a reader is the same as a commit.
    let snapshot = db.unchecked_transaction()?;
    query(&snapshot)
}

#[cfg(test)]
mod tests {
    use futures_util::future::{join, join_all};

    use super::*;

    #[tokio::test]
    async fn reads_beyond_the_queue_wait_for_a_place_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("any.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (n)").unwrap();
        let readers = Readers::start(&path, "store-test", 1, &CancellationToken::new()).unwrap();
        let (release, held) = sync_channel::<()>(1);
        let first = readers.read(move |_| {
            held.recv().unwrap();
            Ok(())
        });
        let others = join_all((0..3 * READS_MAX).map(|n| readers.read(move |_| Ok(n))));
        let releasing = async {
            // The others have been asked for by now.
            tokio::task::yield_now().await;
            release.send(()).unwrap();
        };
        let (_, (others, ())) = join(first, join(others, releasing)).await;
        assert!(others.into_iter().map(Result::unwrap).eq(0..3 * READS_MAX));
        readers.close();
    }
}
