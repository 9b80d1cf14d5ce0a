//! Who sees what of a group over time: stays that begin and end with their line, absences, and
//! what a device finds when it comes back.

use serde_json::{Value, json};

use crate::kit::{Frames, TestServer, User, new_cid, whole_chat, words};

/// What a device that had `before` is sent, and where it then is.
async fn catch_up(user: &User, before: &Value) -> (Vec<Value>, Value) {
    let mut device = user.connect_silent().await;
    let mut frames = device.hello_after(before).await;
    let end = frames.pop().unwrap();
    device.close().await;
    let rows = frames.iter().flat_map(|frame| frame["rows"].as_array().unwrap().clone());
    (rows.collect(), end)
}

async fn position(user: &User) -> Value {
    let mut device = user.connect_silent().await;
    let end = device.hello(None).await.pop().unwrap();
    device.close().await;
    end
}

fn told(rows: &[Value]) -> Vec<String> {
    rows.of("message").iter().map(words).collect()
}

#[tokio::test]
async fn a_message_on_its_way_while_its_sender_is_removed_is_refused_and_not_stored() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    let mut device = bob.connect().await;
    alice.remove(chat, &bob).await;
    let cid = new_cid();
    let send =
        json!({ "type": "send", "chat_id": chat, "cid": cid, "content": "late", "ref": "1" });
    device.send(&send).await;
    let error = device.next_of("error").await;
    assert_eq!((&error["code"], &error["cid"]), (&json!("not_a_member"), &json!(cid)));
    let path = format!("/api/chats/{chat}/messages");
    let late = json!({ "content": "late", "cid": cid });
    bob.post(&path, &late).await.assert_error(403, "not_a_member");
    assert_eq!(alice.told(chat).await, ["*created*", "*removed*"]);
    // Nothing was stored under the cid, so it can still be sent.
    alice.add(chat, &[&bob]).await;
    assert_eq!(bob.post(&path, &late).await.status, 201);
    assert_eq!(bob.told(chat).await, ["*created*", "*removed*", "*added*", "late"]);
}

#[tokio::test]
async fn lines_are_never_unread() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    alice.change_group(chat, &json!({ "title": "Friends" })).await;
    assert_eq!(bob.summary(chat).await["unread"], 0);
    let said = alice.say(chat, "hello").await;
    alice.add(chat, &[&carol]).await;
    assert_eq!(bob.summary(chat).await["unread"], 1);
    assert_eq!(carol.summary(chat).await["unread"], 0);
    let page = bob.page(chat, "unread_after=0&limit=2").await;
    let first = &page["messages"].as_array().unwrap()[1];
    assert_eq!(first["id"], said["message_id"], "{page}");
    let list = bob.summary(chat).await;
    assert_eq!(list["last_message"]["event"]["kind"], "added", "the list shows the line");
}

#[tokio::test]
async fn who_is_removed_and_added_again_while_away_sees_both_stays_and_the_lines_between() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    alice.say(chat, "one").await;
    let before = position(&carol).await;
    alice.remove(chat, &carol).await;
    alice.change_group(chat, &json!({ "title": "Without carol" })).await;
    let hidden = alice.say(chat, "hidden").await;
    assert_eq!(carol.summary(chat).await["title"], "Family", "she does not see the new title");
    alice.add(chat, &[&carol]).await;
    alice.say(chat, "welcome back").await;

    let (rows, end) = catch_up(&carol, &before).await;
    assert_eq!(told(&rows), ["*removed*", "*added*", "welcome back"]);
    assert_eq!(rows.of("chat").field("title"), ["Without carol"]);
    let stays = json!([{ "from_seq": 1, "to_seq": 3 }, { "from_seq": 6, "to_seq": null }]);
    assert_eq!(rows.of("membership").field("stays"), [stays]);
    assert_eq!(rows.of("member"), Vec::<Value>::new(), "she asks for the list of members");
    let all = ["*created*", "one", "*removed*", "*added*", "welcome back"];
    assert_eq!(carol.told(chat).await, all);
    let around = carol.page(chat, &format!("around={}", hidden["message_id"])).await;
    assert!(!around.to_string().contains("hidden"), "{around}");
    // From here on she is told who comes and goes.
    bob.remove(chat, &bob).await;
    let (rows, _) = catch_up(&carol, &end).await;
    assert_eq!(
        (told(&rows), rows.of("member").field("role")),
        (vec![String::from("*left*")], vec![json!("former")])
    );
}

