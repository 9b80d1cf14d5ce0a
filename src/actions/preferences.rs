//! A member's settings for a chat.

use crate::{
    app::App,
    error::{Error, Result},
    model::{Preferences, PreferencesChange},
    store::{ChangePreferences, ClearChat},
    types::{ChatId, UserId},
};

/// Changes the settings that are named.
pub(crate) async fn change(
    app: &App,
    user: UserId,
    chat: ChatId,
    change: PreferencesChange,
) -> Result<Preferences> {
    let draft_bytes_max = app.config.content_bytes_max as usize;
    if change.draft.as_ref().is_some_and(|draft| draft.len() > draft_bytes_max) {
        let reason = format!("a draft can have at most {draft_bytes_max} bytes");
        return Err(Error::invalid("content_too_long", "draft", reason));
    }
    app.store.execute(user, ChangePreferences { chat, change }).await
}

/// Deletes all messages of a chat for this member alone.
pub(crate) async fn clear(app: &App, user: UserId, chat: ChatId) -> Result<Preferences> {
    app.store.execute(user, ClearChat { chat }).await
}
