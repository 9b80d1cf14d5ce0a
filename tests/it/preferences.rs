//! The preferences of a member for a chat: private, and the same on all of their devices.

use serde_json::{Value, json};

use crate::kit::{Replica, TestServer, User};

/// The `muted_until` that means "always".
const ALWAYS: i64 = 253_402_300_799_000;

fn preferences(chat: i64) -> String {
    format!("/api/chats/{chat}/preferences")
}

/// Two users who have exchanged `count` messages.
async fn talk(server: &TestServer, count: usize) -> ([User; 2], i64) {
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = bob.connect().await;
    let mut chat = 0;
    for n in 0..count {
        chat = device.post_to(&alice, &n.to_string()).await["chat_id"].as_i64().unwrap();
    }
    ([alice, bob], chat)
}

#[tokio::test]
async fn a_change_reaches_the_own_devices_and_nobody_else() {
    let server = TestServer::start().await;
    let ([alice, bob], chat) = talk(&server, 1).await;
    let (mut phone, mut other) = (alice.connect().await, bob.connect().await);
    let change = json!({ "pinned": true, "muted_until": ALWAYS, "draft": "half a" });
    let reply = alice.patch(&preferences(chat), &change).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let row = phone.next_of("preferences").await;
    let mut answered = reply.json();
    answered["type"] = "preferences".into();
    assert_eq!(row, answered);
    assert!(row["pinned_at"].as_i64().unwrap() > 0, "{row}");
    assert_eq!((&row["muted_until"], &row["draft"]), (&json!(ALWAYS), &json!("half a")));
    assert_eq!((&row["archived"], &row["marked_unread"]), (&json!(false), &json!(false)));
    assert_eq!(other.pending().await, Vec::<Value>::new(), "bob is not told");
    assert_eq!(bob.chats().await[0]["preferences"], Value::Null);
    answered.as_object_mut().unwrap().remove("type");
    assert_eq!(alice.chats().await[0]["preferences"], answered);
}

#[tokio::test]
async fn only_given_fields_change_and_setting_the_same_value_is_no_change() {
    let server = TestServer::start().await;
    let ([alice, _], chat) = talk(&server, 1).await;
    let set = async |change: Value| alice.patch(&preferences(chat), &change).await.json();
    let pinned = set(json!({ "pinned": true, "muted_until": ALWAYS })).await;
    let archived = set(json!({ "archived": true })).await;
    assert_eq!(archived["pinned_at"], pinned["pinned_at"]);
    assert_eq!(archived["muted_until"], ALWAYS);
    assert!(archived["changed"].as_i64() > pinned["changed"].as_i64());
    assert_eq!(set(json!({ "archived": true, "pinned": true })).await, archived);
    assert_eq!(set(json!({})).await, archived);
    let loud = set(json!({ "muted_until": null, "pinned": false })).await;
    assert_eq!((&loud["muted_until"], &loud["pinned_at"]), (&Value::Null, &Value::Null));
    assert_eq!(loud["archived"], true);
    assert_eq!(set(json!({ "muted_until": 5 })).await, loud, "a time in the past does not mute");
}

#[tokio::test]
async fn wrong_shapes_long_drafts_and_foreign_chats_are_refused() {
    let server = TestServer::start().await;
    let ([alice, _], chat) = talk(&server, 1).await;
    let [carol] = server.users(["carol"]).await;
    for bad in [json!({ "pinned": 1 }), json!({ "draft": 5 }), json!([true]), json!("x")] {
        alice.patch(&preferences(chat), &bad).await.assert_error(422, "invalid_body");
    }
    let long = json!({ "draft": "x".repeat(16_385) });
    alice.patch(&preferences(chat), &long).await.assert_error(422, "content_too_long");
    let pinned = json!({ "pinned": true });
    carol.patch(&preferences(chat), &pinned).await.assert_error(404, "no_such_chat");
    alice.patch(&preferences(99), &pinned).await.assert_error(404, "no_such_chat");
    let clear = format!("/api/chats/{chat}/messages");
    carol.request("DELETE", &clear).await.assert_error(404, "no_such_chat");
    assert_eq!(alice.chats().await[0]["preferences"], Value::Null, "nothing was set");
}

#[tokio::test]
async fn a_draft_of_the_full_length_fits_however_json_escapes_it() {
    let server = TestServer::start().await;
    let ([alice, _], chat) = talk(&server, 1).await;
    // Each of these takes one byte in UTF-8 and six in JSON.
    let draft = "\u{1b}".repeat(16_384);
    let body = json!({ "draft": draft });
    assert!(body.to_string().len() > 6 * 16_384);
    let reply = alice.patch(&preferences(chat), &body).await;
    assert_eq!((reply.status, &reply.json()["draft"]), (200, &json!(draft)));
}

