//! Reading and writing frames without a socket.

use crate::{
    error::Error,
    model::{Chat, ChatKind, Message, NewcomerHistory, Permission, Posted, Receipt, Row, User},
    types::{ChatId, Cid, Epoch, MessageId, Millis, Revision, Seq, UserId},
    wire::{self, Dialect, Names, ServerFrame},
};

/// Reads a frame of a v2 client; whether it could be understood.
pub fn decode(frame: &str) -> bool {
    wire::decode(frame).is_ok()
}

/// Reads a frame of a client of the simple dialect; whether it could be understood.
pub fn decode_v1(frame: &str) -> bool {
    wire::decode_v1(frame).is_ok()
}

/// One of each kind of frame that a server sends, all about the same message.
#[derive(Debug)]
pub struct Frames {
    user: User,
    chat: Chat,
    message: Message,
    receipt: Receipt,
    posted: Posted,
    page: Vec<Row>,
    online: Vec<UserId>,
}

impl Frames {
    /// Frames about a message with this text.
    pub fn about(text: &str) -> Self {
        let (alice, bob) = (UserId(7), UserId(8));
        let message = message(text, alice);
        let Message { id, chat_id, seq, cid, created_at: at, changed, .. } = message;
        Self {
            user: User {
                id: alice,
                username: String::from("alice"),
                last_seen: Some(at),
                display_name: None,
                about: String::new(),
                picture: None,
                changed,
            },
            chat: Chat {
                id: chat_id,
                kind: ChatKind::Direct,
                title: None,
                description: String::new(),
                picture: None,
                user_ids: Some(vec![alice, bob]),
                who_may_write: Permission::All,
                who_may_change: Permission::Admins,
                history_for_newcomers: NewcomerHistory::None,
                expire_after: None,
                last_seq: seq,
                created_at: at,
                changed,
            },
            receipt: Receipt {
                chat_id,
                user_id: Some(bob),
                delivered_seq: seq,
                read_seq: seq,
                changed,
            },
            posted: Posted {
                cid,
                id,
                chat_id,
                seq,
                created_at: at,
                changed,
                mentions: Box::default(),
                mentions_all: false,
                forwarded: 0,
                expires_at: None,
                dup: false,
            },
            page: vec![Row::Message(message.clone()); 100],
            online: (1..=100).map(UserId).collect(),
            message,
        }
    }

    /// Writes the frame of this name; `None` if there is no such frame.
    pub fn encode(&self, name: &str) -> Option<String> {
        let posted = &self.posted;
        Some(match name {
            "message" => wire::encode_row(&Row::Message(self.message.clone())),
            "message, v1" => wire::encode_v1_message(&self.message, UserId(8)),
            "chat" => wire::encode_row(&Row::Chat(self.chat.clone())),
            "user" => wire::encode_row(&Row::User(self.user.clone())),
            "receipt" => wire::encode_row(&Row::Receipt(self.receipt)),
            "ack" => wire::encode_ack(posted, None),
            "ack, v1" => wire::encode_v1_ack(posted, true),
            "error" => wire::encode_error(
                Dialect::V2,
                &Error::Busy,
                &Names { cid: posted.cid, reference: None },
            ),
            "sync of 100" => wire::encode(&ServerFrame::Sync { rows: &self.page, more: true }),
            "synced" => wire::encode(&ServerFrame::Synced {
                revision: posted.changed,
                epoch: Epoch(1),
                online: &self.online,
                reference: None,
            }),
            "typing" => wire::encode(&ServerFrame::Typing {
                chat_id: posted.chat_id,
                user_id: self.user.id,
                on: true,
            }),
            "presence" => wire::encode(&ServerFrame::Presence {
                user_id: self.user.id,
                online: true,
                last_seen: None,
            }),
            "pong" => wire::encode(&ServerFrame::Pong {
                frames: 9,
                now: self.message.created_at,
                reference: None,
            }),
            _ => return None,
        })
    }
}

fn message(text: &str, sender_id: UserId) -> Message {
    Message {
        id: MessageId(123_456),
        chat_id: ChatId(3),
        seq: Seq(4_321),
        sender_id,
        content: text.to_owned(),
        cid: Some(Cid(uuid::Uuid::now_v7())),
        reply_to: None,
        created_at: Millis::now(),
        edited_at: None,
        deleted_at: None,
        changed: Revision(123_456),
        event: None,
        mentions: Box::default(),
        mentions_all: false,
        forwarded: 0,
        expires_at: None,
        expired: false,
    }
}
