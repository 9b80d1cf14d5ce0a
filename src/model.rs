//! What Chaap keeps and shows: users, chats, members, messages, receipts, and the rows that the
//! store publishes. Plain values; their JSON form is what goes over the wire.

use std::{borrow::Cow, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    error::SignOut,
    types::{
        ChatId, Cid, Content, Emoji, Line, MessageId, Millis, PictureId, Revision, ScheduledId,
        Seq, SessionId, Timer, UserId,
    },
};

/// A user as other users see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) username: String,
    /// When their last connection closed. `None` before that, and if the viewer may not see it.
    pub(crate) last_seen: Option<Millis>,
    /// The name to show instead of the username. Several users may have the same one.
    pub(crate) display_name: Option<String>,
    /// A short text about themselves; empty for none.
    pub(crate) about: String,
    pub(crate) picture: Option<PictureId>,
    pub(crate) changed: Revision,
}

/// A change of a profile. `None` leaves a field as it is, an empty line removes it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ProfileChange {
    pub(crate) display_name: Option<Line>,
    pub(crate) about: Option<Line>,
}

/// A profile picture: a square JPEG in two sizes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Picture {
    pub(crate) large: Vec<u8>,
    pub(crate) small: Vec<u8>,
}

/// The size of a profile picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PictureSize {
    Large,
    Small,
}

/// A user as the first contract shows them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct UserName {
    pub(crate) id: UserId,
    pub(crate) username: String,
}

/// Who makes a request: the user and the session of a valid token.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) user_id: UserId,
    pub(crate) username: String,
    pub(crate) session_id: SessionId,
    pub(crate) expires_at: Millis,
}

/// The kind of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChatKind {
    /// Two people, or one person's notes to self.
    Direct,
    /// Any number of members, with a title.
    Group,
}

/// Which members of a group may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Permission {
    All,
    Admins,
}

/// Which messages from before their arrival new members of a group see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NewcomerHistory {
    None,
    All,
}

/// A chat, the same for all of its members.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Chat {
    pub(crate) id: ChatId,
    pub(crate) kind: ChatKind,
    pub(crate) title: Option<String>,
    pub(crate) description: String,
    pub(crate) picture: Option<PictureId>,
    /// The people of a direct chat, the smaller id first; one id for notes to self. `None` for
    /// groups, whose members are rows of their own.
    pub(crate) user_ids: Option<Vec<UserId>>,
    pub(crate) who_may_write: Permission,
    /// Who may change title, description, picture and timer, and pin messages.
    pub(crate) who_may_change: Permission,
    pub(crate) history_for_newcomers: NewcomerHistory,
    /// The timer for new messages; `None` if they do not expire.
    pub(crate) expire_after: Option<Timer>,
    pub(crate) last_seq: Seq,
    pub(crate) created_at: Millis,
    pub(crate) changed: Revision,
}

/// The part of a group's row that can change. Former members see it as it was when they left.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct GroupFacts {
    pub(crate) title: Option<String>,
    pub(crate) description: String,
    pub(crate) picture: Option<PictureId>,
    pub(crate) who_may_write: Permission,
    pub(crate) who_may_change: Permission,
    pub(crate) history_for_newcomers: NewcomerHistory,
    #[serde(default)]
    pub(crate) expire_after: Option<Timer>,
    pub(crate) changed: Revision,
}

/// A person whom somebody else wants to put into a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Newcomer {
    pub(crate) user_id: UserId,
    /// Whether they have written to the one who adds them.
    pub(crate) knows_adder: bool,
}

/// A group as its creator asks for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct NewGroup {
    pub(crate) title: Line,
    pub(crate) description: String,
    pub(crate) user_ids: Vec<UserId>,
    pub(crate) who_may_write: Permission,
    pub(crate) who_may_change: Permission,
    pub(crate) history_for_newcomers: NewcomerHistory,
    /// The creator's own name for it, so that a retry makes no second group.
    pub(crate) cid: Option<Cid>,
}

/// A group that was made.
#[derive(Clone, Debug)]
pub(crate) struct CreatedGroup {
    pub(crate) chat: Chat,
    /// It was made before, and this answers a retry.
    pub(crate) dup: bool,
}

