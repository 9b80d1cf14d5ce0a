//! The writer thread: batches, the commit, and what happens when a command fails.
//!
//! A batch is what queued up during the last commit, up to a limit. Its commands share one transaction
//! without savepoints. Most failures happen before a command has written anything, and then there
//! is nothing to undo. If one fails later (a bug, or the disk), the whole transaction is rolled
//! back and the batch is applied again with a savepoint for each command: the failing one leaves
//! nothing, and the others are not affected.
//!
//! While another program has locked the database, the batch waits and is tried again, and further
//! commands wait behind it. After a limit everything that waits is answered "busy" together, so
//! that no message overtakes another one.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rusqlite::Connection;

use super::{
    Publish, Record,
    batch::{Batch, Reacted},
    cache::Cache,
    command::{Apply, By, Entry},
    erasure::Erasure,
    health::{Failures, Files, Health, Space},
    queue::Queue,
    quota, reactions,
    recent::Recent,
    sql::execute,
};
use crate::{
    error::{Error, Result},
    model::{Change, ConnectionId},
    types::Revision,
};

/// How long SQLite waits for a lock before the writer looks whether it should go on waiting.
pub(super) const LOCK_TRY: Duration = Duration::from_millis(100);
/// The pause between two tries, because SQLite does not always wait.
const LOCK_PAUSE: Duration = Duration::from_millis(10);
/// A number in the header of the database.
const VERSION: &str = "user_version";
/// How long the writer waits for a lock when the server stops.
const LOCK_MAX_AT_END: Duration = Duration::from_secs(1);

/// A queued command with its answer, its types erased.
pub(crate) type Job = Box<dyn Work + Send>;

impl fmt::Debug for dyn Work + Send {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Work")
    }
}

/// What the writer does for one submitter.
pub(crate) trait Work {
    /// Does the work and keeps the outcome for the answer. May be called twice.
    fn apply(&mut self, batch: &mut Batch<'_>) -> Result<()>;
    /// Answers: with the outcome of the last `apply` if it was committed, else with the error.
    fn answer(self: Box<Self>, committed: Result<()>);
    /// Whether it makes the database larger.
    fn grows(&self) -> bool {
        false
    }
    /// The connection that asked, if it is answered instead of being sent its own message.
    fn origin(&self) -> Option<ConnectionId> {
        None
    }
    /// What to record; `None` if nothing is written.
    fn entry(&self) -> Option<Entry> {
        None
    }
}

/// A command and its answer.
pub(super) struct Task<C: Apply, A> {
    pub(super) entry: Entry<C>,
    pub(super) origin: Option<ConnectionId>,
    pub(super) outcome: Option<C::Outcome>,
    pub(super) answer: A,
}

impl<C: Apply, A: FnOnce(Result<C::Outcome>)> Work for Task<C, A> {
    fn apply(&mut self, batch: &mut Batch<'_>) -> Result<()> {
        let Entry { at, clock, actor, ref command } = self.entry;
        self.outcome = Some(command.apply(batch, By { at, clock, actor })?);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let outcome = self.outcome;
        (self.answer)(committed.map(|()| outcome.expect("an applied command has an outcome")));
    }

    fn grows(&self) -> bool {
        self.entry.command.bytes() > 0
    }

    fn origin(&self) -> Option<ConnectionId> {
        self.origin
    }

