//! The log: lines on standard error, written by a thread of their own.
//!
//! Logging must not stop the work. Standard error may be a full disk, a pipe whose reader has gone,
//! or one whose reader does not read. So a thread that logs only queues
//! its line. A line is dropped if it cannot be written or the queue is full. The log says how many
//! were dropped.

use std::{
    io::{self, IsTerminal, Write},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::Duration,
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::{
    config::{Config, LogFormat},
    error::{Error, Result},
};

/// Lines that may wait.
const LINES_MAX: usize = 4_096;
/// How long the end of the program waits for the last lines.
const FLUSH_MAX: Duration = Duration::from_secs(1);

/// Starts the log. Keep the result until the program ends: dropping it writes the last lines.
///
/// # Errors
/// [`Error::Startup`] when the filter is not one, or the thread cannot be started.
pub fn start_log(config: &Config) -> Result<Log> {
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|e| Error::Startup(format!("--log {:?} is not a log filter: {e}", config.log)))?;
    let (lines, queue) = sync_channel(LINES_MAX);
    let (end, ended) = sync_channel(1);
    let lost = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&lost);
    thread::Builder::new()
        .name(String::from("log"))
        .spawn(move || {
            write_lines(&queue, &counted);
            drop(end);
        })
        .map_err(|e| Error::Startup(format!("cannot start a thread: {e}")))?;
    let lines = Lines { queue: Arc::new(Mutex::new(Some(lines))), lost };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // It would report its own errors to standard error, and panic when that fails.
        .log_internal_errors(false)
        .with_writer(lines.clone())
        // In a journal or a file the escape codes of colours would be noise.
        .with_ansi(io::stderr().is_terminal());
    match config.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    // The default hook writes to standard error itself, and would wait for its reader.
    std::panic::set_hook(Box::new(|panic| {
        let thread = thread::current();
        let backtrace = std::backtrace::Backtrace::capture();
        tracing::error!(thread = thread.name(), %backtrace, "{panic}");
    }));
    Ok(Log { lines, ended })
}

/// The running log.
#[derive(Debug)]
pub struct Log {
    lines: Lines,
    ended: Receiver<()>,
}

impl Drop for Log {
    fn drop(&mut self) {
        drop(self.lines.lock().take());
        // An answer or the end of the thread; if its reader does not read, neither.
        let (Ok(()) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)) =
            self.ended.recv_timeout(FLUSH_MAX);
    }
}

/// The queue of lines, as the subscriber sees it.
#[derive(Clone, Debug)]
struct Lines {
    queue: Arc<Mutex<Option<SyncSender<Vec<u8>>>>>,
    lost: Arc<AtomicU64>,
}

impl Lines {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<SyncSender<Vec<u8>>>> {
        self.queue.lock().expect("nothing panics while it holds the log")
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The subscriber writes each line whole.
impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Some(queue) = self.lock().as_ref()
            && let Err(TrySendError::Full(_)) = queue.try_send(line.to_vec())
        {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_lines(queue: &Receiver<Vec<u8>>, lost: &AtomicU64) {
    let mut stderr = io::stderr();
    while let Ok(line) = queue.recv() {
        let count = lost.swap(0, Ordering::Relaxed);
        let note = format!("chaap: {count} log lines were lost\n");
        // Nothing can be done about a log that takes no lines; the next line may be taken again.
        if count > 0 && stderr.write_all(note.as_bytes()).is_err() {
            lost.fetch_add(count, Ordering::Relaxed);
        }
        if stderr.write_all(&line).is_err() {
            lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}
