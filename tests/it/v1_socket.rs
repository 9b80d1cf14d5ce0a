//! The socket and history of the first contract: the same frames, keys and order, for clients that
//! do not know v2. Improvements (several connections, nothing lost) are tested here too.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::kit::{Frames, Socket, TestServer, User, V1Socket, eventually, new_cid};

/// The first contract's answer to every frame that cannot be read.
const UNREADABLE: &str = "invalid payload, expected JSON with recipient_id and content";

/// The keys of a frame in their order, because old pages may depend on it.
fn keys(frame: &Value) -> Vec<&str> {
    frame.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The time of a frame, which must be ISO 8601 in UTC with milliseconds.
fn assert_iso(time: &Value) {
    let time = time.as_str().unwrap();
    let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000+00:00", "{time}");
    assert!(time > "2025", "{time}");
}

/// Waits until the server has stored that everything sent to `user` was delivered.
async fn settled(user: &User) {
    eventually("the deliveries to be stored", async || {
        let chats = user.chats().await;
        chats.iter().all(|chat| {
            let receipts = chat["receipts"].as_array().unwrap();
            let own = receipts.iter().find(|receipt| receipt["user_id"] == user.id).unwrap();
            own["delivered_seq"] == chat["last_seq"]
        })
    })
    .await;
}

#[tokio::test]
async fn a_message_and_its_ack_are_as_in_the_first_contract() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (mut sender, mut receiver) = (alice.connect_v1().await, bob.connect_v1().await);
    // Both connections are registered once their sockets answer.
    receiver.pending().await;
    sender.send_to(&bob, "hi <b>\u{202e}🔑").await;

    let message = receiver.next().await;
    let expected = ["content", "created_at", "id", "recipient_id", "sender_id", "type"];
    let mut found = keys(&message);
    found.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(message["type"], "message");
    assert!(message["id"].is_i64());
    assert_eq!(message["sender_id"], alice.id);
    assert_eq!(message["recipient_id"], bob.id);
    assert_eq!(message["content"], "hi <b>\u{202e}🔑");
    assert_iso(&message["created_at"]);

    let ack = sender.next().await;
    assert_eq!(ack, json!({ "type": "ack", "message_id": message["id"], "delivered": true }));
}

#[tokio::test]
async fn the_recipient_may_be_a_string_of_digits() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut sender = alice.connect_v1().await;
    for recipient in [json!(bob.id), json!(bob.id.to_string()), json!(format!(" {} ", bob.id))] {
        sender.send(&json!({ "recipient_id": recipient, "content": "hi" })).await;
        assert_eq!(sender.next().await["type"], "ack", "{recipient}");
    }
    assert_eq!(alice.history_with(&bob).await.len(), 3);
}

#[tokio::test]
async fn invalid_frames_get_the_old_sentence_and_the_socket_stays_open() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut socket = alice.connect_v1().await;
    let unreadable = [
        "",
        " ",
        "hi",
        "7",
        "null",
        "true",
        "[]",
        "{}",
        "{",
        r#"{"recipient_id":1"#,
        r#""x""#,
        r#"{"recipient_id":2}"#,
        r#"{"content":"hi"}"#,
        r#"[2,"hi"]"#,
        r#"{"recipient_id":2,"content":[5]}"#,
        r#"{"recipient_id":2,"content":null}"#,
        r#"{"recipient_id":[2],"content":"hi"}"#,
        r#"{"recipient_id":"bob","content":"hi"}"#,
        r#"{"recipient_id":2.5,"content":"hi"}"#,
        r#"{"recipient_id":true,"content":"hi"}"#,
        r#"{"recipient_id":99999999999999999999,"content":"hi"}"#,
        r#"{"recipient_id":2,"content":"\ud800"}"#,
    ];
    for frame in unreadable {
        socket.send_text(frame).await;
        let error = socket.next().await;
        assert_eq!(error["type"], "error", "{frame}");
        assert_eq!(error["message"], UNREADABLE, "{frame}");
        assert_eq!(error["code"], "invalid", "{frame}");
    }
    let deep = "[".repeat(30_000);
    socket.send_text(&format!(r#"{{"x":{deep}"#)).await;
    assert_eq!(socket.next().await["message"], UNREADABLE, "deep nesting");
    assert_eq!(socket.post_to(&bob, "still here").await["type"], "ack");
    assert_eq!(alice.history_with(&bob).await.len(), 1, "nothing else was stored");
}

#[tokio::test]
async fn empty_and_too_long_texts_are_refused_and_the_socket_stays_open() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut socket = alice.connect_v1().await;
    let (longest, longer) = ("x".repeat(16_384), "x".repeat(16_385));
    // 16,386 bytes but 5,462 characters: the limit counts bytes.
    let wide = "語".repeat(5_462);
    for (content, code) in [
        ("", "empty_content"),
        (" \n\t\u{3000}", "empty_content"),
        (&longer, "content_too_long"),
        (&wide, "content_too_long"),
    ] {
        socket.send_to(&bob, content).await;
        let error = socket.next().await;
        assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!(code)));
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()));
    }
    assert_eq!(socket.post_to(&bob, &longest).await["type"], "ack");
    assert_eq!(socket.post_to(&bob, " kept as it is \n").await["type"], "ack");
    assert_eq!(alice.history_with(&bob).await.contents(), [&longest, " kept as it is \n"]);
}

