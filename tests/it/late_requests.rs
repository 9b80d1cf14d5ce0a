//! Requests and frames that are under way when their session ends: what is not stored by then does
//! not count.

use std::{io::Cursor, sync::mpsc::sync_channel};

use http_body_util::BodyExt;
use hyper::body::Incoming;
use image::{DynamicImage, ImageFormat};
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Builder,
};

use crate::kit::{PASSWORD, TestServer, User, begin, new_cid, within};

/// A request that the server has let in, and whose body is not complete.
struct Begun {
    stream: TcpStream,
    rest: Vec<u8>,
}

impl Begun {
    /// The server asks for the body ("100 Continue") once it has checked the token.
    async fn new(user: &User, method: &str, path: &str, body: &[u8]) -> Self {
        let (address, token, length) = (user.home.get(), &user.token, body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\n\
             authorization: Bearer {token}\r\ncontent-length: {length}\r\n\r\n"
        );
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut asked = [0; 25];
        within("100 Continue", stream.read_exact(&mut asked)).await.unwrap();
        assert_eq!(asked, *b"HTTP/1.1 100 Continue\r\n\r\n");
        Self { stream, rest: body.to_vec() }
    }

    /// Sends the body and returns the whole reply.
    async fn finish(mut self) -> String {
        self.stream.write_all(&self.rest).await.unwrap();
        let mut reply = String::new();
        within("the reply", self.stream.read_to_string(&mut reply)).await.unwrap();
        reply
    }
}

fn picture() -> Vec<u8> {
    let mut jpeg = Vec::new();
    let image = DynamicImage::new_rgb8(64, 64);
    image.write_to(&mut Cursor::new(&mut jpeg), ImageFormat::Jpeg).unwrap();
    jpeg
}

/// What others or a later session can see of what the requests below change.
async fn traces(user: &User, chat: i64) -> Value {
    let chats = user.get("/api/chats").await.json();
    let privacy = user.get("/api/users/me/privacy").await.json();
    json!([chats, user.page(chat, "").await, user.get("/user").await.json(), privacy])
}

#[tokio::test]
async fn a_request_whose_session_ends_before_its_body_is_complete_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("record");
    let server =
        TestServer::start_with(|config| config.record_commands = Some(record.clone())).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let chat = device.post_to(&bob, "hello").await["chat_id"].as_i64().unwrap();
    let before = traces(&alice, chat).await;
    let passwords = json!({ "current_password": PASSWORD, "new_password": "late and long" });
    let json = |body: &Value| body.to_string().into_bytes();
    let requests = [
        ("POST", format!("/api/chats/{chat}/messages"), json(&json!({ "content": "late" }))),
        ("PATCH", format!("/api/chats/{chat}/preferences"), json(&json!({ "draft": "late" }))),
        ("PATCH", String::from("/api/users/me"), json(&json!({ "about": "late" }))),
        ("PATCH", String::from("/api/users/me/privacy"), json(&json!({ "shows_read": false }))),
        ("PUT", String::from("/api/users/me/picture"), picture()),
        ("PUT", String::from("/api/users/me/password"), json(&passwords)),
    ];
    let session = alice.sign_in_again(&server).await;
    let mut begun = Vec::new();
    for (method, path, body) in &requests {
        begun.push((path, Begun::new(&session, method, path, body).await));
    }
    assert_eq!(session.request("DELETE", "/api/sessions/current").await.status, 204);
    for (path, request) in begun {
        let reply = request.finish().await;
        assert!(reply.starts_with("HTTP/1.1 401 "), "{path}: {reply}");
        assert!(reply.contains(r#""reason":"session_ended""#), "{path}: {reply}");
    }
    assert_eq!(traces(&alice, chat).await, before);
    server.sign_in("alice", PASSWORD).await;
    // The record does not name sessions, so what is in it would be applied.
    let record = std::fs::read_to_string(record).unwrap();
    assert!(record.contains("hello") && !record.contains("late"), "{record}");
}

/// The first contract's history comes in pages, as fast as the client reads.
#[tokio::test]
async fn a_long_history_ends_with_its_session() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let long = "x".repeat(16_000);
    for _ in 0..600 {
        device.post_to(&bob, &long).await;
    }
    let session = bob.sign_in_again(&server).await;
    let path = format!("/messages/{}", alice.id);
    let reply = begin(&server.home().get(), &path, &session.token).await.into_body();
    assert_eq!(session.request("DELETE", "/api/sessions/current").await.status, 204);
    assert!(breaks_off(reply).await, "the whole history came");
}

/// Reads a reply to its end. Whether the server has closed the connection before it was complete.
async fn breaks_off(mut reply: Incoming) -> bool {
    within("the end of the reply", async {
        while let Some(frame) = reply.frame().await {
            if frame.is_err() {
                return true;
            }
        }
        false
    })
    .await
}

#[tokio::test]
async fn a_long_list_of_users_ends_with_the_session() {
    let mut server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    server.stop().await;
    // More than the kernel buffers. Registering so many would take minutes.
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    let insert = "
        WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100000),
                       names (name) AS (SELECT replace(format('%032d', n), '0', '𝟘') FROM n)
        INSERT INTO users (username, username_key, password_hash, created_at, changed)
        SELECT name, name, 'x', 0, 1 FROM names";
    assert_eq!(database.execute(insert, ()).unwrap(), 100_000);
    drop(database);
    server.start_again().await;
    let session = alice.sign_in_again(&server).await;
    let reply = begin(&server.home().get(), "/users", &session.token).await.into_body();
    assert_eq!(session.request("DELETE", "/api/sessions/current").await.status, 204);
    assert!(breaks_off(reply).await, "the whole list came");
}

/// One thread runs the server here, and the test holds it while the session ends and the frames
/// arrive. Afterwards each socket finds both.
#[test]
fn a_frame_that_comes_after_the_end_of_its_session_is_not_stored() {
    let mut runtime = Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).event_interval(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let server = TestServer::start().await;
        let [alice, bob] = server.users(["alice", "bob"]).await;
        let mut devices = Vec::new();
        for _ in 0..20 {
            devices.push(alice.connect().await);
        }
        let session = jsonwebtoken::dangerous::insecure_decode::<Value>(&alice.token).unwrap();
        let session = session.claims["sid"].clone();
        let (release, released) = sync_channel::<()>(1);
        let (hold, is_held) = sync_channel(1);
        let holding = tokio::spawn(async move {
            hold.send(()).unwrap();
            released.recv().unwrap();
        });
        is_held.recv().unwrap();
        server.submit(&alice, &json!({ "end_session": { "id": session } })).await.unwrap();
        for device in &mut devices {
            device.send_as(&new_cid(), &bob, "late").await;
        }
        release.send(()).unwrap();
        holding.await.unwrap();
        for device in &mut devices {
            assert_eq!(device.close_code().await, Some(4401));
        }
        assert_eq!(bob.chats().await, [] as [Value; 0]);
    });
}
