//! Drafts that reply to a message or edit one: who is told, which messages they may name, what they
//! count, and what is left of an edit when its message is deleted or expires.

use serde_json::{Value, json};

use crate::kit::{Replica, Reply, TestServer, User, eventually, files_hold};

impl User {
    async fn try_draft(&self, chat: i64, draft: &Value) -> Reply {
        self.patch(&format!("/api/chats/{chat}/preferences"), draft).await
    }

    /// Saves a draft and returns what the server then has of it.
    async fn draft(&self, chat: i64, draft: &Value) -> Value {
        let reply = self.try_draft(chat, draft).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        parts_of(&reply.json())
    }

    async fn saved_draft(&self, chat: i64) -> Value {
        parts_of(&self.summary(chat).await["preferences"])
    }
}

/// The draft in a row of preferences: text, replied message, edited message, what is kept aside.
fn parts_of(row: &Value) -> Value {
    json!([row["draft"], row["draft_reply_to"], row["draft_edit_of"], row["draft_aside"]])
}

/// A direct chat of two people, and the ids of a message of each.
async fn direct(alice: &User, bob: &User) -> (i64, [Value; 2]) {
    let ack = alice.connect().await.post_to(bob, "From Alice").await;
    let chat = ack["chat_id"].as_i64().unwrap();
    let answer = bob.say(chat, "From Bob").await;
    (chat, [ack["message_id"].clone(), answer["message_id"].clone()])
}

#[tokio::test]
async fn a_reply_and_an_edit_reach_the_own_devices_and_nobody_else() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, [own, other]) = direct(&alice, &bob).await;
    let (mut phone, mut strange) = (alice.connect().await, bob.connect().await);
    let reply = json!({ "draft": "Half an answer", "draft_reply_to": other });
    let saved = json!(["Half an answer", other, null, ""]);
    assert_eq!(alice.draft(chat, &reply).await, saved);
    assert_eq!(parts_of(&phone.next_of("preferences").await), saved);
    // A quote without a text is a draft, too.
    let quote = json!({ "draft": "", "draft_reply_to": other, "draft_edit_of": null });
    assert_eq!(alice.draft(chat, &quote).await, json!(["", other, null, ""]));
    phone.next_of("preferences").await;

    let edit = json!({ "draft": "From Alice!", "draft_edit_of": own, "draft_aside": "Half" });
    let saved = json!(["From Alice!", null, own, "Half"]);
    assert_eq!(alice.draft(chat, &edit).await, saved);
    assert_eq!(parts_of(&phone.next_of("preferences").await), saved);
    assert_eq!(alice.draft(chat, &edit).await, saved);
    assert_eq!(phone.pending().await, Vec::<Value>::new(), "the same again is no change");
    assert_eq!(strange.pending().await, Vec::<Value>::new());

    // Other settings leave the draft as it is, and it survives a restart.
    assert_eq!(alice.draft(chat, &json!({ "pinned": true })).await, saved);
    drop((phone, strange));
    server.restart().await;
    assert_eq!(alice.saved_draft(chat).await, saved);
    let mut device = alice.connect_silent().await;
    let mut replica = Replica::default();
    for frame in device.hello(Some(0)).await {
        replica.apply(&frame);
    }
    assert_eq!(parts_of(&replica.preferences[&chat]), saved);

    // Programs that know only the text replace the whole draft.
    assert_eq!(alice.draft(chat, &json!({ "draft": "New" })).await, json!(["New", null, null, ""]));
    assert_eq!(alice.draft(chat, &edit).await, saved);
    alice.request("DELETE", &format!("/api/chats/{chat}/messages")).await.json();
    assert_eq!(alice.saved_draft(chat).await, json!(["", null, null, ""]));
}

