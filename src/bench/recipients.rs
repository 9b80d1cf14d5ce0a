//! The receiving end of a pair: one connection of a user or many, read in one task.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Stream, StreamExt, TryStreamExt, stream, stream::SelectAll};

use super::{people::Person, socket::Socket};
use crate::error::Result;

/// Handshakes at the same time.
const AT_ONCE: usize = 32;

/// A text frame, or the reason why the connection has ended.
pub(super) type Received = Result<String, String>;

/// All connections of a recipient, and the `seq` that each must receive next.
#[derive(Debug)]
pub(super) struct Recipients {
    sockets: Sockets,
    expected: Vec<u32>,
}

#[derive(Debug)]
enum Sockets {
    None,
    /// The usual case, without the cost of selecting.
    One(Box<Socket>),
    Many(SelectAll<Numbered>),
}

impl Recipients {
    /// Opens `count` connections of `person`.
    pub(super) async fn connect(address: &str, person: &Person, count: u32) -> Result<Self> {
        let opening = (0..count).map(|_| Socket::open(address, &person.token, None));
        let sockets = stream::iter(opening).buffered(AT_ONCE).map_ok(|(socket, _)| socket);
        let mut sockets: Vec<Socket> = sockets.try_collect().await?;
        let expected = vec![1; sockets.len()];
        let sockets = match sockets.len() {
            0 => Sockets::None,
            1 => Sockets::One(Box::new(sockets.remove(0))),
            _ => {
                let numbered = sockets.into_iter().enumerate();
                Sockets::Many(numbered.map(|(place, socket)| Numbered { place, socket }).collect())
            }
        };
        Ok(Self { sockets, expected })
    }

    /// The number of connections that receive each message.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.expected.len()).expect("connections are counted in 32 bits")
    }

    /// Waits for a text frame on any of the connections.
    pub(super) async fn next_text(&mut self) -> (usize, Received) {
        match &mut self.sockets {
            Sockets::None => std::future::pending().await,
            Sockets::One(socket) => (0, socket.next_text().await),
            Sockets::Many(sockets) => sockets.next().await.expect("a numbered socket never ends"),
        }
    }

    /// Checks that the message with this `seq` is the connection's next one.
    ///
    /// # Errors
    /// A sentence when messages are missing, repeated or out of order.
    pub(super) fn expect(
        &mut self,
        place: usize,
        seq: Option<u32>,
        text: &str,
    ) -> Result<(), String> {
        let expected = &mut self.expected[place];
        if seq != Some(*expected) {
            return Err(format!("connection {place} should have got seq {expected}: {text}"));
        }
        *expected += 1;
        Ok(())
    }
}

/// A socket with its position. After its end it keeps answering that it is closed.
#[derive(Debug)]
struct Numbered {
    place: usize,
    socket: Socket,
}

impl Stream for Numbered {
    type Item = (usize, Received);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let received = std::task::ready!(self.socket.poll_next_unpin(context));
        let received = received.unwrap_or_else(|| Err(String::from("the connection is closed")));
        Poll::Ready(Some((self.place, received)))
    }
}
