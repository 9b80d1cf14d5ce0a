//! Frames: what a text frame says, both ways, for both dialects.
//!
//! *Seed* is the first Chaap's dialect: three types, `recipient_id` and `content`. *V2* is
//! what a client gets that asks for the subprotocol `chaap.v2`. Decoding checks shape only;
//! whether a chat exists or a text is too long is for the layers above.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    error::{Error, Result},
    model::{Message, Posted, Privacy, Row, Target, User},
    words::{ChatId, Cid, Epoch, MessageId, Millis, Number, Seq, UserId},
};

/// The subprotocol that asks for the v2 dialect.
pub(crate) const SUBPROTOCOL: &str = "chaap.v2";
/// What precedes the token when it travels as a second subprotocol.
pub(crate) const TOKEN_PREFIX: &str = "bearer.";
/// The first Chaap's answer to anything it could not read; old pages show it.
pub(crate) const SEED_INVALID: &str =
    "invalid payload, expected JSON with recipient_id and content";

/// How a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Seed,
    V2,
}

/// What a v2 client asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Request {
    Hello {
        since: Option<Number>,
        epoch: Option<Epoch>,
    },
    Send(NewMessage),
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
    /// A type this server does not know: ignored, so that newer clients may ask for more.
    Unknown,
}

/// A message to send, its shape checked.
#[derive(Debug, PartialEq)]
pub(crate) struct NewMessage {
    pub(crate) target: Target,
    pub(crate) content: String,
    pub(crate) cid: Option<Cid>,
    pub(crate) reply_to: Option<MessageId>,
}

/// Why a frame was not understood, with the `cid` it carried if that could be read.
#[derive(Debug)]
pub(crate) struct Misread {
    pub(crate) error: Error,
    pub(crate) cid: Option<Cid>,
}

/// Every field any frame of a client may have. One flat struct, because an enum tagged by
/// `type` would make serde buffer the whole frame before it can choose.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "number_or_digits")]
    recipient_id: Option<i64>,
    #[serde(default)]
    chat_id: Option<ChatId>,
    #[serde(default)]
    content: Option<String>,
    #[serde(borrow, default)]
    cid: Option<Cow<'a, str>>,
    #[serde(default)]
    reply_to: Option<MessageId>,
    #[serde(default)]
    since: Option<Number>,
    #[serde(default)]
    epoch: Option<Epoch>,
    #[serde(default)]
    delivered: Option<Seq>,
    #[serde(default)]
    read: Option<Seq>,
    #[serde(default)]
    on: Option<bool>,
}

/// What names a frame that cannot be read, for example because its text holds half of a surrogate
/// pair: serde skips the other fields without decoding them. Without a name, the client could not
/// tell which of its messages was refused, and would send it for ever.
#[derive(Default, Deserialize)]
struct Named<'a> {
    #[serde(borrow, default)]
    cid: Option<Cow<'a, str>>,
}

impl<'a> Named<'a> {
    fn of(text: &'a str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}

/// `7` or `"7"`: old pages send the value of an input field.
fn number_or_digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either<'a> {
        Number(i64),
        Digits(#[serde(borrow)] Cow<'a, str>),
    }
    match Option::<Either<'_>>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Either::Number(n)) => Ok(Some(n)),
        Some(Either::Digits(text)) => {
            text.trim().parse().map(Some).map_err(serde::de::Error::custom)
        }
    }
}

/// Reads a frame of a seed client: always a message to a person.
pub(crate) fn decode_seed(text: &str) -> Result<NewMessage, Misread> {
    let unreadable =
        || Misread { error: Error::invalid("invalid", "frame", SEED_INVALID), cid: None };
    let fields: Fields<'_> = object(text).map_err(|_| unreadable())?;
    let (Some(user), Some(content)) = (fields.recipient_id, fields.content) else {
        return Err(unreadable());
    };
    let cid = fields.cid.map(|text| Cid::parse(&text)).transpose();
    let cid = cid.map_err(|error| Misread { error, cid: None })?;
    Ok(NewMessage { target: Target::User(UserId(user)), content, cid, reply_to: None })
}

/// Reads a frame of a v2 client.
pub(crate) fn decode(text: &str) -> Result<Request, Misread> {
    let fields: Fields<'_> = object(text).map_err(|reason| {
        let cid = Named::of(text).cid.and_then(|cid| Cid::parse(&cid).ok());
        Misread { cid, ..misread("frame", reason) }
    })?;
    let chat_id = || {
        fields.chat_id.ok_or_else(|| misread("chat_id", String::from("chat_id must be a number")))
    };
    match fields.kind.as_deref() {
        None => Err(misread("type", String::from("a frame needs a type"))),
        Some("hello") => Ok(Request::Hello { since: fields.since, epoch: fields.epoch }),
        Some("send") => send(fields).map(Request::Send),
        Some("receipt") => Ok(Request::Receipt {
            chat_id: chat_id()?,
            delivered: fields.delivered,
            read: fields.read,
        }),
        Some("typing") => {
            Ok(Request::Typing { chat_id: chat_id()?, on: fields.on.unwrap_or(true) })
        }
        Some("ping") => Ok(Request::Ping),
        Some(_) => Ok(Request::Unknown),
    }
}

