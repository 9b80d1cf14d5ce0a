//! The writer thread: batches, the commit, and what happens when a command fails.
//!
//! A batch is everything that queued up during the last commit. Its commands share one transaction
//! without savepoints. Most failures happen before a command has written anything, and then there
//! is nothing to undo. If one fails later (a bug, or the disk), the whole transaction is rolled
//! back and the batch is applied again with a savepoint for each command: the failing one leaves
//! nothing, and the others are not affected.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
        mpsc::Receiver,
    },
};

use rusqlite::Connection;

use super::{
    Publish, Record,
    batch::Batch,
    cache::Cache,
    command::{Apply, By, Entry},
    recent::Recent,
    sql::execute,
};
use crate::{
    error::{Error, Result},
    model::{Change, ConnectionId},
    types::Revision,
};

/// Commands in one commit. More would only delay the first of them.
const BATCH_COMMANDS_MAX: usize = 512;

/// A queued command with its answer, its types erased.
pub(super) type Job = Box<dyn Work + Send>;

/// What the writer does for one submitter.
pub(super) trait Work {
    /// Does the work and keeps the outcome for the answer. May be called twice.
    fn apply(&mut self, batch: &mut Batch<'_>) -> Result<()>;
    /// Answers: with the outcome of the last `apply` if it was committed, else with the error.
    fn answer(self: Box<Self>, committed: Result<()>);
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
        let Entry { at, actor, ref command } = self.entry;
        self.outcome = Some(command.apply(batch, By { at, actor })?);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<()>) {
        let outcome = self.outcome;
        (self.answer)(committed.map(|()| outcome.expect("an applied command has an outcome")));
    }

    fn origin(&self) -> Option<ConnectionId> {
        self.origin
    }

    fn entry(&self) -> Option<Entry> {
        let Entry { at, actor, ref command } = self.entry;
        Some(Entry { at, actor, command: command.clone().into() })
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
}

/// A job that was applied and waits for the commit.
struct Applied {
    outcome: Result<()>,
    changes: Vec<Change>,
}

/// How the commands of a batch are protected from each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Savepoints {
    None,
    Each,
}

/// A command has failed after it had written something, and nothing separates it from the others.
struct MustRollBack;

impl Writer {
    /// Works until the queue's last sender is gone, then checkpoints.
    pub(super) fn run(mut self, queue: &Receiver<Job>) {
        let mut jobs = Vec::with_capacity(BATCH_COMMANDS_MAX);
        while let Ok(first) = queue.recv() {
            jobs.push(first);
            jobs.extend(queue.try_iter().take(BATCH_COMMANDS_MAX - 1));
            self.run_batch(&mut jobs);
        }
        if let Err(error) = self.db.pragma_update(None, "wal_checkpoint", "TRUNCATE") {
            tracing::warn!(%error, "the last checkpoint failed; the changes stay in the log");
        }
    }

    /// Commit, then publish, then answer.
    pub(super) fn run_batch(&mut self, jobs: &mut Vec<Job>) {
        let (before, rows_before) = (self.revision, self.db.total_changes());
        let mut applied = Vec::with_capacity(jobs.len());
        match self.apply_and_commit(jobs, &mut applied) {
            Ok(()) => {
                // A transaction that changed no row leaves the log alone.
                if self.db.total_changes() != rows_before {
                    self.commits.fetch_add(1, Ordering::Relaxed);
                }
                self.cache.keep();
                self.recent.note(self.revision, applied.iter().flat_map(|it| &it.changes));
                self.committed.store(self.revision.0, Ordering::Release);
                self.finish(jobs, applied);
            }
            Err(error) => {
                tracing::error!(%error, commands = jobs.len(), "a batch could not be committed; its requests were refused");
                self.roll_back(before);
                // The error that ended the transaction says more than the failed commit.
                let storage = |error: &&Error| matches!(error, Error::Storage(_));
                let mut failed = applied.iter().filter_map(|it| it.outcome.as_ref().err());
                let cause = failed.find(storage).map_or_else(|| copy(&error), copy);
                let mut outcomes = applied.into_iter().map(|it| it.outcome);
                for job in jobs.drain(..) {
                    let own = outcomes.next().and_then(Result::err);
                    job.answer(Err(own.unwrap_or_else(|| copy(&cause))));
                }
            }
        }
    }

    fn apply_and_commit(&mut self, jobs: &mut [Job], applied: &mut Vec<Applied>) -> Result<()> {
        let before = self.revision;
        execute(&self.db, "BEGIN IMMEDIATE")?;
        if let Err(MustRollBack) = self.apply_all(jobs, Savepoints::None, applied) {
            tracing::warn!("a command failed halfway; applying its batch again");
            self.roll_back(before);
            applied.clear();
            execute(&self.db, "BEGIN IMMEDIATE")?;
            // Savepoints separate the commands now, so this cannot ask to roll back.
            drop(self.apply_all(jobs, Savepoints::Each, applied));
        }
        execute(&self.db, "COMMIT")
    }

    fn apply_all(
        &mut self,
        jobs: &mut [Job],
        savepoints: Savepoints,
        applied: &mut Vec<Applied>,
    ) -> Result<(), MustRollBack> {
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

    fn apply(&mut self, job: &mut Job, savepoints: Savepoints) -> Result<Applied, MustRollBack> {
        let (before, mark, rows_before) =
            (self.revision, self.cache.mark(), self.db.total_changes());
        let mut batch = Batch::new(&self.db, &mut self.cache, &mut self.revision);
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
        let changes = batch.into_changes();
        if outcome.is_ok() {
            return Ok(Applied { outcome, changes });
        }
        self.revision = before;
        let has_written = self.db.total_changes() != rows_before;
        match savepoints {
            // What it read into the cache is right, and stays for the others.
            Savepoints::None if !has_written || self.db.is_autocommit() => {}
            Savepoints::None => return Err(MustRollBack),
            Savepoints::Each => {
                self.cache.undo_to(mark);
                // These fail when the whole transaction is gone, and then so does the COMMIT.
                drop(execute(&self.db, "ROLLBACK TO command"));
                drop(execute(&self.db, "RELEASE command"));
            }
        }
        Ok(Applied { outcome, changes: Vec::new() })
    }

    /// Publishes every change of the batch in order, then answers.
    fn finish(&mut self, jobs: &mut Vec<Job>, applied: Vec<Applied>) {
        let mut outcomes = Vec::with_capacity(jobs.len());
        for (job, Applied { outcome, changes }) in jobs.iter().zip(applied) {
            for change in &changes {
                (self.publish)(change, job.origin());
            }
            if let Some(record) = &mut self.record
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
        other => Error::internal(other.to_string()),
    }
}
