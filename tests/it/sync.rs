//! Catching up: whatever a device missed, it ends up with the server's state. Also the pages of a
//! history, which fit together without gaps.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::kit::{Device, Frames, Replica, TestServer, User, whole_chat};

/// The number of the last change on the server.
async fn number(user: &User) -> i64 {
    user.get("/api/chats").await.json()["revision"].as_i64().unwrap()
}

/// The epoch in a `synced` or `reset` frame. Checks that JavaScript can represent it.
fn epoch_of(frames: &[Value]) -> i64 {
    let epoch = frames.last().unwrap()["epoch"].as_i64().unwrap();
    assert!((0..1 << 53).contains(&epoch), "{epoch}");
    epoch
}

/// The online users in the frame. Users who left a moment before still count.
fn online_of(frames: &[Value]) -> Vec<i64> {
    serde_json::from_value(frames.last().unwrap()["online"].clone()).unwrap()
}

/// Catches up from `since` and applies everything. Returns the number afterwards.
async fn catch_up(device: &mut Device, since: i64, replica: &mut Replica) -> i64 {
    let frames = device.hello(Some(since)).await;
    assert_eq!(frames.last().unwrap()["type"], "synced", "no reset: {frames:?}");
    frames.iter().fold(since, |number, frame| replica.apply(frame).unwrap_or(number).max(number))
}

/// Gives two users rows of every kind. Returns their chat.
async fn some_history(alice: &User, bob: &User) -> i64 {
    let (mut a, mut b) = (alice.connect().await, bob.connect().await);
    let chat = a.post_to(bob, "one").await["chat_id"].as_i64().unwrap();
    b.post_to(alice, "two").await;
    b.confirm(chat, 2, 1).await;
    a.next_of("receipt").await;
    a.post_to(alice, "note").await;
    a.close().await;
    b.close().await;
    chat
}

#[tokio::test]
async fn a_new_device_gets_a_reset() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    some_history(&alice, &bob).await;
    let mut device = alice.connect_silent().await;
    let frames = device.hello(None).await;
    let (epoch, online) = (epoch_of(&frames), online_of(&frames));
    assert!(online.contains(&alice.id), "{online:?}");
    let now = number(&alice).await;
    let expected = json!({ "type": "reset", "revision": now, "epoch": epoch, "online": online });
    assert_eq!(frames, [expected]);
}

#[tokio::test]
async fn a_device_that_missed_nothing_gets_only_synced() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    some_history(&alice, &bob).await;
    let now = number(&alice).await;
    let mut device = alice.connect_silent().await;
    let frames = device.hello(Some(now)).await;
    let (epoch, online) = (epoch_of(&frames), online_of(&frames));
    assert!(online.contains(&alice.id), "{online:?}");
    let expected = json!({ "type": "synced", "revision": now, "epoch": epoch, "online": online });
    assert_eq!(frames, [expected]);
}

#[tokio::test]
async fn from_every_number_a_device_ends_up_with_the_whole_state() {
    let mut server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let mut live = alice.connect_silent().await;
    // What the device knows after each number, from live frames alone.
    let mut known = Replica::default();
    let now = catch_up(&mut live, 0, &mut known).await;
    let mut states = vec![(0, Replica::default()), (now, known.clone())];
    let chat = some_history(&alice, &bob).await;
    let mut c = carol.connect().await;
    c.post_to(&alice, "and carol").await;
    c.post_to(&bob, "not for alice").await;
    server.user("dave").await;
    for frame in live.pending().await {
        if let Some(number) = known.apply(&frame) {
            states.push((number, known.clone()));
        }
    }
    // No device is connected for this, and the server restarts in between.
    live.close().await;
    server.restart().await;
    let mut b = bob.connect().await;
    b.post_to(&alice, "three").await;
    b.confirm(chat, 99, 99).await;
    b.next_of("receipt").await;

    let whole = Replica::load(&alice).await;
    assert_eq!(whole.contents_of(chat), ["one", "two", "three"]);
    assert!(states.len() > 8, "a state for every change");
    for (since, mut replica) in states {
        let mut device = alice.connect_silent().await;
        let reached = catch_up(&mut device, since, &mut replica).await;
        assert_eq!(replica, whole, "from {since}");
        assert_eq!(reached, number(&alice).await, "from {since}");
    }
}

