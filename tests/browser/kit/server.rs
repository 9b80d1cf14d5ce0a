//! The server under test and its users.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use chaap::{Config, RateLimits, Server};
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{Device, PASSWORD, eventually, http, process::Program, within};

/// A server that keeps its address and its data through restarts.
#[derive(Clone)]
pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    as_program: bool,
    /// The folder of the page; none for the page inside the program.
    assets: Option<PathBuf>,
    folder: Arc<TempDir>,
    running: Arc<Mutex<Option<Running>>>,
}

enum Running {
    Here { stop: CancellationToken, task: JoinHandle<chaap::Result<()>> },
    Program(Box<Program>),
}

impl TestServer {
    /// A server in this process, not started yet.
    pub(super) fn here() -> Self {
        Self::new(false)
    }

    /// A server in a separate process, not started yet.
    pub(super) fn program() -> Self {
        Self::new(true)
    }

    fn new(as_program: bool) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let address = "127.0.0.1:0".parse().unwrap();
        let assets = std::env::var_os("CHAAP_ASSETS_DIR").map(PathBuf::from);
        Self { address, as_program, assets, folder, running: Arc::default() }
    }

    /// With the page as it is written, in plain modules, for tests that import some.
    pub(super) fn with_modules(mut self) -> Self {
        let written = || concat!(env!("CARGO_MANIFEST_DIR"), "/assets").into();
        self.assets.get_or_insert_with(written);
        self
    }

    /// Starts again with the page of this folder, or with the one inside the program.
    pub(crate) async fn serve_page(&mut self, folder: Option<&Path>) {
        self.stop().await;
        self.assets = folder.map(Path::to_owned);
        self.start_again().await;
    }

    /// Stops in order, as after a signal, if it runs.
    pub(crate) async fn stop(&self) {
        let running = self.running.lock().unwrap().take();
        match running {
            Some(Running::Here { stop, task }) => {
                stop.cancel();
                within("the server to stop", task).await.unwrap().unwrap();
            }
            Some(Running::Program(program)) => {
                program.signal("TERM").await;
                let finished = program.finish().await;
                assert_eq!(finished.code, Some(0), "{}", finished.stderr);
            }
            None => {}
        }
    }

    /// Kills the program without warning, like a power cut. Only works for a separate process.
    pub(crate) async fn kill(&self) {
        let running = self.running.lock().unwrap().take();
        let Some(Running::Program(program)) = running else { panic!("no program is running") };
        program.kill().await;
    }

    /// Starts again on the same address and data.
    pub(crate) async fn start_again(&self) -> SocketAddr {
        self.start_with(Config::default()).await
    }

    /// Starts again on the same address and data, with rate limits. Not for a program.
    pub(crate) async fn start_limited(&self) -> SocketAddr {
        self.start(Config { rate_limits: RateLimits::On, ..Config::default() }).await
    }

    /// Starts again on the same address and data with a changed configuration. Not for a program.
    pub(crate) async fn start_with(&self, config: Config) -> SocketAddr {
        self.start(Config { rate_limits: RateLimits::Off, ..config }).await
    }

    async fn start(&self, config: Config) -> SocketAddr {
        let config = Config {
            listen: self.address.into(),
            data: self.data(),
            picture_decoder: Some(env!("CARGO_BIN_EXE_chaap").into()),
            assets_dir: self.assets.clone(),
            ..config
        };
        let (running, address) =
            if self.as_program { program(&config).await } else { here(config).await };
        *self.running.lock().unwrap() = Some(running);
        address
    }

    /// A backup of the running server's database. One of an earlier run would sign everyone out.
    pub(crate) fn back_up(&self) -> Vec<u8> {
        let copy = self.folder.path().join("backup.db");
        let database = Connection::open(self.data().join("chaap.db")).unwrap();
        database.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        let backup = std::fs::read(&copy).unwrap();
        std::fs::remove_file(copy).unwrap();
        backup
    }

    /// Puts a backup in the place of the stopped server's database.
    pub(crate) fn restore(&self, backup: &[u8]) {
        std::fs::write(self.data().join("chaap.db"), backup).unwrap();
    }

    /// The folder with database and key.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Registers users and signs them in.
    pub(crate) async fn users<const N: usize>(&self, names: [&str; N]) -> [User; N] {
        let mut users = Vec::with_capacity(N);
        for name in names {
            let registered = self.post("/register", name).await;
            let token = self.post("/login", name).await["access_token"].as_str().unwrap().into();
            let id = registered["id"].as_i64().unwrap();
            users.push(User { id, username: name.into(), token, address: self.address });
        }
        users.try_into().ok().unwrap()
    }

    async fn post(&self, path: &str, name: &str) -> Value {
        let (status, answer) = self.try_post(path, name, PASSWORD).await;
        assert!(status < 300, "{path} for {name}: {answer}");
        answer
    }

    /// Status and JSON of an attempt to register or to sign in.
    pub(crate) async fn try_post(&self, path: &str, name: &str, password: &str) -> (u16, Value) {
        let body = json!({ "username": name, "password": password }).to_string();
        let headers = [("content-type", "application/json")];
        let reply = http::request(&self.address.to_string(), "POST", path, &headers, body).await;
        (reply.status, reply.json())
    }

    /// Ends the session of this token.
    pub(crate) async fn end_session(&self, token: &str) {
        let bearer = format!("Bearer {token}");
        let (headers, path) = ([("authorization", bearer.as_str())], "/api/sessions/current");
        let reply = http::request(&self.address.to_string(), "DELETE", path, &headers, "").await;
        assert_eq!(reply.status, 204, "{}", reply.text());
    }

    /// A file of the page without compression.
    pub(crate) async fn download(&self, path: &str) -> Vec<u8> {
        let reply = http::request(&self.address.to_string(), "GET", path, &[], "").await;
        assert_eq!(reply.status, 200, "{path}");
        reply.body.to_vec()
    }

    /// The transferred size of a file of the page, compressed with gzip.
    pub(crate) async fn gzip_bytes(&self, path: &str) -> usize {
        let headers = [("accept-encoding", "gzip")];
        let reply = http::request(&self.address.to_string(), "GET", path, &headers, "").await;
        assert_eq!(reply.status, 200, "{path}");
        reply.body.len()
    }

    /// Status and JSON of a GET with this token.
    pub(crate) async fn get(&self, path: &str, token: &str) -> (u16, Value) {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        let reply = http::request(&self.address.to_string(), "GET", path, &headers, "").await;
        (reply.status, reply.json())
    }
}

