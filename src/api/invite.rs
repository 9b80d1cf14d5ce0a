//! What people need to invite others: the addresses of this server, also as QR codes.

use std::fmt::Write;

use hyper::header::{self, HeaderMap, HeaderValue};
use qrcode::{Color, EcLevel, QrCode};
use serde_json::json;

use crate::{
    app::App,
    error::{Error, Result},
    http::{self, Query, Reply, Sites},
};

/// The empty margin that readers need (ISO/IEC 18004).
const MARGIN: usize = 4;
/// No address of a server is longer: a DNS name has at most 253 characters.
const ADDRESS_BYTES_MAX: usize = 300;
/// White, whatever the theme: readers expect dark on light.
const GROUND: &str = "#fff";
const INK: &str = "#14171f";

/// `GET /api/server`: whether the server has no accounts yet. Anyone may ask, so the answer tells
/// nothing else.
pub(crate) async fn show_server(app: &App) -> Result<Reply> {
    Ok(http::ok(&json!({ "empty": app.store.has_no_accounts().await? })))
}

/// `GET /api/invite`: the addresses by which others in the network can reach this server.
pub(crate) fn show(app: &App) -> Reply {
    http::ok(&json!({ "addresses": app.reach.network() }))
}

/// `GET /api/invite.svg?address=`: a QR code of an address of this server: one that
/// `GET /api/invite` lists, or the one that the caller has used.
pub(crate) fn show_code(app: &App, query: Query<'_>, headers: &HeaderMap) -> Result<Reply> {
    code(&address_in(app, query, headers)?)
}

/// The address of this server that a query names: one that `GET /api/invite` lists, or the one that
/// the caller has used.
pub(super) fn address_in(app: &App, query: Query<'_>, headers: &HeaderMap) -> Result<String> {
    let refuse = |reason| Error::invalid("invalid_query", "address", reason);
    let typed = query.get("address").unwrap_or_default();
    if typed.is_empty() || typed.len() > ADDRESS_BYTES_MAX {
        return Err(refuse("address must be an address of this server"));
    }
    let address = decoded(typed);
    let address = address.ok_or_else(|| refuse("address must be UTF-8, percent-encoded"))?;
    if !Sites::is_address_of(&address, headers) && !app.reach.network().contains(&address) {
        return Err(refuse("this is not an address of this server"));
    }
    Ok(address)
}

/// A QR code as a reply.
pub(super) fn code(text: &str) -> Result<Reply> {
    let mut reply = http::whole(draw(text)?);
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(reply)
}

/// The value of a query without its percent-encoding.
fn decoded(value: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(value.as_bytes());
    let (text, rest) = pairs.next()?;
    (rest.is_empty() && !text.contains(char::REPLACEMENT_CHARACTER)).then(|| text.into_owned())
}

/// The code as an SVG, one unit per module. Error correction Q restores a quarter of the code, for
/// cards that are creased or stained; that makes it 8 modules wider than L does.
fn draw(text: &str) -> Result<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q);
    let code = code.map_err(|error| Error::internal(error.to_string()))?;
    let (width, colors) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in colors.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|color| **color == Color::Dark).count();
            if run > 0 {
                write!(path, "M{} {}h{run}v1h-{run}z", x + MARGIN, y + MARGIN)
                    .expect("a String takes everything");
            }
            x += run.max(1);
        }
    }
    let side = width + 2 * MARGIN;
    Ok(format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path d="M0 0h{side}v{side}H0z" fill="{GROUND}"/><path d="{path}" fill="{INK}"/></svg>"#
    ))
}
