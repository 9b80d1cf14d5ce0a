//! A socket among many that one task reads: it gives all frames that have arrived at once, because
//! choosing the next socket costs more than reading a frame.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Stream, StreamExt};

use super::recipients::Received;

/// The most frames at once, so that no socket keeps the others waiting.
const FRAMES_MAX: usize = 64;

/// Frames that have arrived; an error is the last of them.
pub(super) type Batch = Vec<Received>;

/// A socket with its position. After its end it keeps answering that it is closed.
#[derive(Debug)]
pub(super) struct Batches<S> {
    pub(super) place: usize,
    pub(super) socket: S,
}

impl<S: Stream<Item = Received> + Unpin> Stream for Batches<S> {
    type Item = (usize, Batch);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut batch = Batch::new();
        while batch.len() < FRAMES_MAX {
            let Poll::Ready(received) = self.socket.poll_next_unpin(context) else { break };
            let received =
                received.unwrap_or_else(|| Err(String::from("the connection is closed")));
            let is_last = received.is_err();
            batch.push(received);
            if is_last {
                break;
            }
        }
        if batch.is_empty() { Poll::Pending } else { Poll::Ready(Some((self.place, batch))) }
    }
}
