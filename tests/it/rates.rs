//! What a user and an address may do how often. The limits are those of a server with its default
//! configuration; `src/limits/rates.rs` is their table.

use std::time::Duration;

use chaap::RateLimits;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    caps::connect_from,
    kit::{
        CLOSE, Device, FIN, PING, Program, RawSocket, Reply, Socket, TEXT, TestServer, User, frame,
        new_cid, within,
    },
};

/// A server with limits.
pub(crate) async fn limited() -> TestServer {
    TestServer::start_with(|config| config.rate_limits = RateLimits::On).await
}

/// Sends messages without waiting, and returns the answers: acks and errors.
async fn send_many(device: &mut Device, other: &User, count: usize, text: &str) -> Vec<Value> {
    for _ in 0..count {
        device.send_to(other, text).await;
    }
    answers(device, count).await
}

/// The next `count` acks and errors.
async fn answers(device: &mut Device, count: usize) -> Vec<Value> {
    let mut answers = Vec::new();
    while answers.len() < count {
        let frame = device.next().await;
        if frame["type"] == "ack" || frame["type"] == "error" {
            answers.push(frame);
        }
    }
    answers
}

/// Checks that a frame is the refusal of a limit, and returns how long to wait.
fn assert_limited(frame: &Value) -> Duration {
    assert_eq!((&frame["type"], &frame["code"]), (&json!("error"), &json!("rate_limited")));
    assert!(frame["message"].as_str().is_some_and(|text| !text.is_empty()), "{frame}");
    let wait = frame["retry_after_ms"].as_u64().unwrap();
    assert!((1..=60_000).contains(&wait), "{frame}");
    Duration::from_millis(wait)
}

#[tokio::test]
async fn five_hundred_messages_after_a_day_offline_pass_and_an_endless_stream_is_limited() {
    let server = limited().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut phone = alice.connect().await;
    let sent = send_many(&mut phone, &bob, 500, "written on the train").await;
    assert!(sent.iter().all(|answer| answer["type"] == "ack"), "a page never fails");
    // Other devices and HTTP share the limit.
    let mut laptop = alice.connect().await;
    let more = send_many(&mut laptop, &bob, 200, "and on").await;
    let refused: Vec<_> = more.iter().filter(|answer| answer["type"] == "error").collect();
    assert!(!refused.is_empty(), "700 messages in a moment");
    let wait = refused.iter().map(|answer| assert_limited(answer)).max().unwrap();
    assert!(refused.iter().all(|answer| answer["cid"].is_string()), "{refused:?}");
    // Somebody else is not affected.
    let mut others = bob.connect().await;
    others.post_to(&alice, "what are you doing?").await;
    // After the wait it passes.
    let cid = refused[0]["cid"].as_str().unwrap().to_owned();
    let again = async {
        loop {
            tokio::time::sleep(wait).await;
            phone.send_as(&cid, &bob, "and on").await;
            if answers(&mut phone, 1).await[0]["type"] == "ack" {
                return;
            }
        }
    };
    within("the message that was refused", again).await;
}

#[tokio::test]
async fn messages_by_http_and_by_socket_share_one_limit() {
    let server = limited().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let chat = device.post_to(&bob, "hi").await["chat_id"].as_i64().unwrap();
    let path = format!("/api/chats/{chat}/messages");
    let mut v1 = alice.connect_v1().await;
    for n in 0..700 {
        v1.send(&json!({ "recipient_id": bob.id, "content": n.to_string() })).await;
    }
    let mut refused = 0;
    for _ in 0..700 {
        let answer = v1.next().await;
        refused += usize::from(answer["code"] == "rate_limited");
    }
    assert!(refused > 0, "the first contract is limited too");
    let post = || {
        let (alice, path, body) = (alice.clone(), path.clone(), json!({ "content": "x" }));
        async move { alice.post(&path, &body).await }
    };
    // After 700 messages nothing is left, and HTTP is no way around.
    let refused = until_refused("messages by HTTP", post).await;
    refused.assert_error(429, "rate_limited");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
}

