//! Sending over HTTP; the `ref` of frames; and what a client of the first contract is not sent.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::kit::{Device, Frames, TestServer, User, new_cid};

/// A direct chat of two users in which nothing was said yet but a first message.
async fn chat_of(one: &User, other: &User) -> i64 {
    one.connect().await.post_to(other, "first").await["chat_id"].as_i64().unwrap()
}

fn path(chat: i64) -> String {
    format!("/api/chats/{chat}/messages")
}

#[tokio::test]
async fn a_message_over_http_is_sent_exactly_once_by_its_cid() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = chat_of(&alice, &bob).await;
    let cid = new_cid();
    let body = json!({ "content": "hello", "cid": cid });
    let reply = alice.post(&path(chat), &body).await;
    let posted = reply.json();
    assert_eq!(reply.status, 201, "{posted}");
    let expected = json!({
        "cid": cid, "message_id": posted["message_id"], "chat_id": chat, "seq": 2,
        "created_at": posted["created_at"], "changed": posted["message_id"],
    });
    assert_eq!(posted, expected);

    let mut again = expected.clone();
    again["dup"] = json!(true);
    for body in [body, json!({ "content": "hello", "cid": cid.to_uppercase() })] {
        let reply = alice.post(&path(chat), &body).await;
        assert_eq!((reply.status, reply.json()), (200, again.clone()));
    }
    let mut device = alice.connect().await;
    device.send_as(&cid, &bob, "hello").await;
    let ack = device.next_of("ack").await;
    assert_eq!((&ack["dup"], &ack["message_id"]), (&json!(true), &posted["message_id"]));

    let other = alice.connect().await.post_to(&alice, "notes").await["chat_id"].as_i64().unwrap();
    let first = alice.page(chat, "").await["messages"][0]["id"].clone();
    for (chat, body) in [
        (chat, json!({ "content": "another", "cid": cid })),
        (chat, json!({ "content": "hello", "cid": cid, "reply_to": first })),
        (other, json!({ "content": "hello", "cid": cid })),
    ] {
        alice.post(&path(chat), &body).await.assert_error(409, "cid_conflict");
    }
    let reply = bob.post(&path(chat), &json!({ "content": "mine", "cid": cid })).await;
    assert_eq!(reply.status, 201, "the cid of another sender is another");
    assert_eq!(alice.history_with(&bob).await.contents(), ["first", "hello", "mine"]);
}

#[tokio::test]
async fn without_a_cid_every_request_is_a_message() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = chat_of(&alice, &bob).await;
    for seq in 2..4 {
        let reply = alice.post(&path(chat), &json!({ "content": "hello" })).await;
        let posted = reply.json();
        assert_eq!((reply.status, &posted["seq"]), (201, &json!(seq)), "{posted}");
        assert!(posted.get("cid").is_none() && posted.get("dup").is_none(), "{posted}");
    }
    let page = bob.page(chat, "after=1").await;
    assert_eq!(
        page["messages"].as_array().unwrap().field("cid").len(),
        1,
        "only the first: {page}"
    );
}

#[tokio::test]
async fn a_reply_names_a_message_of_its_chat() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let chat = chat_of(&alice, &bob).await;
    let other = chat_of(&alice, &carol).await;
    let [first, elsewhere] = [alice.page(chat, "").await, alice.page(other, "").await]
        .map(|page| page["messages"][0]["id"].clone());
    let body = |to: &Value| json!({ "content": "indeed", "reply_to": to });
    assert_eq!(bob.post(&path(chat), &body(&first)).await.status, 201);
    assert_eq!(bob.page(chat, "limit=1").await["messages"][0]["reply_to"], first);
    for unknown in [elsewhere, json!(999)] {
        let reply = alice.post(&path(chat), &body(&unknown)).await;
        reply.assert_error(404, "no_such_message");
    }
}

