//! Stars and hidden messages: who is told, what a device that was away gets, who may set what, and
//! where a hidden message no longer counts.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::kit::{Frames, Reply, TestServer, User, new_cid};

fn path(chat: i64, message: &Value, flag: &str) -> String {
    format!("/api/chats/{chat}/messages/{message}/{flag}")
}

/// The row in the answer to a request that must succeed.
fn row(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

impl User {
    async fn star(&self, chat: i64, message: &Value) -> Value {
        row(&self.request("PUT", &path(chat, message, "star")).await)
    }

    async fn unstar(&self, chat: i64, message: &Value) -> Value {
        row(&self.request("DELETE", &path(chat, message, "star")).await)
    }

    async fn hide(&self, chat: i64, message: &Value) -> Value {
        row(&self.request("PUT", &path(chat, message, "hidden")).await)
    }

    /// The flags of a message as a page of its chat has them; null if there never were any.
    async fn flags(&self, chat: i64, message: &Value) -> Value {
        let page = self.page(chat, "limit=200").await;
        let rows = page["flags"].as_array().unwrap();
        rows.iter().find(|row| row["message_id"] == *message).cloned().unwrap_or_default()
    }

    /// The contents of the starred messages, from pages of `limit`.
    async fn starred(&self, query: &str, limit: usize) -> Vec<String> {
        let (mut contents, mut before) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/starred?limit={limit}{query}{before}");
            let reply = self.get(&path).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            let page = reply.json();
            let messages = page["messages"].as_array().unwrap();
            assert!(messages.len() <= limit, "{page}");
            contents.extend(messages.contents());
            if page["more"] == false {
                return contents;
            }
            assert_eq!(messages.len(), limit, "{page}");
            before = format!("&before={}", messages.last().unwrap()["id"]);
        }
    }

    async fn clear(&self, chat: i64, query: &str) {
        let reply = self.request("DELETE", &format!("/api/chats/{chat}/messages{query}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
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

/// The flags among all frames of a device that catches up.
fn flags_in(frames: &[Value]) -> Vec<Value> {
    let rows = frames.iter().flat_map(|it| it["rows"].as_array().cloned().unwrap_or_default());
    rows.collect::<Vec<_>>().of("flags")
}

/// A row with its type, as a device gets it.
fn typed(row: &Value) -> Value {
    let mut row = row.clone();
    row["type"] = json!("flags");
    row
}

#[tokio::test]
async fn a_star_reaches_the_own_devices_and_nobody_else() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, [id]) = direct(&alice, &bob, ["Hello"]).await;
    let mut away = bob.connect_silent().await;
    let before = away.hello(None).await.pop().unwrap();
    away.close().await;
    let [mut author, mut first, mut second] =
        [alice.connect().await, bob.connect().await, bob.connect().await];
    assert_eq!(bob.flags(chat, &id).await, Value::Null);

    let starred = bob.star(chat, &id).await;
    assert!(starred["starred_at"].is_i64(), "{starred}");
    let shape = json!({
        "chat_id": chat, "message_id": id, "starred_at": starred["starred_at"],
        "hidden_at": null, "changed": starred["changed"],
    });
    assert_eq!(starred, shape);
    for device in [&mut first, &mut second] {
        assert_eq!(device.next_of("flags").await, typed(&starred));
    }
    assert_eq!(bob.flags(chat, &id).await, starred);
    assert_eq!(bob.starred("", 5).await, ["Hello"]);
    assert_eq!(bob.star(chat, &id).await, starred, "the same again changes nothing");
    assert_eq!(first.pending().await, Vec::<Value>::new(), "and nobody is told again");

    // The device that was away gets the last state, also after a restart.
    assert_eq!(author.pending().await.of("flags"), Vec::<Value>::new());
    server.restart().await;
    let mut author = alice.connect().await;
    let mut back = bob.connect_silent().await;
    let frames = back.hello_after(&before).await;
    assert_eq!(flags_in(&frames), [typed(&starred)]);
    let reached = frames.last().unwrap().clone();
    let gone = bob.unstar(chat, &id).await;
    assert_eq!((&gone["starred_at"], &gone["hidden_at"]), (&Value::Null, &Value::Null));
    assert_eq!(bob.unstar(chat, &id).await, gone, "there is no star left to take away");
    assert_eq!(back.next_of("flags").await, typed(&gone));
    assert_eq!(bob.flags(chat, &id).await, gone);
    assert_eq!(bob.starred("", 5).await, [""; 0]);
    let frames = bob.connect_silent().await.hello_after(&reached).await;
    assert_eq!(flags_in(&frames), [typed(&gone)]);

    // The other person learns nothing: neither live nor in a page nor later.
    assert_eq!(author.pending().await.of("flags"), Vec::<Value>::new());
    assert_eq!(alice.flags(chat, &id).await, Value::Null);
    let frames = alice.connect_silent().await.hello_after(&before).await;
    assert_eq!(flags_in(&frames), Vec::<Value>::new());
    // Never starred, never told.
    let never = alice.unstar(chat, &id).await;
    assert_eq!((&never["starred_at"], &never["changed"]), (&Value::Null, &json!(0)));
    assert_eq!(alice.flags(chat, &id).await, Value::Null);
}

#[tokio::test]
async fn a_hidden_message_is_gone_for_one_person_and_leaves_no_hole() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, [_, id, _]) = direct(&alice, &bob, ["one", "two", "three"]).await;
    let mut away = bob.connect_silent().await;
    let before = away.hello(None).await.pop().unwrap();
    away.close().await;
    let mut device = bob.connect().await;
    bob.star(chat, &id).await;
    device.next_of("flags").await;

    let hidden = bob.hide(chat, &id).await;
    assert_eq!(hidden["starred_at"], Value::Null, "hiding takes the star away");
    assert!(hidden["hidden_at"].is_i64(), "{hidden}");
    assert_eq!(device.next_of("flags").await, typed(&hidden));
    assert_eq!(bob.starred("", 5).await, [""; 0]);
    assert_eq!(bob.hide(chat, &id).await, hidden, "the same again changes nothing");
    assert_eq!(device.pending().await, Vec::<Value>::new());
    server.restart().await;
    assert_eq!(bob.flags(chat, &id).await, hidden);
    assert_eq!(
        bob.page(chat, "").await["messages"].as_array().unwrap().contents(),
        ["one", "", "three"]
    );
    let seqs = bob.page(chat, "").await["messages"].as_array().unwrap().field("seq");
    assert_eq!(seqs, [1, 2, 3].map(Value::from), "seq has no hole");
    assert_eq!(
        alice.page(chat, "").await["messages"].as_array().unwrap().contents(),
        ["one", "two", "three"]
    );

    // A device that was away, and a new one.
    let frames = bob.connect_silent().await.hello_after(&before).await;
    assert_eq!(flags_in(&frames), [typed(&hidden)]);
    let frames = bob.connect_silent().await.hello(Some(0)).await;
    let rows = frames.iter().flat_map(|it| it["rows"].as_array().cloned().unwrap_or_default());
    let rows: Vec<Value> = rows.collect();
    assert_eq!(rows.of("message").contents(), ["one", "", "three"]);
    assert_eq!(rows.of("flags"), [typed(&hidden)]);

    // An edit is published as it is; pages and the sync leave its words out.
    let mut device = bob.connect().await;
    let edited = json!({ "content": "two and a half" });
    let message = format!("/api/chats/{chat}/messages/{id}");
    assert_eq!(alice.patch(&message, &edited).await.status, 200);
    assert_eq!(device.next_of("message").await["content"], "two and a half");
    assert_eq!(bob.page(chat, "").await["messages"][1]["content"], "");
    let frames = bob.connect_silent().await.hello_after(&before).await;
    let rows = frames.iter().flat_map(|it| it["rows"].as_array().cloned().unwrap_or_default());
    assert_eq!(rows.collect::<Vec<_>>().of("message").contents(), [""]);
}