#[tokio::test]
async fn a_sync_has_no_rows_of_strangers() {
    let server = TestServer::start().await;
    let [alice, bob, eve] = server.users(["alice", "bob", "eve"]).await;
    let mut spy = eve.connect().await;
    some_history(&alice, &bob).await;
    let live = spy.pending().await;
    assert_eq!(live.of("presence").len(), live.len(), "{live:?}");
    let frames = eve.connect_silent().await.hello(Some(0)).await;
    let rows = frames[0]["rows"].as_array().unwrap();
    assert_eq!(rows.of("user").len(), rows.len(), "{rows:?}");
}

#[tokio::test]
async fn a_device_too_far_behind_gets_a_reset_and_one_at_the_limit_does_not() {
    let server = TestServer::start_with(|config| config.sync_rows_max = 10).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let since = number(&alice).await;
    // A chat, two member rows and seven messages: ten.
    for n in 0..7 {
        device.post_to(&bob, &n.to_string()).await;
    }
    let frames = bob.connect_silent().await.hello(Some(since)).await;
    assert_eq!(frames.last().unwrap()["type"], "synced");
    assert_eq!(frames[0]["rows"].as_array().unwrap().len(), 10);
    device.post_to(&bob, "one too many").await;
    let frames = bob.connect_silent().await.hello(Some(since)).await;
    assert_eq!((frames.len(), &frames[0]["type"]), (1, &json!("reset")));
    let now = number(&bob).await;
    assert_eq!(frames[0]["revision"], now);
    let answer = bob.get(&format!("/api/sync?since={since}")).await.json();
    let (epoch, time) = (epoch_of(&frames), &answer["now"]);
    let expected = json!({ "reset": true, "revision": now, "epoch": epoch, "now": time });
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn unknown_numbers_get_a_reset() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    for since in [-1, 2, 1_000_000, i64::MAX, i64::MIN] {
        let frames = alice.connect_silent().await.hello(Some(since)).await;
        assert_eq!(frames[0]["type"], "reset", "{since}");
        assert_eq!(frames[0]["restored"], true, "{since}");
        let reply = alice.get(&format!("/api/sync?since={since}")).await.json();
        assert_eq!(reply["reset"], true, "{since}");
    }
}

/// A device may be told of a commit a moment before the rest of the server knows of it.
#[tokio::test]
async fn a_device_ahead_in_the_same_epoch_is_not_told_of_a_restored_backup() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let now = alice.get("/api/sync").await.json();
    let (revision, epoch) = (now["revision"].as_i64().unwrap(), &now["epoch"]);
    let path = format!("/api/sync?since={}&epoch={epoch}", revision + 5);
    let answer = alice.get(&path).await.json();
    assert_eq!((&answer["restored"], &answer["rows"]), (&Value::Null, &json!([])), "{answer}");
    let path = format!("/api/sync?since={}&epoch={epoch}", i64::MAX);
    assert_eq!(alice.get(&path).await.json()["restored"], true);
}

#[tokio::test]
async fn the_number_rises_with_changes_only_and_a_restart_keeps_it() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = some_history(&alice, &bob).await;
    let mut device = alice.connect().await;
    let cid = device.send_to(&bob, "hi").await;
    let last = device.next_of("ack").await["changed"].as_i64().unwrap();
    // A retry, refusals, a receipt that moves nothing, typing, connecting and disconnecting.
    device.send_as(&cid, &bob, "hi").await;
    device.send_as(&cid, &bob, "another text").await;
    device.confirm(chat, 0, 0).await;
    device.send(&json!({ "type": "typing", "chat_id": chat, "on": true })).await;
    device.confirm(99, 1, 1).await;
    while device.next().await["code"] != "no_such_chat" {}
    device.close().await;
    assert_eq!(number(&alice).await, last);
    server.restart().await;
    assert_eq!(number(&alice).await, last);
    let ack = alice.connect().await.post_to(&bob, "next").await;
    assert_eq!(ack["changed"], last + 1);
}