#[tokio::test]
async fn an_unknown_recipient_gets_an_error_frame() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let mut socket = alice.connect_v1().await;
    for stranger in [0, -1, 99, i64::MAX, i64::MIN] {
        socket.send(&json!({ "recipient_id": stranger, "content": "hi" })).await;
        let error = socket.next().await;
        assert_eq!(error["type"], "error", "{stranger}");
        assert_eq!(error["code"], "no_such_user", "{stranger}");
    }
    assert_eq!(alice.chats().await.len(), 0, "no chat was created");
}

#[tokio::test]
async fn notes_to_self_reach_all_sockets_of_the_user() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let (mut one, mut other) = (alice.connect_v1().await, alice.connect_v1().await);
    other.pending().await;
    one.send_to(&alice, "milk").await;
    assert_eq!(other.next().await["content"], "milk");
    // As in the first contract: the sender is a recipient too, so it gets both message and ack.
    let [first, second] = [one.next().await, one.next().await];
    assert_eq!((&first["type"], &first["content"]), (&json!("message"), &json!("milk")));
    assert_eq!((&second["type"], &second["delivered"]), (&json!("ack"), &json!(true)));
    let history = alice.history_with(&alice).await;
    assert_eq!(history.contents(), ["milk"]);
    assert_eq!(history[0]["recipient_id"], alice.id);
}

#[tokio::test]
async fn undelivered_messages_come_at_connect_in_order_and_once() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let (mut from_alice, mut from_carol) = (alice.connect_v1().await, carol.connect().await);
    let mut expected = Vec::new();
    // More than one page of the replay.
    for n in 0..130 {
        assert_eq!(from_alice.post_to(&bob, &format!("a{n}")).await["delivered"], false);
        from_carol.post_to(&bob, &format!("c{n}")).await;
        expected.extend([format!("a{n}"), format!("c{n}")]);
    }
    let mut first = bob.connect_v1().await;
    let frames = first.pending().await;
    assert_eq!(frames.contents(), expected);
    assert_eq!(frames.of("message").len(), frames.len(), "only messages");
    first.close().await;
    let mut second = bob.connect_v1().await;
    assert_eq!(second.pending().await, Vec::<Value>::new(), "once");
}

#[tokio::test]
async fn messages_delivered_live_are_not_repeated_at_the_next_connect() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut receiver = bob.connect_v1().await;
    receiver.pending().await;
    let mut sender = alice.connect_v1().await;
    for n in 0..5 {
        assert_eq!(sender.post_to(&bob, &n.to_string()).await["delivered"], true);
    }
    assert_eq!(receiver.pending().await.len(), 5);
    receiver.close().await;
    sender.post_to(&bob, "later").await;
    server.restart().await;
    let mut receiver = bob.connect_v1().await;
    assert_eq!(receiver.pending().await.contents(), ["later"]);
}

#[tokio::test]
async fn messages_that_arrive_during_the_replay_come_after_it_and_once() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut sender = alice.connect().await;
    for n in 0..300 {
        sender.send_to(&bob, &n.to_string()).await;
    }
    for _ in 0..300 {
        sender.next_of("ack").await;
    }
    // The stream of messages does not stop while the receiver connects.
    let recipient = bob.clone();
    let stream = tokio::spawn(async move {
        for n in 300..600 {
            sender.send_to(&recipient, &n.to_string()).await;
        }
        for _ in 300..600 {
            sender.next_of("ack").await;
        }
    });
    let mut receiver = bob.connect_v1().await;
    let mut contents = Vec::new();
    while contents.len() < 600 {
        contents.push(receiver.next().await["content"].as_str().unwrap().to_owned());
    }
    stream.await.unwrap();
    assert_eq!(receiver.pending().await, Vec::<Value>::new(), "nothing twice");
    let expected: Vec<String> = (0..600).map(|n| n.to_string()).collect();
    assert_eq!(contents, expected);
}

