//! What a person sets for everyone in a chat, direct or group.

use crate::{
    app::App,
    error::Result,
    model::{Caller, Chat},
    store::SetTimer,
    types::{ChatId, Timer},
};

/// Sets the timer of a chat, or switches it off.
pub(crate) async fn set_timer(
    app: &App,
    caller: &Caller,
    chat: ChatId,
    expire_after: Option<Timer>,
) -> Result<Chat> {
    super::execute(app, caller, SetTimer { chat, expire_after }).await
}