#[tokio::test]
async fn nothing_can_be_done_with_a_message_that_one_has_hidden() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, [id]) = direct(&alice, &bob, ["Hello"]).await;
    let cid = new_cid();
    let answer = json!({ "content": "Answer", "reply_to": id, "cid": cid });
    let messages = format!("/api/chats/{chat}/messages");
    assert_eq!(alice.post(&messages, &answer).await.status, 201);
    alice.hide(chat, &id).await;
    let message = format!("{messages}/{id}");
    let emoji = json!({ "emoji": "👍" });
    for reply in [
        alice.put_json(&format!("{message}/reaction"), &emoji).await,
        alice.request("DELETE", &format!("{message}/reaction")).await,
        alice.get(&format!("{message}/reactions")).await,
        alice.get(&format!("{message}/receipts")).await,
        alice.patch(&message, &json!({ "content": "Hello!" })).await,
        alice.request("DELETE", &message).await,
        alice.request("PUT", &path(chat, &id, "star")).await,
        alice.request("DELETE", &path(chat, &id, "star")).await,
        alice.post(&messages, &json!({ "content": "and", "reply_to": id })).await,
        alice.post(&messages, &json!({ "content": "Hello", "forward_of": id })).await,
    ] {
        reply.assert_error(404, "no_such_message");
    }
    let again = alice.post(&messages, &answer).await;
    assert_eq!(
        (again.status, &again.json()["dup"]),
        (200, &json!(true)),
        "a retry was sent before"
    );
    // The other person sees it, and does all of it.
    bob.star(chat, &id).await;
    assert_eq!(bob.put_json(&format!("{message}/reaction"), &emoji).await.status, 200);
    let quote = json!({ "content": "and", "reply_to": id });
    assert_eq!(bob.post(&messages, &quote).await.status, 201);
    assert_eq!(bob.page(chat, "limit=9").await["messages"][0]["content"], "Hello");
}

