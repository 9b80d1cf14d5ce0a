//! Whether a request may run now: the limits of its user and of its address.

use std::sync::Arc;

use hyper::Method;

use crate::{
    actions,
    error::{Error, Result},
    http,
    limits::{Act, Budget, Held, OpenConnection},
    model::Caller,
    routes::{Call, Class},
};

/// Refuses what must not use the last file descriptors. Everybody can still load the page and sign
/// in.
pub(super) fn check_reserve(call: &Call<'_>) -> Result<()> {
    let open = call.request.extensions().get::<OpenConnection>();
    match call.class() {
        Class::SignIn | Class::Page => Ok(()),
        _ if open.is_some_and(OpenConnection::is_reserved) => Err(Error::Busy),
        _ => Ok(()),
    }
}

/// Takes a place among the running requests of a user or an address.
pub(super) async fn enter(budget: Option<&Arc<Budget>>, call: &Call<'_>) -> Result<Option<Held>> {
    match budget {
        Some(budget) if !is_handshake(call) => budget.enter(call.class().place()).await.map(Some),
        _ => Ok(None),
    }
}

/// Takes a request without a token from the budget of its address.
pub(super) async fn admit_stranger(address: Option<&Arc<Budget>>, call: &Call<'_>) -> Result<()> {
    match address {
        Some(address) if !is_handshake(call) => address.admit(call.class().act()).await,
        _ => Ok(()),
    }
}

/// Charges a request for a path or method that does not exist to the budget of its address.
pub(super) async fn admit_lost(address: Option<&Arc<Budget>>) -> Result<()> {
    match address {
        Some(address) => address.admit(Act::Page).await,
        None => Ok(()),
    }
}

/// Who calls, and their budget, from which the request was taken, as from what the users of their
/// address may do together. A request with a bad token counts for its address.
pub(super) async fn admit(
    address: Option<&Arc<Budget>>,
    call: &Call<'_>,
) -> Result<(Caller, Option<Arc<Budget>>)> {
    let token = http::bearer(call.request.headers());
    let admitted = actions::accounts::admit(call.app, token, call.class().act()).await;
    if let Err(Error::SignedOut(_)) = admitted {
        admit_stranger(address, call).await?;
    }
    let admitted = admitted?;
    if let Some(address) = address {
        address.admit_together(call.class().act()).await?;
    }
    Ok(admitted)
}

/// Whether the request opens a socket. Sockets have limits of their own.
fn is_handshake(call: &Call<'_>) -> bool {
    call.request.method() == Method::GET && call.request.uri().path() == "/ws"
}
