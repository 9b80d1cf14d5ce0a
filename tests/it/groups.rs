//! Groups over real sockets and HTTP: which rows each member is sent, catching up, receipts of all
//! members, typing. The rules are in `access`; the store's tests cover stays and receipts in depth.

use serde_json::{Value, json};

use crate::kit::{Device, FIN, Frames, RawSocket, TEXT, TestServer, User, frame};

const NOTHING: Vec<Value> = Vec::new();

/// Posts a text over HTTP.
async fn say(user: &User, chat: i64, text: &str) -> Value {
    let path = format!("/api/chats/{chat}/messages");
    let reply = user.post(&path, &json!({ "content": text })).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json()
}

async fn add(server: &TestServer, admin: &User, chat: i64, user: &User) {
    let command = json!({ "add_member": { "chat": chat, "user": user.id } });
    server.submit(admin, &command).await.unwrap();
}

async fn remove(server: &TestServer, actor: &User, chat: i64, user: &User) {
    let command = json!({ "remove_member": { "chat": chat, "user": user.id } });
    server.submit(actor, &command).await.unwrap();
}

async fn set_role(server: &TestServer, admin: &User, chat: i64, user: &User, role: &str) {
    let command = json!({ "set_role": { "chat": chat, "user": user.id, "role": role } });
    server.submit(admin, &command).await.unwrap();
}

async fn rename(server: &TestServer, admin: &User, chat: i64, title: &str) {
    let command = json!({ "change_group": { "chat": chat, "title": title } });
    server.submit(admin, &command).await.unwrap();
}

/// Sockets of these users that have nothing under way.
async fn connect<const N: usize>(users: [&User; N]) -> [Device; N] {
    let mut devices = Vec::with_capacity(N);
    for user in users {
        devices.push(user.connect().await);
    }
    for device in &mut devices {
        device.pending().await;
    }
    devices.try_into().ok().unwrap()
}

/// What each device has been sent since the last call.
async fn pending<const N: usize>(devices: &mut [Device; N]) -> [Vec<Value>; N] {
    let mut frames = Vec::with_capacity(N);
    for device in devices {
        frames.push(device.pending().await);
    }
    frames.try_into().unwrap()
}

/// The types of frames.
fn types(frames: &[Value]) -> Vec<&str> {
    frames.iter().map(|frame| frame["type"].as_str().unwrap()).collect()
}

/// The chat in a member's list.
async fn summary(user: &User, chat: i64) -> Value {
    user.chats().await.into_iter().find(|it| it["id"] == chat).unwrap()
}

async fn members(user: &User, chat: i64) -> Vec<Value> {
    let reply = user.get(&format!("/api/chats/{chat}/members")).await.json();
    assert_eq!(reply["more"], false, "{reply}");
    reply["members"].as_array().unwrap().clone()
}

#[tokio::test]
async fn only_the_members_are_told_of_a_new_group() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let mut devices = connect([&alice, &bob, &carol, &dave]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    let [by_alice, by_bob, by_carol, by_dave] = pending(&mut devices).await;
    assert_eq!(by_dave, NOTHING);
    let row = &by_alice[0];
    let expected = json!({
        "type": "chat", "id": chat, "kind": "group", "title": "Family", "description": "",
        "user_ids": null, "who_may_write": "all", "history_for_newcomers": "none", "last_seq": 0,
        "created_at": row["created_at"], "changed": row["changed"],
    });
    for (frames, role) in [(&by_alice, "admin"), (&by_bob, "member"), (&by_carol, "member")] {
        let membership = json!({
            "type": "membership", "chat_id": chat, "role": role,
            "stays": [{ "from_seq": 1, "to_seq": null }], "changed": row["changed"],
        });
        assert_eq!(*frames, [expected.clone(), membership]);
    }
    let member = |user: &User, role: &str| json!({ "chat_id": chat, "user_id": user.id, "role": role, "changed": row["changed"] });
    let all = [member(&alice, "admin"), member(&bob, "member"), member(&carol, "member")];
    assert_eq!(members(&carol, chat).await, all);
    let path = format!("/api/chats/{chat}/members?after={}&limit=1", alice.id);
    let page = bob.get(&path).await.json();
    assert_eq!(page, json!({ "members": [all[1]], "more": true }));
}

