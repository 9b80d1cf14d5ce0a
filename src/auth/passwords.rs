//! Argon2id (RFC 9106) with the library's default cost.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{hashing::Hashing, place::Place, queue::Bounds};
use crate::{
    config::RateLimits,
    error::{Error, Result},
    workers,
};

/// At about 20 ms for each hash, the last one of a full lane waits about two seconds, or four while
/// another lane is full too.
const LANE_MAX: usize = 96;
/// What may wait of one address, such as an office in the morning.
const ADDRESS_MAX: usize = 16;
/// What may wait of one site in one lane, under many names or from many networks of IPv6. Thirty people
/// of a classroom sign in together; the other half of the lane is for others.
const SITE_MAX: usize = LANE_MAX / 2;
/// What may wait of one name.
const NAME_MAX: usize = 4;

/// The hash for sign-ins with an unknown username, so that they take as long as with a known one.
/// It has the default cost and consists of zeros; its password is unknown.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y2hhYXAtZGVjb3ktc2FsdA$\
     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and checks passwords on threads of their own.
#[derive(Debug)]
pub(crate) struct Passwords {
    hashing: Hashing,
}

impl Passwords {
    /// Starts half as many threads as there are cores, so that the other cores go on with messages.
    /// Each hash fills 19 MiB of memory. Without limits, one name may fill its whole lane.
    pub(crate) fn start(limits: RateLimits) -> Result<Self> {
        let bounds = match limits {
            RateLimits::On => {
                Bounds { lane: LANE_MAX, site: SITE_MAX, address: ADDRESS_MAX, name: NAME_MAX }
            }
            RateLimits::Off => {
                Bounds { lane: LANE_MAX, site: usize::MAX, address: usize::MAX, name: usize::MAX }
            }
        };
        let hashing = Hashing::start(workers::cores().div_ceil(2), bounds)?;
        Ok(Self { hashing })
    }

    /// Hashes a new password, which is in normal form. The result is a PHC string.
    pub(crate) async fn hash(&self, place: Place, password: String) -> Result<String> {
        self.hashing.run(place, move || hash(password.as_bytes())).await
    }

    /// Whether `kept` is the hash of `typed`. Without `kept`, does the same work and returns false.
    pub(crate) async fn verify(
        &self,
        place: Place,
        typed: String,
        kept: Option<String>,
    ) -> Result<bool> {
        let known = kept.is_some();
        let matches = self.hashing.run(place, move || {
            let kept = kept.as_deref().unwrap_or(DECOY);
            let kept = PasswordHash::new(kept).map_err(|e| Error::internal(e.to_string()))?;
            let is = |password: &str| {
                Argon2::default().verify_password(password.as_bytes(), &kept).is_ok()
            };
            // Passwords that were set before they were normalised are hashed as they were typed.
            let normal = normal_form(&typed);
            Ok(is(&normal) || normal != typed && is(&typed))
        });
        Ok(matches.await? && known)
    }
}

/// The form of a password that is hashed (NFC). Systems differ in how they send the same letters: an
/// `é` is one character or two.
pub(super) fn normal_form(typed: &str) -> String {
    if is_nfc(typed) { typed.to_owned() } else { typed.nfc().collect() }
}

fn hash(password: &[u8]) -> Result<String> {
    let hash = Argon2::default().hash_password(password);
    Ok(hash.map_err(|e| Error::internal(e.to_string()))?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::place::{Key, Lane};

    const PLACE: Place = Place { lane: Lane::Known, key: Key::Name(1), site: None };

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
        let passwords = Passwords::start(RateLimits::On).unwrap();
        let kept = passwords.hash(PLACE, String::from("correct horse")).await.unwrap();
        assert!(kept.starts_with("$argon2id$"), "{kept}");
        let verify = |word: &str, kept| passwords.verify(PLACE, word.to_owned(), kept);
        assert!(verify("correct horse", Some(kept.clone())).await.unwrap());
        assert!(!verify("battery staple", Some(kept)).await.unwrap());
        assert!(!verify("correct horse", None).await.unwrap());
    }

    #[tokio::test]
    async fn a_password_verifies_in_any_form_and_hashes_of_earlier_versions_do() {
        let passwords = Passwords::start(RateLimits::On).unwrap();
        let (composed, decomposed) = ("caf\u{e9} creme", "cafe\u{301} creme");
        let verify = |word: &str, kept: &str| {
            passwords.verify(PLACE, word.to_owned(), Some(kept.to_owned()))
        };
        let kept = passwords.hash(PLACE, normal_form(decomposed)).await.unwrap();
        assert!(verify(composed, &kept).await.unwrap());
        assert!(verify(decomposed, &kept).await.unwrap());
        // As the first release hashed it.
        let kept = hash(decomposed.as_bytes()).unwrap();
        assert!(verify(decomposed, &kept).await.unwrap());
        assert!(!verify("cafe creme", &kept).await.unwrap());
    }
}
