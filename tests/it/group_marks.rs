//! How far messages of a group have come with people who came later, left, or came back.

use serde_json::{Value, json};

use crate::kit::{Device, Frames, TestServer, User};

/// What the sender learns of a message: the user, whether it was delivered and read, and whether
/// each has a time.
async fn info(sender: &User, chat: i64, message: &Value) -> Vec<(i64, bool, bool)> {
    let path = format!("/api/chats/{chat}/messages/{}/receipts", message["message_id"]);
    let reply = sender.get(&path).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let receipts = reply.json()["receipts"].as_array().unwrap().clone();
    let told = |it: &Value| {
        let (delivered, read) = (it["delivered"] == true, it["read"] == true);
        assert_eq!(it["delivered_at"].is_null(), !delivered, "{it}");
        assert_eq!(it["read_at"].is_null(), !read, "{it}");
        (it["user_id"].as_i64().unwrap(), delivered, read)
    };
    receipts.iter().map(told).collect()
}

/// Confirms messages from a device, and waits until that has happened.
async fn confirm(device: &mut Device, chat: i64, delivered: &Value, read: &Value) {
    let frame = json!({
        "type": "receipt", "chat_id": chat,
        "delivered": delivered["seq"], "read": read["seq"],
    });
    device.send(&frame).await;
    // A device's frames are answered in order.
    device.send(&json!({ "type": "receipt", "chat_id": 0, "read": 1 })).await;
    while device.next().await["code"] != "no_such_chat" {}
}

#[tokio::test]
async fn who_comes_later_and_sees_the_history_has_not_read_it() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    alice.change_group(chat, &json!({ "history_for_newcomers": "all" })).await;
    let before = alice.say(chat, "before").await;
    alice.add(chat, &[&carol]).await;
    assert_eq!(carol.told(chat).await, ["*created*", "*settings_changed*", "before", "*added*"]);
    assert_eq!(info(&alice, chat, &before).await, [(bob.id, false, false)]);
    let after = alice.say(chat, "after").await;
    let mut device = carol.connect().await;
    confirm(&mut device, chat, &after, &after).await;
    assert_eq!(info(&alice, chat, &before).await, [(bob.id, false, false)]);
    let expected = [(bob.id, false, false), (carol.id, true, true)];
    assert_eq!(info(&alice, chat, &after).await, expected);
    alice.remove(chat, &carol).await;
    assert_eq!(info(&alice, chat, &before).await, [(bob.id, false, false)], "also when gone");
}

#[tokio::test]
async fn what_somebody_missed_before_they_came_back_is_neither_delivered_nor_read() {
    for history in ["none", "all"] {
        let server = TestServer::start().await;
        let [alice, bob] = server.users(["alice", "bob"]).await;
        let chat = server.group(&alice, &[&bob]).await;
        alice.change_group(chat, &json!({ "history_for_newcomers": history })).await;
        let mut device = bob.connect().await;
        let read = alice.say(chat, "read").await;
        let delivered = alice.say(chat, "delivered").await;
        confirm(&mut device, chat, &delivered, &read).await;
        let missed = alice.say(chat, "missed").await;
        alice.remove(chat, &bob).await;
        let hidden = alice.say(chat, "hidden").await;
        alice.add(chat, &[&bob]).await;
        let new = alice.say(chat, "new").await;
        for is_new_read in [false, true] {
            assert_eq!(info(&alice, chat, &read).await, [(bob.id, true, true)], "{history}");
            assert_eq!(info(&alice, chat, &delivered).await, [(bob.id, true, false)]);
            let of_missed = info(&alice, chat, &missed).await;
            assert!(of_missed.iter().all(|it| *it == (bob.id, false, false)), "{of_missed:?}");
            assert_eq!(info(&alice, chat, &hidden).await, [], "he was not there");
            assert_eq!(info(&alice, chat, &new).await, [(bob.id, is_new_read, is_new_read)]);
            if !is_new_read {
                confirm(&mut device, chat, &new, &new).await;
            }
        }
    }
}

#[tokio::test]
async fn who_comes_back_at_once_goes_on_where_they_were() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    let unread = alice.say(chat, "unread").await;
    for _ in 0..3 {
        alice.remove(chat, &bob).await;
        alice.add(chat, &[&bob]).await;
    }
    let summary = bob.summary(chat).await;
    assert_eq!(summary["membership"]["stays"], json!([{ "from_seq": 1, "to_seq": null }]));
    assert_eq!(summary["unread"], 1, "it still waits for him");
    assert_eq!(bob.told(chat).await.len(), 8);
    assert_eq!(info(&alice, chat, &unread).await, [(bob.id, false, false)]);
    let mut device = bob.connect().await;
    confirm(&mut device, chat, &unread, &unread).await;
    assert_eq!(info(&alice, chat, &unread).await, [(bob.id, true, true)]);
}

#[tokio::test]
async fn a_membership_tells_that_the_known_members_are_out_of_date() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    let path = format!("/api/chats/{chat}/members");
    let list = bob.get(&path).await.json();
    let joined = bob.summary(chat).await["membership"]["joined"].as_i64().unwrap();
    let revision = list["revision"].as_i64().unwrap();
    assert!(revision >= joined, "{list}");
    // Nothing was said in between, so it is the same stay.
    alice.remove(chat, &bob).await;
    alice.add(chat, &[&bob]).await;
    let joined = bob.summary(chat).await["membership"]["joined"].as_i64().unwrap();
    assert!(joined > revision);
    let list = bob.get(&path).await.json();
    assert!(list["revision"].as_i64().unwrap() >= joined, "{list}");
    alice.add(chat, &[&carol]).await;
    alice.remove(chat, &carol).await;
    let list = bob.get(&path).await.json();
    assert_eq!(list["members"].as_array().unwrap().field("user_id"), [alice.id, bob.id]);
}
