//! Pinned messages: who is told, what a device that was away gets, who may pin, and which pins count.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::kit::{Frames, Reply, TestServer, User};

const HOUR: i64 = 60 * 60 * 1_000;

fn path(chat: i64, message: &Value) -> String {
    format!("/api/chats/{chat}/messages/{message}/pin")
}

/// The row in the answer to a request that must succeed.
fn row(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

impl User {
    async fn try_pin(&self, chat: i64, message: &Value) -> Reply {
        self.put_json(&path(chat, message), &json!({ "hours": 24 })).await
    }

    async fn try_unpin(&self, chat: i64, message: &Value) -> Reply {
        self.request("DELETE", &path(chat, message)).await
    }

    async fn pin(&self, chat: i64, message: &Value) -> Value {
        row(&self.try_pin(chat, message).await)
    }

    async fn unpin(&self, chat: i64, message: &Value) -> Value {
        row(&self.try_unpin(chat, message).await)
    }

    /// The pins of a chat in the user's list.
    async fn pins(&self, chat: i64) -> Vec<Value> {
        self.summary(chat).await["pins"].as_array().unwrap().clone()
    }

    /// The messages that are pinned in a chat, the latest pin first.
    async fn pinned(&self, chat: i64) -> Vec<Value> {
        self.pins(chat).await.field("message_id")
    }

    /// Where a device is that has everything.
    async fn position(&self) -> Value {
        let mut device = self.connect_silent().await;
        let end = device.hello(None).await.pop().unwrap();
        device.close().await;
        end
    }

    /// The rows that a device is sent when it comes back.
    async fn rows_after(&self, before: &Value) -> Vec<Value> {
        let mut device = self.connect_silent().await;
        let frames = device.hello_after(before).await;
        device.close().await;
        let rows = frames.iter().flat_map(|it| it["rows"].as_array().cloned().unwrap_or_default());
        rows.collect()
    }

    /// The pins among them.
    async fn pins_after(&self, before: &Value) -> Vec<Value> {
        self.rows_after(before).await.of("pin")
    }

    /// The lines of a group that tell of pins, each with its sender and the message.
    async fn lines(&self, chat: i64) -> Vec<(i64, Value)> {
        let page = self.page(chat, "limit=200").await;
        let lines = page["messages"].as_array().unwrap().iter();
        let lines = lines.filter(|it| it["event"]["kind"] == "pinned");
        let pair =
            |it: &Value| (it["sender_id"].as_i64().unwrap(), it["event"]["message_id"].clone());
        lines.map(pair).collect()
    }
}

/// A direct chat of two people, and the ids of texts that the first one sent.
async fn direct<const N: usize>(by: &User, to: &User, texts: [&str; N]) -> (i64, [Value; N]) {
    let mut device = by.connect().await;
    let (mut chat, mut ids) = (0, Vec::new());
    for text in texts {
        let ack = device.post_to(to, text).await;
        chat = ack["chat_id"].as_i64().unwrap();
        ids.push(ack["message_id"].clone());
    }
    device.close().await;
    (chat, ids.try_into().unwrap())
}

/// Texts of a user in a group: their ids.
async fn say<const N: usize>(by: &User, chat: i64, texts: [&str; N]) -> [Value; N] {
    let mut ids = Vec::new();
    for text in texts {
        ids.push(by.say(chat, text).await["message_id"].clone());
    }
    ids.try_into().unwrap()
}

fn these<const N: usize>(ids: [&Value; N]) -> [Value; N] {
    ids.map(Clone::clone)
}

/// A row with its type, as a device gets it.
fn typed(row: &Value) -> Value {
    let mut row = row.clone();
    row["type"] = json!("pin");
    row
}

/// Changes the database while the server is stopped.
async fn change_file(server: &mut TestServer, sql: &str) {
    server.stop().await;
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    assert!(database.execute(sql, ()).unwrap() > 0, "{sql}");
    drop(database);
    server.start_again().await;
}

/// Lets the time of a pin be over.
async fn let_end(server: &mut TestServer, message: &Value) {
    change_file(server, &format!("UPDATE pins SET until = at + 1 WHERE message_id = {message}"))
        .await;
}

#[tokio::test]
async fn a_pin_reaches_both_people_and_every_device() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, [id]) = direct(&alice, &bob, ["Hello"]).await;
    let before = bob.position().await;
    let [mut author, mut first, mut second] =
        [alice.connect().await, bob.connect().await, bob.connect().await];
    assert_eq!(bob.summary(chat).await["pins"], json!([]));

    let pinned = bob.pin(chat, &id).await;
    let at = pinned["at"].as_i64().unwrap();
    let shape = json!({
        "chat_id": chat, "message_id": id, "user_id": bob.id, "at": at, "until": at + 24 * HOUR,
        "changed": pinned["changed"],
    });
    assert_eq!(pinned, shape);
    for device in [&mut author, &mut first, &mut second] {
        assert_eq!(device.next_of("pin").await, typed(&pinned));
        assert_eq!(device.pending().await, Vec::<Value>::new(), "a direct chat has no lines");
    }
    assert_eq!(alice.pins(chat).await, these([&pinned]));
    assert_eq!(bob.pins(chat).await, these([&pinned]));

    // The other person renews it, for longer.
    for hours in [168, 720] {
        let renewed = row(&alice.put_json(&path(chat, &id), &json!({ "hours": hours })).await);
        let at = renewed["at"].as_i64().unwrap();
        assert_eq!(renewed["until"], at + hours * HOUR);
        assert_eq!(renewed["user_id"], alice.id);
        assert!(renewed["changed"].as_i64() > pinned["changed"].as_i64());
        assert_eq!(first.next_of("pin").await, typed(&renewed));
        assert_eq!(alice.pins(chat).await, [renewed]);
    }
    let renewed = alice.pins(chat).await.pop().unwrap();
    assert_eq!(bob.pins_after(&before).await, [typed(&renewed)], "the last state, once");
    assert_eq!(bob.pins_after(&json!({ "revision": 0 })).await, [typed(&renewed)]);
    server.restart().await;
    assert_eq!(bob.pins(chat).await, these([&renewed]));
    let mut back = bob.connect_silent().await;
    let reached = back.hello_after(&before).await.pop().unwrap();

    let gone = bob.unpin(chat, &id).await;
    let mut wanted = renewed.clone();
    (wanted["until"], wanted["changed"]) = (Value::Null, gone["changed"].clone());
    assert_eq!(gone, wanted, "who pinned it, and when, stays");
    assert_eq!(back.next_of("pin").await, typed(&gone));
    assert_eq!(alice.unpin(chat, &id).await, gone, "there is no pin left to take away");
    assert_eq!(back.pending().await, Vec::<Value>::new(), "and nobody is told again");
    assert_eq!(alice.pinned(chat).await, Vec::<Value>::new());
    assert_eq!(bob.pins_after(&reached).await, [typed(&gone)]);
    server.restart().await;
    assert_eq!(bob.pins_after(&reached).await, [typed(&gone)]);
    assert_eq!(alice.pinned(chat).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_message_that_was_never_pinned_is_unpinned_without_a_change() {
    let server = TestServer::start().await;
    let alice = server.user("alice").await;
    let (notes, [id]) = direct(&alice, &alice, ["a note"]).await;
    let before = alice.position().await;
    let never = alice.unpin(notes, &id).await;
    assert_eq!((&never["until"], &never["changed"]), (&Value::Null, &json!(0)));
    assert_eq!(alice.pins_after(&before).await, Vec::<Value>::new());
    let pinned = alice.pin(notes, &id).await;
    assert_eq!(alice.pins(notes).await, [pinned], "notes to self have pins, too");
}

#[tokio::test]
async fn a_fourth_pin_takes_the_place_of_the_oldest() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let group = server.group(&alice, &[&bob]).await;
    let other = server.group(&alice, &[&bob]).await;
    let ids = say(&alice, group, ["one", "two", "three", "four", "five"]).await;
    let before = bob.position().await;
    for id in &ids[..3] {
        alice.pin(group, id).await;
    }
    let [elsewhere] = say(&alice, other, ["elsewhere"]).await;
    alice.pin(other, &elsewhere).await;
    assert_eq!(bob.pinned(group).await, these([&ids[2], &ids[1], &ids[0]]));
    let mut device = bob.connect().await;
    device.pending().await;
    let fourth = alice.pin(group, &ids[3]).await;
    let first = device.next_of("pin").await;
    assert_eq!((&first["message_id"], &first["until"]), (&ids[0], &Value::Null));
    assert_eq!(device.next_of("pin").await, typed(&fourth), "never four at one time");
    assert_eq!(bob.pinned(group).await, these([&ids[3], &ids[2], &ids[1]]));

    // A renewed pin comes first. No other pin is removed.
    alice.pin(group, &ids[1]).await;
    assert_eq!(bob.pinned(group).await, these([&ids[1], &ids[3], &ids[2]]));
    alice.pin(group, &ids[4]).await;
    assert_eq!(bob.pinned(group).await, these([&ids[4], &ids[1], &ids[3]]));
    // The one that had to go can come back.
    alice.pin(group, &ids[0]).await;
    assert_eq!(bob.pinned(group).await, these([&ids[0], &ids[4], &ids[1]]));
    // A chat with two pins has room for a third. No other pin is removed.
    alice.unpin(group, &ids[4]).await;
    alice.pin(group, &ids[2]).await;
    assert_eq!(bob.pinned(group).await, these([&ids[2], &ids[0], &ids[1]]));
    assert_eq!(bob.pinned(other).await, these([&elsewhere]));

    let rows = bob.pins_after(&before).await;
    let changed: Vec<_> = rows.iter().map(|row| row["changed"].as_i64()).collect();
    assert!(changed.is_sorted(), "{rows:?}");
    assert_eq!(rows.len(), 6, "each message once: {rows:?}");
    let mut left: Vec<_> = rows.iter().filter(|row| row["until"].is_i64()).collect();
    left.sort_by_key(|row| std::cmp::Reverse(row["at"].as_i64()));
    let left: Vec<_> = left.iter().map(|row| row["message_id"].clone()).collect();
    assert_eq!(left, these([&ids[2], &ids[0], &ids[1], &elsewhere]));
}

