//! A proxy between pages and the server that simulates a bad network.
//!
//! HTTP is forwarded byte by byte. On `/ws` only the handshake is; after it, frames are forwarded
//! one by one, so that a test can drop frames, reorder them, or add its own.

use std::{
    fmt::Write as _,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream},
    sync::{broadcast, watch},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error, Message, protocol::Role},
};
use tokio_util::sync::CancellationToken;

/// How long one direction may continue after the other has ended.
const FAREWELL: Duration = Duration::from_secs(1);
/// The length of a frame's excerpt in a transcript.
const TOLD_CHARS: usize = 300;
/// How much of an answer is forwarded at a time.
const ANSWER_BYTES: usize = 64 * 1024;

/// The direction of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// From the page to the server.
    Up,
    /// From the server to the page.
    Down,
}

/// What happens to a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It arrives.
    Passed,
    /// It never arrives.
    Lost,
    /// It arrives after the next frame.
    Overtaken,
}

/// A forwarded frame.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) at: Instant,
    /// The connection of the frame.
    line: usize,
    pub(crate) way: Way,
    pub(crate) fate: Fate,
    pub(crate) frame: Value,
}

struct Rule {
    way: Way,
    fate: Fate,
    /// How many more frames it applies to.
    left: usize,
    takes: Box<dyn Fn(&Value) -> bool + Send>,
}

/// The network between some pages and the server.
#[derive(Clone)]
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    road: Arc<Road>,
}

struct Road {
    server: SocketAddr,
    open: AtomicBool,
    /// Cancelling it ends all current connections; later ones get a new token.
    cut: Mutex<CancellationToken>,
    stalled: watch::Sender<bool>,
    held: watch::Sender<bool>,
    rules: Mutex<Vec<Rule>>,
    seen: Mutex<Vec<Seen>>,
    lines: AtomicUsize,
    /// When pages requested a socket, admitted or not.
    knocks: Mutex<Vec<Instant>>,
    told: broadcast::Sender<String>,
}

impl Proxy {
    /// An undisturbed network.
    pub(crate) async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let road = Arc::new(Road {
            server,
            open: AtomicBool::new(true),
            cut: Mutex::default(),
            stalled: watch::Sender::new(false),
            held: watch::Sender::new(false),
            rules: Mutex::default(),
            seen: Mutex::default(),
            lines: AtomicUsize::default(),
            knocks: Mutex::default(),
            told: broadcast::Sender::new(16),
        });
        let proxy = Self { address, road: Arc::clone(&road) };
        tokio::spawn(async move {
            while let Ok((page, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&road).carry(page));
            }
        });
        proxy
    }

    /// Cuts every connection. New ones are admitted.
    pub(crate) fn cut(&self) {
        std::mem::take(&mut *self.road.cut.lock().unwrap()).cancel();
    }

    /// Cuts every connection and refuses new ones.
    pub(crate) fn close(&self) {
        self.road.open.store(false, Ordering::SeqCst);
        self.cut();
    }

    /// Admits connections again.
    pub(crate) fn open(&self) {
        self.road.open.store(true, Ordering::SeqCst);
    }

    /// Holds back all data on every socket without closing it, or forwards it again.
    pub(crate) fn stall(&self, stalled: bool) {
        self.road.stalled.send_replace(stalled);
    }

    /// Holds back all answers over HTTP, or forwards them again.
    pub(crate) fn hold_answers(&self, held: bool) {
        self.road.held.send_replace(held);
    }

    /// This happens to the next `times` frames for which `takes` is true.
    pub(crate) fn treat(
        &self,
        way: Way,
        fate: Fate,
        times: usize,
        takes: impl Fn(&Value) -> bool + Send + 'static,
    ) {
        let rule = Rule { way, fate, left: times, takes: Box::new(takes) };
        self.road.rules.lock().unwrap().push(rule);
    }

    /// The next `times` frames of this type are lost.
    pub(crate) fn lose(&self, way: Way, times: usize, kind: &'static str) {
        self.treat(way, Fate::Lost, times, move |frame| frame["type"] == kind);
    }

    /// All frames are forwarded normally again.
    pub(crate) fn mend(&self) {
        self.road.rules.lock().unwrap().clear();
    }

    /// Sends a frame of the test to every page.
    pub(crate) fn tell(&self, frame: &Value) {
        self.road.told.send(frame.to_string()).unwrap();
    }

    /// The forwarded frames of this type.
    pub(crate) fn seen(&self, way: Way, kind: &str) -> Vec<Seen> {
        let seen = self.road.seen.lock().unwrap();
        seen.iter().filter(|seen| seen.way == way && seen.frame["type"] == kind).cloned().collect()
    }

    /// All forwarded frames, one per line, with the seconds since `began`.
    pub(crate) fn transcript(&self, began: Instant) -> String {
        let mut all = String::new();
        for Seen { at, line, way, fate, frame } in &*self.road.seen.lock().unwrap() {
            let seconds = at.saturating_duration_since(began).as_secs_f32();
            let text: String = frame.to_string().chars().take(TOLD_CHARS).collect();
            writeln!(all, "{seconds:.3} #{line} {way:?} {fate:?} {text}").unwrap();
        }
        all
    }

    /// How many frames were lost.
    pub(crate) fn lost(&self) -> usize {
        let seen = self.road.seen.lock().unwrap();
        seen.iter().filter(|seen| seen.fate == Fate::Lost).count()
    }

    /// When pages requested a socket, admitted or not.
    pub(crate) fn knocks(&self) -> Vec<Instant> {
        self.road.knocks.lock().unwrap().clone()
    }
}

