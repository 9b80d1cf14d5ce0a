//! The v2 socket: welcome, exactly-once sending, closing. `signs` tests receipts, typing and
//! presence; `sync` tests catching up.

use serde_json::{Value, json};

use crate::kit::{Device, Frames, Socket, TestServer, User, new_cid};

/// The direct chat of two users, created by a first message that both have received.
async fn chat_between(one: &User, other: &User) -> i64 {
    let mut device = one.connect().await;
    let chat = device.post_to(other, "hello").await["chat_id"].as_i64().unwrap();
    device.close().await;
    chat
}

/// Checks that the frame is an error with this code.
fn assert_refused(frame: &Value, code: &str) {
    assert_eq!((&frame["type"], &frame["code"]), (&json!("error"), &json!(code)), "{frame}");
    assert!(frame["message"].as_str().is_some_and(|text| !text.is_empty()), "{frame}");
}

#[tokio::test]
async fn the_server_selects_the_subprotocol_and_sends_welcome_first() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let device = alice.connect_silent().await;
    assert_eq!(device.response.headers()["sec-websocket-protocol"], "chaap.v2");
    let welcome = &device.welcome;
    assert_eq!(welcome["user"]["id"], alice.id);
    assert_eq!(welcome["user"]["username"], "alice");
    assert_eq!(welcome["revision"], Value::Null, "how much others have done is nobody's business");
    let limits = json!({ "content_bytes_max": 16_384, "frame_bytes_max": 102_400, "edit_ms_max": 900_000,
        "delete_ms_max": 172_800_000 });
    assert_eq!(welcome["limits"], limits);
    assert_eq!(welcome["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn the_limits_in_welcome_are_enforced() {
    let server = TestServer::start_with(|config| config.content_bytes_max = 10).await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    assert_eq!(device.welcome["limits"]["content_bytes_max"], 10);
    assert_eq!(device.post_to(&bob, "0123456789").await["type"], "ack");
    device.send_to(&bob, "0123456789a").await;
    assert_refused(&device.next().await, "content_too_long");
}

#[tokio::test]
async fn every_text_within_the_limit_is_accepted_however_it_is_escaped() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (mut sender, mut reader) = (alice.connect().await, bob.connect().await);
    // The dot makes each a text that can be seen.
    let control: String = ('\0'..='\u{1F}').cycle().take(16_383).chain(['.']).collect();
    let texts = ["\u{1B}", "\0", "\"", "\\", "\u{7F}", "é", "\u{200B}", "😀"].map(|one| {
        let times = 16_383 / one.len();
        // Escaped as far as JSON allows: a client may escape every character.
        let units: Vec<String> = one.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        let escaped = units.concat().repeat(times);
        (one.repeat(times) + ".", format!("\"{escaped}.\""))
    });
    for (text, escaped) in texts.into_iter().chain([(control.clone(), json!(control).to_string())])
    {
        let (cid, to) = (new_cid(), bob.id);
        sender
            .send_text(&format!(
                r#"{{"type":"send","recipient_id":{to},"cid":"{cid}","content":{escaped}}}"#
            ))
            .await;
        let answer = sender.next_of("ack").await;
        assert_eq!(answer["cid"], cid, "{:?}", text.chars().next());
        assert_eq!(reader.next_of("message").await["content"], text);
    }
}

#[tokio::test]
async fn a_text_with_half_a_surrogate_pair_is_refused_by_its_cid() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    for half in [r"\ud83d", r"\ude00", r"\ude00\ud83d"] {
        let (cid, to) = (new_cid(), bob.id);
        let text = format!("before {half} after");
        device
            .send_text(&format!(
                r#"{{"type":"send","recipient_id":{to},"content":"{text}","cid":"{cid}"}}"#
            ))
            .await;
        let error = device.next().await;
        assert_refused(&error, "invalid");
        assert_eq!(error["cid"], cid, "{half}");
    }
    assert_eq!(device.post_to(&bob, "next").await["seq"], 1);
}

#[tokio::test]
async fn only_welcome_comes_before_hello() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut early = bob.connect_silent().await;
    let mut sender = alice.connect().await;
    sender.post_to(&bob, "hi").await;
    assert_eq!(early.pending().await, Vec::<Value>::new());
    let frames = early.hello(Some(0)).await;
    assert_eq!(frames.last().unwrap()["type"], "synced");
    assert_eq!(frames[0]["rows"].as_array().unwrap().of("message").contents(), ["hi"]);
}