/// What an invite link shows of its group to anybody who has it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Invitation {
    /// A member's page opens the chat by it, and the print of a group is drawn from it.
    pub(crate) chat_id: ChatId,
    pub(crate) title: String,
    pub(crate) picture: Option<PictureId>,
    /// How many there are.
    pub(crate) members: u32,
}

/// A change of a group's title and settings. `None` leaves a field as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct GroupChange {
    pub(crate) title: Option<Line>,
    pub(crate) description: Option<String>,
    pub(crate) who_may_write: Option<Permission>,
    pub(crate) who_may_change: Option<Permission>,
    pub(crate) history_for_newcomers: Option<NewcomerHistory>,
}

/// What somebody is in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Member,
    Admin,
    /// Left a group or was removed from it.
    Former,
}

/// A member of a chat as every member sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Member {
    pub(crate) chat_id: ChatId,
    pub(crate) user_id: UserId,
    pub(crate) role: Role,
    pub(crate) changed: Revision,
}

/// A range of messages during which somebody was in a chat, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Stay {
    pub(crate) from_seq: Seq,
    /// `None` while the stay lasts.
    pub(crate) to_seq: Option<Seq>,
    /// The stay holds messages with larger ids than this one …
    #[serde(skip)]
    pub(crate) after_id: MessageId,
    /// … up to this one.
    #[serde(skip)]
    pub(crate) through_id: Option<MessageId>,
}

impl Stay {
    /// From the first message on, without an end: everybody in a direct chat.
    pub(crate) const WHOLE: Self =
        Self { from_seq: Seq(1), to_seq: None, after_id: MessageId(0), through_id: None };

    /// Whether a message belongs to this stay.
    pub(crate) fn holds(&self, seq: Seq) -> bool {
        seq >= self.from_seq && self.to_seq.is_none_or(|last| seq <= last)
    }
}

/// What one person is in a chat, and which of its messages they may see. `rules` decides by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Membership {
    pub(crate) chat_id: ChatId,
    pub(crate) role: Role,
    /// In the order of their messages.
    pub(crate) stays: Cow<'static, [Stay]>,
    pub(crate) changed: Revision,
    /// The revision of the last coming. A client that knows the members from before it has missed
    /// changes and loads them again.
    pub(crate) joined: Revision,
}

/// How far the messages of a chat have come.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Receipt {
    pub(crate) chat_id: ChatId,
    /// Whose devices and screens. `None` in groups: all current members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_id: Option<UserId>,
    /// Everything up to this `seq` is on a device of theirs …
    pub(crate) delivered_seq: Seq,
    /// … and up to this one was on a visible screen, as far as the viewer may know.
    pub(crate) read_seq: Seq,
    pub(crate) changed: Revision,
}

/// What a user shows of themselves, for their own devices only. Both settings work both ways:
/// a user who does not show it does not see it of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Privacy {
    #[serde(skip)]
    pub(crate) user_id: UserId,
    /// Blue ticks in direct chats.
    pub(crate) shows_read: bool,
    /// Whether they are online, and when they were last seen.
    pub(crate) shows_last_seen: bool,
    pub(crate) changed: Revision,
}

/// A change of privacy settings. `None` leaves a setting as it is.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct PrivacyChange {
    pub(crate) shows_read: Option<bool>,
    pub(crate) shows_last_seen: Option<bool>,
}

/// How far one message has come with one member, as its sender may see it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct MessageReceipt {
    pub(crate) user_id: UserId,
    pub(crate) delivered: bool,
    /// Exact to the second. `None` before it happened, and if it happened before times were kept.
    pub(crate) delivered_at: Option<Millis>,
    pub(crate) read: bool,
    pub(crate) read_at: Option<Millis>,
}

/// A member's settings for a chat, for their own devices only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Preferences {
    pub(crate) chat_id: ChatId,
    pub(crate) pinned_at: Option<Millis>,
    pub(crate) archived: bool,
    pub(crate) muted_until: Option<Millis>,
    pub(crate) marked_unread: bool,
    #[serde(flatten)]
    pub(crate) draft: Draft,
    /// The member has deleted the messages up to here for themselves; 0 for none.
    pub(crate) cleared_seq: Seq,
    pub(crate) cleared_id: MessageId,
    pub(crate) changed: Revision,
}