#[tokio::test]
async fn a_pin_whose_time_is_over_does_not_count() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let group = server.group(&alice, &[&bob]).await;
    let ids = say(&alice, group, ["one", "two", "three", "four"]).await;
    for id in &ids[..3] {
        alice.pin(group, id).await;
    }
    let before = bob.position().await;
    let_end(&mut server, &ids[1]).await;
    assert_eq!(bob.pinned(group).await, these([&ids[2], &ids[0]]));
    alice.pin(group, &ids[3]).await;
    assert_eq!(bob.pinned(group).await, these([&ids[3], &ids[2], &ids[0]]));
    assert_eq!(bob.pins_after(&before).await.field("message_id"), these([&ids[3]]));
    assert_eq!(alice.lines(group).await.len(), 4);
    // Pinned again, it is new.
    alice.pin(group, &ids[1]).await;
    assert_eq!(bob.pinned(group).await, these([&ids[1], &ids[3], &ids[2]]));
    assert_eq!(alice.lines(group).await.last(), Some(&(alice.id, ids[1].clone())));
    // A device whose clock is slow still shows it, and unpins it.
    let_end(&mut server, &ids[1]).await;
    let gone = alice.unpin(group, &ids[1]).await;
    assert_eq!(gone["until"], Value::Null);
    assert_eq!(alice.unpin(group, &ids[1]).await, gone);
    assert_eq!(bob.pinned(group).await, these([&ids[3], &ids[2]]));
}

