//! Scheduled messages: what their writer does with them, and sending those that are due.

use std::time::Duration;

use futures_util::future::join_all;

use crate::{
    app::App,
    error::{Error, Result},
    model::{Caller, Due, NewlyScheduled, Scheduled},
    store::{CancelScheduled, ChangeScheduled, ScheduleMessage, SendDue, SendScheduled},
    types::{ChatId, Cid, Content, MessageId, Millis, ScheduledId},
};

/// How far ahead a message is scheduled at least.
const AHEAD_MIN: Duration = Duration::from_mins(1);
/// And at most.
const AHEAD_MAX: Duration = Duration::from_hours(365 * 24);
/// Messages that the writer gets together when they are due. Thousands may be due at nine o'clock.
/// The message of somebody who writes at that moment waits for one commit of so many.
const DUE_AT_ONCE: usize = 64;

/// A message to be sent later, as its writer gives it.
#[derive(Debug)]
pub(crate) struct Later {
    pub(crate) content: String,
    pub(crate) cid: Cid,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) due_at: Millis,
}

/// Keeps a message that is sent when it is due.
pub(crate) async fn create(
    app: &App,
    caller: &Caller,
    chat: ChatId,
    later: Later,
) -> Result<NewlyScheduled> {
    let Later { content, cid, reply_to, due_at } = later;
    let content = Content::parse(content, app.config.content_bytes_max as usize)?;
    let due = due(due_at);
    super::execute(app, caller, ScheduleMessage { chat, content, cid, reply_to, due }).await
}

/// Changes the text or the time.
pub(crate) async fn change(
    app: &App,
    caller: &Caller,
    id: ScheduledId,
    (content, due_at): (Option<String>, Option<Millis>),
) -> Result<Scheduled> {
    let parse = |text| Content::parse(text, app.config.content_bytes_max as usize);
    let content = content.map(parse).transpose()?;
    super::execute(app, caller, ChangeScheduled { id, content, due: due_at.map(due) }).await
}

/// Cancels a scheduled message.
pub(crate) async fn cancel(app: &App, caller: &Caller, id: ScheduledId) -> Result<Scheduled> {
    super::execute(app, caller, CancelScheduled { id }).await
}

/// Sends a scheduled message before its time.
pub(crate) async fn send(app: &App, caller: &Caller, id: ScheduledId) -> Result<Scheduled> {
    super::execute(app, caller, SendScheduled { id }).await
}

/// Sends some of what is due, each as a command of its writer, so that the writers take turns.
/// Returns whether there may be more. What could not be sent now, for example because the disk is
/// full, is due the next time as well.
pub(crate) async fn send_due(app: &App) -> bool {
    let Ok(due) = app.store.list_due(Millis::now(), DUE_AT_ONCE).await else { return false };
    let more = due.len() == DUE_AT_ONCE;
    let sent = join_all(due.iter().map(|(id, user)| app.store.execute(*user, SendDue { id: *id })));
    let failed: Vec<Error> = sent.await.into_iter().filter_map(Result::err).collect();
    for error in &failed {
        error.logged();
    }
    more && failed.is_empty()
}

fn due(at: Millis) -> Due {
    let now = Millis::now();
    Due { at, earliest: now.after(AHEAD_MIN), latest: now.after(AHEAD_MAX) }
}
