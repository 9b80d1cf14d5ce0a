//! How much one user and one address may have at one time, and the descriptors that are kept for
//! sign-in.

use std::collections::VecDeque;

use chaap::RateLimits;
use serde_json::json;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::kit::{PASSWORD, Program, Socket, TestServer, User, eventually, within};

async fn limited() -> TestServer {
    TestServer::start_with(|config| config.rate_limits = RateLimits::On).await
}

/// A v2 socket that comes from an address behind a proxy.
pub(crate) async fn connect_from(server: &TestServer, user: &User, address: &str) -> Socket {
    let protocols = format!("chaap.v2, bearer.{}", user.token);
    let headers = [("sec-websocket-protocol", protocols.as_str()), ("x-forwarded-for", address)];
    Socket::open(&server.home().get(), "/ws", &headers).await
}

#[tokio::test]
async fn a_users_oldest_socket_is_closed_for_one_too_many() {
    let server = limited().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut his = bob.connect().await;
    let mut sockets = VecDeque::new();
    for _ in 0..50 {
        sockets.push_back(alice.connect().await);
    }
    let mut newest = alice.connect().await;
    let mut oldest = sockets.pop_front().unwrap();
    assert_eq!(oldest.close_code().await, Some(1013));
    his.post_to(&alice, "which one?").await;
    newest.next_of("message").await;
    for socket in &mut sockets {
        assert_eq!(socket.next_of("message").await["content"], "which one?");
    }
}

#[tokio::test]
async fn connecting_too_often_closes_with_a_code_that_a_page_can_read() {
    let server = limited().await;
    let alice = server.user("alice").await;
    let mut code = None;
    for _ in 0..200 {
        let mut socket = connect_from(&server, &alice, "203.0.113.9").await;
        match socket.next_or_close().await {
            Ok(welcome) => assert_eq!(welcome["type"], "welcome"),
            Err(closed) => {
                code = closed;
                break;
            }
        }
    }
    assert_eq!(code, Some(1013), "200 sockets in a moment");
}

