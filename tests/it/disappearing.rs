//! Disappearing messages: who sets the timer of a chat, what messages and lines say, and that nothing
//! is left of a message that has expired: no words, no count, nothing in the files.

use std::{path::Path, time::Duration};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{
    kit::{
        Frames, Program, Reply, TestServer, User, eventually, files_hold, join, new_cid, whole_chat,
    },
    scheduled::{now, schedule_at},
};

const DAY: i64 = 24 * 60 * 60 * 1_000;

fn messages(chat: i64) -> String {
    format!("/api/chats/{chat}/messages")
}

fn path(chat: i64, message: &Value) -> String {
    format!("{}/{message}", messages(chat))
}

impl User {
    async fn try_set_timer(&self, chat: i64, expire_after: &Value) -> Reply {
        let body = json!({ "expire_after": expire_after });
        self.put_json(&format!("/api/chats/{chat}/timer"), &body).await
    }

    /// Sets the timer of a chat, which must succeed. Returns the chat.
    async fn set_timer(&self, chat: i64, expire_after: impl Into<Value>) -> Value {
        let reply = self.try_set_timer(chat, &expire_after.into()).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    /// A message of a chat.
    async fn row(&self, chat: i64, message: &Value) -> Value {
        let rows = whole_chat(self, chat).await;
        rows.into_iter().find(|row| row["id"] == *message).unwrap()
    }

    /// Waits until a message has expired.
    async fn wait_until_expired(&self, chat: i64, message: &Value) -> Value {
        let gone = async || self.row(chat, message).await["expired"] == true;
        eventually("a message to expire", gone).await;
        self.row(chat, message).await
    }

    /// The ids of the user's starred messages.
    async fn starred_ids(&self) -> Vec<Value> {
        self.get("/api/starred").await.json()["messages"].as_array().unwrap().field("id")
    }
}

/// A direct chat of two people with one text, which does not expire: the chat and the text.
async fn direct(by: &User, to: &User) -> (i64, Value) {
    let mut device = by.connect().await;
    let ack = device.post_to(to, "before").await;
    device.close().await;
    (ack["chat_id"].as_i64().unwrap(), ack["message_id"].clone())
}

/// The messages among the rows of a device that catches up.
async fn rows_after(user: &User, before: &Value) -> Vec<Value> {
    let mut device = user.connect_silent().await;
    let frames = device.hello_after(before).await;
    device.close().await;
    let rows = frames.iter().flat_map(|it| it["rows"].as_array().cloned().unwrap_or_default());
    rows.collect()
}

/// Where a device is that has everything.
async fn position(user: &User) -> Value {
    let mut device = user.connect_silent().await;
    let end = device.hello(None).await.pop().unwrap();
    device.close().await;
    end
}

#[tokio::test]
async fn both_people_set_the_timer_and_a_line_says_so() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, _) = direct(&alice, &bob).await;
    assert_eq!(alice.summary(chat).await["expire_after"], Value::Null);
    let before = position(&bob).await;
    let [mut own, mut other] = [alice.connect().await, bob.connect().await];
    let mut old = bob.connect_v1().await;
    assert_eq!(old.pending().await.len(), 1);

    let answer = bob.set_timer(chat, DAY).await;
    assert_eq!((&answer["id"], &answer["expire_after"]), (&json!(chat), &json!(DAY)));
    assert_eq!(answer["last_seq"], 2);
    for device in [&mut own, &mut other] {
        let row = device.next_of("chat").await;
        assert_eq!((&row["expire_after"], &row["changed"]), (&json!(DAY), &answer["changed"]));
        let line = device.next_of("message").await;
        assert_eq!(line["event"], json!({ "kind": "timer", "expire_after": DAY }));
        assert_eq!((&line["sender_id"], &line["content"]), (&json!(bob.id), &json!("")));
        assert_eq!((&line["seq"], &line["expires_at"]), (&json!(2), &Value::Null));
        assert!(line["changed"].as_i64() > row["changed"].as_i64(), "the line comes last");
        assert_eq!(device.pending().await, Vec::<Value>::new());
    }
    assert_eq!(old.pending().await, Vec::<Value>::new());
    assert_eq!(bob.set_timer(chat, DAY).await, answer, "the same again changes nothing");
    assert_eq!(own.pending().await, Vec::<Value>::new());

    let summary = alice.summary(chat).await;
    assert_eq!((&summary["expire_after"], &summary["unread"]), (&json!(DAY), &json!(0)));
    assert_eq!(summary["last_message"]["event"]["kind"], "timer");
    let rows = rows_after(&bob, &before).await;
    assert_eq!(rows.of("chat")[0]["expire_after"], DAY);
    assert_eq!(rows.of("message")[0]["event"]["expire_after"], DAY);
    server.restart().await;
    assert_eq!(rows_after(&bob, &before).await.of("message"), rows.of("message"));

    // Marks pass the line.
    let mut device = alice.connect().await;
    device.confirm(chat, 2, 2).await;
    assert_eq!(device.next_of("receipt").await["read_seq"], 2);
    let off = alice.set_timer(chat, Value::Null).await;
    assert_eq!(off["expire_after"], Value::Null);
    let line = device.next_of("message").await;
    assert_eq!(line["event"], json!({ "kind": "timer", "expire_after": null }));
    assert_eq!(alice.set_timer(chat, Value::Null).await, off);
    assert_eq!(alice.summary(chat).await["last_seq"], 3);
    assert_eq!(bob.history_with(&alice).await.contents(), ["before"]);
    let undelivered = bob.connect_v1().await.pending().await;
    assert_eq!(undelivered.contents(), [""; 0], "old clients are not sent the lines");

    // Notes to self have a timer, too.
    let (notes, _) = direct(&alice, &alice).await;
    alice.set_timer(notes, 1_000).await;
    assert_eq!(alice.summary(notes).await["expire_after"], 1_000);
    assert_eq!(alice.history_with(&alice).await.contents(), ["before"]);
}