    fn entry(&self) -> Option<Entry> {
        let Entry { at, clock, actor, ref command } = self.entry;
        Some(Entry { at, clock, actor, command: command.clone().into() })
    }
}

/// Waits until everything submitted before it is committed and published. Writes nothing.
pub(super) struct Barrier<A> {
    pub(super) answer: A,
    pub(super) revision: Revision,
}

impl<A: FnOnce(Result<Revision>)> Work for Barrier<A> {
    fn apply(&mut self, batch: &mut Batch<'_>) -> Result<()> {
        self.revision = batch.revision();
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let revision = self.revision;
        (self.answer)(committed.map(|()| revision));
    }
}

/// Finds out whether the disk takes writes again. Writes the header of the database as it is.
pub(super) struct Probe<A> {
    pub(super) answer: A,
    pub(super) health: Arc<Health>,
}

impl<A: FnOnce(Result<()>)> Work for Probe<A> {
    fn apply(&mut self, batch: &mut Batch<'_>) -> Result<()> {
        let version: i64 = batch.db.pragma_query_value(None, VERSION, |row| row.get(0))?;
        Ok(batch.db.pragma_update(None, VERSION, version)?)
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        if committed.is_ok() {
            self.health.set_refuses_writes(false);
        }
        (self.answer)(committed);
    }
}

/// The thread's state.
pub(super) struct Writer {
    pub(super) db: Connection,
    pub(super) publish: Publish,
    pub(super) recent: Arc<Recent>,
    pub(super) record: Option<Record>,
    pub(super) revision: Revision,
    /// [`Writer::revision`] as of the last commit, for readers.
    pub(super) committed: Arc<AtomicI64>,
    /// Commits that wrote something.
    pub(super) commits: Arc<AtomicU64>,
    pub(super) cache: Cache,
    pub(super) health: Arc<Health>,
    pub(super) files: Files,
    pub(super) space: Space,
    pub(super) failures: Failures,
    /// Bytes that one user may store, if there is a limit.
    pub(super) user_quota: Option<u64>,
    /// How long a batch waits for another program's lock.
    pub(super) lock_max: Duration,
    pub(super) erasure: Erasure,
}

/// A job that was applied and waits for the commit.
struct Applied {
    outcome: Result<()>,
    changes: Vec<Change>,
    reacted: Option<Reacted>,
}

/// How the commands of a batch are protected from each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Savepoints {
    None,
    Each,
}

/// Why a transaction cannot go on.
enum Stop {
    /// A command has failed after it had written something, and nothing separates it from the
    /// others.
    HalfDone,
    /// Another program has locked the database.
    Locked,
}

impl Writer {
    /// Works until the queue is closed and empty, then checkpoints.
    pub(super) fn run(mut self, queue: &Queue<Job>) {
        let mut jobs = Vec::new();
        while queue.take(&mut jobs, self.erasure.due()) {
            self.run_batch(&mut jobs, &|| queue.is_closed());
            if self.health.is_locked() {
                // What came meanwhile must not overtake what was refused.
                queue.take_all(&mut jobs);
                jobs.drain(..).for_each(|job| job.answer(Err(Error::Busy)));
            }
            self.erasure.run(&self.db);
        }
        if let Err(error) = self.db.pragma_update(None, "wal_checkpoint", "TRUNCATE") {
            tracing::warn!(%error, "the last checkpoint failed; the changes stay in the log");
        }
    }

    /// Commit, then publish, then answer. `is_ending` tells whether the server stops.
    pub(super) fn run_batch(&mut self, jobs: &mut Vec<Job>, is_ending: &dyn Fn() -> bool) {
        if jobs.is_empty() {
            return;
        }
        if self.files.are_lost() {
            self.health.set_refuses_writes(true);
            let lost = || Error::Storage("the files of the database are not in their place".into());
            return jobs.drain(..).for_each(|job| job.answer(Err(lost())));
        }
        self.space.look(&self.health);
        let (before, rows_before) = (self.revision, self.db.total_changes());
        let mut applied = Vec::with_capacity(jobs.len());
        match self.apply_and_commit_when_unlocked(jobs, &mut applied, is_ending) {
            Ok(()) => {
                // A transaction that changed no row leaves the log alone.
                if self.db.total_changes() != rows_before {
                    self.commits.fetch_add(1, Ordering::Relaxed);
                }
                // Not by the count of rows: after a failed commit, the next one counts some of its rows.
                if self.health.refuses_writes() && applied.iter().any(|it| !it.changes.is_empty()) {
                    self.health.set_refuses_writes(false);
                }
                self.cache.keep();
                self.recent.note(self.revision, applied.iter().flat_map(|it| &it.changes));
                self.committed.store(self.revision.0, Ordering::Release);
                self.finish(jobs, applied);
            }
            Err(Error::Busy) => jobs.drain(..).for_each(|job| job.answer(Err(Error::Busy))),
            Err(error) => {
                if let Some(batches) = self.failures.count(Instant::now()) {
                    tracing::error!(%error, commands = jobs.len(), batches, "a batch could not be committed; its requests were refused");
                }
                self.roll_back(before);
                // The error that ended the transaction says more than the failed commit.
                let storage = |error: &&Error| matches!(error, Error::Storage(_));
                let mut failed = applied.iter().filter_map(|it| it.outcome.as_ref().err());
                let cause = failed.find(storage).map_or_else(|| copy(&error), copy);
                if storage(&&cause) {
                    self.health.set_refuses_writes(true);
                }
                let mut outcomes = applied.into_iter().map(|it| it.outcome);
                for job in jobs.drain(..) {
                    let own = outcomes.next().and_then(Result::err);
                    job.answer(Err(own.unwrap_or_else(|| copy(&cause))));
                }
            }
        }
    }

