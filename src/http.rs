//! HTTP helpers: read bodies and queries, build replies. No routes.

mod address;
mod body;
mod paced;
mod pages;
mod sites;

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::{
    Response, StatusCode, Version,
    body::{Body as _, Bytes, Incoming},
    header::{self, HeaderMap, HeaderValue},
    http::uri::Authority,
};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use self::body::ReplyBody;
pub(crate) use self::{
    address::{AddressKey, ClientAddress, Holder, Peer},
    paced::Paced,
    pages::array_in_pages,
    sites::Sites,
};
use crate::{
    config::PICTURE_BYTES_MAX,
    error::{Error, Result, json_reason},
    shares::{Share, Shares},
};

/// A request whose body has not been read.
pub(crate) type Request = hyper::Request<Incoming>;
/// A reply: complete, or with a body that is made while it is sent.
pub(crate) type Reply = Response<ReplyBody>;

/// A body over its limit is read up to this size, or up to four times its limit, before the error
/// is sent. Closing with unread bytes makes the kernel reset the connection, and the client would
/// never see the answer.
const DISCARD_BYTES_MAX: usize = 1024 * 1024;
/// The same for a body that no handler reads: the largest limit of all routes.
const UNREAD_BYTES_MAX: usize = PICTURE_BYTES_MAX;
/// Bodies and frames up to this size need no share of the memory for those that arrive. It is as
/// much as the connection buffers anyway, and a sign-in or a usual message is shorter.
pub(crate) const SHORT_BODY_BYTES: usize = 16 * 1024;
/// What a piece of a body counts at least. A body may come in chunks of one byte, and reading a chunk
/// costs as much as reading so many bytes.
const PIECE_BYTES_MIN: usize = 256;
/// A large body must bring so much within the time that a small body has; see
/// [`Body::large_bytes`].
const PART_BYTES: usize = 64 * 1024;

/// Refuses a request that does not name exactly one host (RFC 9112, section 3.2). Otherwise a proxy
/// and this server could each use a different one.
pub(crate) fn check_host(request: &Request) -> Result<()> {
    let mut hosts = request.headers().get_all(header::HOST).into_iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) if is_host(host) => Ok(()),
        (None, None) if request.version() < Version::HTTP_11 => Ok(()),
        _ => Err(Error::BadRequest("a request names its host once, in the Host header")),
    }
}

/// A host with or without a port. An empty host is allowed where the target has no authority.
fn is_host(value: &HeaderValue) -> bool {
    let Ok(text) = value.to_str() else { return false };
    text.is_empty()
        || text.parse::<Authority>().is_ok_and(|authority| {
            let port = text.strip_prefix(authority.host());
            let port = port.and_then(|rest| rest.strip_prefix(':').or(Some(rest)));
            port.is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
        })
}

/// A request's body, not read yet, and how much of it and for how long a handler may read.
#[derive(Debug)]
pub(crate) struct Body<'a> {
    incoming: &'a mut Incoming,
    bytes_max: usize,
    timeout: Duration,
    room: JsonRoom<'a>,
}

impl<'a> Body<'a> {
    /// The body of this request.
    pub(crate) fn new(
        request: &'a mut Request,
        bytes_max: usize,
        timeout: Duration,
        (bodies, holder): (&'a Shares<Holder>, Holder),
    ) -> Self {
        let room = JsonRoom { bodies, holder, bytes_max, held: None };
        Self { incoming: request.body_mut(), bytes_max, timeout, room }
    }

    /// Reads it as a JSON object of the form `T`.
    pub(crate) async fn json<T: DeserializeOwned>(self) -> Result<T> {
        let Self { incoming, bytes_max, timeout, mut room } = self;
        parse_json(&read_within(incoming, bytes_max, (timeout, timeout), &mut room).await?)
    }

    /// Reads a large one as it is, if there is room for what has arrived, and if each
    /// [`PART_BYTES`] of it arrive within `part_timeout`.
    pub(crate) async fn large_bytes(
        self,
        part_timeout: Duration,
        room: &mut impl Room,
    ) -> Result<Vec<u8>> {
        let timeouts = (self.timeout, part_timeout);
        read_within(self.incoming, self.bytes_max, timeouts, room).await
    }
}

async fn read_within(
    body: &mut Incoming,
    bytes_max: usize,
    (timeout, part_timeout): (Duration, Duration),
    room: &mut impl Room,
) -> Result<Vec<u8>> {
    let reading = read_body(body, bytes_max, part_timeout, room);
    tokio::time::timeout(timeout, reading).await.map_err(|_| slow_body())?
}

/// Limits the memory that bodies take.
pub(crate) trait Room {
    /// Waits for room for so many bytes of a body in all.
    fn make_room(&mut self, bytes: usize) -> impl Future<Output = Result<()>> + Send;
}

/// Room for a JSON body. One that is longer than most takes a share as long as it is read: a stranger
/// could fill the memory with bodies that stop before their end.
#[derive(Debug)]
struct JsonRoom<'a> {
    bodies: &'a Shares<Holder>,
    holder: Holder,
    bytes_max: usize,
    held: Option<Share<Holder>>,
}