#[tokio::test]
async fn a_line_in_a_direct_chat_stays_as_it_is() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, text) = direct(&alice, &bob).await;
    alice.set_timer(chat, DAY).await;
    let line = alice.summary(chat).await["last_message"]["id"].clone();
    let of_line = path(chat, &line);
    for reply in [
        alice.patch(&of_line, &json!({ "content": "x" })).await,
        alice.request("DELETE", &of_line).await,
        alice.put_json(&format!("{of_line}/reaction"), &json!({ "emoji": "👍" })).await,
        alice.request("PUT", &format!("{of_line}/star")).await,
        alice.put_json(&format!("{of_line}/pin"), &json!({ "hours": 24 })).await,
        alice.post(&messages(chat), &json!({ "content": "x", "forward_of": line })).await,
    ] {
        reply.assert_error(403, "event_line");
    }
    let reply = json!({ "content": "x", "reply_to": line });
    alice.post(&messages(chat), &reply).await.assert_error(404, "no_such_message");
    alice.get(&format!("{of_line}/receipts")).await.assert_error(404, "no_such_message");
    // It can be hidden, as in groups.
    assert_eq!(bob.request("PUT", &format!("{of_line}/hidden")).await.status, 200);
    assert_eq!(bob.summary(chat).await["last_message"]["id"], text);
    assert_eq!(alice.summary(chat).await["last_message"]["id"], line);
}

#[tokio::test]
async fn a_timer_is_a_number_within_bounds_or_null() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, _) = direct(&alice, &bob).await;
    for value in ["999", "0", "-86400000", "31536000001", "1e3", "1000.5", "\"1000\"", "true"] {
        let body = format!("{{\"expire_after\":{value}}}");
        let reply = alice.send_json("PUT", &format!("/api/chats/{chat}/timer"), body).await;
        assert_eq!(reply.status, 422, "{value}: {}", reply.text());
    }
    for body in ["{}", "[]", "{", "", "1000", "null"] {
        let reply =
            alice.send_json("PUT", &format!("/api/chats/{chat}/timer"), body.to_owned()).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.text());
    }
    assert_eq!(alice.summary(chat).await["last_seq"], 1);
    for value in [1_000, 365 * DAY] {
        assert_eq!(alice.set_timer(chat, value).await["expire_after"], value);
    }
}