#[tokio::test]
async fn a_group_has_one_line_for_each_new_pin() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let group = server.group(&alice, &[&bob]).await;
    alice.change_group(group, &json!({ "who_may_change": "all" })).await;
    let [one, two] = say(&alice, group, ["one", "two"]).await;
    let mut device = alice.connect().await;
    device.pending().await;
    let pinned = bob.pin(group, &one).await;
    assert_eq!(device.next_of("pin").await, typed(&pinned));
    let line = device.next_of("message").await;
    assert_eq!(line["event"], json!({ "kind": "pinned", "message_id": one }));
    assert_eq!((&line["sender_id"], &line["content"]), (&json!(bob.id), &json!("")));
    assert!(line["changed"].as_i64() > pinned["changed"].as_i64(), "the line comes last");
    assert_eq!(alice.summary(group).await["unread"], 0, "a line is not unread");

    alice.pin(group, &one).await;
    alice.unpin(group, &one).await;
    alice.unpin(group, &one).await;
    assert_eq!(bob.lines(group).await, [(bob.id, one.clone())], "neither has a line");
    alice.pin(group, &one).await;
    alice.pin(group, &two).await;
    let lines = [(bob.id, one.clone()), (alice.id, one.clone()), (alice.id, two.clone())];
    assert_eq!(bob.lines(group).await, lines);
    alice.try_pin(group, &line["id"]).await.assert_error(403, "event_line");
    alice.try_unpin(group, &line["id"]).await.assert_error(403, "event_line");
}

