//! The writer thread: batches, savepoints, the commit, and what it keeps in memory.
//!
//! The caches below are only ever right because this thread is the only writer. Whenever a
//! job or a commit fails they are dropped and read again.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
        mpsc::Receiver,
    },
};

use rusqlite::{Connection, OptionalExtension};

use super::{Committed, Publish, epochs};
use crate::{
    error::{Error, Result},
    model::{Audience, Change, ChatKind, ConnectionId, Row},
    words::{ChatId, Epoch, Number, Seq, UserId},
};

/// Jobs in one commit. More would only delay the first of them.
const BATCH_JOBS_MAX: usize = 512;
/// Chats kept in memory, about 200 bytes each; beyond it the cache starts anew.
const CACHED_CHATS_MAX: usize = 100_000;

/// A queued write with its answer, its types erased.
pub(super) type Job = Box<dyn Work + Send>;

/// How what a failed job has done is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undo {
    /// By a savepoint around the job.
    Whole,
    /// By a savepoint that the job asks for ([`Batch::guard`]) before the first of several
    /// statements that write.
    AsNeeded,
}

/// The two halves of a write: before the commit and after.
pub(super) trait Work {
    /// How to undo it.
    fn undo(&self) -> Undo;
    /// Does the work and keeps the value for the answer.
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<()>;
    /// Answers: with the kept value if everything went well, with the error otherwise.
    fn answer(self: Box<Self>, outcome: Result<bool>);
}

struct Task<T, F, A> {
    undo: Undo,
    work: Option<F>,
    value: Option<T>,
    answer: A,
}

