//! Answers requests: finds the route, checks the token, and adds the headers of every reply.
//! The routes are in `routes.rs`.

mod admission;

use std::{sync::Arc, time::Instant};

use hyper::{
    Method, StatusCode, Uri,
    header::{self, HeaderMap, HeaderValue},
};

use crate::{
    app::App,
    error::{Error, Result},
    http::{self, ClientAddress, Reply, Request},
    routes::{Call, Handler, loggable},
};

/// A year of https for this host, and for no other: those below it may be someone else's. A client
/// that claims https over plain http gets this too, and ignores it (RFC 6797, section 8.1).
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Answers a request. Errors become replies here.
pub(crate) async fn handle(app: Arc<App>, mut request: Request) -> Reply {
    let began = Instant::now();
    let origin = request.headers().get(header::ORIGIN).cloned();
    let routed = match preflight(&app, &request) {
        Some(reply) => Ok(reply),
        None => route(&app, &mut request).await,
    };
    let mut reply = routed.unwrap_or_else(|error| http::error(error.logged()));
    let left = app.config.read_max().saturating_sub(began.elapsed());
    http::discard_body(&mut request, left).await;
    let (method, status) = (request.method(), reply.status().as_u16());
    let path = loggable(request.uri().path());
    let client =
        ClientAddress::of(&request, &app.config.trusted_proxy).map(tracing::field::display);
    tracing::debug!(%method, path, status, client, took = ?began.elapsed(), "request");
    secure(reply.headers_mut());
    if http::came_by_https(request.headers()) {
        reply.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    if let Some(origin) = origin {
        share(&app, reply.headers_mut(), origin);
    }
    reply
}

async fn route(app: &Arc<App>, request: &mut Request) -> Result<Reply> {
    let uri = request.uri().clone();
    let address = ClientAddress::of(request, &app.config.trusted_proxy);
    let address = app.limits.of_address(address);
    let call = match find(app, request, &uri) {
        Ok(call) => call,
        Err(error) => {
            admission::admit_lost(address.as_ref()).await?;
            return Err(error);
        }
    };
    admission::check_reserve(&call)?;
    let _place = admission::enter(address.as_ref(), &call).await?;
    // A page may send any other type without asking the server first, for example to make accounts
    // on a server in the network of its reader. For JSON the browser asks, see `preflight`.
    let headers = call.request.headers();
    if call.takes_json() && !http::is_json(headers) && app.sites.is_cross_site(headers) {
        return Err(Error::WrongMediaType);
    }
    match call.handler() {
        Handler::Anyone(handle) => {
            admission::admit_stranger(address.as_ref(), &call).await?;
            handle(call).await
        }
        Handler::SignedIn(handle) => {
            let (caller, user) = admission::admit(address.as_ref(), &call).await?;
            let _place = admission::enter(user.as_ref(), &call).await?;
            handle(call, caller).await
        }
    }
}

fn find<'a>(app: &'a Arc<App>, request: &'a mut Request, uri: &'a Uri) -> Result<Call<'a>> {
    http::check_host(request)?;
    app.sites.check_host(request)?;
    Call::new(app, request, uri)
}

/// Answers the preflight request that a browser sends before a page of another origin uses the API.
fn preflight(app: &App, request: &Request) -> Option<Reply> {
    let headers = request.headers();
    let origin = headers.get(header::ORIGIN)?.to_str().ok()?;
    let asks = request.method() == Method::OPTIONS
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !asks || !app.sites.is_allowed(origin) {
        return None;
    }
    let mut reply = http::empty(StatusCode::NO_CONTENT);
    let headers = reply.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Some(reply)
}

/// Adds the headers that let a page of an allowed origin read the reply.
fn share(app: &App, headers: &mut HeaderMap, origin: HeaderValue) {
    if !app.sites.allows_others() {
        return;
    }
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if origin.to_str().is_ok_and(|origin| app.sites.is_allowed(origin)) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        // Browsers hide this header from the page unless it is named here.
        let exposed = HeaderValue::from_static("retry-after");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}

/// Forbids browsers to guess content types, and to send our addresses to other sites.
fn secure(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}