#[tokio::test]
async fn who_may_change_a_group_sets_its_timer() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    let mut device = bob.connect().await;
    bob.try_set_timer(group, &json!(DAY)).await.assert_error(403, "not_an_admin");
    alice.set_timer(group, DAY).await;
    assert_eq!(device.next_of("chat").await["expire_after"], DAY);
    let line = device.next_of("message").await;
    assert_eq!(line["event"], json!({ "kind": "timer", "expire_after": DAY }));
    assert_eq!(line["sender_id"], alice.id);
    assert_eq!(bob.summary(group).await["unread"], 0);
    alice.change_group(group, &json!({ "who_may_change": "all", "who_may_write": "admins" })).await;
    bob.set_timer(group, 2 * DAY).await;
    // Somebody who has left sees the group as it was, and changes nothing.
    carol.remove(group, &carol).await;
    carol.try_set_timer(group, &json!(DAY)).await.assert_error(403, "not_a_member");
    alice.set_timer(group, Value::Null).await;
    assert_eq!(carol.summary(group).await["expire_after"], 2 * DAY);
    assert_eq!(bob.summary(group).await["expire_after"], Value::Null);
    // Who comes back sees it as it is.
    alice.add(group, &[&carol]).await;
    assert_eq!(carol.summary(group).await["expire_after"], Value::Null);
    let stranger = server.user("dave").await;
    stranger.try_set_timer(group, &json!(DAY)).await.assert_error(404, "no_such_chat");
}

#[tokio::test]
async fn a_line_counts_to_the_quota() {
    let server = TestServer::start_with(|config| config.user_quota = 1).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, _) = direct(&alice, &bob).await;
    for length in [16_000, 4_000, 1_000, 200, 1] {
        let text = json!({ "content": "x".repeat(length) });
        while alice.post(&messages(chat), &text).await.status == 201 {}
    }
    alice.try_set_timer(chat, &json!(DAY)).await.assert_error(507, "quota");
    assert_eq!(alice.set_timer(chat, Value::Null).await["expire_after"], Value::Null);
    bob.set_timer(chat, DAY).await;
}

#[tokio::test]
async fn new_messages_say_when_they_expire() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, first) = direct(&alice, &bob).await;
    let before = position(&bob).await;
    alice.set_timer(chat, DAY).await;
    let [mut own, mut other] = [alice.connect().await, bob.connect().await];
    let cid = own.send_to(&bob, "soon").await;
    let ack = own.next_of("ack").await;
    let expires_at = ack["expires_at"].as_i64().unwrap();
    let created_at = ack["created_at"].as_i64().unwrap();
    assert!((expires_at - created_at - DAY).abs() < 60_000, "{ack}");
    let id = &ack["message_id"];
    assert_eq!(other.next_of("message").await["expires_at"], expires_at);
    assert_eq!(bob.row(chat, id).await["expires_at"], expires_at);
    assert_eq!(bob.row(chat, id).await["expired"], Value::Null);
    assert_eq!(bob.summary(chat).await["last_message"]["expires_at"], expires_at);
    assert_eq!(rows_after(&bob, &before).await.of("message")[1]["expires_at"], expires_at);
    let again = json!({ "content": "soon", "cid": cid });
    let again = alice.post(&messages(chat), &again).await.json();
    assert_eq!((&again["dup"], &again["expires_at"]), (&json!(true), &json!(expires_at)));

    // An edit keeps the time, and so does another timer. Earlier messages have none.
    alice.set_timer(chat, 7 * DAY).await;
    let edited = alice.patch(&path(chat, id), &json!({ "content": "sooner" })).await.json();
    assert_eq!(edited["expires_at"], expires_at);
    let later = alice.say(chat, "later").await;
    assert!(later["expires_at"].as_i64().unwrap() > expires_at + 5 * DAY, "{later}");
    alice.set_timer(chat, Value::Null).await;
    assert_eq!(alice.say(chat, "never").await["expires_at"], Value::Null);
    assert_eq!(bob.row(chat, id).await["expires_at"], expires_at);
    assert_eq!(bob.row(chat, &first).await["expires_at"], Value::Null);

    // A scheduled message gets its time when it is sent.
    bob.set_timer(chat, DAY).await;
    let cid = schedule_at(&server, &alice, chat, "at its time", now()).await;
    let sent = async || whole_chat(&bob, chat).await.into_iter().find(|row| row["cid"] == cid);
    eventually("the scheduled message", async || sent().await.is_some()).await;
    assert!(sent().await.unwrap()["expires_at"].as_i64() > Some(expires_at));

    // Clients of the first contract write messages that expire.
    let ack = bob.connect_v1().await.post_to(&alice, "from an old client").await;
    assert!(alice.row(chat, &ack["message_id"]).await["expires_at"].is_i64());
    assert_eq!(ack["expires_at"], Value::Null);
}

