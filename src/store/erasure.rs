//! Deleted words leave the disk.
//!
//! SQLite overwrites what is deleted from a page (`secure_delete`, in `open.rs`). The write-ahead log
//! keeps older versions of the page, also after a checkpoint, until new ones happen to overwrite
//! them. So after words were deleted, a checkpoint soon copies the log into the file and cuts it.

use std::time::{Duration, Instant};

use rusqlite::Connection;

/// How long deleted words may stay in the log. One checkpoint serves all that are deleted in that time.
const WITHIN: Duration = Duration::from_secs(10);
/// The pause after a checkpoint that readers or the disk have hindered.
const PAUSE: Duration = Duration::from_secs(1);

/// When the log has to be cut.
#[derive(Debug)]
pub(super) struct Erasure {
    due: Option<Instant>,
    /// Whether the last attempt failed, so that a full disk is logged once.
    has_failed: bool,
}

impl Erasure {
    /// At the start it is due: a killed server may have left deleted words in the log.
    pub(super) fn at_start() -> Self {
        Self { due: Some(Instant::now()), has_failed: false }
    }

    /// When the log has to be cut; `None` if no deleted words are in it.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Notes that words were deleted.
    pub(super) fn note(&mut self) {
        self.due.get_or_insert_with(|| Instant::now() + WITHIN);
    }

    /// Cuts the log if that is due.
    pub(super) fn run(&mut self, db: &Connection) {
        if self.due.is_none_or(|due| due > Instant::now()) {
            return;
        }
        let outcome = cut_log(db);
        if let Err(error) = &outcome
            && !self.has_failed
        {
            tracing::warn!(%error, "deleted words stay in the log of the database until a checkpoint works");
        }
        self.has_failed = outcome.is_err();
        let is_done = outcome.unwrap_or(false);
        self.due = (!is_done).then(|| Instant::now() + PAUSE);
    }
}

/// Copies the log into the database file and makes it empty. `false` if a reader hindered that.
fn cut_log(db: &Connection) -> rusqlite::Result<bool> {
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| Ok(row.get::<_, i64>(0)? == 0))
}
