//! Confirming what arrived and what was on a visible screen.

use crate::{
    app::App,
    error::Result,
    store::{Entry, MarkReceived, Wake},
    types::{ChatId, Seq, UserId},
};

/// Moves the marks of `user`. Returns at once; `answer` is called on the store's thread. The new
/// receipt reaches everybody concerned as a row.
///
/// # Errors
/// [`crate::error::Error::Busy`]; `answer` is then never called.
pub(crate) fn submit(
    app: &App,
    user: UserId,
    chat: ChatId,
    (delivered, read): (Seq, Seq),
    answer: impl FnOnce(Result<()>) + Send + 'static,
) -> Result<Wake> {
    app.store.submit(Entry::now(user, MarkReceived { chat, delivered, read }), None, answer)
}
