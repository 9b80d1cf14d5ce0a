//! What reads may cost: pages have a bound in bytes, slow readers stay or are cut but harm nobody, and
//! one user's reads leave room for those of others.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use crate::{
    caps::connect_from,
    kit::{Frames, Replica, Socket, TestServer, User, eventually, within},
    limits::connect_narrow,
};

/// The longest text of a message or draft, in the character that JSON spells with the most bytes.
fn longest() -> String {
    "\u{1}".repeat(16_384)
}

/// Makes `count` groups of one person, each with a full draft. Returns the ids.
async fn full_drafts(server: &TestServer, user: &User, count: usize) -> Vec<i64> {
    for n in 0..count {
        user.make_group(&format!("Group {n}"), &[]).await;
    }
    let chats: Vec<i64> = user.chats().await.field("id").iter().filter_map(Value::as_i64).collect();
    for chat in &chats {
        let change = json!({ "chat": chat, "change": { "draft": { "draft": longest() } } });
        server.submit(user, &json!({ "change_preferences": change })).await.unwrap();
    }
    chats
}

#[tokio::test]
async fn a_device_catches_up_on_rows_of_every_kind_that_json_makes_long() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect_silent().await;
    let before = device.hello(None).await.pop().unwrap();
    drop(device);
    let chats = full_drafts(&server, &alice, 130).await;
    // Titles, descriptions, profiles and messages, too.
    for chat in &chats {
        let description = "\n".repeat(2_000);
        alice.change_group(*chat, &json!({ "description": description })).await;
    }
    let mut sender = bob.connect().await;
    for _ in 0..10 {
        sender.post_to(&alice, &format!("x{}", longest().split_at(16_000).0)).await;
    }
    let mut device = alice.connect_silent().await;
    let frames = device.hello_after(&before).await;
    assert_eq!(frames.last().unwrap()["type"], "synced");
    let rows: Vec<Value> = frames.of("sync").field("rows").iter().flat_map(rows_of).collect();
    assert_eq!(rows.of("preferences").len(), 130);
    assert_eq!(rows.of("chat").len(), 131);
    let texts = rows.of("message");
    assert_eq!(texts.iter().filter(|it| it.get("event").is_none()).count(), 10);
    for frame in frames {
        assert!(frame.to_string().len() < 512 * 1024, "a frame has a bound");
    }
}

fn rows_of(rows: &Value) -> Vec<Value> {
    rows.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_slow_device_stays_while_somebody_changes_their_profile_without_pause() {
    // It reads nothing while the profile changes, however long that takes on a busy machine.
    let server = TestServer::start_with(|config| config.write_seconds = 600).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut slow = connect_narrow(&server, &bob).await;
    let about = "a".repeat(100);
    for n in 0..6_000 {
        let change = json!({ "change": { "about": format!("{about}{n}") } });
        server.submit(&alice, &json!({ "change_profile": change })).await.unwrap();
    }
    let reading = async {
        loop {
            let frame = slow.next().await;
            let rows = if frame["type"] == "sync" { rows_of(&frame["rows"]) } else { vec![frame] };
            if rows.iter().any(|row| row["about"] == format!("{about}5999")) {
                return;
            }
        }
    };
    within("the last profile", reading).await;
}

#[tokio::test]
async fn a_device_that_is_flooded_with_messages_stays_and_gets_them_in_order() {
    let server = TestServer::start_with(|config| {
        (config.mailbox_max, config.write_seconds) = (64, 600);
    })
    .await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut slow = connect_narrow(&server, &bob).await;
    let mut sender = alice.connect().await;
    let long = "x".repeat(2_000);
    for n in 0..3_000 {
        sender.send_to(&bob, &format!("{n} {long}")).await;
        if n % 50 == 49 {
            for _ in 0..50 {
                sender.next_of("ack").await;
            }
        }
    }
    let mut replica = Replica::default();
    let mut last = 0;
    let reading = async {
        while replica.messages.len() < 3_000 {
            let frame = slow.next().await;
            let rows =
                if frame["type"] == "sync" { rows_of(&frame["rows"]) } else { vec![frame.clone()] };
            for row in rows.of("message") {
                // A message may come twice, but none before its turn.
                let seq = row["seq"].as_i64().unwrap();
                assert!(seq <= last + 1, "{seq} after {last}");
                last = last.max(seq);
            }
            replica.apply(&frame);
        }
    };
    within("all messages", reading).await;
    // The same connection goes on live.
    sender.post_to(&bob, "the end").await;
    let reading = async { while slow.next_of("message").await["content"] != "the end" {} };
    within("the last message", reading).await;
}

#[tokio::test]
async fn lists_come_in_pages_that_have_a_bound_in_bytes() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let chats = full_drafts(&server, &alice, 40).await;
    let first = alice.get("/api/chats").await;
    assert!(first.text().len() < 512 * 1024, "{} bytes", first.text().len());
    assert_eq!(first.json()["more"], true);
    let (mut ids, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = alice.get(&format!("/api/chats?limit=7{cursor}")).await.json();
        pages += 1;
        ids.extend(page["chats"].as_array().unwrap().field("id"));
        assert_eq!(page["revision"], first.json()["revision"], "the first page's");
        match page["next"].as_str() {
            Some(next) => cursor = format!("&after={next}"),
            None => break,
        }
    }
    let mut ids: Vec<i64> = ids.iter().filter_map(Value::as_i64).collect();
    assert_eq!(ids.len(), 40, "each once");
    ids.sort_unstable();
    let mut chats = chats;
    chats.sort_unstable();
    assert_eq!(ids, chats);
    assert!(pages > 6, "{pages}");
    alice.get("/api/chats?after=7").await.assert_error(422, "invalid_query");
    alice.get("/api/chats?limit=0").await.assert_error(422, "invalid_query");
}

