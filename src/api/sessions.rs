//! Sign-ins.

use hyper::{
    StatusCode,
    header::{HeaderName, HeaderValue},
};

use crate::{
    actions,
    app::App,
    error::Result,
    http::{self, ClientAddress, Reply},
    model::Caller,
};

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// `DELETE /api/sessions/current`: signs out; the token and its sockets end. The browser also drops
/// the pictures that it keeps for a year.
///
/// Only its cache: `"storage"` would also take messages of other people on this device that wait to
/// be sent, and the language. The page looks after those itself.
pub(crate) async fn remove_current(
    app: &App,
    address: Option<ClientAddress>,
    caller: Caller,
) -> Result<Reply> {
    actions::accounts::sign_out(app, address, &caller).await?;
    let mut reply = http::empty(StatusCode::NO_CONTENT);
    reply.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    Ok(reply)
}
