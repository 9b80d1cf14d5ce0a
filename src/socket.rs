//! One task per WebSocket: reads its frames, writes its mailbox, ends it properly.
//!
//! What frames mean is in `socket/v1.rs` and `socket/v2.rs`; the HTTP side of the upgrade is in
//! `socket/handshake.rs`. The task never waits for the store while it could write: answers come
//! back through the mailbox.

mod fragments;
mod handshake;
mod limited;
mod peer;
mod v1;
mod v2;

use std::{io, sync::Arc};

use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        self, Bytes, Message,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

use self::{
    limited::{Guest, Places},
    peer::{Peer, Stop},
};
use crate::{
    app::App,
    config::{FRAME_BYTES_MAX, SOCKET_CLOSE_TIMEOUT},
    error::{Error, Result, SignOut},
    http::{ClientAddress, Paced, Reply, Request},
    hub::{Close, Connection, Kind, Registration},
    limits::OpenConnection,
    store::{Since, Wake},
    types::Millis,
    wire::{self, Dialect, Names, ServerFrame},
};

/// tungstenite allocates this at once for every connection and zero-fills it at every read;
/// its default of 128 KiB would be most of a connection's memory, and 4 KiB would still be half of it.
const READ_BUFFER_BYTES: usize = 2 * 1024;
/// Bytes that may collect before a write goes to the kernel in the middle of a batch.
const WRITE_BUFFER_BYTES: usize = 16 * 1024;
/// Room for a sync frame, which has at most a page and one more row.
const WRITE_BUFFER_BYTES_MAX: usize = 2 * 1024 * 1024;
/// With what tokio adds, a task of this size fills a slot of 1 KiB of the allocator. The next slot is
/// 1.25 KiB, which 10,000 idle sockets would feel.
const TASK_BYTES_MAX: usize = 872;
/// How soon clients may come back after a restart, in milliseconds.
const RESTART_RETRY_AFTER_MS: u64 = 1_000;

/// A live socket.
struct Socket {
    app: Arc<App>,
    stream: WebSocketStream<Peer>,
    connection: Arc<Connection>,
    /// Where the peer is, if that is known.
    address: Option<ClientAddress>,
    dialect: Dialect,
    /// Text frames written so far. A client that has counted fewer has missed some.
    written: u64,
    /// For a v1 client: what was written to it and is not stored as delivered yet.
    v1: v1::Unconfirmed,
    /// Its place among the sockets of its user and its address, and the user's budget.
    places: Places,
    /// Wakes the store when no more frames can be read at once, so that it finds those of a burst
    /// together.
    wake: Wake,
}

/// How to take what waits in the mailbox.
#[derive(Clone, Copy, Debug)]
enum Take {
    /// At once, also if a command is half published.
    Now,
    /// See [`Hub::take_whole`](crate::hub::Hub::take_whole).
    Whole,
}

