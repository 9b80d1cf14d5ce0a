//! Every queue has a bound, and slow clients delay nobody else.

use std::{ffi::OsStr, sync::Arc, time::Duration};

use serde_json::json;

use crate::{
    kit::{Program, Replica, Socket, TestServer, User, eventually, new_cid, within},
    process::used_folder,
};

/// A caught-up socket with a tiny receive window: it accepts little unless the test reads.
pub(crate) async fn connect_narrow(server: &TestServer, user: &User) -> Socket {
    let protocols = format!("chaap.v2, bearer.{}", user.token);
    let headers = [("sec-websocket-protocol", protocols.as_str())];
    let mut socket = Socket::open_narrow(&server.home().get(), "/ws", &headers).await;
    socket.send(&json!({ "type": "hello" })).await;
    socket.next_of("reset").await;
    socket
}

#[tokio::test]
async fn a_slow_reader_delays_nobody_and_gets_everything_later() {
    let server = TestServer::start_with(|config| {
        (config.mailbox_max, config.write_seconds) = (16, 600);
    })
    .await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut slow = connect_narrow(&server, &bob).await;
    let (mut sender, mut quick) = (alice.connect().await, bob.connect().await);
    let long = "x".repeat(16_000);
    for n in 0..400 {
        let text = format!("{n} {long}");
        sender.post_to(&bob, &text).await;
        assert_eq!(quick.next_of("message").await["content"], text);
    }
    let whole = Replica::load(&bob).await;
    assert_eq!(whole.messages.len(), 400);
    let mut replica = whole.clone();
    replica.messages.clear();
    let (mut live, mut read_again) = (0, 0);
    let reading = async {
        while replica != whole {
            let frame = slow.next().await;
            live += usize::from(frame["type"] == "message");
            read_again += frame["rows"].as_array().map_or(0, Vec::len);
            replica.apply(&frame);
        }
    };
    within("all messages", reading).await;
    assert!(live < 400 && read_again > 0, "{live} came live, {read_again} were read again");
}

#[tokio::test]
async fn the_smallest_mailbox_has_room_for_the_answers_to_a_burst() {
    let server = TestServer::start_with(|config| config.mailbox_max = 128).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let cids: Vec<String> = (0..300).map(|_| new_cid()).collect();
    for (n, cid) in cids.iter().enumerate() {
        device.send_as(cid, &bob, &n.to_string()).await;
    }
    for _ in &cids {
        device.next_of("ack").await;
    }
}

#[tokio::test]
async fn the_server_stops_reading_from_a_client_that_does_not_read() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut flooder = connect_narrow(&server, &alice).await;
    // Each frame is refused with an error frame; only these pile up.
    let bytes = flooder.send_until_stuck("nonsense", 64 * 1024 * 1024).await;
    assert!(bytes.is_some(), "the server did not stop reading");
    bob.connect().await.post_to(&alice, "nobody else notices").await;
    drop(flooder);
    eventually("the flooding connection to end", async || {
        bob.get("/online-users").await.json() == json!([])
    })
    .await;
}

#[tokio::test]
async fn a_full_store_queue_answers_busy_and_a_retry_gets_through() {
    let server = TestServer::start_with(|config| config.queue_max = 1).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let mut waiting: Vec<String> = (0..200).map(|_| new_cid()).collect();
    let mut busy = 0;
    while !waiting.is_empty() {
        for cid in &waiting {
            device.send_as(cid, &bob, cid).await;
        }
        for _ in 0..waiting.len() {
            let answer = loop {
                let frame = device.next().await;
                if frame["type"] == "ack" || frame["type"] == "error" {
                    break frame;
                }
            };
            if answer["type"] == "error" {
                assert_eq!(answer["code"], "busy", "{answer}");
                assert!(answer["retry_after_ms"].as_i64().is_some_and(|ms| ms > 0), "{answer}");
                busy += 1;
            } else {
                waiting.retain(|cid| answer["cid"] != *cid);
            }
        }
    }
    assert!(busy > 0, "the queue was never full");
    assert_eq!(alice.history_with(&bob).await.len(), 200);
}