#[tokio::test]
async fn reconnecting_often_during_a_stream_repeats_nothing() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut sender = alice.connect().await;
    let recipient = bob.clone();
    let stream = tokio::spawn(async move {
        for n in 0..3_000 {
            sender.send_to(&recipient, &n.to_string()).await;
            if n >= 64 {
                sender.next_of("ack").await;
            }
        }
    });
    let (mut ids, mut connections) = (Vec::new(), 0);
    while !stream.is_finished() {
        let mut receiver = bob.connect_v1().await;
        let frames = receiver.pending().await;
        ids.extend(frames.field("id").iter().map(|id| id.as_i64().unwrap()));
        receiver.close().await;
        connections += 1;
    }
    stream.await.unwrap();
    assert!(connections > 2 && ids.len() > connections, "{connections} got {} messages", ids.len());
    let wrong = ids.windows(2).find(|pair| pair[0] >= pair[1]);
    assert_eq!(wrong, None, "in order, each once");
}

#[tokio::test]
async fn every_connection_of_a_user_gets_the_message_and_closing_one_leaves_them_online() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (mut page, mut phone) = (bob.connect_v1().await, bob.connect_v1().await);
    page.pending().await;
    phone.pending().await;
    let mut sender = alice.connect_v1().await;
    sender.post_to(&bob, "one").await;
    assert_eq!(page.next().await["content"], "one");
    assert_eq!(phone.next().await["content"], "one");
    page.close().await;
    assert_eq!(
        sender.post_to(&bob, "two").await["delivered"],
        true,
        "the other connection took it"
    );
    assert_eq!(phone.next().await["content"], "two");
    let online = alice.get("/online-users").await.json();
    assert_eq!(online, json!([alice.json(), bob.json()]));
}

#[tokio::test]
async fn delivered_says_whether_the_recipient_is_connected() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut sender = alice.connect_v1().await;
    // The sender's other devices get it too, but do not count.
    let mut own = alice.connect().await;
    assert_eq!(sender.post_to(&bob, "to nobody").await["delivered"], false);
    assert_eq!(own.next_of("message").await["content"], "to nobody");
    let device = bob.connect().await;
    assert_eq!(sender.post_to(&bob, "to a v2 device").await["delivered"], true);
    device.close().await;
    let silent = bob.connect_silent().await;
    assert_eq!(sender.post_to(&bob, "to one before its hello").await["delivered"], true);
    silent.close().await;
}

#[tokio::test]
async fn a_cid_makes_an_old_clients_retry_harmless() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut socket = alice.connect_v1().await;
    let cid = new_cid();
    let frame = json!({ "recipient_id": bob.id, "content": "hi", "cid": cid });
    socket.send(&frame).await;
    let first = socket.next().await;
    assert_eq!(first["cid"], cid);
    socket.send(&frame).await;
    let second = socket.next().await;
    assert_eq!(second["message_id"], first["message_id"]);
    assert_eq!((&first["dup"], &second["dup"]), (&Value::Null, &json!(true)));
    assert_eq!(alice.history_with(&bob).await.len(), 1);
}

#[tokio::test]
async fn a_socket_without_a_good_token_is_accepted_and_closed_with_4401() {
    let server = TestServer::start().await;
    let address = server.home().get();
    for path in ["/ws", "/ws?token=", "/ws?token=garbage", "/ws?tokens=x", "/ws?token=%00"] {
        let mut socket = Socket::open(&address, path, &[]).await;
        assert_eq!(socket.next_or_close().await, Err(Some(4401)), "{path}");
    }
}

#[tokio::test]
async fn the_token_may_come_in_the_authorization_header() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let bearer = format!("Bearer {}", alice.token);
    let headers = [("authorization", bearer.as_str())];
    let mut socket = Socket::open(&server.home().get(), "/ws", &headers).await;
    socket.send(&json!({ "recipient_id": bob.id, "content": "hi" })).await;
    assert_eq!(socket.next().await["type"], "ack");
}

#[tokio::test]
async fn frames_that_are_not_text_close_the_socket_with_a_matching_code() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let mut socket = alice.connect_v1().await;
    socket.send_message(Message::Binary(Bytes::from_static(b"{}"))).await;
    assert_eq!(socket.close_code().await, Some(1003), "binary");

    let mut socket = alice.connect_v1().await;
    // A final text frame of two bytes, masked with zeros.
    socket.send_raw(&[0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe]).await;
    assert_eq!(socket.close_code().await, Some(1007), "invalid UTF-8");

    let mut socket = alice.connect_v1().await;
    // A client's frames must be masked.
    socket.send_raw(&[0x81, 0x02, b'{', b'}']).await;
    assert_eq!(socket.close_code().await, Some(1002), "no mask");
}

