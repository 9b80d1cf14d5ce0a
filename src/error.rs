//! The error type of the crate. Variants are named by what the client should do next.
//!
//! The same value becomes an HTTP body, an `error` frame or a line on the terminal.
//! `Internal` is logged where it becomes an answer ([`Error::logged`]); clients never see its text.

use std::{borrow::Cow, fmt, time::Duration};

use hyper::StatusCode;

/// The longest [`json_reason`].
const JSON_REASON_CHARS_MAX: usize = 200;

/// A result whose error tells a client or an operator what to do.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, grouped by what to do about it.
#[derive(Debug)]
pub enum Error {
    /// Correct the named field and send the request again. 422.
    Invalid { code: &'static str, field: &'static str, reason: Cow<'static, str> },
    /// The username is taken: choose another. 400, as in the first contract.
    UsernameTaken,
    /// The HTTP request itself is invalid, for example a broken WebSocket handshake. 400.
    BadRequest(&'static str),
    /// Sign in, or sign in again. 401.
    Unauthorized { code: &'static str, reason: &'static str },
    /// The token is not valid, or not valid any more: sign in again. 401.
    SignedOut(SignOut),
    /// The caller may not do this. 403.
    Forbidden { code: &'static str, reason: &'static str },
    /// The server does not answer to the host name of the request. 421.
    ForeignHost,
    /// A page of another site sent something else than JSON: send JSON, and say so. 415.
    WrongMediaType,
    /// It does not exist, or the caller may not see it; the word names what. 404.
    NotFound(&'static str),
    /// Use one of the methods named. 405.
    MethodNotAllowed(String),
    /// It conflicts with what is already stored. 409.
    Conflict { code: &'static str, reason: &'static str },
    /// The body is too large: send less. 413.
    TooLarge { bytes_max: usize },
    /// The address answers WebSocket upgrades only. 426.
    UpgradeRequired,
    /// The caller asks too often, or has too many such requests running: wait, then try again. 429.
    TooMany { code: &'static str, reason: &'static str, retry_after: Duration },
    /// A queue is full, or another program has locked the database: try again shortly. 503.
    Busy,
    /// The disk refuses writes, for example because it is full. Reading works. 503.
    Storage(Box<dyn std::error::Error + Send + Sync>),
    /// The caller has stored as much as one user may: free some of it. 507.
    Quota { bytes_max: u64 },
    /// A fault of the server. 500.
    Internal(Box<dyn std::error::Error + Send + Sync>),
    /// Chaap cannot start. The sentence says why and what to do.
    Startup(String),
}

/// Why a token is not, or no longer, valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignOut {
    /// There is none, or this server did not make it.
    Unknown,
    /// Its time is over.
    Expired,
    /// Its session was signed out.
    Ended,
    /// The password was changed on another device.
    PasswordChanged,
    /// Its session was the oldest of too many.
    Crowded,
    /// The server was restored from a backup.
    Restored,
}

impl SignOut {
    /// A stable word for programs: the reason of a socket's close, and of a 401.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Unknown => "not_signed_in",
            Self::Expired => "session_expired",
            Self::Ended => "session_ended",
            Self::PasswordChanged => "password_changed",
            Self::Crowded => "too_many_sessions",
            Self::Restored => "server_restored",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Unknown => "you are not signed in; sign in first",
            Self::Expired => "your session has expired; sign in again",
            Self::Ended => "your session was ended; sign in again",
            Self::PasswordChanged => {
                "your password was changed on another device; sign in with the new one"
            }
            Self::Crowded => "you have too many sessions, so the oldest ended; sign in again",
            Self::Restored => "the server was restored from a backup; sign in again",
        }
    }
}

/// How long a client should wait after "busy".
pub(crate) const BUSY_RETRY_AFTER: Duration = Duration::from_secs(1);

impl Error {
    /// An [`Error::Invalid`]: `code` for programs, `field` of the request, `reason` for people.
    pub(crate) fn invalid(
        code: &'static str,
        field: &'static str,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::Invalid { code, field, reason: reason.into() }
    }

