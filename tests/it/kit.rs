//! The tools of every test: a server with its own port and folder, users as values, and waits that
//! fail instead of hanging.

mod frames;
mod groups;
mod http;
mod process;
mod replica;
mod sockets;

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use chaap::{Config, RateLimits, Server, internals::Commands};
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) use self::{
    frames::{BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, RawSocket, TEXT, frame, head},
    groups::words,
    http::{Reply, begin, raw},
    process::{Finished, Program, Snapshot},
    replica::{PAGE_LISTS, Replica, empty_hidden, expire, pages, put_pin, remove_star, whole_chat},
    sockets::{Device, Frames, Socket, V1Socket},
};

/// Long enough for a busy machine, short enough to end a hang.
const PATIENCE: Duration = Duration::from_mins(1);

/// The password of every test account.
pub(crate) const PASSWORD: &str = "correct horse";

/// Waits for a future and fails the test if it does not complete in time.
pub(crate) async fn within<F: Future>(what: &str, future: F) -> F::Output {
    let waited = tokio::time::timeout(PATIENCE, future).await;
    waited.unwrap_or_else(|_| panic!("{what}: nothing within {PATIENCE:?}"))
}

/// Polls until the answer is true, for changes that no event announces.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut ask: impl FnMut() -> F) {
    let asking = async {
        while !ask().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within(what, asking).await;
}

/// A new `cid` for a message.
pub(crate) fn new_cid() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// The current address of a server. It changes when the server restarts.
#[derive(Clone, Debug)]
pub(crate) struct Home(Arc<Mutex<String>>);

impl Home {
    /// `host:port`.
    pub(crate) fn get(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

/// A running server in this process. Dropping it stops it at once; [`TestServer::stop`] in order.
pub(crate) struct TestServer {
    pub(crate) home: Home,
    config: Config,
    folder: TempDir,
    stop: CancellationToken,
    running: JoinHandle<chaap::Result<()>>,
    commands: Commands,
}

impl TestServer {
    /// A server with the configuration of `chaap`, except for port and folder.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// A server with some settings changed.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: folder.path().join("data"),
            rate_limits: RateLimits::Off,
            picture_decoder: Some(env!("CARGO_BIN_EXE_chaap").into()),
            ..Config::default()
        };
        change(&mut config);
        let home = Home(Arc::default());
        let stop = CancellationToken::new();
        let (running, commands) = launch(&config, &home, &stop).await;
        Self { home, config, folder, stop, running, commands }
    }

    /// The address it listens on.
    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    /// The folder with database and key.
    pub(crate) fn data(&self) -> &Path {
        &self.config.data
    }

    /// A folder next to the data, for copies.
    pub(crate) fn scratch(&self) -> &Path {
        self.folder.path()
    }

    /// Stops in order, as after a signal.
    pub(crate) async fn stop(&mut self) {
        self.stop.cancel();
        within("the server to stop", &mut self.running).await.unwrap().unwrap();
    }

    /// Makes its writer thread panic, and returns how it ends.
    pub(crate) async fn end_writer(&mut self) -> chaap::Result<()> {
        self.commands.end_writer().unwrap();
        within("the server to end", &mut self.running).await.unwrap()
    }

    /// Starts again on the same folder, on another port.
    pub(crate) async fn start_again(&mut self) {
        self.stop = CancellationToken::new();
        (self.running, self.commands) = launch(&self.config, &self.home, &self.stop).await;
    }

