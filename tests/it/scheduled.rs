//! Scheduled messages: who is told, when the server sends them, what can happen before that, and
//! what the rules refuse at the time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::{join, join_all};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    kit::{
        Frames, Program, Reply, TestServer, User, eventually, files_hold, join as join_in, new_cid,
    },
    rates::{limited, until_refused},
};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const YEAR: i64 = 365 * 24 * HOUR;

/// Milliseconds since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "the clock of the server")]
pub(crate) fn now() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since_epoch.as_millis()).unwrap()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no number"))
}

async fn try_schedule(by: &User, chat: i64, message: &Value) -> Reply {
    by.post(&format!("/api/chats/{chat}/scheduled"), message).await
}

/// Schedules a text for an hour from now. Returns the row.
async fn schedule(by: &User, chat: i64, text: &str) -> Value {
    let message = json!({ "content": text, "cid": new_cid(), "due_at": now() + HOUR });
    let reply = try_schedule(by, chat, &message).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json()
}

/// Schedules a text for any time, as the routes do not allow. Returns its `cid`.
pub(crate) async fn schedule_at(
    server: &TestServer,
    by: &User,
    chat: i64,
    text: &str,
    at: i64,
) -> String {
    let cid = new_cid();
    let due = json!({ "at": at, "earliest": 0, "latest": i64::MAX });
    let message =
        json!({ "chat": chat, "content": text, "cid": cid, "reply_to": null, "due": due });
    server.submit(by, &json!({ "schedule_message": message })).await.unwrap();
    cid
}

fn path(row: &Value) -> String {
    format!("/api/scheduled/{}", row["id"])
}

async fn change(by: &User, row: &Value, change: &Value) -> Reply {
    by.patch(&path(row), change).await
}

async fn cancel(by: &User, row: &Value) -> Reply {
    by.request("DELETE", &path(row)).await
}

async fn send_now(by: &User, row: &Value) -> Reply {
    by.request("POST", &format!("{}/send", path(row))).await
}

