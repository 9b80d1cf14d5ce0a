//! What a caller can ask for. Handlers and sockets decode and ask here.
//!
//! An action checks what needs no database, draws times, ids and tokens, and submits a command to
//! the store, where `rules` decides and the change is made.

use crate::{
    app::App,
    error::{Error, Result},
    model::Caller,
    store::Apply,
};

pub(crate) mod accounts;
pub(crate) mod chats;
pub(crate) mod groups;
pub(crate) mod messages;
pub(crate) mod preferences;
pub(crate) mod presence;
pub(crate) mod privacy;
pub(crate) mod profiles;
pub(crate) mod receipts;
pub(crate) mod scheduled;

/// Executes a command for a request.
///
/// # Errors
/// [`Error::SignedOut`] when the caller's session has ended since the request began, and why.
async fn execute<C: Apply>(app: &App, caller: &Caller, command: C) -> Result<C::Outcome> {
    match app.store.execute_for(caller, command).await {
        Err(Error::SignedOut(_)) => Err(Error::SignedOut(app.endings.why(caller.session_id))),
        outcome => outcome,
    }
}