impl<T, F, A> Work for Task<T, F, A>
where
    F: FnOnce(&mut Batch<'_>) -> Result<T>,
    A: FnOnce(Result<Committed<T>>),
{
    fn undo(&self) -> Undo {
        self.undo
    }

    fn run(&mut self, batch: &mut Batch<'_>) -> Result<()> {
        let work = self.work.take().expect("a job runs once");
        self.value = Some(work(batch)?);
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<bool>) {
        let Self { value, answer, .. } = *self;
        answer(outcome.map(|taken| {
            let value = value.expect("a job that succeeded has a value");
            Committed { value, taken }
        }));
    }
}

/// Joins a job and its answer.
pub(super) fn job<T, F, A>(undo: Undo, work: F, answer: A) -> Job
where
    T: Send + 'static,
    F: FnOnce(&mut Batch<'_>) -> Result<T> + Send + 'static,
    A: FnOnce(Result<Committed<T>>) + Send + 'static,
{
    Box::new(Task { undo, work: Some(work), value: None, answer })
}

/// What the thread knows without asking the database.
#[derive(Default)]
struct Cache {
    chats: HashMap<ChatId, CachedChat>,
    pairs: HashMap<(UserId, UserId), ChatId>,
}

/// The part of a chat that a send needs.
#[derive(Clone)]
pub(super) struct CachedChat {
    pub(super) kind: ChatKind,
    pub(super) members: Arc<[UserId]>,
    pub(super) last_seq: Seq,
}

impl CachedChat {
    /// Whom a message of `sender` is for, in a direct chat.
    pub(super) fn recipient(&self, sender: UserId) -> Option<UserId> {
        let other = || self.members.iter().copied().find(|user| *user != sender);
        (self.kind == ChatKind::Direct).then(|| other().unwrap_or(sender))
    }
}

/// The thread's state.
pub(super) struct Writer {
    db: Connection,
    publish: Publish,
    number: Number,
    /// [`Writer::number`] as of the last commit, for readers.
    committed: Arc<AtomicI64>,
    /// Commits that wrote something.
    commits: Arc<AtomicU64>,
    cache: Cache,
}

/// A transaction under way, as jobs see it.
pub(crate) struct Batch<'w> {
    pub(super) db: &'w Connection,
    number: &'w mut Number,
    cache: &'w mut Cache,
    changes: Vec<Change>,
    /// Whether a savepoint stands before what this job does.
    guarded: bool,
}

/// A job that ran, waiting for the commit: how it went and which changes are its own.
struct Ran {
    job: Job,
    outcome: Result<()>,
    changes: Vec<Change>,
}

impl Writer {
    pub(super) fn new(
        db: Connection,
        publish: Publish,
        committed: Arc<AtomicI64>,
        commits: Arc<AtomicU64>,
    ) -> Result<Self> {
        let number = last_number(&db)?;
        committed.store(number.0, Ordering::Release);
        Ok(Self { db, publish, number, committed, commits, cache: Cache::default() })
    }

    /// Notes that a run of the server begins.
    pub(super) fn begin_epoch(&self) -> Result<Epoch> {
        epochs::begin(&self.db, self.number)
    }

    /// Works until the queue's last sender is gone, then checkpoints.
    pub(super) fn run(mut self, queue: &Receiver<Job>) {
        let mut jobs = Vec::with_capacity(BATCH_JOBS_MAX);
        while let Ok(first) = queue.recv() {
            jobs.push(first);
            jobs.extend(queue.try_iter().take(BATCH_JOBS_MAX - 1));
            self.run_batch(jobs.drain(..));
        }
        if let Err(error) = self.db.pragma_update(None, "wal_checkpoint", "TRUNCATE") {
            tracing::warn!(%error, "the last checkpoint failed; the changes stay in the log and are safe");
        }
    }

    fn run_batch(&mut self, jobs: impl Iterator<Item = Job>) {
        let (before, rows_before) = (self.number, self.db.total_changes());
        let began = execute(&self.db, "BEGIN IMMEDIATE");
        let ran: Vec<Ran> = match &began {
            Ok(()) => jobs.map(|job| self.run_job(job)).collect(),
            Err(_) => jobs.map(|job| Ran { job, outcome: Ok(()), changes: Vec::new() }).collect(),
        };
        match began.and_then(|()| execute(&self.db, "COMMIT")) {
            Ok(()) => {
                // A transaction that changed no row leaves the log alone.
                if self.db.total_changes() != rows_before {
                    self.commits.fetch_add(1, Ordering::Relaxed);
                }
                self.finish(ran);
            }
            Err(error) => {
                tracing::error!(%error, jobs = ran.len(), "a batch could not be committed; its requests were refused");
                self.forget(before);
                if !self.db.is_autocommit() {
                    let undone = execute(&self.db, "ROLLBACK");
                    undone.unwrap_or_else(|error| tracing::error!(%error, "the rollback failed"));
                }
                // What lost the transaction says more than that there is none to commit.
                let storage = |error: &&Error| matches!(error, Error::Storage(_));
                let mut failed = ran.iter().filter_map(|ran| ran.outcome.as_ref().err());
                let cause = failed.find(storage).map_or(error, again);
                for Ran { job, outcome, .. } in ran {
                    job.answer(Err(outcome.err().unwrap_or_else(|| again(&cause))));
                }
            }
        }
    }

    fn run_job(&mut self, mut job: Job) -> Ran {
        if self.db.is_autocommit() {
            // An earlier job has lost the transaction: a full disk does that. Whatever came now
            // would be committed by itself; so it waits for the coming COMMIT to fail.
            return Ran { job, outcome: Ok(()), changes: Vec::new() };
        }
        let before = self.number;
        let mut batch = Batch {
            db: &self.db,
            number: &mut self.number,
            cache: &mut self.cache,
            changes: Vec::new(),
            guarded: false,
        };
        let rows_before = batch.db.total_changes();
        let attempt = AssertUnwindSafe(|| {
            if job.undo() == Undo::Whole {
                batch.guard()?;
            }
            job.run(&mut batch)?;
            batch.release()
        });
        let outcome = catch_unwind(attempt)
            .unwrap_or_else(|_| Err(Error::internal("a job of the store panicked")));
        let Batch { changes, guarded, .. } = batch;
        if let Err(error) = outcome {
            debug_assert!(guarded || self.db.total_changes() == rows_before, "left: {error}");
            self.undo(guarded, before);
            return Ran { job, outcome: Err(error), changes: Vec::new() };
        }
        Ran { job, outcome: Ok(()), changes }
    }

    /// Undoes the job that has just failed.
    fn undo(&mut self, guarded: bool, before: Number) {
        self.forget(before);
        if guarded {
            // These fail when the whole transaction is gone, and the coming COMMIT does then.
            drop(execute(&self.db, "ROLLBACK TO job"));
            drop(execute(&self.db, "RELEASE job"));
        }
    }

    /// Publishes every change of the batch in order, then answers: commit, publish, ack.
    fn finish(&mut self, ran: Vec<Ran>) {
        self.committed.store(self.number.0, Ordering::Release);
        let published: Vec<(Job, Result<bool>)> = ran
            .into_iter()
            .map(|Ran { job, outcome, changes }| {
                let taken = changes.iter().map(&self.publish).fold(false, |a, b| a | b);
                (job, outcome.map(|()| taken))
            })
            .collect();
        for (job, outcome) in published {
            job.answer(outcome);
        }
    }

    fn forget(&mut self, number: Number) {
        self.number = number;
        self.cache = Cache::default();
    }
}

impl Batch<'_> {
    /// From here on, all that the job does is undone if it fails.
    pub(super) fn guard(&mut self) -> Result<()> {
        if !self.guarded {
            execute(self.db, "SAVEPOINT job")?;
            self.guarded = true;
        }
        Ok(())
    }

    fn release(&self) -> Result<()> {
        if self.guarded { execute(self.db, "RELEASE job") } else { Ok(()) }
    }

    /// The number of the last change so far, this batch's included.
    pub(crate) fn number(&self) -> Number {
        *self.number
    }

    /// Takes the next number: call it for a change that will surely be written.
    pub(super) fn next_number(&mut self) -> Number {
        *self.number = self.number.next();
        *self.number
    }

    /// Takes back the number just taken: the change turned out to be none.
    pub(super) fn give_back(&mut self, number: Number) {
        debug_assert_eq!(*self.number, number, "only the last number can be given back");
        *self.number = Number(number.0 - 1);
    }

    /// Has `row` published once the batch is committed.
    pub(super) fn announce(&mut self, row: Row, audience: Audience, origin: Option<ConnectionId>) {
        self.changes.push(Change { row, audience, origin });
    }

    /// A chat's members and counter, from memory or the database.
    pub(super) fn chat(&mut self, id: ChatId) -> Result<CachedChat> {
        if let Some(chat) = self.cache.chats.get(&id) {
            return Ok(chat.clone());
        }
        let kind = self
            .db
            .prepare_cached("SELECT kind FROM chats WHERE id = ?1")?
            .query_row((id,), |row| row.get(0))
            .optional()?
            .ok_or(Error::NotFound("chat"))?;
        let members: Vec<UserId> = self
            .db
            .prepare_cached("SELECT user_id FROM members WHERE chat_id = ?1 ORDER BY user_id")?
            .query_map((id,), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let last_seq = super::messages::last_seq(self.db, id)?;
        let chat = CachedChat { kind, members: members.into(), last_seq };
        self.keep_chat(id, chat.clone());
        Ok(chat)
    }

    pub(super) fn keep_chat(&mut self, id: ChatId, chat: CachedChat) {
        if self.cache.chats.len() >= CACHED_CHATS_MAX {
            *self.cache = Cache::default();
        }
        self.cache.chats.insert(id, chat);
    }

    /// Notes that the chat's last message has this `seq`.
    pub(super) fn advance_seq(&mut self, id: ChatId, seq: Seq) {
        if let Some(chat) = self.cache.chats.get_mut(&id) {
            chat.last_seq = seq;
        }
    }

    pub(super) fn pair(&self, pair: (UserId, UserId)) -> Option<ChatId> {
        self.cache.pairs.get(&pair).copied()
    }

    pub(super) fn keep_pair(&mut self, pair: (UserId, UserId), id: ChatId) {
        self.cache.pairs.insert(pair, id);
    }
}

/// The number of the last change ever committed. Reads all members: once, at start.
fn last_number(db: &Connection) -> Result<Number> {
    let number = db
        .prepare_cached(
            "SELECT max(
               ifnull((SELECT max(changed) FROM users), 0),
               ifnull((SELECT max(changed) FROM chats), 0),
               ifnull((SELECT max(changed) FROM members), 0),
               ifnull((SELECT max(changed) FROM preferences), 0),
               ifnull((SELECT max(changed) FROM privacy), 0),
               ifnull((SELECT max(id) FROM messages), 0),
               ifnull((SELECT max(changed) FROM messages WHERE changed <> id), 0))",
        )?
        .query_row((), |row| row.get(0))?;
    Ok(number)
}

fn execute(db: &Connection, sql: &str) -> Result<()> {
    db.prepare_cached(sql)?.execute(())?;
    Ok(())
}

/// The error of a failed commit, for one more of its callers.
fn again(error: &Error) -> Error {
    match error {
        Error::Storage(cause) => Error::Storage(cause.to_string().into()),
        other => Error::internal(other.to_string()),
    }
}