#[tokio::test]
async fn every_connection_tells_the_time_by_which_messages_expire() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let welcomed = device.welcome["now"].as_i64().unwrap();
    let sent = device.post_to(&bob, "Hello").await["created_at"].as_i64().unwrap();
    assert!((sent - welcomed).abs() < 60_000, "{sent} and {welcomed}");
    device.send(&json!({ "type": "ping" })).await;
    let pong = device.next_of("pong").await["now"].as_i64().unwrap();
    assert!(pong >= welcomed, "{pong} and {welcomed}");
    for query in ["since=0", "since=0&wait=1", "since=999999"] {
        let answer = alice.get(&format!("/api/sync?{query}")).await.json();
        assert!(answer["now"].as_i64() >= Some(pong), "{query}: {answer}");
    }
}

#[tokio::test]
async fn an_expired_message_leaves_its_place_and_nothing_else() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, first) = direct(&alice, &bob).await;
    alice.set_timer(chat, 1_000).await;
    let cid = new_cid();
    let sent = json!({ "content": "the secret", "cid": cid, "reply_to": first });
    let posted = alice.post(&messages(chat), &sent).await.json();
    let id = &posted["message_id"];
    bob.set_timer(chat, Value::Null).await;
    let quote = json!({ "content": "an answer", "reply_to": id });
    let quote = bob.post(&messages(chat), &quote).await.json()["message_id"].clone();
    let mut device = bob.connect().await;
    device.pending().await;
    let gone = bob.wait_until_expired(chat, id).await;
    let shape = json!({
        "id": id, "chat_id": chat, "seq": posted["seq"], "sender_id": alice.id, "content": "",
        "cid": cid, "created_at": posted["created_at"], "changed": posted["changed"],
        "expires_at": posted["expires_at"], "expired": true,
    });
    assert_eq!(gone, shape);
    assert_eq!(alice.row(chat, id).await, shape);
    let now = alice.connect_silent().await.welcome["now"].as_i64();
    assert!(now >= posted["expires_at"].as_i64(), "not before its time");
    assert_eq!(device.pending().await, Vec::<Value>::new(), "nobody is told");
    assert_eq!(bob.row(chat, &quote).await["reply_to"], *id);

    let of_it = path(chat, id);
    let emoji = json!({ "emoji": "👍" });
    for user in [&alice, &bob] {
        for reply in [
            user.put_json(&format!("{of_it}/reaction"), &emoji).await,
            user.request("DELETE", &format!("{of_it}/reaction")).await,
            user.get(&format!("{of_it}/reactions")).await,
            user.get(&format!("{of_it}/receipts")).await,
            user.patch(&of_it, &json!({ "content": "again" })).await,
            user.request("DELETE", &of_it).await,
            user.request("PUT", &format!("{of_it}/star")).await,
            user.request("DELETE", &format!("{of_it}/star")).await,
            user.request("PUT", &format!("{of_it}/hidden")).await,
            user.put_json(&format!("{of_it}/pin"), &json!({ "hours": 24 })).await,
            user.request("DELETE", &format!("{of_it}/pin")).await,
            user.post(&messages(chat), &json!({ "content": "x", "forward_of": id })).await,
        ] {
            reply.assert_error(404, "no_such_message");
        }
    }
    // The send that was repeated is the same message, and another text is not.
    let again = alice.post(&messages(chat), &sent).await;
    assert_eq!(again.status, 200);
    let mut expected = posted.clone();
    expected["dup"] = json!(true);
    assert_eq!(again.json(), expected);
    // A reply that was written before is sent all the same.
    let late = json!({ "content": "late", "reply_to": id });
    assert_eq!(bob.post(&messages(chat), &late).await.status, 201);
}

