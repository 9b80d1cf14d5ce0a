//! The attacks. Each ends by itself and returns the connections it still holds, which the server
//! has to close.

use std::{
    any::Any,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::kit::{CONTINUATION, FIN, PING, RawSocket, Socket, TEXT, User, frame, head, within};

/// How long a flood lasts.
const FLOOD: Duration = Duration::from_secs(1);
/// Sockets of a flood: fewer than slow clients, because each sends as fast as it can.
const FLOODERS_MAX: usize = 20;

/// The kinds of attacks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Attack {
    /// Sockets that never read what they are sent.
    NeverRead,
    /// Connections that say nothing at all.
    HalfOpen,
    /// Heads, bodies and frames that arrive one byte per second.
    ByteASecond,
    Pings,
    /// Endless messages in fragments of one byte.
    Fragments,
    /// Frames of the maximum size, all of them refused.
    LargeFrames,
    /// Ten times as many sockets opened and closed.
    Handshakes,
}

/// Connections that an attack leaves open, until they are dropped.
pub(crate) type Held = Vec<Box<dyn Any + Send>>;

impl Attack {
    pub(crate) const ALL: [Self; 7] = [
        Self::NeverRead,
        Self::HalfOpen,
        Self::ByteASecond,
        Self::Pings,
        Self::Fragments,
        Self::LargeFrames,
        Self::Handshakes,
    ];

    /// Runs it with this many clients.
    pub(crate) fn run(
        self,
        clients: usize,
        address: &str,
        mallory: &User,
        trudy: &User,
    ) -> impl Future<Output = Held> + Send + 'static {
        let (address, mallory, trudy) = (address.to_owned(), mallory.clone(), trudy.clone());
        async move {
            match self {
                Self::NeverRead => never_read(clients, &address, &mallory, &trudy).await,
                Self::HalfOpen => half_open(clients, &address).await,
                Self::ByteASecond => trickle(clients, &address, &mallory).await,
                Self::Pings => {
                    flood(clients, &address, &mallory, b"", &frame(FIN | PING, b"?")).await
                }
                Self::Fragments => {
                    let (first, part) = (frame(TEXT, b""), frame(CONTINUATION, b"x"));
                    flood(clients, &address, &mallory, &first, &part).await
                }
                Self::LargeFrames => {
                    let large = frame(FIN | TEXT, &vec![b'x'; 64 * 1024]);
                    flood(clients, &address, &mallory, b"", &large).await
                }
                Self::Handshakes => handshakes(10 * clients, &address, &mallory).await,
            }
        }
    }
}

/// All sockets belong to one user, so that every text goes to all of them.
async fn never_read(clients: usize, address: &str, mallory: &User, trudy: &User) -> Held {
    let protocols = format!("chaap.v2, bearer.{}", mallory.token);
    let headers = [("sec-websocket-protocol", protocols.as_str())];
    let mut sockets = Vec::with_capacity(clients);
    for _ in 0..clients {
        let mut socket = Socket::open_narrow(address, "/ws", &headers).await;
        socket.send(&json!({ "type": "hello" })).await;
        sockets.push(socket);
    }
    let mut sender = trudy.connect().await;
    let long = "x".repeat(16_000);
    // Far more than the kernel's buffers and a mailbox can hold.
    for _ in 0..400 {
        sender.post_to(mallory, &long).await;
    }
    sender.close().await;
    vec![Box::new(sockets)]
}

async fn half_open(clients: usize, address: &str) -> Held {
    let mut streams = Vec::with_capacity(clients);
    for _ in 0..clients {
        streams.push(TcpStream::connect(address).await.unwrap());
    }
    vec![Box::new(streams)]
}

/// A third sends a head, a third a body, a third a frame, until they are disconnected.
async fn trickle(clients: usize, address: &str, mallory: &User) -> Held {
    let mut streams = Vec::with_capacity(clients);
    for place in 0..clients {
        let (stream, begin) = match place % 3 {
            0 => (TcpStream::connect(address).await.unwrap(), b"GET /".to_vec()),
            1 => {
                let head = b"POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 999\r\n\r\n";
                (TcpStream::connect(address).await.unwrap(), head.to_vec())
            }
            _ => {
                let socket = RawSocket::open(address, mallory).await;
                (socket.into_inner(), head(FIN | TEXT, 999, 999))
            }
        };
        streams.push(stream);
        streams.last_mut().unwrap().write_all(&begin).await.unwrap();
    }
    let mut live = streams;
    while !live.is_empty() {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut still = Vec::with_capacity(live.len());
        for mut stream in live {
            if stream.write_all(b"x").await.is_ok() && !is_over(&stream) {
                still.push(stream);
            }
        }
        live = still;
    }
    Held::new()
}

/// Whether the server has closed it. Drops what it sent before.
fn is_over(stream: &TcpStream) -> bool {
    let mut said = [0; 1_024];
    loop {
        match stream.try_read(&mut said) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }
}

/// A few sockets send a first frame and then the same frame for a while, as fast as possible,
/// and read the answers. Disconnected ones reconnect.
async fn flood(clients: usize, address: &str, mallory: &User, first: &[u8], then: &[u8]) -> Held {
    let until = Instant::now() + FLOOD;
    let flooders: Vec<_> = (0..clients.min(FLOODERS_MAX))
        .map(|_| {
            let (address, mallory) = (address.to_owned(), mallory.clone());
            let many = then.repeat((16_384 / then.len()).max(1));
            let first = first.to_vec();
            tokio::spawn(async move {
                while Instant::now() < until {
                    let mut stream = RawSocket::open(&address, &mallory).await.into_inner();
                    let mut taken = stream.write_all(&first).await.is_ok();
                    while taken && Instant::now() < until && !is_over(&stream) {
                        taken = stream.write_all(&many).await.is_ok();
                    }
                }
            })
        })
        .collect();
    for flooder in flooders {
        within("a flood to end", flooder).await.unwrap();
    }
    Held::new()
}

async fn handshakes(count: usize, address: &str, mallory: &User) -> Held {
    const AT_ONCE: usize = 20;
    let openers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (address, mallory) = (address.to_owned(), mallory.clone());
            tokio::spawn(async move {
                for _ in 0..count / AT_ONCE {
                    drop(RawSocket::open(&address, &mallory).await);
                }
            })
        })
        .collect();
    for opener in openers {
        opener.await.unwrap();
    }
    Held::new()
}