fn send(fields: Fields<'_>) -> Result<NewMessage, Misread> {
    let cid = match fields.cid.as_deref().map(Cid::parse) {
        Some(Ok(cid)) => cid,
        Some(Err(error)) => return Err(Misread { error, cid: None }),
        None => {
            return Err(misread(
                "cid",
                String::from("a send needs a cid, so that it can be retried"),
            ));
        }
    };
    let refuse = |field, reason| {
        Err(Misread { error: Error::invalid("invalid", field, reason), cid: Some(cid) })
    };
    let target = match (fields.chat_id, fields.recipient_id) {
        (Some(id), None) => Target::Chat(id),
        (None, Some(id)) => Target::User(UserId(id)),
        _ => return refuse("chat_id", "a send names a chat_id or a recipient_id, not both"),
    };
    let Some(content) = fields.content else {
        return refuse("content", "a send needs a content");
    };
    Ok(NewMessage { target, content, cid: Some(cid), reply_to: fields.reply_to })
}

/// Serde also accepts an array for a struct; a frame is an object.
fn object(text: &str) -> Result<Fields<'_>, String> {
    if !text.trim_start().starts_with('{') {
        return Err(String::from("a frame is a JSON object"));
    }
    serde_json::from_str(text).map_err(|e| format!("the frame cannot be read: {e}"))
}

fn misread(field: &'static str, reason: String) -> Misread {
    Misread { error: Error::invalid("invalid", field, reason), cid: None }
}

/// What clients need to know to stay within bounds.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Limits {
    pub(crate) content_bytes_max: usize,
    pub(crate) frame_bytes_max: usize,
}

/// What the server says to a v2 client. Rows go out by [`encode_row`].
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Answer<'a> {
    Welcome {
        user: &'a User,
        privacy: &'a Privacy,
        number: Number,
        limits: Limits,
        version: &'static str,
    },
    Sync {
        rows: &'a [Row],
        more: bool,
    },
    Synced {
        number: Number,
        epoch: Epoch,
        online: &'a [UserId],
    },
    Reset {
        number: Number,
        epoch: Epoch,
        #[serde(skip_serializing_if = "is_false")]
        restored: bool,
        online: &'a [UserId],
    },
    Typing {
        chat_id: ChatId,
        user_id: UserId,
        on: bool,
    },
    Presence {
        user_id: UserId,
        online: bool,
        last_seen: Option<Millis>,
    },
    Ack {
        cid: Option<Cid>,
        message_id: MessageId,
        chat_id: ChatId,
        seq: Seq,
        created_at: Millis,
        changed: Number,
        delivered: bool,
        #[serde(skip_serializing_if = "is_false")]
        dup: bool,
    },
    Error {
        code: &'a str,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        cid: Option<Cid>,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u128>,
    },
    Restart {
        retry_after_ms: u64,
    },
    /// With what was written before it: a client that counted fewer frames has missed some.
    Pong {
        frames: u64,
    },
}

/// What the server says to a seed client.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum SeedAnswer<'a> {
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
pub(crate) fn encode(answer: &Answer<'_>) -> String {
    serde_json::to_string(answer).expect("frames are plain structs with string keys")
}

/// A row as a live frame.
pub(crate) fn encode_row(row: &Row) -> String {
    serde_json::to_string(row).expect("rows are plain structs with string keys")
}

/// A message for a seed client; `None` for what that dialect cannot say (groups).
pub(crate) fn encode_seed_message(message: &Message) -> Option<String> {
    let answer = SeedAnswer::Message {
        id: message.id,
        sender_id: message.sender_id,
        recipient_id: message.recipient_id?,
        content: &message.content,
        created_at: message.created_at.iso(),
    };
    Some(seed(&answer))
}

/// The answer to a stored message, in the sender's dialect.
pub(crate) fn encode_ack(dialect: Dialect, posted: &Posted, delivered: bool) -> String {
    let Posted { cid, id, chat_id, seq, created_at, changed, dup } = *posted;
    match dialect {
        Dialect::Seed => seed(&SeedAnswer::Ack { message_id: id, delivered, cid, dup }),
        Dialect::V2 => encode(&Answer::Ack {
            cid,
            message_id: id,
            chat_id,
            seq,
            created_at,
            changed,
            delivered,
            dup,
        }),
    }
}

