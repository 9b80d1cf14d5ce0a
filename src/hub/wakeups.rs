//! Wakes the connections of a large audience a few at a time.
//!
//! The tasks of all sockets share one queue of the runtime, first in, first out. A message to 1,000
//! members would put 1,000 tasks into it at once, and the acks and the frames that arrive next would
//! wait behind all of them. So a large audience waits here instead, and between two turns the runtime
//! does what else is due. Under load a connection then finds several frames when its turn comes, and
//! writes them together.
//!
//! While many connections wait, the turns also rest for a quarter of the time. Without the rests,
//! writes to thousands of connections keep every core busy, and an ack waits for a core at each step
//! of its way. A rest costs deliveries little: the connections that wait get more messages meanwhile,
//! and write them together.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use tokio::{
    sync::Notify,
    task::yield_now,
    time::{Instant, sleep},
};

use super::mailbox::Connection;

/// An audience of at most this many connections is woken at once.
const AT_ONCE: usize = 16;
/// Connections that are woken in one turn.
const PER_TURN: usize = 32;
/// How long turns follow each other before a rest. In a load of 100 groups of 100 on two cores, the
/// p99 of acks is 13 ms with this, 20 ms with five times as much and 75 ms without rests.
const ROUND: Duration = Duration::from_millis(3);
/// A tick of the runtime's timer.
const REST: Duration = Duration::from_millis(1);

/// How long connections are not woken for rows that may come late. Rows of the same thing replace each
/// other meanwhile, and any other row takes them along.
const LATE: Duration = Duration::from_millis(100);

/// The connections that wait for their turn, each at most once.
#[derive(Debug, Default)]
pub(super) struct Wakeups {
    /// Whether they wait for rows that may come late.
    late: bool,
    waiting: Mutex<VecDeque<Arc<Connection>>>,
    added: Notify,
}

impl Wakeups {
    /// For rows that may come late.
    pub(super) fn late() -> Self {
        Self { late: true, ..Self::default() }
    }

    /// Wakes these connections, which have been given a frame, of an audience that has so many: a few
    /// at once, many in turns. In a large audience late rows wait also for one, because its connections
    /// are woken one after another.
    pub(super) fn add(&self, connections: Vec<Arc<Connection>>, audience: usize) {
        let count = if self.late { audience } else { connections.len() };
        if count <= AT_ONCE {
            for connection in connections {
                connection.wake_for_row(self.late);
            }
            return;
        }
        if !connections.is_empty() {
            self.waiting().extend(connections);
            self.added.notify_one();
        }
    }

    /// Wakes connections in turns, for as long as the server runs.
    pub(super) async fn run(&self) {
        let mut round_began = Instant::now();
        loop {
            if self.waiting().is_empty() {
                self.added.notified().await;
                round_began = Instant::now();
            }
            if self.late {
                sleep(LATE).await;
                round_began = Instant::now();
            }
            // Those who are added meanwhile have their turn after the next pause.
            let mut due = self.waiting().len();
            while due > 0 {
                let turn: Vec<_> = self.waiting().drain(..due.min(PER_TURN)).collect();
                due -= turn.len();
                for connection in turn {
                    connection.wake_for_row(self.late);
                }
                if round_began.elapsed() < ROUND {
                    yield_now().await;
                } else {
                    sleep(REST).await;
                    round_began = Instant::now();
                }
            }
        }
    }

    /// How many connections wait.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.waiting().len()
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Arc<Connection>>> {
        self.waiting.lock().expect("nothing panics while it holds the connections that wait")
    }
}
