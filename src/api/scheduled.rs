//! Scheduled messages: written now and sent at a later time. Only their writer sees them before
//! that.

use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use super::messages::take_bytes;
use crate::{
    actions::{self, scheduled::Later},
    app::App,
    error::Result,
    http::{self, Body, ClientAddress, Query, Reply},
    model::{Caller, Scheduled},
    types::{ChatId, Cid, MessageId, Millis, ScheduledId},
};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 200;

/// The body of a message to be sent later.
#[derive(Deserialize)]
struct NewScheduled {
    content: String,
    cid: String,
    #[serde(default)]
    reply_to: Option<MessageId>,
    due_at: Millis,
}

/// The body of a change.
#[derive(Deserialize)]
struct Change {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    due_at: Option<Millis>,
}

#[derive(Serialize)]
struct List {
    scheduled: Vec<Scheduled>,
    more: bool,
}

/// `POST /api/chats/{id}/scheduled`: keeps a message and sends it when it is due. A request may be
/// repeated: the `cid` names the message.
pub(crate) async fn create(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    chat: ChatId,
    body: Body<'_>,
) -> Result<Reply> {
    let NewScheduled { content, cid, reply_to, due_at } = body.json().await?;
    take_bytes(app, address, &caller, content.len())?;
    let later = Later { content, cid: Cid::parse(&cid)?, reply_to, due_at };
    let made = actions::scheduled::create(app, &caller, chat, later).await?;
    let status = if made.dup { StatusCode::OK } else { StatusCode::CREATED };
    Ok(http::json(status, &made.scheduled))
}

/// `GET /api/scheduled?chat_id=&after=&limit=`: the caller's messages that wait or were refused, in
/// the order in which they were scheduled. `after` is the id of the last one on the page before.
pub(crate) async fn list(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    query: Query<'_>,
) -> Result<Reply> {
    let chat = query.integer("chat_id")?.map(ChatId);
    let after = query.integer("after")?.map_or(ScheduledId(0), ScheduledId);
    let limit = query.limit(PAGE_DEFAULT, PAGE_MAX)?;
    let share = app.reply_share(address, caller.user_id).await?;
    let (scheduled, more) = app.store.list_scheduled(caller.user_id, chat, after, limit).await?;
    Ok(http::ok_within(share, &List { scheduled, more }))
}

/// `PATCH /api/scheduled/{id}`: changes the text or the time.
pub(crate) async fn update(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    id: ScheduledId,
    body: Body<'_>,
) -> Result<Reply> {
    let Change { content, due_at } = body.json().await?;
    take_bytes(app, address, &caller, content.as_ref().map_or(0, String::len))?;
    Ok(http::ok(&actions::scheduled::change(app, &caller, id, (content, due_at)).await?))
}

/// `DELETE /api/scheduled/{id}`: cancels the message.
pub(crate) async fn remove(app: &App, caller: Caller, id: ScheduledId) -> Result<Reply> {
    Ok(http::ok(&actions::scheduled::cancel(app, &caller, id).await?))
}

/// `POST /api/scheduled/{id}/send`: sends the message before its time.
pub(crate) async fn send(app: &App, caller: Caller, id: ScheduledId) -> Result<Reply> {
    Ok(http::ok(&actions::scheduled::send(app, &caller, id).await?))
}
