//! Receipts, typing and presence on the v2 socket. Also the counts in pongs, by which a device
//! notices lost frames.

use serde_json::{Value, json};

use crate::kit::{Device, Frames, TestServer, User, eventually};

#[tokio::test]
async fn receipts_only_rise_are_bounded_by_the_chat_and_reach_both() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (mut sender, mut reader) = (alice.connect().await, bob.connect().await);
    let chat = sender.post_to(&bob, "1").await["chat_id"].as_i64().unwrap();
    for n in 2..=10 {
        sender.post_to(&bob, &n.to_string()).await;
    }
    for device in [&mut sender, &mut reader] {
        device.pending().await;
    }
    // The (delivered, read) sent, and the watermarks received; `None` when nothing moves.
    let cases = [
        ((3, 0), Some((3, 0))),
        ((5, 2), Some((5, 2))),
        ((5, 2), None),
        ((4, 1), None),
        // One rises, the other stays where it is.
        ((6, 1), Some((6, 2))),
        ((1, 3), Some((6, 3))),
        // Read implies delivered.
        ((0, 7), Some((7, 7))),
        ((-5, i64::MIN), None),
        // Messages that do not exist cannot be read.
        ((99, 8), Some((10, 8))),
        ((i64::MAX, i64::MAX), Some((10, 10))),
    ];
    for ((delivered, read), told) in cases {
        reader.confirm(chat, delivered, read).await;
        // A store round trip of the same connection: the receipt is committed by then.
        reader.send(&json!({ "type": "receipt", "chat_id": 0, "read": 1 })).await;
        let mut seen = Vec::new();
        loop {
            let frame = reader.next().await;
            if frame["type"] == "error" {
                break;
            }
            seen.push(frame);
        }
        let expected: Vec<Value> = told
            .map(|(delivered, read)| {
                json!({ "type": "receipt", "chat_id": chat, "user_id": bob.id,
                        "delivered_seq": delivered, "read_seq": read,
                        "changed": seen.first().map(|frame| frame["changed"].clone()) })
            })
            .into_iter()
            .collect();
        assert_eq!(seen, expected, "after {delivered}, {read}");
        assert_eq!(sender.pending().await, expected, "the sender gets the same");
    }
}

#[tokio::test]
async fn messages_of_others_after_the_read_watermark_are_unread() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (mut a, mut b) = (alice.connect().await, bob.connect().await);
    let chat = a.post_to(&bob, "1").await["chat_id"].as_i64().unwrap();
    a.post_to(&bob, "2").await;
    b.post_to(&alice, "3").await;
    a.post_to(&bob, "4").await;
    let unread = async |user: &User| user.chats().await[0]["unread"].clone();
    assert_eq!((unread(&alice).await, unread(&bob).await), (json!(1), json!(3)));
    b.confirm(chat, 4, 2).await;
    a.next_of("receipt").await;
    assert_eq!((unread(&alice).await, unread(&bob).await), (json!(1), json!(1)));
    b.confirm(chat, 4, 4).await;
    a.next_of("receipt").await;
    assert_eq!(unread(&bob).await, json!(0));
}

#[tokio::test]
async fn typing_reaches_only_the_other_members_of_the_chat() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let (mut typist, mut own_other) = (alice.connect().await, alice.connect().await);
    let (mut reader, mut stranger) = (bob.connect().await, carol.connect().await);
    let chat = typist.post_to(&bob, "hello").await["chat_id"].clone();
    for on in [true, false] {
        typist.send(&json!({ "type": "typing", "chat_id": chat, "on": on })).await;
        let told = reader.next_of("typing").await;
        let expected = json!({ "type": "typing", "chat_id": chat, "user_id": alice.id, "on": on });
        assert_eq!(told, expected);
    }
    for device in [&mut typist, &mut own_other, &mut stranger] {
        assert_eq!(device.pending().await.of("typing"), Vec::<Value>::new());
    }
    let before = alice.get("/api/chats").await.json()["revision"].clone();
    assert_eq!(before, reader.hello(None).await.last().unwrap()["revision"], "typing is no change");
}

#[tokio::test]
async fn presence_is_sent_at_once_for_online_and_after_a_grace_for_offline() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut watcher = alice.connect().await;
    let (page, phone) = (bob.connect().await, bob.connect().await);
    let came = watcher.next().await;
    let expected =
        json!({ "type": "presence", "user_id": bob.id, "online": true, "last_seen": null });
    assert_eq!(came, expected);
    let online = watcher.hello(None).await;
    let mut online: Vec<i64> = serde_json::from_value(online[0]["online"].clone()).unwrap();
    online.sort_unstable();
    assert_eq!(online, [alice.id, bob.id]);

    page.close().await;
    assert_eq!(watcher.pending().await, Vec::<Value>::new(), "the phone is still there");
    phone.close().await;
    let gone = watcher.next().await;
    assert_eq!((&gone["type"], &gone["online"]), (&json!("presence"), &json!(false)));
    let last_seen = gone["last_seen"].as_i64().unwrap();
    eventually("last seen to be stored", async || {
        alice.get("/api/users").await.json()["users"][1]["last_seen"] == last_seen
    })
    .await;
}

/// Alice watches while Bob connects and, just before this returns, disconnects.
async fn watch_someone_leave(server: &TestServer) -> ([User; 2], Device) {
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut watcher = alice.connect().await;
    let page = bob.connect().await;
    assert_eq!(watcher.next().await["online"], true);
    page.close().await;
    ([alice, bob], watcher)
}

#[tokio::test]
async fn a_quick_reconnect_does_not_flicker() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let mut watcher = alice.connect().await;
    let (page, other) = (bob.connect().await, carol.connect().await);
    assert_eq!(watcher.pending().await.field("user_id"), [bob.id, carol.id], "both went online");
    page.close().await;
    let _page = bob.connect().await;
    other.close().await;
    // Carol disconnects after Bob. When the watcher gets her presence, Bob's grace has passed too.
    let gone = watcher.next().await;
    assert_eq!((&gone["user_id"], &gone["online"]), (&json!(carol.id), &json!(false)), "{gone}");
    assert_eq!(watcher.pending().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_user_who_is_reloading_still_appears_online_to_newcomers() {
    let server = TestServer::start().await;
    let ([alice, bob], _watcher) = watch_someone_leave(&server).await;
    let mut late = alice.connect_silent().await;
    let told = late.hello(None).await;
    let _page = bob.connect().await;
    let online: Vec<i64> = serde_json::from_value(told[0]["online"].clone()).unwrap();
    if !online.contains(&bob.id) {
        let back = late.next_of("presence").await;
        assert_eq!((&back["user_id"], &back["online"]), (&json!(bob.id), &json!(true)));
    }
}

#[tokio::test]
async fn a_pong_counts_the_frames_before_it() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (mut device, mut other) = (alice.connect().await, bob.connect().await);
    // `welcome` and `reset` of a new device.
    let mut count = 2;
    for n in 0..3 {
        other.post_to(&alice, &format!("Message {n}")).await;
        count += device.pending_and_count(count).await;
    }
    assert!(count >= 2 + 3 + 6, "three messages and six pongs at least: {count}");
}