#[tokio::test]
async fn the_bytes_of_messages_are_limited_too() {
    let server = limited().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (mut device, long) = (alice.connect().await, "x".repeat(16_000));
    let sent = send_many(&mut device, &bob, 350, &long).await;
    let refused = sent.iter().filter(|answer| answer["type"] == "error").inspect(|error| {
        assert_limited(error);
    });
    let refused = refused.count();
    assert!(refused > 20, "350 times 16 kB passed but {refused}");
    assert!(refused < 150, "{refused} of 350 were refused");
    let chat = sent[0]["chat_id"].as_i64().unwrap();
    let path = format!("/api/chats/{chat}/messages");
    let post = || {
        let (alice, path, body) = (alice.clone(), path.clone(), json!({ "content": long }));
        async move { alice.post(&path, &body).await }
    };
    until_refused("long messages by HTTP", post).await.assert_error(429, "rate_limited");
}

#[tokio::test]
async fn every_kind_of_frame_has_a_limit() {
    let server = limited().await;
    let names = ["hello", "receipt", "ping", "send"];
    let bob = server.user("bob").await;
    for kind in names {
        let user = server.user(&format!("u_{kind}")).await;
        let mut device = user.connect().await;
        let chat = device.post_to(&bob, "hi").await["chat_id"].clone();
        for n in 0..1_500 {
            let mut frame = json!({ "type": kind, "chat_id": chat, "ref": n.to_string() });
            if kind == "send" {
                frame["cid"] = new_cid().into();
                frame["content"] = "x".into();
            }
            device.send(&frame).await;
        }
        device.send(&json!({ "type": "typing", "ref": "last" })).await;
        let error = device.next_of("error").await;
        assert_ne!(error["ref"], "last", "1,500 frames {kind} passed");
        assert_limited(&error);
        assert!(error["ref"].is_string(), "{kind}: {error}");
    }
}

