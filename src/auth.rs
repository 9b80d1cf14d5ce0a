//! Passwords and tokens.
//!
//! Password hashing is slow on purpose, so it runs on its own threads behind a fair, bounded queue:
//! many sign-ins at once do not delay those of other people. Guesses wait longer and longer. A token
//! is a JWT (RFC 7519, HS256) that names a session. Only the store knows whether the session still
//! exists.

mod endings;
mod guesses;
mod hashing;
mod key;
mod new_password;
mod passwords;
mod place;
mod queue;

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

pub(crate) use self::{
    endings::Endings,
    guesses::{Admission, Attempt, Guesses, Refusal},
    key::load_or_make as load_or_make_key,
    new_password::{BYTES_MAX as PASSWORD_BYTES_MAX, check_new as check_new_password},
    passwords::Passwords,
};
use crate::{
    error::{Error, Result, SignOut},
    types::{Millis, SessionId, Username},
};

/// The content of a token.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    /// The username, as in tokens of the first contract.
    sub: String,
    /// Issued at and expires at, in seconds since the epoch.
    iat: i64,
    exp: i64,
    /// The session. Tokens of the first contract's server have none and are not valid here.
    sid: i64,
}

/// Makes and reads tokens with this server's key.
pub(crate) struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    /// Whether a token has expired is for the caller to see.
    validation: Validation,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(key hidden)")
    }
}

impl Tokens {
    /// Makes and reads tokens with this key.
    pub(crate) fn new(key: &[u8]) -> Self {
        // Only HS256: a token that names `none` or a public-key algorithm is refused.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "sub"]);
        // The library panics when the clock is before 1970.
        validation.validate_exp = false;
        Self {
            encoding: EncodingKey::from_secret(key),
            decoding: DecodingKey::from_secret(key),
            validation,
        }
    }

    /// Makes a token for a session, valid from now until `expires_at`.
    pub(crate) fn issue(
        &self,
        username: &str,
        session: SessionId,
        expires_at: Millis,
    ) -> Result<String> {
        let claims = Claims {
            sub: username.to_owned(),
            iat: Millis::now().0 / 1000,
            exp: expires_at.0 / 1000,
            sid: session.0,
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(Error::internal)
    }

    /// The session and the username in a token, if this server signed it and it has not expired.
    pub(crate) fn read(&self, token: &str) -> Result<(SessionId, String)> {
        let claims = self.claims(token).ok_or(Error::SignedOut(SignOut::Unknown))?;
        if claims.exp < Millis::now().0 / 1000 {
            return Err(Error::SignedOut(SignOut::Expired));
        }
        Ok((SessionId(claims.sid), Username::key(&claims.sub)))
    }

    /// The session in a token that this server signed for the user with this key, even if it has
    /// expired or ended. Who has such a token has signed in as this user before.
    pub(crate) fn read_earlier(&self, token: &str, username_key: &str) -> Option<SessionId> {
        let claims = self.claims(token)?;
        (Username::key(&claims.sub) == username_key).then_some(SessionId(claims.sid))
    }

    /// What a token says that this server has signed.
    fn claims(&self, token: &str) -> Option<Claims> {
        let token = decode::<Claims>(token, &self.decoding, &self.validation).ok()?;
        Some(token.claims)
    }
}

/// The error when passwords are tried too often or too many at once.
pub(crate) fn too_many(retry_after: Duration) -> Error {
    let reason = "there were too many attempts to sign in; wait, then try again";
    Error::TooMany { code: "too_many_sign_ins", reason, retry_after }
}

/// A random id for a new session. It is never negative, so that it is easier to read in logs.
pub(crate) fn new_session_id() -> Result<SessionId> {
    let bytes = getrandom::u64().map_err(|e| Error::internal(e.to_string()))?;
    Ok(SessionId(i64::try_from(bytes >> 1).expect("63 bits fit")))
}

/// The error for a missing or forged token.
pub(crate) fn unauthorized() -> Error {
    Error::SignedOut(SignOut::Unknown)
}
