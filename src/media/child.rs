//! Starts the process that decodes a picture, and talks to it.

use std::{
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::Signal;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    runtime::Handle,
    time::timeout,
};

use super::{pipe, refusal::Refusal};
use crate::{
    error::{Error, Result},
    model::Picture,
};

/// How long the process may take in all. It may work for fifteen seconds; the rest is for machines
/// that are busy.
const PROCESS_MAX: Duration = Duration::from_secs(45);

/// The name of the command that runs `media::decode_picture`.
const COMMAND: &str = "decode-picture";

/// The program to start: the one that is configured, or the one that runs.
pub(super) fn program(configured: Option<PathBuf>) -> Result<PathBuf> {
    // This link leads to the program even after an upgrade has replaced or removed its file.
    let running = Path::new("/proc/self/exe");
    match configured {
        Some(program) => Ok(program),
        None if running.exists() => Ok(running.to_owned()),
        None => std::env::current_exe()
            .map_err(|e| Error::Startup(format!("the path of this program is unknown: {e}"))),
    }
}

/// Starts the process. Blocks for about a millisecond. Dropping the process kills it.
///
/// It gets no environment and no descriptors except its pipes. A group of its own keeps Ctrl-C
/// from it: the server finishes its requests first.
pub(super) fn start(program: &Path, runtime: &Handle) -> Result<Child> {
    let _inside = runtime.enter();
    let mut command = Command::new(program);
    command.arg0("chaap").arg(COMMAND).env_clear().process_group(0).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().map_err(|error| {
        tracing::warn!(%error, "the process that decodes pictures cannot be started");
        Error::Busy
    })
}

/// Feeds the process an upload and takes the picture back.
///
/// # Errors
/// [`Error::Invalid`] when it refuses the upload or dies of it, [`Error::Busy`] when it did not
/// begin, has no time, or was told to stop.
pub(super) async fn make(mut child: Child, upload: &[u8]) -> Result<Picture> {
    match timeout(PROCESS_MAX, talk(&mut child, upload)).await {
        Ok(Ok(answer)) => match (pipe::decode(&answer), child.wait().await) {
            (Some(made), Ok(status)) if status.success() => Ok(made?),
            (_, Ok(status)) if was_told_to_stop(status) => {
                tracing::info!(%status, "a process that decoded a picture was told to stop");
                Err(Error::Busy)
            }
            (_, status) => {
                let status = status.map_or_else(|e| e.to_string(), |status| status.to_string());
                tracing::warn!(bytes = upload.len(), status, "a picture ended its decoder");
                Err(Refusal::Damaged.into())
            }
        },
        Ok(Err(error)) => {
            tracing::warn!(%error, "the process that decodes pictures did not begin");
            Err(Error::Busy)
        }
        Err(_) => {
            tracing::warn!("a picture took longer than {PROCESS_MAX:?} to decode");
            Err(Error::Busy)
        }
    }
}

/// Whether someone ended the process who stops the server too, as systemd does with every process of
/// a unit. The process sends itself none of these signals, so the picture is not to blame.
fn was_told_to_stop(status: ExitStatus) -> bool {
    let asks = [Signal::TERM, Signal::INT, Signal::HUP].map(Signal::as_raw);
    status.signal().is_some_and(|signal| asks.contains(&signal))
}

async fn talk(child: &mut Child, upload: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut input = child.stdin.take().expect("it has a pipe");
    let mut output = child.stdout.take().expect("it has a pipe");
    if output.read_u8().await? != pipe::READY {
        return Err(std::io::Error::other("it wrote something else"));
    }
    let feed = async move {
        // A process that dies closes its pipes; how it died says more than the error of this write.
        drop(input.write_all(upload).await);
    };
    let read = async move {
        let mut answer = Vec::new();
        let longest = pipe::ANSWER_BYTES_MAX as u64 + 1;
        // Whatever is longer is no answer; closing the pipe then ends the process.
        drop(output.take(longest).read_to_end(&mut answer).await);
        answer
    };
    // At the same time, so that a process that writes before it has read everything blocks nothing.
    let ((), answer) = tokio::join!(feed, read);
    Ok(answer)
}
