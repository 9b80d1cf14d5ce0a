//! Wakes the connections of a large audience a few at a time.
//!
//! The tasks of all sockets share one queue of the runtime, first in, first out. A message to 1,000
//! members would put 1,000 tasks into it at once, and the acks and the frames that arrive next would
//! wait behind all of them. So a large audience waits here instead, and between two turns the runtime
//! does what else is due. Under load a connection then finds several frames when its turn comes, and
//! writes them together.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
};

use tokio::{sync::Notify, task::yield_now};

use super::mailbox::Connection;

/// An audience of at most this many connections is woken at once.
const AT_ONCE: usize = 16;
/// Connections that are woken in one turn.
const PER_TURN: usize = 32;

/// The connections that wait for their turn, each at most once.
#[derive(Debug, Default)]
pub(super) struct Wakeups {
    waiting: Mutex<VecDeque<Arc<Connection>>>,
    added: Notify,
}

impl Wakeups {
    /// Wakes these connections, which have been given a frame: a few at once, many in turns.
    pub(super) fn add(&self, connections: Vec<Arc<Connection>>) {
        if connections.len() <= AT_ONCE {
            for connection in connections {
                connection.wake_for_row();
            }
            return;
        }
        self.waiting().extend(connections);
        self.added.notify_one();
    }

    /// Wakes connections in turns, for as long as the server runs.
    pub(super) async fn run(&self) {
        loop {
            let turn: Vec<_> = {
                let mut waiting = self.waiting();
                let count = waiting.len().min(PER_TURN);
                waiting.drain(..count).collect()
            };
            if turn.is_empty() {
                self.added.notified().await;
            } else {
                for connection in turn {
                    connection.wake_for_row();
                }
                yield_now().await;
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
