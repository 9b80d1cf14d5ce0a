//! Argon2id (RFC 9106) with the library's default cost, on worker threads with a bounded queue.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::{
    error::{Error, Result},
    workers::{self, Workers},
};

/// The most hashes that wait. At about 20 ms each, the last one waits about a second.
const WAITING_MAX: usize = 64;

/// The hash for sign-ins with an unknown username, so that they take as long as with a known one.
/// It has the default cost and consists of zeros; its password is unknown.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y2hhYXAtZGVjb3ktc2FsdA$\
     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The workers. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct Passwords {
    workers: Workers,
}

impl Passwords {
    /// Starts half as many workers as there are cores, so that the other cores go on with messages.
    /// Each hash fills 19 MiB of memory.
    pub(crate) fn start() -> Result<Self> {
        let workers = Workers::start("password", workers::cores().div_ceil(2), WAITING_MAX)?;
        Ok(Self { workers })
    }

    /// Hashes a new password. The result is a PHC string.
    pub(crate) async fn hash(&self, password: String) -> Result<String> {
        self.workers.run(move || hash(password.as_bytes())).await
    }

    /// Whether `kept` is the hash of `password`. Without `kept`, does the same work and returns
    /// false.
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
    async fn only_the_right_password_of_a_known_user_verifies() {
        let passwords = Passwords::start().unwrap();
        let kept = passwords.hash(String::from("correct horse")).await.unwrap();
        assert!(kept.starts_with("$argon2id$"), "{kept}");
        let verify = |word: &str, kept| passwords.verify(word.to_owned(), kept);
        assert!(verify("correct horse", Some(kept.clone())).await.unwrap());
        assert!(!verify("battery staple", Some(kept)).await.unwrap());
        assert!(!verify("correct horse", None).await.unwrap());
    }
}
