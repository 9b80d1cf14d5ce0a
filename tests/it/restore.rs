//! A server restored from a backup: every device notices, whatever it has seen of the lost changes.

use std::{fs, path::Path};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::kit::{Replica, TestServer, User};

/// A backup of the database, made while the server runs.
fn back_up(server: &TestServer) {
    let db = Connection::open(server.data().join("chaap.db")).unwrap();
    let copy = server.scratch().join("backup.db");
    db.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
}

/// Stops the server, replaces its database with the backup, and starts it.
async fn restore(server: &mut TestServer) {
    server.stop().await;
    let file = server.data().join("chaap.db");
    for rest in ["-wal", "-shm"] {
        let path = format!("{}{rest}", file.display());
        assert!(!Path::new(&path).exists(), "an orderly stop leaves no {rest}");
    }
    fs::copy(server.scratch().join("backup.db"), file).unwrap();
    server.start_again().await;
}

/// Catches up a device. Returns the `synced` or `reset` frame, which a device stores.
async fn up_to_date(user: &User) -> Value {
    let frames = user.connect_silent().await.hello(Some(0)).await;
    let last = frames.last().unwrap().clone();
    assert_eq!(last["type"], "synced");
    last
}

async fn say(user: &User, other: &User, texts: &[&str]) {
    let mut device = user.connect().await;
    for text in texts {
        device.post_to(other, text).await;
    }
    device.close().await;
}

async fn assert_restored(user: &User, kept: &Value) {
    let frames = user.connect_silent().await.hello_after(kept).await;
    assert_eq!((frames.len(), &frames[0]["type"]), (1, &json!("reset")), "{frames:?}");
    assert_eq!(frames[0]["restored"], true);
    let (since, epoch) = (&kept["revision"], &kept["epoch"]);
    let reply = user.get(&format!("/api/sync?since={since}&epoch={epoch}")).await.json();
    assert_eq!((&reply["reset"], &reply["restored"]), (&json!(true), &json!(true)), "{reply}");
}

#[tokio::test]
async fn a_device_notices_even_after_the_server_has_passed_its_number() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    say(&alice, &bob, &["kept"]).await;
    back_up(&server);
    say(&alice, &bob, &["lost"]).await;
    let in_the_epoch_of_the_backup = up_to_date(&bob).await;
    server.restart().await;
    say(&alice, &bob, &["lost too"]).await;
    let in_an_epoch_that_is_lost = up_to_date(&bob).await;

    restore(&mut server).await;
    for kept in [&in_the_epoch_of_the_backup, &in_an_epoch_that_is_lost] {
        assert_restored(&bob, kept).await;
    }
    say(&alice, &bob, &["new", "newer", "newest", "more", "than", "was", "lost"]).await;
    for kept in [&in_the_epoch_of_the_backup, &in_an_epoch_that_is_lost] {
        assert!(kept["revision"].as_i64() < up_to_date(&bob).await["revision"].as_i64());
        assert_restored(&bob, kept).await;
    }
}

#[tokio::test]
async fn a_device_that_saw_none_of_the_lost_changes_just_catches_up() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    say(&alice, &bob, &["kept"]).await;
    let kept = up_to_date(&bob).await;
    let mut replica = Replica::load(&bob).await;
    back_up(&server);
    say(&alice, &bob, &["lost"]).await;
    restore(&mut server).await;
    say(&alice, &bob, &["new"]).await;
    let frames = bob.connect_silent().await.hello_after(&kept).await;
    assert_eq!(frames.last().unwrap()["type"], "synced", "{frames:?}");
    for frame in &frames {
        replica.apply(frame);
    }
    assert_eq!(replica, Replica::load(&bob).await);
}

#[tokio::test]
async fn restarts_alone_cause_no_reset() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut kept = vec![up_to_date(&bob).await];
    for text in ["one", "two", "three"] {
        server.restart().await;
        say(&alice, &bob, &[text]).await;
        kept.push(up_to_date(&bob).await);
    }
    let mut epochs: Vec<i64> = kept.iter().map(|last| last["epoch"].as_i64().unwrap()).collect();
    epochs.dedup();
    assert_eq!(epochs.len(), 4, "every run has its own epoch");
    for last in &kept {
        let frames = bob.connect_silent().await.hello_after(last).await;
        assert_eq!(frames.last().unwrap()["type"], "synced", "since {last}");
    }
}
