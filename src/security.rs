//! The security log: who signed in, who failed to, and who was limited.
//!
//! Each event is one line at `info` with the target `chaap::security`: the event's name, the address
//! and the user. Passwords and tokens are never in it, nor names that belong to no account: people
//! type passwords into the wrong field. The README documents the lines; programs such as fail2ban
//! read them, so names and fields must stay as they are.

use crate::{http::ClientAddress, model::Caller, types::UserId};

/// What happened.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// An account was made.
    Registered,
    /// A password was right, and a session began.
    SignedIn,
    /// A username or password was wrong.
    SignInFailed,
    /// A signed-in user changed their password, which ended their other sessions.
    PasswordChanged,
    /// A signed-in user named a wrong current password.
    PasswordChangeFailed,
    /// A user ended their session.
    SignedOut,
    /// The oldest sessions of a user ended, because a new one would have been too many.
    SessionsEnded,
}

impl Event {
    fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::PasswordChanged => "password_changed",
            Self::PasswordChangeFailed => "password_change_failed",
            Self::SignedOut => "signed_out",
            Self::SessionsEnded => "sessions_ended",
        }
    }
}

/// Whom an event is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Who<'a> {
    /// The account, if there is one.
    user: Option<(UserId, &'a str)>,
    /// Where the request came from, if that is known.
    address: Option<ClientAddress>,
}

impl<'a> Who<'a> {
    /// Somebody who is not signed in and names no account.
    pub(crate) fn stranger(address: Option<ClientAddress>) -> Self {
        Self { user: None, address }
    }

    /// An account, by its id and username.
    pub(crate) fn user(id: UserId, name: &'a str, address: Option<ClientAddress>) -> Self {
        Self { user: Some((id, name)), address }
    }

    /// A signed-in user.
    pub(crate) fn caller(caller: &'a Caller, address: Option<ClientAddress>) -> Self {
        Self::user(caller.user_id, &caller.username, address)
    }
}

/// Logs an event.
pub(crate) fn log(event: Event, who: Who<'_>) {
    write(event.name(), None, who);
}

/// Logs that a limit refused a request. `limit` is a stable word that names the limit. The caller
/// makes sure that a flood does not fill the log: at most one line a minute for one limit and user
/// or address.
pub(crate) fn limit_hit(limit: &'static str, who: Who<'_>) {
    write("limit_hit", Some(limit), who);
}

/// The text format quotes and escapes strings, so a name can neither end the line nor look like
/// another field. The address comes first, where a pattern can find it without reading the rest.
fn write(event: &'static str, limit: Option<&'static str>, Who { user, address }: Who<'_>) {
    let (user_id, user) = (user.map(|(id, _)| id.0), user.map(|(_, name)| name));
    let address = address.map_or_else(|| String::from("unknown"), |address| address.to_string());
    tracing::info!(target: "chaap::security", %address, limit, user, user_id, "{event}");
}
