//! Argon2id (RFC 9106) with the library's default cost, on bounded workers.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::{
    error::{Error, Result},
    workers::{self, Workers},
};

/// Hashes that may wait. At some 20 ms each, the last one waits about a second.
const WAITING_MAX: usize = 64;

/// What an unknown user's attempt is checked against, so that the answer takes as long as for a
/// known one: the default cost, and a hash of zeros whose password nobody knows.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y2hhYXAtZGVjb3ktc2FsdA$\
     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The workers. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct Passwords {
    workers: Workers,
}

impl Passwords {
    /// Starts half as many workers as there are cores: each hash fills 19 MiB of memory, and
    /// the other cores go on with messages.
    pub(crate) fn start() -> Result<Self> {
        let workers = Workers::start("password", workers::cores().div_ceil(2), WAITING_MAX)?;
        Ok(Self { workers })
    }

    /// The PHC string to keep for a new password.
    pub(crate) async fn hash(&self, password: String) -> Result<String> {
        self.workers.run(move || hash(password.as_bytes())).await
    }

    /// Whether `password` is the one `kept` was made from. Without a `kept`, the same work for
    /// "no".
    pub(crate) async fn verify(&self, password: String, kept: Option<String>) -> Result<bool> {
        let known = kept.is_some();
        let matches = self.workers.run(move || {
            let kept = kept.as_deref().unwrap_or(DECOY);
            let parsed = PasswordHash::new(kept).map_err(|e| Error::internal(e.to_string()))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        });
        Ok(matches.await? && known)
    }
}

fn hash(password: &[u8]) -> Result<String> {
    let hash = Argon2::default().hash_password(password);
    Ok(hash.map_err(|e| Error::internal(e.to_string()))?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Algorithm, version and cost of a PHC string.
    fn cost(phc: &str) -> Vec<&str> {
        phc.split('$').take(4).collect()
    }

    #[test]
    fn an_unknown_user_costs_as_much_as_a_known_one() {
        let kept = hash(b"correct horse").unwrap();
        assert_eq!(cost(DECOY), cost(&kept));
        let decoy = PasswordHash::new(DECOY).unwrap();
        assert_eq!(
            decoy.hash.unwrap().len(),
            PasswordHash::new(&kept).unwrap().hash.unwrap().len()
        );
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_and_a_stranger_is_nobody() {
        let passwords = Passwords::start().unwrap();
        let kept = passwords.hash(String::from("correct horse")).await.unwrap();
        assert!(kept.starts_with("$argon2id$"), "{kept}");
        let verify = |word: &str, kept| passwords.verify(word.to_owned(), kept);
        assert!(verify("correct horse", Some(kept.clone())).await.unwrap());
        assert!(!verify("battery staple", Some(kept)).await.unwrap());
        assert!(!verify("correct horse", None).await.unwrap());
    }
}
