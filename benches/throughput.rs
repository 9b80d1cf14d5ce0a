//! Durable one-to-one messages per second: a real server process, real sockets, a real file
//! with `synchronous=FULL`. Closed loop: a pair sends the next message when an earlier one was
//! both acked to the sender and delivered to the recipient.
//!
//! The load runs on the same cores as the server, so the figure is what the machine does for
//! both. The server's own CPU per message is printed after each group.
//!
//! Does not measure latency or idle connections.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark, not the server")]

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Runtime,
    task::JoinSet,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use uuid::Uuid;

/// What people write is short.
const TEXT: &str = "The early screening is sold out, but 19:30 still has seats, row F";
/// Pairs of connected users, as (pairs, messages in flight for each).
const LOADS: [(usize, usize); 3] = [(1, 1), (100, 1), (50, 16)];
/// Kernel clock ticks per second in /proc; 100 on every Linux we know of.
const TICKS_PER_SECOND: u64 = 100;

type Socket = WebSocketStream<TcpStream>;

/// The server as a process of its own, on a fresh folder.
struct Server {
    process: Child,
    address: String,
    _data: tempfile::TempDir,
}

/// Two people talking: one sends, the other receives.
struct Pair {
    sender: Socket,
    recipient: Socket,
    recipient_id: i64,
    token: String,
}

impl Server {
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_chaap"))
            .args(["--listen", "127.0.0.1:0", "--log", "warn", "--data"])
            .arg(data.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("//").next().unwrap().to_owned();
        Self { process, address, _data: data }
    }

    /// User and system time so far.
    fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()));
        let stat = stat.unwrap_or_default();
        // The fields after the command's closing bracket; utime and stime are the 14th and 15th.
        let fields = stat.rsplit(')').next().unwrap().split_whitespace();
        let ticks: u64 = fields.skip(11).take(2).map(|t| t.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND)
    }

    async fn connect_pair(&self, number: usize) -> Pair {
        let (a, b) = (format!("a{number}"), format!("b{number}"));
        let (sender, _, token) = self.connect(&a).await;
        let (recipient, recipient_id, _) = self.connect(&b).await;
        Pair { sender, recipient, recipient_id, token }
    }

    async fn connect(&self, name: &str) -> (Socket, i64, String) {
        let body = format!(r#"{{"username":"{name}","password":"correct horse"}}"#);
        let user = self.post("/register", &body).await;
        let login = self.post("/login", &body).await;
        let token = login["access_token"].as_str().unwrap().to_owned();
        let mut request = format!("ws://{}/ws", self.address).into_client_request().unwrap();
        let protocols = format!("chaap.v2, bearer.{token}");
        request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
        let tcp = TcpStream::connect(&self.address).await.unwrap();
        tcp.set_nodelay(true).unwrap();
        let (mut socket, _) = client_async(request, tcp).await.unwrap();
        socket.send(Message::text(r#"{"type":"hello"}"#)).await.unwrap();
        while !next(&mut socket).await.contains(r#""type":"reset""#) {}
        (socket, user["id"].as_i64().unwrap(), token)
    }

    /// How many messages the pair's chat holds, by the server's own list.
    async fn count_stored(&self, pair: &Pair) -> u64 {
        let head = format!("GET /api/chats HTTP/1.1\r\nauthorization: Bearer {}", pair.token);
        let list = self.ask(&head, "").await;
        list["chats"][0]["last_seq"].as_u64().unwrap_or(0)
    }

    async fn post(&self, path: &str, body: &str) -> serde_json::Value {
        self.ask(&format!("POST {path} HTTP/1.1"), body).await
    }

    async fn ask(&self, head: &str, body: &str) -> serde_json::Value {
        let mut tcp = TcpStream::connect(&self.address).await.unwrap();
        let (host, length) = (&self.address, body.len());
        let request = format!(
            "{head}\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        tcp.write_all(request.as_bytes()).await.unwrap();
        let mut reply = String::new();
        tcp.read_to_string(&mut reply).await.unwrap();
        serde_json::from_str(reply.split_once("\r\n\r\n").unwrap().1).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Pair {
    /// Sends `count` messages, at most `window` of them unfinished at any time.
    async fn talk(&mut self, count: u64, window: u64) {
        let (mut sent, mut acked, mut delivered) = (0, 0, 0);
        while acked.min(delivered) < count {
            while sent < count && sent - acked.min(delivered) < window {
                let frame = serde_json::json!({
                    "type": "send", "recipient_id": self.recipient_id, "content": TEXT,
                    "cid": Uuid::now_v7().to_string(),
                });
                self.sender.feed(Message::text(frame.to_string())).await.unwrap();
                sent += 1;
            }
            self.sender.flush().await.unwrap();
            tokio::select! {
                frame = next(&mut self.sender) => acked += count_type(&frame, "ack"),
                frame = next(&mut self.recipient) => delivered += count_type(&frame, "message"),
            }
            while let Some(frame) = next(&mut self.sender).now_or_never() {
                acked += count_type(&frame, "ack");
            }
            while let Some(frame) = next(&mut self.recipient).now_or_never() {
                delivered += count_type(&frame, "message");
            }
        }
        assert_eq!((acked, delivered), (count, count), "each once");
    }
}

async fn next(socket: &mut Socket) -> String {
    loop {
        let frame = socket.next().await.expect("the server keeps the socket open").unwrap();
        if let Message::Text(text) = frame {
            return text.as_str().to_owned();
        }
    }
}

fn count_type(frame: &str, wanted: &str) -> u64 {
    assert!(!frame.starts_with(r#"{"type":"error""#), "{frame}");
    u64::from(frame.starts_with(&format!(r#"{{"type":"{wanted}""#)))
}

/// Sends `total` messages over all pairs at once and answers how long that took.
async fn run(pairs: Vec<Pair>, total: u64, window: u64) -> (Vec<Pair>, Duration) {
    let (count, extra) = (total / pairs.len() as u64, total % pairs.len() as u64);
    let began = Instant::now();
    let mut talks = JoinSet::new();
    for (place, mut pair) in pairs.into_iter().enumerate() {
        let count = count + u64::from((place as u64) < extra);
        talks.spawn(async move {
            pair.talk(count, window).await;
            pair
        });
    }
    let pairs = talks.join_all().await;
    (pairs, began.elapsed())
}

fn durable_messages(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let mut group = criterion.benchmark_group("durable");
    group.sample_size(10).throughput(Throughput::Elements(1));
    group.measurement_time(Duration::from_secs(8));
    for (pairs_max, window) in LOADS {
        let server = Server::start();
        let mut pairs = Vec::new();
        for number in 0..pairs_max {
            pairs.push(runtime.block_on(server.connect_pair(number)));
        }
        let (mut messages, cpu_before) = (0, server.cpu());
        group.bench_function(format!("{pairs_max} pairs, {window} in flight"), |bencher| {
            bencher.iter_custom(|total| {
                let ready = std::mem::take(&mut pairs);
                let (ready, took) = runtime.block_on(run(ready, total, window as u64));
                pairs = ready;
                messages += total;
                took
            });
        });
        let cpu = server.cpu().saturating_sub(cpu_before).as_micros() / u128::from(messages.max(1));
        let stored: u64 =
            pairs.iter().map(|pair| runtime.block_on(server.count_stored(pair))).sum();
        assert_eq!(stored, messages, "everything acked and delivered is in the database");
        println!("server CPU per message: {cpu} µs over {messages} messages");
    }
    group.finish();
}

criterion_group!(benches, durable_messages);
criterion_main!(benches);
