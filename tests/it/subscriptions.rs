//! Whose presence a device is told: of the people it names, or of everyone.

use serde_json::{Value, json};

use crate::kit::{Device, Frames, TestServer, User, eventually, within};

/// A device that shows the presence of these people, and the ids among them who are online.
async fn showing(user: &User, people: &[&User]) -> (Device, Vec<i64>) {
    let mut device = user.connect_silent().await;
    let ids: Vec<i64> = people.iter().map(|it| it.id).collect();
    device.send(&json!({ "type": "hello", "subscribe": ids })).await;
    let online = device.caught_up().await.last().unwrap()["online"].clone();
    let online: Vec<i64> = serde_json::from_value(online).unwrap();
    if !people.is_empty() {
        let told = device.next().await;
        assert_eq!((&told["type"], told.get("ref")), (&json!("subscribed"), None));
        let told = told["people"].as_array().unwrap();
        assert_eq!(told.len(), people.len());
        assert!(
            told.iter().all(|it| it["online"] == online.contains(&it["user_id"].as_i64().unwrap()))
        );
    }
    (device, online)
}

/// Subscribes to these people, and returns how those appear whom the device did not show before.
async fn subscribe(device: &mut Device, people: &[&User]) -> Vec<Value> {
    let ids: Vec<i64> = people.iter().map(|it| it.id).collect();
    device.send(&json!({ "type": "subscribe", "user_ids": ids, "ref": "s" })).await;
    let told = device.next_of("subscribed").await;
    assert_eq!(told["ref"], "s");
    told["people"].as_array().unwrap().clone()
}

/// Waits until others were told that somebody has gone.
async fn see_gone(witness: &mut Device, user: &User) {
    loop {
        let frame = witness.next_of("presence").await;
        if frame["user_id"] == user.id && frame["online"] == false {
            return;
        }
    }
}