/// The row in the answer to a request that must succeed.
fn row(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

/// What waits or was refused, in all chats.
async fn list(of: &User) -> Vec<Value> {
    let page = row(&of.get("/api/scheduled?limit=200").await);
    assert_eq!(page["more"], false);
    page["scheduled"].as_array().unwrap().clone()
}

fn only(row: &Value) -> [Value; 1] {
    [row.clone()]
}

/// A row with its type, as a device gets it.
fn typed(row: &Value) -> Value {
    let mut row = row.clone();
    row["type"] = json!("scheduled");
    row
}

/// The chat of two people who have written to each other.
async fn direct(one: &User, other: &User) -> i64 {
    let mut device = one.connect().await;
    let ack = device.post_to(other, "first").await;
    device.close().await;
    number(&ack["chat_id"])
}

/// The messages of a chat with this `cid`.
async fn sent_as(reader: &User, chat: i64, cid: &Value) -> Vec<Value> {
    let page = reader.page(chat, "limit=200").await;
    let messages = page["messages"].as_array().unwrap().iter();
    messages.filter(|it| it["cid"] == *cid).cloned().collect()
}

/// Where a device is that has everything.
async fn reached(by: &User) -> Value {
    let mut device = by.connect_silent().await;
    let end = device.hello(None).await.pop().unwrap();
    device.close().await;
    end
}

/// The rows of scheduled messages that a device is sent when it comes back.
async fn rows_after(by: &User, before: &Value) -> Vec<Value> {
    let mut device = by.connect_silent().await;
    let frames = device.hello_after(before).await;
    device.close().await;
    let rows = frames.iter().flat_map(|it| it["rows"].as_array().cloned().unwrap_or_default());
    rows.collect::<Vec<_>>().of("scheduled")
}

fn database(server: &TestServer) -> Connection {
    let path = server.data().join("chaap.db");
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// What the server has counted for a user.
fn counted(server: &TestServer, user: &User) -> i64 {
    let bytes = "SELECT ifnull(sum(bytes), 0) FROM stored_bytes WHERE user_id = ?1";
    database(server).query_row(bytes, (user.id,), |row| row.get(0)).unwrap()
}

/// Makes a message due while the server is stopped.
async fn let_be_due(server: &mut TestServer, id: &Value) {
    server.stop().await;
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    let sql = "UPDATE scheduled SET due_at = 1 WHERE id = ?1";
    assert_eq!(database.execute(sql, (number(id),)).unwrap(), 1);
    drop(database);
    server.start_again().await;
}

#[tokio::test]
async fn only_the_devices_of_its_writer_learn_of_a_message_that_waits() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = direct(&alice, &bob).await;
    let (alices, bobs) = (reached(&alice).await, reached(&bob).await);
    let [mut own, mut others] = [alice.connect().await, bob.connect().await];
    let (cid, due_at) = (new_cid(), now() + HOUR);
    let message = json!({ "content": "Good morning", "cid": cid, "due_at": due_at });
    let reply = try_schedule(&alice, chat, &message).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let waiting = reply.json();
    let shape = json!({
        "id": waiting["id"], "chat_id": chat, "cid": cid, "content": "Good morning",
        "due_at": due_at, "created_at": waiting["created_at"], "state": "waiting",
        "changed": waiting["id"],
    });
    assert_eq!(waiting, shape);
    assert_eq!(own.next_of("scheduled").await, typed(&waiting));

    let again = try_schedule(&alice, chat, &message).await;
    assert_eq!((again.status, again.json()), (200, waiting.clone()), "a retry");
    for (field, value) in [("content", json!("Good evening")), ("due_at", json!(due_at + 1))] {
        let mut other = message.clone();
        other[field] = value;
        try_schedule(&alice, chat, &other).await.assert_error(409, "cid_conflict");
    }
    assert_eq!(own.pending().await, Vec::<Value>::new());
    assert_eq!(others.pending().await, Vec::<Value>::new());
    assert_eq!(list(&alice).await, only(&waiting));
    assert_eq!(list(&bob).await, Vec::<Value>::new());
    for request in ["PATCH", "DELETE"] {
        let reply = bob.send_json(request, &path(&waiting), String::from("{}")).await;
        reply.assert_error(404, "no_such_scheduled_message");
    }
    send_now(&bob, &waiting).await.assert_error(404, "no_such_scheduled_message");
    server.restart().await;
    assert_eq!(rows_after(&alice, &alices).await, [typed(&waiting)]);
    assert_eq!(rows_after(&bob, &bobs).await, Vec::<Value>::new());
    assert_eq!(reached(&bob).await["revision"], bobs["revision"], "nothing has changed for him");
    assert_eq!(alice.page(chat, "").await["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_message_is_sent_when_it_is_due() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = direct(&alice, &bob).await;
    let before = reached(&alice).await;
    let [mut own, mut others] = [alice.connect().await, bob.connect().await];
    let mut first_contract = bob.connect_v1().await;
    let due_at = now() + 1_500;
    let later = schedule_at(&server, &alice, chat, "later", due_at + HOUR).await;
    let cid = schedule_at(&server, &alice, chat, "Hello", due_at).await;
    let message = others.next_of("message").await;
    let at = now();
    assert!(at >= due_at, "{at} is before {due_at}");
    assert_eq!((&message["content"], &message["cid"]), (&json!("Hello"), &json!(cid)));
    assert_eq!((&message["seq"], &message["sender_id"]), (&json!(2), &json!(alice.id)));
    assert!(number(&message["created_at"]) >= due_at, "{message}");
    let first_contract = [first_contract.next().await, first_contract.next().await];
    assert_eq!(first_contract.contents(), ["first", "Hello"]);

    assert_eq!(own.next_of("message").await, message);
    let sent = own.next_of("scheduled").await;
    assert_eq!((&sent["cid"], &sent["state"]), (&json!(cid), &json!("sent")));
    assert_eq!(sent["content"], "", "its words are in the message");
    assert!(number(&sent["changed"]) > number(&message["changed"]));
    assert_eq!(list(&alice).await.field("cid"), [json!(later)]);
    assert_eq!(sent_as(&bob, chat, &json!(cid)).await.field("id"), only(&message["id"]));
    let rows = rows_after(&alice, &before).await;
    let states: Vec<_> = rows.iter().map(|row| (&row["cid"], &row["state"])).collect();
    assert_eq!(states, [(&json!(later), &json!("waiting")), (&json!(cid), &json!("sent"))]);
    let words = "SELECT count(*) FROM scheduled WHERE content = 'Hello'";
    let left: i64 = database(&server).query_row(words, (), |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
    // A client that retries does not send it twice, by either way.
    own.send(&json!({ "type": "send", "chat_id": chat, "content": "Hello", "cid": cid })).await;
    assert_eq!(own.next_of("ack").await["dup"], true);
    let again = json!({ "content": "Hello", "cid": cid, "due_at": due_at + HOUR });
    assert_eq!(try_schedule(&alice, chat, &again).await.json()["state"], "sent");
    assert_eq!(sent_as(&bob, chat, &json!(cid)).await.len(), 1);
}

#[tokio::test]
async fn what_was_due_while_the_server_was_down_is_sent_at_its_start() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = direct(&alice, &bob).await;
    let [one, two] = [schedule(&alice, chat, "one").await, schedule(&alice, chat, "two").await];
    let before = now();
    let_be_due(&mut server, &two["id"]).await;
    let is_sent = || async { sent_as(&bob, chat, &two["cid"]).await.len() == 1 };
    eventually("the message that was due", is_sent).await;
    let message = sent_as(&bob, chat, &two["cid"]).await.pop().unwrap();
    assert!(number(&message["created_at"]) >= before, "not the time at which it was due");
    server.restart().await;
    assert_eq!(sent_as(&bob, chat, &two["cid"]).await, [message], "once");
    assert_eq!(list(&alice).await, [one]);
}

#[tokio::test]
async fn text_and_time_can_be_changed_until_it_is_sent() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = direct(&alice, &bob).await;
    let first = schedule(&alice, chat, "draft").await;
    let mut device = alice.connect().await;
    let text = row(&change(&alice, &first, &json!({ "content": "final" })).await);
    assert_eq!((&text["content"], &text["due_at"]), (&json!("final"), &first["due_at"]));
    assert_eq!(device.next_of("scheduled").await, typed(&text));
    let due_at = number(&first["due_at"]) + HOUR;
    let time = row(&change(&alice, &first, &json!({ "due_at": due_at })).await);
    assert_eq!((&time["content"], &time["due_at"]), (&json!("final"), &json!(due_at)));
    assert_eq!(device.next_of("scheduled").await, typed(&time));
    // What is so already changes nothing.
    for same in [json!({}), json!({ "content": "final", "due_at": due_at })] {
        assert_eq!(row(&change(&alice, &first, &same).await), time);
    }
    assert_eq!(device.pending().await, Vec::<Value>::new());

    let sent = row(&send_now(&alice, &first).await);
    assert_eq!((&sent["state"], &sent["content"]), (&json!("sent"), &json!("")));
    assert_eq!(device.next_of("message").await["content"], "final");
    assert_eq!(device.next_of("scheduled").await, typed(&sent));
    assert_eq!(row(&send_now(&alice, &first).await), sent, "a retry");
    change(&alice, &first, &json!({ "content": "too late" }))
        .await
        .assert_error(409, "already_sent");
    cancel(&alice, &first).await.assert_error(409, "already_sent");
    assert_eq!(sent_as(&bob, chat, &first["cid"]).await.contents(), ["final"]);

    let second = schedule(&alice, chat, "never").await;
    let cancelled = row(&cancel(&alice, &second).await);
    assert_eq!((&cancelled["state"], &cancelled["content"]), (&json!("cancelled"), &json!("")));
    assert_eq!(cancelled.get("reason"), None);
    assert_eq!(row(&cancel(&alice, &second).await), cancelled, "a retry");
    let gone = "no_such_scheduled_message";
    change(&alice, &second, &json!({ "content": "x" })).await.assert_error(404, gone);
    send_now(&alice, &second).await.assert_error(404, gone);
    cancel(&alice, &json!({ "id": 999_999 })).await.assert_error(404, gone);
    assert_eq!(list(&alice).await, Vec::<Value>::new());
    assert_eq!(bob.page(chat, "").await["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn times_and_texts_have_bounds() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = direct(&alice, &bob).await;
    let message = |due_at: Value| json!({ "content": "hi", "cid": new_cid(), "due_at": due_at });
    let waiting = schedule(&alice, chat, "hi").await;
    for ahead in [-HOUR, 0, MINUTE - 1_000, YEAR + MINUTE] {
        let due_at = json!(now() + ahead);
        let refused = try_schedule(&alice, chat, &message(due_at.clone())).await;
        refused.assert_error(422, "invalid_due_at");
        assert_eq!(refused.json()["field"], "due_at");
        let change = change(&alice, &waiting, &json!({ "due_at": due_at })).await;
        change.assert_error(422, "invalid_due_at");
    }
    for due_at in [json!(i64::MIN), json!(i64::MAX), json!(0)] {
        try_schedule(&alice, chat, &message(due_at)).await.assert_error(422, "invalid_due_at");
    }
    for due_at in [json!("tomorrow"), json!(1.5), Value::Null] {
        try_schedule(&alice, chat, &message(due_at)).await.assert_error(422, "invalid_body");
    }
    for (field, value, code) in [
        ("content", json!(" \u{3164}"), "empty_content"),
        ("content", json!("x".repeat(16_385)), "content_too_long"),
        ("cid", json!("mine"), "invalid"),
        ("cid", Value::Null, "invalid_body"),
    ] {
        let mut wrong = message(json!(now() + HOUR));
        wrong[field] = value;
        try_schedule(&alice, chat, &wrong).await.assert_error(422, code);
    }
    change(&alice, &waiting, &json!({ "content": "\n" })).await.assert_error(422, "empty_content");
    let mut reply = message(json!(now() + HOUR));
    reply["reply_to"] = json!(999);
    try_schedule(&alice, chat, &reply).await.assert_error(404, "no_such_message");
    try_schedule(&alice, 99, &message(json!(now() + HOUR))).await.assert_error(404, "no_such_chat");
    alice.get("/api/scheduled?chat_id=99").await.assert_error(404, "no_such_chat");
    assert_eq!(list(&alice).await, [waiting], "nothing was kept or changed");
    for ahead in [2 * MINUTE, YEAR - MINUTE] {
        let taken = try_schedule(&alice, chat, &message(json!(now() + ahead))).await;
        assert_eq!(taken.status, 201, "{}", taken.text());
    }
    // A `cid` of a message that was sent is not free.
    let mut taken = message(json!(now() + HOUR));
    let cid = alice.connect().await.post_to(&bob, "sent").await["cid"].clone();
    taken["cid"] = cid;
    try_schedule(&alice, chat, &taken).await.assert_error(409, "cid_conflict");
}

#[tokio::test]
async fn a_list_has_pages_and_can_be_of_one_chat() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, notes) = (direct(&alice, &bob).await, direct(&alice, &alice).await);
    let mut all = Vec::new();
    for n in 0..7 {
        all.push(schedule(&alice, if n % 2 == 0 { chat } else { notes }, &n.to_string()).await);
    }
    let (mut found, mut after) = (Vec::new(), json!(0));
    loop {
        let page = row(&alice.get(&format!("/api/scheduled?limit=3&after={after}")).await);
        let rows = page["scheduled"].as_array().unwrap().clone();
        assert_eq!(page["more"], found.len() + rows.len() < 7);
        after = rows.last().unwrap()["id"].clone();
        found.extend(rows);
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(found, all);
    let of_notes = row(&alice.get(&format!("/api/scheduled?chat_id={notes}")).await);
    assert_eq!(of_notes["scheduled"].as_array().unwrap().contents(), ["1", "3", "5"]);
    // Long texts make short pages.
    for _ in 0..12 {
        schedule(&alice, chat, &"x".repeat(16_000)).await;
    }
    let page = row(&alice.get("/api/scheduled?limit=200").await);
    assert_eq!(page["more"], true);
    assert!(page["scheduled"].as_array().unwrap().len() < 17, "{page}");
}

#[tokio::test]
async fn what_the_rules_refuse_at_its_time_is_kept_with_the_reason() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let group = server.group(&alice, &[&bob]).await;
    let waiting = schedule(&bob, group, "my words").await;
    alice.change_group(group, &json!({ "who_may_write": "admins" })).await;
    let message = json!({ "content": "no", "cid": new_cid(), "due_at": now() + HOUR });
    try_schedule(&bob, group, &message).await.assert_error(403, "only_admins_may_write");
    send_now(&bob, &waiting).await.assert_error(403, "only_admins_may_write");
    assert_eq!(list(&bob).await, only(&waiting), "it waits as before");
    let before = reached(&bob).await;
    let_be_due(&mut server, &waiting["id"]).await;
    eventually("the refusal", || async { list(&bob).await[0]["state"] == "refused" }).await;
    let refused = list(&bob).await.pop().unwrap();
    assert_eq!(refused["reason"], "only_admins_may_write");
    assert_eq!(refused["content"], "my words");
    assert_eq!(rows_after(&bob, &before).await, [typed(&refused)]);
    assert_eq!(sent_as(&alice, group, &waiting["cid"]).await, Vec::<Value>::new());
    server.restart().await;
    assert_eq!(list(&bob).await, only(&refused), "it is not tried again and again");

    let text = json!({ "content": "other words" });
    change(&bob, &refused, &text).await.assert_error(422, "invalid_due_at");
    let again = json!({ "content": "other words", "due_at": now() + HOUR });
    change(&bob, &refused, &again).await.assert_error(403, "only_admins_may_write");
    alice.change_group(group, &json!({ "who_may_write": "all" })).await;
    let waiting = row(&change(&bob, &refused, &again).await);
    assert_eq!((&waiting["state"], waiting.get("reason")), (&json!("waiting"), None));
    let_be_due(&mut server, &waiting["id"]).await;
    let is_sent = || async { sent_as(&alice, group, &waiting["cid"]).await.len() == 1 };
    eventually("the message", is_sent).await;

    // One that was refused can be sent at once, or deleted.
    let [one, two] = [schedule(&bob, group, "one").await, schedule(&bob, group, "two").await];
    alice.change_group(group, &json!({ "who_may_write": "admins" })).await;
    let_be_due(&mut server, &one["id"]).await;
    let_be_due(&mut server, &two["id"]).await;
    let all_refused = || async { list(&bob).await.iter().all(|it| it["state"] == "refused") };
    eventually("both refusals", all_refused).await;
    assert_eq!(row(&cancel(&bob, &two).await)["state"], "cancelled");
    alice.change_group(group, &json!({ "who_may_write": "all" })).await;
    assert_eq!(row(&send_now(&bob, &one).await)["state"], "sent");
    assert_eq!(sent_as(&alice, group, &one["cid"]).await.contents(), ["one"]);
    assert_eq!(sent_as(&alice, group, &two["cid"]).await, Vec::<Value>::new());
}

#[tokio::test]
async fn leaving_a_group_cancels_what_was_scheduled_there() {
    let mut server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    let chat = direct(&bob, &alice).await;
    let hers = schedule(&carol, group, "hers").await;
    for is_removed in [true, false] {
        let (waiting, elsewhere) =
            (schedule(&bob, group, "never").await, schedule(&bob, chat, "elsewhere").await);
        let mut device = bob.connect().await;
        if is_removed {
            alice.remove(group, &bob).await;
        } else {
            bob.remove(group, &bob).await;
        }
        let cancelled = device.next_of("scheduled").await;
        let mut wanted = typed(&waiting);
        (wanted["state"], wanted["content"]) = (json!("cancelled"), json!(""));
        wanted["reason"] = json!("not_a_member");
        wanted["changed"] = cancelled["changed"].clone();
        assert_eq!(cancelled, wanted);
        assert_eq!(list(&bob).await, only(&elsewhere));
        let message = json!({ "content": "no", "cid": new_cid(), "due_at": now() + HOUR });
        try_schedule(&bob, group, &message).await.assert_error(403, "not_a_member");
        send_now(&bob, &waiting).await.assert_error(404, "no_such_scheduled_message");
        assert_eq!(row(&cancel(&bob, &waiting).await)["state"], "cancelled");
        // Coming back brings nothing back.
        alice.add(group, &[&bob]).await;
        let_be_due(&mut server, &elsewhere["id"]).await;
        let sent = || async { sent_as(&alice, chat, &elsewhere["cid"]).await.len() == 1 };
        eventually("the message of another chat", sent).await;
        assert_eq!(sent_as(&alice, group, &waiting["cid"]).await, Vec::<Value>::new());
    }
    assert_eq!(list(&carol).await, [hers]);
}

#[tokio::test]
async fn its_bytes_count_once_and_a_full_quota_does_not_stop_it() {
    let mut server = TestServer::start_with(|config| config.user_quota = 1).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = direct(&alice, &bob).await;
    let before = counted(&server, &alice);
    let text = "x".repeat(1_000);
    let waiting = schedule(&alice, chat, &text).await;
    assert_eq!(counted(&server, &alice), before + 1_128);
    row(&change(&alice, &waiting, &json!({ "content": "xx" })).await);
    assert_eq!(counted(&server, &alice), before + 130);
    row(&cancel(&alice, &waiting).await);
    assert_eq!(counted(&server, &alice), before);

    let [due, now_sent] =
        [schedule(&alice, chat, &text).await, schedule(&alice, chat, &text).await];
    for length in [16_000, 4_000, 1_000, 200, 1] {
        let text = json!({ "content": "x".repeat(length) });
        while alice.post(&format!("/api/chats/{chat}/messages"), &text).await.status == 201 {}
    }
    let full = counted(&server, &alice);
    let message = json!({ "content": text, "cid": new_cid(), "due_at": now() + HOUR });
    try_schedule(&alice, chat, &message).await.assert_error(507, "quota");
    let longer = json!({ "content": "y".repeat(16_000) });
    change(&alice, &due, &longer).await.assert_error(507, "quota");
    assert_eq!(row(&send_now(&alice, &now_sent).await)["state"], "sent");
    assert_eq!(counted(&server, &alice), full);
    let_be_due(&mut server, &due["id"]).await;
    eventually("the message", || async { list(&alice).await.is_empty() }).await;
    assert_eq!(sent_as(&bob, chat, &due["cid"]).await.contents(), [text]);
    assert_eq!(counted(&server, &alice), full);
}

#[tokio::test]
async fn one_person_has_a_hundred_of_them_at_most() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = direct(&alice, &bob).await;
    let mut rows = Vec::new();
    for n in 0..100 {
        rows.push(schedule(&alice, chat, &n.to_string()).await);
    }
    let message = json!({ "content": "more", "cid": new_cid(), "due_at": now() + HOUR });
    try_schedule(&alice, chat, &message).await.assert_error(409, "too_many_scheduled");
    let again = json!({
        "content": "0", "cid": rows[0]["cid"], "due_at": rows[0]["due_at"],
    });
    assert_eq!(try_schedule(&alice, chat, &again).await.status, 200, "a retry needs no room");
    schedule(&bob, chat, "his own").await;
    row(&cancel(&alice, &rows[7]).await);
    assert_eq!(try_schedule(&alice, chat, &message).await.status, 201);
    let message = json!({ "content": "more", "cid": new_cid(), "due_at": now() + HOUR });
    try_schedule(&alice, chat, &message).await.assert_error(409, "too_many_scheduled");
    row(&send_now(&alice, &rows[0]).await);
    schedule(&alice, chat, "room again").await;
}

#[tokio::test]
async fn words_that_were_changed_or_cancelled_leave_the_disk() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = direct(&alice, &bob).await;
    let cancelled = schedule(&alice, chat, "the cancelled ostrich").await;
    let changed = schedule(&alice, chat, "the changed ostrich").await;
    let sent = schedule(&alice, chat, "the sent ostrich").await;
    assert!(files_hold(server.data(), "the cancelled ostrich"));
    row(&cancel(&alice, &cancelled).await);
    row(&change(&alice, &changed, &json!({ "content": "other words" })).await);
    row(&send_now(&alice, &sent).await);
    let message = sent_as(&alice, chat, &sent["cid"]).await.pop().unwrap();
    let path = format!("/api/chats/{chat}/messages/{}", message["id"]);
    assert_eq!(alice.request("DELETE", &path).await.status, 200);
    let gone = || async { !files_hold(server.data(), "ostrich") };
    eventually("the words to be gone", gone).await;
    assert!(files_hold(server.data(), "other words"));
}