    /// Stops in order and starts again.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.start_again().await;
    }

    /// Restarts with an expiry clock that is 400 days later, and waits until all messages with a time
    /// have expired.
    pub(crate) async fn let_messages_expire(&mut self) {
        self.stop().await;
        let path = self.data().join("chaap.db");
        let database = Connection::open(&path).unwrap();
        let later = "INSERT INTO expiry_clock
                       VALUES (1, unixepoch() * 1000 + 400 * 86400000, unixepoch() * 1000, 0)
                     ON CONFLICT (id) DO UPDATE SET at = at + 400 * 86400000";
        database.execute(later, ()).unwrap();
        drop(database);
        self.start_again().await;
        let left = "SELECT count(*) FROM messages WHERE expires_at IS NOT NULL AND expired = 0";
        let gone = async || {
            let database = Connection::open(&path).unwrap();
            database.query_row(left, (), |row| row.get::<_, i64>(0)).unwrap() == 0
        };
        eventually("all messages to expire", gone).await;
    }

    /// Submits a command in its JSON form, for what has no route yet.
    pub(crate) async fn submit(&self, actor: &User, command: &Value) -> chaap::Result<()> {
        within("a command", self.commands.submit(actor.id, &command.to_string())).await
    }

    /// Registers users and signs them in.
    pub(crate) async fn users<const N: usize>(&self, names: [&str; N]) -> [User; N] {
        let mut users = Vec::with_capacity(N);
        for name in names {
            users.push(self.user(name).await);
        }
        users.try_into().ok().unwrap()
    }

    /// Registers a user and signs them in.
    pub(crate) async fn user(&self, name: &str) -> User {
        let reply = self.register(name, PASSWORD).await;
        assert_eq!(reply.status, 201, "registering {name}: {}", reply.text());
        let id = reply.json()["id"].as_i64().unwrap();
        let token = self.sign_in(name, PASSWORD).await;
        User { id, username: name.to_owned(), token, home: self.home.clone() }
    }

    /// `POST /register`.
    pub(crate) async fn register(&self, username: &str, password: &str) -> Reply {
        self.post("/register", &json!({ "username": username, "password": password })).await
    }

    /// `POST /login`, which must succeed. Returns the token.
    pub(crate) async fn sign_in(&self, username: &str, password: &str) -> String {
        let reply =
            self.post("/login", &json!({ "username": username, "password": password })).await;
        assert_eq!(reply.status, 200, "signing in {username}: {}", reply.text());
        reply.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A GET without a token.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        http::request(&self.home.get(), "GET", path, &[], "").await
    }

    /// A POST of JSON without a token.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        let json = [("content-type", "application/json")];
        http::request(&self.home.get(), "POST", path, &json, body.to_string()).await
    }

    /// Any request.
    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<hyper::body::Bytes>,
    ) -> Reply {
        http::request(&self.home.get(), method, path, headers, body).await
    }
}

async fn launch(
    config: &Config,
    home: &Home,
    stop: &CancellationToken,
) -> (JoinHandle<chaap::Result<()>>, Commands) {
    let server = Server::bind(config.clone()).await.unwrap();
    *home.0.lock().unwrap() = server.address().to_string();
    let (stop, commands) = (stop.clone(), Commands::of(&server));
    (tokio::spawn(async move { server.run(stop.cancelled_owned()).await }), commands)
}

/// A signed-in user.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) username: String,
    pub(crate) token: String,
    pub(crate) home: Home,
}

impl User {
    /// A user that exists on the server at this address.
    pub(crate) fn of(address: &str, id: i64, name: &str, token: String) -> Self {
        let home = Home(Arc::new(Mutex::new(address.to_owned())));
        Self { id, username: name.to_owned(), token, home }
    }

    /// The user as the first contract shows them.
    pub(crate) fn json(&self) -> Value {
        json!({ "id": self.id, "username": self.username })
    }

    /// A v2 socket of a new device that has caught up.
    pub(crate) async fn connect(&self) -> Device {
        let mut device = self.connect_silent().await;
        device.hello(None).await;
        device
    }

    /// A v2 socket that has received `welcome` and sent nothing.
    pub(crate) async fn connect_silent(&self) -> Device {
        Device::open(&self.home.get(), self).await
    }

    /// Like [`User::connect_silent`], where the server may refuse.
    pub(crate) async fn try_connect(&self) -> Option<Device> {
        Device::try_open(&self.home.get(), self).await
    }

    /// A socket of the first contract, opened as its page does.
    pub(crate) async fn connect_v1(&self) -> V1Socket {
        V1Socket::open(&self.home.get(), &self.token).await
    }