impl Road {
    async fn carry(self: Arc<Self>, mut page: TcpStream) {
        let cut = self.cut.lock().unwrap().clone();
        let mut first = [0; 8];
        let peeked = page.peek(&mut first).await;
        let socket = peeked.is_ok() && first.starts_with(b"GET /ws");
        if socket {
            self.knocks.lock().unwrap().push(Instant::now());
        }
        if !self.open.load(Ordering::SeqCst) {
            return;
        }
        let Ok(mut server) = TcpStream::connect(self.server).await else { return };
        let carrying = async {
            if socket {
                self.bridge(&mut page, &mut server).await;
            } else {
                drop(self.forward(&mut page, &mut server).await);
            }
        };
        tokio::select! {
            () = cut.cancelled() => {}
            () = carrying => {}
        }
    }

    /// Forwards requests at once, and answers unless they are held back.
    async fn forward(&self, page: &mut TcpStream, server: &mut TcpStream) -> io::Result<()> {
        let ((mut from_page, mut to_page), (mut from_server, mut to_server)) =
            (page.split(), server.split());
        let up = async {
            copy(&mut from_page, &mut to_server).await?;
            to_server.shutdown().await
        };
        let down = async {
            let mut held = self.held.subscribe();
            let mut bytes = vec![0; ANSWER_BYTES];
            loop {
                let count = from_server.read(&mut bytes).await?;
                drop(held.wait_for(|held| !held).await);
                if count == 0 {
                    return to_page.shutdown().await;
                }
                to_page.write_all(&bytes[..count]).await?;
            }
        };
        tokio::try_join!(up, down).map(|_| ())
    }

    /// Forwards the handshake unchanged, then frame by frame.
    async fn bridge(&self, page: &mut TcpStream, server: &mut TcpStream) {
        let Some((asked, _)) = read_head(page).await else { return };
        if server.write_all(&asked).await.is_err() {
            return;
        }
        let Some((answer, early)) = read_head(server).await else { return };
        if page.write_all(&answer).await.is_err() || !answer.starts_with(b"HTTP/1.1 101") {
            return;
        }
        let page = WebSocketStream::from_raw_socket(page, Role::Server, None).await;
        let server = WebSocketStream::from_partially_read(server, early, Role::Client, None).await;
        let ((to_page, from_page), (to_server, from_server)) = (page.split(), server.split());
        let line = self.lines.fetch_add(1, Ordering::Relaxed);
        let up = Box::pin(self.pump(line, Way::Up, from_page, to_server));
        let down = Box::pin(self.pump(line, Way::Down, from_server, to_page));
        let ((), other) = futures_util::future::select(up, down).await.factor_first();
        drop(timeout(FAREWELL, other).await);
    }

    async fn pump(
        &self,
        line: usize,
        way: Way,
        mut from: impl StreamExt<Item = Result<Message, Error>> + Unpin,
        mut to: impl SinkExt<Message, Error = Error> + Unpin,
    ) {
        let mut stalled = self.stalled.subscribe();
        let mut told = self.told.subscribe();
        let mut overtaken = Vec::new();
        loop {
            let message = tokio::select! {
                message = from.next() => message,
                Ok(text) = told.recv(), if way == Way::Down => Some(Ok(Message::text(text))),
            };
            let Some(Ok(message)) = message else { return };
            // tungstenite answers these on both sides.
            if message.is_ping() || message.is_pong() {
                continue;
            }
            drop(stalled.wait_for(|stalled| !stalled).await);
            match self.fate(line, way, &message) {
                Fate::Lost => continue,
                Fate::Overtaken => {
                    overtaken.push(message);
                    continue;
                }
                Fate::Passed => {}
            }
            for message in std::iter::once(message).chain(overtaken.drain(..)) {
                if to.send(message).await.is_err() {
                    return;
                }
            }
        }
    }

    fn fate(&self, line: usize, way: Way, message: &Message) -> Fate {
        let Message::Text(text) = message else { return Fate::Passed };
        let frame: Value = serde_json::from_str(text).unwrap();
        let mut rules = self.rules.lock().unwrap();
        let rule =
            rules.iter_mut().find(|rule| rule.way == way && rule.left > 0 && (rule.takes)(&frame));
        let fate = rule.map_or(Fate::Passed, |rule| {
            rule.left -= 1;
            rule.fate
        });
        self.seen.lock().unwrap().push(Seen { at: Instant::now(), line, way, fate, frame });
        fate
    }
}

/// Everything up to the empty line, and the bytes after it.
async fn read_head(stream: &mut TcpStream) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = bytes.split_off(end + 4);
            return Some((bytes, rest));
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
