//! Frames: what a text frame says, in both directions and both dialects.
//!
//! *V1* is the first contract: three types, `recipient_id` and `content`. *V2* is what a client gets
//! that asks for the subprotocol `chaap.v2`. Decoding checks the shape only; whether a chat exists
//! or a text is too long is decided in the layers above.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::{
    config::SUBSCRIBED_MAX,
    error::{Error, Result, json_reason},
    model::{Message, Posted, Privacy, Row, Target, User, is_zero},
    types::{ChatId, Cid, Epoch, MessageId, Millis, Revision, Seq, UserId},
};

/// The subprotocol that asks for the v2 dialect.
pub(crate) const SUBPROTOCOL: &str = "chaap.v2";
/// Comes before the token when it travels as a second subprotocol.
pub(crate) const TOKEN_PREFIX: &str = "bearer.";
/// The longest `ref` of a frame, in bytes.
const REFERENCE_BYTES_MAX: usize = 64;
/// The first contract's answer to anything it could not read; old pages show it.
pub(crate) const V1_INVALID: &str = "invalid payload, expected JSON with recipient_id and content";

/// Which frames a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    V1,
    V2,
}

/// What a v2 client asks for. Its names travel beside it; see [`decode`].
#[derive(Debug, PartialEq)]
pub(crate) enum ClientFrame {
    Hello {
        since: Option<Revision>,
        epoch: Option<Epoch>,
        /// The people whose presence the client shows; `None` for everyone.
        subscribe: Option<Vec<UserId>>,
    },
    /// From now on, the client shows the presence of these people and of no others.
    Subscribe(Vec<UserId>),
    Send(SendFrame),
    Receipt {
        chat_id: ChatId,
        delivered: Option<Seq>,
        read: Option<Seq>,
    },
    Typing {
        chat_id: ChatId,
        on: bool,
    },
    Ping,
    /// A type that this server does not know. It is ignored, so that newer clients may ask for
    /// more.
    Unknown,
}

/// A message to send, its shape checked.
#[derive(Debug, PartialEq)]
pub(crate) struct SendFrame {
    pub(crate) target: Target,
    pub(crate) content: String,
    pub(crate) cid: Option<Cid>,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) forward_of: Option<MessageId>,
}

/// What a client calls its frame; the answer or the error repeats it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Names {
    pub(crate) cid: Option<Cid>,
    /// `ref` on the wire.
    pub(crate) reference: Option<Box<str>>,
}

/// Why a frame was not understood, with those of its names that could be read.
#[derive(Debug)]
pub(crate) struct Misread {
    pub(crate) error: Error,
    pub(crate) names: Names,
}

/// Every field that a frame of a client may have. One flat struct, because for an enum tagged by
/// `type` serde would buffer the whole frame before it can choose.
#[derive(Deserialize)]
#[serde(bound(deserialize = "Text: Deserialize<'de>"))]
struct Fields<'a, Text = String> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "number_or_digits")]
    recipient_id: Option<i64>,
    #[serde(default)]
    chat_id: Option<ChatId>,
    #[serde(default)]
    content: Option<Text>,
    #[serde(borrow, default)]
    cid: Option<Cow<'a, str>>,
    #[serde(default)]
    reply_to: Option<MessageId>,
    #[serde(default)]
    forward_of: Option<MessageId>,
    #[serde(default)]
    since: Option<Revision>,
    #[serde(default)]
    epoch: Option<Epoch>,
    #[serde(default)]
    subscribe: Option<Vec<UserId>>,
    #[serde(default)]
    user_ids: Option<Vec<UserId>>,
    #[serde(default)]
    delivered: Option<Seq>,
    #[serde(default)]
    read: Option<Seq>,
    #[serde(default)]
    on: Option<bool>,
    #[serde(rename = "ref", borrow, default)]
    reference: Option<Cow<'a, str>>,
}