#[tokio::test]
async fn an_address_may_have_five_hundred_sockets() {
    let server = limited().await;
    let mut sockets = Vec::new();
    for n in 0..10 {
        let user = server.user(&format!("user{n}")).await;
        for _ in 0..50 {
            let mut socket = connect_from(&server, &user, "2001:db8::1").await;
            assert_eq!(socket.next().await["type"], "welcome");
            sockets.push(socket);
        }
    }
    let late = server.user("late").await;
    // The same network, hence the same subscriber.
    let mut refused = connect_from(&server, &late, "2001:db8::2").await;
    assert_eq!(refused.close_code().await, Some(1013));
    let mut elsewhere = connect_from(&server, &late, "2001:db8:1::1").await;
    assert_eq!(elsewhere.next().await["type"], "welcome");
    drop(sockets.pop());
    eventually("a free place", async || {
        connect_from(&server, &late, "2001:db8::2").await.next_or_close().await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn a_user_may_wait_with_twenty_requests() {
    let server = limited().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let revision = alice.get("/api/chats").await.json()["revision"].as_i64().unwrap();
    let path = format!("/api/sync?since={revision}&wait=50");
    let mut polls = Vec::new();
    for _ in 0..21 {
        let (alice, path) = (alice.clone(), path.clone());
        polls.push(tokio::spawn(async move { alice.get(&path).await }));
    }
    // One of them is refused, whichever came last.
    let (refused, _, waiting) =
        within("a refused poll", futures_util::future::select_all(polls)).await;
    let refused = refused.unwrap();
    refused.assert_error(429, "too_many_polls");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert_eq!(alice.get("/user").await.status, 200, "other requests pass");
    bob.connect().await.post_to(&alice, "wake up").await;
    for poll in waiting {
        assert_eq!(within("a poll", poll).await.unwrap().status, 200);
    }
}

/// Begins a request whose body does not come. Returns once the server has asked for the body, or has
/// answered.
async fn begin_request(server: &TestServer, target: &str, headers: &str) -> (TcpStream, u16) {
    let head = format!(
        "{target} HTTP/1.1\r\nhost: x\r\n{headers}expect: 100-continue\r\ncontent-length: 9\r\n\r\n"
    );
    let mut stream = TcpStream::connect(server.home().get()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    within("an answer", stream.read_exact(&mut answer)).await.unwrap();
    (stream, std::str::from_utf8(&answer[9..]).unwrap().parse().unwrap())
}

#[tokio::test]
async fn a_user_may_have_a_hundred_requests_running_and_an_address_five_hundred() {
    let server = limited().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let bearer = |user: &User| format!("authorization: Bearer {}\r\n", user.token);
    let target = "PATCH /api/chats/1/preferences";
    let mut running = Vec::new();
    for _ in 0..100 {
        let (stream, status) = begin_request(&server, target, &bearer(&alice)).await;
        assert_eq!(status, 100);
        running.push(stream);
    }
    assert_eq!(begin_request(&server, target, &bearer(&alice)).await.1, 429);
    alice.get("/user").await.assert_error(429, "too_many_requests");
    assert_eq!(bob.get("/user").await.status, 200);
    running.clear();
    eventually("the places to be free", async || alice.get("/user").await.status == 200).await;

    let stranger = "x-forwarded-for: 203.0.113.9\r\n";
    for _ in 0..500 {
        let (stream, status) = begin_request(&server, "POST /login", stranger).await;
        assert_eq!(status, 100);
        running.push(stream);
    }
    assert_eq!(begin_request(&server, "POST /login", stranger).await.1, 429);
    let elsewhere = "x-forwarded-for: 203.0.113.10\r\n";
    assert_eq!(begin_request(&server, "POST /login", elsewhere).await.1, 100);
}

const DESCRIPTORS: usize = 256;

/// Whatever takes the descriptors, people can still load the page, sign in and check the health.
#[tokio::test]
async fn descriptors_are_kept_for_sign_in_and_health() {
    let folder = TempDir::new().unwrap();
    let script = format!(r#"ulimit -Sn {DESCRIPTORS} && ulimit -Hn {DESCRIPTORS} && exec "$@""#);
    let data = folder.path().join("data");
    // This holds without limits too.
    let more = ["--rate-limits", "off"];
    let program = Program::serve_under("sh", ["-c", &script, "-"], &data, &more).await;
    let account = json!({ "username": "alice", "password": PASSWORD });
    let id = program.post("/register", &account).await.json()["id"].as_i64().unwrap();
    let sign_in = async || {
        let reply = program.post("/login", &account).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["access_token"].as_str().unwrap().to_owned()
    };
    let alice = User::of(&program.address, id, "alice", sign_in().await);

    // Sockets of people.
    let mut crowd = Vec::new();
    while let Some(socket) = alice.try_connect().await {
        crowd.push(socket);
        assert!(crowd.len() < DESCRIPTORS, "more sockets than descriptors");
    }
    assert!(crowd.len() > DESCRIPTORS / 4, "{} sockets", crowd.len());
    alice.get("/user").await.assert_error(503, "busy");
    assert_eq!(program.get("/healthz").await.status, 200);
    assert_eq!(program.get("/").await.status, 200);
    sign_in().await;

    // And silent connections of strangers on top.
    let mut silent = Vec::new();
    for _ in 0..2 * DESCRIPTORS {
        silent.push(TcpStream::connect(&program.address).await.unwrap());
    }
    assert_eq!(program.get("/healthz").await.status, 200);
    sign_in().await;
    // Those who are connected notice nothing.
    for socket in &mut crowd {
        assert_eq!(socket.pending().await, Vec::<serde_json::Value>::new());
    }
    drop((crowd, silent));
    eventually("everything to work again", async || alice.get("/user").await.status == 200).await;
    program.signal("TERM").await;
    let finished = program.finish().await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(finished.stderr.contains("few file descriptors are left"), "{finished:?}");
    assert!(!finished.stderr.contains("cannot accept"), "{finished:?}");
}

/// A connection that asks for nothing is closed, before its first request and between two.
#[tokio::test]
async fn idle_connections_are_closed() {
    let server = TestServer::start_with(|config| config.read_seconds = 1).await;
    for prompt in ["", "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"] {
        let mut stream = TcpStream::connect(server.home().get()).await.unwrap();
        stream.write_all(prompt.as_bytes()).await.unwrap();
        let mut everything = Vec::new();
        let end = stream.read_to_end(&mut everything);
        within("the end of an idle connection", end).await.unwrap();
    }
}
