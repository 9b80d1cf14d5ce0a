//! What one account, or a stranger, can ask for without breaking any rule of the protocol.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc, time::Duration};

use hyper::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{Instant, sleep, timeout_at},
};

use super::{
    requests::Client,
    scene::{self, LONG, LONG_MESSAGES, Scene},
};
use crate::kit::{FIN, Socket, TEXT, User, begin, frame, new_cid};

/// Sockets of a flood.
const SOCKETS: usize = 20;
/// Connections of strangers who sign in.
const STRANGERS: usize = 70;
/// Connections that read slowly.
const SLOW_READERS: usize = 50;
/// Sockets that one user tries to open.
const OWN_SOCKETS: usize = 2_000;
/// A token in the right form, with a session that does not exist, signed with another key.
const FORGED: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.\
    eyJzdWIiOiJwZXJzb24wIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjQxMDAwMDAwMDAsInNpZCI6N30.\
    3zV5Jm1sJq0o0sJm1sJq0o0sJm1sJq0o0sJm1sJq0o0";
/// The pause between the pieces of a slow upload.
const PIECE_EVERY: Duration = Duration::from_millis(50);
/// How long a refused flooder waits before it connects again.
const AGAIN: Duration = Duration::from_millis(20);

macro_rules! attacks {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// The kinds of abuse.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Attack { $($(#[$doc])* $name),+ }

        impl Attack {
            pub(crate) const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

attacks! {
    /// Strangers sign in with names that are long and expensive to normalise.
    LongNames,
    /// Strangers sign in with random names.
    SignIns,
    /// Strangers register one account after the other.
    Registrations,
    /// A stranger guesses passwords of the people in the crowd.
    Guesses,
    /// Strangers ask whether the server is ready, which looks at every part of it.
    HealthChecks,
    /// Strangers load the page and addresses that do not exist.
    Pages,
    /// Strangers send tokens that somebody else signed.
    ForgedTokens,
    /// A stolen token guesses its owner's password.
    PasswordChanges,
    /// Texts of the greatest length, from 20 sockets.
    LongTexts,
    ShortTexts,
    Receipts,
    Typing,
    /// `hello` of devices that have everything, and of devices that have nothing.
    Hellos,
    UnknownFrames,
    LongPolls,
    /// `/api/sync` of a user with 5,000 chats.
    Syncs,
    /// `/api/chats` of a user with 5,000 chats.
    ChatLists,
    /// `/users` and `/api/users` with 100,000 accounts.
    UserLists,
    /// Large pages of history and drafts, which are requested and not read.
    SlowReaders,
    ProfileChanges,
    PrivacyChanges,
    DraftChanges,
    /// As many sockets of one user as fit, and notes to self that go to all of them.
    OwnSockets,
    /// Eight accounts send two pictures each, a few bytes at a time.
    SlowUploads,
}

impl Attack {
    /// Whether it may harm people who sign in.
    pub(crate) fn is_about_sign_in(self) -> bool {
        matches!(
            self,
            Self::LongNames
                | Self::SignIns
                | Self::Registrations
                | Self::Guesses
                | Self::PasswordChanges
                | Self::OwnSockets
        )
    }

    /// Runs it until then. Returns what the server answered.
    pub(crate) async fn run(self, scene: &Scene, until: Instant) -> String {
        let token = &scene.mallory.token;
        if let Some((connections, make)) = self.of_a_stranger() {
            let token = if self == Self::ForgedTokens { FORGED } else { "" };
            ask(scene, connections, until, token, make).await
        } else if let Some((connections, make)) = self.of_a_user() {
            ask(scene, connections, until, token, make).await
        } else if let Some(make) = self.by_frames(scene) {
            flood(scene, until, make).await
        } else {
            match self {
                Self::SlowReaders => read_slowly(scene, until).await,
                Self::OwnSockets => open_many(scene, until).await,
                Self::SlowUploads => upload_slowly(scene, until).await,
                other => unreachable!("{other:?} has no code"),
            }
        }
    }

    /// Connections, and the n-th request without a token.
    fn of_a_stranger(self) -> Option<(usize, MakeRequest)> {
        let post = |path, name: String, password: String| {
            let body = json!({ "username": name, "password": password });
            Asked { method: "POST", path: String::from(path), body: body.to_string() }
        };
        let get = |path: &str| Asked { method: "GET", path: path.to_owned(), body: String::new() };
        let long = "\u{FDFA}".repeat(20_000);
        let make: MakeRequest = match self {
            Self::LongNames => {
                Arc::new(move |_| post("/login", long.clone(), String::from("guess")))
            }
            Self::SignIns => Arc::new(move |_| post("/login", short(), String::from("guess"))),
            Self::Registrations => Arc::new(move |_| post("/register", short(), short())),
            Self::Guesses => {
                Arc::new(move |n| post("/login", format!("person{}", n % 10), short()))
            }
            Self::HealthChecks => Arc::new(move |_| get("/readyz")),
            Self::Pages => Arc::new(move |n| get(["/", "/docs", "/no/such/page"][n % 3])),
            Self::ForgedTokens => Arc::new(move |_| get("/user")),
            _ => return None,
        };
        Some((if self == Self::LongNames { 8 } else { STRANGERS }, make))
    }

    /// Connections, and mallory's n-th request.
    fn of_a_user(self) -> Option<(usize, MakeRequest)> {
        let get = |path| Asked { method: "GET", path, body: String::new() };
        let change = |path: &str, body: Value| Asked {
            method: "PATCH",
            path: path.to_owned(),
            body: body.to_string(),
        };
        let long = "x".repeat(LONG - 20);
        let make: MakeRequest = match self {
            Self::PasswordChanges => Arc::new(|_| {
                let body = json!({ "current_password": short(), "new_password": short() });
                let path = String::from("/api/users/me/password");
                Asked { method: "PUT", path, body: body.to_string() }
            }),
            Self::LongPolls => {
                Arc::new(move |_| get(format!("/api/sync?since={}&wait=1", i32::MAX)))
            }
            Self::Syncs => {
                Arc::new(move |n| get(format!("/api/sync?since={}", n % 2 * 10_000_000)))
            }
            Self::ChatLists => Arc::new(move |_| get(String::from("/api/chats"))),
            Self::UserLists => {
                Arc::new(move |n| get(String::from(["/users", "/api/users"][n / SOCKETS % 2])))
            }
            Self::ProfileChanges => {
                Arc::new(move |n| change("/api/users/me", json!({ "about": n.to_string() })))
            }
            Self::PrivacyChanges => Arc::new(move |n| {
                change("/api/users/me/privacy", json!({ "shows_last_seen": n % 2 == 0 }))
            }),
            Self::DraftChanges => Arc::new(move |n| {
                let path = format!("/api/chats/{}/preferences", scene::chat(7));
                change(&path, json!({ "draft": format!("{n}{long}") }))
            }),
            _ => return None,
        };
        Some((if self == Self::LongPolls { STRANGERS } else { SOCKETS }, make))
    }

    /// Mallory's n-th frame.
    fn by_frames(self, scene: &Scene) -> Option<MakeFrame> {
        let (to, long) = (scene.trudy.id, "x".repeat(LONG));
        Some(match self {
            Self::LongTexts => Arc::new(move |_| send(to, &long)),
            Self::ShortTexts => Arc::new(move |_| send(to, "hi")),
            Self::Receipts => Arc::new(|n| {
                let (chat, seq) = (scene::chat(n), n % LONG_MESSAGES);
                format!(r#"{{"type":"receipt","chat_id":{chat},"delivered":{seq},"read":{seq}}}"#)
            }),
            Self::Typing => Arc::new(|n| {
                let (chat, on) = (scene::chat(n), n % 2 == 0);
                format!(r#"{{"type":"typing","chat_id":{chat},"on":{on}}}"#)
            }),
            Self::Hellos => Arc::new(|n| match n % 2 {
                0 => String::from(r#"{"type":"hello"}"#),
                _ => String::from(r#"{"type":"hello","since":0}"#),
            }),
            Self::UnknownFrames => Arc::new(|n| format!(r#"{{"type":"dance","ref":"{n}"}}"#)),
            _ => return None,
        })
    }
}

/// A request.
struct Asked {
    method: &'static str,
    path: String,
    body: String,
}

type MakeRequest = Arc<dyn Fn(usize) -> Asked + Send + Sync>;
type MakeFrame = Arc<dyn Fn(usize) -> String + Send + Sync>;

/// A text of random letters.
fn short() -> String {
    new_cid().replace('-', "").split_off(12)
}

fn send(to: i64, text: &str) -> String {
    let cid = new_cid();
    format!(r#"{{"type":"send","recipient_id":{to},"cid":"{cid}","content":"{text}"}}"#)
}

/// Answers by their status; 0 for a connection that was closed without one.
#[derive(Default)]
struct Answers(BTreeMap<u16, usize>);

impl Answers {
    fn add(&mut self, status: Option<StatusCode>) {
        *self.0.entry(status.map_or(0, |status| status.as_u16())).or_default() += 1;
    }

    fn describe(self) -> String {
        let mut text = String::new();
        for (status, count) in self.0 {
            let name = if status == 0 { "hung up".to_owned() } else { status.to_string() };
            write!(text, "{count} × {name} ").unwrap();
        }
        text.trim_end().to_owned()
    }
}

/// Connections send one request after the other.
async fn ask(
    scene: &Scene,
    connections: usize,
    until: Instant,
    token: &str,
    make: MakeRequest,
) -> String {
    let mut asking = JoinSet::new();
    for place in 0..connections {
        let (mut client, token, make) =
            (Client::new(scene.address()), token.to_owned(), Arc::clone(&make));
        asking.spawn(async move {
            let (mut answers, mut n) = (Answers::default(), place);
            while Instant::now() < until {
                let Asked { method, path, body } = make(n);
                n += connections;
                let answer = timeout_at(until, client.send(method, &path, &token, &body)).await;
                let Ok(status) = answer else { break };
                answers.add(status);
                if status.is_none() {
                    sleep(AGAIN).await;
                }
            }
            answers
        });
    }
    let mut all = Answers::default();
    while let Some(answers) = asking.join_next().await {
        for (status, count) in answers.unwrap().0 {
            *all.0.entry(status).or_default() += count;
        }
    }
    all.describe()
}

/// Sockets of mallory send one frame after the other, and read what comes back. A socket that is
/// closed is opened again.
async fn flood(scene: &Scene, until: Instant, make: MakeFrame) -> String {
    let mut flooders = JoinSet::new();
    for place in 0..SOCKETS {
        let (address, user, make) =
            (scene.address().to_owned(), scene.mallory.clone(), Arc::clone(&make));
        flooders.spawn(async move {
            let (mut sent, mut opened, mut n) = (0_usize, 0_usize, place);
            while Instant::now() < until {
                let Some(stream) = open(&address, &user, until).await else {
                    sleep(AGAIN).await;
                    continue;
                };
                opened += 1;
                let (mut reader, mut writer) = stream.into_split();
                let reading = tokio::spawn(async move {
                    let mut bytes = vec![0; 64 * 1024];
                    while reader.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
                });
                let hello = frame(FIN | TEXT, br#"{"type":"hello"}"#);
                let mut is_open = writer.write_all(&hello).await.is_ok();
                while is_open && Instant::now() < until && !reading.is_finished() {
                    let bytes = frame(FIN | TEXT, make(n).as_bytes());
                    n += SOCKETS;
                    is_open = timeout_at(until, writer.write_all(&bytes))
                        .await
                        .is_ok_and(|written| written.is_ok());
                    sent += usize::from(is_open);
                }
                reading.abort();
            }
            (sent, opened)
        });
    }
    let (mut sent, mut opened) = (0, 0);
    while let Some(flooder) = flooders.join_next().await {
        let theirs = flooder.unwrap();
        sent += theirs.0;
        opened += theirs.1;
    }
    format!("{sent} frames over {opened} sockets")
}

/// A socket by hand, if the server accepts it.
async fn open(address: &str, user: &User, until: Instant) -> Option<TcpStream> {
    let opening = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        let request = format!(
            "GET /ws HTTP/1.1\r\nhost: {address}\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-protocol: chaap.v2, bearer.{}\r\n\r\n",
            user.token
        );
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        head.starts_with(b"HTTP/1.1 101 ").then_some(stream)
    };
    timeout_at(until, opening).await.ok().flatten()
}

/// Connections with a tiny window ask for the largest pages and read nothing.
async fn read_slowly(scene: &Scene, until: Instant) -> String {
    let (mut opening, mut held) = (JoinSet::new(), Vec::new());
    for place in 0..SLOW_READERS {
        let (address, token) = (scene.address().to_owned(), scene.mallory.token.clone());
        let path = match place % 2 {
            0 => format!("/api/chats/{}/messages?limit=200", scene::LONG_CHAT),
            _ => "/api/chats".to_owned(),
        };
        opening.spawn(async move { timeout_at(until, begin(&address, &path, &token)).await.ok() });
    }
    let mut answers = Answers::default();
    while let Some(reply) = opening.join_next().await {
        if let Ok(Some(reply)) = reply {
            answers.add(Some(reply.status()));
            held.push(reply);
        } else {
            answers.add(None);
        }
    }
    tokio::time::sleep_until(until).await;
    drop(held);
    answers.describe()
}

/// Opens sockets of one user, and sends them notes to self.
async fn open_many(scene: &Scene, until: Instant) -> String {
    let user = &scene.mallory;
    let mut held = Vec::new();
    let mut refused = 0;
    while held.len() + refused < OWN_SOCKETS && Instant::now() < until {
        match open(scene.address(), user, until).await {
            Some(mut stream) => {
                let hello = frame(FIN | TEXT, br#"{"type":"hello"}"#);
                if stream.write_all(&hello).await.is_ok() {
                    held.push(stream);
                }
            }
            None => refused += 1,
        }
    }
    let mut notes = 0;
    let protocols = format!("chaap.v2, bearer.{}", user.token);
    let headers = [("sec-websocket-protocol", protocols.as_str())];
    if let Some(mut socket) = Socket::try_open(scene.address(), "/ws", &headers).await {
        while Instant::now() < until {
            if !socket.try_send(&serde_json::from_str(&send(user.id, "a note")).unwrap()).await {
                break;
            }
            notes += 1;
            sleep(Duration::from_millis(1)).await;
        }
    }
    format!("{} sockets, {refused} refused, {notes} notes to self", held.len())
}

/// Holds the uploads of eight accounts. Meanwhile somebody else sets a picture, again and again
/// until the server takes it, as a person would.
async fn upload_slowly(scene: &Scene, until: Instant) -> String {
    let mut uploads = JoinSet::new();
    for user in scene.uploaders.iter().chain(&scene.uploaders) {
        let (address, token) = (scene.address().to_owned(), user.token.clone());
        uploads.spawn(async move {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            let head = format!(
                "PUT /api/users/me/picture HTTP/1.1\r\nhost: {address}\r\n\
                 authorization: Bearer {token}\r\ncontent-length: 4000000\r\n\r\n"
            );
            let mut is_open = stream.write_all(head.as_bytes()).await.is_ok();
            while is_open && Instant::now() < until {
                is_open = stream.write_all(b"slow").await.is_ok();
                sleep(PIECE_EVERY).await;
            }
        });
    }
    let (picture, began) = (picture(), Instant::now());
    let (mut tries, mut reply) = (0, 0);
    while reply != 200 && (tries == 0 || Instant::now() < until) {
        tries += 1;
        reply = scene.trudy.put("/api/users/me/picture", picture.clone()).await.status;
        if reply != 200 {
            sleep(AGAIN).await;
        }
    }
    let took = began.elapsed();
    uploads.join_all().await;
    format!("an honest upload: {reply} after {tries} tries and {took:.1?}")
}

/// A picture of many colours as JPEG.
fn picture() -> Vec<u8> {
    let image = image::RgbImage::from_fn(300, 300, |x, y| {
        image::Rgb([x, y, x ^ y].map(|shade| u8::try_from(shade % 256).unwrap()))
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}