/// A change of a member's settings for a chat. `None` leaves a setting as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct PreferencesChange {
    pub(crate) pinned: Option<bool>,
    pub(crate) archived: Option<bool>,
    /// A time in the past unmutes.
    pub(crate) muted_until: Option<Millis>,
    pub(crate) marked_unread: Option<bool>,
    pub(crate) draft: Option<Draft>,
}

/// What a member has begun to write in a chat, on any of their devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Draft {
    /// The text of a new message, or the new text of the message that is being edited.
    #[serde(rename = "draft")]
    pub(crate) text: String,
    #[serde(rename = "draft_reply_to")]
    pub(crate) reply_to: Option<MessageId>,
    /// A draft that edits a message is not a reply.
    #[serde(rename = "draft_edit_of")]
    pub(crate) edit_of: Option<MessageId>,
    /// What was written before the edit began; it is the draft again when the edit ends.
    #[serde(rename = "draft_aside")]
    pub(crate) aside: String,
}

impl Draft {
    pub(crate) fn bytes(&self) -> usize {
        self.text.len() + self.aside.len()
    }
}

/// What happened in a chat. A message that holds one is an event line; its sender did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Event {
    Created {
        title: String,
    },
    /// The sender added these users.
    Added {
        user_ids: Vec<UserId>,
    },
    Removed {
        user_id: UserId,
    },
    Left,
    /// The sender came by the invite link.
    Joined,
    TitleChanged {
        title: String,
    },
    DescriptionChanged,
    /// The picture was set or removed.
    PictureChanged,
    RoleChanged {
        user_id: UserId,
        role: Role,
    },
    /// The sender became an admin, because the last one left.
    BecameAdmin,
    /// Only the settings that changed.
    SettingsChanged {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        who_may_write: Option<Permission>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        who_may_change: Option<Permission>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        history_for_newcomers: Option<NewcomerHistory>,
    },
    /// A message was pinned. Some readers may not see it.
    Pinned {
        message_id: MessageId,
    },
    /// The timer was set, or switched off. Direct chats have this line, too.
    Timer {
        expire_after: Option<Timer>,
    },
}

/// A message.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Message {
    pub(crate) id: MessageId,
    pub(crate) chat_id: ChatId,
    pub(crate) seq: Seq,
    pub(crate) sender_id: UserId,
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
    /// Boxed, because most messages have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<Box<Event>>,
    /// The members whom it mentioned when it was sent. Empty in direct chats.
    #[serde(skip_serializing_if = "<[UserId]>::is_empty")]
    pub(crate) mentions: Box<[UserId]>,
    /// It mentions everyone in its group.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) mentions_all: bool,
    /// How often its text was forwarded, each time from one person's message to another's.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) forwarded: u32,
    /// When it expires, by the expiry clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<Millis>,
    /// It has expired, and the words are gone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) expired: bool,
}

/// Whether a count is left out on the wire.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
pub(crate) fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Message {
    /// Whether nothing has happened to the message since it was sent.
    pub(crate) fn is_new(&self) -> bool {
        self.changed.0 == self.id.0
    }

    /// Whether it is a text that has its words.
    pub(crate) fn has_words(&self) -> bool {
        self.event.is_none() && self.deleted_at.is_none() && !self.expired
    }

    /// Takes away the words, for a reader who has hidden the message. The rest stays, so that `seq` has
    /// no holes.
    pub(crate) fn remove_words(&mut self) {
        self.content = String::new();
        self.reply_to = None;
        self.mentions = Box::default();
        self.mentions_all = false;
    }
}

/// A person's reaction to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Reaction {
    pub(crate) user_id: UserId,
    pub(crate) emoji: Emoji,
    pub(crate) at: Millis,
    pub(crate) changed: Revision,
}

/// How often an emoji is among the reactions to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct EmojiCount {
    pub(crate) emoji: Emoji,
    pub(crate) count: u32,
}

