//! Reactions: who is told, what a device that was away gets, who may react to what.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::kit::{Frames, Reply, TestServer, User};

fn path(chat: i64, message: &Value) -> String {
    format!("/api/chats/{chat}/messages/{message}/reaction")
}

impl User {
    async fn try_react(&self, chat: i64, message: &Value, emoji: &str) -> Reply {
        self.put_json(&path(chat, message), &json!({ "emoji": emoji })).await
    }

    async fn react(&self, chat: i64, message: &Value, emoji: &str) -> Value {
        let reply = self.try_react(chat, message, emoji).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    async fn take_back(&self, chat: i64, message: &Value) -> Value {
        let reply = self.request("DELETE", &path(chat, message)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    /// The reactions to a message as a page of its chat has them; null if it never had any.
    async fn reactions(&self, chat: i64, message: &Value) -> Value {
        find(&self.page(chat, "limit=200").await["reactions"], message)
    }

    /// The user's own reaction as a page has it; null if there never was one.
    async fn own_reaction(&self, chat: i64, message: &Value) -> Value {
        find(&self.page(chat, "limit=200").await["own_reactions"], message)
    }

    /// Who reacts with what.
    async fn reactors(&self, chat: i64, message: &Value) -> Vec<(i64, String)> {
        let list = self.get(&(path(chat, message) + "s")).await.json();
        let reactions = list["reactions"].as_array().unwrap().iter();
        let pair = |it: &Value| {
            (it["user_id"].as_i64().unwrap(), it["emoji"].as_str().unwrap().to_owned())
        };
        reactions.map(pair).collect()
    }
}

fn find(rows: &Value, message: &Value) -> Value {
    let rows = rows.as_array().unwrap();
    rows.iter().find(|row| row["message_id"] == *message).cloned().unwrap_or_default()
}

/// The emoji of a row with their numbers, such as `👍2 😂1`.
fn counts(row: &Value) -> String {
    let counts = row["counts"].as_array().unwrap().iter();
    let words = counts.map(|it| format!("{}{}", it["emoji"].as_str().unwrap(), it["count"]));
    words.collect::<Vec<_>>().join(" ")
}

/// A direct chat of alice and bob, and the id of a message of alice in it.
async fn direct(alice: &User, bob: &User) -> (i64, Value) {
    let ack = alice.connect().await.post_to(bob, "Hello").await;
    (ack["chat_id"].as_i64().unwrap(), ack["message_id"].clone())
}

/// The rows of a type among all frames of a device that catches up.
fn rows_in(frames: &[Value], kind: &str) -> Vec<Value> {
    let rows = frames.iter().flat_map(|it| it["rows"].as_array().cloned().unwrap_or_default());
    rows.collect::<Vec<_>>().of(kind)
}

/// A row without its type, as a page has it.
fn untyped(row: &Value) -> Value {
    let mut row = row.clone();
    row.as_object_mut().unwrap().remove("type");
    row
}

#[tokio::test]
async fn a_reaction_reaches_both_people_and_every_device() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, id) = direct(&alice, &bob).await;
    let mut away = bob.connect_silent().await;
    let before = away.hello(None).await.pop().unwrap();
    away.close().await;
    let [mut author, mut first, mut second] =
        [alice.connect().await, bob.connect().await, bob.connect().await];

    let own = bob.react(chat, &id, "❤").await;
    let shape = json!({
        "chat_id": chat, "message_id": id, "emoji": "❤️", "at": own["at"], "changed": own["changed"],
    });
    assert_eq!(own, shape, "the answer has the full spelling");
    let row = author.next_of("reactions").await;
    let latest =
        json!({ "user_id": bob.id, "emoji": "❤️", "at": own["at"], "changed": own["changed"] });
    let wanted = json!({
        "type": "reactions", "chat_id": chat, "message_id": id, "sender_id": alice.id,
        "counts": [{ "emoji": "❤️", "count": 1 }], "total": 1, "latest": latest,
        "changed": own["changed"],
    });
    assert_eq!(row, wanted);
    for device in [&mut first, &mut second] {
        assert_eq!(untyped(&device.next_of("reaction").await), own);
        assert_eq!(device.next_of("reactions").await, wanted);
    }
    assert_eq!(alice.reactions(chat, &id).await, untyped(&wanted));
    assert_eq!(bob.own_reaction(chat, &id).await, own);
    assert_eq!(alice.own_reaction(chat, &id).await, Value::Null);

    // The same again changes nothing. Another one replaces it.
    assert_eq!(bob.react(chat, &id, "❤️").await, own);
    alice.react(chat, &id, "😂").await;
    assert_eq!(counts(&first.next_of("reactions").await), "❤️1 😂1");
    bob.react(chat, &id, "😂").await;
    assert_eq!(counts(&author.next_of("reactions").await), "❤️1 😂1");
    assert_eq!(counts(&author.next_of("reactions").await), "😂2");
    assert_eq!(
        alice.reactors(chat, &id).await,
        [(bob.id, String::from("😂")), (alice.id, "😂".into())]
    );

    // The device that was away gets the last state of both.
    let mut back = bob.connect_silent().await;
    let frames = back.hello_after(&before).await;
    let (all, own) = (rows_in(&frames, "reactions"), rows_in(&frames, "reaction"));
    assert_eq!((all.len(), counts(&all[0])), (1, String::from("😂2")));
    assert_eq!((own.len(), &own[0]["emoji"]), (1, &json!("😂")));

    let gone = bob.take_back(chat, &id).await;
    assert_eq!(gone["emoji"], Value::Null);
    assert_eq!(bob.take_back(chat, &id).await, gone, "there is nothing left to take back");
    assert_eq!(back.next_of("reaction").await["emoji"], Value::Null);
    let row = back.next_of("reactions").await;
    assert_eq!((counts(&row), &row["latest"]["user_id"]), (String::from("😂1"), &json!(alice.id)));
    alice.take_back(chat, &id).await;
    let row = back.next_of("reactions").await;
    assert_eq!((counts(&row), row.get("latest")), (String::new(), None));
    assert_eq!(alice.reactors(chat, &id).await, []);
    // Never reacted, never told.
    let (other, id) = direct(&alice, &alice).await;
    assert_eq!(alice.take_back(other, &id).await["emoji"], Value::Null);
    assert_eq!(alice.reactions(other, &id).await, Value::Null);
}

#[tokio::test]
async fn a_message_counts_its_emoji_the_most_frequent_first() {
    let server = TestServer::start().await;
    let users = server.users(["a0", "b1", "c2", "d3", "e4", "f5"]).await;
    let group = server.group(&users[0], &users[1..].iter().collect::<Vec<_>>()).await;
    let id = users[0].say(group, "Hello").await["message_id"].clone();
    for (user, emoji) in users.iter().zip(["😮", "👍", "😂", "👍", "😂", "👍"]) {
        user.react(group, &id, emoji).await;
    }
    let row = users[5].reactions(group, &id).await;
    assert_eq!(counts(&row), "👍3 😂2 😮1");
    assert_eq!((&row["total"], &row["latest"]["user_id"]), (&json!(6), &json!(users[5].id)));
    // The list in pages, the latest first.
    let (mut found, mut before) = (Vec::new(), String::new());
    loop {
        let list = format!("{}s?limit=4{before}", path(group, &id));
        let page = users[1].get(&list).await.json();
        let reactions = page["reactions"].as_array().unwrap();
        found.extend(reactions.iter().map(|it| it["user_id"].as_i64().unwrap()));
        before = format!("&before={}", reactions.last().unwrap()["changed"]);
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(found, users.iter().rev().map(|user| user.id).collect::<Vec<_>>());
}

#[tokio::test]
async fn only_current_members_who_see_a_message_are_told() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    let id = alice.say(group, "Hello").await["message_id"].clone();
    carol.react(group, &id, "👍").await;
    alice.remove(group, &carol).await;
    alice.add(group, &[&dave]).await;
    assert_eq!(bob.request("DELETE", &format!("/api/chats/{group}/messages")).await.status, 200);
    let mut away = carol.connect_silent().await;
    let before = away.hello(None).await.pop().unwrap();
    away.close().await;
    let [mut own, mut cleared, mut former, mut newcomer] =
        [alice.connect().await, bob.connect().await, carol.connect().await, dave.connect().await];

    alice.react(group, &id, "😂").await;
    assert_eq!(counts(&own.next_of("reactions").await), "👍1 😂1");
    alice.say(group, "The end").await;
    for device in [&mut cleared, &mut newcomer, &mut former] {
        let frames = device.pending().await;
        assert_eq!(frames.of("reactions"), Vec::<Value>::new());
    }
    let frames = carol.connect_silent().await.hello_after(&before).await;
    assert_eq!(rows_in(&frames, "reactions"), Vec::<Value>::new());
    assert_eq!(carol.reactions(group, &id).await, Value::Null);
    assert_eq!(carol.own_reaction(group, &id).await, Value::Null);
    carol.get(&(path(group, &id) + "s")).await.assert_error(403, "not_a_member");
    carol.try_react(group, &id, "👍").await.assert_error(403, "not_a_member");
    dave.try_react(group, &id, "👍").await.assert_error(404, "no_such_message");
    dave.get(&(path(group, &id) + "s")).await.assert_error(404, "no_such_message");
    bob.try_react(group, &id, "👍").await.assert_error(404, "no_such_message");
    assert_eq!(carol.summary(group).await.get("last_reaction"), None);

    // Back in the group, she sees them all again.
    alice.add(group, &[&carol]).await;
    assert_eq!(counts(&carol.reactions(group, &id).await), "👍1 😂1");
    assert_eq!(carol.own_reaction(group, &id).await["emoji"], "👍");
    let frames = carol.connect_silent().await.hello_after(&before).await;
    assert_eq!(counts(&rows_in(&frames, "reactions")[0]), "👍1 😂1");
}

#[tokio::test]
async fn a_deleted_message_has_no_reactions() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, id) = direct(&alice, &bob).await;
    bob.react(chat, &id, "👍").await;
    let edit = json!({ "content": "Hello!" });
    assert_eq!(alice.patch(&format!("/api/chats/{chat}/messages/{id}"), &edit).await.status, 200);
    assert_eq!(counts(&bob.reactions(chat, &id).await), "👍1", "an edit keeps them");
    let message = format!("/api/chats/{chat}/messages/{id}");
    assert_eq!(alice.request("DELETE", &message).await.status, 200);
    assert_eq!(bob.reactions(chat, &id).await, Value::Null);
    assert_eq!(bob.own_reaction(chat, &id).await, Value::Null);
    assert_eq!(alice.reactors(chat, &id).await, []);
    bob.try_react(chat, &id, "👍").await.assert_error(409, "message_deleted");
    bob.request("DELETE", &path(chat, &id)).await.assert_error(409, "message_deleted");
    assert_eq!(alice.summary(chat).await.get("last_reaction"), None);
    server.stop().await;
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    for table in ["reactions", "reacted_messages"] {
        let count = format!("SELECT count(*) FROM {table}");
        assert_eq!(database.query_row(&count, (), |row| row.get::<_, i64>(0)).unwrap(), 0);
    }
}

