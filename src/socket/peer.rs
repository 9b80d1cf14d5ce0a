//! The stream under a socket. It has a clock on what has begun: a frame that comes a byte at a time
//! holds its connection no longer than a request's body would. And it takes turns: a peer that sends
//! faster than it is read waits while others are served.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::StreamExt;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    task::coop,
    time::{Instant, Sleep, sleep, sleep_until},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message},
};

use crate::config::FRAME_BYTES_MAX;

/// The bytes read of a peer in one turn: the largest frame and 8 KiB for other frames beside it. A
/// turn ends when there is nothing more to read, so a client that waits for answers never fills it.
const TURN: isize = FRAME_BYTES_MAX.cast_signed() + 8 * 1024;
/// What a text costs of a turn beside its bytes. A message or a receipt costs nothing in the end:
/// what the store owes a peer is bounded already.
const TEXT_COST: isize = 512;
/// What a ping or pong costs of a turn: nobody has a reason to send more than a few.
const CONTROL_COST: isize = 4 * 1024;
/// How long a peer waits that has filled its turn. It limits a peer that sends without pause to
/// 1.8 MB, 3,600 texts or 450 pings per second, a small part of what a core can read.
const PAUSE: Duration = Duration::from_millis(60);
/// A peer is cut after this many pauses in a row: two seconds of frames that the store never took.
const PAUSES_MAX: u8 = 34;

/// A TCP stream that remembers since when it has been reading, and how much at a stretch.
pub(super) struct Peer {
    tcp: TcpStream,
    /// When the first byte came of what is not a whole message yet.
    begun: Option<Instant>,
    /// What is left of this turn; below zero, what the next ones owe.
    turn: isize,
    /// Until the next turn. Boxed, as few ever need it.
    pause: Option<Pin<Box<Sleep>>>,
    /// Pauses since the peer last waited itself, or sent something for the store.
    pauses: u8,
}

/// A message was begun and not ended in time.
pub(super) struct Stalled;

impl Peer {
    /// `early`: whether bytes of the first frame were there with the handshake.
    pub(super) fn new(tcp: TcpStream, early: bool) -> Self {
        Self { tcp, begun: early.then(Instant::now), turn: TURN, pause: None, pauses: 0 }
    }

    /// Starts the clock anew: it was we who did not read.
    pub(super) fn forgive(&mut self) {
        if self.begun.is_some() {
            self.begun = Some(Instant::now());
        }
    }

    /// Gives back what a text of so many bytes has cost of the turn.
    pub(super) fn refund(&mut self, bytes: usize) {
        self.turn = TURN.min(self.turn + bytes.cast_signed() + TEXT_COST);
        self.pauses = 0;
    }

    fn note(&mut self, message: &Message) {
        let cost = if message.is_text() { TEXT_COST } else { CONTROL_COST };
        self.turn -= cost;
        self.begun = None;
    }

    /// Ready when it is this peer's turn; an error of the kind [`io::ErrorKind::QuotaExceeded`]
    /// when it has had too many.
    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.turn <= 0 {
            if self.pauses == PAUSES_MAX {
                return Poll::Ready(Err(io::ErrorKind::QuotaExceeded.into()));
            }
            let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(PAUSE)));
            ready!(pause.as_mut().poll(context));
            self.pause = None;
            self.pauses += 1;
            self.turn += TURN;
        }
        Poll::Ready(Ok(()))
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
            if let Some(Ok(message)) = &message {
                stream.get_mut().note(message);
            }
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
        ready!(self.poll_turn(context))?;
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.tcp).poll_read(context, buffer);
        let got = buffer.filled().len() - before;
        self.turn -= got.cast_signed();
        // Nothing waits; without a budget it might be the runtime that wants to go on.
        if read.is_pending() && coop::has_budget_remaining() {
            (self.turn, self.pauses) = (TURN, 0);
        }
        if got > 0 && self.begun.is_none() {
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
