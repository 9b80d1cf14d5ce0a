//! A thread that serves a few groups only, so that it can time the server and not itself.
//!
//! With thousands of connections on the same machine, the load test is busy reading. An ack then
//! waits in its connection until its turn comes, and the latency includes that wait. This thread
//! has so little to do that it reads an ack as soon as it has come.

use std::{future::Future, thread};

use tokio::{
    runtime::{Builder, Handle},
    task::JoinHandle,
};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::error::{Error, Result};

/// The thread. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Observer {
    runtime: Handle,
    _end: DropGuard,
}

impl Observer {
    /// Starts the thread.
    ///
    /// # Errors
    /// [`Error::Startup`] when the system refuses.
    pub(super) fn start() -> Result<Self> {
        let failed = |e| Error::Startup(format!("cannot start a thread: {e}"));
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (handle, end) = (runtime.handle().clone(), CancellationToken::new());
        let ended = end.clone().cancelled_owned();
        let running = move || runtime.block_on(ended);
        thread::Builder::new().name(String::from("observer")).spawn(running).map_err(failed)?;
        Ok(Self { runtime: handle, _end: end.drop_guard() })
    }

    /// Runs a task on the thread. Connections that it opens belong to the thread.
    pub(super) fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.runtime.spawn(task)
    }

    /// Where the thread's tasks run.
    pub(super) fn runtime(&self) -> &Handle {
        &self.runtime
    }
}