#[tokio::test]
async fn a_line_counts_to_the_quota() {
    let server = TestServer::start_with(|config| config.user_quota = 1).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let group = server.group(&alice, &[&bob]).await;
    let (chat, [other]) = direct(&bob, &alice, ["Hello"]).await;
    let [one, two] = say(&bob, group, ["one", "two"]).await;
    alice.pin(group, &one).await;
    for length in [16_000, 4_000, 1_000, 200, 1] {
        let text = json!({ "content": "x".repeat(length) });
        while alice.post(&format!("/api/chats/{group}/messages"), &text).await.status == 201 {}
    }
    let before = alice.summary(group).await["last_seq"].clone();
    alice.try_pin(group, &two).await.assert_error(507, "quota");
    assert_eq!(bob.pinned(group).await, these([&one]));
    // What writes no line stores nothing.
    alice.pin(group, &one).await;
    alice.pin(chat, &other).await;
    alice.unpin(group, &one).await;
    assert_eq!(alice.summary(group).await["last_seq"], before);
}

#[tokio::test]
async fn only_current_members_who_see_a_message_are_told() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    let [id, other] = say(&alice, group, ["Hello", "Again"]).await;
    alice.pin(group, &id).await;
    assert_eq!(carol.pinned(group).await, these([&id]));
    alice.remove(group, &carol).await;
    alice.add(group, &[&dave]).await;
    assert_eq!(bob.request("DELETE", &format!("/api/chats/{group}/messages")).await.status, 200);
    let before = carol.position().await;
    let [mut own, mut cleared, mut former, mut newcomer] =
        [alice.connect().await, bob.connect().await, carol.connect().await, dave.connect().await];
    for user in [&bob, &carol, &dave] {
        assert_eq!(user.pinned(group).await, Vec::<Value>::new(), "{}", user.username);
    }
    alice.pin(group, &other).await;
    alice.unpin(group, &id).await;
    assert_eq!(own.next_of("pin").await["message_id"], other);
    alice.say(group, "The end").await;
    for device in [&mut cleared, &mut newcomer, &mut former] {
        assert_eq!(device.pending().await.of("pin"), Vec::<Value>::new());
    }
    assert_eq!(carol.pins_after(&before).await, Vec::<Value>::new());
    assert_eq!(carol.pins_after(&json!({ "revision": 0 })).await, Vec::<Value>::new());
    assert_eq!(dave.pins_after(&json!({ "revision": 0 })).await, Vec::<Value>::new());
    assert_eq!(bob.pins_after(&json!({ "revision": 0 })).await, Vec::<Value>::new());
    // The line is told to all, also to those who do not see the message.
    assert_eq!(dave.lines(group).await, [(alice.id, other.clone())]);

    // Back in the group, she is told what is pinned in her earlier stay, wherever her device is.
    direct(&alice, &carol, ["Come back"]).await;
    let away = carol.position().await;
    former.pending().await;
    alice.add(group, &[&carol]).await;
    assert_eq!(former.next_of("membership").await["role"], "member");
    assert_eq!(former.next_of("pin").await["message_id"], other);
    assert_eq!(former.pending().await.of("pin"), Vec::<Value>::new());
    assert_eq!(carol.pins_after(&away).await.field("message_id"), these([&other]));
    let missed = carol.rows_after(&before).await;
    let pins = missed.of("pin");
    assert_eq!(pins.field("message_id"), these([&id, &other]), "and what is not any more");
    assert_eq!(pins[0]["until"], Value::Null);
    let place = |kind: &str| missed.iter().rposition(|row| row["type"] == kind).unwrap();
    assert!(place("pin") > place("membership"), "a device forgets the pins of an earlier stay");
    assert_eq!(carol.pinned(group).await, these([&other]));
}