#[tokio::test]
async fn what_takes_no_reaction_says_why() {
    let server = TestServer::start().await;
    let [alice, bob, eve] = server.users(["alice", "bob", "eve"]).await;
    let (chat, id) = direct(&alice, &bob).await;
    for text in ["", "ok", "👍👍", "👍 ", "<script>", "\u{200d}", "🇩", &"😂".repeat(400)]
    {
        bob.try_react(chat, &id, text).await.assert_error(422, "not_an_emoji");
    }
    for body in ["{}", "[]", "{\"emoji\":7}", "{\"emoji\":null}", "{", ""] {
        let reply = bob.send_json("PUT", &path(chat, &id), body.to_owned()).await;
        assert_eq!(reply.status, 422, "{body}: {}", reply.text());
    }
    eve.try_react(chat, &id, "👍").await.assert_error(404, "no_such_chat");
    let group = server.group(&alice, &[&bob]).await;
    let line = alice.page(group, "limit=1").await["messages"][0]["id"].clone();
    alice.try_react(group, &line, "👍").await.assert_error(403, "event_line");
    for unknown in [json!(0), json!(99_999), json!(i64::MAX)] {
        alice.try_react(chat, &unknown, "👍").await.assert_error(404, "no_such_message");
    }
    alice.try_react(group, &id, "👍").await.assert_error(404, "no_such_message");
    assert_eq!(alice.reactions(chat, &id).await, Value::Null);
    // Where only admins write, members react.
    alice.change_group(group, &json!({ "who_may_write": "admins" })).await;
    let id = alice.say(group, "Hear me").await["message_id"].clone();
    bob.react(group, &id, "👍").await;
}

