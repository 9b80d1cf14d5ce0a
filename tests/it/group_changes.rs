//! Making and keeping groups by the routes: what each change answers, writes and refuses.

use serde_json::{Value, json};

use crate::kit::{TestServer, User, new_cid};

/// The events of a group as a member sees them, the oldest first: who did what.
async fn events(user: &User, chat: i64) -> Vec<(i64, Value)> {
    let page = user.page(chat, "limit=200").await;
    let lines = page["messages"].as_array().unwrap().iter();
    lines.map(|line| (line["sender_id"].as_i64().unwrap(), line["event"].clone())).collect()
}

#[tokio::test]
async fn every_change_writes_its_line_and_a_repeated_one_none() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let row = alice.make_group("  Family ", &[]).await;
    let chat = row["id"].as_i64().unwrap();
    assert_eq!((&row["title"], &row["last_seq"]), (&json!("Family"), &json!(1)), "trimmed");
    for _ in 0..2 {
        let added = alice.add(chat, &[&carol, &bob, &carol, &alice]).await;
        assert!(added == json!([bob.id, carol.id]) || added == json!([carol.id]), "{added}");
        let row = alice.change_group(chat, &json!({ "title": "Team", "description": "Us" })).await;
        assert_eq!((&row["title"], &row["description"]), (&json!("Team"), &json!("Us")));
        let settings = json!({ "who_may_write": "admins", "history_for_newcomers": "none" });
        let row = alice.change_group(chat, &settings).await;
        assert_eq!(
            (&row["who_may_write"], &row["who_may_change"]),
            (&json!("admins"), &json!("admins"))
        );
        alice.change_group(chat, &json!({ "title": null })).await;
        alice.set_role(chat, &bob, "admin").await;
        bob.remove(chat, &carol).await;
        assert_eq!(alice.add(chat, &[]).await, json!([]));
    }
    // The second round has added carol again, and removed her.
    let expected = [
        (alice.id, json!({ "kind": "created", "title": "Family" })),
        (alice.id, json!({ "kind": "added", "user_ids": [bob.id, carol.id] })),
        (alice.id, json!({ "kind": "title_changed", "title": "Team" })),
        (alice.id, json!({ "kind": "description_changed" })),
        (alice.id, json!({ "kind": "settings_changed", "who_may_write": "admins" })),
        (alice.id, json!({ "kind": "role_changed", "user_id": bob.id, "role": "admin" })),
        (bob.id, json!({ "kind": "removed", "user_id": carol.id })),
        (alice.id, json!({ "kind": "added", "user_ids": [carol.id] })),
        (bob.id, json!({ "kind": "removed", "user_id": carol.id })),
    ];
    assert_eq!(events(&alice, chat).await, expected);
    assert_eq!(bob.try_remove(chat, &carol).await.status, 204, "she is gone already");
    assert_eq!(events(&alice, chat).await.len(), expected.len());
}

#[tokio::test]
async fn a_refused_change_leaves_nothing() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    carol.remove(chat, &carol).await;
    let before = (alice.summary(chat).await, alice.members(chat).await, alice.told(chat).await);
    let (path, nobody) = (format!("/api/chats/{chat}"), User { id: 99, ..dave.clone() });
    for (status, code, change) in [
        (422, "invalid_title", json!({ "title": " " })),
        (422, "invalid_title", json!({ "title": "x".repeat(101) })),
        (422, "invalid_title", json!({ "title": "a\u{202e}b" })),
        (422, "invalid_description", json!({ "title": "New", "description": "x".repeat(2_049) })),
        (422, "invalid_description", json!({ "description": "a\u{0}b" })),
        (422, "invalid_description", json!({ "description": "a\u{202e}b" })),
        (422, "invalid_body", json!({ "title": "New", "who_may_write": "nobody" })),
    ] {
        alice.patch(&path, &change).await.assert_error(status, code);
    }
    alice.try_add(chat, &[&dave, &nobody]).await.assert_error(404, "no_such_user");
    alice.try_remove(chat, &dave).await.assert_error(404, "not_found");
    alice.try_set_role(chat, &carol, "admin").await.assert_error(404, "not_found");
    alice.try_set_role(chat, &bob, "former").await.assert_error(422, "invalid_role");
    alice.try_set_role(chat, &alice, "member").await.assert_error(409, "last_admin");
    for by in [&bob, &carol, &dave] {
        let (status, code) = match by.id {
            id if id == bob.id => (403, "not_an_admin"),
            id if id == carol.id => (403, "not_a_member"),
            _ => (404, "no_such_chat"),
        };
        by.patch(&path, &json!({ "title": "New" })).await.assert_error(status, code);
        by.patch(&path, &json!({ "who_may_write": "admins" })).await.assert_error(status, code);
        by.try_add(chat, &[&dave]).await.assert_error(status, code);
        by.try_remove(chat, &alice).await.assert_error(status, code);
        by.try_set_role(chat, &bob, "admin").await.assert_error(status, code);
    }
    let after = (alice.summary(chat).await, alice.members(chat).await, alice.told(chat).await);
    assert_eq!(after, before);
    let listed = alice.chats().await.len();
    for (status, code, group) in [
        (422, "invalid_title", json!({ "title": "", "user_ids": [] })),
        (
            422,
            "invalid_description",
            json!({ "title": "A", "user_ids": [], "description": "x".repeat(2_049) }),
        ),
        (404, "no_such_user", json!({ "title": "A", "user_ids": [bob.id, 99] })),
        (
            409,
            "too_many_members",
            json!({ "title": "A", "user_ids": (1..=5_001).collect::<Vec<_>>() }),
        ),
        (
            409,
            "too_many_members",
            json!({ "title": "A", "user_ids": (2..=5_001).collect::<Vec<_>>() }),
        ),
    ] {
        alice.post("/api/groups", &group).await.assert_error(status, code);
    }
    assert_eq!(alice.chats().await.len(), listed);
}