#[tokio::test]
async fn an_expired_message_counts_nowhere() {
    let mut server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    let kept = alice.say(group, &format!("kept, <@{}>", bob.id)).await;
    alice.set_timer(group, DAY).await;
    let mut ids = Vec::new();
    for text in [format!("one, <@{}>", bob.id), String::from("two"), String::from("<@all>")] {
        ids.push(alice.say(group, &text).await["message_id"].clone());
    }
    let own = bob.say(group, "mine").await["message_id"].clone();
    for id in [&ids[0], &kept["message_id"]] {
        assert_eq!(bob.request("PUT", &format!("{}/star", path(group, id))).await.status, 200);
        let pin = json!({ "hours": 24 });
        assert_eq!(alice.put_json(&format!("{}/pin", path(group, id)), &pin).await.status, 200);
        let emoji = json!({ "emoji": "👍" });
        let reaction = format!("{}/reaction", path(group, id));
        assert_eq!(carol.put_json(&reaction, &emoji).await.status, 200);
    }
    let emoji = json!({ "emoji": "😂" });
    let reaction = format!("{}/reaction", path(group, &own));
    assert_eq!(carol.put_json(&reaction, &emoji).await.status, 200);
    assert_eq!(carol.request("PUT", &format!("{}/hidden", path(group, &ids[1]))).await.status, 200);
    let summary = bob.summary(group).await;
    assert_eq!((&summary["unread"], &summary["last_reaction"]["emoji"]), (&json!(4), &json!("😂")));
    assert_eq!(summary["unread_mentions"].as_array().unwrap().len(), 3, "{summary}");
    let before = position(&bob).await;
    server.let_messages_expire().await;

    let summary = bob.summary(group).await;
    assert_eq!(summary["unread"], 1, "{summary}");
    assert_eq!(summary["unread_mentions"], json!([kept["seq"]]));
    assert_eq!(summary["last_message"]["event"]["kind"], "pinned");
    assert_eq!(summary["last_reaction"], Value::Null);
    assert_eq!(
        summary["pins"].as_array().unwrap().field("message_id"),
        [kept["message_id"].clone()]
    );
    assert_eq!(bob.starred_ids().await, [kept["message_id"].clone()]);
    let page = bob.page(group, "limit=200").await;
    for list in ["reactions", "flags"] {
        let rows = page[list].as_array().unwrap().field("message_id");
        assert_eq!(rows, [kept["message_id"].clone()], "{list}");
    }
    let flags = carol.page(group, "limit=200").await["flags"].as_array().unwrap().clone();
    assert_eq!(flags.field("message_id"), [ids[1].clone()], "what is hidden stays hidden");
    // Pages begin at the first unread message that has not expired.
    let page = bob.page(group, &format!("unread_after={}&limit=2", kept["seq"])).await;
    assert!(page["messages"].as_array().unwrap().len() <= 2, "{page}");

    // A device that has all messages is told nothing; one that has none gets their places.
    assert_eq!(rows_after(&bob, &before).await, Vec::<Value>::new());
    let rows = rows_after(&bob, &json!({ "revision": 0 })).await;
    let expired: Vec<Value> =
        rows.of("message").into_iter().filter(|row| row["expired"] == true).collect();
    assert_eq!(expired.contents(), [""; 4]);
    assert!(expired.iter().all(|row| row["mentions"].is_null() && row["mentions_all"].is_null()));
    for kind in ["reactions", "flags", "pin"] {
        assert_eq!(rows.of(kind).field("message_id"), [kept["message_id"].clone()], "{kind}");
    }
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    for table in ["reactions", "reacted_messages", "pins"] {
        let rows = format!("SELECT count(*) FROM {table}");
        let rows: i64 = database.query_row(&rows, (), |row| row.get(0)).unwrap();
        assert_eq!(rows, 1, "{table}");
    }
}

