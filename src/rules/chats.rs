//! Entering a chat, and managing a group.

use crate::{
    error::{Error, Result},
    model::{Membership, Role},
    types::UserId,
};

/// A member may enter a chat, and so may somebody who was a member: they see what they saw. Others
/// do not learn that the chat exists.
pub(crate) fn may_enter(membership: Option<Membership>) -> Result<Membership> {
    membership.ok_or(Error::NotFound("chat"))
}

/// Whatever reaches the other members needs a current member.
pub(crate) fn must_be_current(membership: &Membership) -> Result<()> {
    if membership.role == Role::Former {
        return Err(Error::Forbidden {
            code: "not_a_member",
            reason: "you are no longer a member of this group",
        });
    }
    Ok(())
}

/// Admins change a group: its title, its settings, its members and their roles.
pub(crate) fn may_change_group(membership: &Membership) -> Result<()> {
    must_be_current(membership)?;
    if membership.role != Role::Admin {
        return Err(Error::Forbidden {
            code: "not_an_admin",
            reason: "only an admin of the group may do this",
        });
    }
    Ok(())
}

/// Everybody may leave a group; only admins may remove somebody else.
pub(crate) fn may_remove_member(
    membership: &Membership,
    actor: UserId,
    member: UserId,
) -> Result<()> {
    if actor == member { must_be_current(membership) } else { may_change_group(membership) }
}