#[tokio::test]
async fn a_body_is_held_to_the_rules_of_a_message() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = chat_of(&alice, &bob).await;
    let cid = new_cid();
    for (body, code, field) in [
        (json!({ "content": "" }).to_string(), "empty_content", "content"),
        (json!({ "content": " \n\t" }).to_string(), "empty_content", "content"),
        (json!({ "content": "x".repeat(16_385) }).to_string(), "content_too_long", "content"),
        (json!({ "content": "é".repeat(8_193) }).to_string(), "content_too_long", "content"),
        (json!({ "content": "hi", "cid": "x" }).to_string(), "invalid", "cid"),
        (json!({ "content": "hi", "cid": 7 }).to_string(), "invalid_body", "body"),
        (json!({ "content": "hi", "reply_to": "x" }).to_string(), "invalid_body", "body"),
        (json!({ "content": 7 }).to_string(), "invalid_body", "body"),
        (json!({ "cid": cid }).to_string(), "invalid_body", "body"),
        (json!(["hi"]).to_string(), "invalid_body", "body"),
        (format!(r#"{{"content":"\ud83d","cid":"{cid}"}}"#), "invalid_body", "body"),
        (String::new(), "invalid_body", "body"),
    ] {
        let shown: String = body.chars().take(60).collect();
        let reply = alice.send_json("POST", &path(chat), body).await;
        assert_eq!(reply.status, 422, "{shown}: {}", reply.text());
        let error = reply.json();
        assert_eq!((&error["code"], &error["field"]), (&json!(code), &json!(field)), "{shown}");
    }
    assert_eq!(alice.history_with(&bob).await.len(), 1, "nothing was sent");

    // The longest text of the characters that JSON makes longest: six bytes for each.
    // The dot makes it a text that can be seen.
    let longest = "\u{1b}".repeat(16_383) + ".";
    let body = format!(r#"{{"content":"{}.","cid":"{cid}"}}"#, r"\u001b".repeat(16_383));
    assert_eq!(alice.send_json("POST", &path(chat), body).await.status, 201);
    let unknown = json!({ "content": "hi", "cid": null, "reply_to": null, "x": { "y": [1] } });
    assert_eq!(alice.post(&path(chat), &unknown).await.status, 201, "unknown fields are ignored");
    assert_eq!(bob.history_with(&alice).await.contents(), ["first", &longest, "hi"]);
}

#[tokio::test]
async fn a_message_over_http_reaches_every_device_of_every_member() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    let mut devices = Vec::new();
    for user in [&alice, &alice, &bob, &bob, &carol] {
        devices.push(user.connect().await);
    }
    for device in &mut devices {
        device.pending().await;
    }
    let cid = new_cid();
    let body = json!({ "content": "hello", "cid": cid });
    let posted = alice.post(&path(chat), &body).await.json();
    let expected = json!({
        "type": "message", "id": posted["message_id"], "chat_id": chat, "seq": 2,
        "sender_id": alice.id, "content": "hello", "cid": cid,
        "created_at": posted["created_at"], "changed": posted["changed"],
    });
    for device in &mut devices {
        assert_eq!(device.pending().await.of("message"), std::slice::from_ref(&expected));
    }
    assert_eq!(alice.post(&path(chat), &body).await.status, 200);
    for device in &mut devices {
        assert_eq!(device.pending().await, Vec::<Value>::new(), "a retry is not sent again");
    }
}

/// Sends a frame with a `ref` and returns its answer.
async fn ask(device: &mut Device, mut frame: Value) -> Value {
    frame["ref"] = json!("mine");
    device.send(&frame).await;
    let answer = device.next().await;
    assert_eq!(answer["ref"], "mine", "{answer}");
    answer
}

#[tokio::test]
async fn answers_and_errors_repeat_the_ref_of_a_frame() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect_silent().await;
    let cid = new_cid();
    for (frame, kind) in [
        (json!({ "type": "hello" }), "reset"),
        (json!({ "type": "hello", "since": 2 }), "synced"),
        (json!({ "type": "hello", "since": 999 }), "reset"),
        (json!({ "type": "ping" }), "pong"),
        (json!({ "type": "send", "cid": cid, "recipient_id": alice.id, "content": "x" }), "chat"),
    ] {
        if kind == "chat" {
            // The new chat comes before the ack, and is no answer.
            device.send(&frame).await;
            assert!(device.next_of("ack").await.get("ref").is_none(), "none was given");
        } else {
            assert_eq!(ask(&mut device, frame).await["type"], kind);
        }
    }
    let again = json!({ "type": "send", "cid": cid, "recipient_id": alice.id, "content": "x" });
    let ack = ask(&mut device, again).await;
    assert_eq!(
        (&ack["type"], &ack["cid"], &ack["dup"]),
        (&json!("ack"), &json!(cid), &json!(true))
    );

    let errors = [
        (json!({ "type": "send", "recipient_id": bob.id, "content": " " }), "empty_content"),
        (json!({ "type": "send", "recipient_id": 99, "content": "x" }), "no_such_user"),
        (json!({ "type": "send", "chat_id": 99, "content": "x" }), "no_such_chat"),
        (json!({ "type": "send", "recipient_id": bob.id, "content": "x" }), "cid_conflict"),
        (json!({ "type": "send", "content": "x" }), "invalid"),
        (json!({ "type": "receipt", "chat_id": 99, "read": 1 }), "no_such_chat"),
        (json!({ "type": "receipt" }), "invalid"),
        (json!({ "type": "typing", "chat_id": 99 }), "no_such_chat"),
        (json!({ "type": "typing" }), "invalid"),
        (json!({}), "invalid"),
    ];
    for (mut frame, code) in errors {
        let is_send = frame["type"] == "send";
        if is_send {
            frame["cid"] = json!(cid);
        }
        let shown = frame.to_string();
        let error = ask(&mut device, frame).await;
        assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!(code)), "{shown}");
        assert_eq!(error.get("cid").is_some(), is_send, "{shown}");
    }
    let half = format!(
        r#"{{"type":"send","recipient_id":{},"content":"\ud83d","cid":"{cid}","ref":"mine"}}"#,
        bob.id
    );
    device.send_text(&half).await;
    let error = device.next().await;
    let names = (&error["code"], &error["cid"], &error["ref"]);
    assert_eq!(names, (&json!("invalid"), &json!(cid), &json!("mine")));
}