#[tokio::test]
async fn a_quote_that_is_gone_does_not_stop_the_text() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = direct(&alice, &bob).await;
    let kept = bob.say(chat, "kept").await["message_id"].clone();
    let hidden = bob.say(chat, "hidden").await["message_id"].clone();
    let mut rows = Vec::new();
    for quoted in [&kept, &hidden] {
        let message = json!({
            "content": "an answer", "cid": new_cid(), "due_at": now() + HOUR, "reply_to": quoted,
        });
        let reply = try_schedule(&alice, chat, &message).await;
        assert_eq!((reply.status, &reply.json()["reply_to"]), (201, quoted));
        rows.push(reply.json());
    }
    let path = format!("/api/chats/{chat}/messages/{hidden}/hidden");
    assert_eq!(alice.request("PUT", &path).await.status, 200);
    let_be_due(&mut server, &rows[1]["id"]).await;
    eventually("the answer", || async { list(&alice).await.len() == 1 }).await;
    let alone = sent_as(&bob, chat, &rows[1]["cid"]).await.pop().unwrap();
    assert_eq!((alone["content"].as_str(), alone.get("reply_to")), (Some("an answer"), None));
    row(&send_now(&alice, &rows[0]).await);
    assert_eq!(sent_as(&bob, chat, &rows[0]["cid"]).await[0]["reply_to"], kept);
}

