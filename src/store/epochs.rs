//! The runs of the server, so that a device notices when a backup was restored.
//!
//! A number alone does not tell: the restored server counts on from the backup's and soon
//! passes what a device has seen of the future that was lost. With the epoch it does: each
//! ends where the next began, and a number beyond its epoch's end was never given there.

use rusqlite::{Connection, OptionalExtension};

use crate::{
    error::{Error, Result},
    words::{Epoch, Number},
};

/// Epochs that are remembered. A device that slept through more restarts starts anew.
const EPOCHS_MAX: i64 = 1_000;
/// Clients keep it as a JavaScript number.
const NAME_BITS: u32 = 53;

/// Begins an epoch at `number`. A disk that takes no writes keeps nobody from reading.
pub(super) fn begin(db: &Connection, number: Number) -> Result<Epoch> {
    let random = getrandom::u64().map_err(|e| Error::internal(e.to_string()))?;
    let name = Epoch(i64::try_from(random >> (64 - NAME_BITS)).expect("53 bits fit"));
    if let Err(error) = record(db, name, number) {
        tracing::warn!(%error, "the epoch of this start could not be stored; after the next start all devices reload everything");
    }
    Ok(name)
}

fn record(db: &Connection, name: Epoch, number: Number) -> rusqlite::Result<()> {
    let transaction = db.unchecked_transaction()?;
    let id: i64 = transaction.query_row(
        "INSERT INTO epochs (name, first_number) VALUES (?1, ?2) RETURNING id",
        (name, number),
        |row| row.get(0),
    )?;
    transaction.execute("DELETE FROM epochs WHERE id <= ?1", (id - EPOCHS_MAX,))?;
    transaction.commit()
}

/// Whether this database has ever been at `number` during `epoch`. `current` is the server's own.
pub(super) fn knows(db: &Connection, epoch: Epoch, number: Number, current: Epoch) -> Result<bool> {
    // Not asked of the table, where a full disk may have left it out.
    if epoch == current {
        return Ok(true);
    }
    let mut query = db.prepare_cached(
        "SELECT (SELECT min(next.first_number) FROM epochs next WHERE next.id > e.id)
           FROM epochs e WHERE e.name = ?1",
    )?;
    let end: Option<Option<Number>> = query.query_row((epoch,), |row| row.get(0)).optional()?;
    Ok(end.is_some_and(|end| end.is_none_or(|end| number <= end)))
}
