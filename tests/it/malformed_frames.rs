//! Malformed frames that are almost valid: each gets one answer, and none closes the socket.

use std::ops::RangeInclusive;

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use crate::{
    kit::{Socket, TestServer, new_cid},
    props::block_on,
};

/// Almost valid frames find the most bugs.
fn nearly_a_frame() -> impl Strategy<Value = String> {
    let kind = prop_oneof![
        Just("send"),
        Just("receipt"),
        Just("typing"),
        Just("hello"),
        Just("ping"),
        Just("dance")
    ];
    let value = prop_oneof![
        any::<i64>().prop_map(Value::from),
        (-2..5_i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(Value::Null),
        Just(json!([])),
        Just(json!({ "x": [1] })),
        Just(json!(new_cid())),
    ];
    let field = prop_oneof![
        Just("recipient_id"),
        Just("chat_id"),
        Just("content"),
        Just("cid"),
        Just("reply_to"),
        Just("forward_of"),
        Just("delivered"),
        Just("read"),
        Just("on"),
        Just("since"),
        Just("x"),
    ];
    let frame = (kind, vec((field, value), 0..6)).prop_map(|(kind, fields)| {
        let mut frame = json!({ "type": kind });
        for (name, value) in fields {
            frame[name] = value;
        }
        frame.to_string()
    });
    prop_oneof![8 => frame, 1 => ".{0,40}"]
}

/// Sends a frame and returns the answers among the frames that come back.
async fn answers(socket: &mut Socket, frame: &str) -> Vec<Value> {
    let cid = new_cid();
    socket.send_text(frame).await;
    // User 0 does not exist. The refusal goes through the store, so it comes after all answers.
    let last = json!({ "type": "send", "recipient_id": 0, "content": "the end", "cid": cid });
    socket.send(&last).await;
    let mut answers = Vec::new();
    loop {
        let frame = socket.next().await;
        if frame["cid"] == *cid {
            assert_eq!(frame["code"], "no_such_user", "{frame}");
            return answers;
        }
        let kind = frame["type"].as_str().unwrap();
        if ["ack", "error", "pong", "synced", "reset"].contains(&kind) {
            answers.push(frame);
        }
    }
}

/// How many answers a v2 frame gets. Typing and receipts are answered only when refused, which
/// they are while there is no chat; unknown types only when a field is malformed.
fn expected(frame: &str, has_chat: bool) -> RangeInclusive<usize> {
    let frame: Value = serde_json::from_str(frame).unwrap_or_default();
    match frame["type"].as_str() {
        Some("typing" | "receipt") if has_chat => 0..=1,
        Some("dance") => 0..=1,
        _ => 1..=1,
    }
}

/// The answer must fit into the mailbox, whatever the frame holds.
#[tokio::test]
async fn the_error_for_a_long_value_is_short_and_the_socket_stays_open() {
    let server = TestServer::start().await;
    let [alice] = server.users(["alice"]).await;
    let mut device = alice.connect().await;
    let long = "\u{7f}".repeat(100_000);
    for frame in
        [json!({ "type": "hello", "since": long }), json!({ "type": "typing", "on": long })]
    {
        let told = answers(&mut device, &frame.to_string()).await;
        let [error] = &told[..] else { panic!("{} answers", told.len()) };
        assert_eq!(error["code"], "invalid");
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with("the frame cannot be read: ") && message.len() < 1_000);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn every_text_frame_gets_one_answer_and_closes_no_socket(frames in vec(nearly_a_frame(), 1..60)) {
        block_on(async {
            let server = TestServer::start().await;
            let [alice, _] = server.users(["alice", "bob"]).await;
            let (mut device, mut old) = (alice.connect().await, alice.connect_v1().await);
            let mut has_chat = false;
            for frame in &frames {
                let told = answers(&mut device, frame).await;
                let count = expected(frame, has_chat);
                assert!(count.contains(&told.len()), "{frame}: {told:?}");
                let old_told = answers(&mut old, frame).await;
                assert_eq!(old_told.len(), 1, "{frame}: {old_told:?}");
                has_chat |= told.iter().chain(&old_told).any(|answer| answer["type"] == "ack");
            }
            assert_eq!(alice.get("/readyz").await.status, 200);
        });
    }
}