/// All reactions to a message, the same for everyone who sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Reactions {
    pub(crate) chat_id: ChatId,
    pub(crate) message_id: MessageId,
    /// Who wrote the message.
    pub(crate) sender_id: UserId,
    /// The most frequent first. A long list is cut.
    pub(crate) counts: Vec<EmojiCount>,
    /// How many people react, also with what is cut.
    pub(crate) total: u32,
    /// Who reacted last, of those who still do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latest: Option<Reaction>,
    pub(crate) changed: Revision,
}

/// A person's own reaction to a message, for their own devices only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct OwnReaction {
    pub(crate) chat_id: ChatId,
    pub(crate) message_id: MessageId,
    /// `None` if it was taken back.
    pub(crate) emoji: Option<Emoji>,
    pub(crate) at: Millis,
    pub(crate) changed: Revision,
}

/// What a person has set on a message for themselves, for their own devices only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Flags {
    pub(crate) chat_id: ChatId,
    pub(crate) message_id: MessageId,
    pub(crate) starred_at: Option<Millis>,
    /// When they deleted the message for themselves.
    pub(crate) hidden_at: Option<Millis>,
    pub(crate) changed: Revision,
}

/// Whether and until when a message is pinned, the same for everyone who sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Pin {
    pub(crate) chat_id: ChatId,
    pub(crate) message_id: MessageId,
    /// Who pinned it last.
    pub(crate) user_id: UserId,
    pub(crate) at: Millis,
    /// `None` if it was unpinned.
    pub(crate) until: Option<Millis>,
    pub(crate) changed: Revision,
}

/// What has become of a scheduled message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScheduledState {
    Waiting,
    Sent,
    Cancelled,
    /// It was due and could not be sent.
    Refused,
}

/// A message to be sent later, for its writer's own devices only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Scheduled {
    pub(crate) id: ScheduledId,
    #[serde(skip)]
    pub(crate) user_id: UserId,
    pub(crate) chat_id: ChatId,
    /// That of the message which it becomes.
    pub(crate) cid: Cid,
    /// Empty once it is sent or cancelled.
    pub(crate) content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) due_at: Millis,
    pub(crate) created_at: Millis,
    pub(crate) state: ScheduledState,
    /// The code of the error that says why it was refused, or why the server has cancelled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    pub(crate) changed: Revision,
}

/// A message that was scheduled.
#[derive(Clone, Debug)]
pub(crate) struct NewlyScheduled {
    pub(crate) scheduled: Scheduled,
    /// It was scheduled before, and this answers a retry.
    pub(crate) dup: bool,
}

/// When a scheduled message is due, and between which times that may be.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Due {
    pub(crate) at: Millis,
    pub(crate) earliest: Millis,
    pub(crate) latest: Millis,
}

/// The latest reaction that concerns a member: their own, or one to a message of theirs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LastReaction {
    pub(crate) message: Message,
    #[serde(flatten)]
    pub(crate) reaction: Reaction,
}

/// Whom a text mentions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mentions {
    /// In the order of the text, each of them once.
    pub(crate) user_ids: Box<[UserId]>,
    pub(crate) all: bool,
}

/// Where a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// To a person. The first message makes the direct chat.
    User(UserId),
    /// Into a chat that the sender is in.
    Chat(ChatId),
}

/// A message to be stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct NewMessage {
    pub(crate) target: Target,
    pub(crate) content: Content,
    pub(crate) cid: Option<Cid>,
    pub(crate) reply_to: Option<MessageId>,
    /// The message whose text the sender forwards.
    pub(crate) forward_of: Option<MessageId>,
}

/// One open socket or long poll, unique while the process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// What a sender is told about a stored message.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Posted {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cid: Option<Cid>,
    #[serde(rename = "message_id")]
    pub(crate) id: MessageId,
    pub(crate) chat_id: ChatId,
    pub(crate) seq: Seq,
    pub(crate) created_at: Millis,
    pub(crate) changed: Revision,
    #[serde(skip_serializing_if = "<[UserId]>::is_empty")]
    pub(crate) mentions: Box<[UserId]>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) mentions_all: bool,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) forwarded: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<Millis>,
    /// The message was stored before, and this answers a retry.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) dup: bool,
}

