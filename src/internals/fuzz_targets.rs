//! What strangers' bytes reach first. Each function takes anything and panics only when something
//! is wrong with Chaap.

use crate::{
    api::{accounts::Credentials, messages, preferences::Change},
    error::Error,
    http::{self, Query},
    media::picture,
    types::{Content, Username},
    wire::{self, ClientFrame, Dialect, Misread, Names},
};

/// A text frame, read in both dialects.
pub fn feed_frame(bytes: &[u8]) {
    // Whatever is not UTF-8 never comes this far.
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match wire::decode(text) {
        Ok((ClientFrame::Send(send), _)) => {
            assert!(send.cid.is_some(), "a send of v2 has a cid");
            assert!(send.content.len() <= text.len(), "a text is no longer than its frame");
            drop(Content::parse(send.content, text.len()));
        }
        Ok(_) => {}
        Err(Misread { error, names }) => check_answer(&error, &names, Dialect::V2),
    }
    if let Err(Misread { error, names }) = wire::decode_v1(text) {
        check_answer(&error, &names, Dialect::V1);
    }
}

/// A JSON body, read as each of those that requests have.
pub fn feed_body(bytes: &[u8]) {
    if let Ok(Credentials { username, .. }) = http::parse_json(bytes)
        && let Ok(name) = Username::parse(&username)
    {
        let again = Username::parse(name.as_str()).expect("a good name stays good");
        assert_eq!(again.as_str(), name.as_str(), "and is normalised already");
    }
    if let Err(error) = http::parse_json::<Change>(bytes) {
        check_answer(&error, &Names::default(), Dialect::V2);
    }
}

/// A query string.
pub fn feed_query(bytes: &[u8]) {
    // hyper takes no other address.
    let Ok(uri) = hyper::Uri::from_maybe_shared([b"/?", bytes].concat()) else { return };
    let query = Query::of(&uri);
    for key in ["since", "wait", "before", "token", ""] {
        if let Some(value) = query.get(key) {
            assert!(bytes.len() >= key.len() + value.len(), "{key} is a part of the query");
        }
    }
    if let Ok(limit) = query.limit(50, 200) {
        assert!((1..=200).contains(&limit), "{limit}");
    }
    if let Err(error) = messages::cursor(query) {
        check_answer(&error, &Names::default(), Dialect::V2);
    }
}

/// An uploaded picture. A panic in a library's decoder ends the decoder's process only, so it does
/// not count here.
pub fn feed_upload(bytes: &[u8]) {
    let Ok(made) = std::panic::catch_unwind(|| picture::make(bytes)) else { return };
    let made = match made {
        Ok(made) => made,
        Err(refusal) => return check_answer(&refusal.into(), &Names::default(), Dialect::V2),
    };
    for (jpeg, side_max) in [(&made.large, picture::LARGE_SIDE), (&made.small, picture::SMALL_SIDE)]
    {
        let format = image::guess_format(jpeg).expect("what is served is a picture");
        assert_eq!(format, image::ImageFormat::Jpeg);
        let image = image::load_from_memory(jpeg).expect("and a whole one");
        assert!(image.width() == image.height() && image.width() <= side_max, "{image:?}");
    }
}

/// Bytes from a client are the client's fault, and the answer is a frame that can be read.
fn check_answer(error: &Error, names: &Names, dialect: Dialect) {
    assert!(error.status().is_client_error(), "{error}");
    let frame = wire::encode_error(dialect, error, names);
    let frame: serde_json::Value = serde_json::from_str(&frame).expect("an error is JSON");
    assert_eq!(frame["code"], error.code());
}
