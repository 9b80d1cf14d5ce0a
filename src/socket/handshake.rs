//! The HTTP half of a WebSocket upgrade (RFC 6455, section 4.2): what the client offers, and
//! the 101 that accepts it.

use hyper::{
    Method, StatusCode, Version,
    header::{self, HeaderMap, HeaderValue},
};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::{
    error::{Error, Result},
    http::{self, Query, Reply, Request, Sites},
    wire::{Dialect, SUBPROTOCOL, TOKEN_PREFIX},
};

/// What a client asks for when it connects. It owns its parts, because the request is dropped.
pub(super) struct Offer {
    accept_key: String,
    pub(super) dialect: Dialect,
    pub(super) token: Option<String>,
}

/// Reads an upgrade request.
///
/// # Errors
/// [`Error::UpgradeRequired`] for plain HTTP, [`Error::BadRequest`] for a broken handshake,
/// [`Error::Forbidden`] for a page of a foreign origin.
pub(super) fn read(request: &Request, sites: &Sites) -> Result<Offer> {
    let headers = request.headers();
    // A HEAD is routed as a GET, but only a GET can upgrade. In HTTP/1.0 the header must be ignored
    // (RFC 9110, section 7.8): a proxy that speaks it does not know that the connection changes.
    let may_upgrade = request.method() == Method::GET && request.version() >= Version::HTTP_11;
    if !may_upgrade || !has_token(headers, header::UPGRADE, "websocket") {
        return Err(Error::UpgradeRequired);
    }
    if !has_token(headers, header::CONNECTION, "upgrade") {
        return Err(Error::BadRequest("the Connection header must contain Upgrade"));
    }
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err(Error::BadRequest("Sec-WebSocket-Version must be 13"));
    }
    let Some(key) = headers.get(header::SEC_WEBSOCKET_KEY).filter(|key| is_key(key)) else {
        return Err(Error::BadRequest("Sec-WebSocket-Key must be 16 bytes in base64"));
    };
    sites.check_origin(headers)?;
    let offered = || items(headers, header::SEC_WEBSOCKET_PROTOCOL);
    let dialect = if offered().any(|name| name == SUBPROTOCOL) { Dialect::V2 } else { Dialect::V1 };
    let token = offered()
        .find_map(|name| name.strip_prefix(TOKEN_PREFIX))
        .or_else(|| Query::of(request.uri()).get("token"))
        .or_else(|| http::bearer(headers))
        .map(str::to_owned);
    Ok(Offer { accept_key: derive_accept_key(key.as_bytes()), dialect, token })
}

/// The 101 reply.
pub(super) fn accept(offer: &Offer) -> Reply {
    let mut reply = http::empty(StatusCode::SWITCHING_PROTOCOLS);
    let headers = reply.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    let key = HeaderValue::from_str(&offer.accept_key).expect("base64 is plain ASCII");
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, key);
    if offer.dialect == Dialect::V2 {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    reply
}

/// Whether this is the base64 of 16 bytes.
fn is_key(key: &HeaderValue) -> bool {
    let digits = key.as_bytes().strip_suffix(b"==");
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    digits.is_some_and(|digits| digits.len() == 22 && digits.iter().all(is_digit))
}

fn has_token(headers: &HeaderMap, name: header::HeaderName, token: &str) -> bool {
    items(headers, name).any(|item| item.eq_ignore_ascii_case(token))
}

/// The items of a list header, which may come in several lines.
fn items(headers: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}
