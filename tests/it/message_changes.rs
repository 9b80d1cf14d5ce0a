//! Editing messages and deleting them for everyone: who is told what, and what is left of the words.

use std::fs;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::kit::{Frames, Reply, TestServer, User, eventually, files_hold, new_cid};

fn path(chat: i64, message: &Value) -> String {
    format!("/api/chats/{chat}/messages/{message}")
}

impl User {
    async fn edit(&self, chat: i64, message: &Value, content: &str) -> Reply {
        self.patch(&path(chat, message), &json!({ "content": content })).await
    }

    async fn delete(&self, chat: i64, message: &Value) -> Reply {
        self.request("DELETE", &path(chat, message)).await
    }

    /// A message as the history has it; null if it is not there.
    async fn find(&self, chat: i64, message: &Value) -> Value {
        let page = self.page(chat, "limit=200").await;
        let rows = page["messages"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == *message).cloned().unwrap_or_default()
    }
}

/// A direct chat of alice and bob, and the id of a message of alice in it.
async fn direct(alice: &User, bob: &User, text: &str) -> (i64, Value) {
    let ack = alice.connect().await.post_to(bob, text).await;
    (ack["chat_id"].as_i64().unwrap(), ack["message_id"].clone())
}

/// The rows of `message` among all frames of a device that catches up.
fn messages_in(frames: &[Value]) -> Vec<Value> {
    let rows = frames.iter().flat_map(|it| it["rows"].as_array().cloned().unwrap_or_default());
    rows.collect::<Vec<_>>().of("message")
}

#[tokio::test]
async fn an_edit_reaches_every_device_and_the_words_before_it_are_gone() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, id) = direct(&alice, &bob, "Helo").await;
    let mut away = bob.connect_silent().await;
    let before = away.hello(None).await.pop().unwrap();
    away.close().await;
    let (mut own, mut device) = (alice.connect().await, bob.connect().await);

    let reply = alice.edit(chat, &id, "Hello").await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let edited = reply.json();
    assert_eq!(
        (&edited["id"], &edited["seq"], &edited["content"]),
        (&id, &json!(1), &json!("Hello"))
    );
    assert!(edited["changed"].as_i64() > id.as_i64() && edited["edited_at"].is_i64(), "{edited}");
    for live in [own.next_of("message").await, device.next_of("message").await] {
        let mut row = edited.clone();
        row["type"] = json!("message");
        assert_eq!(live, row);
    }
    assert_eq!(bob.find(chat, &id).await, edited);
    assert_eq!(bob.summary(chat).await["last_message"], edited);
    let mut back = bob.connect_silent().await;
    let rows = messages_in(&back.hello_after(&before).await);
    assert_eq!((rows.len(), &rows[0]["content"]), (1, &json!("Hello")));

    // The same text changes nothing, and another edit counts again.
    assert_eq!(alice.edit(chat, &id, "Hello").await.json(), edited);
    let again = alice.edit(chat, &id, "Hello!").await.json();
    assert!(again["changed"].as_i64() > edited["changed"].as_i64(), "{again}");
    assert_eq!(bob.summary(chat).await["unread"], 1, "an edit is not one more message");
}

#[tokio::test]
async fn a_deleted_message_is_left_without_words() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, first) = direct(&alice, &bob, "First").await;
    let cid = new_cid();
    let reply = json!({ "content": "Answer", "reply_to": first, "cid": cid });
    let history = format!("/api/chats/{chat}/messages");
    let sent = bob.post(&history, &reply).await.json();
    let id = &sent["message_id"];
    assert_eq!(alice.summary(chat).await["unread"], 1);
    let mut device = alice.connect().await;

    let deleted = bob.delete(chat, id).await.json();
    let mut wanted = json!({
        "id": id, "chat_id": chat, "seq": 2, "sender_id": bob.id, "content": "", "cid": cid,
        "created_at": sent["created_at"], "deleted_at": deleted["deleted_at"],
        "changed": deleted["changed"],
    });
    assert!(deleted["deleted_at"].is_i64());
    assert_eq!(deleted, wanted);
    assert_eq!(alice.find(chat, id).await, wanted);
    wanted["type"] = json!("message");
    assert_eq!(device.next_of("message").await, wanted);
    assert_eq!(alice.summary(chat).await["unread"], 0, "nothing is left to read");

    // Deleting again and a retry of the send change nothing. The words do not come back.
    assert_eq!(bob.delete(chat, id).await.json(), deleted);
    let retry = bob.post(&history, &reply).await;
    assert_eq!((retry.status, &retry.json()["message_id"]), (200, id));
    bob.edit(chat, id, "Back").await.assert_error(409, "message_deleted");
    assert_eq!(alice.find(chat, id).await["content"], "");
    // A quote of it is refused by nobody: the page shows that it was deleted.
    let quote = json!({ "content": "What was it?", "reply_to": id });
    assert_eq!(alice.post(&history, &quote).await.status, 201);
}

