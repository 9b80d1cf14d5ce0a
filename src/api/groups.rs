//! Groups: making and changing them, their pictures, and who is in them.

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use crate::{
    actions,
    app::App,
    error::Result,
    http::{self, Body, ClientAddress, Reply},
    model::{Caller, GroupChange, NewGroup, NewcomerHistory, Permission, Role},
    rules,
    types::{ChatId, Cid, Line, UserId},
};

/// A group to make.
#[derive(Deserialize)]
struct Draft {
    title: String,
    #[serde(default)]
    description: Option<String>,
    user_ids: Vec<UserId>,
    #[serde(default)]
    who_may_write: Option<Permission>,
    #[serde(default)]
    who_may_change: Option<Permission>,
    #[serde(default)]
    history_for_newcomers: Option<NewcomerHistory>,
    #[serde(default)]
    cid: Option<String>,
}

/// What is to change; the rest stays as it is.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    title: Option<String>,
    description: Option<String>,
    who_may_write: Option<Permission>,
    who_may_change: Option<Permission>,
    history_for_newcomers: Option<NewcomerHistory>,
}

#[derive(Deserialize)]
struct Newcomers {
    user_ids: Vec<UserId>,
}

#[derive(Serialize)]
struct Added {
    added: Vec<UserId>,
}

#[derive(Deserialize)]
struct NewRole {
    role: Role,
}

/// `POST /api/groups`: makes a group and answers its row. With a `cid` it is made exactly once,
/// however often the request is repeated.
pub(crate) async fn create(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    body: Body<'_>,
) -> Result<Reply> {
    let draft: Draft = body.json().await?;
    rules::may_have_members(draft.user_ids.len())?;
    let group = NewGroup {
        title: Line::title(&draft.title)?,
        description: draft.description.unwrap_or_default(),
        user_ids: draft.user_ids,
        who_may_write: draft.who_may_write.unwrap_or(Permission::All),
        who_may_change: draft.who_may_change.unwrap_or(Permission::Admins),
        history_for_newcomers: draft.history_for_newcomers.unwrap_or(NewcomerHistory::None),
        cid: draft.cid.as_deref().map(Cid::parse).transpose()?,
    };
    let created = actions::groups::create(app, &caller, address, group).await?;
    let status = if created.dup { StatusCode::OK } else { StatusCode::CREATED };
    Ok(http::json(status, &created.chat))
}

/// `PATCH /api/chats/{id}`: changes what the body names, answers the chat's row.
pub(crate) async fn update(
    app: &App,
    caller: Caller,
    chat: ChatId,
    body: Body<'_>,
) -> Result<Reply> {
    let Fields { title, description, who_may_write, who_may_change, history_for_newcomers } =
        body.json().await?;
    let title = title.as_deref().map(Line::title).transpose()?;
    let change =
        GroupChange { title, description, who_may_write, who_may_change, history_for_newcomers };
    Ok(http::ok(&actions::groups::change(app, &caller, chat, change).await?))
}

/// `PUT /api/chats/{id}/picture`: the body is the new picture; answers the chat's row.
pub(crate) async fn set_picture(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    chat: ChatId,
    body: Body<'_>,
) -> Result<Reply> {
    let mut upload = app.pictures.begin(caller.user_id, address)?;
    let bytes = body.large_bytes(app.config.read_max(), &mut upload).await?;
    Ok(http::ok(&actions::groups::set_picture(app, &caller, chat, upload, bytes).await?))
}

/// `DELETE /api/chats/{id}/picture`: answers the chat's row.
pub(crate) async fn remove_picture(app: &App, caller: Caller, chat: ChatId) -> Result<Reply> {
    Ok(http::ok(&actions::groups::remove_picture(app, &caller, chat).await?))
}

/// `POST /api/chats/{id}/members`: adds users, answers who was not in the group.
pub(crate) async fn add_members(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    chat: ChatId,
    body: Body<'_>,
) -> Result<Reply> {
    let Newcomers { user_ids } = body.json().await?;
    rules::may_have_members(user_ids.len())?;
    let added = actions::groups::add(app, &caller, address, (chat, user_ids)).await?;
    Ok(http::ok(&Added { added }))
}

/// `DELETE /api/chats/{id}/members/{user_id}`: removes a member; the caller, to leave.
pub(crate) async fn remove_member(
    app: &App,
    caller: Caller,
    member: (ChatId, UserId),
) -> Result<Reply> {
    actions::groups::remove(app, &caller, member).await?;
    Ok(http::empty(StatusCode::NO_CONTENT))
}

/// `PATCH /api/chats/{id}/members/{user_id}`: makes a member an admin, or an admin a member.
pub(crate) async fn update_member(
    app: &App,
    caller: Caller,
    member: (ChatId, UserId),
    body: Body<'_>,
) -> Result<Reply> {
    let NewRole { role } = body.json().await?;
    actions::groups::set_role(app, &caller, member, role).await?;
    Ok(http::empty(StatusCode::NO_CONTENT))
}
