//! What reads may cost: pages have a bound in bytes, slow readers stay or are cut but harm nobody, and
//! one user's reads leave room for those of others.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
};

use crate::{
    kit::{Frames, Replica, TestServer, User, within},
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
        let change = json!({ "chat": chat, "change": { "draft": longest() } });
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

/// Connections that ask for the list of chats, again and again, and read nothing.
async fn ask_and_read_nothing(server: &TestServer, user: &User, count: usize) -> Vec<TcpStream> {
    let address = server.home().get();
    let request = format!(
        "GET /api/chats HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\r\n",
        user.token
    );
    let mut streams = Vec::new();
    for _ in 0..count {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let mut stream = socket.connect(address.parse().unwrap()).await.unwrap();
        stream.write_all(request.repeat(20).as_bytes()).await.unwrap();
        streams.push(stream);
    }
    streams
}

#[tokio::test]
async fn one_users_slow_readers_hold_up_no_other_user_and_are_cut() {
    let server = TestServer::start_with(|config| config.write_seconds = 1).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    full_drafts(&server, &alice, 20).await;
    let greedy = ask_and_read_nothing(&server, &alice, 30).await;
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

/// Asks for a list, which must come at once. A request that finds no memory for its reply waits for
/// ten seconds.
async fn assert_served(user: &User) {
    let answer = tokio::time::timeout(Duration::from_secs(8), user.get("/api/chats")).await;
    assert_eq!(answer.expect("an answer at once").status, 200);
}

#[tokio::test]
async fn slow_readers_of_many_users_leave_memory_for_others() {
    // They are not cut.
    let server = TestServer::start_with(|config| config.write_seconds = 600).await;
    let bob = server.user("bob").await;
    let mut greedy = Vec::new();
    for n in 0..10 {
        let user = server.user(&format!("greedy{n}")).await;
        full_drafts(&server, &user, 3).await;
        greedy.extend(ask_and_read_nothing(&server, &user, 24).await);
    }
    assert_served(&bob).await;
    let newcomer = server.user("newcomer").await;
    assert_served(&newcomer).await;
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
