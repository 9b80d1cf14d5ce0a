//! Opens the database file with every pragma that Chaap relies on. `inspect.rs` checks the file before
//! its first byte is touched.

use std::{fs::OpenOptions, path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags};

use super::migrate;
use crate::{
    error::{Error, Result},
    files,
};

/// 3.51.3 fixed a rare corruption of the write-ahead log, so older versions are refused.
const SQLITE_VERSION_MIN: i32 = 3_051_003;
/// Pages of log before a checkpoint copies them into the file: 16 MiB instead of SQLite's 4. A
/// checkpoint stops the writer, and costs less per message the rarer it is.
const WAL_AUTOCHECKPOINT_PAGES: i32 = 4_096;
/// After a checkpoint the log file is cut to this many bytes, so that one burst does not keep the
/// disk space.
const JOURNAL_SIZE_LIMIT: i64 = 64 * 1024 * 1024;
/// Prepared statements that each connection keeps. The store has fewer.
const STATEMENTS_MAX: usize = 128;

/// How long a connection waits for a lock: a reader for its query, the writer for the schema at the
/// start. While it runs, the writer has a loop of its own.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

/// The page cache of a reader in KiB: a quarter of SQLite's default. The system caches the file, and a
/// reader's pages are stale after the next commit.
const READER_CACHE_KIB: i32 = 512;

/// SQLite's version, for `--version`.
pub(crate) fn version() -> &'static str {
    rusqlite::version()
}

/// The connection of the writer thread, its schema brought up to date.
pub(super) fn for_writing(path: &Path) -> Result<Connection> {
    check_library()?;
    make_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags).map_err(|e| unusable(path, &e))?;
    set_pragmas(&db).map_err(|e| unusable(path, &e))?;
    migrate::run(&mut db).map_err(|e| at_start(path, e))?;
    Ok(db)
}

/// The connection of the reading thread.
pub(super) fn for_reading(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(|e| unusable(path, &e))?;
    set_connection_pragmas(&db).map_err(|e| unusable(path, &e))?;
    db.pragma_update(None, "cache_size", -READER_CACHE_KIB).map_err(|e| unusable(path, &e))?;
    Ok(db)
}

fn set_pragmas(db: &Connection) -> rusqlite::Result<()> {
    set_connection_pragmas(db)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    // A tick promises that COMMIT returns only after the log is on disk.
    db.pragma_update(None, "synchronous", "FULL")?;
    // What is deleted for everyone is overwritten. Inserts cost the same.
    db.pragma_update(None, "secure_delete", true)?;
    db.pragma_update(None, "wal_autocheckpoint", WAL_AUTOCHECKPOINT_PAGES)?;
    db.pragma_update(None, "journal_size_limit", JOURNAL_SIZE_LIMIT)?;
    db.pragma_update(None, "foreign_keys", true)
}

fn set_connection_pragmas(db: &Connection) -> rusqlite::Result<()> {
    db.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    db.busy_timeout(LOCK_TIMEOUT)?;
    db.pragma_update(None, "trusted_schema", false)
}

fn check_library() -> Result<()> {
    if rusqlite::version_number() < SQLITE_VERSION_MIN {
        return Err(Error::Startup(format!(
            "this program contains SQLite {}, but needs 3.51.3 or later; build Chaap with the bundled SQLite",
            rusqlite::version()
        )));
    }
    Ok(())
}

/// Makes the file with mode 0600 before SQLite would make it with the mode of the umask. SQLite gives
/// the log and the shared-memory file the same mode.
fn make_private(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    files::open(path, &mut options).map(drop).map_err(|e| unusable(path, &e))
}

/// An error of the store at the start, as a sentence for the operator.
pub(super) fn at_start(path: &Path, error: Error) -> Error {
    match error {
        Error::Internal(cause) | Error::Storage(cause) => unusable(path, cause.as_ref()),
        Error::Busy => Error::Startup(format!(
            "the database {} is locked by another program; close that program, then start again",
            path.display()
        )),
        other => other,
    }
}

/// The sentence for a file that cannot be used.
pub(super) fn unusable(path: &Path, cause: &dyn std::error::Error) -> Error {
    Error::Startup(format!(
        "the database {} cannot be opened: {cause}; check that you may write to it, and restore it from a backup if it is damaged",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No other test can see a weaker `synchronous`, but ticks would mean less.
    #[test]
    fn the_connections_have_the_pragmas_that_the_promises_need() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chaap.db");
        let writer = for_writing(&path).unwrap();
        let reader = for_reading(&path).unwrap();
        let number = |db: &Connection, name: &str| -> i64 {
            db.pragma_query_value(None, name, |row| row.get(0)).unwrap()
        };
        let mode: String =
            writer.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
        assert_eq!(number(&writer, "synchronous"), 2, "FULL");
        assert_eq!(number(&writer, "foreign_keys"), 1);
        assert_eq!(number(&writer, "secure_delete"), 1);
        for db in [&writer, &reader] {
            assert_eq!(number(db, "trusted_schema"), 0);
        }
        assert!(reader.execute("DELETE FROM users", ()).is_err(), "the reader cannot write");
    }
}
