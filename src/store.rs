//! The store: SQLite on threads of its own, reached through bounded queues.
//!
//! One thread writes, and is thereby the sequencer of everything durable: it takes whatever
//! queued up during the last commit as one batch (no timer), runs each job in a savepoint,
//! commits once, publishes the batch's changes in order, then answers the callers. A second
//! thread reads, on a read-only connection, so that no search delays a send.
//!
//! The queries live in `store/…`, a file per table family. Nothing outside names rusqlite.

mod accounts;
mod chats;
mod epochs;
mod inspect;
mod messages;
mod migrate;
mod moves;
mod open;
mod preferences;
mod privacy;
mod profiles;
mod receipts;
mod seed;
mod sql;
mod sync;
#[cfg(test)]
mod tests;
mod writer;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use self::writer::Undo;
pub(crate) use self::{
    messages::{Cursor, Page},
    open::version,
    seed::Stretch,
    sync::{Feed, Since},
    writer::Batch,
};
use crate::{
    error::{Error, Result},
    model::{Change, Draft, Posted},
    words::{Epoch, Number, UserId},
};

/// Reads that may wait. Reads are quick; more than this waiting means something is wrong.
const READS_MAX: usize = 1_024;

/// What the store calls for every committed change, in order. Answers whether a connection other than the sender's took it.
pub(crate) type Publish = Box<dyn Fn(&Change) -> bool + Send>;

type ReadJob = Box<dyn FnOnce(&Connection) + Send>;

/// A handle to both threads. Dropping it, or [`Store::close`], ends them.
#[derive(Debug)]
pub(crate) struct Store {
    writes: Mutex<Option<SyncSender<writer::Job>>>,
    reads: Mutex<Option<SyncSender<ReadJob>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// The number of the last committed change, written by the writer before it publishes.
    committed: Arc<AtomicI64>,
    commits: Arc<AtomicU64>,
    /// This run of the server.
    epoch: Epoch,
}

/// What a write came to: its value, and whether somebody else's connection took its changes.
#[derive(Debug)]
pub(crate) struct Committed<T> {
    pub(crate) value: T,
    pub(crate) taken: bool,
}

impl Store {
    /// Looks at an existing file without touching it: whether it must not be opened.
    /// Ask this before [`Store::open`].
    pub(crate) fn refuse_unusable(path: &Path) -> Result<()> {
        inspect::refuse_unusable(path)
    }

    /// Opens or makes the database at `path` and starts both threads. Answers with it who is not
    /// to be seen: whoever publishes must know before the first change.
    ///
    /// # Errors
    /// [`Error::Startup`] when the file cannot be read or written.
    pub(crate) fn open(
        path: &Path,
        queue_max: usize,
        publish: Publish,
    ) -> Result<(Self, Vec<UserId>)> {
        let write_db = open::for_writing(path)?;
        let unseen = privacy::list_unseen(&write_db).map_err(|e| open::at_start(path, e))?;
        let committed = Arc::new(AtomicI64::new(0));
        let commits = Arc::new(AtomicU64::new(0));
        let sequencer =
            writer::Writer::new(write_db, publish, Arc::clone(&committed), Arc::clone(&commits))
                .map_err(|e| open::at_start(path, e))?;
        // The first change to the file, when nothing can refuse it any more. Up to here the
        // writer's connection is alone, so that it leaves nothing beside the file if it ends.
        let epoch = sequencer.begin_epoch().map_err(|e| open::at_start(path, e))?;
        let read_db = open::for_reading(path)?;
        let (writes, jobs) = sync_channel(queue_max);
        let (reads, queries) = sync_channel(READS_MAX);
        let threads = vec![
            spawn("store-write", move || sequencer.run(&jobs))?,
            spawn("store-read", move || run_reads(&read_db, &queries))?,
        ];
        let store = Self {
            writes: Mutex::new(Some(writes)),
            reads: Mutex::new(Some(reads)),
            threads: Mutex::new(threads),
            committed,
            commits,
            epoch,
        };
        Ok((store, unseen))
    }

    /// The number of the last committed change. Read it before a query, and everything up to
    /// it is in what the query sees.
    pub(crate) fn number(&self) -> Number {
        Number(self.committed.load(Ordering::Acquire))
    }

