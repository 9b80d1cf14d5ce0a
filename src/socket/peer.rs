//! The stream under a socket, with a clock on what has begun: a frame that comes a byte at a time
//! holds its connection no longer than a request's body would.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::StreamExt;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message},
};

/// A TCP stream that remembers since when it has been reading.
pub(super) struct Peer {
    tcp: TcpStream,
    /// When the first byte came of what is not a whole message yet.
    begun: Option<Instant>,
}

/// A message was begun and not ended in time.
pub(super) struct Stalled;

impl Peer {
    /// `early`: whether bytes of the first frame were there with the handshake.
    pub(super) fn new(tcp: TcpStream, early: bool) -> Self {
        Self { tcp, begun: early.then(Instant::now) }
    }

    /// Starts the clock anew: it was we who did not read.
    pub(super) fn forgive(&mut self) {
        if self.begun.is_some() {
            self.begun = Some(Instant::now());
        }
    }
}

/// The next message; gives up when one has begun and does not end within `limit`. Dropped and
/// called again, it goes on where it was.
pub(super) async fn next(
    stream: &mut WebSocketStream<Peer>,
    limit: Duration,
) -> Result<Option<tungstenite::Result<Message>>, Stalled> {
    // Boxed, and only once there is something to time: idle sockets pay nothing.
    let mut stall: Option<Pin<Box<Sleep>>> = None;
    std::future::poll_fn(|context| match stream.poll_next_unpin(context) {
        Poll::Ready(message) => {
            stream.get_mut().begun = None;
            Poll::Ready(Ok(message))
        }
        Poll::Pending => match stream.get_ref().begun {
            Some(begun) => {
                let stall = stall.get_or_insert_with(|| Box::pin(sleep_until(begun + limit)));
                stall.as_mut().poll(context).map(|()| Err(Stalled))
            }
            None => Poll::Pending,
        },
    })
    .await
}

impl AsyncRead for Peer {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.tcp).poll_read(context, buffer);
        if buffer.filled().len() > before && self.begun.is_none() {
            self.begun = Some(Instant::now());
        }
        read
    }
}

impl AsyncWrite for Peer {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(context)
    }
}
