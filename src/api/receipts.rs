//! Who has received and read a message.

use serde_json::json;

use crate::{
    app::App,
    error::Result,
    http::{self, Reply},
    model::Caller,
    types::{ChatId, MessageId},
};

/// `GET /api/chats/{id}/messages/{id}/receipts`: when a message of the caller was delivered to and
/// read by each other member.
pub(crate) async fn list(
    app: &App,
    caller: Caller,
    chat: ChatId,
    message: MessageId,
) -> Result<Reply> {
    let receipts = app.store.list_receipts(chat, message, caller.user_id).await?;
    Ok(http::ok(&json!({ "receipts": receipts })))
}
