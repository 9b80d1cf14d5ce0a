//! The store: SQLite on threads of its own, reached through bounded queues.
//!
//! One thread writes, so it is the sequencer of everything durable: it takes what queued up during
//! the last commit as one batch (no timer), from each user in turns, applies each [`Command`], commits once,
//! publishes the changes in order, then answers. Other threads read, on read-only connections, so
//! that no search delays a send. Reads that may be long have threads of their own, and each user has
//! one of them running at a time: so nobody's lists delay the short reads, and users take turns.
//!
//! `store/command.rs` lists every write. A file per subject holds the queries and applies the
//! commands. Nothing outside names rusqlite.

mod accounts;
mod batch;
mod cache;
mod chat_list;
mod chats;
mod comings;
mod command;
mod drafts;
mod ended;
mod epochs;
mod erasure;
mod events;
mod expiry;
mod expiry_clock;
mod flags;
mod forwards;
mod group_pictures;
mod groups;
mod health;
mod history;
mod inspect;
mod invites;
mod members;
mod memberships;
mod message_changes;
mod messages;
mod migrate;
mod open;
mod pins;
mod preferences;
mod privacy;
mod profiles;
mod queue;
mod quota;
mod reactions;
mod readers;
mod receipt_times;
mod receipts;
mod recent;
mod scheduled;
mod sessions;
mod sql;
mod stays;
mod sync;
#[cfg(test)]
mod tests;
mod unread;
mod unsaved;
mod users;
mod v1;
mod views;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
        mpsc::{SyncSender, TrySendError},
    },
    thread::JoinHandle,
    time::Duration,
};

use rusqlite::Connection;
use tokio::{sync::oneshot, time::timeout};
use tokio_util::sync::CancellationToken;

pub(crate) use self::{
    accounts::Credentials,
    chat_list::{ChatPage, ListCursor},
    command::{
        AddMembers, Apply, CancelScheduled, ChangeGroup, ChangePassword, ChangePreferences,
        ChangePrivacy, ChangeProfile, ChangeScheduled, ClearChat, Command, CreateGroup,
        CreateSession, CreateUser, DeleteMessage, EditMessage, Entry, HideMessage, JoinGroup,
        MarkReceived, NoteLastSeen, PinMessage, React, RemoveGroupPicture, RemoveInvite,
        RemoveMember, RemovePicture, RenewInvite, ScheduleMessage, SendDue, SendMessage,
        SendScheduled, SetGroupPicture, SetPicture, SetRole, SetTimer, StarMessage, UnpinMessage,
    },
    history::{Cursor, Page},
    open::version,
    sync::{Feed, Since},
    v1::Stretch,
};
use self::{
    cache::Cache,
    ended::Ended,
    erasure::Erasure,
    expiry::Expiry,
    health::{Failures, Files, Health, Space},
    queue::Queue,
    readers::Readers,
    recent::Recent,
    sessions::InSession,
    writer::{Barrier, Job, LOCK_TRY, Probe, Task, Writer},
};
use crate::{
    error::{Error, Result, SignOut},
    model::{Caller, Change, ConnectionId},
    shares::Shares,
    types::{Epoch, Revision, UserId},
    workers,
};

/// Threads for reads that may be long. More would only share the same cores.
const LONG_READERS_MAX: usize = 3;
/// Threads for the short reads.
const SHORT_READERS_MAX: usize = 2;
/// How long a health check waits for the writer.
const CHECK_MAX: Duration = Duration::from_secs(2);

/// The database and the files beside it.
pub(crate) fn files_of(path: &Path) -> [PathBuf; 4] {
    let beside = |ending| inspect::beside(path, ending);
    [path.to_owned(), beside("-wal"), beside("-shm"), ended::path_beside(path)]
}

/// Called for every committed change, in order, with the connection that caused it.
pub(crate) type Publish = Box<dyn Fn(&[Change], Option<ConnectionId>) + Send>;
/// Called for every committed entry, in order.
pub(crate) type Record = Box<dyn FnMut(&Entry) + Send>;

/// Tells the writer that there is work when it is dropped.
pub(crate) type Wake = queue::Wake<Job>;

/// What the operator allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    /// Commands that may wait.
    pub(crate) queue_max: usize,
    /// How long they wait while another program locks the database.
    pub(crate) lock_max: Duration,
    /// Bytes that one user may store, if there is a limit.
    pub(crate) user_quota: Option<u64>,
    /// Bytes to keep free on the disk; `None` for the default.
    pub(crate) disk_reserve: Option<u64>,
}