impl Names {
    /// The names in a frame that cannot be read, for example because its text holds half of a
    /// surrogate pair: serde skips the other fields without decoding them. Without a name, the
    /// client could not tell which of its messages was refused, and would never stop sending it.
    fn of_unreadable(text: &str) -> Self {
        #[derive(Deserialize)]
        struct CidField<'a> {
            #[serde(borrow)]
            cid: Cow<'a, str>,
        }
        #[derive(Deserialize)]
        struct RefField<'a> {
            #[serde(rename = "ref", borrow)]
            reference: Cow<'a, str>,
        }
        // One at a time: one of them may be what cannot be read.
        let cid: Option<CidField<'_>> = serde_json::from_str(text).ok();
        let reference: Option<RefField<'_>> = serde_json::from_str(text).ok();
        let reference = reference.filter(|it| it.reference.len() <= REFERENCE_BYTES_MAX);
        Self {
            cid: cid.and_then(|it| Cid::parse(&it.cid).ok()),
            reference: reference.map(|it| it.reference.as_ref().into()),
        }
    }
}

/// `7`, `7.0` or `"7"`: old pages send the text of an input field, and some languages have only
/// one kind of number.
fn number_or_digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either<'a> {
        Number(i64),
        Float(f64),
        Digits(#[serde(borrow)] Cow<'a, str>),
    }
    match Option::<Either<'_>>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Either::Number(n)) => Ok(Some(n)),
        Some(Either::Float(n)) => {
            whole(n).map(Some).ok_or_else(|| serde::de::Error::custom("expected a whole number"))
        }
        Some(Either::Digits(text)) => {
            text.trim().parse().map(Some).map_err(serde::de::Error::custom)
        }
    }
}

/// A number without a fraction, where a float is exact.
fn whole(n: f64) -> Option<i64> {
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "checked: it is whole and in range")]
    (n.fract() == 0.0 && n.abs() <= EXACT_MAX).then_some(n as i64)
}

/// Reads a frame of a v1 client: always a message to a person.
pub(crate) fn decode_v1(text: &str) -> Result<SendFrame, Misread> {
    let unreadable = || Misread {
        error: Error::invalid("invalid", "frame", V1_INVALID),
        names: Names::default(),
    };
    let fields: Fields<'_, &RawValue> = object(text).map_err(|_| unreadable())?;
    let (Some(user), Some(content)) = (fields.recipient_id, fields.content) else {
        return Err(unreadable());
    };
    let content = python_str(content).ok_or_else(unreadable)?;
    let cid = fields.cid.map(|text| Cid::parse(&text)).transpose();
    let cid = cid.map_err(|error| Misread { error, names: Names::default() })?;
    let target = Target::User(UserId(user));
    Ok(SendFrame { target, content, cid, reply_to: None, forward_of: None })
}

/// The text of a JSON string, number or boolean as Python's `str()` gives it: the first server
/// applied it to whatever a client sent as content.
fn python_str(value: &RawValue) -> Option<String> {
    let json = value.get();
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str(json).ok(),
        b't' => Some(String::from("True")),
        b'f' => Some(String::from("False")),
        // An integer of any size stays as it is written; JSON allows no zeros in front.
        b'-' | b'0'..=b'9' if !json.contains(['.', 'e', 'E']) => {
            Some(if json == "-0" { "0" } else { json }.to_owned())
        }
        b'-' | b'0'..=b'9' => {
            // Both languages write the shortest digits, but `1e16` is `1e+16` in Python.
            let short = format!("{:?}", serde_json::from_str::<f64>(json).ok()?);
            let Some((digits, exponent)) = short.split_once('e') else { return Some(short) };
            let exponent: i32 = exponent.parse().ok()?;
            let sign = if exponent < 0 { '-' } else { '+' };
            Some(format!("{digits}e{sign}{:02}", exponent.abs()))
        }
        _ => None,
    }
}