/// The answer to a frame that could not be done.
pub(crate) fn encode_error(dialect: Dialect, error: &Error, cid: Option<Cid>) -> String {
    let (code, message) = (error.code(), error.detail());
    match dialect {
        Dialect::Seed => seed(&SeedAnswer::Error { message: &message, code, cid }),
        Dialect::V2 => encode(&Answer::Error {
            code,
            message: &message,
            cid,
            retry_after_ms: error.retry_after().map(|wait| wait.as_millis()),
        }),
    }
}

fn seed(answer: &SeedAnswer<'_>) -> String {
    serde_json::to_string(answer).expect("frames are plain structs with string keys")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CID: &str = "0192f0c1-2345-7abc-8def-0123456789ab";

    #[test]
    fn a_seed_frame_takes_its_recipient_as_number_or_digits() {
        for id in ["7", "\"7\"", "\" 7 \""] {
            let frame = format!(r#"{{"recipient_id":{id},"content":"hi"}}"#);
            assert_eq!(decode_seed(&frame).unwrap().target, Target::User(UserId(7)));
        }
    }

    #[test]
    fn seed_frames_of_another_shape_get_the_old_sentence() {
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
            r#"{"recipient_id":7,"content":5}"#,
            r#"{"recipient_id":[7],"content":"x"}"#,
            r#"{"recipient_id":"x","content":"x"}"#,
            r#"{"recipient_id":7.5,"content":"x"}"#,
            r#"{"recipient_id":null,"content":"x"}"#,
        ];
        for frame in bad {
            assert_eq!(decode_seed(frame).unwrap_err().error.detail(), SEED_INVALID, "{frame}");
        }
    }

    #[test]
    fn a_refused_send_still_names_its_cid() {
        let frame = format!(r#"{{"type":"send","cid":"{CID}","recipient_id":1}}"#);
        let misread = decode(&frame).unwrap_err();
        assert_eq!(misread.cid, Some(Cid::parse(CID).unwrap()));
        assert_eq!(misread.error.field(), Some("content"));
    }

    #[test]
    fn a_frame_whose_text_cannot_be_read_still_names_its_cid() {
        for content in [r#""\ud83d""#, r#""x\ude00""#, r#""\ud83d\ud83d""#, "5", r#"["x"]"#] {
            let frame = format!(r#"{{"type":"send","content":{content},"cid":"{CID}"}}"#);
            let misread = decode(&frame).unwrap_err();
            assert_eq!(misread.cid, Some(Cid::parse(CID).unwrap()), "{content}");
            assert_eq!(misread.error.code(), "invalid", "{content}");
        }
        for frame in [r#"{"type":"send","content":"\ud83d","cid":"x"}"#, r#"{"cid":5}"#, "["] {
            assert_eq!(decode(frame).unwrap_err().cid, None, "{frame}");
        }
    }

    #[test]
    fn unknown_types_and_fields_are_ignored() {
        assert_eq!(decode(r#"{"type":"dance","x":[1]}"#).unwrap(), Request::Unknown);
        assert_eq!(decode(r#"{"x":{"y":1},"type":"ping"}"#).unwrap(), Request::Ping);
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text in ".*") {
            let _ = decode(&text);
            let _ = decode_seed(&text);
        }

        #[test]
        fn almost_json_never_panics(text in r#"\{("(type|cid|content|recipient_id|chat_id|since)":("(send|hello|7|x)"|-?[0-9]{1,25}|null|\[\]|\{\}),?){0,4}\}?"#) {
            let _ = decode(&text);
            let _ = decode_seed(&text);
        }

        #[test]
        fn a_send_survives_the_way(content in ".*", user in any::<i64>(), reply in any::<Option<i64>>()) {
            let frame = serde_json::json!({
                "type": "send", "recipient_id": user, "content": content, "cid": CID, "reply_to": reply,
            });
            let request = decode(&frame.to_string()).unwrap();
            prop_assert_eq!(request, Request::Send(NewMessage {
                target: Target::User(UserId(user)),
                content,
                cid: Some(Cid::parse(CID).unwrap()),
                reply_to: reply.map(MessageId),
            }));
        }

        #[test]
        fn every_answer_is_json_with_its_type_first(content in ".*", seq in any::<i64>()) {
            let message = Message {
                id: MessageId(1), chat_id: ChatId(2), seq: Seq(seq), sender_id: UserId(3),
                recipient_id: Some(UserId(4)), content: content.clone(), cid: None, reply_to: None,
                created_at: Millis(5), edited_at: None, deleted_at: None, changed: Number(1),
            };
            for text in [encode_row(&Row::Message(message.clone())), encode_seed_message(&message).unwrap()] {
                let starts = text.starts_with(r#"{"type":"message","#);
                prop_assert!(starts, "{}", text);
                let value: serde_json::Value = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(value["content"].as_str().unwrap(), &content);
            }
        }
    }
}
