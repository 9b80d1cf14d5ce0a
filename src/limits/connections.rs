//! How many connections are open, so that the server never runs out of file descriptors.
//!
//! Some of the descriptors that the system allows are kept in reserve. A connection that gets one
//! of these may load the page, sign in and check the health, nothing else, and not for long. When
//! the reserve is used up too, the connections that have been idle longest are closed.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use rustix::process::{Resource, getrlimit};
use tokio::{sync::Notify, time::timeout};

use super::{budget::Held, meter::SinceStart};

/// Descriptors for everything but connections: the database, its readers, pipes, the log.
const OTHERS_MAX: usize = 96;
/// Connections kept in reserve.
const RESERVE_MAX: usize = 256;
/// Idle connections closed at one time when the reserve is used up. Closing several saves looking
/// for them at each newcomer.
const CLOSED_AT_ONCE: usize = 16;
/// How often to look for idle connections while there is no room.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// How long a connection of the reserve may last: long enough to sign in.
pub(crate) const RESERVED_LIFE: Duration = Duration::from_secs(10);
/// How long, in nanoseconds, a new connection has for its first request before it counts as idle.
/// Without this, one that was just accepted would be the only idle one among many busy ones.
const FIRST_REQUEST_NANOS: u64 = 1_000_000_000;
/// [`Slot::idle_since`] of a connection that is not idle.
const BUSY: u64 = u64::MAX;

/// All open connections.
#[derive(Debug)]
pub(crate) struct Connections {
    /// From this number on, newcomers are of the reserve.
    freely_max: usize,
    /// From this number on, idle ones are closed.
    max: usize,
    slots: Mutex<Slots>,
    /// Notified when a connection closes.
    freed: Notify,
    is_scarce: AtomicBool,
}

#[derive(Debug, Default)]
struct Slots {
    by_id: BTreeMap<u64, Arc<Slot>>,
    next_id: u64,
}

#[derive(Debug)]
struct Slot {
    /// Nanoseconds, or [`BUSY`]. In the future while its first request is awaited.
    idle_since: AtomicU64,
    close: Notify,
}

/// An open connection. It counts until the last clone is dropped; a socket keeps one.
#[derive(Clone, Debug)]
pub(crate) struct OpenConnection(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    connections: Arc<Connections>,
    id: u64,
    slot: Arc<Slot>,
    is_reserved: bool,
    /// Its place among the connections of its address.
    _held: Option<Held>,
}

impl Connections {
    /// As many as this process may have.
    pub(crate) fn new() -> Self {
        let open_files_max = getrlimit(Resource::Nofile).current;
        Self::within(open_files_max.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX))
    }

    fn within(open_files_max: usize) -> Self {
        // At least one: with none, the server would accept no connection.
        let max = (open_files_max - OTHERS_MAX.min(open_files_max / 2)).max(1);
        let freely_max = max - RESERVE_MAX.min(max / 4);
        let (slots, freed) = (Mutex::default(), Notify::new());
        Self { freely_max, max, slots, freed, is_scarce: AtomicBool::new(false) }
    }

    /// Waits until there is room for one more. Closes idle connections if there is not. Meanwhile
    /// the system queues newcomers.
    pub(crate) async fn room(&self) {
        loop {
            let freed = self.freed.notified();
            {
                let slots = self.slots();
                if slots.by_id.len() < self.max {
                    return;
                }
                slots.close_idle();
            }
            // Others may become idle without freeing a descriptor.
            drop(timeout(LOOK_AGAIN, freed).await);
        }
    }

    /// Counts a new connection.
    pub(crate) fn open(self: &Arc<Self>, held: Option<Held>) -> OpenConnection {
        let mut slots = self.slots();
        let count = slots.by_id.len();
        let id = slots.next_id;
        slots.next_id += 1;
        let idle_since = AtomicU64::new(SinceStart::nanos() + FIRST_REQUEST_NANOS);
        let slot = Arc::new(Slot { idle_since, close: Notify::new() });
        slots.by_id.insert(id, Arc::clone(&slot));
        drop(slots);
        let is_reserved = count >= self.freely_max;
        if is_reserved && !self.is_scarce.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                connections = count,
                "few file descriptors are left; new connections can only load the page and sign in"
            );
        }
        let connections = Arc::clone(self);
        OpenConnection(Arc::new(Counted { connections, id, slot, is_reserved, _held: held }))
    }

    fn forget(&self, id: u64) {
        let mut slots = self.slots();
        slots.by_id.remove(&id);
        let count = slots.by_id.len();
        drop(slots);
        self.freed.notify_waiters();
        // Well below, so that the log does not flicker.
        if count < self.freely_max - self.freely_max / 8
            && self.is_scarce.load(Ordering::Relaxed)
            && self.is_scarce.swap(false, Ordering::Relaxed)
        {
            tracing::info!(connections = count, "there are enough file descriptors again");
        }
    }

    fn slots(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().expect("nothing panics while it holds the connections")
    }
}

impl Slots {
    /// Asks those idle longest to close.
    fn close_idle(&self) {
        let now = SinceStart::nanos();
        let mut idle: Vec<_> = self
            .by_id
            .values()
            .map(|slot| (slot.idle_since.load(Ordering::Relaxed), slot))
            .filter(|(since, _)| *since <= now)
            .collect();
        idle.sort_unstable_by_key(|(since, _)| *since);
        idle.truncate(CLOSED_AT_ONCE);
        for (_, slot) in &idle {
            slot.close.notify_one();
        }
    }
}

impl OpenConnection {
    /// Whether it may only load the page, sign in and check the health.
    pub(crate) fn is_reserved(&self) -> bool {
        self.0.is_reserved
    }

    /// Notes that a request begins or that it is answered.
    pub(crate) fn set_busy(&self, busy: bool) {
        let since = if busy { BUSY } else { SinceStart::nanos() };
        self.0.slot.idle_since.store(since, Ordering::Relaxed);
    }

    /// Waits until it must close, because it is idle and its descriptor is needed.
    pub(crate) async fn unwanted(&self) {
        self.0.slot.close.notified().await;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.connections.forget(self.id);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn some_are_kept_in_reserve_and_the_idle_give_way() {
        for open_files_max in [1, 2, 64, 1_024, usize::MAX] {
            let all = Connections::within(open_files_max);
            assert!(all.freely_max <= all.max && all.max <= open_files_max);
        }
        let all = Arc::new(Connections::within(64));
        assert_eq!((all.freely_max, all.max), (24, 32));
        let mut open: Vec<_> = (0..32).map(|_| all.open(None)).collect();
        assert_eq!(open.iter().filter(|connection| connection.is_reserved()).count(), 8);
        for connection in &open[1..] {
            connection.set_busy(true);
        }
        let idle = open.remove(0);
        // It has just been accepted, and its first request is on its way.
        assert!(timeout(2 * LOOK_AGAIN, all.room()).await.is_err());
        assert!(idle.unwanted().now_or_never().is_none());
        idle.set_busy(true);
        idle.set_busy(false);
        let closing = async {
            idle.unwanted().await;
            drop(idle);
        };
        tokio::join!(all.room(), closing);
        let newcomer = all.open(None);
        assert!(newcomer.is_reserved());
        newcomer.set_busy(true);
        // Everything is busy.
        assert!(timeout(2 * LOOK_AGAIN, all.room()).await.is_err());
        open.clear();
        all.room().await;
        drop(newcomer);
        assert!(!all.open(None).is_reserved());
    }
}