#[tokio::test]
async fn a_long_absence_comes_in_pages_that_fit_together() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut sender = alice.connect().await;
    // More rows than fit into a page, and then more bytes.
    let long = "語".repeat(5_000);
    for n in 0..1_100 {
        let text = if n > 1_050 { format!("{n} {long}") } else { n.to_string() };
        sender.send_to(&bob, &text).await;
    }
    for _ in 0..1_100 {
        sender.next_of("ack").await;
    }
    let whole = Replica::load(&bob).await;
    assert_eq!(whole.messages.len(), 1_100);

    let frames = bob.connect_silent().await.hello(Some(0)).await;
    let (last, pages) = frames.split_last().unwrap();
    assert_eq!(last["revision"], number(&bob).await);
    assert!(pages.len() > 4, "{} pages", pages.len());
    let mut replica = Replica::default();
    let mut changed = Vec::new();
    for (page, place) in pages.iter().zip(1..) {
        replica.apply(page);
        assert_eq!(page["more"], place < pages.len());
        let rows = page["rows"].as_array().unwrap();
        assert!(rows.len() <= 502, "{} rows in a frame", rows.len());
        assert!(page.to_string().len() < 1_000_000);
        changed.extend(rows.field("changed").iter().map(|number| number.as_i64().unwrap()));
    }
    assert!(changed.is_sorted(), "rows come in the order they changed");
    assert_eq!(replica, whole);

    let (mut since, mut polled) = (0, Replica::default());
    loop {
        let mut page = bob.get(&format!("/api/sync?since={since}")).await.json();
        page["type"] = json!("sync");
        polled.apply(&page);
        since = page["revision"].as_i64().unwrap();
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(polled, whole, "plain requests return the same");
    assert_eq!(since, number(&bob).await);
}

#[tokio::test]
async fn a_device_misses_no_change_made_while_it_catches_up() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut sender = alice.connect().await;
    let first = sender.post_to(&bob, "first").await;
    let chat = first["chat_id"].as_i64().unwrap();
    let recipient = bob.clone();
    let stream = tokio::spawn(async move {
        for n in 0..600 {
            sender.send_to(&recipient, &n.to_string()).await;
        }
        for _ in 0..600 {
            sender.next_of("ack").await;
        }
    });
    // Meanwhile ten devices connect one after the other.
    let mut devices = Vec::new();
    for _ in 0..10 {
        let mut device = bob.connect_silent().await;
        let mut replica = Replica::default();
        catch_up(&mut device, 0, &mut replica).await;
        devices.push((device, replica));
    }
    stream.await.unwrap();
    let whole = Replica::load(&bob).await;
    assert_eq!(whole.contents_of(chat).len(), 601);
    for (mut device, mut replica) in devices {
        for frame in device.pending().await {
            replica.apply(&frame);
        }
        assert_eq!(replica, whole);
    }
}

#[tokio::test]
async fn a_poll_that_waits_is_woken_by_a_message() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let mut sender = alice.connect().await;
    let since = number(&bob).await;
    let earlier = carol.begin_poll(since, 50).await;
    let poll = bob.begin_poll(since, 50).await;
    sender.post_to(&bob, "wake up").await;
    let feed = poll.await.unwrap().json();
    assert!(!earlier.is_finished(), "woken before its time was over");
    let rows = feed["rows"].as_array().unwrap();
    assert_eq!(rows[0]["type"], "chat");
    // The poll may return only the chat row or everything; a second poll returns the rest.
    let next = bob.get(&format!("/api/sync?since={}", feed["revision"])).await.json();
    let all: Vec<Value> = rows.iter().chain(next["rows"].as_array().unwrap()).cloned().collect();
    assert_eq!(all.of("message").contents(), ["wake up"]);
    let online = alice.get("/online-users").await.json();
    assert_eq!(online, json!([alice.json()]), "polling does not make a user online");
}

