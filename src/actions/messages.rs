//! Sending.

use crate::{
    app::App,
    error::Result,
    model::{Caller, ConnectionId, NewMessage, Posted},
    store::{Entry, SendMessage, Wake},
    types::{Content, UserId},
    wire::SendFrame,
};

/// Hands a message to the store and returns at once. `answer` is called when the message is on
/// disk, on the store's thread; it must not block. `origin` is the connection that gets the answer.
///
/// # Errors
/// What is wrong with the content; [`Error::Busy`]. `answer` is then never called.
pub(crate) fn submit(
    app: &App,
    sender: UserId,
    message: SendFrame,
    origin: Option<ConnectionId>,
    answer: impl FnOnce(Result<Posted>) + Send + 'static,
) -> Result<Wake> {
    let command = command(app, message)?;
    app.store.submit(Entry::now(sender, command), origin, answer)
}

/// Sends a message and waits until it is on disk.
pub(crate) async fn send(app: &App, caller: &Caller, message: SendFrame) -> Result<Posted> {
    super::execute(app, caller, command(app, message)?).await
}

fn command(app: &App, message: SendFrame) -> Result<SendMessage> {
    let SendFrame { target, content, cid, reply_to } = message;
    let content = Content::parse(content, app.config.content_bytes_max as usize)?;
    Ok(SendMessage { message: NewMessage { target, content, cid, reply_to } })
}