#[tokio::test]
async fn a_chat_deleted_for_oneself_is_gone_until_a_new_message() {
    let server = TestServer::start().await;
    let ([alice, bob], chat) = talk(&server, 3).await;
    let since = alice.get("/api/sync?since=0").await.json()["revision"].as_i64().unwrap();
    let reply = alice.request("DELETE", &format!("/api/chats/{chat}/messages")).await;
    assert_eq!((reply.status, &reply.json()["cleared_seq"]), (200, &json!(3)), "{}", reply.text());
    let list = alice.chats().await;
    assert_eq!((&list[0]["last_message"], &list[0]["unread"]), (&Value::Null, &json!(0)));
    assert_eq!(alice.page(chat, "").await["messages"], json!([]));
    assert_eq!(alice.history_with(&bob).await, Vec::<Value>::new());
    let fresh = alice.get("/api/sync?since=0").await.json();
    let kinds: Vec<_> = fresh["rows"].as_array().unwrap().iter().map(|row| &row["type"]).collect();
    assert!(!kinds.contains(&&json!("message")) && kinds.contains(&&json!("preferences")));
    let later = alice.get(&format!("/api/sync?since={since}")).await.json();
    assert_eq!(later["rows"].as_array().unwrap().len(), 1, "{later}");
    assert_eq!(bob.history_with(&alice).await.len(), 3, "the other user keeps the messages");

    bob.connect().await.post_to(&alice, "again").await;
    let list = alice.chats().await;
    assert_eq!((&list[0]["last_message"]["seq"], &list[0]["unread"]), (&json!(4), &json!(1)));
    let page = alice.page(chat, "").await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 1);
    assert_eq!(page["more"], false, "no deleted messages before this page");
}

#[tokio::test]
async fn a_chat_is_deleted_up_to_the_message_that_the_person_has_seen() {
    let server = TestServer::start().await;
    let ([alice, bob], chat) = talk(&server, 3).await;
    let clear = async |through: &str| {
        alice.request("DELETE", &format!("/api/chats/{chat}/messages?through={through}")).await
    };
    for nonsense in ["-1", "two", "1.5", "99999999999999999999"] {
        clear(nonsense).await.assert_error(422, "invalid_query");
    }
    let texts = async || -> Vec<Value> {
        let page = alice.page(chat, "").await;
        page["messages"].as_array().unwrap().iter().map(|it| it["seq"].clone()).collect()
    };
    assert_eq!(clear("0").await.json()["cleared_seq"], 0);
    assert_eq!(texts().await, [1, 2, 3]);
    // She has seen two when a third one arrives.
    let before = alice.page(chat, "").await["messages"].clone();
    let reply = clear("2").await.json();
    assert_eq!((&reply["cleared_seq"], &reply["cleared_id"]), (&json!(2), &before[1]["id"]));
    assert_eq!(texts().await, [3]);
    assert_eq!(alice.chats().await[0]["last_message"]["seq"], 3);
    // A request that comes late brings nothing back.
    assert_eq!(clear("1").await.json()["cleared_seq"], 2);
    assert_eq!(clear("9223372036854775807").await.json()["cleared_seq"], 3);
    assert_eq!(texts().await, Vec::<Value>::new());
    assert_eq!(bob.history_with(&alice).await.len(), 3);
}

#[tokio::test]
async fn what_is_deleted_of_a_group_ends_inside_of_a_stay() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    alice.remove(chat, &bob).await;
    for text in ["three", "four"] {
        alice.say(chat, text).await;
    }
    alice.add(chat, &[&bob]).await;
    let seen = bob.page(chat, "").await["messages"].clone();
    let seqs: Vec<_> = seen.as_array().unwrap().iter().map(|it| &it["seq"]).collect();
    assert_eq!(seqs, [1, 2, 5]);
    // The id of a message that he may not see would tell when it was sent.
    let path = format!("/api/chats/{chat}/messages?through=4");
    let reply = bob.request("DELETE", &path).await.json();
    assert_eq!((&reply["cleared_seq"], &reply["cleared_id"]), (&json!(2), &seen[1]["id"]));
}

#[tokio::test]
async fn deleted_messages_are_not_delivered_to_an_old_client() {
    let server = TestServer::start().await;
    let ([alice, bob], chat) = talk(&server, 2).await;
    alice.request("DELETE", &format!("/api/chats/{chat}/messages")).await;
    bob.connect().await.post_to(&alice, "new").await;
    let mut old = alice.connect_v1().await;
    assert_eq!(old.next_of("message").await["content"], "new");
    assert_eq!(old.pending().await, Vec::<Value>::new());
}

#[tokio::test]
async fn preferences_survive_a_restart_and_come_with_the_sync() {
    let mut server = TestServer::start().await;
    let ([alice, _], chat) = talk(&server, 1).await;
    let number = alice.get("/api/sync?since=0").await.json()["revision"].clone();
    alice.patch(&preferences(chat), &json!({ "archived": true })).await;
    server.stop().await;
    server.start_again().await;
    let missed = alice.get(&format!("/api/sync?since={number}")).await.json();
    assert_eq!(missed["rows"][0]["type"], "preferences", "{missed}");
    let mut device = alice.connect_silent().await;
    let mut replica = Replica::default();
    for frame in device.hello(Some(0)).await {
        replica.apply(&frame);
    }
    assert_eq!(replica, Replica::load(&alice).await);
    assert_eq!(replica.preferences[&chat]["archived"], true);
}
