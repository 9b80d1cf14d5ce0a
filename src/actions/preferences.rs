//! A member's settings for a chat.

use crate::{
    app::App,
    error::{Error, Result},
    model::{Caller, Preferences, PreferencesChange},
    store::{ChangePreferences, ClearChat},
    types::{ChatId, Seq},
};

/// Changes the settings that are named.
pub(crate) async fn change(
    app: &App,
    caller: &Caller,
    chat: ChatId,
    change: PreferencesChange,
) -> Result<Preferences> {
    let draft_bytes_max = app.config.content_bytes_max as usize;
    if change.draft.as_ref().is_some_and(|draft| draft.len() > draft_bytes_max) {
        let reason = format!("a draft can have at most {draft_bytes_max} bytes");
        return Err(Error::invalid("content_too_long", "draft", reason));
    }
    super::execute(app, caller, ChangePreferences { chat, change }).await
}

/// Deletes messages of a chat for this member alone: all, or those up to `through`.
pub(crate) async fn clear(
    app: &App,
    caller: &Caller,
    chat: ChatId,
    through: Option<Seq>,
) -> Result<Preferences> {
    super::execute(app, caller, ClearChat { chat, through }).await
}