#[tokio::test]
async fn a_draft_is_a_reply_or_an_edit_and_whole() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, [own, other]) = direct(&alice, &bob).await;
    for bad in [
        json!({ "draft": "x", "draft_reply_to": other, "draft_edit_of": own }),
        json!({ "draft": "x", "draft_aside": "y" }),
        json!({ "draft": "x", "draft_reply_to": other, "draft_aside": "y" }),
        json!({ "draft_reply_to": other }),
        json!({ "draft_edit_of": own }),
        json!({ "draft_aside": "" }),
        json!({ "draft": "x", "draft_reply_to": "1" }),
        json!({ "draft": "x", "draft_edit_of": 1.5 }),
        json!({ "draft": "x", "draft_edit_of": own, "draft_aside": 5 }),
    ] {
        alice.try_draft(chat, &bad).await.assert_error(422, "invalid_body");
    }
    assert_eq!(alice.summary(chat).await["preferences"], Value::Null);
    // Null and a missing field are the same.
    let plain = json!({ "draft": "x", "draft_reply_to": null, "draft_edit_of": null });
    assert_eq!(alice.draft(chat, &plain).await, json!(["x", null, null, ""]));
    assert_eq!(alice.try_draft(chat, &json!({ "draft_edit_of": null })).await.status, 200);
}

#[tokio::test]
async fn a_draft_names_only_messages_that_one_sees_and_edits_only_ones_own() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let (chat, [own, other]) = direct(&alice, &bob).await;
    let group = server.group(&alice, &[&bob]).await;
    let early = alice.say(group, "Before Carol").await["message_id"].clone();
    alice.add(group, &[&carol]).await;
    let late = carol.say(group, "Here I am").await["message_id"].clone();
    let line = alice.page(group, "").await["messages"][0].clone();
    assert_eq!(line["event"]["kind"], "created");
    let refused = async |user: &User, chat: i64, fields: [&str; 2], message: &Value| {
        for field in fields.iter().filter(|field| !field.is_empty()) {
            let draft = json!({ "draft": "x", *field: message });
            user.try_draft(chat, &draft).await.assert_error(404, "no_such_message");
        }
    };
    let both = ["draft_reply_to", "draft_edit_of"];
    refused(&alice, chat, both, &json!(999)).await;
    refused(&alice, chat, both, &json!(-1)).await;
    refused(&alice, group, both, &own).await;
    refused(&carol, group, both, &early).await;
    refused(&alice, group, ["draft_reply_to", ""], &line["id"]).await;
    let edit = async |user: &User, chat: i64, message: &Value| {
        user.try_draft(chat, &json!({ "draft": "x", "draft_edit_of": message })).await
    };
    edit(&alice, group, &line["id"]).await.assert_error(403, "event_line");
    edit(&alice, chat, &other).await.assert_error(403, "not_the_sender");
    edit(&alice, group, &late).await.assert_error(403, "not_the_sender");

    // What I have hidden is gone for me.
    let hidden = format!("/api/chats/{chat}/messages/{other}/hidden");
    assert_eq!(alice.request("PUT", &hidden).await.status, 200);
    refused(&alice, chat, both, &other).await;
    // A deleted message is edited no more. A reply to it is taken, as it is when it is sent.
    let path = format!("/api/chats/{chat}/messages/{own}");
    assert_eq!(alice.request("DELETE", &path).await.status, 200);
    edit(&alice, chat, &own).await.assert_error(409, "message_deleted");
    let reply = json!({ "draft": "What was it?", "draft_reply_to": own });
    assert_eq!(bob.draft(chat, &reply).await, json!(["What was it?", own, null, ""]));

    // Former members keep their drafts, and quote what they still see.
    alice.remove(group, &carol).await;
    let reply = json!({ "draft": "Why?", "draft_reply_to": late });
    assert_eq!(carol.draft(group, &reply).await, json!(["Why?", late, null, ""]));
}

