//! The runs of the server, so that a device notices when a backup was restored.
//!
//! A revision alone does not tell: the restored server counts on from the backup's revision and
//! soon passes what a device has seen. With the epoch it does: each epoch ends at the revision
//! where the next one began, and a revision beyond that end was never given out in it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use rusqlite::Connection;

use super::{
    batch::Batch,
    command::{Apply, BeginEpoch, By, Entry, MarkDatabase},
    sql::optional,
    writer::{Job, Task, Writer},
};
use crate::{
    error::{Error, Result},
    types::{Epoch, Revision, UserId},
};

/// Epochs that are remembered. A device that missed more restarts loads everything again.
const EPOCHS_MAX: i64 = 1_000;
/// Clients keep the name as a JavaScript number, which is exact up to here.
const NAME_BITS: u32 = 53;

/// Begins an epoch at the writer's revision. A disk that takes no writes does not prevent reading,
/// so a failure is only logged. A locked database does prevent the start.
pub(super) fn begin(writer: &mut Writer) -> Result<Epoch> {
    let name = make_name()?;
    let is_locked = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&is_locked);
    let answer = move |outcome: Result<()>| {
        if let Err(Error::Busy) = outcome {
            noted.store(true, Ordering::Relaxed);
        } else if let Err(error) = outcome {
            tracing::warn!(%error, "this start could not be recorded; after the next one, devices load everything again");
        }
    };
    let entry = Entry::now(UserId::SERVER, BeginEpoch { name });
    let job: Job = Box::new(Task { entry, origin: None, outcome: None, answer });
    writer.run_batch(&mut vec![job], &|| false);
    if is_locked.load(Ordering::Relaxed) { Err(Error::Busy) } else { Ok(name) }
}

/// Makes a random name.
pub(super) fn make_name() -> Result<Epoch> {
    let random = getrandom::u64().map_err(|e| Error::internal(e.to_string()))?;
    Ok(Epoch(i64::try_from(random >> (64 - NAME_BITS)).expect("53 bits fit")))
}

impl Apply for BeginEpoch {
    type Outcome = ();

    fn apply(&self, batch: &mut Batch<'_>, _: By) -> Result<()> {
        let revision = batch.revision();
        remember(batch.db, self.name, revision)
    }
}

impl Apply for MarkDatabase {
    type Outcome = ();

    fn apply(&self, batch: &mut Batch<'_>, _: By) -> Result<()> {
        // No revision belongs to it, so it does not end the epoch before it.
        remember(batch.db, self.name, Revision(i64::MAX))
    }
}

fn remember(db: &Connection, name: Epoch, first_revision: Revision) -> Result<()> {
    let id: i64 = db
        .prepare_cached("INSERT INTO epochs (name, first_revision) VALUES (?1, ?2) RETURNING id")?
        .query_row((name, first_revision), |row| row.get(0))?;
    let mut forget = db.prepare_cached("DELETE FROM epochs WHERE id <= ?1")?;
    forget.execute((id - EPOCHS_MAX,))?;
    Ok(())
}

/// Reads all of the table and its index.
///
/// # Errors
/// [`Error::Startup`] when one of them is damaged.
pub(super) fn check(db: &Connection) -> Result<()> {
    let found: String =
        db.query_row("SELECT * FROM pragma_integrity_check('epochs')", (), |row| row.get(0))?;
    if found == "ok" {
        return Ok(());
    }
    Err(Error::Startup(format!("the list of the server's runs is damaged: {found}")))
}

/// The last epoch that was recorded.
pub(super) fn last(db: &Connection) -> Result<Option<Epoch>> {
    let mut query =
        db.prepare_cached("SELECT name FROM epochs WHERE id = (SELECT max(id) FROM epochs)")?;
    optional(query.query_row((), |row| row.get(0)))
}

/// Whether this database remembers the epoch.
pub(super) fn is_known(db: &Connection, epoch: Epoch) -> Result<bool> {
    let mut query = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM epochs WHERE name = ?1)")?;
    Ok(query.query_row((epoch,), |row| row.get(0))?)
}

/// Whether this database has ever been at `revision` during `epoch`. `current` is the server's own.
pub(super) fn knows(
    db: &Connection,
    epoch: Epoch,
    revision: Revision,
    current: Epoch,
) -> Result<bool> {
    // The table may lack the current one, if the disk was full at the start.
    if epoch == current {
        return Ok(true);
    }
    let mut query = db.prepare_cached(
        "SELECT (SELECT min(next.first_revision) FROM epochs next WHERE next.id > e.id)
           FROM epochs e WHERE e.name = ?1",
    )?;
    let end: Option<Option<Revision>> = optional(query.query_row((epoch,), |row| row.get(0)))?;
    Ok(end.is_some_and(|end| end.is_none_or(|end| revision <= end)))
}