impl Room for JsonRoom<'_> {
    async fn make_room(&mut self, bytes: usize) -> Result<()> {
        if bytes > SHORT_BODY_BYTES && self.held.is_none() {
            self.held = Some(self.bodies.take(self.holder, self.bytes_max).await?);
        }
        Ok(())
    }
}

/// Reads bytes as a JSON object of the form `T`.
pub(crate) fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let refuse = |reason| Err(Error::invalid("invalid_body", "body", reason));
    // Serde would also take an array for a struct, field by field.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return refuse(String::from("the body must be a JSON object"));
    }
    serde_json::from_slice(bytes)
        .or_else(|e| refuse(format!("the body is not the expected JSON: {}", json_reason(&e))))
}

/// For a field of a JSON object: `null` becomes the default value, a missing field becomes `None`.
/// Use it with `#[serde(default, deserialize_with = …)]`.
pub(crate) fn null_as_default<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Ok(Some(Option::<T>::deserialize(deserializer)?.unwrap_or_default()))
}

async fn read_body(
    body: &mut Incoming,
    bytes_max: usize,
    part_timeout: Duration,
    room: &mut impl Room,
) -> Result<Vec<u8>> {
    let announced = body.size_hint().lower();
    let discard_bytes_max = DISCARD_BYTES_MAX.max(bytes_max * 4);
    if announced > discard_bytes_max as u64 {
        return Err(Error::TooLarge { bytes_max });
    }
    let (mut bytes, mut seen, mut effort) = (Vec::new(), 0, 0);
    let mut late = Instant::now() + part_timeout;
    while let Some(frame) = timeout_at(late, body.frame()).await.map_err(|_| slow_body())? {
        let frame = frame.map_err(|_| Error::BadRequest("the body was cut off"))?;
        let Some(data) = frame.data_ref() else { continue };
        let parts = seen / PART_BYTES;
        seen += data.len();
        effort += data.len().max(PIECE_BYTES_MIN);
        if effort > discard_bytes_max {
            return Err(if seen > bytes_max { Error::TooLarge { bytes_max } } else { scattered() });
        }
        if seen <= bytes_max {
            room.make_room(seen).await?;
            bytes.extend_from_slice(data);
        }
        if seen / PART_BYTES > parts {
            late = Instant::now() + part_timeout;
        }
    }
    if seen > bytes_max {
        return Err(Error::TooLarge { bytes_max });
    }
    Ok(bytes)
}

fn scattered() -> Error {
    Error::BadRequest("the body came in too many small chunks")
}

fn slow_body() -> Error {
    Error::BadRequest("the body took too long to arrive")
}

/// Reads the rest of the body of a request that has its answer, for at most `timeout`: many
/// clients do not read an answer before they have sent everything. A client that sent
/// `Expect: 100-continue` is waiting and sends nothing.
pub(crate) async fn discard_body(request: &mut Request, timeout: Duration) {
    let awaits = request.headers().contains_key(header::EXPECT);
    let announced = request.body().size_hint().lower();
    if awaits || request.body().is_end_stream() || announced > UNREAD_BYTES_MAX as u64 {
        return;
    }
    let body = request.body_mut();
    let discarding = async {
        let mut seen = 0;
        while let Some(Ok(frame)) = body.frame().await {
            seen += frame.data_ref().map_or(0, Bytes::len).max(PIECE_BYTES_MIN);
            if seen > UNREAD_BYTES_MAX {
                break;
            }
        }
    };
    // A client slower than this may lose its answer when the connection closes.
    drop(tokio::time::timeout(timeout, discarding).await);
}

