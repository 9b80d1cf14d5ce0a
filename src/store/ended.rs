//! The sessions that have ended in this run, in a file beside the database.
//!
//! A restored backup knows nothing of a sign-out after it, so it would make a token valid again. The
//! file tells: it names the epoch it belongs to, and the sessions that ended since.
//!
//! - The database knows this epoch: the sessions in the file are ended again.
//! - It does not, or there is no file: the database is an older copy, and all sessions end.
//!
//! A session that ends while the database cannot be written is in the file alone, and in memory
//! (`unsaved.rs`).
//!
//! When the file has become long, it begins again with a new name, which the database learns first.
//! Older backups do not know that name, so restoring one ends all sessions.

use std::{
    collections::HashSet,
    fs::{File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use rusqlite::Connection;

use super::{
    Publish,
    command::{EndSession, Entry, MarkDatabase},
    epochs, lock,
    queue::Queue,
    unsaved::Unsaved,
    writer::{Job, Task, Writer},
};
use crate::{
    error::{Error, Result},
    files,
    model::Change,
    types::{Epoch, SessionId, UserId},
};

/// What the name of the file adds to the database's.
const ENDING: &str = "-ended";
/// The length at which the file begins again: about 50,000 sessions.
const BYTES_MAX: u64 = 1024 * 1024;

/// The file. Open once the epoch has begun.
#[derive(Debug)]
pub(super) struct Ended {
    path: PathBuf,
    file: Mutex<Option<Lines>>,
    /// Takes the commands below.
    queue: OnceLock<Weak<Queue<Job>>>,
    /// Whether the command waits that gives the database a new name.
    is_renewing: AtomicBool,
    /// The length at which the file begins again.
    renew_at: AtomicU64,
    unsaved: Unsaved,
}

/// The open file.
#[derive(Debug)]
struct Lines {
    file: File,
    /// Whether the last line was cut off, by a crash or a full disk.
    is_cut: bool,
}

/// The content of the file.
#[derive(Debug, PartialEq, Eq)]
struct Kept {
    /// An epoch of the server, or a name from [`MarkDatabase`].
    epoch: Epoch,
    sessions: HashSet<i64>,
}

/// Where the file is.
pub(super) fn path_beside(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(ENDING);
    PathBuf::from(path)
}

impl Ended {
    /// The file beside this database.
    pub(super) fn beside(database: &Path) -> Arc<Self> {
        Arc::new(Self {
            path: path_beside(database),
            file: Mutex::default(),
            queue: OnceLock::new(),
            is_renewing: AtomicBool::new(false),
            renew_at: AtomicU64::new(BYTES_MAX),
            unsaved: Unsaved::default(),
        })
    }

    /// Sends the commands to this queue: for a file that has become long, and for sessions that could
    /// not be removed from the database.
    pub(super) fn submit_to(&self, queue: &Arc<Queue<Job>>) {
        drop(self.queue.set(Arc::downgrade(queue)));
    }

    /// Ends the sessions that a restored backup would revive. `is_upgrade`: the database was last
    /// used by a Chaap that wrote no such file, so a missing one says nothing.
    ///
    /// # Errors
    /// [`Error::Startup`] when they cannot be ended.
    pub(super) fn end_revived(&self, writer: &mut Writer, is_upgrade: bool) -> Result<()> {
        // A damaged table looks like that of another run, and the start would end all sessions.
        epochs::check(&writer.db)?;
        let revived = self.find_revived(&writer.db, is_upgrade)?;
        if revived.is_empty() {
            return Ok(());
        }
        let end = |(user, id): &(UserId, SessionId)| -> Job {
            let entry = Entry::now(*user, EndSession { id: *id });
            Box::new(Task { entry, origin: None, outcome: None, answer: |_| {} })
        };
        writer.run_batch(&mut revived.iter().map(end).collect(), &|| false);
        if !self.find_revived(&writer.db, is_upgrade)?.is_empty() {
            return Err(Error::Startup(String::from(
                "the database was restored from a backup, and its sessions cannot be ended; check that the disk is not full, then start again",
            )));
        }
        tracing::warn!(
            sessions = revived.len(),
            "the database was restored from a backup; these sessions may have ended after it, so their devices have to sign in again"
        );
        Ok(())
    }

    /// Begins an empty file for the last epoch of the database. A failure is only logged, like that
    /// of the epoch itself.
    pub(super) fn begin(&self, db: &Connection) -> Result<()> {
        let last = epochs::last(db)?;
        let kept = self.read().ok().flatten();
        // The same epoch: it could not be recorded, and what is in the file is still needed.
        let is_known = |epoch: &Epoch| kept.is_some_and(|kept| kept.epoch == *epoch);
        if let Err(error) = self.open(last.filter(|epoch| !is_known(epoch))) {
            self.warn(&error);
        }
        Ok(())
    }

    /// Opens the file, after it was written again if there is a new name. Without the new content, the
    /// old one is continued.
    fn open(&self, name: Option<Epoch>) -> std::io::Result<()> {
        let written = name.map_or(Ok(()), |name| {
            files::write_whole(&self.path, format!("{}\n", name.0).as_bytes())
        });
        let is_cut = self.read_bytes()?.is_some_and(|bytes| !bytes.ends_with(b"\n"));
        let file = files::open(&self.path, OpenOptions::new().append(true).create(true))?;
        *lock(&self.file) = Some(Lines { file, is_cut });
        written
    }

    /// Notes every session that ends, before others hear of it.
    pub(super) fn watch(self: &Arc<Self>, publish: Publish) -> Publish {
        let ended = Arc::clone(self);
        Box::new(move |changes, origin| {
            for change in changes {
                if let Change::SessionsEnded { sessions, .. } = change {
                    ended.note(sessions);
                }
            }
            publish(changes, origin);
            // The database takes writes again.
            ended.save();
        })
    }

    /// Ends a session that the database still holds, because it could not be written.
    ///
    /// # Errors
    /// When the file takes it neither, so that a restart makes the session valid again.
    pub(super) fn end_unsaved(&self, user: UserId, session: SessionId) -> std::io::Result<()> {
        self.unsaved.add(user, session);
        self.append(&[session]).map(drop).inspect_err(|error| {
            tracing::warn!(%error, "a session has ended in memory only, because the disk takes no writes");
        })
    }

    /// Whether this session has ended, although the database still holds it.
    pub(super) fn is_unsaved(&self, session: SessionId) -> bool {
        self.unsaved.contains(session)
    }

    /// Removes from the database what could not be removed before.
    fn save(self: &Arc<Self>) {
        let queue = self.queue.get().and_then(Weak::upgrade);
        for (user, id) in self.unsaved.take() {
            let ended = Arc::clone(self);
            let answer = move |outcome: Result<()>| match outcome {
                Ok(()) => ended.unsaved.saved(id),
                Err(_) => ended.unsaved.failed(id),
            };
            let entry = Entry::now(user, EndSession { id });
            let job = Box::new(Task { entry, origin: None, outcome: None, answer });
            let pushed = queue.as_ref().map(|queue| queue.push(user, 0, job).map(drop));
            if !matches!(pushed, Some(Ok(()))) {
                self.unsaved.failed(id);
            }
        }
    }

    fn note(self: &Arc<Self>, sessions: &[SessionId]) {
        let length = self.append(sessions).unwrap_or_else(|error| {
            self.warn(&error);
            0
        });
        let is_long = length > self.renew_at.load(Ordering::Relaxed);
        if is_long && !self.is_renewing.swap(true, Ordering::Relaxed) && self.renew().is_err() {
            // The next session that ends tries again.
            self.is_renewing.store(false, Ordering::Relaxed);
        }
    }

    /// Adds lines. Returns the length of the file.
    fn append(&self, sessions: &[SessionId]) -> std::io::Result<u64> {
        let mut file = lock(&self.file);
        let Some(Lines { file, is_cut }) = file.as_mut() else {
            return Err(std::io::Error::new(ErrorKind::NotFound, "the file is not open"));
        };
        let mut lines = String::new();
        if *is_cut {
            lines.push('\n');
        }
        for session in sessions {
            lines.push_str(&session.0.to_string());
            lines.push('\n');
        }
        // Not synced: only a power cut together with a restored backup would need that.
        let written = file.write_all(lines.as_bytes());
        *is_cut = written.is_err();
        written?;
        Ok(file.metadata().map_or(0, |it| it.len()))
    }

    /// Gives the database a new name, and then the file.
    fn renew(self: &Arc<Self>) -> Result<()> {
        let queue = self.queue.get().and_then(Weak::upgrade).ok_or(Error::Busy)?;
        let (ended, name) = (Arc::clone(self), epochs::make_name()?);
        // Runs on the writer's thread: no session ends between the commit and this.
        let answer = move |outcome: Result<()>| {
            if let Ok(opened) = outcome.map(|()| ended.open(Some(name))) {
                ended.renewed(opened);
            }
            ended.is_renewing.store(false, Ordering::Relaxed);
        };
        let entry = Entry::now(UserId::SERVER, MarkDatabase { name });
        let job = Box::new(Task { entry, origin: None, outcome: None, answer });
        queue.push(UserId::SERVER, 0, job).map(drop)
    }

    /// Sets the length at which the file begins again. After a failure it grows by as much as before,
    /// because each try uses up one of the names that the database remembers.
    fn renewed(&self, opened: std::io::Result<()>) {
        let renew_at = match opened {
            Ok(()) => BYTES_MAX,
            Err(error) => {
                self.warn(&error);
                self.renew_at.load(Ordering::Relaxed) + BYTES_MAX
            }
        };
        self.renew_at.store(renew_at, Ordering::Relaxed);
    }

    fn find_revived(&self, db: &Connection, upgrade: bool) -> Result<Vec<(UserId, SessionId)>> {
        let kept = self.read().map_err(|error| {
            Error::Startup(format!("{} cannot be read: {error}", self.path.display()))
        })?;
        let kept = match kept {
            Some(kept) if epochs::is_known(db, kept.epoch)? => Some(kept.sessions),
            None if upgrade => return Ok(Vec::new()),
            _ => None,
        };
        if kept.as_ref().is_some_and(HashSet::is_empty) {
            return Ok(Vec::new());
        }
        let mut query = db.prepare_cached("SELECT user_id, id FROM sessions")?;
        let all = query.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        let is_revived =
            |(_, id): &(UserId, SessionId)| kept.as_ref().is_none_or(|ended| ended.contains(&id.0));
        let all: Vec<_> = all.collect::<rusqlite::Result<_>>()?;
        Ok(all.into_iter().filter(is_revived).collect())
    }

    /// `None` if there is no file, or one that does not begin with an epoch.
    fn read(&self) -> std::io::Result<Option<Kept>> {
        let bytes = self.read_bytes()?;
        Ok(bytes.and_then(|bytes| parse(&String::from_utf8_lossy(&bytes))))
    }

    /// `None` if there is no file.
    fn read_bytes(&self) -> std::io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        match files::open(&self.path, OpenOptions::new().read(true)) {
            Ok(mut file) => file.read_to_end(&mut bytes)?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(bytes))
    }

    fn warn(&self, error: &std::io::Error) {
        tracing::warn!(
            %error,
            file = %self.path.display(),
            "a session that ends may become valid again if a backup is restored"
        );
    }
}

fn parse(text: &str) -> Option<Kept> {
    let mut lines = text.lines();
    let epoch = Epoch(lines.next()?.parse().ok()?);
    // A crash may have left half a line at the end.
    Some(Kept { epoch, sessions: lines.filter_map(|line| line.parse().ok()).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_counts_as_none_and_half_a_line_as_nothing() {
        let kept = |epoch, sessions: &[i64]| {
            Some(Kept { epoch: Epoch(epoch), sessions: sessions.iter().copied().collect() })
        };
        assert_eq!(parse("7\n"), kept(7, &[]));
        assert_eq!(parse("7\n11\n12\n"), kept(7, &[11, 12]));
        assert_eq!(parse("7\n11\n\u{0}"), kept(7, &[11]));
        for damaged in ["", "\n7\n", "seven\n11\n"] {
            assert_eq!(parse(damaged), None, "{damaged:?}");
        }
    }
}
