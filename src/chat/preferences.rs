//! How a member keeps a chat.

use crate::{
    app::App,
    error::{Error, Result},
    model::{Preferences, PreferencesChange},
    words::{ChatId, UserId},
};

/// Changes what is named.
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
    let kept = app.store.write(move |batch| batch.change_preferences(chat, user, change)).await?;
    Ok(kept.value)
}

/// Deletes the chat as it now is for this member alone.
pub(crate) async fn clear(app: &App, user: UserId, chat: ChatId) -> Result<Preferences> {
    Ok(app.store.write(move |batch| batch.clear_chat(chat, user)).await?.value)
}