#[tokio::test]
async fn a_bad_token_closes_with_4401_without_welcome() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let cut = &alice.token[..alice.token.len() - 1];
    for protocols in ["chaap.v2", "chaap.v2, bearer.", &format!("chaap.v2, bearer.{cut}")] {
        let headers = [("sec-websocket-protocol", protocols)];
        let mut socket = Socket::open(&server.home().get(), "/ws", &headers).await;
        assert_eq!(socket.next_or_close().await, Err(Some(4401)), "{protocols}");
    }
}

#[tokio::test]
async fn a_message_reaches_every_device_except_the_sending_one_which_gets_the_ack() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (mut page, mut tablet) = (alice.connect().await, alice.connect().await);
    let (mut phone, mut laptop) = (bob.connect().await, bob.connect().await);
    for device in [&mut page, &mut tablet, &mut phone, &mut laptop] {
        device.pending().await;
    }
    let cid = page.send_to(&bob, "hi").await;
    let chat = page.next().await;
    assert_eq!((&chat["type"], &chat["kind"]), (&json!("chat"), &json!("direct")));
    assert_eq!(chat["user_ids"], json!([alice.id, bob.id]));
    let ack = page.next().await;
    assert_eq!(ack["type"], "ack");
    assert_eq!((&ack["cid"], &ack["seq"]), (&json!(cid), &json!(1)));
    assert_eq!((&ack["dup"], &ack["ref"]), (&Value::Null, &Value::Null));
    assert_eq!((&ack["chat_id"], &ack["changed"]), (&chat["id"], &ack["message_id"]));
    assert_eq!(page.pending().await, Vec::<Value>::new(), "no echo");

    for device in [&mut tablet, &mut phone, &mut laptop] {
        assert_eq!(device.next().await["type"], "chat", "comes before its first message");
        let message = device.next().await;
        let expected = json!({
            "type": "message", "id": ack["message_id"], "chat_id": chat["id"], "seq": 1,
            "sender_id": alice.id, "content": "hi", "cid": cid,
            "created_at": ack["created_at"], "changed": ack["changed"],
        });
        assert_eq!(message, expected);
    }
}

#[tokio::test]
async fn a_retry_gets_the_same_ack_and_creates_no_second_message() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let cid = new_cid();
    device.send_as(&cid, &bob, "once").await;
    let first = device.next_of("ack").await;
    device.post_to(&bob, "another in between").await;
    let mut expected = first.clone();
    expected["dup"] = json!(true);
    let mut watcher = bob.connect().await;
    // From this device, from another, and after a restart; in upper case too.
    device.send_as(&cid, &bob, "once").await;
    assert_eq!(device.next_of("ack").await, expected);
    let mut other = alice.connect().await;
    other.send_as(&cid.to_uppercase(), &bob, "once").await;
    assert_eq!(other.next_of("ack").await["message_id"], first["message_id"]);
    assert_eq!(watcher.pending().await.of("message"), Vec::<Value>::new());
    server.restart().await;
    let mut device = alice.connect().await;
    device.send_as(&cid, &bob, "once").await;
    let again = device.next_of("ack").await;
    assert_eq!((&again["message_id"], &again["dup"]), (&first["message_id"], &json!(true)));
    assert_eq!(alice.history_with(&bob).await.contents(), ["once", "another in between"]);
    assert_eq!(device.post_to(&bob, "third").await["seq"], 3, "the retries left no gap");
}

#[tokio::test]
async fn many_retries_at_once_create_one_message() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let cid = new_cid();
    let mut devices = Vec::new();
    for _ in 0..4 {
        devices.push(alice.connect().await);
    }
    for device in &mut devices {
        for _ in 0..10 {
            device.send_as(&cid, &bob, "once").await;
        }
    }
    let mut fresh = 0;
    for device in &mut devices {
        for _ in 0..10 {
            fresh += usize::from(device.next_of("ack").await["dup"] != true);
        }
    }
    assert_eq!(fresh, 1);
    assert_eq!(alice.history_with(&bob).await.len(), 1);
}

#[tokio::test]
async fn the_same_cid_on_another_message_is_refused() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let mut device = alice.connect().await;
    let cid = new_cid();
    device.send_as(&cid, &bob, "hi").await;
    let ack = device.next_of("ack").await;
    let frames = [
        json!({ "type": "send", "cid": cid, "recipient_id": bob.id, "content": "ho" }),
        json!({ "type": "send", "cid": cid, "recipient_id": carol.id, "content": "hi" }),
        json!({ "type": "send", "cid": cid, "recipient_id": bob.id, "content": "hi",
                "reply_to": ack["message_id"] }),
    ];
    for frame in frames {
        device.send(&frame).await;
        let error = device.next_of("error").await;
        assert_refused(&error, "cid_conflict");
        assert_eq!(error["cid"], cid);
    }
    assert_eq!(alice.history_with(&bob).await.contents(), ["hi"]);
    assert_eq!(alice.chats().await.len(), 1, "the refused message to carol created no chat");
    assert_eq!(device.post_to(&carol, "hi").await["seq"], 1);
}

