//! Who has received and read a message.

use serde::Serialize;

use crate::{
    app::App,
    error::Result,
    http::{self, ClientAddress, Query, Reply},
    model::{Caller, MessageReceipt},
    types::{ChatId, MessageId, UserId},
};

const RECEIPTS_DEFAULT: u32 = 200;
const RECEIPTS_MAX: u32 = 1_000;

#[derive(Serialize)]
struct Receipts {
    receipts: Vec<MessageReceipt>,
    more: bool,
}

/// `GET /api/chats/{id}/messages/{id}/receipts?limit=&after=`: when a message of the caller was
/// delivered to and read by the other members, by their ids.
pub(crate) async fn list(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
    message: (ChatId, MessageId),
    query: Query<'_>,
) -> Result<Reply> {
    let after = UserId(query.integer("after")?.unwrap_or(0));
    let limit = query.limit(RECEIPTS_DEFAULT, RECEIPTS_MAX)?;
    let share = app.reply_share(address, caller.user_id).await?;
    let (receipts, more) = app.store.list_receipts(message, caller.user_id, after, limit).await?;
    Ok(http::ok_within(share, &Receipts { receipts, more }))
}