#[tokio::test]
async fn a_flood_of_sign_ins_is_answered_busy_and_delays_no_message() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut sender = alice.connect().await;
    let server = Arc::new(server);
    let storm: Vec<_> = (0..150)
        .map(|_| {
            let server = Arc::clone(&server);
            let body = json!({ "username": "alice", "password": "wrong horse" });
            tokio::spawn(async move { server.post("/login", &body).await })
        })
        .collect();
    for n in 0..20 {
        sender.post_to(&bob, &n.to_string()).await;
    }
    assert!(storm.iter().any(|reply| !reply.is_finished()), "messages do not wait for hashing");
    let (mut refused, mut busy) = (0, 0);
    for reply in storm {
        let reply = reply.await.unwrap();
        match reply.status {
            401 => refused += 1,
            503 => {
                reply.assert_error(503, "busy");
                assert!(reply.header("retry-after").parse::<u32>().unwrap() >= 1);
                busy += 1;
            }
            other => panic!("{other}: {}", reply.text()),
        }
    }
    assert!(refused > 0 && busy > 0, "{refused} refused, {busy} answered busy");
}

#[tokio::test]
async fn a_connection_that_misses_two_pings_is_closed_and_one_that_answers_stays() {
    let server = TestServer::start_with(|config| config.ping_seconds = 1).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    // The client library answers pings while reading, and this client does not read.
    let dead = bob.connect().await;
    let mut quick = alice.connect().await;
    let gone = quick.next_of("presence").await;
    assert_eq!((&gone["user_id"], &gone["online"]), (&json!(bob.id), &json!(false)));
    assert_eq!(alice.get("/online-users").await.json(), json!([alice.json()]));
    drop(dead);
}

/// As after a suspended machine or full memory: many pings are due at once.
#[tokio::test]
async fn a_pause_of_the_whole_program_closes_no_connection() {
    let (server, [alice, bob]) = used_folder().await;
    let data = server.data().as_os_str();
    let arguments = ["--ping-seconds=1", "--listen=127.0.0.1:0", "--data"].map(OsStr::new);
    let program = Program::serve_with(arguments.into_iter().chain([data]), []).await;
    let (alice, bob) = (alice.at(&program.address), bob.at(&program.address));
    let (mut device, mut other) = (alice.connect().await, bob.connect().await);
    program.signal("STOP").await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    program.signal("CONT").await;
    let answering = tokio::spawn(async move {
        other.next_of("message").await;
        other
    });
    for n in 0..3 {
        device.pending().await;
        tokio::time::sleep(Duration::from_millis(500 * n)).await;
    }
    device.post_to(&bob, "still here").await;
    answering.await.unwrap();
}

/// One user with many connections fills their own share of the queue, and a message of somebody
/// else is not behind all of theirs.
#[tokio::test]
async fn a_flood_of_one_user_over_many_connections_does_not_queue_before_others() {
    let server = TestServer::start().await;
    let [mallory, alice, bob] = server.users(["mallory", "alice", "bob"]).await;
    let text = "x".repeat(1_000);
    let mut flood = Vec::new();
    for _ in 0..20 {
        flood.push(mallory.connect().await);
    }
    let mut sender = alice.connect().await;
    sender.post_to(&bob, "warm").await;
    // A lock makes everything wait, so that the order shows.
    let lock = rusqlite::Connection::open(server.data().join("chaap.db")).unwrap();
    lock.busy_timeout(Duration::from_secs(10)).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    for device in &mut flood {
        for _ in 0..20 {
            device.send_to(&mallory, &text).await;
        }
        // The server has read them all when it answers this.
        device.pending().await;
    }
    sender.send_to(&bob, "hi").await;
    lock.execute_batch("ROLLBACK").unwrap();
    sender.next_of("ack").await;
    let database = rusqlite::Connection::open(server.data().join("chaap.db")).unwrap();
    let before = "SELECT count(*) FROM messages WHERE id <
                    (SELECT max(id) FROM messages WHERE content = 'hi')";
    let before: i64 = database.query_row(before, (), |row| row.get(0)).unwrap();
    // Two batches at most: the one that waited for the lock, and the one with the message.
    assert!(before < 200, "{before} messages came first");
    // Nothing of the flood was lost.
    for device in &mut flood {
        for _ in 0..20 {
            device.next_of("ack").await;
        }
    }
}