/// Reads a frame of a v2 client, and what the client calls it.
pub(crate) fn decode(text: &str) -> Result<(ClientFrame, Names), Misread> {
    let mut fields: Fields<'_> = object(text).map_err(|reason| {
        let names = Names::of_unreadable(text);
        Misread { error: Error::invalid("invalid", "frame", reason), names }
    })?;
    let cid = fields.cid.take().filter(|_| fields.kind.as_deref() == Some("send"));
    let cid = cid.map(|text| Cid::parse(&text)).transpose();
    let reference = fields.reference.take();
    let is_too_long = reference.as_ref().is_some_and(|text| text.len() > REFERENCE_BYTES_MAX);
    let reference = reference.filter(|_| !is_too_long).map(|text| text.as_ref().into());
    let names = Names { cid: cid.as_ref().ok().copied().flatten(), reference };
    let decoded = if is_too_long {
        Err(Error::invalid("invalid", "ref", "ref has at most 64 bytes"))
    } else {
        cid.and_then(|cid| frame(fields, cid))
    };
    match decoded {
        Ok(frame) => Ok((frame, names)),
        Err(error) => Err(Misread { error, names }),
    }
}

fn frame(fields: Fields<'_>, cid: Option<Cid>) -> Result<ClientFrame> {
    let invalid = |field, reason: &'static str| Error::invalid("invalid", field, reason);
    let chat_id = || fields.chat_id.ok_or_else(|| invalid("chat_id", "chat_id must be a number"));
    match fields.kind.as_deref() {
        None => Err(invalid("type", "the frame needs a type")),
        Some("hello") => Ok(ClientFrame::Hello {
            since: fields.since,
            epoch: fields.epoch,
            subscribe: fields
                .subscribe
                .map(|it| check_subscriptions("subscribe", it))
                .transpose()?,
        }),
        Some("subscribe") => {
            let users =
                fields.user_ids.ok_or_else(|| invalid("user_ids", "user_ids is missing"))?;
            check_subscriptions("user_ids", users).map(ClientFrame::Subscribe)
        }
        Some("send") => send(fields, cid).map(ClientFrame::Send),
        Some("receipt") => Ok(ClientFrame::Receipt {
            chat_id: chat_id()?,
            delivered: fields.delivered,
            read: fields.read,
        }),
        Some("typing") => {
            Ok(ClientFrame::Typing { chat_id: chat_id()?, on: fields.on.unwrap_or(true) })
        }
        Some("ping") => Ok(ClientFrame::Ping),
        Some(_) => Ok(ClientFrame::Unknown),
    }
}

/// Refuses more people than one connection may subscribe to.
fn check_subscriptions(field: &'static str, users: Vec<UserId>) -> Result<Vec<UserId>> {
    if users.len() > SUBSCRIBED_MAX {
        return Err(Error::invalid(
            "invalid",
            field,
            format!("name at most {SUBSCRIBED_MAX} people"),
        ));
    }
    Ok(users)
}

fn send(fields: Fields<'_>, cid: Option<Cid>) -> Result<SendFrame> {
    let refuse = |field, reason: &'static str| Err(Error::invalid("invalid", field, reason));
    if cid.is_none() {
        return refuse("cid", "a message needs a cid, so that it can be retried");
    }
    let target = match (fields.chat_id, fields.recipient_id) {
        (Some(id), None) => Target::Chat(id),
        (None, Some(id)) => Target::User(UserId(id)),
        _ => return refuse("chat_id", "a message needs either a chat_id or a recipient_id"),
    };
    let Some(content) = fields.content else {
        return refuse("content", "a message needs a content");
    };
    let Fields { reply_to, forward_of, .. } = fields;
    Ok(SendFrame { target, content, cid, reply_to, forward_of })
}

/// Serde also accepts an array for a struct; a frame is an object.
fn object<'a, Text: Deserialize<'a>>(text: &'a str) -> Result<Fields<'a, Text>, String> {
    if !text.trim_start().starts_with('{') {
        return Err(String::from("the frame must be a JSON object"));
    }
    serde_json::from_str(text).map_err(|e| format!("the frame cannot be read: {}", json_reason(&e)))
}

/// What a viewer sees of somebody's presence.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Presence {
    pub(crate) user_id: UserId,
    pub(crate) online: bool,
    /// `null` for people who are online, and for those who hide it.
    pub(crate) last_seen: Option<Millis>,
}

/// What clients need to know to stay within bounds.
#[expect(clippy::struct_field_names, reason = "these are the names on the wire")]
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Limits {
    pub(crate) content_bytes_max: usize,
    pub(crate) frame_bytes_max: usize,
    /// How long after a message was sent its sender can edit it; 0 for never.
    pub(crate) edit_ms_max: u64,
    /// The same for deleting it for everyone.
    pub(crate) delete_ms_max: u64,
}