#[tokio::test]
async fn a_device_is_told_of_the_people_it_names_and_of_no_others() {
    let server = TestServer::start().await;
    let [alice, bob, carol, dave] = server.users(["alice", "bob", "carol", "dave"]).await;
    let phone = carol.connect().await;
    let (mut device, online) = showing(&alice, &[&bob, &carol]).await;
    assert_eq!(online, [carol.id], "those named who are online, and not alice herself");
    let mut all = alice.connect().await;
    all.pending().await;
    let (page, other) = (bob.connect().await, dave.connect().await);
    assert_eq!(device.pending().await.of("presence").field("user_id"), [json!(bob.id)]);
    let told = all.pending().await.of("presence").field("user_id");
    assert_eq!(told, [json!(bob.id), json!(dave.id)], "without a list it is everyone");
    // A list replaces the one before.
    assert_eq!(
        subscribe(&mut device, &[&dave, &bob]).await,
        [json!({ "user_id": dave.id, "online": true, "last_seen": null })],
        "only of those not shown before"
    );
    for gone in [phone, page, other] {
        gone.close().await;
    }
    see_gone(&mut all, &carol).await;
    let mut left = vec![bob.id, dave.id];
    while !left.is_empty() {
        let frame = device.next_of("presence").await;
        assert_eq!(frame["online"], false);
        left.retain(|id| frame["user_id"] != *id);
    }
    assert_eq!(device.pending().await, Vec::<Value>::new(), "nothing of carol");
    // An empty list ends all subscriptions.
    assert_eq!(subscribe(&mut device, &[]).await, Vec::<Value>::new());
    bob.connect().await.close().await;
    see_gone(&mut all, &bob).await;
    assert_eq!(device.pending().await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_answer_tells_when_somebody_was_last_seen_unless_one_of_the_two_hides_it() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let mut witness = carol.connect().await;
    for user in [&alice, &bob] {
        user.connect().await.close().await;
        see_gone(&mut witness, user).await;
    }
    let (mut device, online) = showing(&alice, &[]).await;
    assert_eq!(online, Vec::<i64>::new());
    let stored = async || alice.get("/api/users").await.json()["users"][1]["last_seen"].clone();
    eventually("last seen to be stored", async || stored().await.is_i64()).await;
    let expected = json!({ "user_id": bob.id, "online": false, "last_seen": stored().await });
    let nobody = json!({ "user_id": 999, "online": false, "last_seen": null });
    device.send(&json!({ "type": "subscribe", "user_ids": [999, bob.id, 999] })).await;
    assert_eq!(device.next_of("subscribed").await["people"], json!([&expected, nobody]));
    // A device that comes back asks for all of its people.
    let mut again = alice.connect_silent().await;
    again.send(&json!({ "type": "hello", "subscribe": [bob.id] })).await;
    assert_eq!(again.next_of("subscribed").await["people"], json!([expected]));
    again.close().await;
    // While Alice hides her presence, she sees no presence of others. She is not told that Bob
    // comes online.
    let privacy = "/api/users/me/privacy";
    assert_eq!(alice.patch(privacy, &json!({ "shows_last_seen": false })).await.status, 200);
    subscribe(&mut device, &[]).await;
    let page = bob.connect().await;
    let hidden = json!({ "user_id": bob.id, "online": false, "last_seen": null });
    assert_eq!(subscribe(&mut device, &[&bob]).await, [hidden]);
    let hidden = json!({ "user_id": alice.id, "online": false, "last_seen": null });
    let (mut other, online) = showing(&carol, &[&alice, &bob]).await;
    assert_eq!(online, [bob.id]);
    assert_eq!(subscribe(&mut other, &[&bob]).await, Vec::<Value>::new());
    assert_eq!(subscribe(&mut other, &[&bob, &alice]).await, [hidden]);
    // He is told of it when she shows herself again, and so is every device that names her.
    assert_eq!(alice.patch(privacy, &json!({ "shows_last_seen": true })).await.status, 200);
    let frame = other.next_of("presence").await;
    assert_eq!((&frame["user_id"], &frame["online"]), (&json!(alice.id), &json!(true)));
    page.close().await;
    see_gone(&mut device, &bob).await;
}

#[tokio::test]
async fn lists_have_a_bound_and_a_wrong_one_changes_nothing() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (mut device, _) = showing(&alice, &[&bob]).await;
    let many: Vec<i64> = (0..501).collect();
    for (field, wrong) in [
        ("user_ids", json!({ "type": "subscribe", "user_ids": many })),
        ("user_ids", json!({ "type": "subscribe" })),
        ("frame", json!({ "type": "subscribe", "user_ids": [1, null] })),
        ("frame", json!({ "type": "subscribe", "user_ids": "everyone" })),
        ("subscribe", json!({ "type": "hello", "subscribe": many })),
    ] {
        device.send(&wrong).await;
        let error = device.next().await;
        assert_eq!(
            (&error["type"], &error["code"]),
            (&json!("error"), &json!("invalid")),
            "{field}"
        );
    }
    let page = bob.connect().await;
    assert_eq!(device.next_of("presence").await["user_id"], bob.id, "the first list still holds");
    page.close().await;
    device.send(&json!({ "type": "subscribe", "user_ids": many[1..] })).await;
    assert_eq!(device.next_of("subscribed").await["people"].as_array().unwrap().len(), 499);
}

/// A device whose mailbox was full reads again what it missed, and who of its list is online.
#[tokio::test]
async fn a_device_that_fell_behind_is_told_of_its_own_list_again() {
    let server = TestServer::start_with(|config| config.mailbox_max = 100).await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let (mut device, _) = showing(&alice, &[&bob]).await;
    let (_page, mut sender) = (bob.connect().await, carol.connect().await);
    // Alice's socket takes nothing, until her mailbox overflows.
    let text = "x".repeat(16_000);
    for _ in 0..40 {
        for _ in 0..50 {
            sender.send_to(&alice, &text).await;
        }
        for _ in 0..50 {
            sender.next_of("ack").await;
        }
    }
    let synced = within("the end of catching up", async {
        loop {
            let frame = device.next_of("synced").await;
            if frame["revision"].as_i64() >= Some(2_000) {
                return frame;
            }
        }
    });
    assert_eq!(synced.await["online"], json!([bob.id]));
}