#[tokio::test]
async fn a_ref_has_at_most_64_bytes() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let longest = "é".repeat(32);
    device.send(&json!({ "type": "ping", "ref": longest })).await;
    assert_eq!(device.next().await["ref"], json!(longest));
    let cid = new_cid();
    let send = json!({
        "type": "send", "cid": cid, "recipient_id": bob.id, "content": "x", "ref": "x".repeat(65),
    });
    device.send(&send).await;
    let error = device.next().await;
    assert_eq!((&error["code"], &error["cid"]), (&json!("invalid"), &json!(cid)), "{error}");
    assert!(error.get("ref").is_none(), "{error}");
    assert_eq!(alice.chats().await, Vec::<Value>::new(), "nothing was sent");
}

/// No client can edit or delete a message yet, so the test does it in the file.
fn change(server: &TestServer, sql: &str) {
    let database = Connection::open(server.data().join("chaap.db")).unwrap();
    let changed = "(SELECT max(changed) + 1000 FROM messages)";
    let rows = database.execute(&sql.replace("NEXT", changed), ()).unwrap();
    assert_eq!(rows, 2, "{sql}");
}

#[tokio::test]
async fn edits_and_tombstones_are_no_news_to_clients_of_the_first_contract() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    for n in 1..=5 {
        device.post_to(&bob, &n.to_string()).await;
    }
    let chat = bob.chats().await[0]["id"].as_i64().unwrap();
    // Bob has received the first two messages.
    let mut phone = bob.connect_silent().await;
    let before = phone.hello(None).await.pop().unwrap();
    phone.confirm(chat, 2, 0).await;
    phone.next_of("receipt").await;
    server.stop().await;
    change(
        &server,
        "UPDATE messages SET content = content || ', edited', edited_at = created_at + 1,
                changed = NEXT + seq WHERE seq IN (1, 3)",
    );
    change(
        &server,
        "UPDATE messages SET content = '', deleted_at = created_at + 1, changed = NEXT + seq
          WHERE seq IN (2, 4)",
    );
    server.start_again().await;

    let mut phone = bob.connect_silent().await;
    let frames = phone.hello_after(&before).await;
    let mut rows = frames[0]["rows"].as_array().unwrap().of("message");
    rows.sort_by_key(|row| row["seq"].as_i64());
    assert_eq!(rows.contents(), ["1, edited", "", "3, edited", ""], "v2 gets all four");
    let mut page = bob.connect_v1().await;
    assert_eq!(page.pending().await.contents(), ["3, edited", "5"], "what he has not received");
    page.close().await;
    assert_eq!(bob.connect_v1().await.pending().await, Vec::<Value>::new(), "once");
    for user in [&alice, &bob] {
        let other = if user.id == alice.id { &bob } else { &alice };
        let history = user.history_with(other).await;
        assert_eq!(history.contents(), ["1, edited", "3, edited", "5"]);
    }
    let newest = bob.get(&format!("/messages/{}?limit=2", alice.id)).await.json();
    assert_eq!(
        newest.as_array().unwrap().contents(),
        ["3, edited", "5"],
        "tombstones do not count"
    );
}