/// Floods with small frames that get no answer or an error. The sockets are read ever more slowly
/// and closed at last; nobody else is affected.
#[tokio::test]
async fn a_flood_of_nonsense_is_read_slowly_and_closed_at_last() {
    let server = limited().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let floods = [
        frame(FIN | TEXT, br#"{"type":"dance"}"#),
        frame(FIN | TEXT, b"nonsense"),
        frame(FIN | TEXT, br#"{"type":"typing","chat_id":1}"#),
        frame(FIN | PING, b""),
    ];
    let mut sockets = Vec::new();
    for flood in floods {
        let socket = RawSocket::open(&server.home().get(), &alice).await;
        sockets.push(tokio::spawn(flood_until_closed(socket, flood)));
    }
    // Meanwhile everybody else is served, and so are the flooder's other devices.
    let (mut hers, mut his) = (alice.connect().await, bob.connect().await);
    for n in 0..20 {
        his.post_to(&alice, &n.to_string()).await;
        hers.next_of("message").await;
    }
    for socket in sockets {
        let (errors, code) = socket.await.unwrap();
        assert!(errors < 2_000, "{errors} frames of one socket were answered");
        assert_eq!(code, 1008);
    }
    // Her other device is still open. It could not ask, because the flood has used up her pings.
    his.post_to(&alice, "are you still there?").await;
    hers.next_of("message").await;
}

/// Writes the same frame until the server closes. Returns how many errors and which close code came.
async fn flood_until_closed(socket: RawSocket, flood: Vec<u8>) -> (usize, u16) {
    let (mut socket, mut writer) = socket.split();
    let writing = tokio::spawn(async move {
        let many = flood.repeat(100);
        while writer.write_all(&many).await.is_ok() {}
    });
    let mut errors = 0;
    let code = within("the end of a flood", async {
        loop {
            let (kind, body) = socket.next().await.expect("a close frame comes first");
            match kind {
                CLOSE => return u16::from_be_bytes([body[0], body[1]]),
                TEXT => errors += 1,
                _ => {}
            }
        }
    })
    .await;
    writing.abort();
    (errors, code)
}

/// Sends requests, several at once so that a slow machine too exceeds the rate, until one is
/// refused.
pub(crate) async fn until_refused<F: Future<Output = Reply>>(
    name: &str,
    ask: impl Fn() -> F,
) -> Reply {
    let refused = async {
        loop {
            let replies = join_all((0..16).map(|_| ask())).await;
            // Several uploads at once are refused for another reason.
            let is_limited = |it: &Reply| it.status == 429 && it.json()["code"] == "rate_limited";
            if let Some(refused) = replies.into_iter().find(is_limited) {
                return refused;
            }
        }
    };
    within(&format!("a refusal of {name}"), refused).await
}

#[tokio::test]
async fn every_class_of_request_has_a_limit_per_user() {
    let server = limited().await;
    for (name, method, path) in [
        ("reads", "GET", "/user"),
        ("polls", "GET", "/api/sync"),
        ("profile", "PATCH", "/api/users/me"),
        ("privacy", "PATCH", "/api/users/me/privacy"),
        ("writes", "DELETE", "/api/chats/1/messages"),
        ("uploads", "PUT", "/api/users/me/picture"),
        ("pictures", "GET", "/api/pictures/none"),
    ] {
        let user = server.user(name).await;
        let ask = || user.send_json(method, path, String::from("{}"));
        let refused = until_refused(name, ask).await;
        refused.assert_error(429, "rate_limited");
        assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
        // Requests of one class share a limit, and those of the others have their own.
        if name == "reads" {
            // Fewer than the limit allows at once.
            let others = join_all((0..64).map(|_| user.get("/users"))).await;
            assert!(others.iter().any(|reply| reply.status == 429));
        } else {
            assert_eq!(user.get("/users").await.status, 200);
        }
    }
}

#[tokio::test]
async fn a_limited_request_is_refused_before_its_body_is_read() {
    let server = limited().await;
    let alice = server.user("alice").await;
    let limited = async || alice.patch("/api/users/me", &json!({})).await.status == 429;
    while !limited().await {}
    let mut stream = TcpStream::connect(server.home().get()).await.unwrap();
    let token = &alice.token;
    let head = format!(
        "PATCH /api/users/me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         expect: 100-continue\r\ncontent-length: 60000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    within("an answer", stream.read_exact(&mut answer)).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 429");
}

#[tokio::test]
async fn strangers_are_limited_by_address_if_it_is_known() {
    let server = limited().await;
    let alice = server.user("alice").await;
    let ask = async |path: &str, address: &str| {
        server.request("GET", path, &[("x-forwarded-for", address)], "").await
    };
    let mut statuses = Vec::new();
    for _ in 0..400 {
        statuses.push(ask("/user", "203.0.113.9").await.status);
    }
    assert_eq!(statuses[0], 401);
    assert!(statuses.contains(&429), "400 requests without a token passed");
    ask("/user", "203.0.113.9").await.assert_error(429, "rate_limited");
    assert_eq!(ask("/user", "203.0.113.10").await.status, 401, "another address");
    assert_eq!(server.get("/user").await.status, 401, "an unknown address");
    assert_eq!(ask("/", "203.0.113.9").await.status, 200, "the page");
    // Somebody signed in behind the same address is not affected.
    let bearer = format!("Bearer {}", alice.token);
    let headers = [("x-forwarded-for", "203.0.113.9"), ("authorization", bearer.as_str())];
    assert_eq!(server.request("GET", "/user", &headers, "").await.status, 200);
}

/// A token that has ended is refused as such. Its user's limits are neither used nor told.
#[tokio::test]
async fn an_ended_session_uses_nothing_of_its_users_limits() {
    let server = limited().await;
    let alice = server.user("alice").await;
    let thief = alice.sign_in_again(&server).await;
    assert_eq!(thief.get("/user").await.status, 200);
    assert_eq!(thief.request("DELETE", "/api/sessions/current").await.status, 204);
    for _ in 0..600 {
        assert_eq!(thief.get("/user").await.status, 401);
    }
    assert_eq!(alice.get("/user").await.status, 200);
}

#[tokio::test]
async fn without_limits_nothing_is_refused() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let sent = send_many(&mut device, &bob, 1_500, "x").await;
    assert!(sent.iter().all(|answer| answer["type"] == "ack"));
    for _ in 0..600 {
        assert_eq!(alice.get("/user").await.status, 200);
    }
}

#[tokio::test]
async fn the_log_tells_of_a_limit_once_a_minute() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments =
        ["--rate-limits=on", "--listen=127.0.0.1:0", "--data"].map(std::ffi::OsStr::new);
    let program = Program::serve_with(arguments.into_iter().chain([data.as_os_str()]), []).await;
    let account = json!({ "username": "alice", "password": crate::kit::PASSWORD });
    let id = program.post("/register", &account).await.json()["id"].as_i64().unwrap();
    let token = program.post("/login", &account).await.json()["access_token"].clone();
    let alice = User::of(&program.address, id, "alice", token.as_str().unwrap().to_owned());
    until_refused("reads", || alice.get("/user")).await;
    until_refused("more reads", || alice.get("/user")).await;
    program.signal("TERM").await;
    let stderr = program.finish().await.stderr;
    let told = stderr.lines().filter(|line| line.contains("chaap::security")).collect::<Vec<_>>();
    let told = told.iter().filter(|line| line.contains("limit")).count();
    assert_eq!(told, 1, "{stderr}");
}