#[tokio::test]
async fn who_sees_a_message_may_star_and_hide_it() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    let id = alice.say(group, "Hello").await["message_id"].clone();
    let other = alice.say(group, "Again").await["message_id"].clone();
    alice.remove(group, &carol).await;
    alice.add(group, &[&dave]).await;
    alice.change_group(group, &json!({ "who_may_write": "admins" })).await;
    // It is their own view, so former members and those who may not write do it, too.
    for user in [&bob, &carol] {
        user.star(group, &id).await;
        assert_eq!(user.starred("", 9).await, ["Hello"]);
        user.hide(group, &other).await;
        assert!(!user.told(group).await.contains(&String::from("Again")));
    }
    let frames = carol.connect_silent().await.hello(Some(0)).await;
    assert_eq!(flags_in(&frames).len(), 2, "a former member's devices are told");
    bob.request("DELETE", &format!("/api/chats/{group}/messages")).await;
    // What came before their stay, what they cleared, what does not exist, what is elsewhere.
    let eve = server.user("eve").await;
    let (direct_chat, [foreign]) = direct(&alice, &bob, ["Psst"]).await;
    for (method, flag) in [("PUT", "star"), ("DELETE", "star"), ("PUT", "hidden")] {
        for (user, message) in [(&dave, &id), (&bob, &id), (&alice, &json!(0)), (&alice, &foreign)]
        {
            let reply = user.request(method, &path(group, message, flag)).await;
            reply.assert_error(404, "no_such_message");
        }
        let reply = eve.request(method, &path(group, &id, flag)).await;
        reply.assert_error(404, "no_such_chat");
        let reply = carol.request(method, &path(direct_chat, &foreign, flag)).await;
        reply.assert_error(404, "no_such_chat");
    }
    eve.get(&format!("/api/starred?chat_id={group}")).await.assert_error(404, "no_such_chat");
    eve.get("/api/starred?chat_id=x").await.assert_error(422, "invalid_query");
    assert_eq!(eve.starred("", 9).await, [""; 0]);
}

