//! Entering a chat, and managing a group.

use crate::{
    error::{Error, Result},
    model::{ChatKind, Membership, Permission, Role},
    types::UserId,
};

/// The most members of a group.
const MEMBERS_MAX: usize = 5_000;
/// The most stays of one person in one group. Every send and every page reads all of them, and an
/// admin can remove and add a person again and again.
const STAYS_MAX: u32 = 100;
/// The most groups that one person is in. A list of chats and a device that was away for long read
/// a few rows of each of them.
const GROUPS_MAX: u32 = 2_000;

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

/// Admins manage a group: its settings, its members and their roles.
pub(crate) fn may_manage_group(membership: &Membership) -> Result<()> {
    must_be_current(membership)?;
    if membership.role != Role::Admin {
        return Err(Error::Forbidden {
            code: "not_an_admin",
            reason: "only an admin of the group may do this",
        });
    }
    Ok(())
}

/// Current members change title, description, picture and timer; in a group where only its admins may
/// do so, only they do.
pub(crate) fn may_change_group(who: Permission, membership: &Membership) -> Result<()> {
    match who {
        Permission::All => must_be_current(membership),
        Permission::Admins => may_manage_group(membership),
    }
}

/// Both people of a direct chat set its timer; in a group those do who may change it.
pub(crate) fn may_set_timer(
    kind: ChatKind,
    who_changes: Permission,
    membership: &Membership,
) -> Result<()> {
    match kind {
        ChatKind::Direct => must_be_current(membership),
        ChatKind::Group => may_change_group(who_changes, membership),
    }
}

/// Everybody may leave a group; only admins may remove somebody else.
pub(crate) fn may_remove_member(
    membership: &Membership,
    actor: UserId,
    member: UserId,
) -> Result<()> {
    if actor == member { must_be_current(membership) } else { may_manage_group(membership) }
}

/// A user may join a group by its invite link, unless an admin has removed them from the group,
/// also after they had left. A removed user needs an admin to add them again.
pub(crate) fn may_join_by_link(is_barred: bool) -> Result<()> {
    if is_barred {
        return Err(Error::Forbidden {
            code: "removed_from_group",
            reason: "an admin has removed you from this group; ask an admin to add you again",
        });
    }
    Ok(())
}

/// A group has [`MEMBERS_MAX`] members at most.
pub(crate) fn may_have_members(count: usize) -> Result<()> {
    if count > MEMBERS_MAX {
        return Err(Error::Conflict {
            code: "too_many_members",
            reason: "a group can have at most 5,000 members",
        });
    }
    Ok(())
}

/// A person is in [`GROUPS_MAX`] groups at most. Groups that they have left do not count.
pub(crate) fn may_be_in_groups(count: u32, is_caller: bool) -> Result<()> {
    if count <= GROUPS_MAX {
        return Ok(());
    }
    Err(if is_caller {
        Error::Conflict {
            code: "too_many_groups",
            reason: "you are in 2,000 groups, the most that one person can be in; \
                     leave one first",
        }
    } else {
        Error::Conflict {
            code: "member_in_too_many_groups",
            reason: "one of these people is in 2,000 groups, the most that one person can be in; \
                     they have to leave one first",
        }
    })
}

/// A person has [`STAYS_MAX`] stays in a group at most. An earlier one is not forgotten for a new
/// one, because its messages would disappear for that person.
pub(crate) fn may_have_stays(count: u32, is_caller: bool) -> Result<()> {
    if count <= STAYS_MAX {
        return Ok(());
    }
    Err(if is_caller {
        Error::Conflict {
            code: "too_many_stays",
            reason: "you have come back to this group 99 times, the most there can be; \
                     ask an admin to show earlier messages to newcomers first",
        }
    } else {
        Error::Conflict {
            code: "member_has_too_many_stays",
            reason: "one of these people has come back to this group 99 times, the most there \
                     can be; show earlier messages to newcomers first, or make a new group",
        }
    })
}

/// The last admin names another one before they become a member like others.
pub(crate) fn may_stop_being_admin(has_other_admin: bool) -> Result<()> {
    if !has_other_admin {
        return Err(Error::Conflict {
            code: "last_admin",
            reason: "you are the only admin of this group; make somebody else an admin first",
        });
    }
    Ok(())
}
