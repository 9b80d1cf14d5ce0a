//! Sign-ins.

use hyper::StatusCode;

use crate::{
    actions,
    app::App,
    error::Result,
    http::{self, ClientAddress, Reply},
    model::Caller,
};

/// `DELETE /api/sessions/current`: signs out; the token and its sockets end.
pub(crate) async fn remove_current(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
) -> Result<Reply> {
    actions::accounts::sign_out(app, address, &caller).await?;
    Ok(http::empty(StatusCode::NO_CONTENT))
}
