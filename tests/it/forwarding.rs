//! Forwarding: what may be forwarded, how often a text was, and that a forward is sent once.

use serde_json::{Value, json};

use crate::kit::{Frames, Reply, TestServer, User, new_cid};

impl User {
    async fn try_forward(&self, chat: i64, source: &Value, cid: &str) -> Reply {
        let body = json!({ "content": "Listen", "forward_of": source, "cid": cid });
        self.post(&format!("/api/chats/{chat}/messages"), &body).await
    }

    /// Forwards a message into a chat, and returns the answer.
    async fn forward(&self, chat: i64, source: &Value) -> Value {
        let reply = self.try_forward(chat, source, &new_cid()).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// The direct chat with somebody.
    async fn chat_with(&self, other: &User) -> i64 {
        self.connect().await.post_to(other, "hi").await["chat_id"].as_i64().unwrap()
    }
}

#[tokio::test]
async fn a_text_counts_how_often_it_went_on_to_somebody_else() {
    let mut server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let notes = alice.chat_with(&alice).await;
    let (ab, bc) = (alice.chat_with(&bob).await, bob.chat_with(&carol).await);
    let own = alice.say(notes, "Listen").await["message_id"].clone();
    // One's own text is no news from anybody.
    let sent = alice.forward(ab, &own).await;
    assert_eq!(sent.get("forwarded"), None, "{sent}");
    let mut device = bob.connect().await;
    let once = bob.forward(bc, &sent["message_id"]).await;
    assert_eq!(once["forwarded"], 1);
    assert_eq!(device.next_of("message").await["forwarded"], 1, "the own devices are told");
    let twice = carol.forward(bc, &once["message_id"]).await;
    assert_eq!(twice["forwarded"], 2);
    let own_again = carol.forward(bc, &twice["message_id"]).await;
    assert_eq!(own_again["forwarded"], 2, "her own message counts as before");

    // Over the socket, and into a direct chat that does not exist yet.
    let frame = json!({
        "type": "send", "cid": new_cid(), "recipient_id": alice.id, "content": "Listen",
        "forward_of": twice["message_id"],
    });
    let mut device = carol.connect().await;
    device.send(&frame).await;
    let ack = device.next_of("ack").await;
    assert_eq!(ack["forwarded"], 2, "{ack}");
    device.send(&frame).await;
    let again = device.next_of("ack").await;
    assert_eq!((&again["forwarded"], &again["dup"]), (&json!(2), &json!(true)));

    server.restart().await;
    let numbers = async |user: &User, chat| {
        let page = user.page(chat, "limit=9").await;
        page["messages"].as_array().unwrap().field("forwarded")
    };
    let expected = [1, 2, 2].map(Value::from);
    assert_eq!(numbers(&bob, bc).await, expected);
    let frames = bob.connect_silent().await.hello(Some(0)).await;
    let rows = frames.iter().flat_map(|it| it["rows"].as_array().cloned().unwrap_or_default());
    let rows: Vec<Value> = rows.filter(|row| row["chat_id"] == bc).collect();
    assert_eq!(rows.of("message").field("forwarded"), expected);

    // An edit keeps the number, and a deleted message has none.
    let message = format!("/api/chats/{bc}/messages/{}", once["message_id"]);
    let edited = bob.patch(&message, &json!({ "content": "Listen!" })).await.json();
    assert_eq!((&edited["forwarded"], &edited["content"]), (&json!(1), &json!("Listen!")));
    assert_eq!(bob.request("DELETE", &message).await.json().get("forwarded"), None);
    assert_eq!(numbers(&carol, bc).await, [2, 2].map(Value::from));
}

#[tokio::test]
async fn what_one_does_not_see_is_not_forwarded() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let group = server.group(&alice, &[&bob, &carol]).await;
    let line = alice.page(group, "limit=1").await["messages"][0]["id"].clone();
    let [early, cleared, hidden, deleted] = ["early", "cleared", "hidden", "deleted"];
    let mut ids = Vec::new();
    for text in [early, cleared, hidden, deleted] {
        ids.push(alice.say(group, text).await["message_id"].clone());
    }
    alice.add(group, &[&dave]).await;
    let (ab, notes) = (alice.chat_with(&bob).await, dave.chat_with(&dave).await);
    let bobs = bob.chat_with(&bob).await;
    let foreign = alice.page(ab, "limit=1").await["messages"][0]["id"].clone();
    assert_eq!(
        bob.request("DELETE", &format!("/api/chats/{group}/messages?through=3")).await.status,
        200
    );
    let path = format!("/api/chats/{group}/messages/{}", ids[2]);
    assert_eq!(bob.request("PUT", &format!("{path}/hidden")).await.status, 200);
    let path = format!("/api/chats/{group}/messages/{}", ids[3]);
    assert_eq!(alice.request("DELETE", &path).await.status, 200);