#[tokio::test]
async fn a_retry_after_an_edit_does_not_hide_the_edit() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, _) = direct(&alice, &bob, "First").await;
    let history = format!("/api/chats/{chat}/messages");
    let message = json!({ "content": "Helo", "cid": new_cid() });
    let sent = alice.post(&history, &message).await.json();
    let edited = alice.edit(chat, &sent["message_id"], "Hello").await.json();
    let retry = alice.post(&history, &message).await.json();
    // A device that never got the first answer takes its text for as old as it is.
    assert_eq!((&retry["dup"], &retry["changed"]), (&json!(true), &sent["changed"]));
    assert!(edited["changed"].as_i64() > retry["changed"].as_i64());
}

#[tokio::test]
async fn only_the_young_are_changed_but_notes_always() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, young) = direct(&alice, &bob, "Fourteen minutes").await;
    let old = alice.say(chat, "Sixteen minutes").await["message_id"].clone();
    let older = alice.say(chat, "Two days and a minute").await["message_id"].clone();
    let (notes, note) = direct(&alice, &alice, "Two days and a minute").await;
    let group = server.group(&alice, &[&bob]).await;
    let of_bob = bob.say(group, "Two days and a minute").await["message_id"].clone();
    server.stop().await;
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    for (minutes, ids) in
        [(14, vec![&young]), (16, vec![&old]), (2 * 24 * 60 + 1, vec![&older, &note, &of_bob])]
    {
        for id in ids {
            let change = "UPDATE messages SET created_at = created_at - ?1 WHERE id = ?2";
            database.execute(change, (minutes * 60_000, id.as_i64())).unwrap();
        }
    }
    drop(database);
    server.start_again().await;
    let [alice, bob] = [alice.at(&server.home.get()), bob.at(&server.home.get())];
    let welcome = alice.connect_silent().await.welcome;
    assert_eq!(welcome["limits"]["edit_ms_max"], 15 * 60_000);
    assert_eq!(welcome["limits"]["delete_ms_max"], 48 * 3_600_000);

    assert_eq!(alice.edit(chat, &young, "Changed").await.status, 200);
    alice.edit(chat, &old, "Changed").await.assert_error(403, "too_late_to_edit");
    assert_eq!(alice.delete(chat, &old).await.status, 200);
    alice.edit(chat, &older, "Changed").await.assert_error(403, "too_late_to_edit");
    alice.delete(chat, &older).await.assert_error(403, "too_late_to_delete");
    assert_eq!(alice.find(chat, &older).await["content"], "Two days and a minute");
    // Nobody else has read a note, and an admin looks after the group.
    assert_eq!(alice.edit(notes, &note, "Changed").await.status, 200);
    assert_eq!(alice.delete(notes, &note).await.status, 200);
    bob.delete(group, &of_bob).await.assert_error(403, "too_late_to_delete");
    assert_eq!(alice.delete(group, &of_bob).await.status, 200);
    // It is deleted already, so deleting it again is not too late.
    assert_eq!(bob.delete(group, &of_bob).await.status, 200);
}

#[tokio::test]
async fn an_operator_can_switch_both_off() {
    let server = TestServer::start_with(|config| {
        (config.edit_minutes, config.delete_hours) = (0, 0);
    })
    .await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, id) = direct(&alice, &bob, "Hello").await;
    alice.edit(chat, &id, "Changed").await.assert_error(403, "too_late_to_edit");
    alice.delete(chat, &id).await.assert_error(403, "too_late_to_delete");
}

