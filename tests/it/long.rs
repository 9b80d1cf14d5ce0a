//! Chats too long to read at once. Clients of the first contract ask for a whole history, and get
//! everything that waits for them when they connect. Both are read from the database only as fast
//! as the client takes them, and other clients are served in between.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::kit::{Frames, Socket, TestServer, User, V1Socket, begin, within};

/// Messages of a thousand bytes: together more than all buffers between server and client.
const MANY: i64 = 6_000;

/// A second connection to the database, as of another process.
fn database(server: &TestServer) -> Connection {
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    database.busy_timeout(Duration::from_secs(5)).unwrap();
    database
}

/// A server where alice and bob have sent each other `count` messages in turn, and carol one to
/// alice.
async fn server_with(count: i64) -> (TestServer, [User; 3]) {
    fill(TestServer::start().await, count).await
}

async fn fill(mut server: TestServer, count: i64) -> (TestServer, [User; 3]) {
    let users = server.users(["alice", "bob", "carol"]).await;
    let [alice, bob, carol] = &users;
    let mut device = alice.connect().await;
    device.post_to(carol, "short").await;
    let ack = device.post_to(bob, "the first").await;
    server.stop().await;
    database(&server)
        .execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
             INSERT INTO messages (id, chat_id, seq, sender_id, content, created_at, changed)
             SELECT ?2 + i, ?3, 1 + i, iif(i % 2, ?4, ?5), i || hex(zeroblob(500)), 1, ?2 + i FROM n",
            (count, ack["message_id"].as_i64(), ack["chat_id"].as_i64(), bob.id, alice.id),
        )
        .unwrap();
    server.start_again().await;
    (server, users)
}

/// Changes the last message between two users in the database only. A reply that read it before
/// contains the old text.
fn change_the_last_of(server: &TestServer, from: &User, to: &User, change: &str) {
    let sql = format!(
        "UPDATE messages SET {change} WHERE id =
           (SELECT max(m.id) FROM messages m JOIN chats c ON c.id = m.chat_id
             WHERE m.sender_id = ?1 AND c.low_user_id = min(?1, ?2)
               AND c.high_user_id = max(?1, ?2))"
    );
    assert_eq!(database(server).execute(&sql, (from.id, to.id)).unwrap(), 1);
}

async fn begin_history(server: &TestServer, user: &User, other: &User) -> Incoming {
    let path = format!("/messages/{}", other.id);
    let reply = begin(&server.home().get(), &path, &user.token).await;
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()["content-type"], "application/json");
    assert_eq!(reply.headers()["cache-control"], "no-store");
    reply.into_body()
}

#[tokio::test]
async fn a_whole_history_is_read_on_demand_while_others_are_served() {
    let (server, [alice, bob, carol]) = server_with(MANY).await;
    let mut body = begin_history(&server, &alice, &bob).await;
    let first = within("the first part", body.frame()).await.unwrap().unwrap();
    // The rest is read when the client takes it, and nobody waits for that.
    assert_eq!(alice.history_with(&carol).await.contents(), ["short"]);
    carol.connect().await.post_to(&bob, "goes through").await;
    change_the_last_of(&server, &bob, &alice, "content = 'changed'");
    let rest = within("the rest", body.collect()).await.unwrap().to_bytes();
    let whole = [first.into_data().unwrap(), rest].concat();
    let whole: Vec<Value> = serde_json::from_slice(&whole).unwrap();
    assert_eq!(whole.len(), usize::try_from(MANY).unwrap());
    let ids = whole.field("id");
    assert!(ids.windows(2).all(|pair| pair[0].as_i64() < pair[1].as_i64()), "oldest first");
    assert_eq!(whole[0]["content"], "the first");
    assert_eq!(whole.last().unwrap()["content"], "changed", "it was read when the client took it");
    assert_eq!(whole[..], bob.history_with(&alice).await[..], "both users get the same");
}

#[tokio::test]
async fn a_history_that_cannot_be_read_completely_breaks_off() {
    let (server, [alice, bob, carol]) = server_with(MANY).await;
    let body = begin_history(&server, &alice, &bob).await;
    let database = database(&server);
    database.execute_batch("ALTER TABLE messages RENAME TO elsewhere").unwrap();
    let broken = within("the end", body.collect()).await;
    assert!(broken.is_err(), "a broken answer must not look complete");
    let path = format!("/messages/{}", carol.id);
    alice.get(&path).await.assert_error(500, "internal");
    database.execute_batch("ALTER TABLE elsewhere RENAME TO messages").unwrap();
    assert_eq!(alice.history_with(&carol).await.contents(), ["short"]);
}

