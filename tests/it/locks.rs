//! Another program locks the database: a backup, a shell of the operator. The lock is temporary, so
//! writes wait for it, in order, and are answered "busy" when it takes too long.

use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::{
    kit::{Device, Frames, Program, TestServer, eventually, new_cid, within},
    process::used_folder,
};

/// A second program that holds a lock on the database.
struct Lock(Connection);

impl Lock {
    /// Locks with `BEGIN IMMEDIATE` or `BEGIN EXCLUSIVE`.
    fn take(data: &std::path::Path, begin: &str) -> Self {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let db = Connection::open_with_flags(data.join("chaap.db"), flags).unwrap();
        db.busy_timeout(Duration::from_secs(10)).unwrap();
        db.execute_batch(begin).unwrap();
        Self(db)
    }

    fn release(self) {
        self.0.execute_batch("ROLLBACK").unwrap();
    }
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

#[tokio::test]
async fn messages_wait_for_a_lock_of_six_seconds_and_keep_their_order() {
    for begin in ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"] {
        let server = TestServer::start().await;
        let [alice, bob] = server.users(["alice", "bob"]).await;
        let mut device = alice.connect().await;
        let held = Instant::now();
        let lock = Lock::take(server.data(), begin);
        device.send_to(&bob, "first").await;
        eventually("not ready", async || server.get("/readyz").await.status == 503).await;
        device.send_to(&bob, "second").await;
        // Reads do not wait.
        assert_eq!(bob.get("/api/chats").await.status, 200);
        assert!(held.elapsed() < Duration::from_secs(5), "nothing hangs");
        tokio::time::sleep(Duration::from_millis(6_500).saturating_sub(held.elapsed())).await;
        lock.release();
        for seq in 1..=2 {
            let answer = next_answer(&mut device).await;
            assert_eq!((&answer["type"], &answer["seq"]), (&json!("ack"), &json!(seq)), "{answer}");
        }
        assert_eq!(alice.history_with(&bob).await.contents(), ["first", "second"]);
        eventually("ready again", async || server.get("/readyz").await.status == 200).await;
    }
}

#[tokio::test]
async fn after_the_limit_all_that_waits_is_busy_and_nothing_overtakes() {
    let server = TestServer::start_with(|config| {
        (config.lock_seconds, config.queue_max) = (1, 64);
    })
    .await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let lock = Lock::take(server.data(), "BEGIN IMMEDIATE");
    let cids: Vec<String> = (0..12).map(|_| new_cid()).collect();
    for cid in &cids {
        device.send_as(cid, &bob, cid).await;
    }
    for _ in &cids {
        let answer = next_answer(&mut device).await;
        assert_eq!(answer["code"], "busy", "{answer}");
        assert!(answer["retry_after_ms"].as_u64().unwrap() >= 1_000);
    }
    let reply = bob.post("/api/chats/1/messages", &json!({ "content": "hi" })).await;
    assert_eq!(reply.status, 503, "{}", reply.text());
    lock.release();
    for cid in &cids {
        // On a busy machine the server may try the lock once more before it sees that it is free.
        loop {
            device.send_as(cid, &bob, cid).await;
            let answer = next_answer(&mut device).await;
            if answer["type"] == "ack" {
                break;
            }
            assert_eq!(answer["code"], "busy", "{answer}");
        }
    }
    assert_eq!(alice.history_with(&bob).await.contents(), cids);
}

#[tokio::test]
async fn a_reader_elsewhere_delays_neither_messages_nor_checkpoints() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let reader = Connection::open(server.data().join("chaap.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM messages").unwrap();
    // More than one checkpoint's worth.
    let text = "x".repeat(16_000);
    for _ in 0..1_200 {
        device.send_to(&bob, &text).await;
        let answer = next_answer(&mut device).await;
        assert_eq!(answer["type"], "ack", "{answer}");
    }
}

#[tokio::test]
async fn a_lock_at_the_start_is_waited_for() {
    let (server, _) = used_folder().await;
    let lock = Lock::take(server.data(), "BEGIN IMMEDIATE");
    let data = server.data().to_owned();
    let starting = tokio::spawn(async move { Program::serve(&data).await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    lock.release();
    let program = starting.await.unwrap();
    assert_eq!(program.get("/readyz").await.status, 200);
    program.signal("TERM").await;
    let finished = program.finish().await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
}

#[tokio::test]
async fn a_start_that_finds_the_database_locked_says_so() {
    let (server, _) = used_folder().await;
    let lock = Lock::take(server.data(), "BEGIN IMMEDIATE");
    let data = server.data().to_str().unwrap().to_owned();
    let arguments = ["--listen", "127.0.0.1:0", "--lock-seconds", "1", "--data", &data];
    let finished = Program::run(arguments).await;
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("another program"), "{finished:?}");
    lock.release();
}

#[tokio::test]
async fn a_signal_while_the_database_is_locked_stops_in_order() {
    let (server, [alice, bob]) = used_folder().await;
    let program = Program::serve(server.data()).await;
    let mut device = alice.at(&program.address).connect().await;
    let lock = Lock::take(server.data(), "BEGIN IMMEDIATE");
    device.send_to(&bob, "waits").await;
    eventually("not ready", async || program.get("/readyz").await.status == 503).await;
    program.signal("TERM").await;
    let finished = within("the end", program.finish()).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    lock.release();
}

/// The last checkpoint cannot empty the log then, and what is in it must come back.
#[tokio::test]
async fn a_stop_while_another_program_reads_loses_nothing() {
    let (server, [alice, bob]) = used_folder().await;
    let program = Program::serve(server.data()).await;
    let mut device = alice.at(&program.address).connect().await;
    let reader = Connection::open(server.data().join("chaap.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM messages").unwrap();
    device.post_to(&bob, "in the log").await;
    program.signal("TERM").await;
    let finished = within("the end", program.finish()).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let program = Program::serve(server.data()).await;
    let alice = alice.at(&program.address);
    assert!(alice.history_with(&bob).await.contents().contains(&String::from("in the log")));
    drop(reader);
}