#[tokio::test]
async fn who_was_removed_while_away_learns_it_and_nothing_that_came_after() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    let before = position(&carol).await;
    alice.change_group(chat, &json!({ "description": "for all" })).await;
    alice.say(chat, "one").await;
    alice.remove(chat, &carol).await;
    alice.change_group(chat, &json!({ "description": "secret", "who_may_write": "admins" })).await;
    alice.say(chat, "two").await;

    let (rows, end) = catch_up(&carol, &before).await;
    assert_eq!(told(&rows), ["*description_changed*", "one", "*removed*"]);
    let row = &rows.of("chat")[0];
    assert_eq!((&row["description"], &row["who_may_write"]), (&json!("for all"), &json!("all")));
    assert_eq!(row["last_seq"], 4);
    let place = |kind: &str| rows.iter().rposition(|row| row["type"] == kind).unwrap();
    assert!(place("membership") > place("message"), "the line first, then that it is over");
    assert_eq!(rows.of("membership").field("role"), ["former"]);
    let listed = carol.summary(chat).await;
    for (name, value) in row.as_object().unwrap().iter().filter(|(name, _)| *name != "type") {
        assert_eq!(*value, listed[name], "the list and the feed agree on {name}");
    }
    alice.say(chat, "three").await;
    alice.set_role(chat, &bob, "admin").await;
    assert_eq!(catch_up(&carol, &end).await.0, Vec::<Value>::new());
}

#[tokio::test]
async fn a_device_that_missed_thousands_of_messages_ends_like_one_that_was_there() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let before = position(&carol).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    alice.remove(chat, &carol).await;
    alice.add(chat, &[&carol]).await;
    let mut device = alice.connect().await;
    for n in 0..3_000 {
        let send =
            json!({ "type": "send", "chat_id": chat, "cid": new_cid(), "content": n.to_string() });
        device.send(&send).await;
        if n % 32 == 31 || n == 2_999 {
            while device.next_of("ack").await["seq"].as_i64().unwrap() < n + 4 {}
        }
    }
    alice.change_group(chat, &json!({ "title": "Busy" })).await;
    let mut device = carol.connect_silent().await;
    let mut frames = device.hello_after(&before).await;
    let end = frames.pop().unwrap();
    assert_eq!(end["type"], "synced", "within the limit of rows");
    let rows: Vec<Value> =
        frames.iter().flat_map(|frame| frame["rows"].as_array().unwrap().clone()).collect();
    let seqs: Vec<i64> =
        rows.of("message").iter().map(|row| row["seq"].as_i64().unwrap()).collect();
    let expected: Vec<i64> = (1..=3_004).collect();
    assert_eq!(seqs, expected, "her first stay, then the line that added her again and the rest");
    assert_eq!(rows.of("chat").field("title"), ["Busy"]);
    let listed = carol.summary(chat).await;
    assert_eq!(listed["unread"], 1_001, "as many as are counted");
    assert_eq!(
        rows.of("membership"),
        [{
            let mut row = listed["membership"].clone();
            row["type"] = json!("membership");
            row
        }]
    );
}