    let before = (bob.page(bobs, "").await, dave.page(notes, "").await);
    for (user, chat, source, status, code) in [
        (&dave, notes, &ids[0], 404, "no_such_message"),
        (&dave, notes, &foreign, 404, "no_such_message"),
        (&dave, notes, &json!(0), 404, "no_such_message"),
        (&dave, notes, &json!(i64::MAX), 404, "no_such_message"),
        (&bob, bobs, &ids[1], 404, "no_such_message"),
        (&bob, bobs, &ids[2], 404, "no_such_message"),
        (&bob, bobs, &ids[3], 409, "message_deleted"),
        (&bob, bobs, &line, 404, "no_such_message"),
        (&carol, group, &line, 403, "event_line"),
    ] {
        user.try_forward(chat, source, &new_cid()).await.assert_error(status, code);
    }
    assert_eq!((bob.page(bobs, "").await, dave.page(notes, "").await), before);
    // Nor is a chat made for it.
    let chats = dave.chats().await.len();
    let mut device = dave.connect().await;
    let frame = json!({
        "type": "send", "cid": new_cid(), "recipient_id": bob.id, "content": "early",
        "forward_of": ids[0],
    });
    device.send(&frame).await;
    assert_eq!(device.next_of("error").await["code"], "no_such_message");
    assert_eq!(dave.chats().await.len(), chats);
    assert_eq!(
        dave.post(
            &format!("/api/chats/{notes}/messages"),
            &json!({
                "content": "x", "forward_of": "x",
            })
        )
        .await
        .status,
        422
    );

    // Former members forward what they saw, into chats that they may write to.
    alice.remove(group, &carol).await;
    let with_dave = carol.chat_with(&dave).await;
    assert_eq!(carol.forward(with_dave, &ids[0]).await["forwarded"], 1);
    carol.try_forward(group, &ids[0], &new_cid()).await.assert_error(403, "not_a_member");
    carol.try_forward(notes, &ids[0], &new_cid()).await.assert_error(404, "no_such_chat");
}

#[tokio::test]
async fn a_forward_that_was_sent_is_answered_again_whatever_became_of_its_source() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (ab, notes) = (alice.chat_with(&bob).await, bob.chat_with(&bob).await);
    let [deleted, hidden] = [alice.say(ab, "a").await, alice.say(ab, "b").await];
    let mut sent = Vec::new();
    for source in [&deleted, &hidden] {
        let cid = new_cid();
        let reply = bob.try_forward(notes, &source["message_id"], &cid).await;
        assert_eq!((reply.status, &reply.json()["forwarded"]), (201, &json!(1)));
        sent.push((cid, source["message_id"].clone(), reply.json()));
    }
    let path = |source: &Value| format!("/api/chats/{ab}/messages/{}", source["message_id"]);
    assert_eq!(alice.request("DELETE", &path(&deleted)).await.status, 200);
    assert_eq!(bob.request("PUT", &(path(&hidden) + "/hidden")).await.status, 200);
    for (cid, source, mut first) in sent {
        let again = bob.try_forward(notes, &source, &cid).await;
        first["dup"] = json!(true);
        assert_eq!((again.status, again.json()), (200, first));
    }
    assert_eq!(bob.page(notes, "").await["messages"].as_array().unwrap().len(), 3);
    bob.try_forward(notes, &deleted["message_id"], &new_cid())
        .await
        .assert_error(409, "message_deleted");
}

#[tokio::test]
async fn clients_of_the_first_contract_get_a_forwarded_message_like_any_other() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let notes = alice.chat_with(&alice).await;
    let chat = alice.chat_with(&bob).await;
    let own = alice.say(notes, "Listen").await["message_id"].clone();
    let mut old = bob.connect_v1().await;
    old.pending().await;
    alice.forward(chat, &own).await;
    let frame = old.pending().await.pop().unwrap();
    assert_eq!((&frame["content"], frame.get("forwarded")), (&json!("Listen"), None));
}

#[tokio::test]
async fn a_recorded_command_from_before_there_were_forwards_can_be_applied() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let message =
        json!({ "target": { "user": bob.id }, "content": "hi", "cid": null, "reply_to": null });
    server.submit(&alice, &json!({ "send_message": { "message": message } })).await.unwrap();
    assert_eq!(bob.history_with(&alice).await.contents(), ["hi"]);
}
