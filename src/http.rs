//! Small change of HTTP: reading JSON bodies and queries, building replies. No routes here.

mod pages;

use std::time::Duration;

use http_body_util::{BodyExt, Either, Full};
use hyper::{
    Response, StatusCode, Version,
    body::{Body, Bytes, Incoming},
    header::{self, HeaderMap, HeaderValue},
    http::uri::Authority,
};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::json;

use self::pages::Pages;
pub(crate) use self::pages::array_in_pages;
use crate::{
    config::{JSON_BYTES_MAX, PICTURE_BYTES_MAX},
    error::{Error, Result},
};

/// A request, its body still to come.
pub(crate) type Request = hyper::Request<Incoming>;
/// A reply: whole, or a body that is made while it is sent.
pub(crate) type Reply = Response<Either<Full<Bytes>, Pages>>;

/// A refused body is read on up to this size, or to four times what would be taken, before the
/// refusal is sent: closing with unread bytes makes the kernel reset the connection, and the
/// client would never see the answer.
const DISCARD_BYTES_MAX: usize = 1024 * 1024;
/// The same for a body nobody wanted to read, whatever it was meant to be.
const UNREAD_BYTES_MAX: usize = PICTURE_BYTES_MAX;

/// Refuses a request that does not name exactly one host (RFC 9112, section 3.2): a proxy before
/// us and a check behind us must not each believe another one.
pub(crate) fn check_host(request: &Request) -> Result<()> {
    let mut hosts = request.headers().get_all(header::HOST).into_iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) if is_host(host) => Ok(()),
        (None, None) if request.version() < Version::HTTP_11 => Ok(()),
        _ => Err(Error::BadRequest("a request names its host once, in the Host header")),
    }
}

/// A host with or without a port. Nothing at all is allowed to those who address none.
fn is_host(value: &HeaderValue) -> bool {
    let Ok(text) = value.to_str() else { return false };
    text.is_empty()
        || text.parse::<Authority>().is_ok_and(|authority| {
            let port = text.strip_prefix(authority.host());
            let port = port.and_then(|rest| rest.strip_prefix(':').or(Some(rest)));
            port.is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
        })
}

/// How long the body may take to arrive: travels with the request, put there by the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyTimeout(pub(crate) Duration);

/// Reads a request's body as a JSON object of the form `T`.
pub(crate) async fn read_json<T: DeserializeOwned>(request: &mut Request) -> Result<T> {
    let patience = patience(request);
    let bytes = read_bytes(request, JSON_BYTES_MAX, patience).await?;
    parse_json(&bytes)
}

fn patience(request: &Request) -> Duration {
    let BodyTimeout(patience) =
        *request.extensions().get().expect("the server gives every request its timeout");
    patience
}

/// Reads bytes as a JSON object of the form `T`.
pub(crate) fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let refuse = |reason| Err(Error::invalid("invalid_body", "body", reason));
    // Serde would also take an array for a struct, field by field.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return refuse(String::from("the body must be a JSON object"));
    }
    serde_json::from_slice(bytes)
        .or_else(|e| refuse(format!("the body is not the expected JSON: {e}")))
}

/// For a field of a JSON object that `null` empties: tells that from a field that is missing and
/// stays as it is. Goes with `#[serde(default, deserialize_with = …)]`.
pub(crate) fn null_as_default<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Ok(Some(Option::<T>::deserialize(deserializer)?.unwrap_or_default()))
}

/// Reads a request's body as it is, if it is not too large and comes within `patience`.
pub(crate) async fn read_bytes(
    request: &mut Request,
    bytes_max: usize,
    patience: Duration,
) -> Result<Vec<u8>> {
    tokio::time::timeout(patience, read_body(request.body_mut(), bytes_max))
        .await
        .map_err(|_| Error::BadRequest("the body took too long to arrive"))?
}

async fn read_body(body: &mut Incoming, bytes_max: usize) -> Result<Vec<u8>> {
    let announced = body.size_hint().lower();
    let discard_bytes_max = DISCARD_BYTES_MAX.max(bytes_max * 4);
    if announced > discard_bytes_max as u64 {
        return Err(Error::TooLarge { bytes_max });
    }
    let (mut bytes, mut seen) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Error::BadRequest("the body was cut off"))?;
        let Some(data) = frame.data_ref() else { continue };
        seen += data.len();
        if seen > discard_bytes_max {
            break;
        }
        if seen <= bytes_max {
            bytes.extend_from_slice(data);
        }
    }
    if seen > bytes_max {
        return Err(Error::TooLarge { bytes_max });
    }
    Ok(bytes)
}

