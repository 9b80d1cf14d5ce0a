//! Mentions in groups: what counts when a message is stored, who is told, and which are unread.

use serde_json::{Value, json};

use crate::kit::{Frames, TestServer, User, eventually, new_cid};

/// What a text mentions, as the answer of its history says: the ids, and whether it is everyone.
async fn mentions(by: &User, chat: i64, text: &str) -> (Value, Value) {
    let posted = by.say(chat, text).await;
    let page = by.page(chat, "limit=200").await;
    let rows = page["messages"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == posted["message_id"]).unwrap();
    assert_eq!(row["content"], text, "the text stays as it was typed");
    (row["mentions"].clone(), row["mentions_all"].clone())
}

/// The `seq` of each unread mention in the list.
async fn unread(user: &User, chat: i64) -> Value {
    user.summary(chat).await["unread_mentions"].clone()
}

fn at(id: i64) -> String {
    format!("<@{id}>")
}

#[tokio::test]
async fn members_are_mentioned_and_nobody_else() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    // The sender's own device is told with the answer, also when it asks again.
    let path = format!("/api/chats/{chat}/messages");
    let body = json!({ "content": at(alice.id), "cid": new_cid() });
    for dup in [Value::Null, json!(true)] {
        let posted = bob.post(&path, &body).await.json();
        assert_eq!((&posted["mentions"], &posted["dup"]), (&json!([alice.id]), &dup));
    }
    let mut device = bob.connect().await;
    let frame =
        json!({ "type": "send", "cid": new_cid(), "chat_id": chat, "content": at(alice.id) });
    device.send(&frame).await;
    assert_eq!(device.next_of("ack").await["mentions"], json!([alice.id]));
    let (none, text) = (Value::Null, format!("{} {0} {}", at(bob.id), at(alice.id)));
    assert_eq!(mentions(&bob, chat, &text).await, (json!([bob.id, alice.id]), none.clone()));
    for text in ["hi", "<@0>", "<@99>", "<@01>", "<@9223372036854775808>", "<@-1>", "@bob"] {
        assert_eq!(mentions(&bob, chat, text).await, (none.clone(), none.clone()), "{text}");
    }
    assert_eq!(mentions(&bob, chat, &at(dave.id)).await, (none.clone(), none.clone()), "no member");
    alice.remove(chat, &carol).await;
    assert_eq!(mentions(&bob, chat, &at(carol.id)).await, (none.clone(), none.clone()), "gone");
    alice.add(chat, &[&carol]).await;
    assert_eq!(mentions(&bob, chat, &at(carol.id)).await, (json!([carol.id]), none));
}

#[tokio::test]
async fn only_an_admin_mentions_everyone() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    assert_eq!(mentions(&bob, chat, "<@all>").await, (Value::Null, Value::Null));
    assert_eq!(unread(&alice, chat).await, json!([]));
    assert_eq!(mentions(&alice, chat, "<@all>").await, (Value::Null, json!(true)));
    assert_eq!(unread(&bob, chat).await, json!([3]));
    let path = format!("/api/chats/{chat}/messages");
    let posted = alice.post(&path, &json!({ "content": "<@all>", "cid": new_cid() })).await.json();
    assert_eq!(posted["mentions_all"], true);
    alice.set_role(chat, &bob, "admin").await;
    let both = format!("<@all>{}", at(alice.id));
    assert_eq!(mentions(&bob, chat, &both).await, (json!([alice.id]), json!(true)));
    assert_eq!(unread(&bob, chat).await, json!([3, 4]), "not one's own");
}

#[tokio::test]
async fn a_mention_is_part_of_every_form_of_the_message() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    let mut device = bob.connect().await;
    let mut away = bob.connect_silent().await;
    let before = away.hello(None).await.pop().unwrap();
    away.close().await;
    alice.say(chat, &format!("<@all> {}", at(bob.id))).await;
    let live = device.next_of("message").await;
    assert_eq!((&live["mentions"], &live["mentions_all"]), (&json!([bob.id]), &json!(true)));
    let mut back = bob.connect_silent().await;
    let frames = back.hello_after(&before).await;
    let rows = frames.iter().flat_map(|it| it["rows"].as_array().cloned().unwrap_or_default());
    let rows: Vec<Value> = rows.collect();
    assert_eq!(rows.of("message"), std::slice::from_ref(&live));
    let mut last = bob.summary(chat).await["last_message"].clone();
    last["type"] = json!("message");
    assert_eq!(last, live);
}