    /// Commits since the start that wrote something: each is one `fdatasync` of the log, those of
    /// checkpoints aside.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// The name of this run of the server, for devices to keep with their number.
    pub(crate) fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Queues a write and returns at once. `answer` is called on the writer thread, after the
    /// commit that holds the write and after its changes were published; it must not block.
    ///
    /// # Errors
    /// [`Error::Busy`] when the queue is full; `answer` is then never called.
    pub(crate) fn submit<T, F, A>(&self, job: F, answer: A) -> Result<()>
    where
        T: Send + 'static,
        F: FnOnce(&mut Batch<'_>) -> Result<T> + Send + 'static,
        A: FnOnce(Result<Committed<T>>) + Send + 'static,
    {
        enqueue(&self.writes, writer::job(Undo::Whole, job, answer))
    }

    /// [`Store::submit`] for a message. Most messages are a single statement, which leaves nothing
    /// when it fails: they go without a savepoint.
    pub(crate) fn post<A>(&self, draft: Draft, answer: A) -> Result<()>
    where
        A: FnOnce(Result<Committed<Posted>>) + Send + 'static,
    {
        let post = |batch: &mut Batch<'_>| batch.post_message(draft);
        enqueue(&self.writes, writer::job(Undo::AsNeeded, post, answer))
    }

    /// Runs a write and waits for its commit.
    pub(crate) async fn write<T, F>(&self, job: F) -> Result<Committed<T>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Batch<'_>) -> Result<T> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        self.submit(job, |outcome| drop(sender.send(outcome)))?;
        answer.await.unwrap_or_else(|_| Err(Error::internal("the writer dropped a job")))
    }

    /// Runs a query on the reading thread, in one snapshot of the database.
    async fn read<T, F>(&self, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let job: ReadJob = Box::new(move |db| {
            let outcome = catch_unwind(AssertUnwindSafe(|| in_snapshot(db, query)));
            let outcome = outcome.unwrap_or_else(|_| Err(Error::internal("a query panicked")));
            if let Err(error @ Error::Storage(_)) = &outcome {
                tracing::error!(%error, "a query failed");
            }
            drop(sender.send(outcome));
        });
        enqueue(&self.reads, job)?;
        answer.await.unwrap_or_else(|_| Err(Error::internal("the reader thread dropped a query")))
    }

    /// Whether both threads answer; what `/readyz` asks.
    pub(crate) async fn check(&self) -> Result<()> {
        self.read(|db| Ok(db.query_row("SELECT 1", (), |_| Ok(()))?)).await?;
        self.write(|_| Ok(())).await?;
        Ok(())
    }

    /// Finishes what was queued, checkpoints the log into the database file and ends the
    /// threads. Blocks; called once, when nobody waits any more. Later requests get "busy".
    pub(crate) fn close(&self) {
        // Reads end first: a reader would keep the checkpoint from emptying the log.
        drop(lock(&self.reads).take());
        drop(lock(&self.writes).take());
        for thread in lock(&self.threads).drain(..).rev() {
            if thread.join().is_err() {
                tracing::error!("a store thread has panicked");
            }
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().expect("nobody panics while holding a store lock")
}

fn enqueue<J>(queue: &Mutex<Option<SyncSender<J>>>, job: J) -> Result<()> {
    let queue = lock(queue);
    match queue.as_ref().map(|sender| sender.try_send(job)) {
        Some(Ok(())) => Ok(()),
        None | Some(Err(TrySendError::Full(_))) => Err(Error::Busy),
        Some(Err(TrySendError::Disconnected(_))) => {
            Err(Error::internal("a store thread has ended"))
        }
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map_err(|e| Error::Startup(format!("cannot start a thread: {e}")))
}

fn run_reads(db: &Connection, queue: &Receiver<ReadJob>) {
    while let Ok(job) = queue.recv() {
        job(db);
    }
}

fn in_snapshot<T>(db: &Connection, query: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    // Ends by rollback when dropped, which for a reader is the same as a commit.
    let snapshot = db.unchecked_transaction()?;
    query(&snapshot)
}

/// The driver's errors: a disk that refuses is the operator's matter and passes, the rest is ours.
impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseCorrupt, DiskFull, FileLockingProtocolFailed, OutOfMemory,
            ReadOnly, SystemIoFailure,
        };
        match error.sqlite_error_code() {
            Some(
                CannotOpen
                // What SQLite makes of some reads that fail, too.
                | DatabaseCorrupt
                | DiskFull
                | FileLockingProtocolFailed
                | OutOfMemory
                | ReadOnly
                | SystemIoFailure,
            ) => Self::Storage(error.into()),
            _ => Self::Internal(error.into()),
        }
    }
}