#[tokio::test]
async fn the_members_are_told_who_comes_and_goes_and_of_roles_and_titles() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    let mut devices = connect([&alice, &bob, &carol, &dave]).await;
    let member = |frame: &Value, user: &User, role: &str| {
        json!({ "type": "member", "chat_id": chat, "user_id": user.id, "role": role,
                "changed": frame["changed"] })
    };

    add(&server, &alice, chat, &dave).await;
    let [by_alice, by_bob, by_carol, by_dave] = pending(&mut devices).await;
    assert_eq!(by_alice, [member(&by_alice[0], &dave, "member")]);
    assert!(by_bob == by_alice && by_carol == by_alice, "{by_bob:?} {by_carol:?}");
    assert_eq!(types(&by_dave), ["chat", "receipt", "membership", "member"]);
    assert_eq!((&by_dave[0]["title"], &by_dave[3]), (&json!("Family"), &by_alice[0]));
    add(&server, &alice, chat, &dave).await;
    assert_eq!(pending(&mut devices).await, [NOTHING; 4], "he is a member already");

    set_role(&server, &alice, chat, &bob, "admin").await;
    let [by_alice, by_bob, by_carol, by_dave] = pending(&mut devices).await;
    assert_eq!(by_alice, [member(&by_alice[0], &bob, "admin")]);
    assert!(by_carol == by_alice && by_dave == by_alice, "{by_carol:?} {by_dave:?}");
    assert_eq!(types(&by_bob), ["membership", "member"]);
    assert_eq!(by_bob[0]["role"], "admin");

    rename(&server, &bob, chat, "The family").await;
    let frames = pending(&mut devices).await;
    assert_eq!(types(&frames[0]), ["chat"]);
    assert_eq!(frames[0][0]["title"], "The family");
    assert!(frames.iter().all(|it| *it == frames[0]), "{frames:?}");

    say(&alice, chat, "one").await;
    pending(&mut devices).await;
    remove(&server, &bob, chat, &carol).await;
    let [by_alice, by_bob, by_carol, by_dave] = pending(&mut devices).await;
    assert_eq!(by_alice, [member(&by_alice[0], &carol, "former")]);
    assert!(by_bob == by_alice && by_dave == by_alice, "{by_bob:?} {by_dave:?}");
    let membership = json!({
        "type": "membership", "chat_id": chat, "role": "former",
        "stays": [{ "from_seq": 1, "to_seq": 1 }], "changed": by_alice[0]["changed"],
    });
    assert_eq!(by_carol, [membership]);

    remove(&server, &dave, chat, &dave).await;
    let [by_alice, by_bob, by_carol, by_dave] = pending(&mut devices).await;
    assert_eq!(by_alice, [member(&by_alice[0], &dave, "former")]);
    assert_eq!((by_bob, by_carol, types(&by_dave)), (by_alice, NOTHING, vec!["membership"]));
}

