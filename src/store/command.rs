//! Every durable change, as data.
//!
//! A command is complete when it is submitted: times, random ids and tokens are in it. Applying it
//! reads the database and its own fields, and nothing else: no clock, no random number, no
//! connection. So the same entries in the same order make the same database, and an entry can be
//! written down, sent to another machine, and applied again.

use serde::{Deserialize, Serialize};

use super::batch::Batch;
use crate::{
    error::Result,
    model::{
        Due, GroupChange, NewGroup, NewMessage, Picture, PreferencesChange, PrivacyChange,
        ProfileChange, Role,
    },
    types::{
        ChatId, Cid, Content, Emoji, Epoch, InviteToken, Line, MessageId, Millis, PictureId,
        ScheduledId, Seq, SessionId, Skeleton, Timer, UserId, Username,
    },
};

/// A durable change that somebody asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry<C = Command> {
    /// When it was submitted.
    pub(crate) at: Millis,
    /// What the expiry clock said then, as new messages need it; see [`Store::entry`].
    ///
    /// [`Store::entry`]: super::Store::entry
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clock: Option<Millis>,
    /// Who asks; [`UserId::SERVER`] if no signed-in user does.
    pub(crate) actor: UserId,
    pub(crate) command: C,
}

impl<C> Entry<C> {
    /// A command of `actor`, submitted now.
    pub(crate) fn now(actor: UserId, command: C) -> Self {
        Self { at: Millis::now(), clock: None, actor, command }
    }
}

/// A change that the writer can apply. One that fails leaves no trace.
pub(crate) trait Apply: Clone + Into<Command> + Send + 'static {
    /// What the submitter gets back.
    type Outcome: Send + 'static;

    /// How many bytes of the actor's it stores, at most. Commands that store any are refused while
    /// the disk is nearly full, and the queue shares the writer by them.
    fn bytes(&self) -> usize {
        0
    }

    /// Applies the command. May run twice: the first attempt is rolled back if another command of
    /// the batch fails after it has written something.
    fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<Self::Outcome>;
}

/// What a row costs beside its texts, for [`Apply::bytes`] and the quota: the row's other columns,
/// and its entries in the indexes.
pub(super) const ROW_BYTES: usize = 128;

/// When a command was submitted, and by whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct By {
    pub(crate) at: Millis,
    pub(crate) clock: Option<Millis>,
    pub(crate) actor: UserId,
}

impl By {
    /// When the timer of a message begins that is stored now.
    pub(crate) fn clock(&self) -> Millis {
        self.clock.unwrap_or(self.at)
    }
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Serialize, Deserialize)]
            pub(crate) struct $name { $(pub(crate) $field: $type),* }

            impl From<$name> for Command {
                fn from(command: $name) -> Self { Self::$name(command) }
            }
        )+

        /// All durable changes.
        #[derive(Clone, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum Command { $($name($name)),+ }

        impl Apply for Command {
            type Outcome = ();

            fn bytes(&self) -> usize {
                match self { $(Self::$name(command) => command.bytes()),+ }
            }

            fn apply(&self, batch: &mut Batch<'_>, by: By) -> Result<()> {
                match self { $(Self::$name(command) => command.apply(batch, by).map(drop)),+ }
            }
        }
    };
}

