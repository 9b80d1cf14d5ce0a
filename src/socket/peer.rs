//! The stream under a socket. It times each frame: one that comes a byte at a time may take no longer
//! than the body of a request. A long one waits for its share of the memory that long bodies have,
//! too. And the stream reads in turns: a peer that sends too fast waits while others are served.

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

use super::fragments::Fragments;
use crate::{
    config::FRAME_BYTES_MAX,
    error::Result,
    http::{Holder, Paced, SHORT_BODY_BYTES},
    shares::Share,
    store::Wake,
};

/// The bytes read of a peer in one turn: the largest frame and 8 KiB for other frames beside it. A
/// turn ends when there is nothing more to read, so a client that waits for answers never fills it.
const TURN: isize = FRAME_BYTES_MAX.cast_signed() + 8 * 1024;
/// What a text frame costs of a turn beside its bytes. Messages and receipts get it back, because the
/// number of answers that the store owes a peer is limited already.
const TEXT_COST: isize = 512;
/// What a ping or pong costs of a turn. No client needs to send more than a few.
const CONTROL_COST: isize = 4 * 1024;
/// What a part of a message costs of a turn, beside its bytes. No client needs to send small ones.
const FRAGMENT_COST: usize = 512;
/// How long a peer waits after it has filled its turn. This limits a peer that never pauses to
/// 1.8 MB, 3,600 texts or fragments, or 450 pings per second, a small part of what a core can read.
const PAUSE: Duration = Duration::from_millis(60);
/// A peer is cut after this many pauses in a row: two seconds of frames that the store never took.
const PAUSES_MAX: u8 = 34;

/// A peer is cut after this many penalties of a second in a row.
const PENALTIES_MAX: u8 = 10;

/// A TCP stream that knows since when it reads a message, and how much it has read in this turn.
pub(super) struct Peer {
    tcp: Paced<TcpStream>,
    fragments: Fragments,
    /// When the first byte of an incomplete message came.
    begun: Option<Instant>,
    /// The memory for a long message. Boxed, because few peers ever need it.
    room: Option<Box<Room>>,
    /// Bytes left in this turn. Below zero they are taken from the next turns.
    turn: isize,
    /// The wait until the next turn. Boxed, because few peers ever need it.
    pause: Option<Pin<Box<Sleep>>>,
    /// Pauses since the peer last waited itself, or sent a frame that the store accepted.
    pauses: u8,
    /// The wait because a frame was over a limit of its user. Boxed, as above.
    rest: Option<Pin<Box<Sleep>>>,
    /// Penalties since the peer last waited itself.
    penalties: u8,
}

enum Room {
    Awaited(FrameShare),
    Held {
        _share: Share<Holder>,
    },
    /// The socket is closing, and no long message is read any more.
    Closing,
    /// The caller throws away what it reads.
    Unneeded,
}

/// A share of the memory for a long message, once there is room.
pub(super) type FrameShare = Pin<Box<dyn Future<Output = Result<Share<Holder>>> + Send + Sync>>;

/// Why no message came.
pub(super) enum Stop {
    /// It did not become complete in time.
    Stalled,
    /// It is long and has no share of the memory; see [`Peer::await_room`].
    LacksRoom,
}

impl Peer {
    /// `early`: the first bytes, which came together with the handshake.
    pub(super) fn new(tcp: Paced<TcpStream>, early: &[u8]) -> Self {
        let begun = (!early.is_empty()).then(Instant::now);
        let mut fragments = Fragments::default();
        fragments.count(early);
        let (turn, pauses, penalties) = (TURN, 0, 0);
        let (room, pause, rest) = (None, None, None);
        Self { tcp, fragments, begun, room, turn, pause, pauses, rest, penalties }
    }

    /// Reads nothing for a while, because a frame was over a limit.
    pub(super) fn rest(&mut self, wait: Duration) {
        self.rest = Some(Box::pin(sleep(wait)));
    }

    /// The same, because too many frames were.
    pub(super) fn punish(&mut self, wait: Duration) {
        self.penalties += 1;
        self.rest(wait);
    }

    /// Restarts the clock, because the server was not reading.
    pub(super) fn forgive(&mut self) {
        if self.begun.is_some() {
            self.begun = Some(Instant::now());
        }
    }

    /// Gives back what a text frame of so many bytes has cost.
    pub(super) fn refund(&mut self, bytes: usize) {
        self.turn = TURN.min(self.turn + bytes.cast_signed() + TEXT_COST);
        self.pauses = 0;
    }

    /// Reads on when there is room for the message that is arriving.
    pub(super) fn await_room(&mut self, share: FrameShare) {
        self.room = Some(Box::new(Room::Awaited(share)));
    }

