//! How much may be stored: by one user, and before the disk is full. Reads, receipts and deletions go
//! on in both cases.

use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::kit::{Device, PASSWORD, TestServer, User, new_cid};

/// A text of a quarter of the smallest quota, sixteen times.
const LONG: usize = 16_000;

/// Sends texts until one is refused. Returns how many were stored, and the refusal.
async fn fill(device: &mut Device, to: &User) -> (usize, Value) {
    for n in 0..200 {
        device.send_to(to, &"x".repeat(LONG)).await;
        let frame = next_answer(device).await;
        if frame["type"] == "error" {
            return (n, frame);
        }
    }
    panic!("nothing was refused");
}

/// The next ack or error.
async fn next_answer(device: &mut Device) -> Value {
    loop {
        let frame = device.next().await;
        if frame["type"] == "ack" || frame["type"] == "error" {
            return frame;
        }
    }
}

/// What the server has counted for a user.
fn counted(server: &TestServer, user: &User) -> i64 {
    let path = server.data().join("chaap.db");
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let bytes = "SELECT ifnull(sum(bytes), 0) FROM stored_bytes WHERE user_id = ?1";
    database.query_row(bytes, (user.id,), |row| row.get(0)).unwrap()
}

/// What the tables hold of a user.
fn held(server: &TestServer, user: &User) -> i64 {
    let path = server.data().join("chaap.db");
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let bytes = "SELECT (SELECT ifnull(sum(octet_length(content) + 128), 0)
                           FROM messages WHERE sender_id = ?1)
                      + (SELECT ifnull(sum(octet_length(draft) + octet_length(draft_aside)), 0)
                           FROM preferences WHERE user_id = ?1)
                      + (SELECT ifnull(sum(length(small) + length(large)), 0)
                           FROM pictures WHERE user_id = ?1)";
    database.query_row(bytes, (user.id,), |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_full_quota_refuses_writes_of_its_user_alone() {
    let mut server = TestServer::start_with(|config| config.user_quota = 1).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let first = new_cid();
    device.send_as(&first, &bob, "kept").await;
    let chat = next_answer(&mut device).await["chat_id"].as_i64().unwrap();
    let (stored, refusal) = fill(&mut device, &bob).await;
    assert_eq!(stored, (1024 * 1024 - 132) / (LONG + 128), "{refusal}");
    assert_eq!((&refusal["code"], refusal.get("retry_after_ms")), (&json!("quota"), None));
    assert!(refusal["message"].as_str().unwrap().contains("1 MiB"), "{refusal}");
    // A retry of what is stored gets its answer.
    device.send_as(&first, &bob, "kept").await;
    assert_eq!(next_answer(&mut device).await["dup"], true);
    // Over HTTP the same, for drafts too; a shorter draft is taken.
    let preferences = format!("/api/chats/{chat}/preferences");
    let messages = format!("/api/chats/{chat}/messages");
    let long = "x".repeat(LONG);
    alice.post(&messages, &json!({ "content": long })).await.assert_error(507, "quota");
    alice.patch(&preferences, &json!({ "draft": long })).await.assert_error(507, "quota");
    assert_eq!(alice.patch(&preferences, &json!({ "archived": true })).await.status, 200);
    // Others write, and this user reads and confirms.
    let mut other = bob.connect().await;
    other.post_to(&alice, "hi").await;
    assert_eq!(device.next_of("message").await["content"], "hi");
    device.send(&json!({ "type": "receipt", "chat_id": chat, "read": stored + 2 })).await;
    assert_eq!(other.next_of("receipt").await["chat_id"], chat);
    assert_eq!(alice.page(chat, "limit=1").await["messages"][0]["content"], "hi");
    // Neither a restart nor the refusals have changed the count.
    server.restart().await;
    assert_eq!(counted(&server, &alice), held(&server, &alice));
    alice.post(&messages, &json!({ "content": long })).await.assert_error(507, "quota");
}

#[tokio::test]
async fn what_is_removed_can_be_used_again() {
    let server = TestServer::start_with(|config| config.user_quota = 1).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    device.post_to(&bob, "hi").await;
    let chat = alice.chats().await[0]["id"].as_i64().unwrap();
    let preferences = format!("/api/chats/{chat}/preferences");
    let draft = json!({ "draft": "x".repeat(LONG) });
    assert_eq!(alice.patch(&preferences, &draft).await.status, 200);
    let (before, _) = fill(&mut device, &bob).await;
    assert_eq!(counted(&server, &alice), held(&server, &alice));
    assert_eq!(alice.patch(&preferences, &json!({ "draft": "" })).await.status, 200);
    let (after, _) = fill(&mut device, &bob).await;
    assert!(before > 50 && after == 1, "{before}, then {after}");
    assert_eq!(counted(&server, &alice), held(&server, &alice));
}

#[tokio::test]
async fn no_quota_means_no_limit_and_still_counts() {
    let server = TestServer::start_with(|config| config.user_quota = 0).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    for _ in 0..70 {
        device.post_to(&bob, &"x".repeat(LONG)).await;
    }
    assert_eq!(counted(&server, &alice), held(&server, &alice));
}

#[tokio::test]
async fn a_reserve_larger_than_the_free_space_still_starts_and_serves_reads() {
    let server = TestServer::start_with(|config| config.disk_reserve = Some(1_073_741_824)).await;
    let reply = server.get("/readyz").await;
    reply.assert_error(503, "storage");
    assert_eq!(server.get("/healthz").await.status, 200);
    server.register("alice", PASSWORD).await.assert_error(503, "storage");
}