#[tokio::test]
async fn a_newcomer_who_sees_earlier_messages_is_told_which_are_pinned() {
    let mut server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let group = server.group(&alice, &[&dave]).await;
    let [one, two, three] = say(&alice, group, ["one", "two", "three"]).await;
    let pinned = alice.pin(group, &one).await;
    for id in [&two, &three] {
        alice.pin(group, id).await;
    }
    alice.unpin(group, &two).await;
    let_end(&mut server, &three).await;
    // Both have seen later changes than the pins.
    alice.post("/api/groups", &json!({ "title": "All", "user_ids": [bob.id, carol.id] })).await;
    let (mut device, away) = (bob.connect().await, carol.position().await);
    alice.add(group, &[&bob]).await;
    assert_eq!(device.next_of("message").await["event"]["kind"], "added");
    assert_eq!(device.pending().await.of("pin"), Vec::<Value>::new(), "he sees none of them");
    alice.remove(group, &bob).await;
    device.pending().await;
    alice.change_group(group, &json!({ "history_for_newcomers": "all" })).await;
    alice.add(group, &[&bob, &carol]).await;
    assert_eq!(device.next_of("pin").await, typed(&pinned));
    assert_eq!(device.pending().await.of("pin"), Vec::<Value>::new(), "only what is pinned now");
    assert_eq!(carol.pins_after(&away).await, [typed(&pinned)]);
    assert_eq!(carol.pins(group).await, these([&pinned]));
    let reached = carol.position().await;
    assert_eq!(carol.pins_after(&reached).await, Vec::<Value>::new(), "once is enough");
    server.restart().await;
    assert_eq!(carol.pins_after(&away).await, [typed(&pinned)]);
}

