//! Idle connections: they only answer pings, as most connections of a chat do most of the time.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use futures_util::{StreamExt, stream, stream::FuturesUnordered};
use tokio::task::JoinSet;

use super::{people::Person, progress::Progress, report::Idle, socket::Socket, target::Target};
use crate::error::Result;

/// Handshakes at the same time.
const AT_ONCE: usize = 64;
/// Connections per task.
const PER_TASK: usize = 64;
/// Connections per user. More users would mean more passwords to hash and measure the same.
pub(super) const PER_USER: u32 = 1_000;

/// The open connections. They close when this is dropped.
#[derive(Debug)]
pub(super) struct IdleConnections {
    count: u32,
    lost: Arc<AtomicU64>,
    /// The server's memory per connection, from the growth after the first tenth.
    rss_bytes_each: Option<f64>,
    _tasks: JoinSet<()>,
}

impl IdleConnections {
    /// Opens `count` connections of `people` in turn.
    pub(super) async fn open(
        target: &Target,
        people: &[Person],
        count: u32,
        progress: Progress,
    ) -> Result<Self> {
        let bar = progress.begin("Opening connections", u64::from(count));
        let (mut tasks, lost) = (JoinSet::new(), Arc::new(AtomicU64::new(0)));
        let (mut open, mut tenth) = (0, None);
        let opening = people.iter().cycle().take(count as usize);
        let opening = opening.map(|person| Socket::open(&target.address, &person.token, None));
        let mut opening = stream::iter(opening).buffer_unordered(AT_ONCE).chunks(PER_TASK);
        while let Some(opened) = opening.next().await {
            let before = open;
            open += u32::try_from(opened.len()).unwrap_or_default();
            if (before..open).contains(&(count / 10)) {
                tenth = target.rss_bytes().map(|bytes| (open, bytes));
            }
            bar.set_position(u64::from(open));
            let sockets = opened.into_iter().map(|one| Ok(one?.0)).collect::<Result<Vec<_>>>()?;
            tasks.spawn(stay(sockets, Arc::clone(&lost)));
        }
        bar.finish_and_clear();
        let rss_bytes_each = tenth.zip(target.rss_bytes()).and_then(|((tenth, before), after)| {
            let others = count.checked_sub(tenth).filter(|others| *others > 0)?;
            #[expect(clippy::cast_precision_loss, reason = "memory is far below 2^53 bytes")]
            let grown = after.saturating_sub(before) as f64;
            Some(grown / f64::from(others))
        });
        Ok(Self { count, lost, rss_bytes_each, _tasks: tasks })
    }

    /// Their cost, from the server's CPU time per second while no message was sent.
    pub(super) fn describe(&self, cpu_us_per_second: Option<f64>) -> Idle {
        Idle {
            connections: self.count,
            lost: self.lost.load(Ordering::Relaxed),
            rss_bytes_each: self.rss_bytes_each,
            cpu_us_per_second_each: cpu_us_per_second.map(|cpu| cpu / f64::from(self.count)),
        }
    }
}

/// Reads until the sockets are closed. Reading is what answers pings.
async fn stay(sockets: Vec<Socket>, lost: Arc<AtomicU64>) {
    let mut staying: FuturesUnordered<_> = sockets
        .into_iter()
        .map(async |mut socket| while socket.next_text().await.is_ok() {})
        .collect();
    while staying.next().await.is_some() {
        lost.fetch_add(1, Ordering::Relaxed);
    }
}
