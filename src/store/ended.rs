//! The sessions that have ended in this run, in a file beside the database.
//!
//! A restored backup knows nothing of a sign-out after it, so it would make a token valid again. The
//! file tells: it names the epoch it belongs to, and the sessions that ended since.
//!
//! - The database knows this epoch: the sessions in the file are ended again.
//! - It does not, or there is no file: the database is an older copy, and all sessions end.
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
        atomic::{AtomicBool, Ordering},
    },
};

use rusqlite::Connection;

use super::{
    Publish,
    command::{EndSession, Entry, MarkDatabase},
    epochs, lock,
    queue::Queue,
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
    file: Mutex<Option<File>>,
    /// Takes the command that gives the database a new name.
    queue: OnceLock<Weak<Queue<Job>>>,
    /// Whether that command waits.
    is_renewing: AtomicBool,
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
        })
    }

    /// Lets the file begin again when it has become long.
    pub(super) fn renew_by(&self, queue: &Arc<Queue<Job>>) {
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
        let file = files::open(&self.path, OpenOptions::new().append(true).create(true))?;
        *lock(&self.file) = Some(file);
        written
    }

    /// Notes every session that ends, before others hear of it.
    pub(super) fn watch(self: &Arc<Self>, publish: Publish) -> Publish {
        let ended = Arc::clone(self);
        Box::new(move |change, origin| {
            if let Change::SessionsEnded { sessions, .. } = change {
                ended.note(sessions);
            }
            publish(change, origin);
        })
    }

    fn note(self: &Arc<Self>, sessions: &[SessionId]) {
        let is_long = {
            let mut file = lock(&self.file);
            let Some(file) = file.as_mut() else { return };
            let mut lines = String::new();
            for session in sessions {
                lines.push_str(&session.0.to_string());
                lines.push('\n');
            }
            // Not synced: only a power cut together with a restored backup would need that.
            if let Err(error) = file.write_all(lines.as_bytes()) {
                self.warn(&error);
            }
            file.metadata().is_ok_and(|it| it.len() > BYTES_MAX)
        };
        if is_long && !self.is_renewing.swap(true, Ordering::Relaxed) && self.renew().is_err() {
            // The next session that ends tries again.
            self.is_renewing.store(false, Ordering::Relaxed);
        }
    }

    /// Gives the database a new name, and then the file.
    fn renew(self: &Arc<Self>) -> Result<()> {
        let queue = self.queue.get().and_then(Weak::upgrade).ok_or(Error::Busy)?;
        let (ended, name) = (Arc::clone(self), epochs::make_name()?);
        // Runs on the writer's thread: no session ends between the commit and this.
        let answer = move |outcome: Result<()>| match outcome.map(|()| ended.open(Some(name))) {
            // Not tried again until the next start, because each try uses up a name.
            Ok(Err(error)) => ended.warn(&error),
            Ok(Ok(())) | Err(_) => ended.is_renewing.store(false, Ordering::Relaxed),
        };
        let entry = Entry::now(UserId::SERVER, MarkDatabase { name });
        let job = Box::new(Task { entry, origin: None, outcome: None, answer });
        queue.push(UserId::SERVER, 0, job).map(drop)
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
        let mut bytes = Vec::new();
        match files::open(&self.path, OpenOptions::new().read(true)) {
            Ok(mut file) => file.read_to_end(&mut bytes)?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(parse(&String::from_utf8_lossy(&bytes)))
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
