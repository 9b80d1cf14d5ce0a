//! A server restored from a backup: every device notices, whatever it has seen of the lost changes.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::PermissionsExt,
    path::Path,
};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::kit::{PASSWORD, Program, Replica, TestServer, User, eventually};

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
    // The backup is of an earlier run, so everyone is signed out.
    let (alice, bob) = (alice.sign_in_again(&server).await, bob.sign_in_again(&server).await);
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

/// The same into a new folder, as the README says: with the database and the key alone.
async fn restore_elsewhere(server: &mut TestServer) {
    let key = fs::read(server.data().join("chaap.key")).unwrap();
    server.stop().await;
    fs::rename(server.data(), server.scratch().join("old")).unwrap();
    fs::create_dir(server.data()).unwrap();
    fs::set_permissions(server.data(), PermissionsExt::from_mode(0o700)).unwrap();
    for (name, content) in
        [("chaap.db", fs::read(server.scratch().join("backup.db")).unwrap()), ("chaap.key", key)]
    {
        let path = server.data().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    }
    server.start_again().await;
}

/// Signs out on one device, and on others by a new password.
async fn end_sessions(server: &TestServer, alice: &User, bob: &User) -> [User; 2] {
    let phone = bob.sign_in_again(server).await;
    back_up(server);
    assert_eq!(alice.request("DELETE", "/api/sessions/current").await.status, 204);
    let words = json!({ "current_password": PASSWORD, "new_password": "battery staple" });
    let reply = phone.send_json("PUT", "/api/users/me/password", words.to_string()).await;
    assert_eq!(reply.status, 204);
    [alice.clone(), bob.clone()]
}

/// Checks that all earlier sessions have ended. Signing in works, and the next start keeps it.
async fn assert_all_signed_out(server: &mut TestServer, ended: &[User], other: &User) {
    for user in ended.iter().chain([other]) {
        assert_eq!(user.get("/user").await.status, 401, "{}", user.username);
    }
    let other = other.sign_in_again(server).await;
    server.restart().await;
    assert_eq!(other.get("/user").await.status, 200);
}

#[tokio::test]
async fn a_restore_in_place_does_not_revive_ended_sessions() {
    let mut server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    server.restart().await;
    let ended = end_sessions(&server, &alice, &bob).await;
    restore(&mut server).await;
    for user in &ended {
        assert_eq!(user.get("/user").await.status, 401, "{}", user.username);
    }
    assert_eq!(carol.get("/user").await.status, 200, "what was not ended stays");
    // It also stays so after more starts.
    server.restart().await;
    assert_eq!(alice.get("/user").await.status, 401);
    assert_eq!(carol.get("/user").await.status, 200);
}

#[tokio::test]
async fn a_backup_of_an_earlier_run_signs_everyone_out() {
    let mut server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let ended = end_sessions(&server, &alice, &bob).await;
    server.restart().await;
    server.restart().await;
    restore(&mut server).await;
    assert_all_signed_out(&mut server, &ended, &carol).await;
}

#[tokio::test]
async fn a_backup_in_a_new_folder_signs_everyone_out() {
    let mut server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let ended = end_sessions(&server, &alice, &bob).await;
    restore_elsewhere(&mut server).await;
    assert_all_signed_out(&mut server, &ended, &carol).await;
}

/// A power cut can leave any bytes in a file.
#[tokio::test]
async fn a_damaged_list_of_ended_sessions_signs_everyone_out() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    for damaged in [&b"\xFF\xFE\n7\n"[..], b"\0\0\0\0", b""] {
        let ended = alice.sign_in_again(&server).await;
        let other = bob.sign_in_again(&server).await;
        assert_eq!(ended.request("DELETE", "/api/sessions/current").await.status, 204);
        server.stop().await;
        fs::write(server.data().join("chaap.db-ended"), damaged).unwrap();
        server.start_again().await;
        assert_all_signed_out(&mut server, &[ended], &other).await;
    }
}

/// Fills the file of ended sessions, as 70,000 sign-outs would, and ends one more. Waits until the file
/// has begun again.
pub(crate) async fn fill_file_of_ended(server: &TestServer, user: &User) {
    let path = server.data().join("chaap.db-ended");
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all("1234567890123\n".repeat(80_000).as_bytes()).unwrap();
    let phone = user.sign_in_again(server).await;
    assert_eq!(phone.request("DELETE", "/api/sessions/current").await.status, 204);
    eventually("a short file", async || path.metadata().unwrap().len() < 100).await;
}

#[tokio::test]
async fn a_backup_from_before_the_file_of_ended_sessions_was_full_signs_everyone_out() {
    let mut server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let ended = end_sessions(&server, &alice, &bob).await;
    fill_file_of_ended(&server, &carol).await;
    restore(&mut server).await;
    assert_all_signed_out(&mut server, &ended, &carol).await;
}

#[tokio::test]
async fn after_the_file_of_ended_sessions_was_full_it_works_as_before() {
    let mut server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let kept = up_to_date(&carol).await;
    fill_file_of_ended(&server, &carol).await;
    say(&bob, &carol, &["hello"]).await;
    // After a restart, all sessions are still valid, and devices catch up without a reset.
    let later = up_to_date(&carol).await;
    server.restart().await;
    for kept in [&kept, &later] {
        let frames = carol.connect_silent().await.hello_after(kept).await;
        assert_eq!(frames.last().unwrap()["type"], "synced", "{frames:?}");
    }
    fill_file_of_ended(&server, &carol).await;
    // A later backup knows the new name.
    let ended = end_sessions(&server, &alice, &bob).await;
    restore(&mut server).await;
    for user in &ended {
        assert_eq!(user.get("/user").await.status, 401, "{}", user.username);
    }
    assert_eq!(carol.get("/user").await.status, 200, "what was not ended stays");
}

/// Each try uses up a name of the database, so the next one comes after as many sign-outs.
#[tokio::test]
async fn a_file_of_ended_sessions_that_could_not_begin_again_is_tried_again() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let path = server.data().join("chaap.db-ended");
    let db = Connection::open(server.data().join("chaap.db")).unwrap();
    let names =
        || -> i64 { db.query_row("SELECT count(*) FROM epochs", (), |row| row.get(0)).unwrap() };
    // In the place of the new file.
    let obstacle = server.data().join("chaap.db-ended.new");
    fs::create_dir(&obstacle).unwrap();
    let before = names();
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all("1234567890123\n".repeat(80_000).as_bytes()).unwrap();
    let phone = alice.sign_in_again(&server).await;
    assert_eq!(phone.request("DELETE", "/api/sessions/current").await.status, 204);
    eventually("a new name", async || names() > before).await;
    // What the writer does after it comes after its try.
    say(&alice, &bob, &["hello"]).await;
    assert!(path.metadata().unwrap().len() > 1_000_000, "it could not begin again");
    fs::remove_dir(&obstacle).unwrap();
    fill_file_of_ended(&server, &alice).await;
}

/// After a crash the database may be ahead of what is beside it.
#[tokio::test]
async fn a_crash_signs_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut token = String::new();
    for round in 0..3 {
        let program = Program::serve(&data).await;
        if round == 0 {
            let person = json!({ "username": "alice", "password": PASSWORD });
            program.post("/register", &person).await;
            let reply = program.post("/login", &person).await.json();
            reply["access_token"].as_str().unwrap().clone_into(&mut token);
        }
        let alice = User::of(&program.address, 1, "alice", token.clone());
        assert_eq!(alice.get("/user").await.status, 200, "start {round}");
        program.kill().await;
    }
}