#[tokio::test]
async fn a_tombstone_goes_at_its_time_too() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, first) = direct(&alice, &bob).await;
    alice.set_timer(chat, DAY).await;
    let id = alice.say(chat, "a secret").await["message_id"].clone();
    assert_eq!(alice.request("DELETE", &path(chat, &id)).await.status, 200);
    assert!(bob.row(chat, &id).await["expires_at"].is_i64());
    server.let_messages_expire().await;
    assert_eq!(bob.row(chat, &id).await["expired"], true);
    alice.request("DELETE", &path(chat, &id)).await.assert_error(404, "no_such_message");
    assert_eq!(bob.row(chat, &first).await["content"], "before");
}

#[tokio::test]
async fn former_members_keep_the_places_of_expired_messages() {
    let mut server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    alice.set_timer(group, DAY).await;
    let id = alice.say(group, "the secret").await["message_id"].clone();
    assert_eq!(carol.request("PUT", &format!("{}/star", path(group, &id))).await.status, 200);
    carol.remove(group, &carol).await;
    assert_eq!(carol.row(group, &id).await["content"], "the secret");
    server.let_messages_expire().await;
    let row = carol.row(group, &id).await;
    assert_eq!((&row["content"], &row["expired"]), (&json!(""), &json!(true)));
    assert_eq!(carol.starred_ids().await, Vec::<Value>::new());
    assert_eq!(carol.told(group).await, ["*created*", "*timer*", "", "*left*"]);
    let rows = rows_after(&carol, &json!({ "revision": 0 })).await;
    assert_eq!(rows.of("message").contents(), [""; 4]);
}

#[tokio::test]
async fn clients_of_the_first_contract_get_no_expired_message() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, _) = direct(&alice, &bob).await;
    alice.set_timer(chat, DAY).await;
    for text in ["one", "two"] {
        alice.say(chat, text).await;
    }
    alice.set_timer(chat, Value::Null).await;
    alice.say(chat, "after").await;
    assert_eq!(bob.history_with(&alice).await.contents(), ["before", "one", "two", "after"]);
    server.let_messages_expire().await;
    for user in [(&alice, &bob), (&bob, &alice)] {
        assert_eq!(user.0.history_with(user.1).await.contents(), ["before", "after"]);
    }
    // A part of the history has as many messages as the request asks for.
    let history = bob.history_with(&alice).await;
    let part = async |query: String| {
        let page = bob.get(&format!("/messages/{}?{query}", alice.id)).await.json();
        page.as_array().unwrap().contents()
    };
    assert_eq!(part(String::from("limit=1")).await, ["after"]);
    assert_eq!(part(format!("limit=1&before={}", history[1]["id"])).await, ["before"]);
    assert_eq!(part(format!("limit=1&before={}", history[0]["id"])).await, [""; 0]);
    for limit in [2, 1_000, 1_001] {
        assert_eq!(part(format!("limit={limit}")).await, ["before", "after"]);
    }
    assert_eq!(bob.connect_v1().await.pending().await.contents(), ["before", "after"]);
}

