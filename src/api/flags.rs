//! Flags: the star on a message, and whether the message is hidden. Each user has their own flags.
//! Other users do not see them.

use serde::Serialize;

use crate::{
    actions,
    app::App,
    error::Result,
    http::{self, ClientAddress, Query, Reply},
    model::{Caller, Message},
    types::{ChatId, MessageId},
};

const STARRED_DEFAULT: u32 = 50;
const STARRED_MAX: u32 = 200;

#[derive(Serialize)]
struct Starred {
    messages: Vec<Message>,
    more: bool,
}

/// `PUT /api/chats/{id}/messages/{message_id}/star`: stars a message.
pub(crate) async fn star(app: &App, caller: Caller, message: (ChatId, MessageId)) -> Result<Reply> {
    Ok(http::ok(&actions::messages::star(app, &caller, message, true).await?))
}

/// `DELETE /api/chats/{id}/messages/{message_id}/star`: takes the star away.
pub(crate) async fn unstar(
    app: &App,
    caller: Caller,
    message: (ChatId, MessageId),
) -> Result<Reply> {
    Ok(http::ok(&actions::messages::star(app, &caller, message, false).await?))
}

/// `PUT /api/chats/{id}/messages/{message_id}/hidden`: deletes a message for the caller alone.
pub(crate) async fn hide(app: &App, caller: Caller, message: (ChatId, MessageId)) -> Result<Reply> {
    Ok(http::ok(&actions::messages::hide(app, &caller, message).await?))
}

/// `GET /api/starred?chat_id=&before=&limit=`: the caller's starred messages, the newest first.
/// `before` is the id of the last message on the page before.
pub(crate) async fn list_starred(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    query: Query<'_>,
) -> Result<Reply> {
    let chat = query.integer("chat_id")?.map(ChatId);
    let before = query.integer("before")?.map_or(MessageId(i64::MAX), MessageId);
    let limit = query.limit(STARRED_DEFAULT, STARRED_MAX)?;
    let share = app.reply_share(address, caller.user_id).await?;
    let (messages, more) = app.store.list_starred(caller.user_id, chat, before, limit).await?;
    Ok(http::ok_within(share, &Starred { messages, more }))
}