/// What the server says to a v2 client. Rows go out by [`encode_row`].
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum ServerFrame<'a> {
    Welcome {
        user: &'a User,
        privacy: &'a Privacy,
        limits: Limits,
        version: &'static str,
        /// What the expiry clock says.
        now: Millis,
    },
    Sync {
        rows: &'a [Row],
        more: bool,
    },
    Synced {
        revision: Revision,
        epoch: Epoch,
        online: &'a [UserId],
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<&'a str>,
    },
    Reset {
        revision: Revision,
        epoch: Epoch,
        #[serde(skip_serializing_if = "is_false")]
        restored: bool,
        online: &'a [UserId],
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<&'a str>,
    },
    Typing {
        chat_id: ChatId,
        user_id: UserId,
        on: bool,
    },
    Typists {
        chat_id: ChatId,
        user_ids: &'a [UserId],
    },
    Presence {
        user_id: UserId,
        online: bool,
        last_seen: Option<Millis>,
    },
    /// The answer to `subscribe`, about the people who were not subscribed to before. After a
    /// `hello` that subscribes, it is about all of them.
    Subscribed {
        people: &'a [Presence],
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<&'a str>,
    },
    Ack {
        cid: Option<Cid>,
        message_id: MessageId,
        chat_id: ChatId,
        seq: Seq,
        created_at: Millis,
        changed: Revision,
        #[serde(skip_serializing_if = "<[UserId]>::is_empty")]
        mentions: &'a [UserId],
        #[serde(skip_serializing_if = "is_false")]
        mentions_all: bool,
        #[serde(skip_serializing_if = "is_zero")]
        forwarded: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<Millis>,
        #[serde(skip_serializing_if = "is_false")]
        dup: bool,
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<&'a str>,
    },
    Error {
        code: &'a str,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        cid: Option<Cid>,
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u128>,
    },
    Restart {
        retry_after_ms: u64,
    },
    /// With the number of frames before it: a client that has counted fewer has missed some.
    Pong {
        frames: u64,
        /// What the expiry clock says.
        now: Millis,
        #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
        reference: Option<&'a str>,
    },
}