    /// An [`Error::Internal`] from any error or text.
    pub(crate) fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// Logs the cause, which clients do not see. Called once, where the error becomes an answer.
    pub(crate) fn logged(&self) -> &Self {
        // The store logs a refused batch once, not once per message.
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
            Self::Unauthorized { .. } | Self::SignedOut(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Self::WrongMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UpgradeRequired => StatusCode::UPGRADE_REQUIRED,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Quota { .. } => StatusCode::INSUFFICIENT_STORAGE,
            Self::Busy | Self::Storage(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) | Self::Startup(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A stable word for programs.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Invalid { code, .. }
            | Self::Unauthorized { code, .. }
            | Self::Forbidden { code, .. }
            | Self::Conflict { code, .. }
            | Self::TooMany { code, .. } => code,
            Self::UsernameTaken => "username_taken",
            // One word for all, as clients know it; the reason is a field of its own.
            Self::SignedOut(_) => "unauthorized",
            Self::BadRequest(_) => "bad_request",
            Self::ForeignHost => "foreign_host",
            Self::WrongMediaType => "wrong_media_type",
            Self::NotFound("user") => "no_such_user",
            Self::NotFound("chat") => "no_such_chat",
            Self::NotFound("message") => "no_such_message",
            Self::NotFound("scheduled message") => "no_such_scheduled_message",
            Self::NotFound("picture") => "no_such_picture",
            Self::NotFound("invite") => "no_such_invite",
            Self::NotFound(_) => "not_found",
            Self::MethodNotAllowed(_) => "method_not_allowed",
            Self::TooLarge { .. } => "too_large",
            Self::UpgradeRequired => "upgrade_required",
            Self::Busy => "busy",
            Self::Storage(_) => "storage",
            Self::Quota { .. } => "quota",
            Self::Internal(_) | Self::Startup(_) => "internal",
        }
    }

    /// The field of the request that is wrong, if it is one field.
    pub(crate) fn field(&self) -> Option<&'static str> {
        match self {
            Self::Invalid { field, .. } => Some(field),
            _ => None,
        }
    }

    /// Why the caller is signed out, if that is the error.
    pub(crate) fn sign_out(&self) -> Option<SignOut> {
        match self {
            Self::SignedOut(why) => Some(*why),
            _ => None,
        }
    }

    /// How long to wait before trying again, if that can help.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy | Self::Storage(_) => Some(BUSY_RETRY_AFTER),
            Self::TooMany { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }

    /// The sentence for people. It contains no internals of the server.
    pub(crate) fn detail(&self) -> Cow<'_, str> {
        match self {
            Self::Invalid { reason, .. } => Cow::Borrowed(reason),
            // The first contract's words: old pages show them and old scripts compare them.
            Self::UsernameTaken => "Username already exist".into(),
            Self::Unauthorized { reason, .. }
            | Self::Forbidden { reason, .. }
            | Self::Conflict { reason, .. }
            | Self::TooMany { reason, .. }
            | Self::BadRequest(reason) => Cow::Borrowed(reason),
            Self::SignedOut(why) => why.sentence().into(),
            Self::ForeignHost => {
                "this server does not answer to this host name; the operator can allow it with \
                 --allow-host"
                    .into()
            }
            Self::WrongMediaType => {
                "send this request with the header Content-Type: application/json".into()
            }
            Self::NotFound(what) => format!("there is no such {what}").into(),
            Self::MethodNotAllowed(allow) => format!("use one of the methods {allow}").into(),
            Self::TooLarge { bytes_max } => {
                format!("the body is too large; send at most {bytes_max} bytes").into()
            }
            Self::UpgradeRequired => "this address accepts only WebSocket upgrades".into(),
            Self::Busy => "the server is busy; try again in a second".into(),
            Self::Storage(_) => {
                "the server cannot write to its disk at the moment; try again later".into()
            }
            Self::Quota { bytes_max } => format!(
                "you have stored {} MiB on this server, which is the most for one user; empty drafts, remove your picture, or ask its operator for more",
                bytes_max / (1024 * 1024)
            )
            .into(),
            Self::Internal(_) => "something went wrong on the server; its log says more".into(),
            Self::Startup(why) => Cow::Borrowed(why),
        }
    }
}

/// For logs and the terminal: the sentence, and the cause, which clients do not see.
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

/// Why JSON cannot be read. Cut, because it repeats a value of the wrong type, which may be long, and
/// escapes it.
pub(crate) fn json_reason(error: &serde_json::Error) -> String {
    let mut reason = error.to_string();
    if let Some((end, _)) = reason.char_indices().nth(JSON_REASON_CHARS_MAX) {
        reason.truncate(end);
        reason.push('…');
    }
    reason
}
