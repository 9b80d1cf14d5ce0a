//! Sign-ins.

use hyper::StatusCode;

use crate::{
    app::App,
    chat,
    error::Result,
    http::{self, Reply},
    model::Caller,
};

/// `DELETE /api/sessions/current`: signs out; the token and its sockets end.
pub(crate) async fn remove_current(app: &App, caller: Caller) -> Result<Reply> {
    chat::accounts::sign_out(app, &caller).await?;
    Ok(http::empty(StatusCode::NO_CONTENT))
}