/// What the server says to a v1 client.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum V1Frame<'a> {
    Message {
        id: MessageId,
        sender_id: UserId,
        recipient_id: UserId,
        content: &'a str,
        created_at: String,
    },
    Ack {
        message_id: MessageId,
        delivered: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        cid: Option<Cid>,
        #[serde(skip_serializing_if = "is_false")]
        dup: bool,
    },
    Error {
        message: &'a str,
        code: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        cid: Option<Cid>,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A frame as text. Our own types always have a JSON form.
pub(crate) fn encode(answer: &ServerFrame<'_>) -> String {
    serde_json::to_string(answer).expect("frames are plain structs with string keys")
}

/// A row as a live frame.
pub(crate) fn encode_row(row: &Row) -> String {
    serde_json::to_string(row).expect("rows are plain structs with string keys")
}

/// How many bytes of JSON a value takes. Texts can be six times as long as in UTF-8: JSON spells a
/// control character with six bytes.
pub(crate) fn encoded_bytes<T: Serialize + ?Sized>(value: &T) -> usize {
    struct Counter(usize);
    impl std::io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    serde_json::to_writer(&mut counter, value).expect("counting cannot fail");
    counter.0
}

/// A direct message for a v1 client.
pub(crate) fn encode_v1_message(message: &Message, recipient_id: UserId) -> String {
    v1(&V1Frame::Message {
        id: message.id,
        sender_id: message.sender_id,
        recipient_id,
        content: &message.content,
        created_at: message.created_at.iso(),
    })
}

/// The answer to a stored message for a v1 client; `delivered` says whether the recipient is
/// connected.
pub(crate) fn encode_v1_ack(posted: &Posted, delivered: bool) -> String {
    let Posted { cid, id, dup, .. } = *posted;
    v1(&V1Frame::Ack { message_id: id, delivered, cid, dup })
}

/// The answer to a stored message for a v2 client.
pub(crate) fn encode_ack(posted: &Posted, reference: Option<&str>) -> String {
    let Posted { cid, id, chat_id, seq, created_at, changed, mentions_all, .. } = *posted;
    let Posted { forwarded, expires_at, dup, .. } = *posted;
    encode(&ServerFrame::Ack {
        cid,
        message_id: id,
        chat_id,
        seq,
        created_at,
        changed,
        mentions: &posted.mentions,
        mentions_all,
        forwarded,
        expires_at,
        dup,
        reference,
    })
}

/// The answer to a frame that could not be done.
pub(crate) fn encode_error(dialect: Dialect, error: &Error, names: &Names) -> String {
    let (code, message) = (error.code(), error.detail());
    match dialect {
        Dialect::V1 => v1(&V1Frame::Error { message: &message, code, cid: names.cid }),
        Dialect::V2 => encode(&ServerFrame::Error {
            code,
            message: &message,
            cid: names.cid,
            reference: names.reference.as_deref(),
            retry_after_ms: error.retry_after().map(|wait| wait.as_millis()),
        }),
    }
}

fn v1(answer: &V1Frame<'_>) -> String {
    serde_json::to_string(answer).expect("frames are plain structs with string keys")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CID: &str = "0192f0c1-2345-7abc-8def-0123456789ab";

    #[test]
    fn a_v1_frame_takes_its_recipient_as_number_or_digits() {
        for id in ["7", "7.0", "70e-1", "\"7\"", "\" 7 \""] {
            let frame = format!(r#"{{"recipient_id":{id},"content":"hi"}}"#);
            assert_eq!(decode_v1(&frame).unwrap().target, Target::User(UserId(7)));
        }
    }

    #[test]
    fn a_v1_content_becomes_a_text_as_in_python() {
        for (json, text) in [
            ("12", "12"),
            ("-0", "0"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("1.50", "1.5"),
            ("1.0", "1.0"),
            ("1e2", "100.0"),
            ("1E16", "1e+16"),
            ("123e-7", "1.23e-05"),
            ("0.0001", "0.0001"),
            ("-2.5e300", "-2.5e+300"),
            ("true", "True"),
            ("false", "False"),
            ("\"\\u0031 \"", "1 "),
        ] {
            let frame = format!(r#"{{"content": {json} ,"recipient_id":7}}"#);
            assert_eq!(decode_v1(&frame).unwrap().content, text, "{json}");
        }
    }

    #[test]
    fn v1_frames_of_another_shape_get_the_old_sentence() {
        let bad = [
            "",
            "x",
            "[]",
            "7",
            "null",
            "{}",
            r#"["send"]"#,
            r#"{"recipient_id":7}"#,
            r#"{"content":"hi"}"#,
            r#"{"recipient_id":7,"content":null}"#,
            r#"{"recipient_id":7,"content":[5]}"#,
            r#"{"recipient_id":7,"content":{"a":5}}"#,
            r#"{"recipient_id":7,"content":1e999}"#,
            r#"{"recipient_id":1e300,"content":"x"}"#,
            r#"{"recipient_id":[7],"content":"x"}"#,
            r#"{"recipient_id":"x","content":"x"}"#,
            r#"{"recipient_id":7.5,"content":"x"}"#,
            r#"{"recipient_id":null,"content":"x"}"#,
        ];
        for frame in bad {
            assert_eq!(decode_v1(frame).unwrap_err().error.detail(), V1_INVALID, "{frame}");
        }
    }

    #[test]
    fn a_refused_send_still_names_its_cid() {
        let frame = format!(r#"{{"type":"send","cid":"{CID}","recipient_id":1}}"#);
        let misread = decode(&frame).unwrap_err();
        assert_eq!(misread.names.cid, Some(Cid::parse(CID).unwrap()));
        assert_eq!(misread.error.field(), Some("content"));
    }

    #[test]
    fn a_frame_whose_text_cannot_be_read_still_has_its_names() {
        let names = Names { cid: Some(Cid::parse(CID).unwrap()), reference: Some("r".into()) };
        for content in [r#""\ud83d""#, r#""x\ude00""#, r#""\ud83d\ud83d""#, "5", r#"["x"]"#] {
            let frame = format!(r#"{{"type":"send","content":{content},"cid":"{CID}","ref":"r"}}"#);
            let misread = decode(&frame).unwrap_err();
            assert_eq!(misread.names, names, "{content}");
            assert_eq!(misread.error.code(), "invalid", "{content}");
        }
        for frame in [r#"{"type":"send","content":"\ud83d","cid":"x"}"#, r#"{"cid":5}"#, "["] {
            assert_eq!(decode(frame).unwrap_err().names, Names::default(), "{frame}");
        }
        // One name that cannot be read does not hide the other.
        let misread = decode(&format!(r#"{{"type":"send","cid":"{CID}","ref":7}}"#)).unwrap_err();
        assert_eq!(misread.names, Names { reference: None, ..names.clone() });
        let misread = decode(r#"{"type":"send","cid":[7],"ref":"r"}"#).unwrap_err();
        assert_eq!(misread.names, Names { cid: None, ..names });
    }

    #[test]
    fn a_ref_is_a_short_text() {
        for length in [0, 1, 64] {
            let reference = "x".repeat(length);
            let (frame, names) =
                decode(&format!(r#"{{"type":"ping","ref":"{reference}"}}"#)).unwrap();
            assert_eq!(frame, ClientFrame::Ping);
            assert_eq!(names.reference.as_deref(), Some(reference.as_str()));
        }
        let long = "x".repeat(65);
        let long = format!(r#"{{"type":"send","cid":"{CID}","ref":"{long}"}}"#);
        let misread = decode(&long).unwrap_err();
        assert_eq!(misread.error.field(), Some("ref"));
        let names = Names { cid: Some(Cid::parse(CID).unwrap()), reference: None };
        assert_eq!(misread.names, names, "the client can tell which message it was");
        assert!(decode(r#"{"type":"ping","ref":7}"#).is_err());
    }

    #[test]
    fn unknown_types_and_fields_are_ignored() {
        for (frame, meaning) in [
            (r#"{"type":"dance","x":[1]}"#, ClientFrame::Unknown),
            (r#"{"x":{"y":1},"type":"ping"}"#, ClientFrame::Ping),
        ] {
            assert_eq!(decode(frame).unwrap().0, meaning);
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in ".*") {
            let _ = decode(&text);
            let _ = decode_v1(&text);
        }

        #[test]
        fn almost_json_never_panics(text in r#"\{("(type|cid|content|recipient_id|chat_id|since)":("(send|hello|7|x)"|-?[0-9]{1,25}|null|\[\]|\{\}),?){0,4}\}?"#) {
            let _ = decode(&text);
            let _ = decode_v1(&text);
        }

        #[test]
        fn a_send_survives_the_way(content in ".*", user in any::<i64>(), reply in any::<Option<i64>>(), source in any::<Option<i64>>()) {
            let frame = serde_json::json!({
                "type": "send", "recipient_id": user, "content": content, "cid": CID, "reply_to": reply,
                "forward_of": source,
            });
            let (request, _) = decode(&frame.to_string()).unwrap();
            prop_assert_eq!(request, ClientFrame::Send(SendFrame {
                target: Target::User(UserId(user)),
                content,
                cid: Some(Cid::parse(CID).unwrap()),
                reply_to: reply.map(MessageId),
                forward_of: source.map(MessageId),
            }));
        }

        #[test]
        fn every_answer_is_json_with_its_type_first(content in ".*", seq in any::<i64>()) {
            let message = Message {
                id: MessageId(1), chat_id: ChatId(2), seq: Seq(seq), sender_id: UserId(3),
                content: content.clone(), cid: None, reply_to: None,
                created_at: Millis(5), edited_at: None, deleted_at: None, changed: Revision(1),
                event: None,
                mentions: Box::default(),
                mentions_all: false,
                forwarded: 0,
                expires_at: None,
                expired: false,
            };
            for text in [encode_row(&Row::Message(message.clone())), encode_v1_message(&message, UserId(4))] {
                let starts = text.starts_with(r#"{"type":"message","#);
                prop_assert!(starts, "{}", text);
                let value: serde_json::Value = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(value["content"].as_str().unwrap(), &content);
            }
        }
    }
}