#[tokio::test]
async fn what_cannot_be_changed_is_refused_with_a_reason() {
    let server = TestServer::start_with(|config| config.content_bytes_max = 100).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, id) = direct(&alice, &bob, "Hello").await;
    for (content, code) in
        [("", "blank"), ("  \n", "blank"), ("\u{200b}", "blank"), (&"x".repeat(101), "too_long")]
    {
        let reply = alice.edit(chat, &id, content).await;
        assert_eq!(reply.status, 422, "{content}: {}", reply.text());
        assert!(reply.text().contains("content"), "{code}: {}", reply.text());
    }
    for body in ["{}", "[]", "{\"content\":7}", "{", ""] {
        let reply = alice.send_json("PATCH", &path(chat, &id), body.to_owned()).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.text());
    }
    let group = server.group(&alice, &[&bob]).await;
    let line = alice.page(group, "limit=1").await["messages"][0]["id"].clone();
    alice.edit(group, &line, "Changed").await.assert_error(403, "event_line");
    alice.delete(group, &line).await.assert_error(403, "event_line");
    for unknown in [json!(0), json!(99_999), json!(i64::MAX)] {
        alice.edit(chat, &unknown, "Changed").await.assert_error(404, "no_such_message");
        alice.delete(chat, &unknown).await.assert_error(404, "no_such_message");
    }
    // In another chat, and after one has deleted the chat for oneself.
    alice.edit(group, &id, "Changed").await.assert_error(404, "no_such_message");
    let all = format!("/api/chats/{chat}/messages");
    assert_eq!(alice.request("DELETE", &all).await.status, 200);
    alice.edit(chat, &id, "Changed").await.assert_error(404, "no_such_message");
    alice.delete(chat, &id).await.assert_error(404, "no_such_message");
    assert_eq!(bob.find(chat, &id).await["content"], "Hello");
}

#[tokio::test]
async fn those_who_see_a_message_are_told_of_its_changes_and_nobody_else() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    let id = alice.say(group, "Helo").await["message_id"].clone();
    alice.remove(group, &carol).await;
    alice.add(group, &[&dave]).await;
    assert_eq!(bob.request("DELETE", &format!("/api/chats/{group}/messages")).await.status, 200);
    let mut away = carol.connect_silent().await;
    let before = away.hello(None).await.pop().unwrap();
    away.close().await;
    let [mut own, mut cleared, mut former, mut newcomer] =
        [alice.connect().await, bob.connect().await, carol.connect().await, dave.connect().await];

    let edited = alice.edit(group, &id, "Hello").await.json();
    assert_eq!(own.next_of("message").await["content"], "Hello");
    assert_eq!(former.next_of("message").await["content"], "Hello");
    // The next message of all comes after what they might have been told.
    let end = alice.say(group, "The end").await["message_id"].clone();
    for device in [&mut cleared, &mut newcomer] {
        assert_eq!(device.next_of("message").await["id"], end);
    }
    let mut back = carol.connect_silent().await;
    let rows = messages_in(&back.hello_after(&before).await);
    assert_eq!(rows.iter().map(|row| &row["changed"]).collect::<Vec<_>>(), [&edited["changed"]]);
    dave.edit(group, &id, "Mine").await.assert_error(404, "no_such_message");
    alice.set_role(group, &dave, "admin").await;
    dave.delete(group, &id).await.assert_error(404, "no_such_message");
    carol.delete(group, &id).await.assert_error(403, "not_a_member");

    // In a direct chat, one who has deleted the chat for themselves is not told either.
    let (chat, id) = direct(&alice, &bob, "Helo").await;
    assert_eq!(bob.request("DELETE", &format!("/api/chats/{chat}/messages")).await.status, 200);
    cleared.pending().await;
    alice.edit(chat, &id, "Hello").await.json();
    let end = alice.say(chat, "The end").await["message_id"].clone();
    assert_eq!(cleared.next_of("message").await["id"], end);
}

#[tokio::test]
async fn an_edit_changes_whom_a_message_mentions() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    let id = alice.say(group, &format!("<@{}>", bob.id)).await["message_id"].clone();
    assert_eq!(bob.summary(group).await["unread_mentions"], json!([2]));
    let edited = alice.edit(group, &id, &format!("<@{}> <@all>", carol.id)).await.json();
    assert_eq!((&edited["mentions"], &edited["mentions_all"]), (&json!([carol.id]), &json!(true)));
    let edited = alice.edit(group, &id, &format!("<@{}>", carol.id)).await.json();
    assert_eq!((&edited["mentions"], &edited["mentions_all"]), (&json!([carol.id]), &Value::Null));
    assert_eq!(bob.summary(group).await["unread_mentions"], json!([]));
    assert_eq!(carol.summary(group).await["unread_mentions"], json!([2]));
    alice.delete(group, &id).await.json();
    assert_eq!(carol.summary(group).await["unread_mentions"], json!([]));
}