/// Why a socket closes.
#[derive(Clone, Copy, Debug)]
enum Ending {
    /// The peer or the network has closed it.
    Gone,
    /// The server closes it, with a code of RFC 6455 or our own 4401, and a reason.
    Closing(u16, &'static str),
}

/// Our own code. Its reason is a word of [`SignOut`].
const SIGNED_OUT_CODE: u16 = 4401;
/// The session has ended; [`end`] looks up why.
const SIGNED_OUT: Ending = Ending::Closing(SIGNED_OUT_CODE, "");
const CROWDED: Ending =
    Ending::Closing(1013, "too many connections; wait a moment, then reconnect");
const BUSY: Ending = Ending::Closing(1013, "the server is busy; reconnect");
const RESTARTING: Ending = Ending::Closing(1001, "the server restarts");

/// `GET /ws`: checks the handshake and turns the connection into a socket. A missing or bad token,
/// or too many sockets, still upgrade. The socket then closes with a code and a reason, which a page
/// can read.
pub(crate) async fn upgrade(app: &Arc<App>, request: &mut Request) -> Result<Reply> {
    let offer = handshake::read(request, &app.sites)?;
    let guest = match limited::admit(app, request, offer.token.as_deref()).await {
        Ok(guest) => Ok(guest),
        Err(Error::SignedOut(why)) => Err(Ending::Closing(SIGNED_OUT_CODE, why.word())),
        Err(Error::TooMany { .. }) => Err(CROWDED),
        Err(error) => return Err(error),
    };
    // The socket goes on using the connection, which must count as long.
    let open = request.extensions().get::<OpenConnection>().cloned();
    // Keep nothing else of the request: it would keep hyper's read buffer alive with the socket.
    let upgraded = hyper::upgrade::on(request);
    let task = serve(Arc::clone(app), upgraded, offer.dialect, guest, open);
    let bytes = size_of_val(&task);
    debug_assert!(bytes <= TASK_BYTES_MAX, "a socket's task of {bytes} bytes outgrows its slot");
    app.tasks.spawn(task);
    Ok(handshake::accept(&offer))
}

/// A socket from its upgrade to its end, which `open` counts. Parts that run once or seldom are
/// boxed, and the beginning is made outside: a task holds room for its arguments and its largest
/// part as long as it lives, and most sockets only wait for a frame. Spawn the future as it is:
/// a future around it would hold it twice, as a variable and while awaiting it.
fn serve(
    app: Arc<App>,
    upgraded: OnUpgrade,
    dialect: Dialect,
    guest: Result<Guest, Ending>,
    open: Option<OpenConnection>,
) -> impl Future<Output = ()> + Send {
    let beginning = Box::pin(begin(app, upgraded, dialect, guest));
    async move {
        let _open = open;
        let Some((mut socket, registration)) = beginning.await else { return };
        let ending = socket.run().await;
        Box::pin(end(socket, registration, ending)).await;
    }
}

async fn begin(
    app: Arc<App>,
    upgraded: OnUpgrade,
    dialect: Dialect,
    guest: Result<Guest, Ending>,
) -> Option<(Socket, Registration)> {
    let stream = open(upgraded).await?;
    let Guest { caller, address, places } = match guest {
        Ok(guest) => guest,
        Err(ending) => {
            close(stream, ending).await;
            return None;
        }
    };
    let registration = app.hub.register(&caller, Kind::Socket(dialect));
    let connection = Arc::clone(&registration.connection);
    let v1 = v1::Unconfirmed::default();
    let wake = Wake::none();
    let socket = Socket { app, stream, connection, address, dialect, written: 0, v1, places, wake };
    Some((socket, registration))
}

async fn end(socket: Socket, registration: Registration, ending: Ending) {
    let Socket { app, stream, connection, mut wake, .. } = socket;
    wake.now();
    if let Some(last_seen) = registration.end() {
        crate::actions::presence::note_last_seen(&app, connection.user_id, last_seen);
    }
    let ending = match ending {
        Ending::Closing(SIGNED_OUT_CODE, _) => {
            let is_late = connection.expires_at <= Millis::now();
            let why =
                if is_late { SignOut::Expired } else { app.endings.why(connection.session_id) };
            Ending::Closing(SIGNED_OUT_CODE, why.word())
        }
        other => other,
    };
    close(stream, ending).await;
}

/// The stream under hyper's connection, with the bytes that hyper had read ahead.
async fn open(upgraded: OnUpgrade) -> Option<WebSocketStream<Peer>> {
    let upgraded = upgraded.await.ok()?;
    let parts = upgraded
        .downcast::<TokioIo<Paced<TcpStream>>>()
        .expect("the server hands hyper a paced TcpStream and nothing else");
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_message_size(Some(FRAME_BYTES_MAX))
        .max_frame_size(Some(FRAME_BYTES_MAX));
    let early = parts.read_buf.to_vec();
    let peer = Peer::new(parts.io.into_inner(), &early);
    Some(WebSocketStream::from_partially_read(peer, early, Role::Server, Some(config)).await)
}

impl Socket {
    async fn run(&mut self) -> Ending {
        match Box::pin(self.start()).await {
            Ok(()) => {}
            Err(ending) => return ending,
        }
        loop {
            if let Err(ending) = self.step().await {
                return ending;
            }
        }
    }

    /// Both dialects check that the session still exists: it may have ended between the handshake and
    /// the registration.
    async fn start(&mut self) -> Result<(), Ending> {
        match self.dialect {
            Dialect::V1 => Box::pin(self.start_v1()).await,
            Dialect::V2 => Box::pin(self.start_v2()).await,
        }
    }

