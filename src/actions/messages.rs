//! Sending.

use std::sync::Arc;

use crate::{
    app::App,
    error::Result,
    hub::Connection,
    model::NewMessage,
    types::Content,
    wire::{self, Dialect, SendFrame},
};

/// Hands a message to the store. The ack, or the refusal, comes through the connection's
/// mailbox once the message is on disk.
pub(crate) fn send(
    app: &App,
    connection: &Arc<Connection>,
    dialect: Dialect,
    message: SendFrame,
) -> Result<()> {
    let cid = message.cid;
    let draft = NewMessage {
        sender_id: connection.user_id,
        target: message.target,
        content: Content::parse(message.content, app.config.content_bytes_max as usize)?,
        cid,
        reply_to: message.reply_to,
        origin: Some(connection.id),
    };
    let asker = Arc::clone(connection);
    asker.begin();
    let submitted = app.store.post(draft, move |outcome| {
        let frame = match &outcome {
            Ok(posted) => wire::encode_ack(dialect, &posted.value, posted.taken),
            Err(error) => wire::encode_error(dialect, error.logged(), cid),
        };
        asker.answer(frame);
        asker.end();
    });
    if submitted.is_err() {
        connection.end();
    }
    submitted
}