impl Allowance {
    /// No limit but that of the queue, for stores without a server.
    pub(crate) fn of_queue(queue_max: usize) -> Self {
        let lock_max = Duration::from_secs(30);
        Self { queue_max, lock_max, user_quota: None, disk_reserve: Some(0) }
    }
}

/// A handle to all threads. Dropping it, or [`Store::close`], ends them.
#[derive(Debug)]
pub(crate) struct Store {
    writes: Arc<Queue<Job>>,
    /// Readers of single rows.
    reads: Readers,
    /// Readers of lists.
    long_reads: Readers,
    /// Whose turn it is to read a list.
    turns: Shares<UserId>,
    recent: Arc<Recent>,
    /// The readers of sessions alone.
    authentication: Readers,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// The revision of the last committed change, set by the writer before it publishes.
    committed: Arc<AtomicI64>,
    commits: Arc<AtomicU64>,
    epoch: Epoch,
    ended: Arc<Ended>,
    expiry: Arc<Expiry>,
    health: Arc<Health>,
    /// Cancelled when a thread has ended that nothing replaces.
    failed: CancellationToken,
}

/// Held by a thread that nothing replaces: says so if the thread panics.
struct Vital(CancellationToken);

impl Drop for Vital {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.cancel();
        }
    }
}

impl Store {
    /// Looks at an existing file without touching it. Ask this before [`Store::open`].
    ///
    /// # Errors
    /// [`Error::Startup`] when the file must not be opened.
    pub(crate) fn refuse_unusable(path: &Path) -> Result<()> {
        inspect::refuse_unusable(path)
    }

    /// Opens or makes the database at `path` and starts the threads. Also returns the users who
    /// hide when they are online: the hub must know them before the first change is published.
    ///
    /// # Errors
    /// [`Error::Startup`] when the file cannot be read or written.
    pub(crate) fn open(
        path: &Path,
        allowance: Allowance,
        publish: Publish,
        record: Option<Record>,
    ) -> Result<(Self, Vec<UserId>)> {
        let is_upgrade = inspect::is_older(path)?;
        let db = open::for_writing(path)?;
        let hidden = privacy::list_hidden(&db).map_err(|error| open::at_start(path, error))?;
        let ended = Ended::beside(path);
        let publish = ended.watch(publish);
        let begin = |writer: &mut Writer, ended: &Ended| {
            let at_start = |error| open::at_start(path, error);
            ended.end_revived(writer, is_upgrade).map_err(at_start)?;
            let epoch = epochs::begin(writer)?;
            ended.begin(&writer.db).map_err(at_start)?;
            Ok(epoch)
        };
        let store = Self::start((path, ended), db, allowance, (publish, record), begin)?;
        store.ended.submit_to(&store.writes);
        Ok((store, hidden))
    }

    /// Opens or makes a database to apply recorded commands to. Those begin its epochs, too.
    pub(crate) fn open_for_replay(path: &Path, queue_max: usize) -> Result<Self> {
        let db = open::for_writing(path)?;
        let (allowance, publish) = (Allowance::of_queue(queue_max), Box::new(|_: &_, _| {}));
        let ended = Ended::beside(path);
        Self::start((path, ended), db, allowance, (publish, None), |_, _| Ok(Epoch::default()))
    }

