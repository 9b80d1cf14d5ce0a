//! Many sockets that one task reads.

use std::task::{Context, Poll};

use super::{ready::Ready, socket::Socket};

/// The bytes that a socket takes at once.
const READ_BYTES: usize = 16 * 1024;

/// Sockets by their place, and one buffer for all of them.
#[derive(Debug)]
pub(super) struct Sockets {
    pub(super) all: Vec<Socket>,
    ready: Ready,
    /// The sockets that are being read, kept for its memory.
    turn: Vec<usize>,
    buffer: Vec<u8>,
}

impl Sockets {
    pub(super) fn new(all: Vec<Socket>) -> Self {
        let ready = Ready::new(all.len());
        Self { all, ready, turn: Vec::new(), buffer: vec![0; READ_BYTES] }
    }

    /// Waits until there may be something to read.
    pub(super) async fn ready(&self) {
        self.ready.wait().await;
    }

    /// Reads everything that has arrived, and gives each text to `take` with the place of its
    /// socket.
    ///
    /// # Errors
    /// What `take` returns, or a sentence when a connection has ended.
    pub(super) fn read(
        &mut self,
        mut take: impl FnMut(usize, &str) -> Result<(), String>,
    ) -> Result<(), String> {
        let Self { all, ready, turn, buffer } = self;
        ready.take(turn);
        for &place in &*turn {
            let mut context = Context::from_waker(ready.waker(place));
            let mut take = |text: &str| take(place, text);
            while let Poll::Ready(read) = all[place].poll_texts(&mut context, buffer, &mut take) {
                read?;
            }
        }
        Ok(())
    }
}