#[tokio::test]
async fn it_mentions_and_leaves_unread_as_if_it_were_written_then() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let group = server.group(&alice, &[&bob]).await;
    let waiting = schedule(&bob, group, &format!("hello <@{}>", alice.id)).await;
    alice.say(group, "a question").await;
    assert_eq!(bob.summary(group).await["unread"], 1);
    let_be_due(&mut server, &waiting["id"]).await;
    let is_sent = || async { sent_as(&alice, group, &waiting["cid"]).await.len() == 1 };
    eventually("the message", is_sent).await;
    let message = sent_as(&alice, group, &waiting["cid"]).await.pop().unwrap();
    assert_eq!(message["mentions"], json!([alice.id]));
    assert_eq!(bob.summary(group).await["unread"], 1, "he has not read the question");
    let summary = alice.summary(group).await;
    assert_eq!(
        (&summary["unread"], &summary["unread_mentions"]),
        (&json!(1), &json!([message["seq"]]))
    );
}

#[tokio::test]
async fn thousands_that_are_due_at_once_do_not_hold_up_others() {
    let server = TestServer::start().await;
    let mut writers = Vec::new();
    for n in 0..20 {
        writers.push(server.user(&format!("writer{n}")).await);
    }
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let group = server.group(&alice, &writers.iter().collect::<Vec<_>>()).await;
    let chat = direct(&bob, &alice).await;
    let due_at = now() + 5_000;
    let scheduling = writers.iter().map(|writer| async {
        for n in 0..100 {
            schedule_at(&server, writer, group, &n.to_string(), due_at).await;
        }
    });
    join_all(scheduling).await;
    let is_text = |message: &Value| message["content"].as_str().is_some_and(|it| !it.is_empty());
    let (mut reader, mut bystander) = (alice.connect().await, bob.connect().await);
    let is_late = now() >= due_at;
    while !is_text(&reader.next_of("message").await) {}
    let ack = bystander.post_to(&alice, "between").await;
    assert_eq!(ack["chat_id"], chat);
    let count = "SELECT count(*) FROM scheduled WHERE state = 'waiting'";
    let waiting: i64 = database(&server).query_row(count, (), |row| row.get(0)).unwrap();
    assert!(waiting > 0 || is_late, "the bystander waited for all of them");
    let all_sent = || async {
        database(&server).query_row(count, (), |row| row.get::<_, i64>(0)).unwrap() == 0
    };
    eventually("all of them", all_sent).await;
    let summary = alice.summary(group).await;
    assert_eq!(number(&summary["last_seq"]), 2_001, "each once, after the line of the group");
}

