//! Groups: making and changing them, and who is in them.

use crate::{
    app::App,
    error::{Error, Result},
    limits::Act,
    media::Upload,
    model::{Caller, Chat, CreatedGroup, GroupChange, NewGroup, Role},
    store::{
        AddMembers, ChangeGroup, CreateGroup, RemoveGroupPicture, RemoveMember, SetGroupPicture,
        SetRole,
    },
    types::{ChatId, UserId},
};

/// Makes a group with the caller as its first admin.
pub(crate) async fn create(app: &App, caller: &Caller, group: NewGroup) -> Result<CreatedGroup> {
    admit_newcomers(app, caller, &group.user_ids)?;
    super::execute(app, caller, CreateGroup { group }).await
}

/// Changes the fields that are named.
pub(crate) async fn change(
    app: &App,
    caller: &Caller,
    chat: ChatId,
    change: GroupChange,
) -> Result<Chat> {
    super::execute(app, caller, ChangeGroup { chat, change }).await
}

/// Adds users, and returns those who were not in the group.
pub(crate) async fn add(
    app: &App,
    caller: &Caller,
    chat: ChatId,
    users: Vec<UserId>,
) -> Result<Vec<UserId>> {
    admit_newcomers(app, caller, &users)?;
    super::execute(app, caller, AddMembers { chat, users }).await
}

/// Removes a member; the caller, to leave.
pub(crate) async fn remove(
    app: &App,
    caller: &Caller,
    (chat, user): (ChatId, UserId),
) -> Result<()> {
    super::execute(app, caller, RemoveMember { chat, user }).await
}

/// Makes a member an admin, or an admin a member.
pub(crate) async fn set_role(
    app: &App,
    caller: &Caller,
    (chat, user): (ChatId, UserId),
    role: Role,
) -> Result<()> {
    if role == Role::Former {
        let reason = "a role is admin or member; remove the member instead";
        return Err(Error::invalid("invalid_role", "role", reason));
    }
    super::execute(app, caller, SetRole { chat, user, role }).await
}

/// Makes a picture from an upload and shows it from now on.
pub(crate) async fn set_picture(
    app: &App,
    caller: &Caller,
    chat: ChatId,
    upload: Upload,
    bytes: Vec<u8>,
) -> Result<Chat> {
    let (id, picture) = super::profiles::make_picture(app, upload, bytes).await?;
    super::execute(app, caller, SetGroupPicture { chat, id, picture }).await
}

/// Removes the picture.
pub(crate) async fn remove_picture(app: &App, caller: &Caller, chat: ChatId) -> Result<Chat> {
    super::execute(app, caller, RemoveGroupPicture { chat }).await
}

/// Each person who is added costs the server several rows, and themselves a chat in their list.
fn admit_newcomers(app: &App, caller: &Caller, users: &[UserId]) -> Result<()> {
    match app.limits.of_user(caller) {
        Some(budget) if !users.is_empty() => budget.take_many(Act::Newcomer, users.len()),
        _ => Ok(()),
    }
}