    /// Tries until the database is not locked, or for [`Writer::lock_max`]. Then nothing of the
    /// batch is left, and the error is [`Error::Busy`].
    fn apply_and_commit_when_unlocked(
        &mut self,
        jobs: &mut [Job],
        applied: &mut Vec<Applied>,
        is_ending: &dyn Fn() -> bool,
    ) -> Result<()> {
        let (begun, before) = (Instant::now(), self.revision);
        loop {
            let outcome = self.apply_and_commit(jobs, applied);
            let is_locked = matches!(outcome, Err(Error::Busy));
            match (self.health.set_locked(is_locked), is_locked) {
                (true, true) => {
                    tracing::warn!("another program has locked the database; writes wait for it");
                }
                (true, false) => tracing::info!("the database is not locked any more"),
                _ => {}
            }
            if !is_locked {
                return outcome;
            }
            self.roll_back(before);
            applied.clear();
            let waited = begun.elapsed();
            if waited >= self.lock_max || (waited >= LOCK_MAX_AT_END && is_ending()) {
                tracing::warn!(commands = jobs.len(), "the lock lasts; writes are refused");
                return outcome;
            }
            thread::sleep(LOCK_PAUSE);
        }
    }

    fn apply_and_commit(&mut self, jobs: &mut [Job], applied: &mut Vec<Applied>) -> Result<()> {
        let before = self.revision;
        execute(&self.db, "BEGIN IMMEDIATE")?;
        match self.apply_all(jobs, Savepoints::None, applied) {
            Ok(()) => {}
            Err(Stop::Locked) => return Err(Error::Busy),
            Err(Stop::HalfDone) => {
                tracing::warn!("a command failed halfway; applying its batch again");
                self.roll_back(before);
                applied.clear();
                execute(&self.db, "BEGIN IMMEDIATE")?;
                // Savepoints separate the commands now, so no failure is half done.
                if self.apply_all(jobs, Savepoints::Each, applied).is_err() {
                    return Err(Error::Busy);
                }
            }
        }
        // Without a transaction the numbers would be committed alone; the COMMIT fails anyway.
        if !self.db.is_autocommit() {
            quota::write(&self.db, &self.cache)?;
            let all = applied.iter_mut().map(|it| (it.reacted.take(), &mut it.changes));
            reactions::publish_each_once(&self.db, all.rev())?;
        }
        execute(&self.db, "COMMIT")
    }

    fn apply_all(
        &mut self,
        jobs: &mut [Job],
        savepoints: Savepoints,
        applied: &mut Vec<Applied>,
    ) -> Result<(), Stop> {
        for job in jobs {
            // SQLite ends the transaction by itself when the disk is full. What came now would be
            // committed on its own, so everything waits for the coming COMMIT to fail.
            if self.db.is_autocommit() {
                return Ok(());
            }
            applied.push(self.apply(job, savepoints)?);
        }
        Ok(())
    }