#[tokio::test]
async fn a_server_that_is_killed_sends_each_message_once() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let mut program = Program::serve(&data).await;
    let (mut alice, bob) = (join_in(&program, "alice").await, join_in(&program, "bob").await);
    let chat = direct(&alice, &bob).await;
    let mut cids = Vec::new();
    for round in 0..6 {
        for n in 0..15 {
            cids.push(schedule(&alice, chat, &format!("{round}: {n}")).await["cid"].clone());
        }
        let database = Connection::open(data.join("chaap.db")).unwrap();
        database.busy_timeout(Duration::from_secs(10)).unwrap();
        database.execute("UPDATE scheduled SET due_at = 1 WHERE state = 'waiting'", ()).unwrap();
        drop(database);
        tokio::time::sleep(Duration::from_millis(200 * round)).await;
        program.kill().await;
        program = Program::serve(&data).await;
        alice = alice.at(&program.address);
    }
    eventually("all of them", || async { list(&alice).await.is_empty() }).await;
    let page = alice.page(chat, "limit=200").await;
    let mut sent = page["messages"].as_array().unwrap()[1..].field("cid");
    let by_text = |cid: &Value| cid.as_str().unwrap().to_owned();
    sent.sort_by_key(by_text);
    cids.sort_by_key(by_text);
    assert_eq!(sent, cids);
    program.kill().await;
}

