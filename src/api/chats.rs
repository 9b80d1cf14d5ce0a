//! The caller's chats, and their members.

use serde::{Deserialize, Serialize};

use crate::{
    actions,
    app::App,
    error::{Error, Result},
    http::{self, Body, ClientAddress, Query, Reply},
    model::{Caller, ChatSummary},
    store::{ChatPage, ListCursor},
    types::{ChatId, MessageId, Revision, Timer, UserId},
};

const CHATS_DEFAULT: u32 = 200;
const CHATS_MAX: u32 = 500;

const MEMBERS_DEFAULT: u32 = 200;
const MEMBERS_MAX: u32 = 1_000;

#[derive(Serialize)]
struct ChatList {
    revision: Revision,
    chats: Vec<ChatSummary>,
    more: bool,
    /// What to send as `after` for the next page.
    next: Option<String>,
}

/// The body of a timer.
#[derive(Deserialize)]
struct NewTimer {
    /// Milliseconds; null switches it off. Without this, serde would take a missing field for null.
    #[serde(deserialize_with = "Option::deserialize")]
    expire_after: Option<i64>,
}

/// `GET /api/chats?limit=&after=`: a page of the caller's chats with last message and unread count,
/// the latest first, and the revision from which live changes go on.
pub(crate) async fn list(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    query: Query<'_>,
) -> Result<Reply> {
    let limit = query.limit(CHATS_DEFAULT, CHATS_MAX)?;
    let after = query.get("after").filter(|text| !text.is_empty()).map(parse_cursor).transpose()?;
    let share = app.reply_share(address, caller.user_id).await?;
    let page = app.store.list_chats(caller.user_id, after, limit).await?;
    let ChatPage { chats, revision, next } = page;
    let next = next.map(|ListCursor { revision, message, chat }| {
        format!("{}-{}-{}", revision.0, message.0, chat.0)
    });
    Ok(http::ok_within(share, &ChatList { revision, chats, more: next.is_some(), next }))
}

fn parse_cursor(text: &str) -> Result<ListCursor> {
    let numbers: Option<Vec<i64>> = text.split('-').map(|part| part.parse().ok()).collect();
    let Some(&[revision, message, chat]) = numbers.as_deref() else {
        let reason = "after must be the next of an earlier page";
        return Err(Error::invalid("invalid_query", "after", reason));
    };
    let (revision, message, chat) = (Revision(revision), MessageId(message), ChatId(chat));
    Ok(ListCursor { revision, message, chat })
}

/// `GET /api/chats/{id}/members`: the members of a chat, by their ids.
pub(crate) async fn list_members(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    chat: ChatId,
    query: Query<'_>,
) -> Result<Reply> {
    let after = UserId(query.integer("after")?.unwrap_or(0));
    let limit = query.limit(MEMBERS_DEFAULT, MEMBERS_MAX)?;
    let share = app.reply_share(address, caller.user_id).await?;
    let page = app.store.list_members(chat, caller.user_id, after, limit).await?;
    Ok(http::ok_within(share, &page))
}

/// `PUT /api/chats/{id}/timer`: sets after how long new messages expire, or that they do not.
pub(crate) async fn set_timer(
    app: &App,
    caller: Caller,
    chat: ChatId,
    body: Body<'_>,
) -> Result<Reply> {
    let NewTimer { expire_after } = body.json().await?;
    let expire_after = expire_after.map(Timer::parse).transpose()?;
    Ok(http::ok(&actions::chats::set_timer(app, &caller, chat, expire_after).await?))
}