#[tokio::test]
async fn the_quota_counts_what_is_left() {
    let mut server = TestServer::start_with(|config| config.user_quota = 1).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, _) = direct(&alice, &bob).await;
    alice.set_timer(chat, DAY).await;
    let text = json!({ "content": "x".repeat(16_000) });
    let mut count = 0;
    while alice.post(&messages(chat), &text).await.status == 201 {
        count += 1;
    }
    server.let_messages_expire().await;
    let mut again = 0;
    while alice.post(&messages(chat), &text).await.status == 201 {
        again += 1;
    }
    assert!(count > 60 && again >= count - 1, "{count} and {again}");
}

/// A restart counts on from the highest revision in the tables, and the rows of reactions are gone.
#[tokio::test]
async fn no_revision_is_given_out_again_after_messages_expired() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, _) = direct(&alice, &bob).await;
    alice.set_timer(chat, DAY).await;
    let id = alice.say(chat, "soon").await["message_id"].clone();
    for emoji in ["👍", "😂", "❤", "👍"] {
        let reaction = format!("{}/reaction", path(chat, &id));
        assert_eq!(bob.put_json(&reaction, &json!({ "emoji": emoji })).await.status, 200);
    }
    let before = position(&bob).await;
    server.let_messages_expire().await;
    server.restart().await;
    let later = alice.say(chat, "later").await;
    assert!(later["message_id"].as_i64() > before["revision"].as_i64(), "{later} and {before}");
    let mut device = bob.connect_silent().await;
    let frames = device.hello_after(&before).await;
    assert_eq!(frames.last().unwrap()["type"], "synced", "{frames:?}");
    assert_eq!(rows_after(&bob, &before).await.of("message").contents(), ["later"]);
}

#[tokio::test]
async fn many_messages_expire_and_the_list_of_chats_looks_at_few() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, _) = direct(&alice, &bob).await;
    alice.set_timer(chat, DAY).await;
    let mut device = alice.connect().await;
    for n in 0..1_100 {
        device.send_to(&bob, &format!("message {n}")).await;
        device.next_of("ack").await;
    }
    let summary = bob.summary(chat).await;
    assert_eq!((&summary["unread"], &summary["last_seq"]), (&json!(1_001), &json!(1_102)));
    server.let_messages_expire().await;
    let summary = bob.summary(chat).await;
    assert_eq!((&summary["unread"], &summary["last_message"]), (&json!(1), &Value::Null));
    let rows = whole_chat(&bob, chat).await;
    assert_eq!(rows.iter().filter(|row| row["expired"] == true).count(), 1_100);
    assert!(rows.iter().zip(1..).all(|(row, seq)| row["seq"] == seq), "seq has no hole");
    assert_eq!(bob.history_with(&alice).await.contents(), ["before"]);
    alice.say(chat, "new").await;
    assert_eq!(bob.summary(chat).await["last_message"]["content"], "new");
}

#[tokio::test]
async fn expired_words_leave_the_disk_while_the_server_runs() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, _) = direct(&alice, &bob).await;
    alice.set_timer(chat, 1_000).await;
    for n in 0..30 {
        let text = format!("secret{n:02}{}", "x".repeat(n * n * 10));
        alice.say(chat, &text).await;
    }
    assert!(files_hold(server.data(), "secret00"));
    let lost = |n: usize| !files_hold(server.data(), &format!("secret{n:02}"));
    eventually("all words to be gone", async || (0..30).all(lost)).await;
    assert!(files_hold(server.data(), "before"));
}