    /// From now on, a long message that has no room ends the reading.
    pub(super) fn begin_closing(&mut self) {
        if !matches!(self.room.as_deref(), Some(Room::Held { .. })) {
            self.room = Some(Box::new(Room::Closing));
        }
    }

    /// From now on, the caller throws away what it reads, so a long message needs no memory.
    pub(super) fn begin_discarding(&mut self) {
        self.room = Some(Box::new(Room::Unneeded));
    }

    fn note(&mut self, message: &Message) {
        let cost = if message.is_text() { TEXT_COST } else { CONTROL_COST };
        self.turn -= cost;
        let is_open = self.fragments.is_open();
        if message.is_text() || message.is_binary() {
            self.room = None;
            self.begun = is_open.then(Instant::now);
        } else if !is_open {
            self.begun = None;
        }
    }

    fn lacks_room(&self) -> bool {
        self.fragments.message_bytes() > SHORT_BODY_BYTES
            && !matches!(self.room.as_deref(), Some(Room::Held { .. } | Room::Unneeded))
    }

    /// Ready unless room is awaited; [`io::ErrorKind::ResourceBusy`] when there is none for too
    /// long.
    fn poll_room(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(Room::Awaited(share)) = self.room.as_deref_mut() else {
            return Poll::Ready(Ok(()));
        };
        let share = ready!(share.as_mut().poll(context));
        self.room = None;
        let Ok(share) = share else {
            return Poll::Ready(Err(io::ErrorKind::ResourceBusy.into()));
        };
        self.room = Some(Box::new(Room::Held { _share: share }));
        self.forgive();
        Poll::Ready(Ok(()))
    }

    /// Ready when the rest is over; [`io::ErrorKind::QuotaExceeded`] after too many penalties.
    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(rest) = &mut self.rest else { return Poll::Ready(Ok(())) };
        if self.penalties >= PENALTIES_MAX {
            return Poll::Ready(Err(io::ErrorKind::QuotaExceeded.into()));
        }
        ready!(rest.as_mut().poll(context));
        self.rest = None;
        self.forgive();
        Poll::Ready(Ok(()))
    }

    /// Ready when it is this peer's turn; [`io::ErrorKind::QuotaExceeded`] when it has paused too
    /// often.
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

/// The next message. Wakes the store when there is none yet. Gives up when a message has begun and
/// is not complete within `limit`, or when it lacks room. If it is dropped and called again, it goes
/// on where it was.
pub(super) async fn next(
    stream: &mut WebSocketStream<Peer>,
    limit: Duration,
    wake: &mut Wake,
) -> Result<Option<tungstenite::Result<Message>>, Stop> {
    // Boxed, and only when there is something to time, so that idle sockets pay nothing.
    let mut stall: Option<Pin<Box<Sleep>>> = None;
    std::future::poll_fn(|context| {
        // Here and not in `poll_read`, because whole frames may have been read ahead.
        let peer = stream.get_mut();
        let ready = match peer.poll_rest(context) {
            Poll::Ready(Ok(())) => peer.poll_room(context),
            other => other,
        };
        match ready {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(error)) => return Poll::Ready(Ok(Some(Err(error.into())))),
            Poll::Pending => {
                wake.now();
                return Poll::Pending;
            }
        }
        match stream.poll_next_unpin(context) {
            Poll::Ready(message) => {
                if let Some(Ok(message)) = &message {
                    stream.get_mut().note(message);
                }
                Poll::Ready(Ok(message))
            }
            Poll::Pending => {
                wake.now();
                if stream.get_ref().lacks_room() {
                    return Poll::Ready(Err(Stop::LacksRoom));
                }
                let Some(begun) = stream.get_ref().begun else { return Poll::Pending };
                let stall = stall.get_or_insert_with(|| Box::pin(sleep_until(begun + limit)));
                stall.as_mut().poll(context).map(|()| Err(Stop::Stalled))
            }
        }
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
        if self.lacks_room() {
            return match self.room.as_deref() {
                Some(Room::Closing) => Poll::Ready(Err(io::ErrorKind::ResourceBusy.into())),
                // `next` sees this and says so.
                _ => Poll::Pending,
            };
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.tcp).poll_read(context, buffer);
        let bytes = &buffer.filled()[before..];
        let got = bytes.len();
        let cost = got + self.fragments.count(bytes) * FRAGMENT_COST;
        self.turn -= cost.cast_signed();
        // Nothing waits to be read. Without a budget the runtime may have stopped the read instead.
        if read.is_pending() && coop::has_budget_remaining() {
            (self.turn, self.pauses, self.penalties) = (TURN, 0, 0);
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
