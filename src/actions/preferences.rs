//! A member's settings for a chat.

use crate::{
    app::App,
    error::{Error, Result},
    model::{Caller, Draft, Preferences, PreferencesChange},
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
    if let Some(draft) = &change.draft {
        check_draft(draft, app.config.content_bytes_max as usize)?;
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

/// Both texts of a draft together are at most as long as a message may be, so that a row with it has
/// the same bound as before an edit.
fn check_draft(draft: &Draft, bytes_max: usize) -> Result<()> {
    if draft.reply_to.is_some() && draft.edit_of.is_some() {
        let reason = "a draft is a reply or an edit, not both";
        return Err(Error::invalid("invalid_body", "draft_edit_of", reason));
    }
    if draft.edit_of.is_none() && !draft.aside.is_empty() {
        let reason = "draft_aside needs draft_edit_of beside it";
        return Err(Error::invalid("invalid_body", "draft_aside", reason));
    }
    if draft.bytes() > bytes_max {
        let reason = format!("a draft can have at most {bytes_max} bytes");
        return Err(Error::invalid("content_too_long", "draft", reason));
    }
    Ok(())
}
