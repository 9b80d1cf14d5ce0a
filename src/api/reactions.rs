//! Reactions to messages.

use serde::{Deserialize, Serialize};

use crate::{
    actions,
    app::App,
    error::Result,
    http::{self, Body, ClientAddress, Query, Reply},
    model::{Caller, Reaction},
    types::{ChatId, Emoji, MessageId, Revision},
};

const REACTIONS_DEFAULT: u32 = 200;
const REACTIONS_MAX: u32 = 1_000;

/// The body of a reaction.
#[derive(Deserialize)]
struct NewReaction {
    emoji: String,
}

#[derive(Serialize)]
struct ReactionList {
    reactions: Vec<Reaction>,
    more: bool,
}

/// `PUT /api/chats/{id}/messages/{message_id}/reaction`: sets the caller's reaction to a message.
pub(crate) async fn set(
    app: &App,
    caller: Caller,
    message: (ChatId, MessageId),
    body: Body<'_>,
) -> Result<Reply> {
    let NewReaction { emoji } = body.json().await?;
    let emoji = Emoji::parse(&emoji)?;
    Ok(http::ok(&actions::messages::react(app, &caller, message, Some(emoji)).await?))
}

/// `DELETE /api/chats/{id}/messages/{message_id}/reaction`: takes the caller's reaction back.
pub(crate) async fn remove(
    app: &App,
    caller: Caller,
    message: (ChatId, MessageId),
) -> Result<Reply> {
    Ok(http::ok(&actions::messages::react(app, &caller, message, None).await?))
}

/// `GET /api/chats/{id}/messages/{message_id}/reactions?limit=&before=`: who reacts with what, the
/// latest first. `before` is the `changed` of the last one on the page before.
pub(crate) async fn list(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    message: (ChatId, MessageId),
    query: Query<'_>,
) -> Result<Reply> {
    let before = Revision(query.integer("before")?.unwrap_or(i64::MAX));
    let limit = query.limit(REACTIONS_DEFAULT, REACTIONS_MAX)?;
    let share = app.reply_share(address, caller.user_id).await?;
    let (reactions, more) =
        app.store.list_reactions(message, caller.user_id, before, limit).await?;
    Ok(http::ok_within(share, &ReactionList { reactions, more }))
}
