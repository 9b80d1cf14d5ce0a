//! Sending, seeing, editing and deleting messages, reacting to them, starring, forwarding, pinning
//! and scheduling them.

use super::must_be_current;
use crate::{
    error::{Error, Result},
    model::{ChatKind, Membership, Message, Permission, Role},
    types::{Millis, Seq, UserId},
};

/// The most scheduled messages of one person. A page shows all of them.
const SCHEDULED_MAX: u32 = 100;
/// Why an event line is neither edited nor deleted.
const CANNOT_BE_CHANGED: &str = "a line that tells what happened in a chat cannot be changed";

/// Current members write; in a group that only its admins may write in, only they do.
pub(crate) fn may_write(who: Permission, membership: &Membership) -> Result<()> {
    must_be_current(membership)?;
    if who == Permission::Admins && membership.role != Role::Admin {
        return Err(Error::Forbidden {
            code: "only_admins_may_write",
            reason: "only admins may write in this group",
        });
    }
    Ok(())
}

/// A member sees the messages of their stays that they have not deleted for themselves.
pub(crate) fn may_see_message(membership: &Membership, cleared: Seq, seq: Seq) -> bool {
    seq > cleared && membership.stays.iter().any(|stay| stay.holds(seq))
}

/// Only the sender of a message may ask who has received and read it.
pub(crate) fn may_see_receipts(sender: UserId, caller: UserId) -> Result<()> {
    if sender == caller {
        return Ok(());
    }
    Err(Error::Forbidden {
        code: "not_the_sender",
        reason: "only the sender of a message can see who has received and read it",
    })
}

/// The sender of a text edits it while it is young. `sent_after` is when the time for that begins; in
/// notes to self nobody else has read the text, so there it never ends.
pub(crate) fn may_edit(
    who_writes: Permission,
    membership: &Membership,
    message: &Message,
    (actor, sent_after): (UserId, Millis),
    is_note: bool,
) -> Result<()> {
    may_write(who_writes, membership)?;
    may_begin_edit(message, actor)?;
    if message.created_at < sent_after && !is_note {
        return Err(Error::Forbidden {
            code: "too_late_to_edit",
            reason: "the time in which this message could be edited is over",
        });
    }
    Ok(())
}

/// The sender of a text begins to edit it, in a draft.
pub(crate) fn may_begin_edit(message: &Message, actor: UserId) -> Result<()> {
    must_be_text(message, CANNOT_BE_CHANGED)?;
    if message.sender_id != actor {
        return Err(Error::Forbidden {
            code: "not_the_sender",
            reason: "only the sender of a message can edit it",
        });
    }
    must_not_be_deleted(message, "the message was deleted, so it cannot be edited")
}

/// The sender of a text deletes it for everyone while it is young, and in notes to self at any time.
/// Admins of a group delete every text in it that they see. What is deleted already may be deleted
/// again: that changes nothing.
pub(crate) fn may_delete(
    membership: &Membership,
    message: &Message,
    (actor, sent_after): (UserId, Millis),
    is_note: bool,
) -> Result<()> {
    must_be_current(membership)?;
    must_be_text(message, CANNOT_BE_CHANGED)?;
    if membership.role == Role::Admin {
        return Ok(());
    }
    if message.sender_id != actor {
        return Err(Error::Forbidden {
            code: "not_the_sender",
            reason: "only its sender and the admins of a group can delete a message for everyone",
        });
    }
    let is_late = message.created_at < sent_after && !is_note;
    if is_late && message.deleted_at.is_none() {
        return Err(Error::Forbidden {
            code: "too_late_to_delete",
            reason: "the time in which this message could be deleted for everyone is over",
        });
    }
    Ok(())
}

/// Current members react to every text that they see, also where only admins write.
pub(crate) fn may_react(membership: &Membership, message: &Message) -> Result<()> {
    must_be_current(membership)?;
    must_be_text(message, "a line that tells what happened in a chat takes no reactions")?;
    must_not_be_deleted(message, "the message was deleted, so it takes no reactions")
}

/// A person stars every text that they see.
pub(crate) fn may_star(message: &Message) -> Result<()> {
    must_be_text(message, "a line that tells what happened in a chat cannot be starred")?;
    must_not_be_deleted(message, "the message was deleted, so it cannot be starred")
}

/// Current members pin and unpin every text that they see; in a group that only its admins may change,
/// only they do.
pub(crate) fn may_pin(
    kind: ChatKind,
    who_changes: Permission,
    membership: &Membership,
    message: &Message,
) -> Result<()> {
    must_be_current(membership)?;
    let is_for_admins = kind == ChatKind::Group && who_changes == Permission::Admins;
    if is_for_admins && membership.role != Role::Admin {
        return Err(Error::Forbidden {
            code: "only_admins_may_pin",
            reason: "only admins may pin messages in this group",
        });
    }
    must_be_text(message, "a line that tells what happened in a chat cannot be pinned")?;
    must_not_be_deleted(message, "the message was deleted, so it cannot be pinned")
}

/// A person has [`SCHEDULED_MAX`] scheduled messages at most, those that were refused included.
pub(crate) fn may_schedule(count: u32) -> Result<()> {
    if count > SCHEDULED_MAX {
        return Err(Error::Conflict {
            code: "too_many_scheduled",
            reason: "you have scheduled 100 messages, the most that one person can; \
                     delete or send one first",
        });
    }
    Ok(())
}

/// A person forwards every text that they see.
pub(crate) fn may_forward(message: &Message) -> Result<()> {
    must_be_text(message, "a line that tells what happened in a chat cannot be forwarded")?;
    must_not_be_deleted(message, "the message was deleted, so it cannot be forwarded")
}

/// Event lines tell what happened in a chat. They stay as they are; `reason` says so.
fn must_be_text(message: &Message, reason: &'static str) -> Result<()> {
    if message.event.is_none() {
        return Ok(());
    }
    Err(Error::Forbidden { code: "event_line", reason })
}

/// A deleted message stays without words. `reason` says what it is no longer good for.
fn must_not_be_deleted(message: &Message, reason: &'static str) -> Result<()> {
    if message.deleted_at.is_none() {
        return Ok(());
    }
    Err(Error::Conflict { code: "message_deleted", reason })
}