async fn here(config: Config) -> (Running, SocketAddr) {
    let server = Server::bind(config).await.unwrap();
    let address = server.address();
    let stop = CancellationToken::new();
    let task = tokio::spawn(server.run(stop.clone().cancelled_owned()));
    (Running::Here { stop, task }, address)
}

async fn program(config: &Config) -> (Running, SocketAddr) {
    let (listen, data) = (config.listen.to_string(), config.data.display().to_string());
    let mut arguments = vec!["--listen", &listen, "--data", &data];
    if let Some(folder) = config.assets_dir.as_deref().and_then(Path::to_str) {
        arguments.extend(["--assets-dir", folder]);
    }
    let program = Program::serve_with(arguments, []).await;
    let address = program.address.parse().unwrap();
    (Running::Program(Box::new(program)), address)
}

/// A user with a token that no browser uses.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) username: String,
    pub(crate) token: String,
    pub(super) address: SocketAddr,
}

impl User {
    /// A caught-up v2 socket: a device without a page, which does not confirm messages by itself.
    pub(crate) async fn connect(&self) -> Device {
        let mut device = Device::open(&self.address.to_string(), self).await;
        device.hello(None).await;
        device
    }

    /// The texts of the whole history with a user, oldest first.
    pub(crate) async fn history_with(&self, other: &Self) -> Vec<String> {
        let items = self.get(&format!("/messages/{}", other.id)).await;
        let items = items.as_array().unwrap().iter();
        items.map(|item| item["content"].as_str().unwrap().to_owned()).collect()
    }

    /// The chat with another user, as the server has it for this user.
    pub(crate) async fn chat_with(&self, other: &Self) -> Value {
        let answer = self.get("/api/chats").await;
        let is_theirs = |chat: &&Value| {
            let user_ids = chat["user_ids"].as_array();
            user_ids.is_some_and(|ids| ids.iter().any(|id| *id == other.id))
        };
        answer["chats"].as_array().unwrap().iter().find(is_theirs).unwrap().clone()
    }

    /// Waits until the server has stored that this user has read everything from another user.
    pub(crate) async fn until_read(&self, other: &Self) {
        let read = async || self.chat_with(other).await["unread"] == 0;
        eventually("the server to store that everything is read", read).await;
    }

    async fn get(&self, path: &str) -> Value {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str())];
        http::request(&self.address.to_string(), "GET", path, &headers, "").await.json()
    }
}
