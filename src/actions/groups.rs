//! Groups: making and changing them, and who is in them.

use crate::{
    app::App,
    error::{Error, Result},
    http::ClientAddress,
    limits::Act,
    media::Upload,
    model::{Caller, Chat, CreatedGroup, GroupChange, Invitation, NewGroup, PictureSize, Role},
    store::{
        AddMembers, ChangeGroup, CreateGroup, JoinGroup, RemoveGroupPicture, RemoveInvite,
        RemoveMember, RenewInvite, SetGroupPicture, SetRole,
    },
    types::{ChatId, InviteToken, UserId},
};

/// Makes a group with the caller as its first admin.
pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    address: Option<ClientAddress>,
    group: NewGroup,
) -> Result<CreatedGroup> {
    admit_newcomers(app, caller, address, group.user_ids.len())?;
    admit_added(app, caller, None, &group.user_ids).await?;
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
    address: Option<ClientAddress>,
    (chat, users): (ChatId, Vec<UserId>),
) -> Result<Vec<UserId>> {
    admit_newcomers(app, caller, address, users.len())?;
    admit_added(app, caller, Some(chat), &users).await?;
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

/// Gives a group an invite link, and ends the one before.
pub(crate) async fn renew_invite(app: &App, caller: &Caller, chat: ChatId) -> Result<InviteToken> {
    let (mut name, mut secret) = ([0; 8], [0; 16]);
    getrandom::fill(&mut name).map_err(|e| Error::internal(e.to_string()))?;
    getrandom::fill(&mut secret).map_err(|e| Error::internal(e.to_string()))?;
    let token = InviteToken::new(name, secret);
    super::execute(app, caller, RenewInvite { chat, token }).await?;
    Ok(token)
}

/// Ends the invite link of a group, if it has one.
pub(crate) async fn remove_invite(app: &App, caller: &Caller, chat: ChatId) -> Result<()> {
    super::execute(app, caller, RemoveInvite { chat }).await
}

/// What the group of a link shows to anybody who has it.
pub(crate) async fn find_invitation(app: &App, token: &str) -> Result<Invitation> {
    app.store.find_invitation(read_token(token)?).await?.ok_or_else(no_such_invite)
}

/// The picture of the group of a link, as JPEG.
pub(crate) async fn find_invite_picture(
    app: &App,
    token: &str,
    size: PictureSize,
) -> Result<Vec<u8>> {
    let missing = || Error::NotFound("picture");
    let token = InviteToken::parse(token).ok_or_else(missing)?;
    app.store.find_invite_picture(token, size).await?.ok_or_else(missing)
}

/// Makes the caller a member of the group of a link.
pub(crate) async fn join(
    app: &App,
    caller: &Caller,
    address: Option<ClientAddress>,
    token: &str,
) -> Result<ChatId> {
    let token = read_token(token)?;
    admit_newcomers(app, caller, address, 1)?;
    super::execute(app, caller, JoinGroup { token }).await
}

/// The answer to every token that leads nowhere: what never was one, was renewed or switched off.
pub(crate) fn no_such_invite() -> Error {
    Error::NotFound("invite")
}

fn read_token(token: &str) -> Result<InviteToken> {
    InviteToken::parse(token).ok_or_else(no_such_invite)
}

/// Each person who is added costs the server several rows, and themselves a chat in their list.
fn admit_newcomers(
    app: &App,
    caller: &Caller,
    address: Option<ClientAddress>,
    count: usize,
) -> Result<()> {
    if let Some(budget) = app.limits.of_user(caller) {
        budget.take_many(Act::Newcomer, count)?;
    }
    if let Some(budget) = app.limits.of_address(address) {
        budget.take_together(Act::Newcomer, count)?;
    }
    Ok(())
}

/// Each person who is added gets a chat that they did not ask for.
async fn admit_added(
    app: &App,
    caller: &Caller,
    chat: Option<ChatId>,
    users: &[UserId],
) -> Result<()> {
    if !app.limits.is_on() {
        return Ok(());
    }
    let newcomers = app.store.list_newcomers(caller.user_id, chat, users.to_vec()).await?;
    app.limits.take_added(caller, &newcomers)
}
