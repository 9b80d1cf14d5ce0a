//! All devices of all groups come back at once, as after a restart of the server.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{people::Person, progress::Progress, socket::Socket};
use crate::error::{Error, Result};

/// Devices of one task.
const PER_TASK: usize = 256;

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reconnected {
    pub(super) devices: u64,
    /// Rows that the devices had missed.
    pub(super) rows: u64,
    /// From the first attempt until all were caught up.
    pub(super) took: Duration,
}

/// Connects a device of each person at once; each knows everything up to the revision beside it.
/// Those that are there go on reading until the last one is caught up.
///
/// # Errors
/// [`Error::Startup`] when one of them cannot connect.
pub(super) async fn measure(
    address: &str,
    devices: Vec<(Person, i64)>,
    progress: Progress,
) -> Result<Reconnected> {
    let count = devices.len();
    let bar = progress.begin("Reconnecting", count as u64);
    let over = CancellationToken::new();
    let lost = || Error::Startup(String::from("a device was lost"));
    let (caught_up, mut arrivals) = mpsc::channel(PER_TASK);
    let began = Instant::now();
    let tasks = devices.chunks(PER_TASK).map(|devices| {
        let (address, devices) = (address.to_owned(), devices.to_vec());
        let (over, caught_up) = (over.clone(), caught_up.clone());
        tokio::spawn(async move {
            let mut coming: FuturesUnordered<_> = devices
                .iter()
                .map(async |(person, since)| {
                    let opened = Socket::open(&address, &person.token, Some(*since)).await;
                    let (socket, outcome) = match opened {
                        Ok((socket, caught_up)) => (Some(socket), Ok(caught_up.rows)),
                        Err(error) => (None, Err(error)),
                    };
                    drop(caught_up.send(outcome).await);
                    if let Some(mut socket) = socket {
                        tokio::select! {
                            () = over.cancelled() => {}
                            () = async { while socket.next_text().await.is_ok() {} } => {}
                        }
                    }
                })
                .collect();
            while coming.next().await.is_some() {}
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut rows = 0;
    for _ in 0..count {
        let outcome = arrivals.recv().await;
        rows += outcome.ok_or_else(lost)??;
        bar.inc(1);
    }
    let took = began.elapsed();
    over.cancel();
    for task in tasks {
        drop(task.await);
    }
    bar.finish_and_clear();
    Ok(Reconnected { devices: count as u64, rows, took })
}