#[tokio::test]
async fn every_part_of_a_history_equals_its_pages() {
    const COUNT: usize = 1_203;
    let (_server, [alice, bob, _]) = server_with(i64::try_from(COUNT).unwrap()).await;
    let whole = alice.history_with(&bob).await;
    let chats = alice.chats().await;
    let chat = chats.iter().find(|chat| chat["last_seq"] == COUNT).unwrap()["id"].as_i64().unwrap();
    let mut paged: Vec<Value> = Vec::new();
    loop {
        let after = paged.last().map_or(0, |last| last["id"].as_i64().unwrap());
        let page = alice.page(chat, &format!("after={after}&limit=200")).await;
        paged.extend(page["messages"].as_array().unwrap().iter().cloned());
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(whole.field("id"), paged.field("id"));
    assert_eq!(whole.contents(), paged.contents());
    let id = |n: usize| whole[n]["id"].as_i64().unwrap();
    let ends = [
        (String::new(), COUNT),
        (format!("before={}&", i64::MAX), COUNT),
        (format!("before={}&", id(COUNT - 1) + 1), COUNT),
        (format!("before={}&", id(COUNT - 1)), COUNT - 1),
        (format!("before={}&", id(777)), 777),
        (format!("before={}&", id(1)), 1),
        (format!("before={}&", id(0)), 0),
        (String::from("before=0&"), 0),
        (format!("before={}&", i64::MIN), 0),
    ];
    for (before, end) in ends {
        for limit in
            [1, 2, 127, 128, 499, 500, 501, 776, 777, 778, 1_202, 1_203, 1_204, 2_147_483_647]
        {
            let path = format!("/messages/{}?{before}limit={limit}", bob.id);
            let part = alice.get(&path).await.json();
            assert_eq!(part, json!(whole[end.saturating_sub(limit)..end]), "{path}");
        }
        let path = format!("/messages/{}?{before}", bob.id);
        assert_eq!(alice.get(&path).await.json(), json!(whole[..end]), "{path}");
        let head = alice.request("HEAD", &path).await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
    }

    // Messages deleted for oneself are missing.
    let deleted = alice.request("DELETE", &format!("/api/chats/{chat}/messages")).await;
    assert_eq!(deleted.status, 200);
    assert_eq!(alice.history_with(&bob).await, Vec::<Value>::new());
    let mut device = bob.connect().await;
    for n in 0..3 {
        device.post_to(&alice, &n.to_string()).await;
    }
    assert_eq!(alice.history_with(&bob).await.contents(), ["0", "1", "2"]);
    for limit in 1..5 {
        let path = format!("/messages/{}?limit={limit}", bob.id);
        let part = alice.get(&path).await.json();
        let part = part.as_array().unwrap();
        assert_eq!(part.contents(), ["0", "1", "2"][3_usize.saturating_sub(limit)..], "{path}");
    }
    assert_eq!(bob.history_with(&alice).await.len(), COUNT + 3);
}

/// Someone who has sent thousands of messages since has seen the earlier ones, and counting further
/// would make the list of chats slow.
#[tokio::test]
async fn the_unread_count_looks_at_the_last_4000_messages() {
    let (server, [alice, bob, _]) = server_with(10).await;
    let unread = async || {
        let chats = alice.chats().await;
        chats.iter().find(|chat| chat["last_seq"].as_i64() > Some(9)).unwrap()["unread"].clone()
    };
    assert_eq!(unread().await, 5, "all of bob's");
    let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
        INSERT INTO messages (id, chat_id, seq, sender_id, content, created_at, changed)
        SELECT l.id + i, l.chat_id, l.seq + i, ?2, 'more', 1, l.id + i
          FROM n, (SELECT id, chat_id, seq FROM messages ORDER BY id DESC LIMIT 1) l";
    let database = database(&server);
    for (count, expected) in [(3_998, 1), (1, 1), (1, 0), (100, 0)] {
        database.execute(sql, (count, alice.id)).unwrap();
        assert_eq!(unread().await, expected);
    }
    database.execute(sql, (2, bob.id)).unwrap();
    assert_eq!(unread().await, 2);
}

#[tokio::test]
async fn waiting_messages_of_an_old_client_are_read_on_demand_while_others_are_served() {
    let (server, [alice, bob, carol]) = server_with(MANY).await;
    let path = format!("/ws?token={}", bob.token);
    let mut socket = Socket::open_narrow(&server.home().get(), &path, &[]).await;
    let mut frames = vec![socket.next().await];
    assert_eq!(alice.history_with(&carol).await.contents(), ["short"]);
    // The last message becomes his own: he would get it if it had been read before.
    change_the_last_of(&server, &alice, &bob, &format!("sender_id = {}", bob.id));
    // Messages that arrive meanwhile come after the others.
    alice.connect().await.post_to(&bob, "live").await;
    while frames.last().unwrap()["content"] != "live" {
        frames.push(socket.next().await);
    }
    assert_eq!(frames.len(), usize::try_from(MANY / 2).unwrap());
    let ids = frames.field("id");
    assert!(ids.windows(2).all(|pair| pair[0].as_i64() < pair[1].as_i64()), "in order, each once");
    assert!(frames.iter().all(|frame| frame["recipient_id"] == bob.id));
    socket.close().await;
    let mut again = bob.connect_v1().await;
    assert_eq!(again.pending().await, Vec::<Value>::new(), "once");
}

/// While the server writes much, it reads nothing: a client that takes it is alive.
#[tokio::test]
async fn a_client_that_takes_waiting_messages_slowly_is_not_closed_as_dead() {
    let server = TestServer::start_with(|config| config.ping_seconds = 1).await;
    let (server, [_, bob, _]) = fill(server, MANY).await;
    let path = format!("/ws?token={}", bob.token);
    let mut socket = Socket::open_narrow(&server.home().get(), &path, &[]).await;
    for n in 0..MANY / 2 {
        socket.next().await;
        if n % 30 == 0 {
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
    }
    socket.close().await;
}

#[tokio::test]
async fn waiting_messages_of_all_chats_come_in_one_order() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let mut devices = [alice.connect().await, bob.connect().await, carol.connect().await];
    let mut expected = Vec::new();
    let mut chat_with_carol = 0;
    for n in 0..600 {
        // Runs in one chat and quick changes between chats, with his own messages and notes.
        let sender = [0, 0, 1, 0, 2, 2, 1, 1, 2, 0][(n / if n < 300 { 1 } else { 25 }) % 10];
        let text = n.to_string();
        match sender {
            1 if n % 3 == 0 => {
                devices[1].post_to(&bob, &text).await;
                expected.push(text);
            }
            1 => drop(devices[1].post_to(&alice, &text).await),
            sender => {
                let ack = devices[sender].post_to(&bob, &text).await;
                if sender == 2 {
                    chat_with_carol = ack["chat_id"].as_i64().unwrap();
                }
                expected.push(text);
            }
        }
        // He does not get messages that he deleted for himself.
        if n == 250 {
            let path = format!("/api/chats/{chat_with_carol}/messages");
            assert_eq!(bob.request("DELETE", &path).await.status, 200);
            let from_carol = carol.history_with(&bob).await.contents();
            expected.retain(|text| !from_carol.contains(text));
        }
    }
    let mut socket: V1Socket = bob.connect_v1().await;
    assert_eq!(socket.pending().await.contents(), expected);
    socket.close().await;
    assert_eq!(bob.connect_v1().await.pending().await, Vec::<Value>::new(), "once");
}

#[tokio::test]
async fn a_page_of_chats_ends_after_many_messages_were_looked_at() {
    let mut server = TestServer::start().await;
    let names: Vec<String> = (0..8).map(|n| format!("user{n}")).collect();
    let users = server.users(std::array::from_fn::<_, 8, _>(|n| names[n].as_str())).await;
    let [alice, others @ ..] = &users;
    let mut device = alice.connect().await;
    let mut chats = Vec::new();
    for other in others {
        chats.push(device.post_to(other, "first").await["chat_id"].as_i64().unwrap());
    }
    device.close().await;
    server.stop().await;
    // Her own messages, which she never marks as read, count as nothing but are looked at.
    let database = database(&server);
    for chat in &chats {
        let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
            INSERT INTO messages (id, chat_id, seq, sender_id, content, created_at, changed)
            SELECT (SELECT max(id) FROM messages) + i, ?1, 1 + i, ?2, 'own', 1,
                   (SELECT max(id) FROM messages) + i FROM n";
        database.execute(sql, (chat, alice.id)).unwrap();
    }
    drop(database);
    server.start_again().await;
    let (mut cursor, mut lengths, mut found) = (String::new(), Vec::new(), Vec::new());
    loop {
        let page = alice.get(&format!("/api/chats?limit=100{cursor}")).await.json();
        let summaries = page["chats"].as_array().unwrap();
        lengths.push(summaries.len());
        found.extend(summaries.iter().map(|chat| chat["id"].as_i64().unwrap()));
        if page["more"] == false {
            break;
        }
        cursor = format!("&after={}", page["next"].as_str().unwrap());
    }
    assert_eq!(lengths, [5, 2], "4,000 messages of each chat are looked at, 20,000 for a page");
    found.sort_unstable();
    assert_eq!(found, chats);
}
