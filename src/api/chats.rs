//! The caller's chats.

use serde::Serialize;

use crate::{
    app::App,
    error::Result,
    http::{self, Reply},
    model::{Caller, ChatSummary},
    types::Revision,
};

#[derive(Serialize)]
struct Chats {
    revision: Revision,
    chats: Vec<ChatSummary>,
}

/// `GET /api/chats`: the caller's chats with last message and unread count, and the revision
/// from which live changes go on.
pub(crate) async fn list(app: &App, caller: Caller) -> Result<Reply> {
    // Before the query, so that nothing committed in between is skipped.
    let revision = app.store.revision();
    let chats = app.store.list_chats(caller.user_id).await?;
    Ok(http::ok(&Chats { revision, chats }))
}