    fn start(
        (path, ended): (&Path, Arc<Ended>),
        db: Connection,
        allowance: Allowance,
        (publish, record): (Publish, Option<Record>),
        begin: impl FnOnce(&mut Writer, &Ended) -> Result<Epoch>,
    ) -> Result<Self> {
        let at_start = |error| open::at_start(path, error);
        let revision = writer::last_revision(&db).map_err(at_start)?;
        let expiry = Expiry::start(&db).map_err(at_start)?;
        let publish = expiry.watch(publish);
        db.busy_timeout(LOCK_TRY).map_err(|error| at_start(error.into()))?;
        let (health, failed) = (Arc::new(Health::default()), CancellationToken::new());
        let (committed, commits) =
            (Arc::new(AtomicI64::new(revision.0)), Arc::new(AtomicU64::new(0)));
        let recent = Arc::new(Recent::new(revision));
        let mut sequencer = Writer {
            db,
            recent: Arc::clone(&recent),
            publish,
            record,
            revision,
            committed: Arc::clone(&committed),
            commits: Arc::clone(&commits),
            cache: Cache::default(),
            health: Arc::clone(&health),
            files: Files::of(path).map_err(|e| at_start(Error::internal(e)))?,
            space: Space::of(path, allowance.disk_reserve),
            failures: Failures::default(),
            user_quota: allowance.user_quota,
            lock_max: allowance.lock_max,
            erasure: Erasure::at_start(),
        };
        // The first change of the file, made when nothing can refuse it any more. So far the
        // writer's connection is alone, and leaves nothing beside the file if the start fails.
        let epoch = begin(&mut sequencer, &ended).map_err(at_start)?;
        commits.store(0, Ordering::Relaxed);
        let spare = workers::cores().saturating_sub(1);
        let (short, long) = (spare.clamp(1, SHORT_READERS_MAX), spare.clamp(1, LONG_READERS_MAX));
        let reads = Readers::start(path, "store-read", short, &failed)?;
        let long_reads = Readers::start(path, "store-list", long, &failed)?;
        let authentication = Readers::start(path, "store-auth", 1, &failed)?;
        let writes = Queue::new(allowance.queue_max);
        let (jobs, vital) = (Arc::clone(&writes), Vital(failed.clone()));
        let thread = spawn("store-write", move || {
            // The whole guard, and dropped last.
            let _vital = vital;
            sequencer.run(&jobs);
        })?;
        Ok(Self {
            writes,
            reads,
            long_reads,
            turns: Shares::new(usize::MAX, 1),
            recent,
            authentication,
            writer: Mutex::new(Some(thread)),
            committed,
            commits,
            epoch,
            ended,
            expiry,
            health,
            failed,
        })
    }

    /// The revision of the last committed change. If it is read before a query, the query sees
    /// everything up to it.
    pub(crate) fn revision(&self) -> Revision {
        Revision(self.committed.load(Ordering::Acquire))
    }

    /// Commits since the start that wrote something. Each is one `fdatasync` of the log, not
    /// counting those of checkpoints.
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// The name of this run of the server. Devices keep it with their revision.
    pub(crate) fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Completes when a thread of the store has ended unexpectedly. The store cannot be used any more
    /// then, and only a new process helps.
    pub(crate) async fn failed(&self) {
        self.failed.cancelled().await;
    }

    /// Queues a command and returns at once. The writer sees it when the returned value is dropped: a
    /// caller that submits several commands in a row keeps that value until the last, so that one
    /// commit holds them. `answer` is called on the writer thread, after the command is committed and
    /// its changes are published; it must not block. `origin` is the
    /// connection that gets the answer, and therefore not its own message.
    ///
    /// # Errors
    /// [`Error::Busy`] when the queue or the actor's share of it is full; `answer` is then never
    /// called.
    pub(crate) fn submit<C, A>(
        &self,
        entry: Entry<C>,
        origin: Option<ConnectionId>,
        answer: A,
    ) -> Result<Wake>
    where
        C: Apply,
        A: FnOnce(Result<C::Outcome>) + Send + 'static,
    {
        let (actor, bytes) = (entry.actor, entry.command.bytes());
        self.writes.push(actor, bytes, Box::new(Task { entry, origin, outcome: None, answer }))
    }

    /// Submits a command and waits for its commit.
    pub(crate) async fn execute<C: Apply>(&self, actor: UserId, command: C) -> Result<C::Outcome> {
        let (sender, answer) = oneshot::channel();
        let entry = self.entry(actor, command);
        drop(self.submit(entry, None, |outcome| drop(sender.send(outcome)))?);
        answer.await.unwrap_or_else(|_| Err(Error::internal("the writer dropped a command")))
    }

    /// Like [`Store::execute`], for a request of a signed-in user.
    ///
    /// # Errors
    /// [`Error::SignedOut`] when the session has ended since the request began.
    pub(crate) async fn execute_for<C: Apply>(
        &self,
        caller: &Caller,
        command: C,
    ) -> Result<C::Outcome> {
        if self.ended.is_unsaved(caller.session_id) {
            return Err(Error::SignedOut(SignOut::Ended));
        }
        self.execute(caller.user_id, InSession { session: caller.session_id, command }).await
    }