/// What one of the devices of a writer does with a message that becomes due at the same moment.
async fn interfere(by: &User, row: &Value, choice: usize) {
    let reply = match choice {
        0 => change(by, row, &json!({ "content": "changed" })).await,
        1 => cancel(by, row).await,
        2 => send_now(by, row).await,
        _ => change(by, row, &json!({ "due_at": now() + HOUR })).await,
    };
    assert!([200, 404, 409].contains(&reply.status), "{}", reply.text());
}

#[tokio::test]
async fn a_due_message_that_is_changed_at_the_same_moment_is_sent_once_or_never() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = direct(&alice, &bob).await;
    let due_at = now() + 2_500;
    let mut cids = Vec::new();
    for _ in 0..60 {
        cids.push(schedule_at(&server, &alice, chat, "as written", due_at).await);
    }
    let rows = list(&alice).await;
    assert_eq!(rows.len(), 60);
    let other = alice.sign_in_again(&server).await;
    let races = rows.iter().enumerate().map(|(n, row)| {
        let (alice, other) = (&alice, &other);
        async move {
            let early = u64::try_from((due_at - now()).max(0)).unwrap();
            tokio::time::sleep(Duration::from_millis(early + 20 * (n as u64) % 1_100)).await;
            join(interfere(alice, row, n % 4), interfere(other, row, (n / 4) % 4)).await;
        }
    });
    join_all(races).await;
    let settled = || async { list(&alice).await.iter().all(|it| number(&it["due_at"]) > now()) };
    eventually("what is due to be sent", settled).await;
    let mut states = [0; 3];
    let query = "SELECT state FROM scheduled WHERE id = ?1";
    for row in &rows {
        let state: String =
            database(&server).query_row(query, (number(&row["id"]),), |it| it.get(0)).unwrap();
        let messages = sent_as(&bob, chat, &row["cid"]).await;
        match state.as_str() {
            "sent" => assert!(
                messages.len() == 1
                    && ["as written", "changed"]
                        .contains(&messages[0]["content"].as_str().unwrap()),
                "{messages:?}"
            ),
            _ => assert_eq!(messages, Vec::<Value>::new(), "{state}"),
        }
        let place = ["sent", "cancelled", "waiting"].iter().position(|it| *it == state);
        states[place.unwrap_or_else(|| panic!("{state}"))] += 1;
    }
    assert!(states[0] > 0, "{states:?}");
}

#[tokio::test]
async fn scheduling_shares_the_limit_of_messages() {
    let server = limited().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = direct(&alice, &bob).await;
    let waiting = &schedule(&alice, chat, "hi").await;
    let mut device = alice.connect_v1().await;
    for n in 0..700 {
        device.send(&json!({ "recipient_id": bob.id, "content": n.to_string() })).await;
    }
    for _ in 0..700 {
        device.next().await;
    }
    let alice = &alice;
    let refused = [
        until_refused("scheduling", || async { try_schedule(alice, chat, &json!({})).await }).await,
        until_refused("changes", || async { change(alice, waiting, &json!({})).await }).await,
        until_refused("cancelling", || async { cancel(alice, waiting).await }).await,
        until_refused("sending", || async { send_now(alice, waiting).await }).await,
    ];
    for reply in refused {
        reply.assert_error(429, "rate_limited");
    }
    assert_eq!(alice.get("/api/scheduled").await.status, 200, "reads have a limit of their own");
}
