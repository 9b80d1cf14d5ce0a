//! Invite links of groups: for admins, for anybody who has one, and for those who join by it.

use hyper::{
    StatusCode,
    header::{self, HeaderMap, HeaderValue},
};
use serde::Serialize;
use serde_json::json;

use super::{invite, pictures};
use crate::{
    actions,
    app::App,
    error::Result,
    http::{self, ClientAddress, Query, Reply},
    model::Caller,
    types::{ChatId, InviteToken},
};

/// What admins see.
#[derive(Serialize)]
struct Link {
    token: Option<InviteToken>,
}

/// `GET /api/chats/{id}/invite`: the token of the link; null if the group has none.
pub(crate) async fn show(app: &App, caller: Caller, chat: ChatId) -> Result<Reply> {
    let token = app.store.find_invite(chat, caller.user_id).await?;
    Ok(http::ok(&Link { token }))
}

/// `POST /api/chats/{id}/invite`: makes a link, and ends the one before.
pub(crate) async fn renew(app: &App, caller: Caller, chat: ChatId) -> Result<Reply> {
    let token = actions::groups::renew_invite(app, &caller, chat).await?;
    Ok(http::ok(&Link { token: Some(token) }))
}

/// `DELETE /api/chats/{id}/invite`: ends the link.
pub(crate) async fn remove(app: &App, caller: Caller, chat: ChatId) -> Result<Reply> {
    actions::groups::remove_invite(app, &caller, chat).await?;
    Ok(http::empty(StatusCode::NO_CONTENT))
}

/// `GET /api/chats/{id}/invite.svg?address=`: the link as a QR code, with an address of this server.
pub(crate) async fn show_code(
    app: &App,
    caller: Caller,
    chat: ChatId,
    query: Query<'_>,
    headers: &HeaderMap,
) -> Result<Reply> {
    let token = app.store.find_invite(chat, caller.user_id).await?;
    let token = token.ok_or_else(actions::groups::no_such_invite)?;
    let address = invite::address_in(app, query, headers)?;
    invite::code(&format!("{address}/#/join/{token}"))
}

/// `GET /api/invites/{token}`: the group that a link leads to, for anybody who has it.
pub(crate) async fn show_group(app: &App, token: &str) -> Result<Reply> {
    Ok(http::ok(&actions::groups::find_invitation(app, token).await?))
}

/// `GET /api/invites/{token}/picture?size=small|large`: the picture of that group as a JPEG.
pub(crate) async fn show_picture(
    app: &App,
    address: Option<ClientAddress>,
    token: &str,
    query: Query<'_>,
) -> Result<Reply> {
    let size = pictures::size(query)?;
    let share = app.anonymous_reply_share(address).await?;
    let mut reply = http::whole(actions::groups::find_invite_picture(app, token, size).await?);
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    // The link may be switched off, and the group may have another picture tomorrow.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(http::within(share, reply))
}

/// `POST /api/invites/{token}/members`: the caller joins; nothing changes if they are a member.
pub(crate) async fn join(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    token: &str,
) -> Result<Reply> {
    let chat_id = actions::groups::join(app, &caller, address, token).await?;
    Ok(http::ok(&json!({ "chat_id": chat_id })))
}
