//! Groups over real sockets and HTTP: which rows each member is sent, catching up, receipts of all
//! members. The rules are in `access`; the store's tests cover stays and receipts in depth.

use serde_json::{Value, json};

use crate::kit::{Device, FIN, Frames, RawSocket, TEXT, TestServer, User, frame, words};

const NOTHING: Vec<Value> = Vec::new();

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
        "picture": null, "user_ids": null, "who_may_write": "all", "who_may_change": "admins",
        "history_for_newcomers": "none", "expire_after": null, "last_seq": 0,
        "created_at": row["created_at"], "changed": row["changed"],
    });
    let line = &by_bob[2];
    let created = json!({
        "type": "message", "id": line["id"], "chat_id": chat, "seq": 1, "sender_id": alice.id,
        "content": "", "created_at": row["created_at"], "changed": line["id"],
        "event": { "kind": "created", "title": "Family" },
    });
    assert_eq!((by_alice.len(), &by_alice[3]["delivered_seq"]), (4, &json!(1)), "her own marks");
    for (frames, role) in [(&by_alice, "admin"), (&by_bob, "member"), (&by_carol, "member")] {
        let membership = json!({
            "type": "membership", "chat_id": chat, "role": role,
            "stays": [{ "from_seq": 1, "to_seq": null }], "changed": row["changed"], "joined": row["changed"],
        });
        assert_eq!(frames[..3], [expected.clone(), membership, created.clone()]);
    }
    let member = |user: &User, role: &str| json!({ "chat_id": chat, "user_id": user.id, "role": role, "changed": row["changed"] });
    let all = [member(&alice, "admin"), member(&bob, "member"), member(&carol, "member")];
    assert_eq!(carol.members(chat).await, all);
    let path = format!("/api/chats/{chat}/members?after={}&limit=1", alice.id);
    let page = bob.get(&path).await.json();
    let last = line["id"].clone();
    assert_eq!(page, json!({ "members": [all[1]], "more": true, "revision": last }));
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

    alice.add(chat, &[&dave]).await;
    let [by_alice, by_bob, by_carol, by_dave] = pending(&mut devices).await;
    assert_eq!(lines(&by_bob), [json!({ "kind": "added", "user_ids": [dave.id] })]);
    assert_eq!(by_bob[0], member(&by_bob[0], &dave, "member"));
    assert!(by_bob.len() == 2 && by_bob[0]["changed"].as_i64() < by_bob[1]["changed"].as_i64());
    assert!(by_carol == by_bob && without_receipts(&by_alice) == by_bob, "{by_alice:?}");
    let expected = ["chat", "membership", "receipt", "receipt", "member", "message"];
    assert_eq!(types(&by_dave), expected, "his own marks, too");
    assert_eq!((&by_dave[2]["user_id"], &by_dave[2]["read_seq"]), (&json!(dave.id), &json!(1)));
    assert_eq!((&by_dave[0]["title"], &by_dave[4..]), (&json!("Family"), &by_bob[..]));
    assert_eq!(by_dave[1]["stays"], json!([{ "from_seq": 2, "to_seq": null }]), "from the line on");
    assert_eq!(alice.add(chat, &[&dave]).await, json!([]));
    assert_eq!(pending(&mut devices).await, [NOTHING; 4], "he is a member already");

    alice.set_role(chat, &bob, "admin").await;
    let [by_alice, by_bob, by_carol, by_dave] = pending(&mut devices).await;
    let line = json!({ "kind": "role_changed", "user_id": bob.id, "role": "admin" });
    assert_eq!(lines(&by_carol), [line]);
    assert_eq!(by_carol[..1], [member(&by_carol[0], &bob, "admin")]);
    assert!(by_dave == by_carol && without_receipts(&by_alice) == by_carol, "{by_alice:?}");
    assert_eq!(types(&by_bob), ["membership", "member", "message"]);
    assert_eq!(by_bob[0]["role"], "admin");
    alice.set_role(chat, &bob, "admin").await;
    assert_eq!(pending(&mut devices).await, [NOTHING; 4], "he is an admin already");

    bob.change_group(chat, &json!({ "title": "The family" })).await;
    let frames = pending(&mut devices).await;
    assert_eq!(types(&frames[0]), ["chat", "message"]);
    assert_eq!(frames[0][0]["title"], "The family");
    assert_eq!(lines(&frames[0]), [json!({ "kind": "title_changed", "title": "The family" })]);
    assert!(frames.iter().all(|it| without_receipts(it) == frames[0]), "{frames:?}");
    bob.change_group(chat, &json!({ "title": "The family" })).await;
    assert_eq!(pending(&mut devices).await, [NOTHING; 4], "it is its title already");

    alice.say(chat, "one").await;
    pending(&mut devices).await;
    bob.remove(chat, &carol).await;
    let [by_alice, by_bob, by_carol, by_dave] = pending(&mut devices).await;
    assert_eq!(lines(&by_alice), [json!({ "kind": "removed", "user_id": carol.id })]);
    assert_eq!(by_alice[1..], [member(&by_alice[1], &carol, "former")]);
    assert!(by_dave == by_alice && without_receipts(&by_bob) == by_alice, "{by_bob:?}");
    let membership = json!({
        "type": "membership", "chat_id": chat, "role": "former",
        "stays": [{ "from_seq": 1, "to_seq": 6 }], "changed": by_alice[1]["changed"],
        "joined": by_carol[1]["joined"],
    });
    assert_eq!(by_carol, [by_alice[0].clone(), membership], "the line is the end of her stay");

    dave.remove(chat, &dave).await;
    let [by_alice, by_bob, by_carol, by_dave] = pending(&mut devices).await;
    assert_eq!(lines(&by_alice), [json!({ "kind": "left" })]);
    assert_eq!(by_alice[1..], [member(&by_alice[1], &dave, "former")]);
    assert_eq!((&by_bob, by_carol), (&by_alice, NOTHING));
    assert_eq!(types(&by_dave), ["message", "membership"]);
}