#[tokio::test]
async fn the_same_cid_of_another_sender_is_another_message() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (mut one, mut other) = (alice.connect().await, bob.connect().await);
    let cid = new_cid();
    one.send_as(&cid, &bob, "hi").await;
    other.send_as(&cid, &alice, "hi").await;
    let (first, second) = (one.next_of("ack").await, other.next_of("ack").await);
    assert_ne!(first["message_id"], second["message_id"]);
    assert_eq!((&first["dup"], &second["dup"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn two_senders_at_once_leave_no_gap_and_all_devices_see_one_order() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let chat = chat_between(&alice, &bob).await;
    let (mut watcher_a, mut watcher_b) = (alice.connect().await, bob.connect().await);
    let pump = async |mut device: Device, to: User| {
        for n in 0..100 {
            device.send_to(&to, &n.to_string()).await;
        }
        let mut seqs = Vec::new();
        for _ in 0..100 {
            seqs.push(device.next_of("ack").await["seq"].as_i64().unwrap());
        }
        seqs
    };
    let (one, other) = (alice.connect().await, bob.connect().await);
    let (mut seqs, more) = tokio::join!(pump(one, bob.clone()), pump(other, alice.clone()));
    assert!(seqs.is_sorted(), "one sender's acks come in the order of the sends");
    seqs.extend(more);
    seqs.sort_unstable();
    assert_eq!(seqs, (2..=201).collect::<Vec<i64>>(), "seq counts without gaps");
    for watcher in [&mut watcher_a, &mut watcher_b] {
        let messages = watcher.pending().await.of("message");
        assert_eq!(messages.field("seq"), (2..=201).collect::<Vec<i64>>(), "in order, each once");
        assert!(messages.field("chat_id").iter().all(|id| *id == chat));
    }
}

#[tokio::test]
async fn invalid_messages_are_refused_by_cid_and_the_socket_stays_open() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let cid = new_cid();
    let long = "x".repeat(16_385);
    let cases = [
        (json!({ "recipient_id": bob.id, "content": "" }), "empty_content"),
        (json!({ "recipient_id": bob.id, "content": " \n " }), "empty_content"),
        (json!({ "recipient_id": bob.id, "content": long }), "content_too_long"),
        (json!({ "recipient_id": bob.id }), "invalid"),
        (json!({ "content": "hi" }), "invalid"),
        (json!({ "recipient_id": bob.id, "chat_id": 1, "content": "hi" }), "invalid"),
        (json!({ "recipient_id": 99, "content": "hi" }), "no_such_user"),
        (json!({ "chat_id": 99, "content": "hi" }), "no_such_chat"),
        (json!({ "recipient_id": bob.id, "content": "hi", "reply_to": 99 }), "no_such_message"),
    ];
    for (mut frame, code) in cases {
        frame["type"] = json!("send");
        frame["cid"] = json!(cid);
        device.send(&frame).await;
        let error = device.next().await;
        assert_refused(&error, code);
        assert_eq!(error["cid"], cid, "{frame}");
    }
    for cid in [json!(null), json!("not a uuid"), json!(7)] {
        let frame = json!({ "type": "send", "recipient_id": bob.id, "content": "hi", "cid": cid });
        device.send(&frame).await;
        assert_refused(&device.next().await, "invalid");
    }
    assert_eq!(alice.chats().await.len(), 0, "no refused message created a chat");
    device.send_as(&cid, &bob, "now it works").await;
    assert_eq!(device.next_of("ack").await["seq"], 1);
}

#[tokio::test]
async fn unreadable_frames_are_refused_and_unknown_types_and_fields_ignored() {
    let server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    for text in
        ["", "x", "[]", "7", "{}", r#"{"type":7}"#, r#"{"type":"receipt"}"#, r#"{"type":"send"}"#]
    {
        device.send_text(text).await;
        assert_refused(&device.next().await, "invalid");
    }
    device.send(&json!({ "type": "dance", "chat_id": 1 })).await;
    let cid = new_cid();
    let frame = json!({
        "type": "send", "recipient_id": bob.id, "content": "hi", "cid": cid, "colour": { "x": [1] },
    });
    device.send(&frame).await;
    assert_eq!(device.next_of("ack").await["cid"], cid);
    device.send(&json!({ "type": "ping" })).await;
    assert_eq!(device.next_of("pong").await["type"], "pong");
}

#[tokio::test]
async fn a_reply_names_a_message_of_the_same_chat() {
    let server = TestServer::start().await;
    let [alice, bob, carol] = server.users(["alice", "bob", "carol"]).await;
    let (mut device, mut other) = (alice.connect().await, bob.connect().await);
    let first = device.post_to(&bob, "question").await;
    let foreign = device.post_to(&carol, "elsewhere").await;
    let reply = |to: &Value| {
        json!({ "type": "send", "chat_id": first["chat_id"], "content": "answer",
                "cid": new_cid(), "reply_to": to })
    };
    other.pending().await;
    other.send(&reply(&first["message_id"])).await;
    assert_eq!(other.next_of("ack").await["seq"], 2);
    let message = device.next_of("message").await;
    assert_eq!(message["reply_to"], first["message_id"]);
    other.send(&reply(&foreign["message_id"])).await;
    assert_refused(&other.next_of("error").await, "no_such_message");
}

#[tokio::test]
async fn notes_to_self_have_a_chat_of_one_member() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let (mut page, mut phone) = (alice.connect().await, alice.connect().await);
    let ack = page.post_to(&alice, "milk").await;
    assert_eq!(ack["seq"], 1);
    assert_eq!(phone.next_of("message").await["sender_id"], alice.id);
    let chats = alice.chats().await;
    assert_eq!(chats.len(), 1);
    assert_eq!(chats[0]["user_ids"], json!([alice.id]));
    assert_eq!(chats[0]["unread"], 0, "own messages are read");
}

#[tokio::test]
async fn a_strangers_chat_does_not_exist() {
    let server = TestServer::start().await;
    let [alice, bob, eve] = server.users(["alice", "bob", "eve"]).await;
    let chat = chat_between(&alice, &bob).await;
    let mut spy = eve.connect().await;
    for target in [chat, 99, 0, -1] {
        let cid = new_cid();
        let frames = [
            json!({ "type": "send", "chat_id": target, "content": "hi", "cid": cid }),
            json!({ "type": "receipt", "chat_id": target, "delivered": 1, "read": 1 }),
            json!({ "type": "typing", "chat_id": target, "on": true }),
        ];
        for frame in frames {
            spy.send(&frame).await;
            assert_refused(&spy.next().await, "no_such_chat");
        }
        let reply = eve.get(&format!("/api/chats/{target}/messages")).await;
        reply.assert_error(404, "no_such_chat");
    }
    assert_eq!(eve.chats().await.len(), 0);
    let rows = eve.get("/api/sync?since=0").await.json();
    let rows = rows["rows"].as_array().unwrap();
    assert_eq!(rows.of("user").len(), rows.len(), "a stranger sees only users");
}

#[tokio::test]
async fn a_stopping_server_says_restart_and_closes_with_1001() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let (mut device, mut silent) = (alice.connect().await, bob.connect_silent().await);
    let mut old = bob.connect_v1().await;
    let devices = async {
        let restart = device.next_of("restart").await;
        assert_eq!(restart, json!({ "type": "restart", "retry_after_ms": 1000 }));
        assert_eq!(device.next_or_close().await, Err(Some(1001)));
        assert_eq!(silent.close_code().await, Some(1001));
        assert_eq!(old.next_or_close().await, Err(Some(1001)), "an old client gets no new frame");
    };
    tokio::join!(server.stop(), devices);
}

#[tokio::test]
async fn acked_messages_survive_a_restart_and_the_rest_can_be_retried() {
    let mut server = TestServer::start().await;
    let [alice, bob] = server.users(["alice", "bob"]).await;
    let mut device = alice.connect().await;
    let cids: Vec<String> = (0..200).map(|_| new_cid()).collect();
    let mut acked = Vec::new();
    for cid in &cids {
        device.send_as(cid, &bob, cid).await;
    }
    // Stops in the middle: some messages are acked, some were never read.
    let reading = async {
        while let Ok(frame) = device.next_or_close().await {
            if frame["type"] == "ack" {
                acked.push(frame["cid"].as_str().unwrap().to_owned());
            }
        }
    };
    tokio::join!(server.stop(), reading);
    server.start_again().await;
    let kept = alice.history_with(&bob).await.contents();
    assert_eq!(kept, acked, "exactly the acked messages are stored");
    let mut device = alice.connect().await;
    for cid in &cids {
        device.send_as(cid, &bob, cid).await;
    }
    for _ in &cids {
        device.next_of("ack").await;
    }
    assert_eq!(bob.history_with(&alice).await.contents(), cids, "each once, in order");
}
