//! What the writer knows of its disk, for those who ask from outside, and the reserve of free space.

use std::{
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// How often the free space is looked up at most.
const SPACE_EVERY: Duration = Duration::from_secs(1);
/// The reserve if none was set: this much, or less on a small disk.
const RESERVE_BYTES: u64 = 256 * 1024 * 1024;
/// The reserve of a small disk: its size divided by this.
const RESERVE_DIVISOR: u64 = 50;

/// How often failed commits are logged at most: clients try again, for as long as the disk is full.
const FAILURE_EVERY: Duration = Duration::from_secs(10);

/// The state of the writer.
#[derive(Debug, Default)]
pub(super) struct Health {
    is_locked: AtomicBool,
    is_low_on_space: AtomicBool,
    refuses_writes: AtomicBool,
}

impl Health {
    /// Another program has locked the database.
    pub(super) fn is_locked(&self) -> bool {
        self.is_locked.load(Ordering::Relaxed)
    }

    /// Notes it, and returns whether it is new.
    pub(super) fn set_locked(&self, is_locked: bool) -> bool {
        self.is_locked.swap(is_locked, Ordering::Relaxed) != is_locked
    }

    /// The disk has refused a write, and has taken none since.
    pub(super) fn refuses_writes(&self) -> bool {
        self.refuses_writes.load(Ordering::Relaxed)
    }

    pub(super) fn set_refuses_writes(&self, refuses_writes: bool) {
        self.refuses_writes.store(refuses_writes, Ordering::Relaxed);
    }

    /// Less space is free than the reserve.
    pub(super) fn is_low_on_space(&self) -> bool {
        self.is_low_on_space.load(Ordering::Relaxed)
    }
}

/// Looks up the free space of the disk that holds the database.
#[derive(Debug)]
pub(super) struct Space {
    folder: PathBuf,
    /// In bytes; `None` for the default.
    reserve: Option<u64>,
    next_look: Option<Instant>,
}

impl Space {
    /// For the disk of this database.
    pub(super) fn of(database: &Path, reserve: Option<u64>) -> Self {
        let folder = database.parent().unwrap_or(Path::new("")).to_owned();
        Self { folder, reserve, next_look: None }
    }

    /// Looks again if the last look is old, notes the result, and logs a change.
    pub(super) fn look(&mut self, health: &Health) {
        let now = Instant::now();
        if self.reserve == Some(0) || self.next_look.is_some_and(|next| now < next) {
            return;
        }
        self.next_look = Some(now + SPACE_EVERY);
        // A disk that does not say how full it is says so when it is full.
        let Ok(disk) = rustix::fs::statvfs(&self.folder) else { return };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let size = disk.f_blocks.saturating_mul(disk.f_frsize);
        let reserve = self.reserve.unwrap_or_else(|| RESERVE_BYTES.min(size / RESERVE_DIVISOR));
        let is_low = free < reserve;
        let was_low = health.is_low_on_space.swap(is_low, Ordering::Relaxed);
        match (was_low, is_low) {
            (false, true) => tracing::error!(
                free,
                reserve,
                "the disk is nearly full: messages, pictures and drafts are refused until there is \
                 room (see --disk-reserve)"
            ),
            (true, false) => tracing::info!(free, "the disk has room again"),
            _ => {}
        }
    }
}

/// The files of the database. If a file is moved, deleted or replaced while the server runs, SQLite
/// goes on writing to the file it has opened. The next start would not find what was written.
#[derive(Debug)]
pub(super) struct Files {
    database: File,
    /// It is made by the first write.
    log: Option<File>,
    log_path: PathBuf,
    are_lost: bool,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    /// Device and inode.
    id: (u64, u64),
}

impl Files {
    /// Those of the database that is open now.
    pub(super) fn of(database: &Path) -> io::Result<Self> {
        let mut log_path = database.as_os_str().to_owned();
        log_path.push("-wal");
        let database = File::find(database)?;
        Ok(Self { database, log: None, log_path: log_path.into(), are_lost: false })
    }

    /// Whether a path leads to another file than before, or to none. Logs a change.
    pub(super) fn are_lost(&mut self) -> bool {
        let are_lost = self.database.is_lost() || self.log.as_ref().is_some_and(File::is_lost);
        if !are_lost && self.log.is_none() {
            self.log = File::find(&self.log_path).ok();
        }
        match (std::mem::replace(&mut self.are_lost, are_lost), are_lost) {
            (false, true) => tracing::error!(
                database = %self.database.path.display(),
                "the database or its log was moved, deleted or replaced while the server runs: \
                 writes are refused until it is back; to use another file, start the server again"
            ),
            (true, false) => tracing::info!("the files of the database are back"),
            _ => {}
        }
        are_lost
    }
}

impl File {
    fn find(path: &Path) -> io::Result<Self> {
        identify(path).map(|id| Self { path: path.to_owned(), id })
    }

    fn is_lost(&self) -> bool {
        match identify(&self.path) {
            Ok(id) => id != self.id,
            // A folder that cannot be looked into says nothing.
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }
}

fn identify(file: &Path) -> io::Result<(u64, u64)> {
    file.metadata().map(|it| (it.dev(), it.ino()))
}

/// The commits that failed.
#[derive(Debug, Default)]
pub(super) struct Failures {
    logged: Option<Instant>,
    since: u64,
}

impl Failures {
    /// Counts one. Returns how many there were since the last log line, if it is time for another.
    pub(super) fn count(&mut self, now: Instant) -> Option<u64> {
        self.since += 1;
        if self.logged.is_some_and(|logged| now.duration_since(logged) < FAILURE_EVERY) {
            return None;
        }
        self.logged = Some(now);
        Some(std::mem::take(&mut self.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_are_logged_together() {
        let (mut failures, start) = (Failures::default(), Instant::now());
        let counts = [0, 1, 9, 10, 11, 30].map(|s| failures.count(start + Duration::from_secs(s)));
        assert_eq!(counts, [Some(1), None, None, Some(3), None, Some(2)]);
    }
}
