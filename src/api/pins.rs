//! Pins: messages that a chat shows on top, for everyone in it.

use serde::Deserialize;

use crate::{
    actions,
    app::App,
    error::{Error, Result},
    http::{self, Body, Reply},
    model::Caller,
    types::{ChatId, MessageId},
};

/// How many hours a message can stay pinned: a day, a week or 30 days.
const HOURS: [u32; 3] = [24, 7 * 24, 30 * 24];

/// The body of a pin.
#[derive(Deserialize)]
struct NewPin {
    hours: u32,
}

/// `PUT /api/chats/{id}/messages/{message_id}/pin`: pins a message, or renews its time.
pub(crate) async fn set(
    app: &App,
    caller: Caller,
    message: (ChatId, MessageId),
    body: Body<'_>,
) -> Result<Reply> {
    let NewPin { hours } = body.json().await?;
    if !HOURS.contains(&hours) {
        return Err(Error::invalid("invalid", "hours", "hours must be 24, 168 or 720"));
    }
    Ok(http::ok(&actions::messages::pin(app, &caller, message, hours).await?))
}

/// `DELETE /api/chats/{id}/messages/{message_id}/pin`: unpins a message.
pub(crate) async fn remove(
    app: &App,
    caller: Caller,
    message: (ChatId, MessageId),
) -> Result<Reply> {
    Ok(http::ok(&actions::messages::unpin(app, &caller, message).await?))
}
