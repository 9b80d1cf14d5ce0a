//! Whether the page that asks may open sockets.

use hyper::{StatusCode, header::HeaderMap};

use crate::{
    app::App,
    error::Result,
    http::{self, Reply},
};

/// `POST /api/origin`: 204 if a page of this origin may open a socket, 403 with the reason if not.
/// A POST, because browsers send no `Origin` with a GET of the same origin.
pub(crate) fn check(app: &App, headers: &HeaderMap) -> Result<Reply> {
    app.sites.check_origin(headers)?;
    Ok(http::empty(StatusCode::NO_CONTENT))
}
