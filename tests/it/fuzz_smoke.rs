//! A short run of the fuzz targets of `tests/fuzz`, part of every test run: random and almost
//! valid bytes go through the same functions. A panic or a failed assertion inside is a failure.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};

/// Parts of valid input, because almost valid bytes find the most bugs.
const PIECES: [&str; 45] = [
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
    "\"draft_edit_of\":",
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

/// A small picture in one of the formats, with some bytes changed and possibly truncated.
fn damaged_picture() -> impl Strategy<Value = Vec<u8>> {
    let formats = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP];
    let whole = formats.map(|format| {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(24, 16).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    });
    let changes = vec((any::<Index>(), any::<u8>()), 0..6);
    let cut = prop_oneof![3 => Just(None), 1 => any::<Index>().prop_map(Some)];
    (select(whole.to_vec()), changes, cut).prop_map(|(mut bytes, changes, cut)| {
        for (place, byte) in changes {
            // Most changes are near the start, where the headers are.
            let place = place.index(bytes.len()) * place.index(bytes.len()) / bytes.len();
            bytes[place] = byte;
        }
        bytes.truncate(cut.map_or(bytes.len(), |place| place.index(bytes.len())));
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn uploads(bytes in damaged_picture()) {
        chaap::internals::feed_upload(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn frames(bytes in anything()) {
        chaap::internals::feed_frame(&bytes);
    }

    #[test]
    fn bodies(bytes in anything()) {
        chaap::internals::feed_body(&bytes);
    }

    #[test]
    fn queries(bytes in anything()) {
        chaap::internals::feed_query(&bytes);
    }
}
