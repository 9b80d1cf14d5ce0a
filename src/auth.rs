//! Passwords and tokens.
//!
//! Hashing is slow on purpose, so it runs on worker threads of its own with a bounded queue:
//! a storm of sign-ins slows sign-ins and nothing else. A token is a JWT (RFC 7519, HS256)
//! that names a session; whether the session still exists is the store's to say.

mod key;
mod passwords;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

pub(crate) use self::{key::load_or_make as load_or_make_key, passwords::Passwords};
use crate::{
    error::{Error, Result},
    words::{Millis, SessionId, Username},
};

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    /// The username, as the first Chaap had it.
    sub: String,
    /// Issued at and expires at, in seconds since the epoch.
    iat: i64,
    exp: i64,
    /// The session. Tokens of the first Chaap have none and are not valid here.
    sid: i64,
}

/// Makes and reads tokens with this server's key.
pub(crate) struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(key hidden)")
    }
}

impl Tokens {
    /// Tokens signed with this key.
    pub(crate) fn new(key: &[u8]) -> Self {
        // HS256 and nothing else: a token that claims `none` or a public-key algorithm fails.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.set_required_spec_claims(&["exp", "sub"]);
        Self {
            encoding: EncodingKey::from_secret(key),
            decoding: DecodingKey::from_secret(key),
            validation,
        }
    }

    /// A token for a session, valid from now until `expires_at`.
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

    /// The session a token names and whose it claims to be, if the token is ours and in time.
    pub(crate) fn read(&self, token: &str) -> Result<(SessionId, String)> {
        let claims = decode::<Claims>(token, &self.decoding, &self.validation)
            .map_err(|_| unauthorized())?
            .claims;
        Ok((SessionId(claims.sid), Username::key(&claims.sub)))
    }
}

/// A random name for a new session; never negative, so that it reads well in logs.
pub(crate) fn new_session_id() -> Result<SessionId> {
    let bytes = getrandom::u64().map_err(|e| Error::internal(e.to_string()))?;
    Ok(SessionId(i64::try_from(bytes >> 1).expect("63 bits fit")))
}

/// The answer to a missing, forged, expired or revoked token.
pub(crate) fn unauthorized() -> Error {
    Error::Unauthorized {
        code: "unauthorized",
        reason: "you are not signed in, or your session has ended; sign in again",
    }
}