#[tokio::test]
async fn an_event_line_is_hidden_but_not_starred() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let group = server.group(&alice, &[&bob]).await;
    let line = alice.page(group, "limit=1").await["messages"][0]["id"].clone();
    for method in ["PUT", "DELETE"] {
        let reply = alice.request(method, &path(group, &line, "star")).await;
        reply.assert_error(403, "event_line");
    }
    let hidden = alice.hide(group, &line).await;
    assert_eq!(alice.flags(group, &line).await, hidden);
    assert_eq!(alice.summary(group).await["last_message"], Value::Null);
    assert_eq!(bob.summary(group).await["last_message"]["id"], line);
}

#[tokio::test]
async fn deleting_for_everyone_takes_all_stars_away() {
    let mut server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    let id = alice.say(group, "Hello").await["message_id"].clone();
    for user in [&alice, &bob] {
        user.star(group, &id).await;
    }
    let hidden = carol.hide(group, &id).await;
    let message = format!("/api/chats/{group}/messages/{id}");
    assert_eq!(alice.request("DELETE", &message).await.status, 200);
    for user in [&alice, &bob] {
        assert_eq!(user.flags(group, &id).await, Value::Null);
        assert_eq!(user.starred("", 9).await, [""; 0]);
        for method in ["PUT", "DELETE"] {
            let reply = user.request(method, &path(group, &id, "star")).await;
            reply.assert_error(409, "message_deleted");
        }
    }
    assert_eq!(carol.flags(group, &id).await, hidden, "what is hidden stays hidden");
    bob.hide(group, &id).await;
    server.stop().await;
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    let count = "SELECT count(*), count(starred_at) FROM flags";
    let count = database.query_row(count, (), |row| Ok((row.get(0)?, row.get(1)?)));
    assert_eq!(count.unwrap(), (2_i64, 0_i64));
}

#[tokio::test]
async fn the_starred_list_has_pages_over_all_chats() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let (with_bob, first) = direct(&alice, &bob, ["b1", "b2", "b3"]).await;
    let (with_carol, second) = direct(&alice, &carol, ["c1", "c2"]).await;
    let (_, third) = direct(&alice, &bob, ["b4", "b5"]).await;
    // In another order than that of the messages.
    for (chat, id) in [(with_carol, &second[1]), (with_bob, &third[1]), (with_bob, &first[2])] {
        alice.star(chat, id).await;
    }
    for (chat, id) in [(with_bob, &first[0]), (with_carol, &second[0]), (with_bob, &third[0])] {
        alice.star(chat, id).await;
    }
    for limit in [1, 2, 3, 6, 200] {
        assert_eq!(alice.starred("", limit).await, ["b5", "b4", "c2", "c1", "b3", "b1"]);
        let of_bob = alice.starred(&format!("&chat_id={with_bob}"), limit).await;
        assert_eq!(of_bob, ["b5", "b4", "b3", "b1"]);
    }
    let page = alice.get("/api/starred?limit=1").await.json();
    let message = &alice.page(with_bob, "limit=1").await["messages"][0];
    assert_eq!(page, json!({ "messages": [message], "more": true }));
    assert_eq!(alice.get("/api/starred?limit=0").await.status, 422);
    assert_eq!(bob.starred("", 9).await, [""; 0]);

    // Clearing removes the flags up to there, of one chat and one person.
    bob.star(with_bob, &first[0]).await;
    alice.hide(with_bob, &first[1]).await;
    alice.clear(with_bob, "?through=3").await;
    assert_eq!(alice.starred("", 2).await, ["b5", "b4", "c2", "c1"]);
    let page = alice.page(with_bob, "limit=9").await;
    assert_eq!(page["flags"].as_array().unwrap().len(), 2, "{page}");
    alice.clear(with_carol, "").await;
    alice.unstar(with_bob, &third[0]).await;
    assert_eq!(alice.starred("", 1).await, ["b5"]);
    alice.clear(with_bob, "").await;
    assert_eq!(alice.starred("", 9).await, [""; 0]);
    assert_eq!(bob.starred("", 9).await, ["b1"]);
    let frames = alice.connect_silent().await.hello(Some(0)).await;
    assert_eq!(flags_in(&frames), Vec::<Value>::new(), "nothing is left of them");
}