    /// Waits until everything submitted so far is committed and published, and returns the
    /// revision up to which it is.
    pub(crate) async fn wait_for_writes(&self) -> Result<Revision> {
        let (sender, answer) = oneshot::channel();
        let answered = |revision| drop(sender.send(revision));
        let barrier = Barrier { answer: answered, revision: Revision::default() };
        drop(self.writes.push_barrier(Box::new(barrier))?);
        answer.await.unwrap_or_else(|_| Err(Error::internal("the writer dropped a barrier")))
    }

    /// Runs a query on a reader thread, in one snapshot of the database.
    async fn read<T, F>(&self, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.reads.read(query).await
    }

    /// Runs a query that may be long, for `user`, in one snapshot of the database. It waits for the
    /// user's other ones, so that the queue holds at most one of each user.
    async fn read_long<T, F>(&self, user: UserId, query: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        // The query keeps the turn: a client that hangs up must not begin another one meanwhile.
        let turn = self.turns.take(user, 1).await?;
        self.long_reads
            .read(move |db| {
                let _turn = turn;
                query(db)
            })
            .await
    }

    /// Whether all threads answer and the disk takes writes; `/readyz` asks.
    ///
    /// # Errors
    /// [`Error::Busy`] when they do not answer in time or the database is locked,
    /// [`Error::Storage`] when the disk is nearly full or refuses writes.
    pub(crate) async fn check(&self) -> Result<()> {
        let checked = timeout(CHECK_MAX, self.check_threads()).await;
        checked.unwrap_or(Err(Error::Busy))?;
        if self.health.is_low_on_space() {
            return Err(Error::Storage("less space is free than --disk-reserve".into()));
        }
        Ok(())
    }

    async fn check_threads(&self) -> Result<()> {
        if self.health.is_locked() {
            // Perhaps no other command comes. This one finds out when the lock is gone.
            let barrier = Barrier { answer: drop, revision: Revision::default() };
            drop(self.writes.push_barrier(Box::new(barrier)));
            return Err(Error::Busy);
        }
        for readers in [&self.reads, &self.long_reads, &self.authentication] {
            readers.read(|db| Ok(db.query_row("SELECT 1", (), |_| Ok(()))?)).await?;
        }
        self.wait_for_writes().await?;
        if self.health.refuses_writes() {
            // Perhaps no other command comes. Only a disk that was refusing is written to.
            self.probe().await?;
        }
        Ok(())
    }

    async fn probe(&self) -> Result<()> {
        let (sender, answer) = oneshot::channel();
        let answered = |outcome| drop(sender.send(outcome));
        let probe = Probe { answer: answered, health: Arc::clone(&self.health) };
        drop(self.writes.push_barrier(Box::new(probe))?);
        answer.await.unwrap_or_else(|_| Err(Error::internal("the writer dropped a probe")))
    }

    /// Finishes what was queued, checkpoints the log into the database file and ends the
    /// threads. Blocks. Later requests get [`Error::Busy`].
    pub(crate) fn close(&self) {
        // Readers end first: they would keep the checkpoint from emptying the log.
        self.reads.close();
        self.long_reads.close();
        self.authentication.close();
        self.writes.close();
        lock(&self.writer).take().into_iter().for_each(join);
    }
}

/// The revision of the last change in a database that no server has open.
pub(crate) fn last_revision(path: &Path) -> Result<Revision> {
    writer::last_revision(&open::for_reading(path)?)
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

fn join(thread: JoinHandle<()>) {
    if thread.join().is_err() {
        tracing::error!("a thread of the store had panicked");
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().expect("nothing panics while it holds a lock of the store")
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

/// Errors of the driver. A lock of another program is temporary. A disk that refuses is the operator's
/// matter and may recover; anything else is a fault of ours.
impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull,
            FileLockingProtocolFailed, OutOfMemory, ReadOnly, SystemIoFailure,
        };
        match error.sqlite_error_code() {
            // FileLockingProtocolFailed: SQLite has tried for ten seconds to lock the log.
            Some(DatabaseBusy | DatabaseLocked | FileLockingProtocolFailed) => Self::Busy,
            Some(
                CannotOpen
                // SQLite reports some failed reads as this.
                | DatabaseCorrupt
                | DiskFull
                | OutOfMemory
                | ReadOnly
                | SystemIoFailure,
            ) => Self::Storage(error.into()),
            _ => Self::Internal(error.into()),
        }
    }
}