/// A socket of which the test sees every byte, after its `hello` was answered.
async fn listen(server: &TestServer, user: &User) -> RawSocket {
    let mut socket = RawSocket::open(&server.home().get(), user).await;
    socket.send(&frame(FIN | TEXT, br#"{"type":"hello"}"#)).await;
    next_of(&mut socket, "reset").await;
    socket
}

/// The text of the next frame of this type.
async fn next_of(socket: &mut RawSocket, kind: &str) -> String {
    let beginning = format!(r#"{{"type":"{kind}","#);
    loop {
        let (_, payload) = socket.next().await.unwrap();
        let text = String::from_utf8(payload).unwrap();
        if text.starts_with(&beginning) {
            return text;
        }
    }
}

#[tokio::test]
async fn every_member_gets_the_same_bytes() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let mut sockets = Vec::new();
    for user in [&alice, &bob, &carol] {
        sockets.push(listen(&server, user).await);
    }
    let chat = server.group(&alice, &[&bob, &carol]).await;
    rename(&server, &alice, chat, "The family").await;
    say(&alice, chat, "one").await;
    set_role(&server, &alice, chat, &bob, "admin").await;
    // The first chat row is the new group, the second its new title.
    for kind in ["chat", "chat", "message", "member"] {
        let mut texts = Vec::new();
        for socket in &mut sockets {
            texts.push(next_of(socket, kind).await);
        }
        assert!(texts.iter().all(|text| *text == texts[0]), "{texts:#?}");
    }
}

#[tokio::test]
async fn somebody_who_was_away_catches_up_with_what_the_others_know() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let mut device = carol.connect_silent().await;
    let before = device.hello(None).await.pop().unwrap();
    device.close().await;

    let chat = server.group(&alice, &[&bob, &carol]).await;
    say(&alice, chat, "one").await;
    rename(&server, &alice, chat, "The family").await;
    add(&server, &alice, chat, &dave).await;
    say(&bob, chat, "two").await;
    set_role(&server, &alice, chat, &bob, "admin").await;
    remove(&server, &bob, chat, &dave).await;
    say(&bob, chat, "three").await;

    let mut device = carol.connect_silent().await;
    let mut frames = device.hello_after(&before).await;
    let synced = frames.pop().unwrap();
    assert_eq!(synced["type"], "synced");
    let rows: Vec<Value> =
        frames.of("sync").iter().flat_map(|it| it["rows"].as_array().unwrap().clone()).collect();
    let without_type = |row: &Value| {
        let mut row = row.clone();
        row.as_object_mut().unwrap().remove("type");
        row
    };
    let of = |kind: &str| -> Vec<Value> { rows.of(kind).iter().map(without_type).collect() };
    let summary = summary(&carol, chat).await;
    let row = &of("chat")[..];
    assert_eq!(row.len(), 1, "only the last state: {rows:?}");
    for (name, value) in row[0].as_object().unwrap() {
        assert_eq!(*value, summary[name], "{name}");
    }
    assert_eq!(row[0]["title"], "The family");
    assert_eq!(of("membership"), [summary["membership"].clone()]);
    let mut told = of("member");
    told.sort_by_key(|member| member["user_id"].as_i64());
    assert_eq!(told, members(&carol, chat).await);
    assert_eq!(told.field("role"), ["admin", "admin", "member", "former"]);
    let mut receipts = of("receipt");
    receipts.sort_by_key(|receipt| receipt.get("user_id").is_none());
    assert_eq!(receipts, *summary["receipts"].as_array().unwrap());
    let page = carol.page(chat, "").await;
    assert_eq!(of("message"), *page["messages"].as_array().unwrap());
    assert_eq!(of("message").contents(), ["one", "two", "three"]);
    device.close().await;
    let mut again = carol.connect_silent().await;
    let frames = again.hello_after(&synced).await;
    assert_eq!((types(&frames), &frames[0]["revision"]), (vec!["synced"], &synced["revision"]));
}

#[tokio::test]
async fn somebody_who_was_away_between_two_stays_misses_what_was_said_there() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    say(&alice, chat, "one").await;
    let mut device = carol.connect_silent().await;
    let before = device.hello(None).await.pop().unwrap();
    device.close().await;
    remove(&server, &alice, chat, &carol).await;
    let hidden = say(&alice, chat, "about carol").await;
    add(&server, &alice, chat, &carol).await;
    say(&alice, chat, "three").await;

    let mut device = carol.connect_silent().await;
    let frames = device.hello_after(&before).await;
    let rows = frames[0]["rows"].as_array().unwrap();
    assert_eq!(rows.of("message").contents(), ["three"]);
    let stays = json!([{ "from_seq": 1, "to_seq": 1 }, { "from_seq": 3, "to_seq": null }]);
    assert_eq!(rows.of("membership").field("stays"), [stays]);
    let around = carol.page(chat, &format!("around={}", hidden["message_id"])).await;
    assert_eq!(around["messages"].as_array().unwrap().contents(), ["one", "three"]);
    assert!(!frames.iter().any(|frame| frame.to_string().contains("about carol")));
}

#[tokio::test]
async fn any_number_of_readers_costs_each_member_one_shared_receipt() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let users = [&alice, &bob, &carol, &dave];
    let chat = server.group(&alice, &[&bob, &carol, &dave]).await;
    let mut devices = connect(users).await;
    for n in 1..=3 {
        say(&alice, chat, "hello").await;
        for device in &mut devices[1..] {
            device.next_of("message").await;
            device.confirm(chat, n, n).await;
        }
        for (device, user) in devices.iter_mut().zip(users) {
            // The shared receipt comes when the last has read, and for this device it is the last.
            let (mut own, mut shared) = (0, Value::Null);
            while shared.is_null() {
                let receipt = device.next_of("receipt").await;
                match receipt.get("user_id") {
                    Some(id) => {
                        assert_eq!(*id, user.id, "the marks of others are private: {receipt}");
                        own += 1;
                    }
                    None => shared = receipt,
                }
            }
            let expected = json!({
                "type": "receipt", "chat_id": chat, "delivered_seq": n, "read_seq": n,
                "changed": shared["changed"],
            });
            assert_eq!((own, shared), (1, expected), "{}", user.username);
        }
        assert_eq!(pending(&mut devices).await, [NOTHING; 4]);
    }
    let receipts = summary(&alice, chat).await["receipts"].as_array().unwrap().clone();
    assert_eq!(receipts.iter().filter(|it| it.get("user_id").is_none()).count(), 1);
    assert_eq!(receipts.field("user_id"), [alice.id]);
}