/// The events of the lines among these frames.
fn lines(frames: &[Value]) -> Vec<Value> {
    frames.of("message").iter().map(|line| line["event"].clone()).collect()
}

/// Without the marks, which move with what somebody did themselves.
fn without_receipts(frames: &[Value]) -> Vec<Value> {
    frames.iter().filter(|frame| frame["type"] != "receipt").cloned().collect()
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
    alice.change_group(chat, &json!({ "title": "The family" })).await;
    alice.say(chat, "one").await;
    alice.set_role(chat, &bob, "admin").await;
    // The first chat row is the new group, the second its new title.
    for kind in ["chat", "chat", "message", "message", "member"] {
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
    let chat = server.group(&alice, &[&bob, &carol]).await;
    let mut device = carol.connect_silent().await;
    let before = device.hello(None).await.pop().unwrap();
    device.close().await;

    alice.say(chat, "one").await;
    alice.change_group(chat, &json!({ "title": "The family" })).await;
    alice.add(chat, &[&dave]).await;
    bob.say(chat, "two").await;
    alice.set_role(chat, &bob, "admin").await;
    bob.remove(chat, &dave).await;
    bob.say(chat, "three").await;

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
    let summary = carol.summary(chat).await;
    let row = &of("chat")[..];
    assert_eq!(row.len(), 1, "only the last state: {rows:?}");
    for (name, value) in row[0].as_object().unwrap() {
        assert_eq!(*value, summary[name], "{name}");
    }
    assert_eq!(row[0]["title"], "The family");
    let mut told = of("member");
    told.sort_by_key(|member| member["user_id"].as_i64());
    let members = carol.members(chat).await;
    assert_eq!(told[0], members[1]);
    assert_eq!(told[1..].field("role"), ["former"], "of who left she is told, but not later");
    assert_eq!(members.field("role"), ["admin", "admin", "member"]);
    let page = carol.page(chat, &format!("after={}", before["revision"])).await;
    assert_eq!(of("message"), *page["messages"].as_array().unwrap());
    let told: Vec<String> = of("message").iter().map(words).collect();
    let expected =
        ["one", "*title_changed*", "*added*", "two", "*role_changed*", "*removed*", "three"];
    assert_eq!(told, expected);
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
    alice.say(chat, "one").await;
    let mut device = carol.connect_silent().await;
    let before = device.hello(None).await.pop().unwrap();
    device.close().await;
    alice.remove(chat, &carol).await;
    let hidden = alice.say(chat, "about carol").await;
    alice.add(chat, &[&carol]).await;
    alice.say(chat, "three").await;

    let mut device = carol.connect_silent().await;
    let frames = device.hello_after(&before).await;
    let rows = frames[0]["rows"].as_array().unwrap();
    let told: Vec<String> = rows.of("message").iter().map(words).collect();
    assert_eq!(told, ["*removed*", "*added*", "three"]);
    let stays = json!([{ "from_seq": 1, "to_seq": 3 }, { "from_seq": 5, "to_seq": null }]);
    assert_eq!(rows.of("membership").field("stays"), [stays]);
    let around = carol.page(chat, &format!("around={}", hidden["message_id"])).await;
    let around: Vec<String> = around["messages"].as_array().unwrap().iter().map(words).collect();
    assert_eq!(around, ["*created*", "one", "*removed*", "*added*", "three"]);
    assert!(!frames.iter().any(|frame| frame.to_string().contains("about carol")));
}

#[tokio::test]
async fn any_number_of_readers_costs_each_member_one_shared_receipt() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let users = [&alice, &bob, &carol, &dave];
    let chat = server.group(&alice, &[&bob, &carol, &dave]).await;
    let mut devices = connect(users).await;
    for n in 2..=4 {
        alice.say(chat, "hello").await;
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
    let receipts = alice.summary(chat).await["receipts"].as_array().unwrap().clone();
    assert_eq!(receipts.iter().filter(|it| it.get("user_id").is_none()).count(), 1);
    assert_eq!(receipts.field("user_id"), [alice.id]);
}

#[tokio::test]
async fn a_former_member_learns_nothing_new() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let chat = server.group(&alice, &[&bob, &carol]).await;
    alice.say(chat, "one").await;
    alice.remove(chat, &carol).await;
    let mut devices = connect([&alice, &bob, &carol]).await;
    let known = carol.get("/api/sync?since=0").await.json()["revision"].clone();
    let before = carol.summary(chat).await;

    alice.say(chat, "two").await;
    alice.change_group(chat, &json!({ "title": "Without carol" })).await;
    alice.add(chat, &[&dave]).await;
    alice.set_role(chat, &bob, "admin").await;
    for device in &mut devices[..2] {
        device.confirm(chat, 7, 7).await;
        device.send(&json!({ "type": "typing", "chat_id": chat, "on": true })).await;
    }
    let [by_alice, _, by_carol] = pending(&mut devices).await;
    assert!(by_alice.len() > 4, "there was something to learn: {by_alice:?}");
    assert_eq!(by_carol, NOTHING);

    assert_eq!(carol.get(&format!("/api/sync?since={known}")).await.json()["rows"], json!([]));
    let after = carol.summary(chat).await;
    assert_eq!((&after["last_seq"], &after["title"]), (&json!(3), &json!("Family")));
    assert_eq!(after, before, "not even the title");
    assert_eq!(carol.told(chat).await, ["*created*", "one", "*removed*"]);
    assert_eq!(carol.members(chat).await.field("user_id"), [carol.id]);
}

#[tokio::test]
async fn clients_of_the_first_contract_see_no_groups() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = server.group(&alice, &[&bob]).await;
    let mut socket = bob.connect_v1().await;
    alice.say(chat, "to the group").await;
    let mut device = alice.connect().await;
    device.post_to(&bob, "to bob").await;
    assert_eq!(socket.pending().await.contents(), ["to bob"]);
    socket.close().await;
    alice.say(chat, "to the group again").await;
    device.post_to(&bob, "to bob again").await;
    let mut socket = bob.connect_v1().await;
    assert_eq!(socket.pending().await.contents(), ["to bob again"]);
    assert_eq!(bob.history_with(&alice).await.contents(), ["to bob", "to bob again"]);
    alice.change_group(chat, &json!({ "title": "Friends" })).await;
    bob.remove(chat, &bob).await;
    assert_eq!(socket.pending().await, NOTHING);
    assert_eq!(bob.told(chat).await.len(), 5);
}