#[tokio::test]
async fn a_poll_without_changes_answers_no_rows_in_time() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let now = number(&alice).await;
    let longer = alice.begin_poll(now, 50).await;
    let began = Instant::now();
    let feed = alice.get(&format!("/api/sync?since={now}&wait=1")).await.json();
    let (epoch, time) = (&feed["epoch"], &feed["now"]);
    let expected =
        json!({ "rows": [], "revision": now, "epoch": epoch, "more": false, "now": time });
    assert_eq!(feed, expected);
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
    assert!(!longer.is_finished(), "it waited as long as it was told to");
}

#[tokio::test]
async fn a_stopping_server_does_not_wait_for_polls() {
    let mut server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let now = number(&alice).await;
    let poll = alice.begin_poll(now, 50).await;
    server.stop().await;
    // A server that waited for the poll would cut it off after some seconds, without an answer.
    assert_eq!(poll.await.unwrap().status, 200);
}

#[tokio::test]
async fn the_chat_list_has_the_last_messages_and_the_latest_chat_first() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let mut device = alice.connect().await;
    device.post_to(&bob, "b1").await;
    device.post_to(&carol, "c1").await;
    let last = device.post_to(&bob, "b2").await;
    let listed = alice.get("/api/chats").await.json();
    assert_eq!(listed["revision"], last["changed"]);
    let chats = listed["chats"].as_array().unwrap();
    let previews: Vec<&Value> = chats.iter().map(|chat| &chat["last_message"]["content"]).collect();
    assert_eq!(previews, ["b2", "c1"]);
    let chat = &chats[0];
    assert_eq!(chat["last_message"]["id"], last["message_id"]);
    let receipt = |user: i64| {
        json!({ "chat_id": chat["id"], "user_id": user, "delivered_seq": 0, "read_seq": 0,
                "changed": chat["changed"] })
    };
    let receipts = json!([receipt(alice.id), receipt(bob.id)]);
    assert_eq!((&chat["kind"], &chat["title"]), (&json!("direct"), &Value::Null));
    assert_eq!((&chat["receipts"], &chat["last_seq"]), (&receipts, &json!(2)));
    assert_eq!(alice.chats().await, *chats, "asking changes nothing");
}

#[tokio::test]
async fn pages_in_any_direction_and_size_concatenate_to_the_whole() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let mut device = alice.connect().await;
    let mut chat = 0;
    for n in 0..23 {
        chat = device.post_to(&bob, &n.to_string()).await["chat_id"].as_i64().unwrap();
        // Messages of other chats have ids in between.
        device.post_to(&carol, "between").await;
    }
    let whole = whole_chat(&bob, chat).await;
    let expected: Vec<String> = (0..23).map(|n| n.to_string()).collect();
    assert_eq!(whole.contents(), expected);
    for limit in [1, 2, 5, 22, 23, 24] {
        let mut backwards: Vec<Value> = Vec::new();
        let mut forwards: Vec<Value> = Vec::new();
        loop {
            let cursor = backwards.first().map_or(i64::MAX, |first| first["id"].as_i64().unwrap());
            let page = bob.page(chat, &format!("before={cursor}&limit={limit}")).await;
            let mut messages = page["messages"].as_array().unwrap().clone();
            messages.append(&mut backwards);
            backwards = messages;
            assert_eq!(page["more"], backwards.len() < 23, "before, limit {limit}");
            if page["more"] == false {
                break;
            }
        }
        loop {
            let cursor = forwards.last().map_or(0, |last| last["id"].as_i64().unwrap());
            let page = bob.page(chat, &format!("after={cursor}&limit={limit}")).await;
            forwards.extend(page["messages"].as_array().unwrap().clone());
            assert_eq!(page["more"], forwards.len() < 23, "after, limit {limit}");
            if page["more"] == false {
                break;
            }
        }
        assert_eq!(backwards, whole, "before, limit {limit}");
        assert_eq!(forwards, whole, "after, limit {limit}");
    }
}