#[tokio::test]
async fn a_frame_of_100_kib_is_read_and_a_larger_one_closes_with_1009() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let mut socket = alice.connect_v1().await;
    socket.send_text(&"x".repeat(102_400)).await;
    assert_eq!(socket.next().await["type"], "error", "it is read and refused");
    socket.send_text(&"x".repeat(102_401)).await;
    assert_eq!(socket.close_code().await, Some(1009));
}

#[tokio::test]
async fn a_message_in_fragments_is_one_message() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut socket = alice.connect_v1().await;
    let text = json!({ "recipient_id": bob.id, "content": "in two" }).to_string();
    let (head, tail) = text.as_bytes().split_at(9);
    for (first_byte, part) in [(0x01, head), (0x80, tail)] {
        let mut frame = vec![first_byte, 0x80 | u8::try_from(part.len()).unwrap(), 0, 0, 0, 0];
        frame.extend_from_slice(part);
        socket.send_raw(&frame).await;
    }
    assert_eq!(socket.next().await["type"], "ack");
    assert_eq!(alice.history_with(&bob).await.contents(), ["in two"]);
}

#[tokio::test]
async fn v2_activity_sends_nothing_to_a_v1_socket() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut old = bob.connect_v1().await;
    old.pending().await;
    let mut device = alice.connect().await;
    let ack = device.post_to(&bob, "hi").await;
    let chat = ack["chat_id"].as_i64().unwrap();
    let mut other = bob.connect().await;
    device.send(&json!({ "type": "typing", "chat_id": chat, "on": true })).await;
    other.confirm(chat, 1, 1).await;
    device.next_of("receipt").await;
    other.post_to(&alice, "from another device of his").await;
    server.user("carol").await.connect().await.close().await;
    device.close().await;
    alice.connect_v1().await.pending().await;
    let frames = old.pending().await;
    assert_eq!(frames.contents(), ["hi"]);
    assert_eq!(frames.len(), 1, "{frames:?}");
}

#[tokio::test]
async fn the_sender_of_a_v1_message_gets_the_ack_and_no_echo_on_any_v1_socket() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (mut one, mut other) = (alice.connect_v1().await, alice.connect_v1().await);
    let mut device = alice.connect().await;
    other.pending().await;
    one.post_to(&bob, "hi").await;
    // The old page would show its own message as the other person's.
    assert_eq!(other.pending().await, Vec::<Value>::new());
    assert_eq!(one.pending().await, Vec::<Value>::new());
    assert_eq!(device.next_of("message").await["content"], "hi", "a v2 device can tell the sender");
}

#[tokio::test]
async fn a_message_written_to_a_v1_socket_counts_as_delivered_for_a_v2_sender() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    device.post_to(&bob, "hi").await;
    let mut old: V1Socket = bob.connect_v1().await;
    assert_eq!(old.next().await["content"], "hi");
    let receipt = device.next_of("receipt").await;
    assert_eq!(receipt["user_id"], bob.id);
    assert_eq!((&receipt["delivered_seq"], &receipt["read_seq"]), (&json!(1), &json!(0)));
    settled(&bob).await;
}

#[tokio::test]
async fn the_history_is_complete_oldest_first_and_the_same_for_both() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let (mut a, mut b) = (alice.connect_v1().await, bob.connect_v1().await);
    let mut ids = Vec::new();
    for n in 0..120 {
        let (from, to) = if n % 3 == 0 { (&mut b, &alice) } else { (&mut a, &bob) };
        ids.push(from.post_to(to, &format!("m{n}")).await["message_id"].clone());
    }
    a.post_to(&carol, "not for bob").await;
    let history = alice.history_with(&bob).await;
    let expected: Vec<String> = (0..120).map(|n| format!("m{n}")).collect();
    assert_eq!(history.contents(), expected);
    assert_eq!(history.field("id"), ids);
    assert_eq!(bob.history_with(&alice).await, history);
    let item = &history[0];
    let mut found = keys(item);
    found.sort_unstable();
    assert_eq!(found, ["content", "id", "recipient_id", "sender_id", "timestamp"]);
    assert_eq!((&item["sender_id"], &item["recipient_id"]), (&json!(bob.id), &json!(alice.id)));
    assert_iso(&item["timestamp"]);

    let page = alice.get(&format!("/messages/{}?limit=2&before={}", bob.id, ids[5])).await.json();
    assert_eq!(page.as_array().unwrap().contents(), ["m3", "m4"]);
}

#[tokio::test]
async fn the_history_with_an_unknown_user_is_empty() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    for id in [bob.id, 99, 0, -1, i64::MAX] {
        let reply = alice.get(&format!("/messages/{id}")).await;
        assert_eq!((reply.status, reply.text().as_str()), (200, "[]"), "{id}");
    }
}