#[tokio::test]
async fn a_former_member_learns_nothing_new() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    say(&alice, chat, "one").await;
    remove(&server, &alice, chat, &carol).await;
    let mut devices = connect([&alice, &bob, &carol]).await;
    let known = carol.get("/api/sync?since=0").await.json()["revision"].clone();
    let before = summary(&carol, chat).await;

    say(&alice, chat, "two").await;
    rename(&server, &alice, chat, "Without carol").await;
    add(&server, &alice, chat, &dave).await;
    set_role(&server, &alice, chat, &bob, "admin").await;
    for device in &mut devices[..2] {
        device.confirm(chat, 2, 2).await;
        device.send(&json!({ "type": "typing", "chat_id": chat, "on": true })).await;
    }
    let [by_alice, _, by_carol] = pending(&mut devices).await;
    assert!(by_alice.len() > 4, "there was something to learn: {by_alice:?}");
    assert_eq!(by_carol, NOTHING);

    assert_eq!(carol.get(&format!("/api/sync?since={known}")).await.json()["rows"], json!([]));
    let after = summary(&carol, chat).await;
    assert_eq!(after["last_seq"], 1);
    assert_eq!(after["last_message"]["content"], "one");
    assert_eq!(
        (&after["membership"], &after["receipts"]),
        (&before["membership"], &before["receipts"])
    );
    let page = carol.page(chat, "").await;
    assert_eq!(page["messages"].as_array().unwrap().contents(), ["one"]);
    assert_eq!(members(&carol, chat).await.field("user_id"), [carol.id]);
}

#[tokio::test]
async fn typing_reaches_the_members_of_this_moment() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    let mut devices = connect([&alice, &bob, &carol, &dave]).await;
    let typing = json!({ "type": "typing", "chat_id": chat, "on": true });
    let told = json!({ "type": "typing", "chat_id": chat, "user_id": bob.id, "on": true });
    // Twice: the second time the audience is in memory.
    for _ in 0..2 {
        devices[1].send(&typing).await;
        devices[1].pending().await;
        let frames = pending(&mut devices).await;
        assert_eq!(frames, [vec![told.clone()], NOTHING, vec![told.clone()], NOTHING]);
    }
    remove(&server, &alice, chat, &carol).await;
    devices[1].send(&typing).await;
    devices[1].pending().await;
    let [by_alice, _, by_carol, by_dave] = pending(&mut devices).await;
    assert_eq!(by_alice.of("typing"), std::slice::from_ref(&told));
    assert_eq!((by_carol.of("typing"), by_dave), (NOTHING, NOTHING), "she has just left");

    devices[2].send(&typing).await;
    assert_eq!(devices[2].next().await["code"], "not_a_member");
    add(&server, &alice, chat, &dave).await;
    devices[1].send(&typing).await;
    devices[1].pending().await;
    let [by_alice, _, by_carol, by_dave] = pending(&mut devices).await;
    assert_eq!((by_alice.of("typing"), by_carol), (vec![told.clone()], NOTHING));
    assert_eq!(by_dave.of("typing"), [told], "he has just come");
}

#[tokio::test]
async fn clients_of_the_first_contract_see_no_groups() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    let mut socket = bob.connect_v1().await;
    say(&alice, chat, "to the group").await;
    let mut device = alice.connect().await;
    device.post_to(&bob, "to bob").await;
    assert_eq!(socket.pending().await.contents(), ["to bob"]);
    socket.close().await;
    say(&alice, chat, "to the group again").await;
    device.post_to(&bob, "to bob again").await;
    let mut socket = bob.connect_v1().await;
    assert_eq!(socket.pending().await.contents(), ["to bob again"]);
    assert_eq!(bob.history_with(&alice).await.contents(), ["to bob", "to bob again"]);
    assert_eq!(bob.page(chat, "").await["messages"].as_array().unwrap().len(), 2);
}
