//! When a message was delivered and read. Only the sender can ask; times are accurate to the
//! second; the database has one row per move of a watermark, not one per message.

use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::kit::{Device, TestServer, User, eventually};

#[expect(clippy::disallowed_methods, reason = "the client has a clock of its own")]
fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Waits for the next second of the clock.
async fn next_second() {
    let second = now() / 1_000;
    eventually("the next second", async || now() / 1_000 > second).await;
}

/// A chat in which alice sent `count` messages to bob. Returns their ids, oldest first.
async fn talk(count: usize) -> (TestServer, [User; 2], i64, Vec<i64>) {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let (mut chat, mut ids) = (0, Vec::new());
    for n in 0..count {
        let ack = device.post_to(&bob, &n.to_string()).await;
        chat = ack["chat_id"].as_i64().unwrap();
        ids.push(ack["message_id"].as_i64().unwrap());
    }
    (server, [alice, bob], chat, ids)
}

/// Confirms and waits until it is processed: the refusal of chat 0 comes after it.
async fn confirm(device: &mut Device, chat: i64, delivered: i64, read: i64) {
    device.confirm(chat, delivered, read).await;
    device.confirm(0, 0, 0).await;
    while device.next().await["code"] != "no_such_chat" {}
}

fn path(chat: i64, message: i64) -> String {
    format!("/api/chats/{chat}/messages/{message}/receipts")
}

