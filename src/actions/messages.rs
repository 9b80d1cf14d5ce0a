//! Sending.

use tokio::sync::oneshot;

use crate::{
    app::App,
    error::{Error, Result},
    model::{ConnectionId, NewMessage, Posted},
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
    let SendFrame { target, content, cid, reply_to } = message;
    let content = Content::parse(content, app.config.content_bytes_max as usize)?;
    let message = NewMessage { target, content, cid, reply_to };
    app.store.submit(Entry::now(sender, SendMessage { message }), origin, answer)
}

/// Sends a message and waits until it is on disk.
pub(crate) async fn send(app: &App, sender: UserId, message: SendFrame) -> Result<Posted> {
    let (sent, posted) = oneshot::channel();
    drop(submit(app, sender, message, None, |outcome| drop(sent.send(outcome)))?);
    posted.await.unwrap_or_else(|_| Err(Error::internal("the writer dropped a message")))
}