/// A chat in the list of one member.
#[derive(Debug, Serialize)]
pub(crate) struct ChatSummary {
    #[serde(flatten)]
    pub(crate) chat: Chat,
    pub(crate) receipts: Vec<Receipt>,
    /// `None` in direct chats.
    pub(crate) membership: Option<Membership>,
    pub(crate) last_message: Option<Message>,
    /// Messages of others beyond the member's `read_seq`, without event lines.
    pub(crate) unread: u64,
    /// The `seq` of those among them that mention the member, the oldest first. A long list is cut.
    pub(crate) unread_mentions: Vec<Seq>,
    pub(crate) preferences: Option<Preferences>,
    /// If it is later than the last message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_reaction: Option<LastReaction>,
    /// The pinned messages that the member sees, the latest pin first.
    pub(crate) pins: Vec<Pin>,
}

/// A row of the sync feed: the whole new state of one thing.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Row {
    User(User),
    Chat(Chat),
    Member(Member),
    Membership(Membership),
    Message(Message),
    Receipt(Receipt),
    Preferences(Preferences),
    Privacy(Privacy),
    Reactions(Reactions),
    Reaction(OwnReaction),
    Flags(Flags),
    Pin(Pin),
    Scheduled(Scheduled),
}

impl Row {
    /// The revision of the last change of what the row shows.
    pub(crate) fn changed(&self) -> Revision {
        match self {
            Self::User(user) => user.changed,
            Self::Chat(chat) => chat.changed,
            Self::Member(member) => member.changed,
            Self::Membership(membership) => membership.changed,
            Self::Message(message) => message.changed,
            Self::Receipt(receipt) => receipt.changed,
            Self::Preferences(preferences) => preferences.changed,
            Self::Privacy(privacy) => privacy.changed,
            Self::Reactions(reactions) => reactions.changed,
            Self::Reaction(reaction) => reaction.changed,
            Self::Flags(flags) => flags.changed,
            Self::Pin(pin) => pin.changed,
            Self::Scheduled(scheduled) => scheduled.changed,
        }
    }

    /// The chat that the row belongs to.
    pub(crate) fn chat_id(&self) -> Option<ChatId> {
        match self {
            Self::User(_) | Self::Privacy(_) => None,
            Self::Chat(chat) => Some(chat.id),
            Self::Member(member) => Some(member.chat_id),
            Self::Membership(membership) => Some(membership.chat_id),
            Self::Message(message) => Some(message.chat_id),
            Self::Receipt(receipt) => Some(receipt.chat_id),
            Self::Preferences(preferences) => Some(preferences.chat_id),
            Self::Reactions(reactions) => Some(reactions.chat_id),
            Self::Reaction(reaction) => Some(reaction.chat_id),
            Self::Flags(flags) => Some(flags.chat_id),
            Self::Pin(pin) => Some(pin.chat_id),
            Self::Scheduled(scheduled) => Some(scheduled.chat_id),
        }
    }
}

/// What the store publishes once it is committed.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// A row has a new state.
    Row { row: Row, audience: Audience },
    /// Sessions have ended: their connections must close.
    SessionsEnded { user_id: UserId, sessions: Vec<SessionId>, why: SignOut },
}

/// Whose connections are sent a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    Everyone,
    /// One user's own devices.
    User(UserId),
    /// The two people of a direct chat; the same twice for notes to self.
    Pair(UserId, UserId),
    /// The current members of a group, in the order of their ids.
    Members(Arc<[UserId]>),
}

impl Audience {
    /// Calls `act` once for each user; [`Audience::Everyone`] names no user.
    pub(crate) fn for_each(&self, mut act: impl FnMut(UserId)) {
        match self {
            Self::Everyone => {}
            Self::User(user) => act(*user),
            Self::Pair(low, high) => {
                act(*low);
                if high != low {
                    act(*high);
                }
            }
            Self::Members(users) => users.iter().copied().for_each(act),
        }
    }

    /// Whether the audience names this user.
    pub(crate) fn includes(&self, user: UserId) -> bool {
        match self {
            Self::Everyone => true,
            Self::User(only) => *only == user,
            Self::Pair(low, high) => *low == user || *high == user,
            Self::Members(users) => users.binary_search(&user).is_ok(),
        }
    }
}
