//! The caller's settings for a chat. Other users do not see them.

use serde::Deserialize;

use crate::{
    actions,
    app::App,
    error::{Error, Result},
    http::{self, Body, Query, Reply},
    model::{Caller, Draft, PreferencesChange},
    types::{ChatId, MessageId, Millis, Seq},
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
    /// Replaces the whole draft: without the fields below it is neither a reply nor an edit.
    draft: Option<String>,
    draft_reply_to: Option<MessageId>,
    draft_edit_of: Option<MessageId>,
    draft_aside: Option<String>,
}

impl Change {
    fn into_change(self) -> Result<PreferencesChange> {
        let Self { pinned, archived, muted_until, marked_unread, draft, .. } = self;
        let (reply_to, edit_of, aside) =
            (self.draft_reply_to, self.draft_edit_of, self.draft_aside);
        if draft.is_none() && (reply_to.is_some() || edit_of.is_some() || aside.is_some()) {
            let reason = "draft_reply_to, draft_edit_of and draft_aside need draft beside them";
            return Err(Error::invalid("invalid_body", "draft", reason));
        }
        let aside = aside.unwrap_or_default();
        let draft = draft.map(|text| Draft { text, reply_to, edit_of, aside });
        Ok(PreferencesChange { pinned, archived, muted_until, marked_unread, draft })
    }
}

/// `PATCH /api/chats/{id}/preferences`: changes the settings in the body, returns all.
pub(crate) async fn update(
    app: &App,
    caller: Caller,
    chat: ChatId,
    body: Body<'_>,
) -> Result<Reply> {
    let change = body.json::<Change>().await?.into_change()?;
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