    /// Writes what waits. Then waits for a frame of the peer and handles it, or for something new to
    /// write.
    async fn step(&mut self) -> Result<(), Ending> {
        self.write_mailbox(Take::Now).await?;
        let may_ask = self.connection.may_ask();
        if !may_ask {
            self.wake.now();
            self.stream.get_mut().forgive();
        }
        let limit = self.app.config.read_max();
        let asked = tokio::select! {
            frame = peer::next(&mut self.stream, limit, &mut self.wake), if may_ask => match frame {
                Ok(frame) => self.read(frame)?,
                Err(Stop::Stalled) => return Err(Ending::Closing(1008, "a frame took too long")),
                Err(Stop::LacksRoom) => {
                    self.await_room();
                    None
                }
            },
            () = self.connection.woken() => None,
        };
        match asked {
            Some(asked) => {
                self.wake.now();
                Box::pin(self.do_v2(asked)).await
            }
            None => Ok(()),
        }
    }

    /// Has the long frame that is arriving wait for its share of the memory.
    fn await_room(&mut self) {
        let (app, address) = (Arc::clone(&self.app), self.address);
        let user = self.connection.user_id;
        let share = Box::pin(async move { app.frame_share(address, user).await });
        self.stream.get_mut().await_room(share);
    }

    /// Handles a frame, and returns what is left to do for it.
    fn read(
        &mut self,
        frame: Option<tungstenite::Result<Message>>,
    ) -> Result<Option<v2::Asked>, Ending> {
        // The frame may have come together with the end of the session.
        if let Some(why) = self.connection.is_doomed() {
            return Err(why.into());
        }
        self.connection.note_heard();
        match frame {
            Some(Ok(Message::Text(text))) => Ok(match self.dialect {
                Dialect::V1 => {
                    self.read_v1(&text);
                    None
                }
                Dialect::V2 => self.read_v2(&text),
            }),
            Some(Ok(Message::Binary(_))) => Err(Ending::Closing(1003, "frames must be JSON text")),
            // tungstenite answers pings and close frames itself, at the next read.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {
                self.limit_control();
                Ok(None)
            }
            Some(Ok(Message::Close(_) | Message::Frame(_))) => Ok(None),
            Some(Err(error)) => Err(ending_of(&error)),
            None => Err(Ending::Gone),
        }
    }

    /// Writes everything that waits, until nothing does.
    async fn write_mailbox(&mut self, take: Take) -> Result<(), Ending> {
        loop {
            // Ask before taking: an answer reaches the mailbox before it stops being owed.
            let owed = self.connection.is_owed();
            let taken = match take {
                Take::Now => self.connection.take(),
                Take::Whole => self.app.hub.take_whole(&self.connection),
            };
            if let Some(why) = taken.close.filter(|why| *why > Close::Restarting) {
                return Err(why.into());
            }
            let frames = self.v1.filter_replayed(taken.frames);
            if frames.is_empty() && !taken.ping && taken.behind.is_none() {
                return match taken.close {
                    Some(Close::Restarting) if !owed => Err(Box::pin(self.say_restart()).await),
                    _ => Ok(()),
                };
            }
            // First what was dropped, then the answers that were kept: a device takes the revision of
            // an ack for the sign that it has everything up to there.
            if let Some(revision) = taken.behind {
                let since = Since { revision, epoch: Some(self.app.store.epoch()) };
                Box::pin(self.catch_up(Some(since), None)).await?;
            }
            let texts = frames.iter().map(|delivery| Message::Text(delivery.frame.clone()));
            let ping = taken.ping.then(|| Message::Ping(Bytes::new()));
            Box::pin(self.write(texts.chain(ping))).await?;
            self.v1.note_written(&frames);
            self.confirm_v1();
        }
    }

    /// Writes frames and flushes once. Gives up when the peer takes them too slowly ([`Paced`]), or
    /// when the connection must close for a reason that cannot wait.
    async fn write(&mut self, frames: impl Iterator<Item = Message>) -> Result<(), Ending> {
        self.wake.now();
        let (stream, written) = (&mut self.stream, &mut self.written);
        let writing = async {
            for frame in frames {
                *written += u64::from(frame.is_text());
                stream.feed(frame).await?;
            }
            stream.flush().await
        };
        self.connection.note_writing(true);
        let outcome = tokio::select! {
            biased;
            written = writing => written.map_err(|error| ending_of(&error)),
            why = doomed(&self.connection) => Err(why.into()),
        };
        self.connection.note_writing(false);
        outcome
    }

