//! Frames that are nearly right: each is answered, and none ends a socket.

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};

use crate::{
    kit::{TestServer, new_cid},
    props::block_on,
};

/// Nearly right is where mistakes hide.
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

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn no_text_frame_ends_a_socket(frames in vec(nearly_a_frame(), 1..60)) {
        block_on(async {
            let server = TestServer::start().await;
            let [alice, _] = server.users(["alice", "bob"]).await;
            let (mut device, mut old) = (alice.connect().await, alice.connect_v1().await);
            for frame in &frames {
                device.send_text(frame).await;
                old.send_text(frame).await;
            }
            device.pending().await;
            old.send_text(r#"{"recipient_id":0,"content":"the end"}"#).await;
            while old.next().await["code"] != "no_such_user" {}
            assert_eq!(alice.get("/readyz").await.status, 200);
        });
    }
}
