//! The one error of the crate, named by what the client should do next.
//!
//! The same value becomes an HTTP body, an `error` frame or a line on the terminal.
//! `Internal` is logged where it becomes an answer ([`Error::logged`]); its text never leaves the
//! server.

use std::{borrow::Cow, fmt, time::Duration};

use hyper::StatusCode;

/// A result whose error a client or an operator can act upon.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, by what to do about it.
#[derive(Debug)]
pub enum Error {
    /// Send it again with the named field corrected. 422.
    Invalid { code: &'static str, field: &'static str, reason: Cow<'static, str> },
    /// The name is in use: choose another. 400, as the first Chaap answered.
    UsernameTaken,
    /// The HTTP request itself is unusable (a broken WebSocket handshake, say). 400.
    BadRequest(&'static str),
    /// Sign in, or sign in again. 401.
    Unauthorized { code: &'static str, reason: &'static str },
    /// Nothing the caller can do will allow this. 403.
    Forbidden { code: &'static str, reason: &'static str },
    /// It is not there, or not for the caller's eyes; the word names what. 404.
    NotFound(&'static str),
    /// Use one of the methods named. 405.
    MethodNotAllowed(String),
    /// It contradicts what is already stored. 409.
    Conflict { code: &'static str, reason: &'static str },
    /// Send less. 413.
    TooLarge { bytes_max: usize },
    /// The address answers WebSocket upgrades only. 426.
    UpgradeRequired,
    /// The caller has too much of it under way: let that end, then try again. 429.
    TooMany { code: &'static str, reason: &'static str },
    /// A queue is full: try again shortly. 503.
    Busy,
    /// The disk refuses: reading works, writing will again when there is room. 503.
    Storage(Box<dyn std::error::Error + Send + Sync>),
    /// Our fault. 500.
    Internal(Box<dyn std::error::Error + Send + Sync>),
    /// Chaap cannot start; the sentence says why and what to do.
    Startup(String),
}

/// How long a client should wait after "busy".
pub(crate) const BUSY_RETRY_AFTER: Duration = Duration::from_secs(1);

impl Error {
    /// An [`Error::Invalid`]: `code` for machines, `field` of the request, `reason` for people.
    pub(crate) fn invalid(
        code: &'static str,
        field: &'static str,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Invalid { code, field, reason: reason.into() }
    }

    /// An [`Error::Internal`] from anything that can say what happened.
    pub(crate) fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// Logs what clients are not told. Called once, where the error becomes an answer.
    pub(crate) fn logged(&self) -> &Self {
        // The store says once per batch that the disk refuses, not once per message.
        if let Self::Internal(cause) = self {
            tracing::error!(%cause, "internal error");
        }
        self
    }

    /// The HTTP status of this outcome.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::UsernameTaken | Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized { .. } => StatusCode::UNAUTHORIZED,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UpgradeRequired => StatusCode::UPGRADE_REQUIRED,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::Storage(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) | Self::Startup(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A stable word for machines.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Invalid { code, .. }
            | Self::Unauthorized { code, .. }
            | Self::Forbidden { code, .. }
            | Self::Conflict { code, .. }
            | Self::TooMany { code, .. } => code,
            Self::UsernameTaken => "username_taken",
            Self::BadRequest(_) => "bad_request",
            Self::NotFound("user") => "no_such_user",
            Self::NotFound("chat") => "no_such_chat",
            Self::NotFound("message") => "no_such_message",
            Self::NotFound("picture") => "no_such_picture",
            Self::NotFound(_) => "not_found",
            Self::MethodNotAllowed(_) => "method_not_allowed",
            Self::TooLarge { .. } => "too_large",
            Self::UpgradeRequired => "upgrade_required",
            Self::Busy => "busy",
            Self::Storage(_) => "storage",
            Self::Internal(_) | Self::Startup(_) => "internal",
        }
    }

    /// The request field at fault, if one is.
    pub(crate) fn field(&self) -> Option<&'static str> {
        match self {
            Self::Invalid { field, .. } => Some(field),
            _ => None,
        }
    }

    /// When trying the same again makes sense.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let passes = matches!(self, Self::Busy | Self::Storage(_) | Self::TooMany { .. });
        passes.then_some(BUSY_RETRY_AFTER)
    }

    /// The sentence for people. Never tells of the inside.
    pub(crate) fn detail(&self) -> Cow<'_, str> {
        match self {
            Self::Invalid { reason, .. } => Cow::Borrowed(reason),
            // The first Chaap's words, which old pages show and old scripts compare.
            Self::UsernameTaken => "Username already exist".into(),
            Self::Unauthorized { reason, .. }
            | Self::Forbidden { reason, .. }
            | Self::Conflict { reason, .. }
            | Self::TooMany { reason, .. }
            | Self::BadRequest(reason) => Cow::Borrowed(reason),
            Self::NotFound(what) => format!("there is no such {what}").into(),
            Self::MethodNotAllowed(allow) => format!("use one of: {allow}").into(),
            Self::TooLarge { bytes_max } => {
                format!("the body is too large; send at most {bytes_max} bytes").into()
            }
            Self::UpgradeRequired => "this address speaks WebSocket; upgrade the connection".into(),
            Self::Busy => "the server is busy; try again in a second".into(),
            Self::Storage(_) => {
                "the server cannot write to its disk at the moment; try again later".into()
            }
            Self::Internal(_) => "something went wrong on the server; it has been noted".into(),
            Self::Startup(why) => Cow::Borrowed(why),
        }
    }
}

/// For logs and the terminal: the sentence, and the cause that clients are not told.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internal(cause) | Self::Storage(cause) => {
                write!(f, "{} ({cause})", self.detail())
            }
            _ => f.write_str(&self.detail()),
        }
    }
}

impl std::error::Error for Error {}