#[tokio::test]
async fn the_list_of_chats_has_the_last_reaction_that_concerns_the_caller() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    let id = alice.say(group, "Hello").await["message_id"].clone();
    let last = async |user: &User| user.summary(group).await["last_reaction"].clone();
    assert_eq!(last(&alice).await, Value::Null);

    let by_bob = bob.react(group, &id, "👍").await;
    let wanted = json!({
        "message": alice.page(group, "limit=1").await["messages"][0], "user_id": bob.id,
        "emoji": "👍", "at": by_bob["at"], "changed": by_bob["changed"],
    });
    assert_eq!(last(&alice).await, wanted);
    assert_eq!(last(&bob).await, wanted, "the caller's own");
    assert_eq!(last(&carol).await, Value::Null, "neither hers nor to her message");
    carol.react(group, &id, "😮").await;
    assert_eq!(last(&alice).await["emoji"], "😮");
    assert_eq!(last(&bob).await["emoji"], "👍");
    carol.take_back(group, &id).await;
    assert_eq!(last(&alice).await["emoji"], "👍");
    assert_eq!(alice.summary(group).await["unread"], 0, "a reaction is not unread");
    bob.say(group, "Newer").await;
    assert_eq!(last(&alice).await, Value::Null);
}

#[tokio::test]
async fn clients_of_the_first_contract_hear_nothing_of_reactions() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, id) = direct(&alice, &bob).await;
    let mut old = bob.connect_v1().await;
    assert_eq!(old.pending().await.len(), 1);
    bob.react(chat, &id, "👍").await;
    alice.react(chat, &id, "😂").await;
    alice.say(chat, "The end").await;
    let contents: Vec<_> = old.pending().await.iter().map(|it| it["content"].clone()).collect();
    assert_eq!(contents, ["The end"]);
    assert_eq!(bob.history_with(&alice).await.len(), 2);
}
