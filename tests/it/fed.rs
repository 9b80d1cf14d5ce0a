//! What the fuzzers of `tests/fuzz` do at length, briefly and in every run: arbitrary and nearly
//! right bytes through the same functions. A panic or a failed assertion inside is the failure.

use proptest::{collection::vec, prelude::*, sample::select};

/// Pieces that make bytes nearly right, which is where mistakes hide.
const PIECES: [&str; 44] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\\udc00",
    "null",
    "true",
    "-",
    "0",
    "9223372036854775808",
    "1e999",
    "1.5",
    "\"type\":",
    "\"send\"",
    "\"hello\"",
    "\"cid\":\"0192f0c1-2345-7abc-8def-0123456789ab\"",
    "\"content\":",
    "\"recipient_id\":",
    "\"chat_id\":",
    "\"username\":",
    "\"password\":",
    "\"pinned\":",
    "\"muted_until\":",
    "\"draft\":",
    "\"x\"",
    "é",
    "😀",
    "\u{301}",
    "\u{202e}",
    "\0",
    " ",
    "\n",
    "=",
    "&",
    "limit",
    "before",
    "since",
    "%00",
];

fn nearly_right() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => select(&PIECES[..]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..4),
    ];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn anything() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![3 => nearly_right(), 1 => vec(any::<u8>(), 0..200)]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn frames(bytes in anything()) {
        chaap::inside::feed_frame(&bytes);
    }

    #[test]
    fn bodies(bytes in anything()) {
        chaap::inside::feed_body(&bytes);
    }

    #[test]
    fn queries(bytes in anything()) {
        chaap::inside::feed_query(&bytes);
    }
}