/// A query string. Unknown keys are ignored; the first of a repeated key counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    /// The query of an address; empty if it has none.
    pub(crate) fn of(uri: &'a hyper::Uri) -> Self {
        Self(uri.query().unwrap_or_default())
    }

    /// The raw value of `key`. Numbers and tokens need no percent-decoding.
    pub(crate) fn get(self, key: &str) -> Option<&'a str> {
        self.0.split('&').find_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name == key).then_some(value)
        })
    }

    /// The value of `key` as a whole number, or an error if it is something else.
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

/// A reply with these bytes, status 200 and no headers yet.
pub(crate) fn whole(body: impl Into<Bytes>) -> Reply {
    Response::new(ReplyBody::whole(body.into()))
}

/// A share of the memory for replies and, while the reply is being made, a turn of the client's
/// address. Users take turns in the database, and one address may have many users.
#[derive(Debug)]
pub(crate) struct ReplyShare {
    memory: Share<Holder>,
    turn: Option<Share<AddressKey>>,
}

impl ReplyShare {
    /// Without a turn, no other reply waits until this one is made.
    pub(crate) fn new(memory: Share<Holder>, turn: Option<Share<AddressKey>>) -> Self {
        Self { memory, turn }
    }

    /// The reply is made. Ends the turn, and keeps the memory of so many bytes until it is sent.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        self.end_turn();
        self.memory.shrink(bytes);
    }

    /// Ends the turn. The other parts of the reply will be made as fast as the client takes them.
    pub(crate) fn end_turn(&mut self) {
        self.turn = None;
    }
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

/// 200 with JSON, within a share of the memory for replies.
pub(crate) fn ok_within<T: Serialize + ?Sized>(share: ReplyShare, value: &T) -> Reply {
    within(share, ok(value))
}

/// A reply that was made within a share of the memory for replies. It keeps as much of the share as
/// its body has bytes, until it is sent.
pub(crate) fn within(mut share: ReplyShare, mut reply: Reply) -> Reply {
    let bytes = reply.body().size_hint().lower();
    share.shrink(usize::try_from(bytes).unwrap_or(usize::MAX));
    reply.body_mut().hold(share);
    reply
}

/// A reply without a body.
pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = whole(Bytes::new());
    *reply.status_mut() = status;
    reply
}

/// An error as clients see it: `{"detail", "code", "field"?, "reason"?}` and the headers that belong to it.
pub(crate) fn error(error: &Error) -> Reply {
    let mut body = json!({ "detail": error.detail(), "code": error.code() });
    if let Some(field) = error.field() {
        body["field"] = field.into();
    }
    if let Some(why) = error.sign_out() {
        body["reason"] = why.word().into();
    }
    let mut reply = json(error.status(), &body);
    let headers = reply.headers_mut();
    match error {
        Error::Unauthorized { .. } | Error::SignedOut(_) => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Error::MethodNotAllowed(allow) => {
            let allow = HeaderValue::try_from(allow).expect("names of methods are plain ASCII");
            headers.insert(header::ALLOW, allow);
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
    let whole = span.as_secs() + u64::from(span.subsec_nanos() > 0);
    HeaderValue::from(whole.max(1))
}

/// The token of an `Authorization: Bearer …` header. The scheme's case does not matter (RFC 9110).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Whether a request says that its body is JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = value.and_then(|value| value.split(';').next());
    media_type.is_some_and(|it| it.trim().eq_ignore_ascii_case("application/json"))
}

/// Whether the client reached the proxy before this server over https, according to that proxy.
///
/// A client can forge these headers. Use this only where a forged answer affects that client alone.
pub(crate) fn came_by_https(headers: &HeaderMap) -> bool {
    sites::forwarded_scheme(headers) == Some("https")
}
