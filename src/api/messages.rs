//! Messages: sending, editing and deleting one, pages of a chat, and the whole history of the first
//! contract.

use std::sync::Arc;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::array_in_pages;
use crate::{
    actions,
    app::App,
    error::{Error, Result},
    http::{self, Body, ClientAddress, Query, Reply},
    limits::Act,
    model::{Caller, Flags, Message, OwnReaction, Reactions, Target},
    store::{Cursor, Page, Stretch},
    types::{ChatId, Cid, MessageId, Seq, UserId},
    wire::SendFrame,
};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 200;
/// The first contract has no limit; this is SQLite's.
const HISTORY_MAX: u32 = i32::MAX as u32;

/// A message as the first contract lists it.
#[derive(Serialize)]
struct Item {
    id: MessageId,
    sender_id: UserId,
    recipient_id: UserId,
    content: String,
    timestamp: String,
}

/// The body of a message to send.
#[derive(Deserialize)]
struct NewText {
    content: String,
    #[serde(default)]
    cid: Option<String>,
    #[serde(default)]
    reply_to: Option<MessageId>,
    #[serde(default)]
    forward_of: Option<MessageId>,
}

/// The body of an edit.
#[derive(Deserialize)]
struct EditedText {
    content: String,
}

/// A page of a chat, oldest first, and whether there are further messages on either side.
#[derive(Serialize)]
struct History {
    messages: Vec<Message>,
    reactions: Vec<Reactions>,
    own_reactions: Vec<OwnReaction>,
    flags: Vec<Flags>,
    more: bool,
    more_before: bool,
    more_after: bool,
}

/// `GET /messages/{user_id}`: all messages with a person, oldest first; `?limit=&before=` select the
/// newest part. An unknown person has none.
pub(crate) async fn list_with(
    app: &Arc<App>,
    address: Option<ClientAddress>,
    caller: Caller,
    other: UserId,
    query: Query<'_>,
) -> Result<Reply> {
    let limit = query.limit(HISTORY_MAX, HISTORY_MAX)?;
    let before = query.integer("before")?.map_or(MessageId(i64::MAX), MessageId);
    let pair = (caller.user_id, other);
    let share = app.reply_share(address, caller.user_id).await?;
    let found = app.store.find_history(caller.user_id, other, before, limit).await?;
    let page = match found {
        Some(history) => list_items(app, pair, history).await?,
        None => (Vec::new(), None),
    };
    let next = move |app: Arc<App>, rest| async move { list_items(&app, pair, rest).await };
    Ok(array_in_pages(app, caller.session_id, share, page, next))
}

/// A page of the messages of two people as the first contract lists them, and what is left.
async fn list_items(
    app: &App,
    (one, other): (UserId, UserId),
    history: Stretch,
) -> Result<(Vec<Item>, Option<Stretch>)> {
    let (messages, rest) = app.store.list_stretch(history).await?;
    let items = messages.into_iter().map(|message| Item {
        id: message.id,
        sender_id: message.sender_id,
        recipient_id: if message.sender_id == one { other } else { one },
        content: message.content,
        timestamp: message.created_at.iso(),
    });
    Ok((items.collect(), rest))
}

/// `POST /api/chats/{id}/messages`: sends a message. With a `cid` it is sent exactly once, however
/// often the request is repeated.
pub(crate) async fn create(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    chat: ChatId,
    body: Body<'_>,
) -> Result<Reply> {
    let NewText { content, cid, reply_to, forward_of } = body.json().await?;
    take_bytes(app, address, &caller, content.len())?;
    let cid = cid.as_deref().map(Cid::parse).transpose()?;
    let target = Target::Chat(chat);
    let message = SendFrame { target, content, cid, reply_to, forward_of };
    let posted = actions::messages::send(app, &caller, message).await?;
    let status = if posted.dup { StatusCode::OK } else { StatusCode::CREATED };
    Ok(http::json(status, &posted))
}

/// `PATCH /api/chats/{id}/messages/{message_id}`: replaces the text of one of the caller's messages.
pub(crate) async fn update(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    message: (ChatId, MessageId),
    body: Body<'_>,
) -> Result<Reply> {
    let EditedText { content } = body.json().await?;
    take_bytes(app, address, &caller, content.len())?;
    Ok(http::ok(&actions::messages::edit(app, &caller, message, content).await?))
}

/// `DELETE /api/chats/{id}/messages/{message_id}`: deletes a message for everyone.
pub(crate) async fn remove(
    app: &App,
    caller: Caller,
    message: (ChatId, MessageId),
) -> Result<Reply> {
    Ok(http::ok(&actions::messages::delete(app, &caller, message).await?))
}

/// `GET /api/chats/{id}/messages`: a page of a chat, oldest first.
pub(crate) async fn list(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    chat: ChatId,
    query: Query<'_>,
) -> Result<Reply> {
    let cursor = cursor(query)?;
    let limit = query.limit(PAGE_DEFAULT, PAGE_MAX)?;
    let share = app.reply_share(address, caller.user_id).await?;
    let page = app.store.list_messages(chat, caller.user_id, cursor, limit).await?;
    let Page { messages, reactions, own_reactions, flags, more_before, more_after } = page;
    let more = more_before || more_after;
    let history =
        History { messages, reactions, own_reactions, flags, more, more_before, more_after };
    Ok(http::ok_within(share, &history))
}

/// Takes the bytes of a text from the budgets of the user and of the address.
pub(super) fn take_bytes(
    app: &App,
    address: Option<ClientAddress>,
    caller: &Caller,
    count: usize,
) -> Result<()> {
    if let Some(budget) = app.limits.of_user(caller) {
        budget.take_many(Act::MessageByte, count)?;
    }
    if let Some(budget) = app.limits.of_address(address) {
        budget.take_together(Act::MessageByte, count)?;
    }
    Ok(())
}

/// Where a page of history begins.
pub(crate) fn cursor(query: Query<'_>) -> Result<Cursor> {
    let given = |key| query.integer(key).map(|id| id.map(MessageId));
    let unread = query.integer("unread_after")?.map(Seq);
    match (given("before")?, given("after")?, given("around")?, unread) {
        (None, None, None, None) => Ok(Cursor::Newest),
        (Some(id), None, None, None) => Ok(Cursor::Before(id)),
        (None, Some(id), None, None) => Ok(Cursor::After(id)),
        (None, None, Some(id), None) => Ok(Cursor::Around(id)),
        (None, None, None, Some(read)) => Ok(Cursor::Unread(read)),
        _ => {
            let reason = "use one of before, after, around and unread_after";
            Err(Error::invalid("invalid_query", "before", reason))
        }
    }
}
