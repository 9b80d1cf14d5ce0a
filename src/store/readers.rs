//! Threads that read, each on a read-only connection of its own, and their queues.
//!
//! Authentication has a reader to itself: a request must not wait behind heavy reads to learn
//! whose it is. The other reads share a queue and several threads.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::JoinHandle,
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{enqueue, lock, open, spawn};
use crate::error::{Error, Result};

/// Reads that may wait in one queue. Reads are quick; more than this means something is wrong.
const READS_MAX: usize = 1_024;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// A queue of reads and the threads that serve it.
#[derive(Debug)]
pub(super) struct Readers {
    queue: Mutex<Option<SyncSender<Job>>>,
}

impl Readers {
    /// Starts `count` threads for the database at `path`. All connections are opened now, so that
    /// a file that cannot be read ends the start, and a lack of descriptors later changes nothing.
    pub(super) fn start(
        path: &Path,
        name: &str,
        count: usize,
    ) -> Result<(Self, Vec<JoinHandle<()>>)> {
        let (queue, jobs) = sync_channel(READS_MAX);
        let jobs = Arc::new(Mutex::new(jobs));
        let mut threads = Vec::with_capacity(count);
        for _ in 0..count {
            let (jobs, db) = (Arc::clone(&jobs), open::for_reading(path)?);
            threads.push(spawn(name, move || serve(&jobs, &db))?);
        }
        Ok((Self { queue: Mutex::new(Some(queue)) }, threads))
    }

    /// Runs a query on one of the threads, in one snapshot of the database.
    pub(super) async fn read<T, F>(&self, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let job: Job = Box::new(move |db| {
            let attempt = AssertUnwindSafe(|| in_snapshot(db, query));
            let outcome =
                catch_unwind(attempt).unwrap_or_else(|_| Err(Error::internal("a query panicked")));
            if let Err(error @ Error::Storage(_)) = &outcome {
                tracing::error!(%error, "a query failed");
            }
            drop(sender.send(outcome));
        });
        enqueue(&self.queue, job)?;
        answer.await.unwrap_or_else(|_| Err(Error::internal("the reader thread dropped a query")))
    }

    /// Takes no more queries; the threads end after those that wait.
    pub(super) fn close(&self) {
        drop(lock(&self.queue).take());
    }
}

fn serve(jobs: &Mutex<Receiver<Job>>, db: &Connection) {
    loop {
        let job = lock(jobs).recv();
        let Ok(job) = job else { return };
        job(db);
    }
}

fn in_snapshot<T>(db: &Connection, query: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    // Ends by rollback when dropped, which for a reader is the same as a commit.
    let snapshot = db.unchecked_transaction()?;
    query(&snapshot)
}
