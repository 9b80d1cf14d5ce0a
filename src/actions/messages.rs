//! Sending, editing and deleting messages, reacting to them, setting flags on them and pinning them.

use std::time::Duration;

use crate::{
    app::App,
    error::Result,
    model::{Caller, ConnectionId, Flags, Message, NewMessage, OwnReaction, Pin, Posted},
    store::{
        DeleteMessage, EditMessage, HideMessage, PinMessage, React, SendMessage, StarMessage,
        UnpinMessage, Wake,
    },
    types::{ChatId, Content, Emoji, MessageId, Millis, UserId},
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
    app.store.submit(app.store.entry(sender, command), origin, answer)
}

/// Sends a message and waits until it is on disk.
pub(crate) async fn send(app: &App, caller: &Caller, message: SendFrame) -> Result<Posted> {
    super::execute(app, caller, command(app, message)?).await
}

/// Replaces the text of a message.
pub(crate) async fn edit(
    app: &App,
    caller: &Caller,
    (chat, message): (ChatId, MessageId),
    content: String,
) -> Result<Message> {
    let content = Content::parse(content, app.config.content_bytes_max as usize)?;
    let sent_after = earliest(app.config.edit_max());
    super::execute(app, caller, EditMessage { chat, message, content, sent_after }).await
}

/// Deletes a message for everyone.
pub(crate) async fn delete(
    app: &App,
    caller: &Caller,
    (chat, message): (ChatId, MessageId),
) -> Result<Message> {
    let sent_after = earliest(app.config.delete_max());
    super::execute(app, caller, DeleteMessage { chat, message, sent_after }).await
}

/// Sets the caller's reaction to a message, or takes it back.
pub(crate) async fn react(
    app: &App,
    caller: &Caller,
    (chat, message): (ChatId, MessageId),
    emoji: Option<Emoji>,
) -> Result<OwnReaction> {
    super::execute(app, caller, React { chat, message, emoji }).await
}

/// Sets the caller's star on a message, or takes it away.
pub(crate) async fn star(
    app: &App,
    caller: &Caller,
    (chat, message): (ChatId, MessageId),
    on: bool,
) -> Result<Flags> {
    super::execute(app, caller, StarMessage { chat, message, on }).await
}

/// Deletes a message for the caller alone.
pub(crate) async fn hide(
    app: &App,
    caller: &Caller,
    (chat, message): (ChatId, MessageId),
) -> Result<Flags> {
    super::execute(app, caller, HideMessage { chat, message }).await
}

/// Pins a message for so many hours, or renews its time.
pub(crate) async fn pin(
    app: &App,
    caller: &Caller,
    (chat, message): (ChatId, MessageId),
    hours: u32,
) -> Result<Pin> {
    super::execute(app, caller, PinMessage { chat, message, hours }).await
}

/// Unpins a message.
pub(crate) async fn unpin(
    app: &App,
    caller: &Caller,
    (chat, message): (ChatId, MessageId),
) -> Result<Pin> {
    super::execute(app, caller, UnpinMessage { chat, message }).await
}

/// When a message that can still be changed was sent at the earliest.
fn earliest(max: Duration) -> Millis {
    if max.is_zero() { Millis(i64::MAX) } else { Millis::now().before(max) }
}

fn command(app: &App, message: SendFrame) -> Result<SendMessage> {
    let SendFrame { target, content, cid, reply_to, forward_of } = message;
    let content = Content::parse(content, app.config.content_bytes_max as usize)?;
    Ok(SendMessage { message: NewMessage { target, content, cid, reply_to, forward_of } })
}