#[tokio::test]
async fn a_page_of_starred_messages_has_a_bound_of_bytes() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let long = "x".repeat(16_000);
    let (chat, ids) = direct(&alice, &alice, [long.as_str(); 80]).await;
    for id in &ids {
        alice.star(chat, id).await;
    }
    let page = alice.get("/api/starred?limit=200").await;
    let count = page.json()["messages"].as_array().unwrap().len();
    assert!(count < 80 && page.body.len() < 600_000, "{count}, {}", page.body.len());
    assert_eq!(page.json()["more"], true);
}

#[tokio::test]
async fn the_list_of_chats_does_not_count_hidden_messages() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let group = server.group(&alice, &[&bob]).await;
    let at_bob = format!("<@{}>", bob.id);
    let mut ids = Vec::new();
    for text in ["one", &at_bob, "three", &at_bob, "five"] {
        ids.push(alice.say(group, text).await);
    }
    let id = |n: usize| ids[n]["message_id"].clone();
    let seq = |n: usize| ids[n]["seq"].clone();
    let summary = bob.summary(group).await;
    assert_eq!((&summary["unread"], &summary["last_message"]["id"]), (&json!(5), &id(4)));
    assert_eq!(summary["unread_mentions"], json!([seq(1), seq(3)]));
    for n in [0, 1, 4] {
        bob.hide(group, &id(n)).await;
    }
    let summary = bob.summary(group).await;
    assert_eq!((&summary["unread"], &summary["last_message"]["id"]), (&json!(2), &id(3)));
    assert_eq!(summary["unread_mentions"], json!([seq(3)]));
    // Pages begin at the first unread message that is not hidden.
    let read = seq(0).as_i64().unwrap() - 1;
    let page = bob.page(group, &format!("unread_after={read}&limit=2")).await;
    let found: Vec<Value> = page["messages"].as_array().unwrap().field("id");
    assert_eq!(found, [id(1), id(2)], "the third text in the middle");
    for n in [2, 3] {
        bob.hide(group, &id(n)).await;
    }
    let summary = bob.summary(group).await;
    assert_eq!((&summary["unread"], &summary["unread_mentions"]), (&json!(0), &json!([])));
    assert_eq!(summary["last_message"]["event"]["kind"], "created");
    assert_eq!(alice.summary(group).await["last_message"]["id"], id(4));

    // A reaction to a hidden message is not told, an earlier one to another message is.
    let own = bob.say(group, "mine").await["message_id"].clone();
    let later = bob.say(group, "mine, too").await["message_id"].clone();
    for (message, emoji) in [(&own, "👍"), (&later, "😂")] {
        let path = path(group, message, "reaction");
        assert_eq!(alice.put_json(&path, &json!({ "emoji": emoji })).await.status, 200);
    }
    let last = async |user: &User| user.summary(group).await["last_reaction"]["emoji"].clone();
    assert_eq!(last(&bob).await, "😂");
    bob.hide(group, &later).await;
    assert_eq!(last(&bob).await, "👍");
    assert_eq!(last(&alice).await, "😂");
    bob.hide(group, &own).await;
    assert_eq!(last(&bob).await, Value::Null);
}

#[tokio::test]
async fn clients_of_the_first_contract_get_no_hidden_messages() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, [first, second, _]) = direct(&alice, &bob, ["one", "two", "three"]).await;
    bob.star(chat, &first).await;
    bob.hide(chat, &second).await;
    assert_eq!(bob.history_with(&alice).await.contents(), ["one", "three"]);
    assert_eq!(alice.history_with(&bob).await.contents(), ["one", "two", "three"]);
    let undelivered = bob.connect_v1().await.pending().await;
    assert_eq!(undelivered.contents(), ["one", "three"]);
    // Every message of a page is hidden, and the next ones are still told.
    let (chat, ids) = direct(&alice, &alice, ["note"; 260]).await;
    for id in &ids[..250] {
        alice.hide(chat, id).await;
    }
    assert_eq!(alice.history_with(&alice).await.len(), 10);
    assert_eq!(alice.summary(chat).await["last_message"]["id"], ids[259]);
}
