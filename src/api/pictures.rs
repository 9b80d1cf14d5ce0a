//! Pictures as they are shown. A picture never changes under its address, so browsers keep it.

use hyper::{
    StatusCode,
    header::{self, HeaderMap, HeaderValue},
};

use crate::{
    actions,
    app::App,
    error::{Error, Result},
    http::{self, Query, Reply},
    model::{Caller, PictureSize},
};

/// A year: the address holds no other picture, ever. For signed-in people, hence not for
/// caches that several share.
const CACHING: &str = "private, max-age=31536000, immutable";

/// `GET /api/pictures/{picture}?size=small|large`: the JPEG, large if not said otherwise.
pub(crate) async fn show(
    app: &App,
    caller: &Caller,
    picture: &str,
    query: Query<'_>,
    headers: &HeaderMap,
) -> Result<Reply> {
    let size = size(query)?;
    let jpeg = actions::profiles::find_picture(app, caller.user_id, picture, size).await?;
    let tag =
        format!("\"{picture}-{}\"", if size == PictureSize::Small { "small" } else { "large" });
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let known = asked.is_some_and(|asked| asked == "*" || asked.contains(&tag));
    let mut reply = http::whole(if known { Vec::new() } else { jpeg });
    let headers = reply.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHING));
    // Who signs in next on the same browser asks with another token, and may not see it.
    headers.insert(header::VARY, HeaderValue::from_static("authorization"));
    headers.insert(header::ETAG, HeaderValue::try_from(tag).map_err(Error::internal)?);
    if known {
        *reply.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    }
    Ok(reply)
}

/// The size that a query asks for, large if it does not say.
pub(super) fn size(query: Query<'_>) -> Result<PictureSize> {
    match query.get("size") {
        None | Some("" | "large") => Ok(PictureSize::Large),
        Some("small") => Ok(PictureSize::Small),
        Some(_) => Err(Error::invalid("invalid_query", "size", "size must be small or large")),
    }
}
