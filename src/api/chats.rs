//! The caller's chats, and their members.

use serde::Serialize;

use crate::{
    app::App,
    error::Result,
    http::{self, Query, Reply},
    model::{Caller, ChatSummary, Member},
    types::{ChatId, Revision, UserId},
};

const MEMBERS_DEFAULT: u32 = 200;
const MEMBERS_MAX: u32 = 1_000;

#[derive(Serialize)]
struct Chats {
    revision: Revision,
    chats: Vec<ChatSummary>,
}

#[derive(Serialize)]
struct Members {
    members: Vec<Member>,
    more: bool,
}

/// `GET /api/chats`: the caller's chats with last message and unread count, and the revision from
/// which live changes go on.
pub(crate) async fn list(app: &App, caller: Caller) -> Result<Reply> {
    let (chats, revision) = app.store.list_chats(caller.user_id).await?;
    Ok(http::ok(&Chats { revision, chats }))
}

/// `GET /api/chats/{id}/members`: the members of a chat, by their ids.
pub(crate) async fn list_members(
    app: &App,
    caller: Caller,
    chat: ChatId,
    query: Query<'_>,
) -> Result<Reply> {
    let after = UserId(query.integer("after")?.unwrap_or(0));
    let limit = query.limit(MEMBERS_DEFAULT, MEMBERS_MAX)?;
    let (members, more) = app.store.list_members(chat, caller.user_id, after, limit).await?;
    Ok(http::ok(&Members { members, more }))
}