#[tokio::test]
async fn who_may_change_a_group_pins_in_it() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let eve = server.user("eve").await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    let [id, hidden] = say(&bob, group, ["Hello", "Hidden"]).await;
    alice.remove(group, &carol).await;
    alice.add(group, &[&dave]).await;
    let all = [&alice, &bob, &carol, &dave, &eve];
    let (missing, stranger) = ((404, "no_such_message"), (404, "no_such_chat"));
    let former = (403, "not_a_member");
    let admins = (403, "only_admins_may_pin");
    let yes = (200, "");
    let check = async |outcomes: [(u16, &str); 5]| {
        for (user, (status, code)) in all.iter().zip(outcomes) {
            for reply in [user.try_pin(group, &id).await, user.try_unpin(group, &id).await] {
                if status == 200 {
                    row(&reply);
                } else {
                    reply.assert_error(status, code);
                }
            }
        }
    };
    check([yes, admins, former, missing, stranger]).await;
    // Who may write does not matter.
    alice.change_group(group, &json!({ "who_may_change": "all", "who_may_write": "admins" })).await;
    check([yes, yes, former, missing, stranger]).await;
    alice.change_group(group, &json!({ "who_may_change": "admins" })).await;
    alice.set_role(group, &bob, "admin").await;
    alice.set_role(group, &alice, "member").await;
    check([admins, yes, former, missing, stranger]).await;

    // A message that one has hidden or cleared, one of another chat, and one that does not exist.
    let (chat, [foreign]) = direct(&alice, &bob, ["Psst"]).await;
    let hide = format!("/api/chats/{group}/messages/{hidden}/hidden");
    bob.pin(group, &hidden).await;
    assert_eq!(bob.request("PUT", &hide).await.status, 200);
    for id in [&hidden, &foreign, &json!(0), &json!(99_999), &json!(i64::MAX)] {
        bob.try_pin(group, id).await.assert_error(404, "no_such_message");
        bob.try_unpin(group, id).await.assert_error(404, "no_such_message");
    }
    carol.try_pin(chat, &foreign).await.assert_error(404, "no_such_chat");
    assert_eq!(bob.pinned(group).await, Vec::<Value>::new(), "his list leaves it out");
    assert_eq!(alice.pinned(group).await, these([&hidden]), "it is pinned for the others");
    assert_eq!(bob.request("DELETE", &format!("/api/chats/{group}/messages")).await.status, 200);
    bob.try_pin(group, &id).await.assert_error(404, "no_such_message");
    bob.pin(chat, &foreign).await;
    alice.unpin(chat, &foreign).await;

    for hours in ["0", "1", "23", "25", "-24", "24.0", "24.5", "\"24\"", "null", "99999999999"] {
        let body = format!("{{\"hours\":{hours}}}");
        let reply = bob.send_json("PUT", &path(chat, &foreign), body.clone()).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.text());
    }
    for body in ["{}", "[]", "{", "", "24"] {
        let reply = bob.send_json("PUT", &path(chat, &foreign), body.to_owned()).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.text());
    }
    assert_eq!(bob.pinned(chat).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_deleted_message_is_not_pinned() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, [id, other]) = direct(&alice, &bob, ["Hello", "Bye"]).await;
    bob.pin(chat, &id).await;
    bob.pin(chat, &other).await;
    let before = bob.position().await;
    let edit = json!({ "content": "Hello!" });
    let message = format!("/api/chats/{chat}/messages/{id}");
    assert_eq!(alice.patch(&message, &edit).await.status, 200);
    assert_eq!(bob.pinned(chat).await, these([&other, &id]), "an edit keeps it");
    assert_eq!(alice.request("DELETE", &message).await.status, 200);
    assert_eq!(bob.pinned(chat).await, these([&other]));
    assert_eq!(bob.pins_after(&before).await, Vec::<Value>::new());
    bob.try_pin(chat, &id).await.assert_error(409, "message_deleted");
    bob.try_unpin(chat, &id).await.assert_error(409, "message_deleted");
    server.stop().await;
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    let left = database.query_row("SELECT count(*), min(message_id) FROM pins", (), |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
    });
    assert_eq!(left.unwrap(), (1, other.as_i64().unwrap()));
}

#[tokio::test]
async fn clients_of_the_first_contract_hear_nothing_of_pins() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, [id]) = direct(&alice, &bob, ["Hello"]).await;
    let mut old = bob.connect_v1().await;
    assert_eq!(old.pending().await.len(), 1);
    alice.pin(chat, &id).await;
    alice.say(chat, "The end").await;
    assert_eq!(old.pending().await.contents(), ["The end"]);
    assert_eq!(bob.history_with(&alice).await.len(), 2);
}
