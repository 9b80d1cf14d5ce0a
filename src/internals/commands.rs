//! Commands from outside: submitted to a running server, or replayed into a database.

use std::{
    io::BufRead,
    path::Path,
    sync::{Arc, Weak, mpsc::sync_channel},
};

use crate::{
    app::App,
    error::{Error, Result},
    server::Server,
    store::{self, Command, Entry, NoteLastSeen, Store},
    types::UserId,
};

/// Requests that may wait, as `--queue-max` has it.
const QUEUE_MAX: usize = 4_096;

/// Submits commands to a running server, for tests of what has no route yet.
#[derive(Clone, Debug)]
pub struct Commands(Weak<App>);

impl Commands {
    /// For this server, for as long as it runs.
    pub fn of(server: &Server) -> Self {
        Self(Arc::downgrade(&server.app()))
    }

    /// Submits a command in its JSON form, such as `{"clear_chat": {"chat": 1}}`, and waits for its
    /// commit.
    ///
    /// # Errors
    /// What the command came to; [`Error::Invalid`] if there is no such command.
    pub async fn submit(&self, actor: i64, command: &str) -> Result<()> {
        let command: Command = serde_json::from_str(command)
            .map_err(|e| Error::invalid("invalid", "command", e.to_string()))?;
        let app = self.0.upgrade().ok_or(Error::Busy)?;
        app.store.execute(UserId(actor), command).await
    }

    /// Makes the writer thread panic, as no command and no client can.
    ///
    /// # Errors
    /// [`Error::Busy`] if the server has stopped or its queue is full.
    pub fn end_writer(&self) -> Result<()> {
        let app = self.0.upgrade().ok_or(Error::Busy)?;
        let panics = |_: Result<_>| panic!("as a test has asked for");
        app.store.submit(Entry::now(UserId::SERVER, NoteLastSeen {}), None, panics).map(drop)
    }
}

/// Applies the recorded commands of a server to a new database.
///
/// # Errors
/// [`Error`] when a file cannot be used. A command that fails is what happened then, too.
pub fn replay(log: impl BufRead, database: &Path) -> Result<()> {
    let store = Store::open_for_replay(database, QUEUE_MAX)?;
    let (sender, applied) = sync_channel(1);
    for line in log.lines() {
        let line = line.map_err(Error::internal)?;
        let entry: Entry = serde_json::from_str(&line).map_err(Error::internal)?;
        let sender = sender.clone();
        drop(store.submit(entry, None, move |outcome| drop(sender.send(outcome)))?);
        drop(applied.recv().map_err(Error::internal)?);
    }
    store.close();
    Ok(())
}

/// The revision of the last change in a database that no server has open.
///
/// # Errors
/// [`Error`] when the file cannot be read.
pub fn last_revision(database: &Path) -> Result<i64> {
    Ok(store::last_revision(database)?.0)
}
