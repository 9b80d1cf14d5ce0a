//! Checks a database before its first byte is touched: whether it is ours, of a known version, and
//! not visibly damaged. SQLite cannot do this in the usual way, because it may change the file: the
//! last connection that closes copies the log into it.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::{migrate, open};
use crate::error::{Error, Result};

/// <https://www.sqlite.org/fileformat2.html#the_database_header>.
const HEADER_BYTES: usize = 100;
/// <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>.
const LOG_HEADER_BYTES: usize = 32;

/// Refuses a database that must not be opened. A missing or empty one is fine.
///
/// # Errors
/// [`Error::Startup`]; nothing on disk has changed.
pub(super) fn refuse_unusable(path: &Path) -> Result<()> {
    let header = beginning(path, HEADER_BYTES)?;
    if header.is_empty() {
        return Ok(());
    }
    check_header(path, &header)?;
    // SQLite would open it read-only and fail later with a less helpful error.
    OpenOptions::new().write(true).open(path).map_err(|e| open::unusable(path, &e))?;
    let log = beside(path, "-wal");
    let log_header = beginning(&log, LOG_HEADER_BYTES)?;
    check_log_header(&log, &log_header)?;
    if log_header.is_empty() {
        check_length(path, &header)?;
    }
    let read = match read_without_traces(path, log_header.is_empty()) {
        Err(Error::Busy) => read_beside_others(path),
        other => other,
    };
    read.map_err(|e| open::at_start(path, e))
}

/// The first bytes of a file; none if there is no such file.
fn beginning(path: &Path, bytes: usize) -> Result<Vec<u8>> {
    let mut read = Vec::with_capacity(bytes);
    match File::open(path) {
        Ok(file) => file.take(bytes as u64).read_to_end(&mut read).map(|_| read),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(read),
        Err(error) => Err(error),
    }
    .map_err(|e| open::unusable(path, &e))
}

fn check_header(path: &Path, header: &[u8]) -> Result<()> {
    let is_sqlite = header.len() == HEADER_BYTES
        && header.starts_with(b"SQLite format 3\0")
        // The versions of the format for writing and reading: rollback journal or log.
        && matches!(header[18..20], [1 | 2, 1 | 2])
        && matches!(u16::from_be_bytes([header[16], header[17]]), 1 | 512..=32_768);
    if !is_sqlite {
        return Err(damaged(path));
    }
    migrate::refuse_unknown(word(header, 60).cast_signed(), word(header, 68).cast_signed())
}

/// A file consists of whole pages, unless a crash left a page half copied, which the log still holds.
/// SQLite would read the missing end as zeros.
fn check_length(path: &Path, header: &[u8]) -> Result<()> {
    let bytes = path.metadata().map_err(|e| open::unusable(path, &e))?.len();
    let page_bytes = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        bytes => u64::from(bytes),
    };
    if bytes.is_multiple_of(page_bytes) { Ok(()) } else { Err(damaged(path)) }
}

fn damaged(path: &Path) -> Error {
    Error::Startup(format!(
        "{} is not a Chaap database or is damaged; restore it from a backup, or move it away to start with an empty one",
        path.display()
    ))
}

/// SQLite treats a log with a bad header as empty, so acknowledged messages in it would be lost without
/// an error. A crash does not leave such a header: it fits into one sector and is synced before the
/// first commit after it counts.
fn check_log_header(path: &Path, header: &[u8]) -> Result<()> {
    if header.len() < LOG_HEADER_BYTES || header.iter().all(|byte| *byte == 0) {
        return Ok(());
    }
    let magic = word(header, 0);
    let sum = checksum(&header[..24], magic & 1 == 1);
    if magic & !1 == 0x377f_0682 && sum == (word(header, 24), word(header, 28)) {
        return Ok(());
    }
    Err(Error::Startup(format!(
        "the log {} is damaged, and it holds the newest messages; restore the log and the database from a backup, or move the log away to continue without these messages",
        path.display()
    )))
}

/// SQLite's checksum, over words of either byte order.
fn checksum(bytes: &[u8], big_endian: bool) -> (u32, u32) {
    let word = |at: usize| {
        let value = word(bytes, at);
        if big_endian { value } else { value.swap_bytes() }
    };
    (0..bytes.len()).step_by(8).fold((0_u32, 0_u32), |(first, second), at| {
        let first = first.wrapping_add(word(at)).wrapping_add(second);
        (first, second.wrapping_add(word(at + 4)).wrapping_add(first))
    })
}

/// A big-endian word, as the headers have them.
fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Reads the schema, the log included, on a connection that leaves no trace: exclusive, so that it
/// needs no shared-memory file, and without the checkpoint when it closes. With an empty log there is
/// nothing to copy, and the checkpoint removes the files that the connection made.
fn read_without_traces(path: &Path, log_is_empty: bool) -> Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(Duration::ZERO)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !log_is_empty)?;
    db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    read_schema(&db)
}

/// The same while another program has the database open, such as a backup or a shell. Exclusive
/// access is impossible then, and the shared-memory file exists already. This connection is read-only.
fn read_beside_others(path: &Path) -> Result<()> {
    read_schema(&open::for_reading(path)?)
}

/// Reads the schema, whichever tables exist.
fn read_schema(db: &Connection) -> Result<()> {
    migrate::refuse_newer(db)?;
    Ok(db.pragma(None, "table_info", "users", |_| Ok(()))?)
}

/// Whether an earlier Chaap used the database last. Not if there is none.
pub(super) fn is_older(path: &Path) -> Result<bool> {
    let header = beginning(path, HEADER_BYTES)?;
    Ok(header.len() == HEADER_BYTES && migrate::is_older(word(&header, 60).cast_signed()))
}

/// The file that SQLite keeps beside the database under this ending.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