/// What a user sends by HTTP from an address.
async fn patch_from(user: &User, address: &str, path: &str, body: &Value) -> Reply {
    let bearer = format!("Bearer {}", user.token);
    let headers = [("authorization", bearer.as_str()), ("x-forwarded-for", address)];
    user.request_with("PATCH", path, &headers, body.to_string()).await
}

#[tokio::test]
async fn many_accounts_of_one_address_share_what_they_may_change() {
    let server = limited().await;
    let change = |user: User, address: &'static str| async move {
        patch_from(&user, address, "/api/users/me", &json!({})).await
    };
    let (mut done, mut refused) = (0, 0);
    for n in 0..16 {
        let user = server.user(&format!("user-{n}")).await;
        // Each of them alone may do this.
        for reply in join_all((0..30).map(|_| change(user.clone(), "203.0.113.9"))).await {
            if reply.status == 200 {
                done += 1;
            } else {
                reply.assert_error(429, "rate_limited");
                refused += 1;
            }
        }
    }
    assert!(done >= 300 && refused > 0, "{done} and {refused}");
    let elsewhere = server.user("elsewhere").await;
    assert_eq!(change(elsewhere, "203.0.113.10").await.status, 200);
}

#[tokio::test]
async fn many_accounts_of_one_address_share_the_bytes_of_their_messages() {
    let server = limited().await;
    let bob = server.user("bob").await;
    let long = "x".repeat(16_000);
    let message =
        || json!({ "type": "send", "recipient_id": bob.id, "content": long, "cid": new_cid() });
    let mut count = 0;
    let refused = loop {
        assert!(count < 40, "160 MB passed");
        let user = server.user(&format!("user-{count}")).await;
        let mut socket = connect_from(&server, &user, "203.0.113.9").await;
        // 4 MB: each of them alone may send this.
        for _ in 0..250 {
            socket.send(&message()).await;
        }
        if let Some(refused) = first_error(&mut socket, 250).await {
            break refused;
        }
        count += 1;
    };
    assert_limited(&refused);
    assert!(count >= 10, "{count}: ten people at once pass");
    let late = server.user("late").await;
    let mut elsewhere = connect_from(&server, &late, "203.0.113.10").await;
    elsewhere.send(&message()).await;
    assert_eq!(first_error(&mut elsewhere, 1).await, None);
}

/// The first error among the answers to `count` frames.
async fn first_error(socket: &mut Socket, count: usize) -> Option<Value> {
    let mut acks = 0;
    while acks < count {
        let frame = socket.next().await;
        match frame["type"].as_str() {
            Some("ack") => acks += 1,
            Some("error") => return Some(frame),
            _ => {}
        }
    }
    None
}