/// The one receipt of a message in a direct chat.
async fn info(user: &User, chat: i64, message: i64) -> Value {
    let reply = user.get(&path(chat, message)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let receipts = reply.json()["receipts"].as_array().unwrap().clone();
    assert_eq!(receipts.len(), 1, "{receipts:?}");
    receipts[0].clone()
}

/// Asserts that a time is in this span, including the seconds of both ends.
fn assert_within(time: &Value, from: i64, to: i64) {
    let time = time.as_i64().unwrap_or_else(|| panic!("{time} is no time"));
    assert!((from..=to.max(from / 1_000 * 1_000 + 999)).contains(&time), "{from} {time} {to}");
}

fn count_receipt_times(server: &TestServer) -> i64 {
    let path = server.data().join("chaap.db");
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    database.query_row("SELECT count(*) FROM receipt_times", (), |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn each_message_has_the_times_of_the_receipts_that_passed_it() {
    let (_server, [alice, bob], chat, ids) = talk(4).await;
    let waiting = json!({ "user_id": bob.id, "delivered": false, "delivered_at": null,
                          "read": false, "read_at": null });
    assert_eq!(info(&alice, chat, ids[0]).await, waiting);
    let mut device = bob.connect().await;
    // (delivered, read) and the time.
    let mut spans = Vec::new();
    for (delivered, read) in [(2, 0), (3, 1), (0, 3), (4, 4)] {
        next_second().await;
        let from = now();
        confirm(&mut device, chat, delivered, read).await;
        spans.push((from, now()));
    }
    // Which receipt delivered each message, and which one read it.
    for (id, (delivered, read)) in ids.iter().zip([(0, 1), (0, 2), (1, 2), (3, 3)]) {
        let told = info(&alice, chat, *id).await;
        assert_eq!((&told["delivered"], &told["read"]), (&json!(true), &json!(true)));
        assert_within(&told["delivered_at"], spans[delivered].0, spans[delivered].1);
        assert_within(&told["read_at"], spans[read].0, spans[read].1);
    }
}

#[tokio::test]
async fn a_burst_of_receipts_is_one_row_per_second_and_no_time_is_too_early() {
    let (server, [alice, bob], chat, ids) = talk(60).await;
    let mut device = bob.connect().await;
    next_second().await;
    let began = now();
    let mut moments = Vec::new();
    for seq in 1..=60 {
        let from = now();
        confirm(&mut device, chat, seq, seq / 2).await;
        moments.push((from, now()));
    }
    let seconds = now() / 1_000 - began / 1_000 + 1;
    let moves = count_receipt_times(&server);
    assert!(moves <= 2 * seconds, "{moves} rows in {seconds} s");
    for (id, (from, to)) in ids.iter().zip(&moments) {
        let told = info(&alice, chat, *id).await;
        assert_within(&told["delivered_at"], *from, *to);
        let read_at = told["read_at"].as_i64().unwrap_or(i64::MAX);
        assert!(told["delivered_at"].as_i64().unwrap() <= read_at, "{told}");
    }
}

#[tokio::test]
async fn delivery_to_a_visible_screen_is_one_row() {
    let (server, [alice, bob], chat, ids) = talk(1).await;
    confirm(&mut bob.connect().await, chat, 1, 1).await;
    assert_eq!(count_receipt_times(&server), 1);
    let told = info(&alice, chat, ids[0]).await;
    assert!(told["read_at"].is_i64(), "{told}");
    assert_eq!(told["delivered_at"], told["read_at"]);
}

#[tokio::test]
async fn read_times_exist_only_as_far_as_reading_is_shown() {
    let (_server, [alice, bob], chat, ids) = talk(2).await;
    let show = async |shown: bool| {
        bob.patch("/api/users/me/privacy", &json!({ "shows_read": shown })).await;
    };
    let mut device = bob.connect().await;
    show(false).await;
    confirm(&mut device, chat, 1, 1).await;
    let hidden = info(&alice, chat, ids[0]).await;
    assert_eq!((&hidden["delivered"], &hidden["read"]), (&json!(true), &json!(false)));
    assert!(hidden["delivered_at"].is_i64() && hidden["read_at"].is_null(), "{hidden}");
    show(true).await;
    assert_eq!(info(&alice, chat, ids[0]).await, hidden);
    next_second().await;
    let from = now();
    confirm(&mut device, chat, 2, 2).await;
    for id in &ids {
        assert_within(&info(&alice, chat, *id).await["read_at"], from, now());
    }
    assert_eq!(info(&alice, chat, ids[0]).await["delivered_at"], hidden["delivered_at"]);
}

#[tokio::test]
async fn only_the_sender_of_a_message_may_ask() {
    let (server, [alice, bob], chat, ids) = talk(1).await;
    let [carol] = server.users(["carol"]).await;
    bob.get(&path(chat, ids[0])).await.assert_error(403, "not_the_sender");
    carol.get(&path(chat, ids[0])).await.assert_error(404, "no_such_chat");
    alice.get(&path(99, ids[0])).await.assert_error(404, "no_such_chat");
    alice.get(&path(chat, 99)).await.assert_error(404, "no_such_message");
    let notes = alice.connect().await.post_to(&alice, "milk").await;
    let (own, note) = (notes["chat_id"].as_i64().unwrap(), notes["message_id"].as_i64().unwrap());
    alice.get(&path(chat, note)).await.assert_error(404, "no_such_message");
    assert_eq!(alice.get(&path(own, note)).await.json(), json!({ "receipts": [], "more": false }));
    alice.request("DELETE", &format!("/api/chats/{chat}/messages")).await;
    alice.get(&path(chat, ids[0])).await.assert_error(404, "no_such_message");
}

#[tokio::test]
async fn times_survive_a_restart_and_older_receipts_have_none() {
    let (mut server, [alice, bob], chat, ids) = talk(3).await;
    confirm(&mut bob.connect().await, chat, 2, 1).await;
    let before = info(&alice, chat, ids[0]).await;
    server.restart().await;
    assert_eq!(info(&alice, chat, ids[0]).await, before);
    server.stop().await;
    // The state after the migration.
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    database.execute_batch("UPDATE receipt_times SET at = NULL").unwrap();
    drop(database);
    server.start_again().await;
    confirm(&mut bob.connect().await, chat, 3, 3).await;
    let old = json!({ "user_id": bob.id, "delivered": true, "delivered_at": null,
                      "read": true, "read_at": null });
    assert_eq!(info(&alice, chat, ids[0]).await, old, "a later receipt does not change it");
    let half = info(&alice, chat, ids[1]).await;
    assert!(half["delivered_at"].is_null() && half["read_at"].is_i64(), "{half}");
    let new = info(&alice, chat, ids[2]).await;
    assert!(new["delivered_at"].is_i64() && new["read_at"].is_i64(), "{new}");
}