    /// A GET with the token.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.request("GET", path).await
    }

    /// A request with the token and without a body.
    pub(crate) async fn request(&self, method: &str, path: &str) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        http::request(&self.home.get(), method, path, &[("authorization", &bearer)], "").await
    }

    /// A long poll that waits. No event says that it has begun to wait, so other requests of the
    /// same person go through the server meanwhile.
    pub(crate) async fn begin_poll(&self, since: i64, seconds: u32) -> JoinHandle<Reply> {
        let (user, path) = (self.clone(), format!("/api/sync?since={since}&wait={seconds}"));
        let poll = tokio::spawn(async move { user.get(&path).await });
        for _ in 0..20 {
            assert_eq!(self.get("/user").await.status, 200);
        }
        assert!(!poll.is_finished(), "it was answered without waiting");
        poll
    }

    /// A POST of JSON with the token.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send_json("POST", path, body.to_string()).await
    }

    /// A PATCH of JSON with the token.
    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send_json("PATCH", path, body.to_string()).await
    }

    pub(crate) async fn put_json(&self, path: &str, body: &Value) -> Reply {
        self.send_json("PUT", path, body.to_string()).await
    }

    /// A request with the token and any text as its JSON body.
    pub(crate) async fn send_json(&self, method: &str, path: &str, body: String) -> Reply {
        self.try_send_json(method, path, body).await.unwrap()
    }

    /// The same, of a server that may be killed meanwhile. The error says what was not possible.
    pub(crate) async fn try_send_json(
        &self,
        method: &str,
        path: &str,
        body: String,
    ) -> Result<Reply, String> {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        http::try_request(&self.home.get(), method, path, &headers, body).await
    }

    /// A request with these headers and no token.
    pub(crate) async fn request_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Reply {
        http::request(&self.home.get(), method, path, headers, body).await
    }

    /// A PUT of anything with the token.
    pub(crate) async fn put(&self, path: &str, body: impl Into<hyper::body::Bytes>) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        http::request(&self.home.get(), "PUT", path, &[("authorization", &bearer)], body).await
    }

    /// The history with a user, by the first contract.
    pub(crate) async fn history_with(&self, other: &Self) -> Vec<Value> {
        let reply = self.get(&format!("/messages/{}", other.id)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json().as_array().unwrap().clone()
    }

    /// One page of a chat.
    pub(crate) async fn page(&self, chat: i64, query: &str) -> Value {
        let reply = self.get(&format!("/api/chats/{chat}/messages?{query}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    /// The caller's chats, from all pages.
    pub(crate) async fn chats(&self) -> Vec<Value> {
        let (mut chats, mut path) = (Vec::new(), String::from("/api/chats"));
        loop {
            let reply = self.get(&path).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            let page = reply.json();
            chats.extend(page["chats"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => path = format!("/api/chats?after={next}"),
                None => return chats,
            }
        }
    }

    /// The same user on a server at another address.
    pub(crate) fn at(&self, address: &str) -> Self {
        Self::of(address, self.id, &self.username, self.token.clone())
    }

    /// The same user, signed in once more.
    pub(crate) async fn sign_in_again(&self, server: &TestServer) -> Self {
        self.with_token(server.sign_in(&self.username, PASSWORD).await)
    }

    /// The same user with another token.
    pub(crate) fn with_token(&self, token: String) -> Self {
        Self { token, ..self.clone() }
    }
}

/// A new user of a program that runs.
pub(crate) async fn join(program: &Program, name: &str) -> User {
    let person = json!({ "username": name, "password": PASSWORD });
    let id = program.post("/register", &person).await.json()["id"].as_i64().unwrap();
    let token = program.post("/login", &person).await.json()["access_token"].clone();
    User::of(&program.address, id, name, token.as_str().unwrap().to_owned())
}

/// Whether any file of a folder holds these bytes.
pub(crate) fn files_hold(folder: &Path, words: &str) -> bool {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).any(|path| {
        let bytes = fs::read(path).unwrap();
        bytes.windows(words.len()).any(|part| part == words.as_bytes())
    })
}