#[tokio::test]
async fn after_a_long_stop_nothing_expires_at_once_and_new_messages_get_their_whole_time() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, _) = direct(&alice, &bob).await;
    alice.set_timer(chat, DAY).await;
    let sent = alice.say(chat, "old").await;
    server.stop().await;
    // As if all of it had been two days ago.
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    let earlier = 2 * DAY;
    for sql in [
        format!("UPDATE expiry_clock SET at = at - {earlier}, wall_at = wall_at - {earlier}"),
        format!("UPDATE messages SET expires_at = expires_at - {earlier} WHERE expires_at > 0"),
    ] {
        assert_eq!(database.execute(&sql, ()).unwrap(), 1, "{sql}");
    }
    drop(database);
    server.start_again().await;
    let now = alice.connect_silent().await.welcome["now"].as_i64().unwrap();
    let sent_at = sent["created_at"].as_i64().unwrap();
    assert!((now - (sent_at - earlier)).abs() < 10 * 60_000, "{now} and {sent_at}");
    let new = alice.say(chat, "new").await;
    assert!(new["expires_at"].as_i64().unwrap() >= sent_at + DAY, "{new}");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(bob.row(chat, &sent["message_id"]).await["content"], "old");
}

/// What is in a database whose server was killed: how many messages wait, and how many have expired.
fn check_file(path: &Path) -> (i64, i64) {
    let database = Connection::open(path).unwrap();
    let count = |sql: &str| database.query_row(sql, (), |row| row.get::<_, i64>(0)).unwrap();
    let half = "SELECT count(*) FROM messages WHERE expires_at IS NOT NULL
                  AND (expired = 1) <> (content = '')";
    assert_eq!(count(half), 0, "a message has expired as a whole or not at all");
    for table in ["reactions", "reacted_messages", "pins", "flags"] {
        let left =
            format!("SELECT count(*) FROM {table} JOIN messages ON id = message_id WHERE expired");
        assert_eq!(count(&left), 0, "{table} of an expired message");
    }
    let bytes = "SELECT count(*) FROM stored_bytes s WHERE bytes <>
                   (SELECT sum(octet_length(content) + 128) FROM messages
                     WHERE sender_id = s.user_id)";
    assert_eq!(count(bytes), 0, "what is stored is counted");
    let of = |expired: u8| {
        count(&format!(
            "SELECT count(*) FROM messages WHERE expires_at > 0 AND expired = {expired}"
        ))
    };
    (of(0), of(1))
}

#[tokio::test]
async fn killed_while_messages_expire_it_goes_on_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut program = Program::serve(&data).await;
    let alice = join(&program, "alice").await;
    let (chat, _) = direct(&alice, &alice).await;
    alice.set_timer(chat, DAY).await;
    let mut device = alice.connect().await;
    for n in 0..1_500 {
        let ack = device.post_to(&alice, &format!("message {n}")).await;
        let of_it = path(chat, &ack["message_id"]);
        match n % 50 {
            0 => drop(alice.request("PUT", &format!("{of_it}/star")).await),
            1 => {
                let emoji = json!({ "emoji": "👍" });
                drop(alice.put_json(&format!("{of_it}/reaction"), &emoji).await);
            }
            2 => {
                let pin = json!({ "hours": 24 });
                drop(alice.put_json(&format!("{of_it}/pin"), &pin).await);
            }
            _ => {}
        }
    }
    program.kill().await;
    let file = data.join("chaap.db");
    let database = Connection::open(&file).unwrap();
    let due = "UPDATE messages SET expires_at = 1 WHERE expires_at IS NOT NULL";
    assert_eq!(database.execute(due, ()).unwrap(), 1_500);
    drop(database);
    let mut seen = Vec::new();
    for _ in 0..200 {
        program = Program::serve(&data).await;
        tokio::time::sleep(Duration::from_millis(u64::try_from(seen.len()).unwrap() % 7)).await;
        program.kill().await;
        let (left, gone) = check_file(&file);
        assert_eq!(left + gone, 1_500);
        seen.push(gone);
        if left == 0 {
            break;
        }
    }
    assert!(seen.is_sorted(), "{seen:?}");
    assert_eq!(seen.last(), Some(&1_500), "{seen:?}");
}