#[tokio::test]
async fn whether_there_is_still_time_is_checked_when_the_edit_is_sent() {
    let server = TestServer::start_with(|config| config.edit_minutes = 0).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, [own, _]) = direct(&alice, &bob).await;
    let edit = json!({ "draft": "Late", "draft_edit_of": own });
    assert_eq!(alice.draft(chat, &edit).await, json!(["Late", null, own, ""]));
    let path = format!("/api/chats/{chat}/messages/{own}");
    let reply = alice.patch(&path, &json!({ "content": "Late" })).await;
    reply.assert_error(403, "too_late_to_edit");
    assert_eq!(alice.saved_draft(chat).await, json!(["Late", null, own, ""]));
}

#[tokio::test]
async fn both_texts_of_a_draft_count() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, [own, _]) = direct(&alice, &bob).await;
    let draft = |text: usize, aside: usize| {
        let (text, aside) = ("x".repeat(text), "y".repeat(aside));
        json!({ "draft": text, "draft_edit_of": own, "draft_aside": aside })
    };
    assert_eq!(alice.try_draft(chat, &draft(16_000, 384)).await.status, 200);
    let reply = alice.try_draft(chat, &draft(16_000, 385)).await;
    reply.assert_error(422, "content_too_long");
    assert_eq!(alice.saved_draft(chat).await[3].as_str().unwrap().len(), 384);
}

#[tokio::test]
async fn the_edit_of_a_deleted_message_ends_and_its_words_leave_the_disk() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let group = server.group(&alice, &[&bob]).await;
    let id = bob.say(group, "the secret").await["message_id"].clone();
    let other = bob.say(group, "harmless").await["message_id"].clone();
    let aside = "Half a thought";
    let edit = json!({ "draft": "the secret, again", "draft_edit_of": id, "draft_aside": aside });
    bob.draft(group, &edit).await;
    let mut phone = bob.connect().await;
    let path = |id: &Value| format!("/api/chats/{group}/messages/{id}");
    assert_eq!(bob.request("DELETE", &path(&other)).await.status, 200);
    assert_eq!(bob.saved_draft(group).await[2], id, "another message");
    let frames = phone.pending().await;
    assert_eq!(frames.iter().filter(|frame| frame["type"] == "preferences").count(), 0);

    // An admin deletes it while Bob edits it.
    assert_eq!(alice.request("DELETE", &path(&id)).await.status, 200);
    assert!(phone.next_of("message").await["deleted_at"].is_i64());
    let left = json!(["Half a thought", null, null, ""]);
    assert_eq!(parts_of(&phone.next_of("preferences").await), left);
    assert_eq!(bob.saved_draft(group).await, left);
    eventually("the words to be gone", || async { !files_hold(server.data(), "the secret") }).await;
    assert!(files_hold(server.data(), "Half a thought"));
}

#[tokio::test]
async fn the_edit_of_an_expired_message_ends_and_its_words_leave_the_disk() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (chat, [own, _]) = direct(&alice, &bob).await;
    let timer = json!({ "expire_after": 86_400_000 });
    assert_eq!(alice.put_json(&format!("/api/chats/{chat}/timer"), &timer).await.status, 200);
    let id = alice.say(chat, "the secret").await["message_id"].clone();
    let edit = json!({ "draft": "the secret!", "draft_edit_of": id, "draft_aside": "Half" });
    alice.draft(chat, &edit).await;
    let reply = json!({ "draft": "An answer", "draft_reply_to": id });
    bob.draft(chat, &reply).await;
    server.let_messages_expire().await;
    assert_eq!(alice.saved_draft(chat).await, json!(["Half", null, null, ""]));
    alice.try_draft(chat, &edit).await.assert_error(404, "no_such_message");
    eventually("the words to be gone", || async { !files_hold(server.data(), "the secret") }).await;
    // The text of a reply stays; clients see by themselves that its message is gone.
    assert_eq!(bob.saved_draft(chat).await, json!(["An answer", id, null, ""]));
    let edit = json!({ "draft": "From Alice!", "draft_edit_of": own });
    assert_eq!(alice.draft(chat, &edit).await[2], own, "another message has no end");
}
