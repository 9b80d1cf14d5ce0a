//! The caller's settings for a chat. Other users do not see them.

use serde::Deserialize;

use crate::{
    actions,
    app::App,
    error::{Error, Result},
    http::{self, Body, Query, Reply},
    model::{Caller, PreferencesChange},
    types::{ChatId, Millis, Seq},
};

/// The settings to change.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Change {
    pinned: Option<bool>,
    archived: Option<bool>,
    /// `null` unmutes.
    #[serde(deserialize_with = "http::null_as_default")]
    muted_until: Option<Millis>,
    marked_unread: Option<bool>,
    draft: Option<String>,
}

/// `PATCH /api/chats/{id}/preferences`: changes the settings in the body, returns all.
pub(crate) async fn update(
    app: &App,
    caller: Caller,
    chat: ChatId,
    body: Body<'_>,
) -> Result<Reply> {
    let Change { pinned, archived, muted_until, marked_unread, draft } = body.json().await?;
    let change = PreferencesChange { pinned, archived, muted_until, marked_unread, draft };
    Ok(http::ok(&actions::preferences::change(app, &caller, chat, change).await?))
}

/// `DELETE /api/chats/{id}/messages`: deletes the messages of a chat for the caller alone. With
/// `?through=`, those up to this `seq`.
pub(crate) async fn clear(
    app: &App,
    caller: Caller,
    chat: ChatId,
    query: Query<'_>,
) -> Result<Reply> {
    let through = query.integer("through")?.map(Seq);
    if through.is_some_and(|through| through < Seq(0)) {
        let reason = "through must be the seq of a message, or 0";
        return Err(Error::invalid("invalid_query", "through", reason));
    }
    Ok(http::ok(&actions::preferences::clear(app, &caller, chat, through).await?))
}