#[tokio::test]
async fn of_many_fifty_are_mentioned() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut users = Vec::new();
    for at in 0..60 {
        users.push(server.user(&format!("member{at}")).await);
    }
    let chat = server.group(&alice, &users.iter().chain([&bob]).collect::<Vec<_>>()).await;
    // Thousands of tokens. Most repeat an id or have the id of no user.
    let mut text: String = users.iter().map(|user| at(user.id)).collect();
    text += &at(users[0].id).repeat(1_000);
    text += &at(99_999).repeat(1_000);
    text += &at(bob.id);
    let expected: Vec<i64> = users[..50].iter().map(|user| user.id).collect();
    assert_eq!(mentions(&alice, chat, &text).await, (json!(expected), Value::Null));
    assert_eq!(unread(&users[49], chat).await, json!([2]));
    assert_eq!(unread(&users[50], chat).await, json!([]));
}

#[tokio::test]
async fn mentions_are_unread_until_the_mark_passes_them() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    for text in ["2", &at(bob.id), "4", "<@all>", &at(alice.id), &at(bob.id)] {
        alice.say(chat, text).await;
    }
    bob.say(chat, &at(bob.id)).await;
    alice.say(chat, "9").await;
    assert_eq!(unread(&bob, chat).await, json!([3, 5, 7]), "neither of alice nor his own");
    let mut device = bob.connect().await;
    for (read, left) in [(3, json!([5, 7])), (8, json!([]))] {
        device.confirm(chat, 9, read).await;
        eventually("the mark", async || unread(&bob, chat).await == left).await;
    }
    assert_eq!(bob.summary(chat).await["unread"], 1);
}

#[tokio::test]
async fn a_long_list_of_unread_mentions_begins_with_the_oldest() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    for _ in 0..130 {
        alice.say(chat, &at(bob.id)).await;
    }
    let expected: Vec<i64> = (2..102).collect();
    assert_eq!(unread(&bob, chat).await, json!(expected));
}

#[tokio::test]
async fn only_mentions_of_ones_own_time_are_unread() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    alice.change_group(chat, &json!({ "history_for_newcomers": "all" })).await;
    alice.say(chat, &format!("<@all> {}", at(carol.id))).await;
    alice.add(chat, &[&carol]).await;
    assert_eq!(unread(&carol, chat).await, json!([]), "she sees them, but was no member");
    let posted = bob.say(chat, &at(carol.id)).await;
    assert_eq!(unread(&carol, chat).await, json!([posted["seq"]]));
    alice.remove(chat, &carol).await;
    alice.say(chat, "<@all>").await;
    assert_eq!(unread(&carol, chat).await, json!([posted["seq"]]), "of her last stay");
    alice.add(chat, &[&carol]).await;
    assert_eq!(unread(&carol, chat).await, json!([]), "her marks begin again");
    assert_eq!(carol.summary(chat).await["unread"], 0);
    alice.remove(chat, &bob).await;
    let late = alice.say(chat, "<@all>").await;
    assert_eq!(unread(&carol, chat).await, json!([late["seq"]]));
    let row = carol.page(chat, "limit=200").await;
    let old = row["messages"].as_array().unwrap().iter().find(|it| it["seq"] == posted["seq"]);
    assert_eq!(old.unwrap()["mentions"], json!([carol.id]), "who wrote it is gone since");
}

#[tokio::test]
async fn direct_chats_have_no_mentions() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let ack = device.post_to(&bob, &format!("<@all> {}", at(bob.id))).await;
    let chat = ack["chat_id"].as_i64().unwrap();
    assert_eq!(mentions(&bob, chat, &at(alice.id)).await, (Value::Null, Value::Null));
    assert_eq!(unread(&alice, chat).await, json!([]));
}
