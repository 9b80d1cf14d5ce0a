//! What Chaap keeps and shows: users, chats, messages, receipts, sessions, and the changes
//! that the store publishes. Plain values; their JSON form is the wire's.

use std::sync::Arc;

use serde::Serialize;

use crate::types::{
    ChatId, Cid, Content, Line, MessageId, Millis, PictureId, Revision, Seq, SessionId, UserId,
};

/// A person as everybody sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) username: String,
    /// When their last connection closed; `None` before the first one did, and for those who
    /// may not see it.
    pub(crate) last_seen: Option<Millis>,
    /// The name to show instead of the username; need not be unique.
    pub(crate) display_name: Option<String>,
    /// A line about themselves; empty for none.
    pub(crate) about: String,
    pub(crate) picture: Option<PictureId>,
    pub(crate) changed: Revision,
}

/// What someone wants shown otherwise; what is `None` stays, an empty line removes.
#[derive(Debug, Default)]
pub(crate) struct ProfileChange {
    pub(crate) display_name: Option<Line>,
    pub(crate) about: Option<Line>,
}

/// Someone's picture: a square JPEG in two sizes.
#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) large: Vec<u8>,
    pub(crate) small: Vec<u8>,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PictureSize {
    Large,
    Small,
}

/// A person as the first Chaap showed them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct UserName {
    pub(crate) id: UserId,
    pub(crate) username: String,
}

/// Who asks: a valid token's user and session.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) user_id: UserId,
    pub(crate) username: String,
    pub(crate) session_id: SessionId,
    pub(crate) expires_at: Millis,
}

/// What kind of chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChatKind {
    /// Two people, or one with oneself.
    Direct,
    /// Any number of people, with a title.
    Group,
}

/// A chat with its members' watermarks: its whole state, the messages aside.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Chat {
    pub(crate) id: ChatId,
    pub(crate) kind: ChatKind,
    pub(crate) title: Option<String>,
    pub(crate) members: Vec<Member>,
    pub(crate) last_seq: Seq,
    pub(crate) created_at: Millis,
    pub(crate) changed: Revision,
}

/// A user in a chat as one member sees them: everything up to `delivered_seq` is on a device of
/// theirs, up to `read_seq` was on a visible screen, as far as they show it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Member {
    pub(crate) user_id: UserId,
    pub(crate) delivered_seq: Seq,
    pub(crate) read_seq: Seq,
}

/// A member's watermarks after they moved, as one member sees them.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Receipt {
    pub(crate) chat_id: ChatId,
    pub(crate) user_id: UserId,
    pub(crate) delivered_seq: Seq,
    pub(crate) read_seq: Seq,
    pub(crate) changed: Revision,
}

/// What a person gives away of themselves, for their own devices alone. Both go both ways: who
/// does not give does not get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Privacy {
    #[serde(skip)]
    pub(crate) user_id: UserId,
    /// Blue ticks in direct chats.
    pub(crate) shows_read: bool,
    /// Being online, and when last seen.
    pub(crate) shows_last_seen: bool,
    pub(crate) changed: Revision,
}

/// What a person wants to give away from now on; what is `None` stays.
#[derive(Debug, Default)]
pub(crate) struct PrivacyChange {
    pub(crate) shows_read: Option<bool>,
    pub(crate) shows_last_seen: Option<bool>,
}

/// How far a message has come with one member, as far as its sender may see.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct MessageReceipt {
    pub(crate) user_id: UserId,
    pub(crate) delivered: bool,
    /// Right to the second. `None` before it happened, and if that was before times were kept.
    pub(crate) delivered_at: Option<Millis>,
    pub(crate) read: bool,
    pub(crate) read_at: Option<Millis>,
}

/// How a member keeps a chat, for their own devices alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Preferences {
    pub(crate) chat_id: ChatId,
    pub(crate) pinned_at: Option<Millis>,
    pub(crate) archived: bool,
    pub(crate) muted_until: Option<Millis>,
    pub(crate) marked_unread: bool,
    pub(crate) draft: String,
    /// The messages up to here are deleted from this member's view; 0 for none.
    pub(crate) cleared_seq: Seq,
    pub(crate) cleared_id: MessageId,
    pub(crate) changed: Revision,
}

/// What a member wants kept otherwise; what is `None` stays.
#[derive(Debug, Default)]
pub(crate) struct PreferencesChange {
    pub(crate) pinned: Option<bool>,
    pub(crate) archived: Option<bool>,
    /// A time that has passed, 0 for one, ends the silence.
    pub(crate) muted_until: Option<Millis>,
    pub(crate) marked_unread: Option<bool>,
    pub(crate) draft: Option<String>,
}

/// A message, whole.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    pub(crate) chat_id: ChatId,
    pub(crate) seq: Seq,
    pub(crate) sender_id: UserId,
    /// The other person of a direct chat (oneself in notes to self); absent in groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recipient_id: Option<UserId>,
    pub(crate) content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cid: Option<Cid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) created_at: Millis,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) edited_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deleted_at: Option<Millis>,
    pub(crate) changed: Revision,
}

/// Where a message is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// To a person; the direct chat is made at the first message.
    User(UserId),
    /// Into a chat the sender is a member of.
    Chat(ChatId),
}

/// A message before it has a place.
#[derive(Debug)]
pub(crate) struct NewMessage {
    pub(crate) sender_id: UserId,
    pub(crate) target: Target,
    pub(crate) content: Content,
    pub(crate) cid: Option<Cid>,
    pub(crate) reply_to: Option<MessageId>,
    /// The connection it came in on, which gets the ack instead of the message.
    pub(crate) origin: Option<ConnectionId>,
}

/// One open socket, for as long as the process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// What a sender is told about a stored message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Posted {
    pub(crate) cid: Option<Cid>,
    pub(crate) id: MessageId,
    pub(crate) chat_id: ChatId,
    pub(crate) seq: Seq,
    pub(crate) created_at: Millis,
    pub(crate) changed: Revision,
    /// It was stored before: this is the answer to a retry.
    pub(crate) dup: bool,
}

/// A chat as the list shows it to one member.
#[derive(Debug, Serialize)]
pub(crate) struct ChatSummary {
    #[serde(flatten)]
    pub(crate) chat: Chat,
    pub(crate) last_message: Option<Message>,
    /// Messages of others beyond the caller's `read_seq`.
    pub(crate) unread: u64,
    pub(crate) preferences: Option<Preferences>,
}

/// A row of the sync feed: the whole new state of one thing.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Row {
    User(User),
    Chat(Chat),
    Message(Message),
    Receipt(Receipt),
    Preferences(Preferences),
    Privacy(Privacy),
}

/// A committed change and who is to hear of it.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) row: Row,
    pub(crate) audience: Audience,
    /// The connection that caused it and is answered otherwise.
    pub(crate) origin: Option<ConnectionId>,
}

/// Whose connections hear of a change.
#[derive(Clone, Debug)]
pub(crate) enum Audience {
    Everyone,
    Users(Arc<[UserId]>),
}