commands! {
    /// Notes that a run of the server begins.
    BeginEpoch { name: Epoch }
    /// Gives the database a name by which later backups differ from earlier ones.
    MarkDatabase { name: Epoch }
    /// Makes an account. The submitter computes the skeleton, because its tables change with the
    /// version of a crate. Entries from before it was stored have none, nor a display name.
    CreateUser {
        username: Username,
        skeleton: Option<Skeleton>,
        password_hash: String,
        display_name: Option<Line>,
    }
    /// Signs a user in, if their password hash is still the one that was checked.
    CreateSession { id: SessionId, user: UserId, password_hash: String, expires_at: Millis }
    /// Signs the actor out on one device.
    EndSession { id: SessionId }
    /// Changes the actor's password, if it is still the one that was checked, and ends their other
    /// sessions.
    ChangePassword { old_hash: String, new_hash: String, keep: SessionId }
    /// Notes when the actor's last connection closed.
    NoteLastSeen {}
    /// Changes the actor's names and "about" text.
    ChangeProfile { change: ProfileChange }
    /// Sets the actor's picture.
    SetPicture { id: PictureId, picture: Picture }
    /// Removes the actor's picture.
    RemovePicture {}
    /// Changes what the actor shows of themselves.
    ChangePrivacy { change: PrivacyChange }
    /// Changes the actor's settings for a chat.
    ChangePreferences { chat: ChatId, change: PreferencesChange }
    /// Deletes the messages of a chat for the actor alone, all or those up to `through`.
    ClearChat { chat: ChatId, through: Option<Seq> }
    /// Sends a message.
    SendMessage { message: NewMessage }
    /// Replaces the text of a message of the actor. `sent_after`: older messages stay as they are.
    EditMessage { chat: ChatId, message: MessageId, content: Content, sent_after: Millis }
    /// Deletes a message for everyone. `sent_after`: older ones only for those who always may.
    DeleteMessage { chat: ChatId, message: MessageId, sent_after: Millis }
    /// Sets the actor's reaction to a message, or takes it back.
    React { chat: ChatId, message: MessageId, emoji: Option<Emoji> }
    /// Sets the actor's star on a message, or takes it away.
    StarMessage { chat: ChatId, message: MessageId, on: bool }
    /// Deletes a message for the actor alone.
    HideMessage { chat: ChatId, message: MessageId }
    /// Pins a message for everyone in its chat, for so many hours.
    PinMessage { chat: ChatId, message: MessageId, hours: u32 }
    /// Unpins a message.
    UnpinMessage { chat: ChatId, message: MessageId }
    /// Keeps a message of the actor, to be sent later. `cid`: that of the message.
    ScheduleMessage {
        chat: ChatId,
        content: Content,
        cid: Cid,
        reply_to: Option<MessageId>,
        due: Due,
    }
    /// Changes the text or the time of a scheduled message of the actor.
    ChangeScheduled { id: ScheduledId, content: Option<Content>, due: Option<Due> }
    /// Cancels a scheduled message of the actor.
    CancelScheduled { id: ScheduledId }
    /// Sends a scheduled message of the actor before its time.
    SendScheduled { id: ScheduledId }
    /// Sends a scheduled message of the actor because it is due. No request waits for the outcome.
    SendDue { id: ScheduledId }
    /// Sets the timer of a chat, or switches it off.
    SetTimer { chat: ChatId, expire_after: Option<Timer> }
    /// Removes the words of messages that have expired, and notes the expiry clock beside the wall
    /// clock.
    ExpireMessages { clock: Millis, wall: Millis }
    /// Moves the actor's marks in a chat forward.
    MarkReceived { chat: ChatId, delivered: Seq, read: Seq }
    /// Makes a group with the actor as its first admin.
    CreateGroup { group: NewGroup }
    /// Changes a group's title and settings.
    ChangeGroup { chat: ChatId, change: GroupChange }
    /// Sets the picture of a group.
    SetGroupPicture { chat: ChatId, id: PictureId, picture: Picture }
    /// Removes the picture of a group.
    RemoveGroupPicture { chat: ChatId }
    /// Adds users to a group. Those who are in it already stay as they are.
    AddMembers { chat: ChatId, users: Vec<UserId> }
    /// Removes a member from a group; the actor, to leave it.
    RemoveMember { chat: ChatId, user: UserId }
    /// Makes a member of a group an admin, or an admin a member.
    SetRole { chat: ChatId, user: UserId, role: Role }
    /// Gives a group an invite link. The one before is dead.
    RenewInvite { chat: ChatId, token: InviteToken }
    /// Ends the invite link of a group.
    RemoveInvite { chat: ChatId }
    /// Adds the actor to the group that a link leads to. A member stays as they are.
    JoinGroup { token: InviteToken }
}