    async fn write_one(&mut self, answer: &ServerFrame<'_>) -> Result<(), Ending> {
        let frame = Message::text(wire::encode(answer));
        self.write(std::iter::once(frame)).await
    }

    async fn say_restart(&mut self) -> Ending {
        if self.dialect == Dialect::V2 {
            let restart = ServerFrame::Restart { retry_after_ms: RESTART_RETRY_AFTER_MS };
            if let Err(ending) = self.write_one(&restart).await {
                return ending;
            }
        }
        RESTARTING
    }

    /// The connection, which is owed an answer from now on. The store's thread gives it with
    /// [`Connection::answer`] and then calls [`Connection::end`].
    fn owe(&self) -> Arc<Connection> {
        self.connection.begin();
        Arc::clone(&self.connection)
    }

    /// What a frame of so many bytes costs, once it was given to the store or refused: accepted
    /// frames do not count against the reader's byte budget; refused ones get an error.
    fn settle(&mut self, submitted: Result<Wake>, names: &Names, bytes: usize) {
        match submitted {
            Ok(wake) => {
                self.wake.merge(wake);
                self.stream.get_mut().refund(bytes);
            }
            Err(error) => {
                self.connection.end();
                self.refuse(&error, names);
            }
        }
    }

    /// Answers a frame that could not be done; the socket lives on.
    fn refuse(&self, error: &Error, names: &Names) {
        self.connection.answer(wire::encode_error(self.dialect, error.logged(), names));
    }
}

/// Waits until the connection must end even in the middle of a write. It may consume a wake-up that
/// was for new frames, so the writer looks into the mailbox again afterwards.
async fn doomed(connection: &Connection) -> Close {
    loop {
        if let Some(why) = connection.is_doomed() {
            return why;
        }
        connection.woken().await;
    }
}

impl From<Close> for Ending {
    fn from(why: Close) -> Self {
        match why {
            Close::Restarting => RESTARTING,
            Close::SignedOut => SIGNED_OUT,
            Close::Crowded => {
                Self::Closing(1013, "you opened too many connections; this was the oldest")
            }
            Close::TooSlow => Self::Closing(1013, "too slow; reconnect and catch up"),
            Close::Dead => Self::Gone,
        }
    }
}

fn ending_of(error: &tungstenite::Error) -> Ending {
    match error {
        tungstenite::Error::Capacity(_) => {
            Ending::Closing(1009, "a frame can have at most 100 KiB")
        }
        tungstenite::Error::Utf8(_) => Ending::Closing(1007, "a text frame must be UTF-8"),
        tungstenite::Error::Protocol(
            tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
        ) => Ending::Gone,
        tungstenite::Error::Protocol(_) => Ending::Closing(1002, "not the WebSocket protocol"),
        tungstenite::Error::Io(error) if error.kind() == io::ErrorKind::QuotaExceeded => {
            Ending::Closing(1008, "too many frames; send fewer")
        }
        tungstenite::Error::Io(error) if error.kind() == io::ErrorKind::ResourceBusy => BUSY,
        tungstenite::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => {
            Close::TooSlow.into()
        }
        _ => Ending::Gone,
    }
}

/// How a socket closes when the store cannot serve it at its start.
fn unserved(error: &Error) -> Ending {
    error.logged();
    BUSY
}

/// Sends the close frame and waits a moment for the peer's: closing with unread bytes would reset
/// the connection, and the peer would never see the code.
async fn close(mut stream: WebSocketStream<Peer>, ending: Ending) {
    let Ending::Closing(code, reason) = ending else { return };
    let closing = async {
        let frame = CloseFrame { code: code.into(), reason: reason.into() };
        stream.get_mut().begin_closing();
        stream.close(Some(frame)).await.ok()?;
        while let Some(Ok(_)) = stream.next().await {}
        let tcp = stream.get_mut();
        tcp.begin_discarding();
        tcp.shutdown().await.ok()?;
        let mut rest = [0; 1024];
        while tcp.read(&mut rest).await.ok()? > 0 {}
        Some(())
    };
    // Nothing more can be done for a peer that does not answer.
    drop(timeout(SOCKET_CLOSE_TIMEOUT, closing).await);
}
