//! Sending and seeing messages.

use super::must_be_current;
use crate::{
    error::{Error, Result},
    model::{Membership, Permission, Role},
    types::{Seq, UserId},
};

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