#[tokio::test]
async fn members_may_change_the_title_where_the_admins_let_them_and_never_the_settings() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    alice.change_group(chat, &json!({ "who_may_change": "all" })).await;
    bob.change_group(chat, &json!({ "title": "Friends", "description": "All of us" })).await;
    let path = format!("/api/chats/{chat}");
    for change in [
        json!({ "title": "Mine", "who_may_write": "admins" }),
        json!({ "who_may_change": "admins" }),
        json!({ "history_for_newcomers": "all" }),
    ] {
        bob.patch(&path, &change).await.assert_error(403, "not_an_admin");
    }
    assert_eq!(bob.summary(chat).await["title"], "Friends");
    alice.change_group(chat, &json!({ "who_may_change": "admins" })).await;
    bob.patch(&path, &json!({ "title": "Mine" })).await.assert_error(403, "not_an_admin");
}

#[tokio::test]
async fn a_group_with_a_cid_is_made_once() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let group = json!({ "title": "Family", "user_ids": [bob.id], "cid": new_cid() });
    let mut watcher = bob.connect().await;
    let made = alice.post("/api/groups", &group).await;
    assert_eq!(made.status, 201);
    let chat = made.json()["id"].as_i64().unwrap();
    assert_eq!(watcher.pending().await.len(), 3);
    let again = alice.post("/api/groups", &group).await;
    assert_eq!((again.status, again.json()), (200, made.json()));
    assert_eq!(watcher.pending().await, Vec::<Value>::new());
    // Later changes do not matter to a retry.
    alice.change_group(chat, &json!({ "title": "Friends" })).await;
    let again = alice.post("/api/groups", &group).await;
    assert_eq!((again.status, &again.json()["title"]), (200, &json!("Friends")));
    alice.remove(chat, &alice).await;
    bob.change_group(chat, &json!({ "title": "Without alice" })).await;
    let again = alice.post("/api/groups", &group).await;
    assert_eq!((again.status, &again.json()["title"]), (200, &json!("Friends")));

    let mut other = group.clone();
    other["title"] = json!("Team");
    alice.post("/api/groups", &other).await.assert_error(409, "cid_conflict");
    let message = json!({ "content": "hi", "cid": group["cid"] });
    let own = alice.make_group("Notes", &[]).await["id"].as_i64().unwrap();
    let path = format!("/api/chats/{own}/messages");
    alice.post(&path, &message).await.assert_error(409, "cid_conflict");
    let said = json!({ "content": "hi", "cid": new_cid() });
    assert_eq!(alice.post(&path, &said).await.status, 201);
    other["cid"] = said["cid"].clone();
    alice.post("/api/groups", &other).await.assert_error(409, "cid_conflict");
    other["cid"] = json!("x");
    assert_eq!(alice.post("/api/groups", &other).await.status, 422);
    let same_for_bob = json!({ "title": "Bobs", "user_ids": [], "cid": group["cid"] });
    assert_eq!(bob.post("/api/groups", &same_for_bob).await.status, 201, "a cid is per person");
    assert_eq!(alice.chats().await.len(), 2);
}

#[tokio::test]
async fn a_group_that_loses_its_last_admin_gets_its_oldest_member() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let chat = server.group(&alice, &[&dave]).await;
    alice.add(chat, &[&carol]).await;
    alice.add(chat, &[&bob]).await;
    // Who comes back is new again.
    dave.remove(chat, &dave).await;
    alice.add(chat, &[&dave]).await;
    let mut devices = [carol.connect().await, dave.connect().await];
    for device in &mut devices {
        device.pending().await;
    }
    alice.remove(chat, &alice).await;
    let [by_carol, by_dave] = [devices[0].pending().await, devices[1].pending().await];
    let types = |frames: &[Value]| -> Vec<String> {
        frames.iter().map(|frame| frame["type"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(types(&by_carol), ["message", "member", "membership", "member", "message"]);
    assert_eq!(types(&by_dave), ["message", "member", "member", "message"]);
    let line = &by_dave[3];
    assert_eq!(
        (&line["sender_id"], &line["event"]),
        (&json!(carol.id), &json!({ "kind": "became_admin" }))
    );
    assert_eq!(by_dave[2]["role"], "admin");
    carol.change_group(chat, &json!({ "title": "Carol's" })).await;
    // With another admin there, none is made.
    carol.set_role(chat, &bob, "admin").await;
    carol.remove(chat, &carol).await;
    let told = bob.told(chat).await;
    assert_eq!(told.last().unwrap(), "*left*", "{told:?}");
    dave.remove(chat, &dave).await;
    bob.remove(chat, &bob).await;
    assert_eq!(bob.summary(chat).await["membership"]["role"], "former", "the last one");
    bob.try_add(chat, &[&bob]).await.assert_error(403, "not_a_member");
}

#[tokio::test]
async fn event_lines_are_not_answered_and_have_no_ticks() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    let line = alice.page(chat, "").await["messages"][0]["id"].clone();
    let answer = json!({ "content": "hi", "reply_to": line });
    let path = format!("/api/chats/{chat}/messages");
    alice.post(&path, &answer).await.assert_error(404, "no_such_message");
    let receipts = alice.get(&format!("{path}/{line}/receipts")).await;
    receipts.assert_error(404, "no_such_message");
}