/// Reads on what a request has to say that is answered already, for a while: many clients listen
/// only when they have sent all. Who waits to be asked for the body is not asked; who has had all
/// the time there is for a body, `spent` included, gets no more.
pub(crate) async fn discard_body(request: &mut Request, spent: Duration) {
    let awaits = request.headers().contains_key(header::EXPECT);
    let announced = request.body().size_hint().lower();
    if awaits || request.body().is_end_stream() || announced > UNREAD_BYTES_MAX as u64 {
        return;
    }
    let (patience, body) = (patience(request).saturating_sub(spent), request.body_mut());
    let discarding = async {
        let mut seen = 0;
        while let Some(Ok(frame)) = body.frame().await {
            seen += frame.data_ref().map_or(0, Bytes::len);
            if seen > UNREAD_BYTES_MAX {
                break;
            }
        }
    };
    // Whoever takes longer does without the answer.
    drop(tokio::time::timeout(patience, discarding).await);
}

/// A query string, read leniently: unknown keys are ignored, the first of a repeated key counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    /// The query of an address; empty if it has none.
    pub(crate) fn of(uri: &'a hyper::Uri) -> Self {
        Self(uri.query().unwrap_or_default())
    }

    /// The raw value of `key`. What we look for (numbers, tokens) needs no percent-decoding.
    pub(crate) fn get(self, key: &str) -> Option<&'a str> {
        self.0.split('&').find_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name == key).then_some(value)
        })
    }

    /// The value of `key` as a whole number; an error if it is something else.
    pub(crate) fn integer(self, key: &'static str) -> Result<Option<i64>> {
        let parse = |text: &str| {
            text.parse().map_err(|_| {
                Error::invalid("invalid_query", key, format!("{key} must be a whole number"))
            })
        };
        self.get(key).filter(|text| !text.is_empty()).map(parse).transpose()
    }

    /// `limit`, between 1 and `max`.
    pub(crate) fn limit(self, default: u32, max: u32) -> Result<u32> {
        match self.integer("limit")? {
            None => Ok(default),
            Some(n) => u32::try_from(n).ok().filter(|n| (1..=max).contains(n)).ok_or_else(|| {
                Error::invalid("invalid_query", "limit", format!("limit must be 1 to {max}"))
            }),
        }
    }
}

/// A reply of these bytes: 200, and no headers yet.
pub(crate) fn whole(body: impl Into<Bytes>) -> Reply {
    Response::new(Either::Left(Full::new(body.into())))
}

/// A JSON reply.
pub(crate) fn json<T: Serialize + ?Sized>(status: StatusCode, value: &T) -> Reply {
    let body = serde_json::to_vec(value).expect("replies are plain structs with string keys");
    let mut reply = whole(body);
    *reply.status_mut() = status;
    describe_json(reply.headers_mut());
    reply
}

fn describe_json(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// 200 with JSON.
pub(crate) fn ok<T: Serialize + ?Sized>(value: &T) -> Reply {
    json(StatusCode::OK, value)
}

/// A reply without a body.
pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = whole(Bytes::new());
    *reply.status_mut() = status;
    reply
}

/// An error as clients see it: `{"detail", "code", "field"?}` and the headers that go with it.
pub(crate) fn error(error: &Error) -> Reply {
    let mut body = json!({ "detail": error.detail(), "code": error.code() });
    if let Some(field) = error.field() {
        body["field"] = field.into();
    }
    let mut reply = json(error.status(), &body);
    let headers = reply.headers_mut();
    match error {
        Error::Unauthorized { .. } => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Error::MethodNotAllowed(allow) => {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        Error::UpgradeRequired => {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        }
        Error::TooLarge { .. } => {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        _ => {}
    }
    if let Some(wait) = error.retry_after() {
        headers.insert(header::RETRY_AFTER, seconds(wait));
    }
    reply
}

fn seconds(span: Duration) -> HeaderValue {
    HeaderValue::from(span.as_secs().max(1))
}

/// The token of an `Authorization: Bearer …` header. The scheme's case does not matter (RFC 9110).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Whether the operator lets pages of this origin use the server.
pub(crate) fn is_allowed_origin(origin: &str, allowed: &[String]) -> bool {
    allowed.iter().any(|one| one.trim_end_matches('/').eq_ignore_ascii_case(origin))
}