#[tokio::test]
async fn a_page_around_a_message_has_it_and_its_neighbours() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let mut ids = Vec::new();
    let mut chat = 0;
    for n in 0..9 {
        let ack = device.post_to(&bob, &n.to_string()).await;
        ids.push(ack["message_id"].as_i64().unwrap());
        chat = ack["chat_id"].as_i64().unwrap();
    }
    // (the message asked for, limit, contents, more before, more after)
    let cases: [(usize, u32, &[&str], bool, bool); 6] = [
        (4, 4, &["2", "3", "4", "5"], true, true),
        (4, 5, &["2", "3", "4", "5", "6"], true, true),
        (4, 1, &["4"], true, true),
        (0, 4, &["0", "1"], false, true),
        (8, 4, &["6", "7", "8"], true, false),
        (4, 200, &["0", "1", "2", "3", "4", "5", "6", "7", "8"], false, false),
    ];
    for (place, limit, contents, before, after) in cases {
        let page = bob.page(chat, &format!("around={}&limit={limit}", ids[place])).await;
        let what = format!("around {place}, limit {limit}");
        assert_eq!(page["messages"].as_array().unwrap().contents(), contents, "{what}");
        assert_eq!(page["more_before"], before, "{what}");
        assert_eq!(page["more_after"], after, "{what}");
        assert_eq!(page["more"], before || after, "{what}");
    }
}

#[tokio::test]
async fn a_page_around_the_first_unread_message_skips_own_ones() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (mut from_alice, mut from_bob) = (alice.connect().await, bob.connect().await);
    let mut chat = 0;
    for (n, by_bob) in [true, true, false, false, true, false, true, false].iter().enumerate() {
        let (device, to) = if *by_bob { (&mut from_bob, &alice) } else { (&mut from_alice, &bob) };
        chat = device.post_to(to, &(n + 1).to_string()).await["chat_id"].as_i64().unwrap();
        // Ids of other chats lie between those of this one.
        from_bob.post_to(&bob, "a note").await;
    }
    // (read up to this seq, contents of the page)
    let cases = [
        (-1, ["1", "2"].as_slice()),
        (0, &["1", "2"]),
        (1, &["1", "2", "3"]),
        (2, &["4", "5", "6"]),
        (4, &["4", "5", "6"]),
        (5, &["6", "7", "8"]),
        (7, &["7", "8"]),
        (8, &["6", "7", "8"]),
        (i64::MAX, &["6", "7", "8"]),
    ];
    for (read, contents) in cases {
        let page = alice.page(chat, &format!("unread_after={read}&limit=3")).await;
        assert_eq!(page["messages"].as_array().unwrap().contents(), contents, "after {read}");
    }
}

#[tokio::test]
async fn invalid_page_queries_answer_422() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = some_history(&alice, &bob).await;
    let chat = format!("/api/chats/{chat}/messages");
    let with = format!("/messages/{}", bob.id);
    for (path, query) in [
        (chat.as_str(), "limit=0"),
        (&chat, "limit=201"),
        (&chat, "limit=-1"),
        (&chat, "limit=many"),
        (&chat, "before=x"),
        (&chat, "after=1.5"),
        (&chat, "around=99999999999999999999"),
        (&chat, "before=5&after=1"),
        (&chat, "around=5&unread_after=1"),
        (&chat, "unread_after=x"),
        (&with, "limit=0"),
        (&with, "before=now"),
        ("/api/sync", "since=x"),
        ("/api/sync", "wait=soon"),
    ] {
        alice.get(&format!("{path}?{query}")).await.assert_error(422, "invalid_query");
    }
    let page = alice.get(&format!("{chat}?limit=&colour=red&before=")).await;
    assert_eq!(page.status, 200, "empty and unknown keys are ignored: {}", page.text());
}