/// Connections that ask for the list of chats, again and again, and read nothing. `header` is empty
/// or a line of the requests.
async fn ask_and_read_nothing(
    server: &TestServer,
    user: &User,
    header: &str,
    count: usize,
) -> Vec<TcpStream> {
    let mut streams = Vec::new();
    for _ in 0..count {
        let asked = ask_for(server, user, "/api/chats", header, 20);
        streams.push(asked.await);
    }
    streams
}

/// A connection that asks for `path` so many times, and reads nothing.
async fn ask_for(
    server: &TestServer,
    user: &User,
    path: &str,
    header: &str,
    times: usize,
) -> TcpStream {
    let (address, token) = (server.home().get(), &user.token);
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\n{header}authorization: Bearer {token}\r\n\r\n"
    );
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(address.parse().unwrap()).await.unwrap();
    stream.write_all(request.repeat(times).as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn one_users_slow_readers_hold_up_no_other_user_and_are_cut() {
    let server = TestServer::start_with(|config| config.write_seconds = 1).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    full_drafts(&server, &alice, 20).await;
    let greedy = ask_and_read_nothing(&server, &alice, "", 30).await;
    for path in ["/api/chats", "/api/users", "/api/sync?since=0", "/users"] {
        assert_eq!(bob.get(path).await.status, 200, "{path}");
    }
    // They read nothing, so they are cut.
    for mut stream in greedy {
        let cut = async {
            while stream.write_all(b"\r\n").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        within("the end of a reader that takes nothing", cut).await;
    }
    assert_eq!(alice.get("/api/chats?limit=1").await.status, 200);
}

/// A request that finds no memory for its reply waits for ten seconds. On a busy machine, an answer
/// within this time has not waited for memory.
const AT_ONCE: Duration = Duration::from_secs(8);

/// Asks for a list, which must come at once.
async fn assert_served(user: &User) {
    let answer = tokio::time::timeout(AT_ONCE, user.get("/api/chats")).await;
    assert_eq!(answer.expect("an answer at once").status, 200);
}

#[tokio::test]
async fn slow_readers_of_many_users_leave_memory_for_others() {
    // A proxy names no address, or one for all of them, who then share the half of the memory.
    for (header, count) in [("", 10), ("x-forwarded-for: 203.0.113.1\r\n", 5)] {
        // They are not cut.
        let server = TestServer::start_with(|config| config.write_seconds = 600).await;
        let bob = server.user("bob").await;
        let mut greedy = Vec::new();
        for n in 0..count {
            let user = server.user(&format!("greedy{n}")).await;
            full_drafts(&server, &user, 3).await;
            greedy.extend(ask_and_read_nothing(&server, &user, header, 24).await);
        }
        let newcomer = server.user("newcomer").await;
        for user in [&bob, &newcomer] {
            assert_served(user).await;
            assert!(is_served_from(&server, user, header, AT_ONCE).await, "at the same address");
        }
        drop(greedy);
    }
}

/// Whether a request for a list, with this header, is answered within this time.
async fn is_served_from(server: &TestServer, user: &User, header: &str, wait: Duration) -> bool {
    let mut stream = ask_for(server, user, "/api/chats", header, 1).await;
    let mut head = [0; 12];
    let reading = tokio::time::timeout(wait, stream.read_exact(&mut head));
    reading.await.is_ok_and(|read| read.is_ok() && &head == b"HTTP/1.1 200")
}

/// A v2 socket that comes from an address behind a proxy, and asks for everything.
async fn ask_from(server: &TestServer, user: &User, address: &str) -> Socket {
    let mut socket = connect_from(server, user, address).await;
    socket.send(&json!({ "type": "hello", "since": 0 })).await;
    socket
}

/// Each account may have a first share of the memory, and the shares of 64 accounts are all of it.
#[tokio::test]
async fn slow_readers_with_many_accounts_of_one_address_leave_memory_for_others() {
    const ELSEWHERE: [&str; 3] =
        ["x-forwarded-for: 203.0.113.2\r\n", "x-forwarded-for: 2001:db8::1\r\n", ""];
    let here = "x-forwarded-for: 203.0.113.1\r\n";
    let server = TestServer::start_with(|config| config.write_seconds = 600).await;
    let [writer, late, bob] = server.users(["writer", "late", "bob"]).await;
    let mut sender = writer.connect().await;
    for user in [&late, &bob] {
        sender.post_to(user, "hi").await;
    }
    let mut greedy = Vec::new();
    for n in 0..70 {
        let user = server.user(&format!("greedy{n}")).await;
        // Several pages: the reply keeps its whole share until the last one is made.
        for _ in 0..8 {
            sender.post_to(&user, &format!("x{}", longest().split_at(16_000).0)).await;
        }
        let history = format!("/messages/{}", writer.id);
        greedy.push(ask_for(&server, &user, &history, here, 1).await);
    }
    eventually("the end of what one address may hold", async || {
        !is_served_from(&server, &late, here, Duration::from_secs(1)).await
    })
    .await;
    let mut refused = ask_from(&server, &late, "203.0.113.1").await;
    for header in ELSEWHERE {
        for user in [&bob, &late] {
            assert!(is_served_from(&server, user, header, AT_ONCE).await, "{header}");
        }
    }
    for address in ["203.0.113.2", "2001:db8::1"] {
        ask_from(&server, &bob, address).await.next_of("synced").await;
    }
    let (home, path) = (server.home().get(), format!("/ws?token={}", bob.token));
    let mut v1 = Socket::open(&home, &path, &[("x-forwarded-for", "203.0.113.2")]).await;
    assert_eq!(v1.next().await["content"], "hi");
    // Sockets of the address wait for the same memory as its requests.
    assert_eq!(refused.close_code().await, Some(1013));
    drop(greedy);
}

#[tokio::test]
async fn requests_that_wait_for_changes_hold_no_memory() {
    let server = TestServer::start().await;
    let mut users = Vec::new();
    for n in 0..10 {
        users.push(server.user(&format!("user{n}")).await);
    }
    let bob = server.user("bob").await;
    let revision = bob.get("/api/chats").await.json()["revision"].clone();
    let path = format!("/api/sync?since={revision}&wait=50");
    let mut polls = Vec::new();
    for user in &users {
        for _ in 0..8 {
            let (user, path) = (user.clone(), path.clone());
            polls.push(tokio::spawn(async move { user.get(&path).await.status }));
        }
    }
    // All of them have asked the database and found nothing.
    for user in &users {
        user.get("/user").await;
        assert_served(user).await;
    }
    assert_served(&bob).await;
    assert!(polls.iter().all(|poll| !poll.is_finished()), "they wait");
    polls.iter().for_each(tokio::task::JoinHandle::abort);
}