    fn apply(&mut self, job: &mut Job, savepoints: Savepoints) -> Result<Applied, Stop> {
        if self.health.is_low_on_space() && job.grows() {
            let refusal = Error::Storage("less space is free than --disk-reserve".into());
            return Ok(Applied { outcome: Err(refusal), changes: Vec::new(), reacted: None });
        }
        let (before, mark, rows_before) =
            (self.revision, self.cache.mark(), self.db.total_changes());
        let mut batch = Batch::new(&self.db, &mut self.cache, self.user_quota, &mut self.revision);
        let attempt = AssertUnwindSafe(|| match savepoints {
            Savepoints::None => job.apply(&mut batch),
            Savepoints::Each => {
                execute(batch.db, "SAVEPOINT command")?;
                job.apply(&mut batch)?;
                execute(batch.db, "RELEASE command")
            }
        });
        let outcome = catch_unwind(attempt)
            .unwrap_or_else(|_| Err(Error::internal("a command of the store panicked")));
        let has_erased = batch.has_erased;
        let (changes, reacted) = batch.into_changes();
        if outcome.is_ok() {
            if has_erased {
                self.erasure.note();
            }
            return Ok(Applied { outcome, changes, reacted });
        }
        if matches!(outcome, Err(Error::Busy)) {
            return Err(Stop::Locked);
        }
        self.revision = before;
        let has_written = self.db.total_changes() != rows_before;
        match savepoints {
            // What it read into the cache is right, and stays for the others.
            Savepoints::None if !has_written || self.db.is_autocommit() => {}
            Savepoints::None => return Err(Stop::HalfDone),
            Savepoints::Each => {
                self.cache.undo_to(mark);
                // These fail when the whole transaction is gone, and then so does the COMMIT.
                drop(execute(&self.db, "ROLLBACK TO command"));
                drop(execute(&self.db, "RELEASE command"));
            }
        }
        Ok(Applied { outcome, changes: Vec::new(), reacted: None })
    }

    /// Publishes every change of the batch in order, then answers.
    fn finish(&mut self, jobs: &mut Vec<Job>, applied: Vec<Applied>) {
        let mut outcomes = Vec::with_capacity(jobs.len());
        for (job, Applied { outcome, changes, .. }) in jobs.iter().zip(applied) {
            if !changes.is_empty() {
                (self.publish)(&changes, job.origin());
            }
            // Do not record refusals that depend on this server's disk and settings, or on a session:
            // the same command succeeds on another server.
            let is_refused = matches!(
                outcome,
                Err(Error::Storage(_) | Error::Quota { .. } | Error::SignedOut(_))
            );
            if let Some(record) = &mut self.record
                && !is_refused
                && let Some(entry) = job.entry()
            {
                record(&entry);
            }
            outcomes.push(outcome);
        }
        for (job, outcome) in jobs.drain(..).zip(outcomes) {
            job.answer(outcome);
        }
    }

    fn roll_back(&mut self, revision: Revision) {
        self.revision = revision;
        self.cache.undo_to(0);
        if !self.db.is_autocommit()
            && let Err(error) = execute(&self.db, "ROLLBACK")
        {
            tracing::error!(%error, "rolling back failed");
        }
    }
}

/// The revision of the last change ever committed. Reads every table that has revisions, once, at
/// start; of the messages only what an index holds, because there may be millions.
pub(super) fn last_revision(db: &Connection) -> Result<Revision> {
    let mut last = highest(db, "SELECT max(id) FROM messages")?
        .max(highest(db, "SELECT max(changed) FROM messages WHERE changed <> id")?);
    for (table, column) in list_revision_columns(db)? {
        if table != "messages" {
            last = last.max(highest(db, &format!("SELECT max({column}) FROM {table}"))?);
        }
    }
    Ok(last)
}

/// The columns that hold revisions, by the house's rule: `changed`, and what ends in `_changed`.
fn list_revision_columns(db: &Connection) -> Result<Vec<(String, String)>> {
    let mut query = db.prepare(
        "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
          WHERE t.type = 'table' AND (c.name = 'changed' OR c.name LIKE '%\\_changed' ESCAPE '\\')",
    )?;
    let columns = query.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(columns.collect::<Result<_, _>>()?)
}

fn highest(db: &Connection, sql: &str) -> Result<Revision> {
    Ok(db.query_row(sql, (), |row| row.get::<_, Option<_>>(0))?.unwrap_or_default())
}

/// The error of a failed commit, for one more of its submitters.
fn copy(error: &Error) -> Error {
    match error {
        Error::Storage(cause) => Error::Storage(cause.to_string().into()),
        Error::Busy => Error::Busy,
        other => Error::internal(other.to_string()),
    }
}