#[tokio::test]
async fn a_device_that_was_away_learns_of_many_newcomers_by_the_line_alone() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let crowd = server
        .users(["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "b1", "b2", "b3"])
        .await;
    let chat = server.group(&alice, &[&bob]).await;
    let before = position(&bob).await;
    let list = bob.get(&format!("/api/chats/{chat}/members")).await.json();
    let newcomers: Vec<&User> = crowd.iter().chain([&carol]).collect();
    alice.add(chat, &newcomers).await;
    alice.set_role(chat, &crowd[0], "admin").await;
    alice.remove(chat, &crowd[1]).await;
    let (rows, _) = catch_up(&bob, &before).await;
    assert_eq!(told(&rows), ["*added*", "*role_changed*", "*removed*"]);
    assert_eq!(rows.of("member").field("role"), ["admin", "former"], "changes of one person");
    // The line says that the list he had is out of date.
    let line = rows.of("message")[0]["id"].as_i64().unwrap();
    assert!(list["revision"].as_i64().unwrap() < line, "{list}");
    let list = bob.get(&format!("/api/chats/{chat}/members")).await.json();
    assert!(list["revision"].as_i64().unwrap() >= line, "{list}");
    assert_eq!(bob.members(chat).await.len(), 14);
}

/// The rights of today do not decide about a message of yesterday: its ack may have been lost.
#[tokio::test]
async fn a_retry_is_answered_although_its_sender_may_no_longer_write() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    let path = format!("/api/chats/{chat}/messages");
    let message = json!({ "content": "hello", "cid": new_cid() });
    let first = bob.post(&path, &message).await;
    assert_eq!(first.status, 201, "{}", first.text());
    alice.change_group(chat, &json!({ "who_may_write": "admins" })).await;
    for _ in 0..2 {
        let again = bob.post(&path, &message).await;
        assert_eq!(again.status, 200, "{}", again.text());
        assert_eq!(again.json()["message_id"], first.json()["message_id"]);
        let new = bob.post(&path, &json!({ "content": "hello", "cid": new_cid() })).await;
        assert_eq!(new.status, 403, "{}", new.text());
        if alice.members(chat).await.len() == 2 {
            alice.remove(chat, &bob).await;
        }
    }
}

#[tokio::test]
async fn a_former_member_does_not_learn_who_reads_their_messages_now() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    let path = format!("/api/chats/{chat}/messages");
    let id = bob.post(&path, &json!({ "content": "hello" })).await.json()["message_id"].clone();
    let info = format!("{path}/{id}/receipts");
    assert_eq!(bob.get(&info).await.status, 200);
    alice.remove(chat, &bob).await;
    bob.get(&info).await.assert_error(403, "not_a_member");
}

#[tokio::test]
async fn who_has_a_hundred_stays_keeps_them_all_and_begins_no_other() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    let link = alice.request("POST", &format!("/api/chats/{chat}/invite")).await.json();
    let join = format!("/api/invites/{}/members", link["token"].as_str().unwrap());
    for n in 1..100 {
        bob.remove(chat, &bob).await;
        alice.say(chat, "without him").await;
        alice.add(chat, &[&bob]).await;
        bob.say(chat, &format!("back {n}")).await;
    }
    let before = whole_chat(&bob, chat).await;
    let stays = async || bob.summary(chat).await["membership"]["stays"].clone();
    assert_eq!(stays().await.as_array().unwrap().len(), 100);

    // What begins no stay is possible: to come back at once.
    bob.remove(chat, &bob).await;
    assert_eq!(alice.add(chat, &[&bob]).await, json!([bob.id]));
    bob.remove(chat, &bob).await;
    assert_eq!(bob.request("POST", &join).await.status, 200);
    assert_eq!(stays().await.as_array().unwrap().len(), 100);

    bob.remove(chat, &bob).await;
    alice.say(chat, "without him").await;
    let [carol] = server.users(["carol"]).await;
    let reply = alice.try_add(chat, &[&carol, &bob]).await;
    reply.assert_error(409, "member_has_too_many_stays");
    bob.request("POST", &join).await.assert_error(409, "too_many_stays");
    assert_eq!(alice.members(chat).await.len(), 1, "nobody was added");
    let after = whole_chat(&bob, chat).await;
    assert_eq!(after[..before.len()], before, "he keeps all that he saw");

    // A stay that begins with the first message replaces the others.
    alice.patch(&format!("/api/chats/{chat}"), &json!({ "history_for_newcomers": "all" })).await;
    assert_eq!(alice.add(chat, &[&bob]).await, json!([bob.id]));
    assert_eq!(stays().await, json!([{ "from_seq": 1, "to_seq": null }]));
}