#[tokio::test]
async fn clients_of_the_first_contract_see_a_message_once_and_no_deleted_words() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, edited) = direct(&alice, &bob, "Helo").await;
    let deleted = alice.say(chat, "A secret").await["message_id"].clone();
    let mut old = bob.connect_v1().await;
    assert_eq!(old.pending().await.len(), 2);
    alice.edit(chat, &edited, "Hello").await.json();
    alice.delete(chat, &deleted).await.json();
    alice.say(chat, "The end").await;
    let frames = old.pending().await;
    let contents: Vec<&Value> = frames.iter().map(|frame| &frame["content"]).collect();
    assert_eq!(contents, ["The end"]);
    let history = bob.history_with(&alice).await;
    let contents: Vec<&Value> = history.iter().map(|item| &item["content"]).collect();
    assert_eq!(contents, ["Hello", "The end"]);
    // What was deleted before an old client connects is never sent to it.
    old.close().await;
    let secret = alice.say(chat, "Another secret").await["message_id"].clone();
    let typo = alice.say(chat, "Helo again").await["message_id"].clone();
    alice.delete(chat, &secret).await.json();
    alice.edit(chat, &typo, "Hello again").await.json();
    let frames = bob.connect_v1().await.pending().await;
    let contents: Vec<&Value> = frames.iter().map(|frame| &frame["content"]).collect();
    assert_eq!(contents, ["Hello again"]);
}

#[tokio::test]
async fn the_quota_counts_what_is_left() {
    let server = TestServer::start_with(|config| config.user_quota = 1).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, small) = direct(&alice, &bob, "x").await;
    let text = "x".repeat(16 * 1024 - 200);
    let mut ids = Vec::new();
    loop {
        let body = json!({ "content": text });
        let reply = alice.post(&format!("/api/chats/{chat}/messages"), &body).await;
        if reply.status != 201 {
            reply.assert_error(507, "quota");
            break;
        }
        ids.push(reply.json()["message_id"].clone());
    }
    assert!(ids.len() > 60, "{}", ids.len());
    alice.edit(chat, &small, &text).await.assert_error(507, "quota");
    assert_eq!(alice.edit(chat, &ids[0], "short").await.status, 200);
    assert_eq!(alice.edit(chat, &small, &text).await.status, 200);
    alice.edit(chat, &ids[0], &text).await.assert_error(507, "quota");
    // Bob is no admin of anything; his own quota is not touched by what alice deletes.
    assert_eq!(alice.delete(chat, &ids[1]).await.status, 200);
    assert_eq!(alice.edit(chat, &ids[0], &text).await.status, 200);
}

#[tokio::test]
async fn deleted_words_leave_the_disk_while_the_server_runs() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, _) = direct(&alice, &bob, "First").await;
    // Of many lengths, so that pages of the database are split, merged and filled again; the longest
    // have pages of their own.
    let mut ids = Vec::new();
    for n in 0..300 {
        let text = format!("secret{n:03}{}", "x".repeat(n * n % 9_001));
        ids.push(alice.say(chat, &text).await["message_id"].clone());
    }
    assert!(files_hold(server.data(), "secret000") && files_hold(server.data(), "secret299"));
    for (n, id) in ids.iter().enumerate() {
        let reply = match n % 3 {
            0 => alice.delete(chat, id).await,
            1 => alice.edit(chat, id, &format!("edited{n}{}", "y".repeat(n * 7 % 301))).await,
            _ => continue,
        };
        assert_eq!(reply.status, 200, "{}", reply.text());
    }
    let lost = |n: usize| !files_hold(server.data(), &format!("secret{n:03}"));
    let gone = || (0..300).filter(|n| n % 3 < 2).all(lost);
    eventually("all deleted words to be gone", || async { gone() }).await;
    // What was not deleted is still there, and so is what came instead.
    assert!((0..300).filter(|n| n % 3 == 2).all(|n| !lost(n)));
    assert!(files_hold(server.data(), "edited1y"));
}

#[tokio::test]
async fn words_that_a_killed_server_left_in_the_log_are_gone_after_the_next_start() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, id) = direct(&alice, &bob, "the secret").await;
    alice.delete(chat, &id).await.json();
    // As a kill leaves it: the files, and no last checkpoint.
    let copy = server.scratch().join("killed");
    fs::create_dir(&copy).unwrap();
    for file in fs::read_dir(server.data()).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copy.join(file.file_name())).unwrap();
    }
    assert!(files_hold(&copy, "the secret"));
    server.stop().await;
    for file in fs::read_dir(&copy).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), server.data().join(file.file_name())).unwrap();
    }
    server.start_again().await;
    let gone = || async { !files_hold(server.data(), "the secret") };
    eventually("the words to be gone", gone).await;
}
